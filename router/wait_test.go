package router_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// patient makes the conversation remind after 10 and 20 minutes and end after 30.
func patient(conversation *router.Conversation[order]) {
	conversation.Remind = []router.Reminder[order]{
		{After: 10 * time.Minute, Say: send.Text("Still hungry?")},
		{After: 20 * time.Minute, Ask: func(_ *bot.Context, o order) (send.Message, error) {
			return send.Text("Your " + o.Size + " pizza waits."), nil
		}},
	}
	conversation.Timeout = 30 * time.Minute
	conversation.OnTimeout = func(c *bot.Context, o order) error { return c.Text("Too late for " + o.Size) }
}

func TestRemindersAndTimeout(t *testing.T) {
	chat := ordering(t, patient)
	chat.Advance(10*time.Minute - time.Second)
	chat.ExpectNothing()
	chat.Advance(time.Second)
	chat.Expect("Still hungry?")
	expectDelivery(chat, "Large")
	chat.ExpectNothing()
	chat.Advance(10 * time.Minute)
	chat.Expect("Your Large pizza waits.")
	expectDelivery(chat, "Large")
	chat.Advance(10*time.Minute - time.Second)
	chat.ExpectNothing()
	chat.Advance(time.Second)
	chat.Expect("Too late for Large")
	chat.ExpectNothing()
	chat.Advance(24 * time.Hour)
	chat.ExpectNothing()
	chat.Say("Pickup") // an answer after the time-out
	chat.Expect("Pardon?")
}

func TestAnythingThePersonDoesStartsTheTimeAnew(t *testing.T) {
	tests := map[string]struct {
		do     func(chat *bottest.Chat)
		expect func(chat *bottest.Chat)
	}{
		"an answer that is refused": {
			func(chat *bottest.Chat) { chat.Say("huge") },
			func(chat *bottest.Chat) {
				chat.Expect("Small or large, please.")
				expectSize(chat)
			},
		},
		"an interrupt": {
			func(chat *bottest.Chat) { chat.Say("help") },
			func(chat *bottest.Chat) {
				chat.Expect("I sell pizza.")
				expectSize(chat)
			},
		},
		"a reaction": {func(chat *bottest.Chat) { chat.React("❤") }, func(*bottest.Chat) {}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, pizzeria(patient))
			chat.Say("pizza")
			expectSize(chat)
			chat.Advance(9 * time.Minute)
			test.do(chat)
			test.expect(chat)
			chat.Advance(10*time.Minute - time.Second)
			chat.ExpectNothing()
			chat.Advance(time.Second)
			chat.Expect("Still hungry?")
			expectSize(chat)
		})
	}
}

func TestAReminderEndsWithTheConversation(t *testing.T) {
	for name, end := range map[string]func(chat *bottest.Chat){
		"done":      func(chat *bottest.Chat) { chat.Tap("Pickup"); chat.Expect("Order: Large/Pickup//") },
		"cancelled": func(chat *bottest.Chat) { chat.Say("cancel"); chat.Expect("Cancelled: Large///") },
		"left":      func(chat *bottest.Chat) { chat.TapMenu("Leave", "LEAVE"); chat.Expect("Left.") },
	} {
		t.Run(name, func(t *testing.T) {
			chat := ordering(t, patient)
			end(chat)
			chat.Advance(24 * time.Hour)
			chat.ExpectNothing()
		})
	}
}

func TestAReminderOfAnEarlierConversationIsNotThatOfTheNext(t *testing.T) {
	chat := ordering(t, patient)
	chat.Advance(5 * time.Minute)
	chat.TapMenu("Anew", "AGAIN")
	expectSize(chat)
	chat.Advance(10*time.Minute - time.Second)
	chat.ExpectNothing()
	chat.Advance(time.Second)
	chat.Expect("Still hungry?")
	expectSize(chat)
}

func TestRemindersSurviveARestart(t *testing.T) {
	chat := ordering(t, patient)
	chat.Advance(9 * time.Minute)
	chat.Restart()
	chat.Advance(time.Minute)
	chat.Expect("Still hungry?")
	expectDelivery(chat, "Large")
	chat.Restart()
	chat.Advance(20 * time.Minute)
	chat.Expect("Your Large pizza waits.")
	expectDelivery(chat, "Large")
	chat.Expect("Too late for Large")
	chat.ExpectNothing()
}

