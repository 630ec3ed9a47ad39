package durable_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
)

// damageBlock returns the path of the first block of a stream in a directory.
func damageBlock(t *testing.T, dir, stream string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", stream, "msgs", "*.blk"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%d blocks of %s, want 1: %v", len(paths), stream, err)
	}
	return paths[0]
}

// damageChange rewrites a file.
func damageChange(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// damageFlip turns one bit in the middle of where text stands for the first time.
func damageFlip(t *testing.T, content []byte, text string) []byte {
	t.Helper()
	at := bytes.Index(content, []byte(text))
	if at < 0 {
		t.Fatalf("%q is not in the file", text)
	}
	content[at+len(text)/2] ^= 1
	return content
}

// Each damage is reported, and costs no more than what it is in.
func TestDamageIsReported(t *testing.T) {
	for name, test := range map[string]struct {
		stream  string
		change  func(*testing.T, []byte) []byte
		events  int
		records int
		says    string
	}{
		"a bit of an event": {
			"parley-inbox", func(t *testing.T, b []byte) []byte {
				t.Helper()
				return damageFlip(t, b, `{"n":"m3-1"}`)
			},
			9, 10, "is damaged",
		},
		"a bit of a record": {
			"parley-records", func(t *testing.T, b []byte) []byte {
				t.Helper()
				return damageFlip(t, b, "value-4")
			},
			10, 9, "is damaged",
		},
		"a bit of the last event": {
			"parley-inbox", func(t *testing.T, b []byte) []byte {
				t.Helper()
				return damageFlip(t, b, `{"n":"m9-1"}`)
			},
			9, 10, "is damaged",
		},
		"the length of a record": {
			"parley-inbox", func(_ *testing.T, b []byte) []byte { b[2] ^= 1; return b },
			9, 10, "is damaged",
		},
		"inside the last event": {
			"parley-inbox", func(_ *testing.T, b []byte) []byte { return b[:len(b)-5] },
			9, 10, "another length",
		},
		"between two events": {
			"parley-inbox", func(_ *testing.T, b []byte) []byte { return b[:len(b)/2] }, // all are of one length
			5, 10, "another length",
		},
		"all of it": {
			"parley-inbox", func(*testing.T, []byte) []byte { return nil },
			0, 10, "another length",
		},
		"a bit, and the end": {
			"parley-inbox", func(t *testing.T, b []byte) []byte {
				t.Helper()
				return damageFlip(t, b, `{"n":"m3-1"}`)[:len(b)-5]
			},
			8, 10, "is damaged",
		},
		"zeros at the end": {
			"parley-records", func(_ *testing.T, b []byte) []byte { clear(b[len(b)-4:]); return b },
			10, 9, "is damaged",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := damageStore(t)
			damageChange(t, damageBlock(t, dir, test.stream), func(b []byte) []byte { return test.change(t, b) })
			var lines serverLines
			b := open(t, durable.Config{Dir: dir, Unsynced: true, Log: lines.logger()})
			if got := serverKept(t, dir); got != test.events {
				t.Errorf("%d events are left, want %d", got, test.events)
			}
			damageReads(t, b, test.records)
			damageSaid(t, &lines, test.stream, test.says)
			serverPublish(t, b, 10)
			serverWrite(t, b, "value", "new")
			if got := serverKept(t, dir); got != test.events+10 {
				t.Errorf("%d events with ten new ones, want %d", got, test.events+10)
			}
		})
	}
}

// damageStore returns a directory with ten events and ten records, closed.
func damageStore(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	b := open(t, durable.Config{Dir: dir, Unsynced: true})
	serverPublish(t, b, 10)
	for n := range 10 {
		serverWrite(t, b, fmt.Sprintf("key-%d", n), fmt.Sprintf("value-%d", n))
	}
	b.Close()
	return dir
}

// damageReads checks how many of the ten records can be read, and that these are as they were written.
func damageReads(t *testing.T, b *durable.Backend, want int) {
	t.Helper()
	got := 0
	for n := range 10 {
		switch value := serverRead(t, b, fmt.Sprintf("key-%d", n)); value {
		case fmt.Sprintf("value-%d", n):
			got++
		case "":
		default:
			t.Errorf("record %d is %q", n, value)
		}
	}
	if got != want {
		t.Errorf("%d records are left, want %d", got, want)
	}
}

// damageSaid checks that an error of the log names the stream and says what is wrong, and gives away nothing.
func damageSaid(t *testing.T, lines *serverLines, stream, says string) {
	t.Helper()
	said := false
	for line := range strings.Lines(lines.String()) {
		said = said || strings.Contains(line, `"level":"error"`) && strings.Contains(line, stream) &&
			strings.Contains(line, says)
		if strings.Contains(line, "value-") || strings.Contains(line, `"n"`) {
			t.Errorf("the log has what was stored: %s", line)
		}
	}
	if !said {
		t.Errorf("no error says of %s %q:\n%s", stream, says, lines.String())
	}
}

func TestDamagedBlockIsCopied(t *testing.T) {
	dir := damageStore(t)
	path := damageBlock(t, dir, "parley-inbox")
	var was []byte
	damageChange(t, path, func(b []byte) []byte {
		was = damageFlip(t, b, `{"n":"m3-1"}`)
		return was
	})
	open(t, durable.Config{Dir: dir, Unsynced: true})
	kept, err := os.ReadFile(filepath.Join(dir, "damaged", "parley-inbox-1-1.blk"))
	if err != nil || !bytes.Equal(kept, was) {
		t.Errorf("the damaged block is not kept as it was: %v", err)
	}
}

