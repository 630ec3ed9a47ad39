package durable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
)

// lettersOf opens the dead letters of a store in a directory.
func lettersOf(t *testing.T, dir string) (*letters, func()) {
	t.Helper()
	b, err := Open(t.Context(), Config{Dir: dir, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	closing := sync.OnceFunc(b.Close)
	t.Cleanup(closing)
	return b.Inbox.dead, closing
}

// someLetter returns a dead letter whose cause tells it from others.
func someLetter(id, cause string) bot.DeadLetter {
	return bot.DeadLetter{
		Envelope: bot.Envelope{
			ID: id, Key: "p.1", Header: map[string]string{"version": "1"}, Data: []byte(`{"of":"` + cause + `"}`),
		},
		Cause: cause, Attempts: 3, Time: time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC),
	}
}

func buryAll(t *testing.T, l *letters, mark string, dead ...bot.DeadLetter) {
	t.Helper()
	for _, d := range dead {
		if err := l.bury(t.Context(), d, mark); err != nil {
			t.Fatal(err)
		}
	}
}

func listed(t *testing.T, l *letters) []bot.DeadLetter {
	t.Helper()
	list, err := l.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func causes(list []bot.DeadLetter) []string {
	var all []string
	for _, d := range list {
		all = append(all, d.Cause)
	}
	return all
}

var sameLetter = cmp.FilterPath(
	func(p cmp.Path) bool { return p.Last().String() == ".event" }, cmp.Ignore())

func TestLettersAreKeptOldestFirst(t *testing.T) {
	dir := t.TempDir()
	l, closing := lettersOf(t, dir)
	want := []bot.DeadLetter{someLetter("b", "one"), someLetter("a", "two"), someLetter("b", "three")}
	want[1].Due = time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)
	buryAll(t, l, "", want...)
	closing()

	l, _ = lettersOf(t, dir)
	if diff := cmp.Diff(want, listed(t, l), sameLetter); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	got, err := l.Get(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[2], got, sameLetter); diff != "" {
		t.Errorf("the newest of two (-want +got):\n%s", diff)
	}
}

func TestLettersAreDropped(t *testing.T) {
	l, _ := lettersOf(t, t.TempDir())
	if list := listed(t, l); len(list) != 0 {
		t.Errorf("a new store lists %v", list)
	}
	buryAll(t, l, "", someLetter("a", "one"), someLetter("b", "two"), someLetter("a", "three"))
	for range 2 { // the second time there is none
		if err := l.Drop(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Get(t.Context(), "a"); !errors.Is(err, bot.ErrNoDeadLetter) {
			t.Errorf("a dropped letter is got: %v", err)
		}
		if got := causes(listed(t, l)); !slices.Equal(got, []string{"two"}) {
			t.Errorf("left are %q, want the one with another ID", got)
		}
	}
	buryAll(t, l, "", someLetter("a", "four"))
	if got := causes(listed(t, l)); !slices.Equal(got, []string{"two", "four"}) {
		t.Errorf("after a burial: %q", got)
	}
}

// What an ID holds is nobody's business: it comes from the platform.
func TestLettersHaveAnyID(t *testing.T) {
	ids := []string{
		"m_AbC-123", "message:m_1#2", "", "=", "=41", "A", "a.b", "a b", "*", ">", "a.>", "é😀", "\x00\n",
		strings.Repeat("m", 300), strings.Repeat("m", 299) + ".",
	}
	l, _ := lettersOf(t, t.TempDir())
	for _, id := range ids {
		buryAll(t, l, "", someLetter(id, "cause"))
	}
	for i, d := range listed(t, l) {
		if d.ID != ids[i] {
			t.Errorf("letter %d has the ID %q, want %q", i, d.ID, ids[i])
		}
	}
	for i, id := range ids {
		if d, err := l.Get(t.Context(), id); err != nil || d.ID != id {
			t.Errorf("Get(%q) = %q, %v", id, d.ID, err)
		}
		if err := l.Drop(t.Context(), id); err != nil {
			t.Errorf("Drop(%q): %v", id, err)
		}
		if got, want := len(listed(t, l)), len(ids)-1-i; got != want {
			t.Errorf("after Drop(%q) there are %d, want %d", id, got, want)
		}
	}
}

func TestLettersOfOneEventAreKeptOnce(t *testing.T) {
	dir := t.TempDir()
	l, closing := lettersOf(t, dir)
	buryAll(t, l, "event 7", someLetter("a", "one"))
	buryAll(t, l, "event 7", someLetter("a", "one"))
	buryAll(t, l, "event 8", someLetter("b", "two")) // another ID between
	closing()

	l, _ = lettersOf(t, dir) // no window of the server lasts that long
	buryAll(t, l, "event 7", someLetter("a", "one, tried again after a crash"))
	buryAll(t, l, "event 9", someLetter("a", "three"))
	buryAll(t, l, "", someLetter("a", "four"), someLetter("a", "four"))
	want := []string{"one", "two", "three", "four", "four"}
	if got := causes(listed(t, l)); !slices.Equal(got, want) {
		t.Errorf("kept are %q, want %q", got, want)
	}
}

func TestLettersOfOneEventAreKeptOnceByMany(t *testing.T) {
	l, _ := lettersOf(t, t.TempDir())
	const events, tries = 20, 8
	var all sync.WaitGroup
	for n := range events * tries {
		id := fmt.Sprint("m", n%events)
		all.Go(func() {
			if err := l.bury(t.Context(), someLetter(id, id), "event "+id); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := causes(listed(t, l)); len(got) != events {
		t.Errorf("kept are %d of %d events: %q", len(got), events, got)
	}
}

// A try of a frozen process arrives after somebody else has buried the event.
func TestLateTryOfALetterIsRefused(t *testing.T) {
	l, _ := lettersOf(t, t.TempDir())
	d := someLetter("a", "one")
	stored, err := encodeLetter(&d, "event 7")
	if err != nil {
		t.Fatal(err)
	}
	buryAll(t, l, "event 7", d)
	_, err = l.js.Publish(t.Context(), l.names.letter("a"), stored, expectNothing())
	if !isConflict(err) {
		t.Errorf("the late try is answered %v", err)
	}
	if got := causes(listed(t, l)); len(got) != 1 {
		t.Errorf("kept are %q", got)
	}
}

func TestDamagedLettersAreListed(t *testing.T) {
	l, _ := lettersOf(t, t.TempDir())
	whole := someLetter("whole", "one")
	stored, err := encodeLetter(&whole, "")
	if err != nil {
		t.Fatal(err)
	}
	newer := slices.Clone(stored)
	newer[0]++
	envelope, err := encode(&whole.Envelope)
	if err != nil {
		t.Fatal(err)
	}
	noEnvelope := slices.Clone(stored)
	noEnvelope[len(stored)-len(envelope)]++ // its version
	for id, content := range map[string][]byte{
		"empty": nil, "junk.x": []byte("\x01\xff\xff"), "newer": newer, "no envelope": noEnvelope,
		"no number": []byte("\x01\x01c\x01x\x00\x00"), "no time": []byte("\x01\x01c\x011\x01x\x00"),
	} {
		if _, err := l.js.Publish(t.Context(), l.names.letter(id), content); err != nil {
			t.Fatal(err)
		}
	}
	buryAll(t, l, "", whole)

	list := listed(t, l)
	if len(list) != 7 || list[6].Cause != "one" {
		t.Fatalf("listed are %q", causes(list))
	}
	for _, d := range list[:6] {
		if !strings.Contains(d.Cause, "cannot be read") || d.Time.IsZero() {
			t.Errorf("letter %q is listed with cause %q and time %s", d.ID, d.Cause, d.Time)
		}
		if d.ID == "no envelope" && (!strings.HasPrefix(d.Cause, "one; ") || d.Attempts != 3) {
			t.Errorf("what can be read is lost: cause %q, %d attempts", d.Cause, d.Attempts)
		}
		if _, err := l.Get(t.Context(), d.ID); err == nil || errors.Is(err, bot.ErrNoDeadLetter) {
			t.Errorf("Get(%q): %v, want that it cannot be read", d.ID, err)
		}
		if err := l.Drop(t.Context(), d.ID); err != nil {
			t.Errorf("Drop(%q): %v", d.ID, err)
		}
	}
	if got := causes(listed(t, l)); !slices.Equal(got, []string{"one"}) {
		t.Errorf("after the damaged ones were dropped: %q", got)
	}
}

func TestLettersHeedTheirContext(t *testing.T) {
	l, _ := lettersOf(t, t.TempDir())
	buryAll(t, l, "", someLetter("a", "one"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, listErr := l.List(ctx)
	_, getErr := l.Get(ctx, "a")
	for name, err := range map[string]error{
		"List": listErr, "Get": getErr, "Drop": l.Drop(ctx, "a"),
		"bury": l.bury(ctx, someLetter("b", "two"), ""), "bury, marked": l.bury(ctx, someLetter("b", "two"), "7"),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s after its context ended: %v", name, err)
		}
	}
	if got := causes(listed(t, l)); !slices.Equal(got, []string{"one"}) {
		t.Errorf("kept are %q", got)
	}
}
