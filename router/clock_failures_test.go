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

// What goes wrong with reminders and time-outs: no failure stops the clock of a conversation.

// wantSent fails the test unless these are the texts that the bot has sent.
func (s *harness) wantSent(t *testing.T, texts ...string) {
	t.Helper()
	if got := s.sent(); !slices.Equal(got, texts) {
		t.Errorf("sent %q, want %q", got, texts)
	}
}

func TestAReminderThatFailsDoesNotStopTheClock(t *testing.T) {
	tests := map[string]struct {
		adjust func(*bot.Config)
		use    bot.Middleware
	}{
		"and becomes a dead letter": {},
		"and is settled by OnError": {adjust: failing(new(journal))},
		"and middleware swallows it": {use: func(next bot.Handler) bot.Handler {
			return bot.HandlerFunc(func(c *bot.Context) error {
				_ = next.Handle(c)
				return nil
			})
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := pizzeria(patient)
			if test.use != nil {
				r.Use(test.use)
			}
			s := serve(t, r, func(cfg *bot.Config) {
				if test.adjust != nil {
					test.adjust(cfg)
				}
			})
			s.mustDeliver(t, text("m_1", "pizza"))
			s.graph.FailWith(sendtest.Failure{Code: 100})
			s.advance(t, 10*time.Minute)
			s.wantSent(t, "Which size?", "Still hungry?")
			s.advance(t, 10*time.Minute)
			s.wantSent(t, "Which size?", "Still hungry?", "Your  pizza waits.", "Which size?")
			s.advance(t, 10*time.Minute)
			s.wantSent(t, "Which size?", "Still hungry?", "Your  pizza waits.", "Which size?", "Too late for ")
		})
	}
}

func TestAReminderWhoseAskFailsForAWhileDoesNotStopTheClock(t *testing.T) {
	down := true
	s := serve(t, pizzeria(patient, func(conversation *router.Conversation[order]) {
		conversation.Remind = []router.Reminder[order]{
			{After: 10 * time.Minute, Ask: func(*bot.Context, order) (send.Message, error) {
				if down {
					return send.Message{}, errors.New("database down")
				}
				return send.Text("Still hungry?"), nil
			}},
		}
	}))
	s.mustDeliver(t, text("m_1", "pizza"))
	s.advance(t, 10*time.Minute)
	for range 2 { // it is tried again
		s.advance(t, time.Minute)
	}
	if dead, err := s.DeadLetters().List(t.Context()); err != nil || len(dead) != 1 {
		t.Fatalf("dead letters %v, %v; want the reminder", dead, err)
	}
	down = false
	s.advance(t, 18*time.Minute)
	s.wantSent(t, "Which size?", "Too late for ")
}

func TestAReminderThatMayHaveArrivedIsFollowedByTheQuestion(t *testing.T) {
	s := serve(t, pizzeria(patient))
	s.mustDeliver(t, text("m_1", "pizza"))
	s.graph.FailWith(sendtest.Failure{Drop: true, Accept: true})
	s.advance(t, 10*time.Minute)
	s.wantSent(t, "Which size?", "Still hungry?", "Which size?")
}

func TestATimeoutThatFailedCanBeReplayed(t *testing.T) {
	down := true
	s := serve(t, pizzeria(func(conversation *router.Conversation[order]) {
		conversation.Timeout = time.Hour
		conversation.OnTimeout = func(c *bot.Context, _ order) error {
			if down {
				return bot.Permanent(errors.New("database down"))
			}
			return c.Text("Too late.")
		}
	}))
	s.mustDeliver(t, text("m_1", "pizza"))
	s.advance(t, 2*time.Hour)
	down = false
	dead, err := s.DeadLetters().List(t.Context())
	if err != nil || len(dead) != 1 {
		t.Fatalf("dead letters %v, %v; want the time-out", dead, err)
	}
	if err := s.Replay(t.Context(), dead[0].ID); err != nil {
		t.Fatal(err)
	}
	s.advance(t, 0)
	s.wantSent(t, "Which size?", "Too late.")
	s.mustDeliver(t, text("m_2", "Large"))
	s.wantSent(t, "Which size?", "Too late.", "Pardon?")
}

