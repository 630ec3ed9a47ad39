package durable

import (
	"context"
	"testing"
	"time"

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
