package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

func TestOnErrorRunsOnceAfterTheLastTry(t *testing.T) {
	errOther := errors.New("cause of its own")
	tests := map[string]struct {
		answer error
		causes []string
	}{
		"nil settles":       {nil, nil},
		"an error buries":   {errHandler, []string{"handler failed"}},
		"an error of other": {errOther, []string{"cause of its own"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var asked []error
			var attempts []int
			s := serve(t, bot.HandlerFunc(returns(errHandler)), func(cfg *bot.Config) {
				cfg.OnError = func(c *bot.Context, err error) error {
					asked, attempts = append(asked, err), append(attempts, c.Attempt())
					return test.answer
				}
			})
			s.say("m_1")
			s.again()
			if len(asked) != 0 {
				t.Error("OnError was called before the last try")
			}
			s.again()
			s.again()
			if len(asked) != 1 || !errors.Is(asked[0], errHandler) || !slices.Equal(attempts, []int{3}) {
				t.Errorf("OnError got %v in attempt %v, want the handler's error once, in attempt 3", asked, attempts)
			}
			s.wantCauses(test.causes...)
			s.say("m_1")
			if len(asked) != 1 {
				t.Error("a settled event has been handled again")
			}
		})
	}
}

// OnError replaces the default wholly: what the default settles is its business too.
func TestOnErrorGetsWhatTheDefaultSettles(t *testing.T) {
	for _, err := range []error{bot.ErrNoReply, bot.ErrNoRecipient, bot.ErrNotOwner, bot.ErrSuperseded} {
		var got error
		s := serve(t, bot.HandlerFunc(returns(err)), func(cfg *bot.Config) {
			cfg.OnError = func(_ *bot.Context, err error) error { got = err; return err }
		})
		s.say("m_1")
		if !errors.Is(got, err) {
			t.Errorf("OnError got %v, want %v", got, err)
		}
		s.wantCauses(err.Error())
	}
}

// An apology goes out once, also where the context of the handler has ended, and what the handler had said
// before is not said again.
func TestOnErrorMayStillSend(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.Text("A"), errHandler)
	}), func(cfg *bot.Config) {
		cfg.OnError = func(c *bot.Context, _ error) error {
			if c.Err() != nil {
				t.Errorf("OnError runs in a context that has ended: %v", c.Err())
			}
			return errors.Join(c.Text("A"), c.Text("Sorry."))
		}
	})
	s.say("m_1")
	s.again()
	s.again()
	s.want("A", "A", "Sorry.") // the second A is OnError's own: one more than the handler sent
	s.wantCauses()
}

func TestOnErrorAfterATimeOutMayStillSend(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		<-c.Done()
		return nil
	}), func(cfg *bot.Config) {
		cfg.Timeout, cfg.Attempts = 5*time.Millisecond, 1
		cfg.OnError = func(c *bot.Context, _ error) error { return c.Text("Sorry.") }
	})
	s.say("m_1")
	s.want("Sorry.")
	s.wantCauses()
}

func TestOnErrorThatPanicsBuriesTheEvent(t *testing.T) {
	s := serve(t, bot.HandlerFunc(returns(bot.Permanent(errHandler))), func(cfg *bot.Config) {
		cfg.OnError = func(*bot.Context, error) error { panic("words of a person") }
	})
	s.say("m_1")
	causes := s.causes()
	if len(causes) != 1 || !strings.Contains(causes[0], "OnError panicked") ||
		!strings.Contains(causes[0], "handler failed") || strings.Contains(causes[0], "words") {
		t.Errorf("dead letters %q, want one that names the panic and the handler's error, and no words", causes)
	}
}

func TestDeadLettersAreListedReplayedAndDropped(t *testing.T) {
	healed := false
	var handled []string
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		handled = append(handled, c.EventID())
		if healed {
			return c.Text("answer")
		}
		return bot.Permanent(errHandler)
	}))
	at := s.clock.Now()
	s.say("m_1")
	s.say("m_2")

	letters, err := s.DeadLetters().List(t.Context())
	if err != nil || len(letters) != 2 {
		t.Fatalf("%d dead letters (%v), want 2", len(letters), err)
	}
	first := letters[0]
	if first.ID != "message:m_1" || first.Key != page+"."+person || first.Cause != "handler failed" ||
		first.Attempts != 1 || !first.Time.Equal(at) || len(first.Data) == 0 {
		t.Errorf("dead letter %+v does not tell what happened", first)
	}

	replay := func(id string) {
		t.Helper()
		if err := s.Replay(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.settle()
	}
	replay("message:m_1") // fails again, and again
	replay("message:m_1#1")
	healed = true
	replay("message:m_1#2")
	want := []string{"message:m_1", "message:m_2", "message:m_1#1", "message:m_1#2", "message:m_1#3"}
	if !slices.Equal(handled, want) {
		t.Errorf("handled %v, want %v", handled, want)
	}
	s.want("answer")
	s.wantCauses("handler failed") // that of m_2

	if err := s.DeadLetters().Drop(t.Context(), "message:m_2"); err != nil {
		t.Fatal(err)
	}
	s.wantCauses()
	if err := s.Replay(t.Context(), "message:m_2"); !errors.Is(err, bot.ErrNoDeadLetter) {
		t.Errorf("replay of what was dropped: %v, want ErrNoDeadLetter", err)
	}
}

// What failed for one reason is not lost when its replay meets another: an inbox without room keeps the
// letter.
func TestReplayIntoAFullInboxKeepsTheDeadLetter(t *testing.T) {
	gate := make(chan struct{})
	var lanes *bot.Lanes
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "m_1" {
			return bot.Permanent(errHandler)
		}
		<-gate
		return nil
	}), func(cfg *bot.Config) {
		lanes = bot.NewLanes(bot.LanesConfig{Capacity: 1, Now: cfg.Now})
		cfg.Inbox = lanes
	})
	s.lanes = lanes
	s.say("m_1")
	s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_2", "m_2")))
	if err := s.Replay(t.Context(), "message:m_1"); !errors.Is(err, bot.ErrInboxFull) {
		t.Errorf("replay into a full inbox: %v, want ErrInboxFull", err)
	}
	close(gate)
	s.settle()
	s.wantCauses("handler failed")
}

// A dead letter is of one event: an error of Meta that follows does not bury others.
func TestErrorsOfSendKeepTheirClass(t *testing.T) {
	var got error
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { got = c.Text("A"); return got }))
	s.graph.FailNext(551, 1545041)
	s.say("m_1")
	refused, ok := errors.AsType[*send.Error](got)
	if !ok || refused.Code != 551 || !errors.Is(got, send.ErrUnreachable) {
		t.Errorf("error %v, want one that is a *send.Error of the class ErrUnreachable", got)
	}
}
