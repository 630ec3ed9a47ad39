package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
)

var errCondemned = errors.New("its process died whenever it was handled")

// copies is a durable inbox that tells its envelopes apart, and condemns some of them.
type copies struct {
	*redelivering
	copied    string
	condemned error
}

func (c *copies) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	return c.redelivering.Consume(ctx, func(ctx context.Context, d *bot.Delivery) error {
		told := *d
		told.Copy, told.Condemned = c.copied, c.condemned
		return h(ctx, &told)
	})
}

// serveCopies is serve with an inbox of copies. Its handler sends one text, and adjust may change the rest.
func serveCopies(t *testing.T, h bot.Handler, adjust ...func(*bot.Config)) (*harness, *copies) {
	t.Helper()
	var inbox *copies
	s, _ := serveRedelivered(t, h, append([]func(*bot.Config){func(cfg *bot.Config) {
		redelivered, _ := cfg.Inbox.(*redelivering)
		inbox = &copies{redelivering: redelivered}
		cfg.Inbox = inbox
	}}, adjust...)...)
	return s, inbox
}

// A condemned event becomes a dead letter without its handler, and without OnError, which may be what kills
// the process; it is counted and logged, its person's next event is handled, and a copy is a duplicate.
func TestCondemned(t *testing.T) {
	for name, fresh := range map[string]bool{"in hand before": false, "as it comes": true} {
		t.Run(name, func(t *testing.T) {
			var store session.Store
			var log buffer
			asked := 0
			s, inbox := serveCopies(t, bot.HandlerFunc(func(c *bot.Context) error {
				return errors.Join(visit(c), c.Text("to "+c.Message()))
			}), keepStore(&store), logTo(&log), func(cfg *bot.Config) {
				cfg.OnError = func(*bot.Context, error) error { asked++; return nil }
			})
			inbox.fresh, inbox.condemned = fresh, errCondemned
			s.say("m_1")
			s.wantCauses(errCondemned.Error())
			log.mustContain(t, `"level":"error"`, "event becomes a dead letter", errCondemned.Error())
			s.wantVisits(store, 0)
			inbox.condemned, inbox.fresh = nil, true
			s.say("m_1")
			s.say("m_2")
			s.want("to m_2")
			s.wantCauses(errCondemned.Error())
			s.wantVisits(store, 1)
			stats := s.Stats()
			if asked != 0 || stats.DeadLetters != 1 || stats.Handled != 1 || stats.Duplicates != 1 {
				t.Errorf("OnError was asked %d times; %d dead letters, %d handled, %d duplicates; want 0, 1, 1, 1",
					asked, stats.DeadLetters, stats.Handled, stats.Duplicates)
			}
		})
	}
}

// A condemned event that is settled already becomes no dead letter.
func TestCondemnedButSettled(t *testing.T) {
	s, inbox := serveCopies(t, bot.HandlerFunc(returns(nil)))
	s.say("m_1")
	inbox.condemned = errCondemned
	s.say("m_1")
	s.wantCauses()
	if n := s.Stats().Duplicates; n != 1 {
		t.Errorf("%d duplicates, want 1", n)
	}
}

// The record that a condemned event was given up with is not kept: it is condemned again, and buried once.
func TestCondemnedWhileTheStoreIsAway(t *testing.T) {
	var store session.Store
	conflicts := 0
	s, inbox := serveCopies(t, bot.HandlerFunc(returns(nil)), unreliable(&store, func(f *flaky) {
		f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
			if conflicts++; conflicts <= 3 {
				return session.Record{}, session.ErrConflict
			}
			return f.Store.Put(ctx, key, r)
		}
	}))
	inbox.condemned = errCondemned
	s.say("m_1")
	s.wantCauses(errCondemned.Error())
	if n := s.Stats().DeadLetters; n != 1 {
		t.Errorf("%d dead letters counted, want 1", n)
	}
}

// Of an event that Meta has delivered twice one copy becomes a dead letter, and the other is a duplicate of
// it, although a process dies between the record and the burial.
func TestCopyOfADeadLetter(t *testing.T) {
	s, inbox := serveCopies(t, bot.HandlerFunc(returns(bot.Permanent(errHandler))))
	inbox.copied = "7"
	s.say("m_1")
	for _, copied := range []string{"8", "", "7"} { // the last is handed out as the process has died
		inbox.copied = copied
		s.say("m_1")
	}
	s.wantCauses(errHandler.Error(), errHandler.Error())
	stats := s.Stats()
	if stats.Duplicates != 2 || stats.DeadLetters != 2 {
		t.Errorf("%d duplicates and %d dead letters, want 2 and 2", stats.Duplicates, stats.DeadLetters)
	}
}
