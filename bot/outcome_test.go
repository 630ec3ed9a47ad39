package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

func returns(err error) func(*bot.Context) error { return func(*bot.Context) error { return err } }

// Every row of the table in the package's documentation.
func TestOutcome(t *testing.T) {
	const retried = 3 // the default of Config.Attempts
	tests := map[string]struct {
		handle func(*bot.Context) error
		runs   int
		cause  string // part of the cause of a dead letter; "": none
	}{
		"nil":                  {returns(nil), 1, ""},
		"ErrNoReply":           {returns(bot.ErrNoReply), 1, ""},
		"ErrNoRecipient":       {returns(bot.ErrNoRecipient), 1, ""},
		"ErrNotOwner":          {returns(bot.ErrNotOwner), 1, ""},
		"ErrSuperseded":        {returns(bot.ErrSuperseded), 1, ""},
		"one of them, wrapped": {returns(fmt.Errorf("answer: %w", bot.ErrNoReply)), 1, ""},
		"Permanent":            {returns(bot.Permanent(errHandler)), 1, "handler failed"},
		"Permanent, wrapped":   {returns(fmt.Errorf("answer: %w", bot.Permanent(errHandler))), 1, "answer: handler failed"},
		"Permanent of nil":     {returns(bot.Permanent(nil)), 1, ""},
		"any other error":      {returns(errHandler), retried, "handler failed"},
		"the end of a context that is not the handler's": {
			returns(context.DeadlineExceeded), retried, "context deadline exceeded",
		},
		"a panic":             {func(*bot.Context) error { panic("words of a person") }, retried, "bot: handler panicked"},
		"a panic of run time": {func(c *bot.Context) error { var f func(); f(); return nil }, retried, "nil pointer dereference"},

		"an answer to the inbox that is not the handler's": {returns(bot.Permanent(bot.ErrReleased)), 1, "bot: released"},
		"another one": {
			returns(bot.Permanent(&bot.RetryError{Cause: errHandler})), 1, "handler failed",
		},

		"an invalid message": {func(c *bot.Context) error { return c.Text("") }, 1, "message"},
		"a message refused by Meta": {
			func(c *bot.Context) error { return c.Image("https://a.example/refuse") }, 1, "(code 100",
		},
		"a sender action refused by Meta": {
			func(c *bot.Context) error { return c.ReplyTo("refuse").React("x") }, 1, "(code 100",
		},
		"a message found invalid":                {returns(send.Text("").Validate(send.Messenger)), 1, "message"},
		"an error of send that bot has not seen": {returns(&send.Error{Code: 99999}), 1, "(code 99999)"},
		"a reaction to no message": {
			func(c *bot.Context) error { return c.ReplyTo("").React("x") }, 1, "no message to react to",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			runs := 0
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { runs++; return test.handle(c) }))
			s.graph.FailWith(sendtest.Failure{Code: 100, Match: func(call sendtest.Call) bool {
				return strings.Contains(string(call.Params), "refuse")
			}})
			s.say("m_1")
			for range 5 {
				s.again()
			}
			if runs != test.runs {
				t.Errorf("%d runs, want %d", runs, test.runs)
			}
			causes := s.causes()
			switch {
			case test.cause == "" && len(causes) != 0:
				t.Errorf("dead letters %q, want none", causes)
			case test.cause != "" && (len(causes) != 1 || !strings.Contains(causes[0], test.cause)):
				t.Errorf("dead letters %q, want one with %q", causes, test.cause)
			}
			s.say("m_1") // Meta delivers it again
			if runs != test.runs {
				t.Error("an event that was settled has been handled again")
			}
		})
	}
}

// What no second try and no developer could mend is logged and settled.
func TestUnreachablePersonsAndClosedWindowsAreSettled(t *testing.T) {
	tests := map[string]struct {
		age    time.Duration
		fail   [2]int
		handle func(*bot.Context) error
		calls  int
	}{
		"unreachable":          {0, [2]int{551, 1545041}, func(c *bot.Context) error { return c.Text("A") }, 1},
		"closed, as Meta says": {0, [2]int{10, 2018278}, func(c *bot.Context) error { return c.Text("A") }, 1},
		"closed, as we know":   {25 * time.Hour, [2]int{}, func(c *bot.Context) error { return c.Text("A") }, 0},
		"closed, and only composed": {25 * time.Hour, [2]int{}, func(c *bot.Context) error {
			_, err := c.Compose(send.Text("A"))
			return err
		}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			runs := 0
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { runs++; return test.handle(c) }))
			if test.fail[0] != 0 {
				s.graph.FailNext(test.fail[0], test.fail[1])
			}
			s.deliver(text(s.clock.Now().Add(-test.age), person, "m_1", "hi"))
			for range 3 {
				s.again()
			}
			if n := len(s.graph.Calls()); runs != 1 || n != test.calls {
				t.Errorf("%d runs and %d calls, want 1 and %d", runs, n, test.calls)
			}
			s.wantCauses()
		})
	}
}