// The clock of an inbox on another machine may be ahead of the bot's.
func TestAnInboxThatIsEarlyDoesNotStopTheClock(t *testing.T) {
	for _, ahead := range []time.Duration{time.Millisecond, time.Second} {
		t.Run(ahead.String(), func(t *testing.T) {
			var early *bot.Lanes
			s := serve(t, pizzeria(patient), func(cfg *bot.Config) {
				own := cfg.Now
				early = bot.NewLanes(bot.LanesConfig{Now: func() time.Time { return own().Add(ahead) }})
				cfg.Inbox = early
			})
			s.lanes = early
			s.mustDeliver(t, text("m_1", "pizza"))
			s.advance(t, 10*time.Minute-ahead) // by the clock of the inbox it is due
			s.wantSent(t, "Which size?", "Still hungry?", "Which size?")
			s.advance(t, 10*time.Minute)
			s.advance(t, 10*time.Minute)
			s.wantSent(t, "Which size?", "Still hungry?", "Which size?", "Your  pizza waits.", "Which size?", "Too late for ")
		})
	}
}

// crowded is an inbox that has room for what people say and none for own events.
type crowded struct{ *bot.Lanes }

func (i *crowded) Publish(ctx context.Context, batch []bot.Envelope) error {
	if strings.HasPrefix(batch[0].ID, "custom:") {
		return bot.ErrInboxFull
	}
	return i.Lanes.Publish(ctx, batch)
}

// A question whose answer would not be understood is not asked.
func TestNothingIsAskedUnlessTheClockRuns(t *testing.T) {
	s := serve(t, pizzeria(patient), func(cfg *bot.Config) {
		lanes, _ := cfg.Inbox.(*bot.Lanes)
		cfg.Inbox = &crowded{lanes}
	})
	s.mustDeliver(t, text("m_1", "pizza"))
	for range 2 { // it is tried again
		s.advance(t, time.Minute)
	}
	s.wantSent(t)
	s.mustDeliver(t, text("m_2", "Large"))
	s.wantSent(t, "Pardon?")
}

// What a person says after the time-out, which was lost with an inbox in memory, is no answer to the question
// that OnTimeout asks, and asks nothing more.
func TestALostTimeoutThatEntersAConversationAsksOnce(t *testing.T) {
	for _, said := range []string{"Large", "pizza", "help"} {
		t.Run(said, func(t *testing.T) {
			r := pizzeria(patient, func(conversation *router.Conversation[order]) {
				conversation.OnTimeout = func(c *bot.Context, _ order) error { return router.Enter(c, "pizza") }
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
			s.mustDeliver(t, text("m_2", said))
			s.wantSent(t, "Which size?")
		})
	}
}

// A later program may have taken the times away, or brought some.
func TestAReactionAfterADeploymentHeedsTheTimesOfNow(t *testing.T) {
	taken := func(c *router.Conversation[parcel]) { c.Timeout, c.Remind, c.OnTimeout = 0, nil, nil }
	t.Run("brought", func(t *testing.T) {
		chat := bottest.Start(t, changed(taken))
		goOn(chat, line{"start", []string{"How heavy?"}})
		chat.Restart(depot(parcels()))
		chat.React("❤")
		chat.Advance(time.Hour)
		hears(chat, "Still there?", "How heavy?")
	})
	t.Run("taken away and brought back", func(t *testing.T) {
		chat := bottest.Start(t, depot(parcels()))
		goOn(chat, line{"start", []string{"How heavy?"}})
		chat.Restart(changed(taken))
		goOn(chat, line{"help", []string{"I send parcels.", "How heavy?"}})
		chat.Restart(depot(parcels()))
		chat.Advance(13 * time.Hour) // since then nobody has waited
		chat.ExpectNothing()
		goOn(chat, line{"7 kg", []string{"Which street?"}})
		chat.Advance(time.Hour)
		hears(chat, "Still there?", "Which street?")
	})
}
