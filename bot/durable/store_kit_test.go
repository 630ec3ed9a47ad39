package durable_test

import (
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/session"
)

// mustPut writes a record that must be accepted.
func mustPut(t *testing.T, store session.Store, key string, r session.Record) session.Record {
	t.Helper()
	kept, err := store.Put(t.Context(), key, r)
	if err != nil {
		t.Fatalf("Put: %v", err)
	}
	return kept
}

// emptyStore deletes all records.
func emptyStore(t *testing.T, js jetstream.JetStream) {
	t.Helper()
	stream, err := js.Stream(t.Context(), "parley-records")
	if err == nil {
		err = stream.Purge(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func mustFlush(t *testing.T, conn *nats.Conn) {
	t.Helper()
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
}

// clockOfStores is a clock at storeEpoch that the test moves. The zero value is ready.
type clockOfStores struct {
	mu    sync.Mutex
	after time.Duration
}

func (c *clockOfStores) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return storeEpoch.Add(c.after)
}

func (c *clockOfStores) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after += d
}
