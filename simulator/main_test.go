package main

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parleybot/parley/simulator/internal/browsertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestExitCodeAndMessage(t *testing.T) {
	tests := map[string]struct {
		args []string
		code int
		want string // on standard error
	}{
		"help":                   {[]string{"-h"}, 0, "go run ./simulator -- go run ./examples/pizza"},
		"no arguments":           {nil, 2, "neither a command"},
		"unknown flag":           {[]string{"-port", "1"}, 2, "flag provided but not defined: -port"},
		"flag without its value": {[]string{"-addr"}, 2, "flag needs an argument"},
		"on the network":         {[]string{"-addr", "0.0.0.0:80", "--", "bot"}, 2, "not a loopback address"},
		"both kinds of bot":      {[]string{"-webhook", "http://127.0.0.1:1/", "--", "bot"}, 2, "both"},
		"no such program":        {[]string{"--", "no-such-bot-program"}, 1, "does not start"},
		"bot that ends":          {[]string{"--", "go", "no-such-command"}, 1, "has ended by itself with exit code 2"},
		"script without a bot":   {[]string{"-script", "testdata/fits.chat"}, 2, "write its command behind the files and --"},
		"script with both": {
			[]string{"-script", "testdata/fits.chat", "-webhook", "http://127.0.0.1:1/", "--", "bot"}, 2, "both",
		},
		"script that is missing": {
			[]string{"-script", "testdata/fits.chat", "no.chat", "--", "no-such-bot-program"}, 2, "no.chat: no such file",
		},
		"script that is wrong": {
			[]string{"-script", "testdata/wrong.txt", "--", "no-such-bot-program"},
			2,
			"testdata/wrong.txt:1: the line does not say who does what",
		},
		"script without silence": {
			[]string{"-script", "testdata/fits.chat", "-quiet", "0s", "--", "bot"}, 2, "are times above 0",
		},
		"script and a flag that is wrong": {
			[]string{"-script", "testdata/fits.chat", "no.chat", "-port", "1", "--", "bot"}, 2, "not defined: -port",
		},
		"script and no such program": {
			[]string{"-script", "testdata/fits.chat", "--", "no-such-bot-program"}, 1, "does not start",
		},
		"script and a bot that ends": {
			[]string{"-script", "testdata/fits.chat", "--", "go", "no-such-command"},
			1,
			"has ended by itself with exit code 2",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), tt.args, &stdout, &stderr); code != tt.code {
				t.Errorf("got exit code %d, want %d", code, tt.code)
			}
			if !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("got %q, want it to contain %q", stderr.String(), tt.want)
			}
		})
	}
}

func TestSettingsForABotThatRunsAlready(t *testing.T) {
	stdout, ended, stop := background(t, []string{
		"-webhook", "http://127.0.0.1:1/webhook", "-addr", "localhost:0", "-graph-addr", "localhost:0",
		"-app-secret", "the key", "-verify-token", "the token", "-page-token", "EAA", "-page-id", "104", "-app-id", "15",
	}, io.Discard)
	stdout.await(t, `PAGE_ACCESS_TOKEN=EAA
  APP_SECRET=the key
  VERIFY_TOKEN=the token
  PAGE_ID=104
  APP_ID=15
  GRAPH_URL=http://(127\.0\.0\.1|\[::1\]):\d+
  GRAPH_VERSION=v25.0
  ADDR=127\.0\.0\.1:1
  PORT=1
`, ended)
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("got exit code %d, want 0 after the context has ended", code)
	}
}

// background runs the command until the test ends or stop is called. Its exit code goes to ended.
func background(t *testing.T, args []string, stderr io.Writer) (stdout follow, ended chan int, stop func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	stdout, ended = follow{make(chan string, 1000)}, make(chan int, 1)
	go func() {
		defer close(ended)
		ended <- run(ctx, args, stdout, stderr)
	}()
	t.Cleanup(func() {
		stop()
		for range ended {
		}
	})
	return stdout, ended, stop
}

// follow is standard output that a test waits for.
type follow struct {
	lines chan string
}

func (f follow) Write(p []byte) (int, error) {
	f.lines <- string(p)
	return len(p), nil
}

// await returns what the first group of pattern matches in what is written.
func (f follow) await(t *testing.T, pattern string, ended <-chan int) string {
	t.Helper()
	var all strings.Builder
	for {
		select {
		case line := <-f.lines:
			all.WriteString(line)
		case code := <-ended:
			t.Fatalf("the simulator ended with %d after it printed %q", code, all.String())
		case <-time.After(2 * time.Minute):
			t.Fatalf("got %q, want %s", all.String(), pattern)
		}
		if found := regexp.MustCompile(pattern).FindStringSubmatch(all.String()); found != nil {
			return found[1]
		}
	}
}

func TestAContextThatHasEnded(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if code := run(ctx, []string{"--", "go", "version"}, io.Discard, io.Discard); code != 0 {
		t.Errorf("got exit code %d, want 0", code)
	}
}

func TestMenuInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a bot and starts a browser")
	}
	var stderr bytes.Buffer
	stdout, ended, stop := background(t, []string{"--", "go", "run", "../examples/menu"}, &stderr)
	page := stdout.await(t, `(http://127\.0\.0\.1:\d+/\w+/)`, ended)

	b := browsertest.Open(t, page)
	b.Say("hello")
	b.Until("document.querySelector('.card-body')?.textContent === 'Welcome to the corner café! What would you like?'")
	b.Click(".card.plain button.action", 0)
	b.Last("person", "Drinks")
	b.Last("page", "What can I pour you?")
	b.Until("document.querySelectorAll('.chip').length === 2")
	b.Click(".chip", 1)
	b.Last("person", "Tea")
	b.Last("page", "One tea, coming up!")
	b.Same("document.querySelectorAll('.chip').length", "0")
	b.Click(".card.plain button.action", 1)
	b.Until("document.querySelectorAll('.carousel .card').length === 2")
	b.Click(".carousel button.action", 1)
	b.Last("page", "One cheesecake, coming up!")
	b.Say("do you sell bread?")
	b.Last("page", "I know two words: hello and menu.")
	b.Same("[...document.querySelectorAll('.badge.bad')].length", "0")
	b.Same("document.querySelector('#typing').hidden", "true") // typing_on came before each answer
	b.Screenshot("menu")
	b.Quiet()

	stop()
	if code := <-ended; code != 0 {
		t.Errorf("got exit code %d; standard error: %s", code, stderr.String())
	}
}
