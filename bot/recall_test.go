package bot_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// forgotten starts a bot that knows nobody, on a Page that the person wrote to some time ago.
func forgotten(t *testing.T, ago time.Duration) *harness {
	t.Helper()
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	s.graph.Say(person, "Hi", s.clock.Now().Add(-ago))
	return s
}

// recallCalls returns the calls of the Conversations API, and the other ones.
func recallCalls(s *harness) (asked, others []sendtest.Call) {
	for _, call := range s.graph.Calls() {
		if strings.HasSuffix(call.Path, "/conversations") {
			asked = append(asked, call)
		} else {
			others = append(others, call)
		}
	}
	return asked, others
}

func TestRecall(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ago     time.Duration
		kind    string // messaging_type of the message that goes out; "": none does
		refused error
	}{
		"wrote two hours ago":    {2 * time.Hour, "UPDATE", nil},
		"wrote thirty hours ago": {30 * time.Hour, "", send.ErrOutsideWindow},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := forgotten(t, test.ago)
			window, err := s.Recall(t.Context(), page, person)
			want := send.Window{Opened: s.clock.Now().Add(-test.ago)}
			if err != nil || !window.Opened.Equal(want.Opened) || window.By != want.By {
				t.Fatalf("Recall = %+v, %v; want %+v", window, err, want)
			}
			thread, err := s.Thread(t.Context(), page, person)
			if err != nil {
				t.Fatal(err)
			}
			if err := thread.Text("news"); !errors.Is(err, test.refused) {
				t.Errorf("Text = %v, want %v", err, test.refused)
			}
			asked, sent := recallCalls(s)
			switch {
			case len(asked) != 1:
				t.Errorf("asked %d times, want once", len(asked))
			case test.kind == "" && len(sent) != 0:
				t.Errorf("%d calls, want it refused before a call", len(sent))
			case test.kind != "" && (len(sent) != 1 ||
				!strings.Contains(string(sent[0].Params), `"messaging_type":"`+test.kind+`"`)):
				t.Errorf("calls %+v, want one %s", sent, test.kind)
			}
		})
	}
}

// TestRecallOfAStranger leaves a window unknown that Meta knows nothing of.
func TestRecallOfAStranger(t *testing.T) {
	t.Parallel()
	s := forgotten(t, time.Hour)
	window, err := s.Recall(t.Context(), page, "7100000000000002")
	if err != nil || window != (send.Window{}) {
		t.Errorf("Recall = %+v, %v; want it unknown", window, err)
	}
}

// TestRecallKnown asks nothing of Meta about a person who has just written, nor twice about one whom it has recalled.
func TestRecallKnown(t *testing.T) {
	t.Parallel()
	s := forgotten(t, 2*time.Hour)
	s.say("m1")
	window, err := s.Recall(t.Context(), page, person)
	if asked, _ := recallCalls(s); err != nil || !window.Opened.Equal(s.clock.Now()) || len(asked) != 0 {
		t.Errorf("Recall = %+v, %v after %d questions; want the window in memory", window, err, len(asked))
	}
	s = forgotten(t, 2*time.Hour)
	for range 3 {
		if _, err := s.Recall(t.Context(), page, person); err != nil {
			t.Fatal(err)
		}
	}
	if asked, _ := recallCalls(s); len(asked) != 1 {
		t.Errorf("asked %d times, want once", len(asked))
	}
}

// TestRecallOfAThread recalls within a thread that was made before: its next message is typed by it.
func TestRecallOfAThread(t *testing.T) {
	t.Parallel()
	s := forgotten(t, 30*time.Hour)
	thread, err := s.Thread(t.Context(), page, person)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := thread.Recall(); err != nil {
		t.Fatal(err)
	}
	if err := thread.Text("news"); !errors.Is(err, send.ErrOutsideWindow) {
		t.Errorf("Text = %v, want send.ErrOutsideWindow", err)
	}
	if err := thread.Tag(send.TagHumanAgent).Text("news"); err != nil {
		t.Errorf("Text with a tag = %v, want it to reach the person", err)
	}
}

// TestRecallAheadOfTheClock has Meta's clock run ahead.
func TestRecallAheadOfTheClock(t *testing.T) {
	t.Parallel()
	s := forgotten(t, -time.Minute)
	window, err := s.Recall(t.Context(), page, person)
	if err != nil || !window.Opened.Equal(s.clock.Now()) {
		t.Errorf("Recall = %+v, %v; want it opened now, and not in the future", window, err)
	}
}

func TestRecallFails(t *testing.T) {
	t.Parallel()
	s := forgotten(t, time.Hour)
	s.graph.FailNext(10, 0)
	if _, err := s.Recall(t.Context(), page, person); !errors.Is(err, send.ErrPermission) {
		t.Errorf("Recall = %v, want Meta's refusal", err)
	}
	thread, err := s.To(t.Context(), page, send.Comment("1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := thread.Recall(); !errors.Is(err, bot.ErrNoRecipient) {
		t.Errorf("Recall of a comment = %v, want bot.ErrNoRecipient", err)
	}
	broken := errors.New("no disk")
	s = serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }), func(cfg *bot.Config) {
		cfg.Store = &flaky{
			Store: session.NewMemory(session.MemoryConfig{}), get: func(string) error { return broken },
		}
	})
	if _, err := s.Recall(t.Context(), page, person); !errors.Is(err, broken) {
		t.Errorf("Recall = %v, want the store's error", err)
	}
}

// TestRecallInAHandler has a handler fail with what Meta refuses: it is not run again, because package send has tried
// again already.
func TestRecallInAHandler(t *testing.T) {
	t.Parallel()
	var s *harness
	var mu sync.Mutex
	runs := 0
	s = serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		mu.Lock()
		defer mu.Unlock()
		runs++
		other, err := s.Thread(c, page, "7100000000000002")
		if err != nil {
			return err
		}
		_, err = other.Recall()
		return err
	}))
	s.graph.FailNext(10, 0)
	s.say("m1")
	if runs != 1 || len(s.causes()) != 1 {
		t.Errorf("%d runs, dead letters %q; want one of each", runs, s.causes())
	}
}
