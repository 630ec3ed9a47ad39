package bot_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
)

// exits is a handler that ends its goroutine.
func exits(*bot.Context) error { runtime.Goexit(); return nil }

// A handler that ends its goroutine, as t.FailNow does, fails as one that panics: it is tried again, sends
// nothing twice, and becomes a dead letter. Nobody else's lane notices.
func TestHandlerThatEndsItsGoroutine(t *testing.T) {
	const cause = "bot: handler panicked: it ended its goroutine"
	for name, durable := range map[string]bool{"lanes": false, "durable": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var store session.Store
				var inbox *redelivering
				runs := 0
				adjust := []func(*bot.Config){keepStore(&store), func(cfg *bot.Config) { cfg.Lanes = 1 }}
				if durable {
					adjust = append(adjust, redeliver(&inbox, func(r *redelivering) { r.fresh = true }))
				}
				s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
					if c.Message() == "m_2" {
						return c.Text("to m_2")
					}
					runs++
					if err := c.Text("A"); err != nil {
						return err
					}
					return exits(c)
				}), adjust...)
				if durable {
					s.lanes = inbox.Lanes
				}
				s.say("m_1")
				for range 3 {
					s.again()
				}
				s.say("m_2")
				s.want("A", "to m_2")
				s.wantCauses(cause)
				if runs != 3 {
					t.Errorf("%d runs, want 3: that is what Config.Attempts says", runs)
				}
				if stats := s.Stats(); stats.Handled != 1 || stats.DeadLetters != 1 {
					t.Errorf("%d handled and %d dead letters, want 1 and 1", stats.Handled, stats.DeadLetters)
				}
			})
		})
	}
}

// OnError may do so too: the event becomes a dead letter.
func TestOnErrorThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := serve(t, bot.HandlerFunc(returns(bot.Permanent(errHandler))), func(cfg *bot.Config) {
			cfg.OnError = func(c *bot.Context, _ error) error { asked++; return exits(c) }
		})
		s.say("m_1")
		s.wantCauses("bot: OnError ended its goroutine after: handler failed")
		if n := s.Stats().DeadLetters; asked != 1 || n != 1 {
			t.Errorf("OnError was asked %d times, %d dead letters counted; want 1 and 1", asked, n)
		}
	})
}

// Lanes lose no worker to handlers that end their goroutines, and hand out again what those had in hand.
func TestLanesKeepTheirWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const parallel = 3
		lanes := bot.NewLanes(bot.LanesConfig{Parallel: parallel})
		ctx, stop := context.WithCancel(t.Context())
		consumed := make(chan error, 1)
		handed := make(chan string, 100)
		exit := true
		go func() {
			consumed <- lanes.Consume(ctx, func(_ context.Context, d *bot.Delivery) error {
				handed <- d.ID
				if exit {
					runtime.Goexit()
				}
				return nil
			})
		}()
		for _, lane := range []string{"a", "b", "c"} {
			if err := lanes.Publish(t.Context(), []bot.Envelope{inLane(lane, lane+"1")}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		exit = false
		if err := lanes.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop()
		if err := <-consumed; err != nil {
			t.Errorf("Consume: %v", err)
		}
		if n := len(handed); n != 2*parallel {
			t.Errorf("%d handed out, want each of %d twice", n, parallel)
		}
	})
}
