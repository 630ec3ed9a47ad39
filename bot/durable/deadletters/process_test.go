package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

// process runs the command as a process of its own.
func process(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatalf("deadletters %q: %v", args, err)
		}
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// prints runs the command as a process, which must succeed, and returns what it prints.
func prints(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := process(t, args...)
	if code != 0 || errs != "" {
		t.Fatalf("deadletters %q: exit code %d\n%s", args, code, errs)
	}
	return out
}

// open opens a store; the function it returns closes it.
func open(t *testing.T, cfg durable.Config) (*durable.Backend, func()) {
	t.Helper()
	store, err := durable.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store, store.Close
}

// overflow publishes two messages of a person who may have one in the store: the second is given up.
func overflow(t *testing.T, inbox bot.Inbox, person string) {
	t.Helper()
	for _, id := range []string{"kept-" + person, "given-up-" + person} {
		e := bot.Envelope{ID: id, Key: "1008." + person, Data: event(t, message)}
		if err := inbox.Publish(t.Context(), []bot.Envelope{e}); err != nil {
			t.Fatal(err)
		}
	}
}

// ids returns the IDs of a list.
func ids(list string) []string {
	var all []string
	for _, row := range strings.Split(strings.TrimSpace(list), "\n")[1:] {
		all = append(all, strings.Fields(row)[2])
	}
	return all
}

// The bot has settings of its own, which the command need not know.
func TestCommandOnADirectory(t *testing.T) {
	dir := t.TempDir()
	store, closing := open(t, durable.Config{Dir: dir, PerLane: 1, Partitions: 3, Name: "pizza", Unsynced: true})
	for _, person := range []string{"1", "2", "3"} {
		overflow(t, store.Inbox, person)
	}
	flags := []string{"-dir", dir, "-name", "pizza"}
	with := func(args ...string) []string { return slices.Concat(flags, args) }

	t.Run("while the bot runs", func(t *testing.T) {
		want := []string{"given-up-1", "given-up-2", "given-up-3"}
		if got := ids(prints(t, with("list")...)); !slices.Equal(got, want) {
			t.Errorf("listed are %q, want %q", got, want)
		}
		if out := prints(t, with("show", "given-up-2")...); !strings.Contains(out, "\ncause:    overflow\n") ||
			!strings.Contains(out, `"text": "two margheritas"`) {
			t.Errorf("show prints:\n%s", out)
		}
		if out := prints(t, with("drop", "given-up-1")...); out != "dropped given-up-1\n" {
			t.Errorf("drop prints %q", out)
		}
		if code, _, errs := process(t, with("show", "given-up-1")...); code != 1 ||
			!strings.Contains(errs, "no such dead letter") {
			t.Errorf("after it was dropped: exit code %d, %q", code, errs)
		}
		if code, _, errs := process(t, "-dir", dir, "list"); code != 1 || errs == "" {
			t.Errorf("with the wrong name: exit code %d, %q", code, errs)
		}
	})
	closing()
	t.Run("while it does not", func(t *testing.T) {
		want := []string{"given-up-2", "given-up-3"}
		if got := ids(prints(t, with("list")...)); !slices.Equal(got, want) {
			t.Errorf("listed are %q, want %q", got, want)
		}
		// The person may still have only one event in the store.
		if code, out, errs := process(t, with("replay", "given-up-2")...); code != 0 ||
			out != "replayed given-up-2 as given-up-2#1\n" || !strings.Contains(errs, "becomes a dead letter") {
			t.Errorf("replay: exit code %d, prints %q, errors %q", code, out, errs)
		}
		if got := ids(prints(t, with("list")...)); !slices.Equal(got, []string{"given-up-3", "given-up-2#1"}) {
			t.Errorf("after a replay: %q", got)
		}
		if out := prints(t, with("drop", "-all", "-yes")...); !strings.Contains(out, "dropped given-up-2#1\n") {
			t.Errorf("drop prints %q", out)
		}
		if out := prints(t, with("list")...); out != "no dead letters\n" {
			t.Errorf("list prints %q", out)
		}
	})
	store, _ = open(t, durable.Config{Dir: dir, PerLane: 1, Partitions: 3, Name: "pizza", Unsynced: true})
	b := consume(t, store.Inbox, func(*bot.Delivery) error { return nil })
	defer b.close()
	b.wants(t, "kept-1", "kept-2", "kept-3")
}

// What the command finds damaged on its way the bot does not find again.
func TestCommandTellsOfDamage(t *testing.T) {
	dir := t.TempDir()
	store, closing := open(t, durable.Config{Dir: dir, PerLane: 1, Unsynced: true})
	overflow(t, store.Inbox, "1")
	overflow(t, store.Inbox, "2")
	closing()
	path := filepath.Join(dir, "jetstream", "$G", "streams", "parley-letters", "msgs", "1.blk")
	block, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block[len(block)-20] ^= 1
	if err := os.WriteFile(path, block, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := process(t, "-dir", dir, "list")
	if code != 0 || !strings.Contains(errs, "is damaged") || strings.Contains(errs, "margheritas") {
		t.Errorf("exit code %d, errors %q", code, errs)
	}
	if got := ids(out); !slices.Equal(got, []string{"given-up-1"}) {
		t.Errorf("listed are %q", got)
	}
}

// bench consumes an inbox for a test. A handler that returns an error gives the event up.
type bench struct {
	seen  chan string // the IDs that were handed out
	close func()      // ends it, and waits
}

func consume(t *testing.T, inbox bot.Inbox, h func(*bot.Delivery) error) *bench {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	b := &bench{seen: make(chan string, 100)}
	ended := make(chan error, 1)
	go func() {
		ended <- inbox.Consume(ctx, func(_ context.Context, d *bot.Delivery) error {
			b.seen <- d.ID
			return h(d)
		})
	}()
	b.close = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Consume: %v", err)
		}
	}
	return b
}

// wants waits until a number of events were handed out.
func (b *bench) wants(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for range want {
		select {
		case id := <-b.seen:
			got = append(got, id)
		case <-time.After(time.Minute):
			t.Fatalf("handed out were %q, want %q", got, want)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("handed out were %q, want %q", got, want)
	}
}

// isBuried waits until there is a dead letter.
func isBuried(t *testing.T, inbox bot.Inbox, id string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		_, err := inbox.DeadLetters().Get(t.Context(), id)
		if err == nil {
			return
		}
		if !errors.Is(err, bot.ErrNoDeadLetter) {
			t.Fatal(err)
		}
	}
	t.Fatalf("%s does not become a dead letter", id)
}

// What the command replays is handled by the bot that runs meanwhile, on a server of its own.
func TestReplayIsHandledByTheRunningBot(t *testing.T) {
	url := natstest.Server(t).URL()
	store, _ := open(t, durable.Config{URL: url, Pin: time.Second})
	b := consume(t, store.Inbox, func(d *bot.Delivery) error {
		if d.ID == "m_1" {
			return errors.New("no luck")
		}
		return nil
	})
	defer b.close()
	e := bot.Envelope{ID: "m_1", Key: "1008.4455", Data: event(t, message)}
	if err := store.Inbox.Publish(t.Context(), []bot.Envelope{e}); err != nil {
		t.Fatal(err)
	}
	b.wants(t, "m_1")
	isBuried(t, store.Inbox, "m_1")
	if out := prints(t, "-url", url, "replay", "m_1"); out != "replayed m_1 as m_1#1\n" {
		t.Errorf("replay prints %q", out)
	}
	b.wants(t, "m_1#1")
	if out := prints(t, "-url", url, "list"); out != "no dead letters\n" {
		t.Errorf("left are:\n%s", out)
	}
}
