package bottest_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// One clock for both sides: the bot's windows and back-offs and the Graph API's judgement move together.
func TestAdvance(t *testing.T) {
	tries := 0
	var store session.Store
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		if own, ok := c.Event().(*webhook.Custom); ok {
			return c.Text(own.Name)
		}
		if tries++; tries < 3 {
			return errors.New("not yet")
		}
		return c.Text("at last")
	}), func(cfg *bot.Config) {
		store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
		cfg.Store = store
	})
	began := chat.Now()
	chat.Say("hi")
	chat.ExpectNothing()
	chat.Advance(time.Second)
	chat.ExpectNothing()
	chat.Advance(2 * time.Second)
	chat.Expect("at last")
	if passed := chat.Now().Sub(began); passed != 3*time.Second {
		t.Errorf("%s have passed, want 3 s", passed)
	}
	if _, err := store.Get(t.Context(), bottest.PageID+"."+bottest.PersonID); err != nil {
		t.Errorf("no record of the person: %v", err)
	}
}

// Outside the window a message is neither sent by the bot nor, if it were, taken by the Graph API.
func TestWindowCloses(t *testing.T) {
	errs := make(chan error, 1)
	var thread *bot.Thread
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		thread = c.Thread()
		errs <- c.Text("you: " + c.Message())
		return nil
	}))
	chat.Say("hi")
	chat.Expect("you: hi")
	if err := <-errs; err != nil {
		t.Fatal(err)
	}
	chat.Advance(24*time.Hour + time.Second)
	if _, err := thread.Compose(send.Text("late")); !errors.Is(err, send.ErrOutsideWindow) {
		t.Errorf("error %v, want ErrOutsideWindow", err)
	}
	chat.Say("I am back")
	chat.Expect("you: I am back")
}

// What is due on the way is handled at its own time, also what was only then asked for.
func TestAdvanceStopsWhereSomethingIsDue(t *testing.T) {
	type moment struct {
		name   string
		passed time.Duration
	}
	var seen []moment
	var began time.Time
	tries := 0
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		own, ok := c.Event().(*webhook.Custom)
		if !ok {
			began = c.Now()
			_, first := c.Emit("first", began.Add(10*time.Minute), nil)
			_, late := c.Emit("late", began.Add(25*time.Hour), nil)
			return errors.Join(first, late)
		}
		seen = append(seen, moment{own.Name, c.Now().Sub(began)})
		switch own.Name {
		case "first":
			_, err := c.Emit("second", c.Now().Add(time.Minute), nil)
			return errors.Join(err, c.Text("Still there?"))
		case "second":
			if tries++; tries < 2 {
				return errors.New("not yet")
			}
		}
		return c.Text(own.Name)
	})
	talk := func(t *testing.T) {
		t.Helper()
		seen, tries = nil, 0
		chat := bottest.Start(t, handler)
		chat.Say("hi")
		chat.Advance(26 * time.Hour)
		chat.Expect("Still there?")
		chat.Expect("second")
		chat.ExpectRefused(send.ErrOutsideWindow)
		chat.ExpectNothing()
		want := []moment{
			{"first", 10 * time.Minute},
			{"second", 11 * time.Minute},
			{"second", 11*time.Minute + time.Second},
			{"late", 25 * time.Hour},
		}
		if !slices.Equal(seen, want) {
			t.Errorf("handled %v, want %v", seen, want)
		}
		if passed := chat.Now().Sub(began); passed != 26*time.Hour {
			t.Errorf("%s have passed, want 26 h", passed)
		}
	}
	t.Run("by the machine's clock", talk)
	t.Run("in a bubble", func(t *testing.T) { synctest.Test(t, talk) })
}

// Expiry is judged by the same clock.
func TestSessionExpires(t *testing.T) {
	name := session.NewKey[string]("name")
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		known, err := name.Get(c.Session())
		return errors.Join(err, name.Set(c.Session(), c.Message()), c.Text("I knew you as "+known))
	}), func(cfg *bot.Config) { cfg.SessionTTL = time.Hour })
	chat.Say("Ana")
	chat.Expect("I knew you as ")
	chat.Advance(time.Hour - time.Second)
	chat.Say("Bea")
	chat.Expect("I knew you as Ana")
	chat.Advance(time.Hour)
	chat.Say("Cleo")
	chat.Expect("I knew you as ")
}
