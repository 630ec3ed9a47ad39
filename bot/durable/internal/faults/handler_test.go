//go:build linux

package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// The words behind the number of a message that make the handler do more than reply.
const (
	wordDie    = "die"
	wordFail   = "fail"
	wordRemind = "remind" // it asks for a reminder
	wordHold   = "hold"   // it takes its time, and writes in the end whether or not it still may
)

// What the handler notes, each time in a line with the worker, the PSID, the number of the message, and one
// number more: with a start the attempt.
const (
	noteStart   = "start"
	noteSent    = "sent"    // the reply has gone out, and stands in the ledger
	noteHeld    = "held"    // the record is read that is to be written late
	noteRemind  = "remind"  // a reminder fires
	noteRefused = "refused" // a write came too late
	noteWritten = "written" // it should have been refused
)

// journal is what the session remembers of a person's messages.
type journal struct {
	Count, Last int
	Disorder    []int // numbers that did not follow the one before
	Reminders   []reminder
}

// reminder is one that has fired: of message N, as the event with the given ID.
type reminder struct {
	N  int
	ID string
}

var journalKey = session.NewKey[journal]("journal")

// noting is the handler: it notes that it runs, and the number of the message in the session, and replies
// with the number.
type noting struct {
	order workOrder
	notes *os.File
	store session.Store // nil: it is in memory
}

func (h *noting) Handle(c *bot.Context) error {
	switch e := c.Event().(type) {
	case *webhook.Message:
		number, word, _ := strings.Cut(c.Message(), " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return bot.Permanent(fmt.Errorf("faults: the message has no number: %w", err))
		}
		if err := h.begin(c, n, word); err != nil {
			return err
		}
		return h.reply(c, n)
	case *webhook.Custom:
		return h.remind(c, e)
	default:
		return nil
	}
}

// note notes something of message n.
func (h *noting) note(what string, c *bot.Context, n, more int) error {
	_, err := fmt.Fprintf(h.notes, "%s %d %s %d %d\n", what, h.order.Worker, c.PSID(), n, more)
	return err
}

// reply replies to message n, and notes it in the session.
func (h *noting) reply(c *bot.Context, n int) error {
	seen, err := journalKey.Get(c.Session())
	if err != nil {
		return err
	}
	if n != seen.Last+1 {
		seen.Disorder = append(seen.Disorder, n)
	}
	seen.Count, seen.Last = seen.Count+1, n
	if err := c.Text(strconv.Itoa(n)); err != nil {
		return err
	}
	if err := h.note(noteSent, c, n, 0); err != nil {
		return err
	}
	if h.order.Twice {
		if err := c.Text(strconv.Itoa(n)); err != nil {
			return err
		}
	}
	return journalKey.Set(c.Session(), seen)
}

// begin notes the start of message n, takes its time, and does what the message asks for.
func (h *noting) begin(c *bot.Context, n int, word string) error {
	if err := h.note(noteStart, c, n, c.Attempt()); err != nil {
		return err
	}
	if h.order.Handler > 0 {
		which := fmt.Sprint(h.order.Worker, c.PSID(), n, c.Attempt())
		pause := time.NewTimer(lasts(h.order.Handler, which))
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
	case wordRemind:
		_, err := c.Emit(wordRemind, c.Now().Add(remindIn(n)), n)
		return err
	case wordHold:
		return h.hold(c, n)
	}
	return nil
}

// remindIn returns how long after message n its reminder is due: some while there are still messages, and some
// only if the clock jumps.
func remindIn(n int) time.Duration {
	if n%2 == 0 {
		return jump / 2
	}
	return time.Duration(n%5) * time.Second
}

// remind notes a reminder that has fired in the session, and tells the person.
func (h *noting) remind(c *bot.Context, e *webhook.Custom) error {
	fired := reminder{ID: c.EventID()}
	if err := json.Unmarshal(e.Data, &fired.N); err != nil {
		return bot.Permanent(err)
	}
	if err := h.note(noteRemind, c, fired.N, c.Attempt()); err != nil {
		return err
	}
	seen, err := journalKey.Get(c.Session())
	if err != nil {
		return err
	}
	seen.Reminders = append(seen.Reminders, fired)
	if err := c.Text(fmt.Sprintf("%d %s", fired.N, wordRemind)); err != nil {
		return err
	}
	return journalKey.Set(c.Session(), seen)
}

// holding is how long a message that asks for it is held.
const holding = time.Second

// hold takes its time, whatever becomes of c. If it took far longer, as the process was frozen, it
// writes their record as it has read it before, and goes on as if nothing had happened.
func (h *noting) hold(c *bot.Context, n int) error {
	key := page + "." + string(c.PSID())
	before, err := h.store.Get(c, key)
	if err != nil {
		return err
	}
	if err := h.note(noteHeld, c, n, 0); err != nil {
		return err
	}
	began := time.Now()
	time.Sleep(holding)
	if time.Since(began) < 2*holding {
		return nil
	}
	for { // its connection may have been given up meanwhile
		switch _, err := h.store.Put(context.WithoutCancel(c), key, before); {
		case errors.Is(err, session.ErrConflict):
			return h.note(noteRefused, c, n, 0)
		case err == nil:
			return h.note(noteWritten, c, n, 0)
		}
		time.Sleep(holding / 10)
	}
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