func TestBackOff(t *testing.T) {
	attempts := make([]int, 0, 4)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		attempts = append(attempts, c.Attempt())
		return errHandler
	}), func(cfg *bot.Config) { cfg.Attempts = 4 })
	s.say("m_1")
	for n, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		s.clock.Add(wait - time.Millisecond)
		s.settle()
		if len(attempts) != n+1 {
			t.Fatalf("%d tries before the back-off of %s is over, want %d", len(attempts), wait, n+1)
		}
		s.clock.Add(time.Millisecond)
		s.settle()
		if len(attempts) != n+2 {
			t.Fatalf("%d tries after the back-off of %s, want %d", len(attempts), wait, n+2)
		}
	}
	if !slices.Equal(attempts, []int{1, 2, 3, 4}) {
		t.Errorf("attempts %v, want 1 to 4", attempts)
	}
	s.wantCauses("handler failed")
}

// The next event of the person waits until the failing one is settled.
func TestFailingEventKeepsItsPlace(t *testing.T) {
	var handled []string
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		handled = append(handled, c.Message())
		if c.Message() == "m_1" && c.Attempt() < 3 {
			return errHandler
		}
		return nil
	}))
	s.say("m_1")
	s.say("m_2")
	s.again()
	s.again()
	if want := []string{"m_1", "m_1", "m_1", "m_2"}; !slices.Equal(handled, want) {
		t.Errorf("handled %v, want %v", handled, want)
	}
}

// Each try begins with the session values that are stored, and only those of the last one are kept.
func TestSessionValuesOfAFailedTryAreForgotten(t *testing.T) {
	var store session.Store
	var seen []int
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		n, err := visits.Get(c.Session())
		seen = append(seen, n)
		return errors.Join(err, visit(c), failIn(len(seen), 2), failIn(len(seen), 3))
	}), keepStore(&store))
	for _, mid := range []string{"m_1", "m_2"} {
		s.say(mid)
		s.again()
		s.again()
	}
	if want := []int{0, 1, 1, 1}; !slices.Equal(seen, want) {
		t.Errorf("visits seen %v, want %v", seen, want)
	}
	s.wantVisits(store, 2)
}

func TestSessionValuesOfADeadLetterAreNotStored(t *testing.T) {
	var store session.Store
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(visit(c), bot.Permanent(errHandler))
	}), keepStore(&store), func(cfg *bot.Config) {
		cfg.OnError = func(c *bot.Context, err error) error { return errors.Join(err, visit(c)) }
	})
	s.say("m_1")
	s.wantVisits(store, 0)
	s.wantCauses("handler failed")
}

func TestTimeOutIsJudgedFirst(t *testing.T) {
	tests := map[string]struct {
		handle func(*bot.Context) error
		runs   int
	}{
		"nil":           {func(c *bot.Context) error { <-c.Done(); return nil }, 3},
		"the end":       {func(c *bot.Context) error { <-c.Done(); return c.Err() }, 3},
		"a final error": {func(c *bot.Context) error { <-c.Done(); return bot.Permanent(errHandler) }, 3},
		"a message":     {func(c *bot.Context) error { <-c.Done(); return c.Text("too late") }, 3},
		"a panic":       {func(c *bot.Context) error { <-c.Done(); panic("words of a person") }, 3},
		// it may have arrived, so the second run does not send it again, and ends in time
		"a call without an answer": {func(c *bot.Context) error { return c.Text("unanswered") }, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			runs := 0
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				runs++
				if runs == 3 {
					return nil
				}
				return errors.Join(c.Once("first").Text("A"), test.handle(c))
			}), func(cfg *bot.Config) { cfg.Timeout = 20 * time.Millisecond })
			s.graph.FailWith(sendtest.Failure{Delay: time.Minute, Match: func(call sendtest.Call) bool {
				return textOf(call) == "unanswered"
			}})
			s.say("m_1")
			s.again()
			s.again()
			if runs != test.runs {
				t.Errorf("%d runs, want %d", runs, test.runs)
			}
			if texts := s.texts(); len(texts) == 0 || texts[0] != "A" || slices.Contains(texts[1:], "A") {
				t.Errorf("sent %q, want A once", texts)
			}
			s.wantCauses()
		})
	}
}

func TestTimeOutsToTheLastBecomeADeadLetter(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		<-c.Done()
		return nil
	}), func(cfg *bot.Config) { cfg.Timeout, cfg.Attempts = time.Millisecond, 2 })
	s.say("m_1")
	s.again()
	s.wantCauses("bot: handler timed out")
}
