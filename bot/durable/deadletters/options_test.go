package main

import (
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCommandLines(t *testing.T) {
	for name, row := range map[string]struct {
		args string
		want options
	}{
		"list":           {"-dir d list", options{dir: "d", verb: "list"}},
		"list as JSON":   {"-dir d list -json", options{dir: "d", verb: "list", json: true}},
		"flags at last":  {"list -dir d", options{dir: "d", verb: "list"}},
		"show":           {"-dir d show m_1", options{dir: "d", verb: "show", ids: []string{"m_1"}}},
		"an odd ID":      {"-dir d show -- -x", options{dir: "d", verb: "show", ids: []string{"-x"}}},
		"replay some":    {"-dir d replay a b", options{dir: "d", verb: "replay", ids: []string{"a", "b"}}},
		"replay all":     {"-dir d replay -all -yes", options{dir: "d", verb: "replay", all: true, yes: true}},
		"drop, unsure":   {"-dir d drop -all", options{dir: "d", verb: "drop", all: true}},
		"a server":       {"-url nats://h list", options{url: "nats://h", verb: "list"}},
		"with all of it": {"-url u -creds c -name n drop a", options{url: "u", creds: "c", name: "n", verb: "drop", ids: []string{"a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var errs strings.Builder
			got, err := parse(strings.Fields(row.args), &errs)
			if err != nil {
				t.Fatalf("%v\n%s", err, &errs)
			}
			if !slices.Equal(got.ids, row.want.ids) {
				t.Errorf("IDs %q, want %q", got.ids, row.want.ids)
			}
			got.ids, row.want.ids = nil, nil
			if got.dir != row.want.dir || got.url != row.want.url || got.name != row.want.name ||
				got.creds != row.want.creds || got.verb != row.want.verb || got.all != row.want.all ||
				got.yes != row.want.yes || got.json != row.want.json {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

func TestWrongCommandLinesAreExplained(t *testing.T) {
	for name, row := range map[string]struct{ args, want string }{
		"nothing":             {"", "want one of list, show, replay and drop"},
		"no store":            {"list", "want -dir or -url"},
		"two stores":          {"-dir d -url u list", "want -dir or -url"},
		"an unknown verb":     {"-dir d print", `"print" is none of list, show, replay and drop`},
		"an unknown flag":     {"-dir d list -all", "-all"},
		"an unknown flag too": {"-port 1 list", "-port"},
		"list with an ID":     {"-dir d list m_1", "list takes no ID"},
		"show without":        {"-dir d show", "show takes one ID"},
		"show with two":       {"-dir d show a b", "show takes one ID"},
		"replay without":      {"-dir d replay", "replay takes IDs, or -all"},
		"replay with both":    {"-dir d replay -all m_1", "replay takes IDs, or -all"},
		"drop without":        {"-dir d drop -yes", "drop takes IDs, or -all"},
		"credentials":         {"-dir d -creds c list", "-creds is for -url"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs strings.Builder
			if code := run(t.Context(), strings.Fields(row.args), &out, &errs); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			first, rest, _ := strings.Cut(errs.String(), "\n")
			if !strings.Contains(first, row.want) {
				t.Errorf("the first line is %q, want %q in it", first, row.want)
			}
			if strings.Count(rest, "usage:") != 1 || out.Len() > 0 {
				t.Errorf("on errs:\n%son out:\n%s", &errs, &out)
			}
		})
	}
}

func TestHelpIsNoError(t *testing.T) {
	for _, args := range []string{"-h", "--help", "-dir d replay -h"} {
		var errs strings.Builder
		if _, err := parse(strings.Fields(args), &errs); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s: %v", args, err)
		}
		if code := run(t.Context(), strings.Fields(args), &errs, &errs); code != 0 {
			t.Errorf("%s: exit code %d", args, code)
		}
		if !strings.HasPrefix(errs.String(), "usage:") || !strings.Contains(errs.String(), "-creds") {
			t.Errorf("%s prints:\n%s", args, &errs)
		}
	}
}

// A wrong -dir must not become an empty store that lists no dead letters.
func TestNoStoreIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nowhere")
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"-dir", dir, "list"}, &out, &errs); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if want := "there is no store in " + dir; !strings.HasPrefix(errs.String(), want) {
		t.Errorf("it says %q, want %q…", &errs, want)
	}
	if made, _ := filepath.Glob(dir); len(made) > 0 {
		t.Error("the directory was made")
	}
}
