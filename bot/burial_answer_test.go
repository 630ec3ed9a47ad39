package bot_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
)

// The store has kept the record of an event that becomes a dead letter, and could not say so for longer than
// package session asks: the event counts as handled, and becomes a dead letter all the same.
func TestBurialWhoseAnswerWasLost(t *testing.T) {
	for name, durable := range map[string]bool{"lanes": false, "durable": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var store session.Store
				away, asked := false, 0
				adjust := []func(*bot.Config){
					unreliable(&store, func(f *flaky) {
						f.get = func(string) error {
							if away {
								return errStore
							}
							return nil
						}
						f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
							if away {
								return session.Record{}, errStore
							}
							if _, err := f.Store.Put(ctx, key, r); err != nil {
								return session.Record{}, err
							}
							away = true
							return session.Record{}, errStore
						}
					}),
					func(cfg *bot.Config) {
						cfg.OnError = func(_ *bot.Context, err error) error { asked++; return err }
					},
				}
				var inbox *redelivering
				if durable {
					adjust = append(adjust, redeliver(&inbox, func(r *redelivering) { r.fresh = true }))
				}
				s := serve(t, bot.HandlerFunc(returns(bot.Permanent(errHandler))), adjust...)
				if durable {
					s.lanes = inbox.Lanes
				}
				s.say("m_1")
				away = false
				s.again()
				s.wantCauses("handler failed")
				if n := s.Stats().DeadLetters; asked != 1 || n != 1 {
					t.Errorf("OnError was asked %d times, %d dead letters counted; want 1 and 1", asked, n)
				}
			})
		})
	}
}
