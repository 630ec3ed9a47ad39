package bot_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
)

// crashBeforeBurial handles an event whose handler fails for good, in a process that dies after it has written
// the person's record, and before the inbox has kept the dead letter.
func crashBeforeBurial(t *testing.T, item func(s *harness) string, cause error) (session.Store, []bot.Envelope) {
	t.Helper()
	var store session.Store
	var inbox *redelivering
	t.Run("in the process that dies", func(t *testing.T) {
		s := serve(t, bot.HandlerFunc(returns(bot.Permanent(cause))), keepStore(&store), redeliver(&inbox))
		s.lanes = inbox.Lanes
		s.deliver(item(s))
		s.wantCauses(cause.Error())
	})
	return store, inbox.kept
}

// A dead letter is not lost if the process dies before the inbox has kept it: the event counts as handled, and
// becomes one all the same when it is handed out again. OnError is asked once.
func TestCrashBeforeBurial(t *testing.T) {
	tests := map[string]struct {
		item  func(s *harness) string
		cause error
		want  string
	}{
		"a message": {
			func(s *harness) string { return text(s.clock.Now(), person, "m_1", "hi") }, errHandler, "handler failed",
		},
		"a receipt": {
			func(s *harness) string { return s.unanswered()["delivery"] }, errHandler, "handler failed",
		},
		"a long cause": {
			func(s *harness) string { return text(s.clock.Now(), person, "m_1", "hi") },
			errors.New(strings.Repeat("ä", 10_000)), strings.Repeat("ä", 2048),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store, kept := crashBeforeBurial(t, test.item, test.cause)
			asked, runs := 0, 0
			s, inbox := serveRedelivered(t, bot.HandlerFunc(func(*bot.Context) error { runs++; return nil }),
				func(cfg *bot.Config) {
					cfg.Store = store
					cfg.OnError = func(_ *bot.Context, err error) error { asked++; return err }
				})
			for range 2 { // the process may die again
				if err := inbox.Publish(t.Context(), kept); err != nil {
					t.Fatal(err)
				}
				s.settle()
			}
			if runs != 0 || asked != 0 {
				t.Errorf("the handler ran %d times, OnError was asked %d times; want 0 and 0", runs, asked)
			}
			s.wantCauses(test.want, test.want)

			s.say("m_2")
			if n := len(s.recordOf(store).Ledger); n != 0 {
				t.Errorf("%d entries in the ledger after the next event, want none", n)
			}
		})
	}
}

// What Meta delivers again of an event that has become a dead letter is a duplicate, and so is one that was
// settled before the crash.
func TestDuplicateOfADeadLetter(t *testing.T) {
	for name, fails := range map[string]bool{"dead letter": true, "settled": false} {
		t.Run(name, func(t *testing.T) {
			var cause error
			if fails {
				cause = errHandler
			}
			var causes []string
			if fails {
				causes = append(causes, errHandler.Error())
			}
			s, inbox := serveRedelivered(t, bot.HandlerFunc(returns(bot.Permanent(cause))))
			inbox.fresh = fails
			s.say("m_1")
			s.say("m_1")
			s.wantCauses(causes...)
			if n := s.Stats().Duplicates; n != 1 {
				t.Errorf("%d duplicates, want 1", n)
			}
		})
	}
}
