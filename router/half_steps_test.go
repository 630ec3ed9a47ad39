package router_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// A step of a conversation is done whole or not at all: what is stored and what the person was asked belong
// together.

// apologizing is a middleware that turns errors, and panics, into an apology.
func apologizing(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		if bot.Recovered(c, next) != nil {
			return c.Text("Sorry, once more please.")
		}
		return nil
	})
}

func TestAStepWhoseErrorMiddlewareSwallowsIsNotStored(t *testing.T) {
	tests := map[string]func() error{
		"error": func() error { return errors.New("database down") },
		"panic": func() error { panic("database down") },
	}
	for name, fail := range tests {
		t.Run(name, func(t *testing.T) {
			broken := true
			r := pizzeria(func(conversation *router.Conversation[order]) {
				delivery := conversation.States["delivery"]
				ask := delivery.Ask
				delivery.Ask = func(c *bot.Context, o order) (send.Message, error) {
					if broken {
						return send.Message{}, fail()
					}
					return ask(c, o)
				}
				conversation.States["delivery"] = delivery
			})
			r.Use(apologizing)
			chat := bottest.Start(t, r)
			chat.Say("pizza")
			expectSize(chat)
			chat.Say("Large")
			chat.Expect("Sorry, once more please.")
			broken = false
			chat.Say("Small")
			expectDelivery(chat, "Small")
			chat.ExpectNothing()
		})
	}
}

func TestMiddlewareThatLeavesAndGoesOn(t *testing.T) {
	tests := map[string]struct {
		do    func(c *bot.Context) error
		asked bool // once more, by what middleware has entered
	}{
		"leaves": {do: func(c *bot.Context) error {
			router.Leave(c)
			return nil
		}},
		"enters": {do: func(c *bot.Context) error { return router.Enter(c, "pizza") }, asked: true},
	}
	for name, test := range tests {
		for _, said := range []string{"Large", "cancel", "back", "from the start", "help"} {
			t.Run(name+" at "+said, func(t *testing.T) {
				now := false
				r := pizzeria()
				r.Use(func(next bot.Handler) bot.Handler {
					return bot.HandlerFunc(func(c *bot.Context) error {
						if now {
							if err := test.do(c); err != nil {
								return err
							}
						}
						err := bot.Recovered(c, next)
						if err != nil {
							t.Errorf("the conversation returned %v", err)
						}
						return err
					})
				})
				chat := bottest.Start(t, r)
				chat.Say("pizza")
				expectSize(chat)
				now = true
				chat.Say(said)
				now = false
				if test.asked {
					expectSize(chat)
				}
				if said == "help" {
					chat.Expect("I sell pizza.")
				}
				chat.ExpectNothing()
				chat.Say("Large")
				if test.asked {
					expectDelivery(chat, "Large")
				} else {
					chat.Expect("Pardon?")
				}
			})
		}
	}
}

// Middleware that leaves before OnTimeout is called has ended the conversation itself.
func TestMiddlewareThatLeavesBeforeALostTimeoutIsMadeUpFor(t *testing.T) {
	r := pizzeria(patient)
	r.Use(func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			if c.Message() == "hello" {
				router.Leave(c)
			}
			return next.Handle(c)
		})
	})
	store := session.NewMemory(session.MemoryConfig{Now: func() time.Time { return now }})
	shared := func(cfg *bot.Config) { cfg.Store = store }
	first, stop := newHarness(r, shared)
	if err := first.deliver(text("m_1", "pizza")); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s := serve(t, r, shared)
	s.stamp = 40 * time.Minute
	s.advance(t, s.stamp)
	s.mustDeliver(t, text("m_2", "hello"))
	s.wantSent(t, "Pardon?")
}

// mayHaveArrived drops the connection of the next message after it has arrived.
func mayHaveArrived() sendtest.Failure {
	return sendtest.Failure{
		Drop: true, Accept: true,
		Match: func(call sendtest.Call) bool { return call.Action == "" },
	}
}

func TestAQuestionThatMayHaveArrivedCountsAsAsked(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("pizza")
	expectSize(chat)
	chat.FailWith(mayHaveArrived())
	chat.Tap("Large")
	expectDelivery(chat, "Large")
	chat.ExpectNothing()
	chat.Tap("Pickup")
	chat.Expect("Order: Large/Pickup//")
	chat.ExpectNothing()
}

func TestAHintThatMayHaveArrivedIsFollowedByTheQuestion(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("pizza")
	expectSize(chat)
	chat.FailWith(mayHaveArrived())
	chat.Say("huge")
	chat.Expect("Small or large, please.")
	expectSize(chat)
	chat.ExpectNothing()
}

// contested is a store whose record somebody else has written when it is put for the second time.
type contested struct {
	session.Store
	puts int
}

func (s *contested) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	if s.puts++; s.puts == 2 {
		return session.Record{}, session.ErrConflict
	}
	return s.Store.Put(ctx, key, r)
}

func TestAQuestionComesOnceEvenIfItsWordsDifferFromTryToTry(t *testing.T) {
	asked := 0
	s := serve(t, pizzeria(func(conversation *router.Conversation[order]) {
		delivery := conversation.States["delivery"]
		delivery.Ask = func(*bot.Context, order) (send.Message, error) {
			asked++
			return send.Text("Delivery? " + strings.Repeat("!", asked)), nil
		}
		conversation.States["delivery"] = delivery
	}), func(cfg *bot.Config) {
		cfg.Store = &contested{Store: session.NewMemory(session.MemoryConfig{Now: cfg.Now})}
	})
	s.mustDeliver(t, text("m_1", "pizza"))
	s.mustDeliver(t, text("m_2", "Large"))
	if asked != 2 {
		t.Errorf("asked %d times, want a second try", asked)
	}
	s.wantSent(t, "Which size?", "Delivery? !")
}

// A reminder and the question that follows it are two messages, also if their words are the same.
func TestAReminderAndItsQuestionAreTwoMessages(t *testing.T) {
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		conversation.Remind = []router.Reminder[order]{{
			After: time.Minute, Say: send.Text("Which size?").WithAnswers("Small", "Large"),
		}}
	}))
	chat.Say("pizza")
	expectSize(chat)
	chat.Advance(time.Minute)
	expectSize(chat)
	expectSize(chat)
	chat.ExpectNothing()
}

func TestARefusalOutsideOfAnAnswerIsNotTriedAgain(t *testing.T) {
	var j journal
	r := router.New()
	r.Text("order", func(c *bot.Context) error {
		j.note("attempt %d", c.Attempt())
		return router.Refuse("Sold out.")
	})
	s := serve(t, r)
	s.mustDeliver(t, text("m_1", "order"))
	s.advance(t, time.Hour)
	j.want(t, "attempt 1")
	dead, err := s.DeadLetters().List(t.Context())
	if err != nil || len(dead) != 1 || strings.Contains(dead[0].Cause, "Sold out") {
		t.Errorf("dead letters %v, %v; want one that does not tell of the hint", dead, err)
	}
	if sent := s.sent(); slices.Contains(sent, "Sold out.") {
		t.Errorf("sent %q", sent)
	}
}
