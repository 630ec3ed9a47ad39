package durable

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/session"
)

// A server without JetStream, as after its own refusal to go on, is started anew; the connection survives it.
func TestIllServerIsStartedAnew(t *testing.T) {
	b, err := Open(t.Context(), Config{Dir: t.TempDir(), Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	put := func(key string) error {
		_, err := b.Store.Put(t.Context(), key, session.Record{Data: []byte("1")})
		return err
	}
	if err := put("before"); err != nil {
		t.Fatal(err)
	}
	b.server.mu.Lock()
	ill := b.server.server
	b.server.mu.Unlock()
	if err := ill.DisableJetStream(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil && put("after") != nil {
		continue
	}
	if ctx.Err() != nil {
		t.Fatal("the server does not come back")
	}
	if _, err := b.Store.Get(t.Context(), "before"); err != nil {
		t.Errorf("a record from before: %v", err)
	}
	if !b.server.room() {
		t.Error("there is no room after it")
	}
}

// A stream that is being made has a directory before the server knows it: one look is not enough to call the
// server ill.
func TestOneLookDoesNotMakeAServerIll(t *testing.T) {
	dir := t.TempDir()
	b, err := Open(t.Context(), Config{Dir: dir, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	b.server.end()
	b.server.watching.Wait() // from here on the test is who looks
	if err := b.Inbox.js.DeleteStream(t.Context(), "parley-letters"); err != nil {
		t.Fatal(err)
	}
	streams := filepath.Join(dir, "jetstream", "$G", "streams")
	look := func(when string, want ...bool) {
		t.Helper()
		for n := range want {
			if got := b.server.ill(); got != want[n] {
				t.Errorf("%s: look %d says %t", when, n+1, got)
			}
		}
	}
	for _, other := range []string{"others-inbox", "parley-more"} {
		if err := os.MkdirAll(filepath.Join(streams, other), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	look("streams of others", false, false)
	for range 2 {
		making := filepath.Join(streams, "parley-letters")
		if err := os.MkdirAll(making, 0o700); err != nil {
			t.Fatal(err)
		}
		look("while it is made", false)
		if err := os.Remove(making); err != nil {
			t.Fatal(err)
		}
		look("after it is made", false)
	}
	if err := os.MkdirAll(filepath.Join(streams, "parley-letters"), 0o700); err != nil {
		t.Fatal(err)
	}
	look("a stream that cannot be recovered", false, true, false, true)
}

// nats-server quotes bytes that it cannot read, and they may be of an event.
func TestServerLogQuotesNothing(t *testing.T) {
	var lines bytes.Buffer
	log := &serverLog{log: zerolog.New(&lines)}
	log.Errorf("%s parser ERROR, state=%d: proto='%s...'", "Client", 1, "two margheritas")
	log.Warnf("sanity check failed (dlen %d slen %d rl %d buf %d)", 1, 2, 3, []byte("two"))
	for _, quoted := range []string{"margheritas", "116"} {
		if strings.Contains(lines.String(), quoted) {
			t.Errorf("the log has %q:\n%s", quoted, &lines)
		}
	}
	for _, said := range []string{"parser ERROR, state=1", "dlen 1 slen 2 rl 3"} {
		if !strings.Contains(lines.String(), said) {
			t.Errorf("the log does not say %q:\n%s", said, &lines)
		}
	}
}

// What a server has answered is on the disk, unless the developer wants it otherwise.
func TestDirectoryIsSyncedUnlessToldOtherwise(t *testing.T) {
	for _, unsynced := range []bool{false, true} {
		b, err := Open(t.Context(), Config{Dir: t.TempDir(), Unsynced: unsynced})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.server.server.JetStreamConfig().SyncAlways; got == unsynced {
			t.Errorf("with Unsynced %t SyncAlways is %t", unsynced, got)
		}
		b.Close()
	}
}
