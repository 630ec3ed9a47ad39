package main

import (
	"bytes"
	"strings"
	"testing"
)

// Standard output is for the report alone: what the bot writes there goes to standard error.
func TestScriptsReportAlone(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"-script", "testdata/fits.chat", "--", "go", "version"}
	if code := run(t.Context(), args, &stdout, &stderr); code != 1 {
		t.Errorf("got exit code %d", code)
	}
	if stdout.Len() > 0 || !strings.Contains(stderr.String(), "go version go") {
		t.Errorf("standard output is %q, standard error %q", stdout.String(), stderr.String())
	}
}

func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a bot")
	}
	tests := map[string]struct {
		args []string
		code int
		want []string // of standard output, in order
		not  string
	}{
		"that fit": {
			[]string{"-quiet", "200ms", "-script", "../examples/menu/testdata/menu.chat", "testdata/fits.chat"},
			0,
			[]string{"ok    ../examples/menu/testdata/menu.chat  (5 acts, ", "ok    testdata/fits.chat  (1 acts, "},
			"FAIL",
		},
		"one that does not": {
			[]string{"-script", "testdata/misfits.chat", "-script", "testdata/fits.chat", "-quiet", "200ms"},
			1,
			[]string{
				"FAIL  testdata/misfits.chat\ntestdata/misfits.chat:2: something else came\n",
				"    2 - < Welcome!  [Drinks] [Cakes]\n      + < Welcome to the corner café! What would you like?  [Drinks] [Cakes]\n",
				"ok    testdata/fits.chat",
			},
			"Ctrl-C",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := append(tt.args, "--", "go", "run", "../examples/menu")
			if code := run(t.Context(), args, &stdout, &stderr); code != tt.code {
				t.Errorf("got exit code %d, want %d; standard error: %s", code, tt.code, stderr.String())
			}
			rest := stdout.String()
			for _, want := range tt.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Fatalf("got %q, want it to contain %q", stdout.String(), want)
				}
				rest = after
			}
			if strings.Contains(stdout.String()+stderr.String(), tt.not) {
				t.Errorf("got %q, want no %q", stdout.String()+stderr.String(), tt.not)
			}
		})
	}
}
