package bottest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// listener answers texts and taps, passes the thread on when asked to, and notes what else it hears.
func listener(heard *[]string) *router.Router {
	r := router.New()
	r.Payload("MORE", func(c *bot.Context) error { return c.Text("more") })
	r.Text("a human, please", func(c *bot.Context) error { return c.PassThread(send.PageInbox, "") })
	r.Fallback(func(c *bot.Context) error { return c.Buttons("you: "+c.Message(), send.Postback("More", "MORE")) })
	router.On(r, func(_ *bot.Context, e *webhook.Standby) error {
		note := "standby " + e.Event.Kind()
		if tap, ok := e.Event.(*webhook.Postback); ok {
			note += " " + tap.Title + " " + tap.Payload
		}
		*heard = append(*heard, note)
		return nil
	})
	router.On(r, func(_ *bot.Context, e *webhook.Handover) error {
		*heard = append(*heard, "handover "+e.Action)
		return nil
	})
	return r
}

// Who has passed a thread on, or lost it, hears of what the person does as standby until it is handed back.
func TestControl(t *testing.T) {
	var heard []string
	chat := bottest.Start(t, listener(&heard))
	ben := chat.Person("Ben")
	chat.Say("hi")
	chat.Expect("you: hi", "More")
	chat.Say("a human, please")
	chat.Say("hello?")
	chat.Tap("More")
	chat.HumanSays("This is Ada.")
	chat.Reads()
	chat.ExpectNothing()
	ben.Say("hi")
	ben.Expect("you: hi", "More")
	chat.HandBack()
	chat.Tap("More")
	chat.Expect("more")
	chat.TakeOver()
	chat.Say("once more")
	chat.ExpectNothing()
	chat.Advance(24 * time.Hour) // control expires
	chat.Say("still there?")
	chat.Expect("you: still there?", "More")
	want := []string{
		"standby message", "standby postback More ", "standby echo", "standby read", "handover pass", "handover take", "standby message",
	}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

// A thread that goes on with a message is as gone as one that is passed.
func TestHandOverIsHeeded(t *testing.T) {
	r := router.New()
	r.Text("a human, please", func(c *bot.Context) error {
		return c.HandOver(send.ThreadControl{Type: send.ControlPass, AppID: send.PageInbox}).Text("One moment.")
	})
	r.Fallback(func(c *bot.Context) error { return c.Text("you: " + c.Message()) })
	chat := bottest.Start(t, r)
	chat.Say("a human, please")
	chat.Expect("One moment.")
	chat.Advance(time.Minute)
	chat.Say("my parcel is lost")
	chat.ExpectNothing()
	chat.HandBack()
	chat.Advance(time.Minute)
	chat.Say("thank you")
	chat.Expect("you: thank you")
}

// On a clock that stands still each change of control is an event of its own, and the last one counts.
func TestControlAtOneTime(t *testing.T) {
	var heard []string
	chat := bottest.Start(t, listener(&heard))
	chat.Say("hi")
	chat.Expect("you: hi", "More")
	for range 2 {
		chat.HandBack()
		chat.TakeOver()
		chat.Say("hello?")
		chat.ExpectNothing()
	}
	chat.HandBack()
	chat.Say("and now?")
	chat.Expect("you: and now?", "More")
	want := []string{
		"handover pass", "handover take", "standby message", "handover pass", "handover take", "standby message",
		"handover pass",
	}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}