func TestAReminderAfterTheWindowClosedIsDropped(t *testing.T) {
	chat := ordering(t, func(conversation *router.Conversation[order]) {
		conversation.Remind = []router.Reminder[order]{{After: 25 * time.Hour, Say: send.Text("Still hungry?")}}
		conversation.Timeout = 48 * time.Hour
		conversation.OnTimeout = func(c *bot.Context, o order) error { return c.Text("Too late") }
	})
	chat.Advance(25 * time.Hour)
	chat.ExpectRefused(send.ErrOutsideWindow)
	chat.ExpectNothing()
	chat.Say("Pickup") // the conversation has not suffered
	chat.Expect("Order: Large/Pickup//")
}

func TestATimeoutAfterTheWindowClosedEndsTheConversation(t *testing.T) {
	chat := ordering(t, func(conversation *router.Conversation[order]) {
		conversation.Timeout = 25 * time.Hour
		conversation.OnTimeout = func(c *bot.Context, o order) error { return c.Text("Too late") }
	})
	chat.Advance(25 * time.Hour)
	chat.ExpectRefused(send.ErrOutsideWindow)
	chat.ExpectNothing()
	chat.Say("Pickup")
	chat.Expect("Pardon?")
}

// backAfter returns a bot that comes back after d on the same store, but without its inbox, which was in memory:
// what it was told before is over.
func backAfter(t *testing.T, d time.Duration, told ...string) *harness {
	t.Helper()
	store := session.NewMemory(session.MemoryConfig{Now: func() time.Time { return now }})
	shared := func(cfg *bot.Config) { cfg.Store = store }
	before, stop := newHarness(pizzeria(patient), shared)
	for i, words := range told {
		if err := before.deliver(text(fmt.Sprintf("m_before_%d", i), words)); err != nil {
			t.Fatal(err)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s := serve(t, pizzeria(patient), shared)
	s.stamp = d
	s.advance(t, d)
	return s
}

// A bot whose inbox was in memory comes back after 40 minutes, without its time-outs.
func TestALostTimeoutIsMadeUpFor(t *testing.T) {
	tests := map[string]struct {
		said time.Duration // after the question
		want []string
	}{
		"an answer that comes too late":            {40 * time.Minute, []string{"Too late for Large", "Pardon?"}},
		"an answer in time that comes late":        {29 * time.Minute, []string{"Order: Large/Pickup//"}},
		"an answer at the moment of the time-out":  {30 * time.Minute, []string{"Too late for Large", "Pardon?"}},
		"an answer in the moment before it is due": {30*time.Minute - 10*time.Millisecond, []string{"Order: Large/Pickup//"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := backAfter(t, 40*time.Minute, "pizza", "Large")
			s.stamp = test.said
			s.mustDeliver(t, text("m_late", "Pickup"))
			if got := s.sent(); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// frugal is an inbox in memory that counts the own events that it is given.
type frugal struct {
	*bot.Lanes
	own atomic.Int64
}

func (i *frugal) Publish(ctx context.Context, batch []bot.Envelope) error {
	for _, e := range batch {
		if strings.HasPrefix(e.ID, "custom:") {
			i.own.Add(1)
		}
	}
	return i.Lanes.Publish(ctx, batch)
}

func TestAQuickPersonLeavesNoTrailOfEvents(t *testing.T) {
	inbox := new(frugal)
	s := serve(t, pizzeria(patient), func(cfg *bot.Config) {
		inbox.Lanes, _ = cfg.Inbox.(*bot.Lanes)
		cfg.Inbox = inbox
	})
	s.mustDeliver(t, text("m_start", "pizza"))
	for i := range 50 {
		s.advance(t, time.Second)
		s.mustDeliver(t, text(fmt.Sprintf("m_%d", i), "huge"))
	}
	if own := inbox.own.Load(); own != 1 {
		t.Errorf("51 questions have published %d events, want 1", own)
	}
	s.advance(t, 10*time.Minute) // it comes early, is published once more, and then reminds
	if sent := s.sent(); !slices.Contains(sent, "Still hungry?") {
		t.Errorf("no reminder in %q", sent)
	}
}

func TestALostReminderIsNotTheLast(t *testing.T) {
	second := backAfter(t, 15*time.Minute, "pizza")
	second.mustDeliver(t, text("m_2", "huge"))
	second.advance(t, 10*time.Minute)
	want := []string{"Small or large, please.", "Which size?", "Still hungry?", "Which size?"}
	if got := second.sent(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAReactionAfterALostTimeoutStartsNothingAnew(t *testing.T) {
	second := backAfter(t, 40*time.Minute, "pizza")
	second.mustDeliver(t, reaction)
	second.mustDeliver(t, text("m_2", "Large"))
	if got, want := second.sent(), []string{"Too late for ", "Pardon?"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
