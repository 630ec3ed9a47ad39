//go:build linux

package faults_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
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
	Starts    string        // the file that each start of a handler is noted in
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

// The words behind the number of a message that make the handler do more than reply.
const (
	wordDie  = "die"
	wordFail = "fail"
)

// journal is what the session remembers of a person's messages.
type journal struct {
	Count, Last int
	Disorder    []int // numbers that did not follow the one before
}

var journalKey = session.NewKey[journal]("journal")

// work is a bot at work.
func work(ctx context.Context, o workOrder) error {
	cfg := bot.FromEnv()
	if o.Dir != "" || o.URL != "" {
		settings := o.config()
		settings.Log = cfg.Log
		store, err := durable.Open(ctx, settings)
		if err != nil {
			return err
		}
		defer store.Close()
		cfg.Inbox, cfg.Store = store.Inbox, store.Store
	}
	starts, err := os.OpenFile(o.Starts, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer starts.Close()
	return bot.Run(ctx, cfg, &noting{order: o, starts: starts})
}

// noting is the handler: it notes that it runs, and the number of the message in the session, and replies
// with the number.
type noting struct {
	order  workOrder
	starts *os.File
}

func (h *noting) Handle(c *bot.Context) error {
	if _, message := c.Event().(*webhook.Message); !message {
		return nil
	}
	number, word, _ := strings.Cut(c.Message(), " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return bot.Permanent(fmt.Errorf("faults: the message has no number: %w", err))
	}
	if err := h.begin(c, n, word); err != nil {
		return err
	}
	seen, err := journalKey.Get(c.Session())
	if err != nil {
		return err
	}
	if n != seen.Last+1 {
		seen.Disorder = append(seen.Disorder, n)
	}
	seen.Count, seen.Last = seen.Count+1, n
	if err := c.Text(number); err != nil {
		return err
	}
	if h.order.Twice {
		if err := c.Text(number); err != nil {
			return err
		}
	}
	return journalKey.Set(c.Session(), seen)
}

// begin notes the start, takes its time, and fails or dies where the message asks for it.
func (h *noting) begin(c *bot.Context, n int, word string) error {
	line := fmt.Sprintf("%d %s %d %d\n", h.order.Worker, c.PSID(), n, c.Attempt())
	if _, err := h.starts.WriteString(line); err != nil {
		return err
	}
	if h.order.Handler > 0 {
		pause := time.NewTimer(lasts(h.order.Handler, line))
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-c.Done():
			return c.Err()
		}
	}
	switch word {
	case wordFail:
		return errors.New("faults: the message asks for it")
	case wordDie:
		return h.die(c, n)
	}
	return nil
}

// lasts returns how long a handler takes, longest at most: what it is called for decides.
func lasts(longest time.Duration, what string) time.Duration {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(what)) // it never fails
	return longest * time.Duration(sum.Sum32()%1000) / 1000
}

// die ends the process, unless the message has done so often enough.
func (h *noting) die(c *bot.Context, n int) error {
	path := fmt.Sprintf("%s/%s-%d", h.order.DeathsOf, c.PSID(), n)
	deaths, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer deaths.Close()
	before, err := deaths.Stat()
	if err != nil {
		return err
	}
	if h.order.Deaths >= 0 && before.Size() >= int64(h.order.Deaths) {
		return nil
	}
	if _, err := deaths.WriteString("x"); err != nil {
		return err
	}
	os.Exit(exitDeath)
	return nil
}

// exitDeath is the exit code of a process that a message has ended.
const exitDeath = 3