func TestMissingBlockIsReported(t *testing.T) {
	dir := damageStore(t)
	if err := os.Remove(damageBlock(t, dir, "parley-records")); err != nil {
		t.Fatal(err)
	}
	var lines serverLines
	b := open(t, durable.Config{Dir: dir, Unsynced: true, Log: lines.logger()})
	damageReads(t, b, 0)
	damageSaid(t, &lines, "parley-records", "is missing")
}

// What was being written when a process was killed was not acknowledged: that is no damage.
func TestUnfinishedWriteIsNoDamage(t *testing.T) {
	dir := damageStore(t)
	if err := os.Remove(filepath.Join(dir, "stopped.json")); err != nil { // as if it had been killed
		t.Fatal(err)
	}
	damageChange(t, damageBlock(t, dir, "parley-inbox"), func(b []byte) []byte { return append(b, b[:20]...) })
	var lines serverLines
	open(t, durable.Config{Dir: dir, Unsynced: true, Log: lines.logger()})
	if got := serverKept(t, dir); got != 10 {
		t.Errorf("%d events are left, want 10", got)
	}
	if text := lines.String(); strings.Contains(text, `"level":"error"`) || !strings.Contains(text, "unfinished") {
		t.Errorf("logged: %s", text)
	}
}

func TestStoreOfAnotherNameIsNotMissing(t *testing.T) {
	dir := damageStore(t)
	var lines serverLines
	open(t, durable.Config{Dir: dir, Unsynced: true, Name: "other", Log: lines.logger()}).Close()
	if text := lines.String(); strings.Contains(text, `"level":"error"`) {
		t.Errorf("logged: %s", text)
	}
}

// Damage beside an unfinished write is damage.
func TestDamageBeforeAnUnfinishedWriteIsReported(t *testing.T) {
	dir := damageStore(t)
	if err := os.Remove(filepath.Join(dir, "stopped.json")); err != nil { // as if it had been killed
		t.Fatal(err)
	}
	damageChange(t, damageBlock(t, dir, "parley-inbox"), func(b []byte) []byte {
		return damageFlip(t, b, `{"n":"m3-1"}`)[:len(b)-5]
	})
	var lines serverLines
	open(t, durable.Config{Dir: dir, Unsynced: true, Log: lines.logger()})
	if got := serverKept(t, dir); got != 8 {
		t.Errorf("%d events are left, want 8", got)
	}
	damageSaid(t, &lines, "parley-inbox", "is damaged")
}

// A process that is killed has left nothing that says how its files were.
func TestNoteOfSizesIsGoneWhileTheStoreIsOpen(t *testing.T) {
	dir := damageStore(t)
	open(t, durable.Config{Dir: dir, Unsynced: true})
	if _, err := os.Stat(filepath.Join(dir, "stopped.json")); err == nil {
		t.Error("the note is there")
	}
}

// A stream that the server cannot recover is not made anew.
func TestUnreadableStreamIsNotMadeAnew(t *testing.T) {
	dir := damageStore(t)
	meta, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "parley-inbox", "meta.inf"))
	if err != nil || len(meta) != 1 {
		t.Fatalf("%v %v", meta, err)
	}
	damageChange(t, meta[0], func(b []byte) []byte { return b[:len(b)/2] })
	_, err = durable.Open(t.Context(), durable.Config{Dir: dir, Unsynced: true})
	if err == nil || !strings.Contains(err.Error(), "parley-inbox") || !strings.Contains(err.Error(), "backup") {
		t.Errorf("Open: %v", err)
	}
}

// No checksum covers where the subject of an event ends. With a piece of the body in it the event cannot be
// delivered, and the connection would break at it again and again.
func TestSubjectThatIsTooLongHoldsUpNothing(t *testing.T) {
	dir := t.TempDir()
	cfg := durable.Config{Dir: dir, Unsynced: true, Partitions: 1}
	b := open(t, cfg)
	for n := range 3 {
		e := serverEvent(n, 1)
		e.Data = []byte(strings.Repeat("a b ", 100))
		if err := b.Inbox.Publish(t.Context(), []bot.Envelope{e}); err != nil {
			t.Fatal(err)
		}
	}
	b.Close()
	damageChange(t, damageBlock(t, dir, "parley-inbox"), func(b []byte) []byte { b[20] ^= 64; return b })
	var lines serverLines
	cfg.Log = lines.logger()
	b = open(t, cfg)
	damageSaid(t, &lines, "parley-inbox", "is damaged")
	ctx, cancel := context.WithTimeout(t.Context(), serverPatience)
	defer cancel()
	handled := make(chan struct{}, 3)
	ended := make(chan error)
	go func() {
		ended <- b.Inbox.Consume(ctx, func(context.Context, *bot.Delivery) error {
			handled <- struct{}{}
			return nil
		})
	}()
	for n := range 2 {
		select {
		case <-handled:
		case <-ctx.Done():
			t.Fatalf("%d of 2 events are handled", n)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Consume: %v", err)
	}
}
