//go:build linux

package faults_test

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
)

// workOrder is what a worker is told: which store it works on, and what its handler does.
type workOrder struct {
	Worker int // tells the processes of a scenario apart

	Dir, URL  string // neither: the inbox and the store are in memory
	Pin       time.Duration
	Unsynced  bool
	Replicas  int
	Parallel  int
	MaxEvents int64
	Crashes   int
	Reserve   int64
	Handler   time.Duration // the longest that a handler takes; half of that on average
	Notes     string        // the file that the handler notes in what it does
	DeathsOf  string        // the directory that deaths are counted in
	Deaths    int           // how often each event that asks for it ends the process; below 0: always
	Twice     bool          // replies twice, as no bot should
}

// config returns the configuration of the store that o works on.
func (o *workOrder) config() durable.Config {
	return durable.Config{
		Dir: o.Dir, URL: o.URL, Pin: o.Pin, Unsynced: o.Unsynced, Replicas: o.Replicas, Parallel: o.Parallel,
		MaxEvents: o.MaxEvents, Crashes: o.Crashes, Partitions: partitions, Reserve: o.Reserve,
	}
}

// partitions is how many shares the people of a scenario are divided into.
const partitions = 16

// work is a bot at work.
func work(ctx context.Context, o workOrder) error {
	cfg := bot.FromEnv()
	cfg.Now = jumping(ctx)
	h := &noting{order: o}
	if o.Dir != "" || o.URL != "" {
		settings := o.config()
		settings.Log = cfg.Log
		store, err := durable.Open(ctx, settings)
		if err != nil {
			return err
		}
		defer store.Close()
		cfg.Inbox, cfg.Store, h.store = store.Inbox, store.Store, store.Store
	}
	notes, err := os.OpenFile(o.Notes, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer notes.Close()
	h.notes = notes
	return bot.Run(ctx, cfg, h)
}

// How far the clock of a worker jumps, and the signals that it jumps at.
const (
	jump        = time.Hour
	jumpForward = syscall.SIGUSR1
	jumpBack    = syscall.SIGUSR2
)

// jumping returns a clock that jumps when the process is told to.
func jumping(ctx context.Context) func() time.Time {
	var ahead atomic.Int64
	jumps := make(chan os.Signal, 1)
	signal.Notify(jumps, jumpForward, jumpBack)
	go func() { // ends with the process
		for ctx.Err() == nil {
			switch <-jumps {
			case jumpForward:
				ahead.Add(int64(jump))
			case jumpBack:
				ahead.Add(-int64(jump))
			}
		}
	}()
	return func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
}
