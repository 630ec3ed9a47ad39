package durable_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
	"github.com/parleybot/parley/bot/inboxtest"
)

// contract is that of a backend that may keep a part of a batch that it refuses.
var contract = inboxtest.Suite{Parts: true}

func TestInboxOfADirectoryPassesTheContract(t *testing.T) {
	contract.Run(t, func(t *testing.T, o inboxtest.Options) bot.Inbox {
		t.Helper()
		return open(t, inboxConfig(durable.Config{Dir: t.TempDir(), Unsynced: true}, o)).Inbox
	})
}

func TestInboxOfAServerPassesTheContract(t *testing.T) {
	url, opened := natstest.Server(t).URL(), opener()
	contract.Run(t, func(t *testing.T, o inboxtest.Options) bot.Inbox {
		t.Helper()
		return open(t, inboxConfig(durable.Config{URL: url, Name: opened()}, o)).Inbox
	})
}

func TestInboxOfAClusterPassesTheContract(t *testing.T) {
	url, opened := natstest.Cluster(t, 3).URL(), opener()
	contract.Run(t, func(t *testing.T, o inboxtest.Options) bot.Inbox {
		t.Helper()
		return open(t, inboxConfig(durable.Config{URL: url, Name: opened(), Replicas: 3}, o)).Inbox
	})
}

// opener returns a function that returns a new name each time, so that many stores share one server.
func opener() func() string {
	var n atomic.Int64
	return func() string { return fmt.Sprintf("play%d", n.Add(1)) }
}

// inboxConfig returns cfg with what a play wants.
func inboxConfig(cfg durable.Config, o inboxtest.Options) durable.Config {
	cfg.Now, cfg.MaxEvents, cfg.PerLane, cfg.Partitions = o.Now, int64(o.Capacity), o.PerLane, 8
	cfg.Pin, cfg.MaxBytes, cfg.DeadBytes = 10*time.Second, 32<<20, 8<<20
	return cfg
}

// open opens a backend for as long as the test.
func open(t *testing.T, cfg durable.Config) *durable.Backend {
	t.Helper()
	backend, err := durable.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(backend.Close)
	return backend
}
