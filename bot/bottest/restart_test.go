package bottest_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// counter counts what each person has said, and reminds them after ten minutes.
func counter(version string) bot.Handler {
	key := session.NewKey[int]("said")
	return bot.HandlerFunc(func(c *bot.Context) error {
		if own, ok := c.Event().(*webhook.Custom); ok {
			return c.Text(version + ": " + own.Name)
		}
		said, err := key.Get(c.Session())
		_, emitted := c.Emit("reminder", c.Now().Add(10*time.Minute), nil)
		return errors.Join(err, emitted, key.Set(c.Session(), said+1), c.Text(version+": "+strconv.Itoa(said+1)))
	})
}

// A bot that is started anew goes on where the old one was: with sessions, reminders, windows and what it has
// handled already.
func TestRestart(t *testing.T) {
	talk := func(t *testing.T) {
		t.Helper()
		chat := bottest.Start(t, counter("v1"))
		chat.Say("one")
		chat.Expect("v1: 1")
		chat.Restart()
		chat.ExpectNothing()
		chat.Redeliver()
		chat.ExpectNothing()
		chat.Say("two")
		chat.Expect("v1: 2")
		chat.Restart(counter("v2"))
		chat.Advance(9 * time.Minute)
		chat.ExpectNothing()
		chat.Advance(time.Minute)
		chat.Expect("v2: reminder")
		chat.Expect("v2: reminder")
		chat.Restart()
		chat.Say("three")
		chat.Expect("v2: 3")
		chat.ExpectNothing()
	}
	t.Run("by the machine's clock", talk)
	t.Run("in a bubble", func(t *testing.T) { synctest.Test(t, talk) })
}

// A handler that failed is tried again by the new bot, not before its time, at the head of its lane, and
// without saying twice what it has said.
func TestRestartBetweenTries(t *testing.T) {
	var attempts []int
	handler := func(works bool) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			if err := c.Text("you: " + c.Message()); err != nil || works || c.Message() != "one" {
				return err
			}
			attempts = append(attempts, c.Attempt())
			return errors.New("not yet")
		})
	}
	chat := bottest.Start(t, handler(false))
	chat.Together(func() {
		chat.Say("one")
		chat.Say("two")
	})
	chat.Expect("you: one")
	chat.ExpectNothing()
	chat.Advance(time.Second) // the second try fails
	chat.Restart()
	chat.Say("three")
	chat.ExpectNothing()
	chat.Restart(handler(true))
	chat.Advance(time.Second)
	chat.ExpectNothing()
	chat.Advance(time.Second) // two seconds after the second try comes the third
	chat.Expect("you: two")
	chat.Expect("you: three")
	chat.ExpectNothing()
	if want := []int{1, 2}; !slices.Equal(attempts, want) {
		t.Errorf("attempts %v, want %v", attempts, want)
	}
}

// The tries of a handler count on, and what was given up is not tried again.
func TestRestartKeepsAttempts(t *testing.T) {
	var attempts []int
	buried := 0
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		attempts = append(attempts, c.Attempt())
		return errors.New("never")
	}), func(cfg *bot.Config) {
		cfg.OnError = func(_ *bot.Context, err error) error { buried++; return err }
	})
	chat.Say("hi")
	chat.Restart()
	chat.Advance(time.Second)
	chat.Restart()
	chat.Advance(time.Hour)
	chat.Restart()
	chat.Advance(time.Hour)
	if want := []int{1, 2, 3}; !slices.Equal(attempts, want) || buried != 1 {
		t.Errorf("attempts %v, buried %d; want %v and one", attempts, buried, want)
	}
	chat.ExpectDeadLetter("never")
}

// What several people wait for comes in the order in which it was due.
func TestRestartKeepsOrder(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		if own, ok := c.Event().(*webhook.Custom); ok {
			return c.Text(own.Name)
		}
		_, late := c.Emit("late", c.Now().Add(2*time.Minute), nil)
		_, soon := c.Emit("soon", c.Now().Add(time.Minute), nil)
		return errors.Join(late, soon)
	}))
	ben := chat.Person("Ben")
	chat.Say("hi")
	ben.Say("hi")
	chat.Restart()
	chat.Advance(time.Hour)
	for _, person := range []*bottest.Chat{chat, ben} {
		person.Expect("soon")
		person.Expect("late")
		person.ExpectNothing()
	}
}

// What came into a person's lane while an earlier event waited for its next try is behind it in the new bot.
func TestRestartKeepsLane(t *testing.T) {
	handler := func(works bool) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			if own, ok := c.Event().(*webhook.Custom); ok {
				return c.Text(own.Name)
			}
			_, err := c.Emit("reminder", c.Now().Add(time.Minute), nil)
			if err == nil && !works && c.Message() == "later" {
				return errors.New("not yet")
			}
			return errors.Join(err, c.Text("you: "+c.Message()))
		})
	}
	chat := bottest.Start(t, handler(false))
	chat.Say("now")
	chat.Expect("you: now")
	chat.Advance(time.Minute - time.Millisecond)
	chat.Say("later") // and its second try is after the reminder
	chat.Advance(500 * time.Millisecond)
	chat.ExpectNothing()
	chat.Restart(handler(true))
	chat.ExpectNothing()
	chat.Advance(time.Second)
	chat.Expect("you: later")
	chat.Expect("reminder")
	chat.ExpectNothing()
}
