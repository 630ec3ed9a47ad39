package bot_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

var errHandler = errors.New("handler failed")

// again moves the clock past the back-off of the next try, and waits until it is over.
func (s *harness) again() {
	s.t.Helper()
	s.clock.Add(time.Minute)
	s.settle()
}

func TestRetriedHandlerSendsNothingTwice(t *testing.T) {
	tests := map[string]struct {
		handle func(c *bot.Context, run int) error // fails in run 1
		want   []string
	}{
		"A and B before the failure": {
			func(c *bot.Context, run int) error {
				return errors.Join(c.Text("A"), c.Text("B"), failIn(run, 1))
			},
			[]string{"A", "B"},
		},
		"only A before the failure": {
			func(c *bot.Context, run int) error {
				if err := errors.Join(c.Text("A"), failIn(run, 1)); err != nil {
					return err
				}
				return c.Text("B")
			},
			[]string{"A", "B"},
		},
		"failures in two runs": {
			func(c *bot.Context, run int) error {
				if err := errors.Join(c.Text("A"), failIn(run, 1)); err != nil {
					return err
				}
				return errors.Join(c.Text("B"), failIn(run, 2))
			},
			[]string{"A", "B"},
		},
		"other words in the second run": {
			func(c *bot.Context, run int) error {
				return errors.Join(c.Text("words of run "+strconv.Itoa(run)), failIn(run, 1))
			},
			[]string{"words of run 1", "words of run 2"},
		},
		"other words under one name": {
			func(c *bot.Context, run int) error {
				return errors.Join(c.Once("answer").Text("words of run "+strconv.Itoa(run)), failIn(run, 1))
			},
			[]string{"words of run 1"},
		},
		"two names": {
			func(c *bot.Context, run int) error {
				return errors.Join(c.Once("one").Text("same"), c.Once("two").Text("same"), failIn(run, 1))
			},
			[]string{"same", "same"},
		},
		"one text twice": {
			func(c *bot.Context, run int) error {
				return errors.Join(c.Text("A"), c.Text("A"), failIn(run, 1))
			},
			[]string{"A", "A"},
		},
		"one text once and then twice": {
			func(c *bot.Context, run int) error {
				if err := errors.Join(c.Text("A"), failIn(run, 1)); err != nil {
					return err
				}
				return c.Text("A")
			},
			[]string{"A", "A"},
		},
		"another order in the second run": {
			func(c *bot.Context, run int) error {
				if run == 1 {
					return errors.Join(c.Text("A"), c.Text("B"), errHandler)
				}
				return errors.Join(c.Text("B"), c.Text("A"))
			},
			[]string{"A", "B"},
		},
		"one text as another kind of message": {
			func(c *bot.Context, run int) error {
				if run == 1 {
					return errors.Join(c.Text("A"), errHandler)
				}
				return c.QuickReplies("A", "Yes")
			},
			[]string{"A", "A"},
		},
		"through views and the thread": {
			func(c *bot.Context, run int) error {
				return errors.Join(c.Silent().Text("A"), c.Thread().Text("B"),
					c.WithContext(t.Context()).Text("C"), failIn(run, 1))
			},
			[]string{"A", "B", "C"},
		},
		"a panic instead of an error": {
			func(c *bot.Context, run int) error {
				err := c.Text("A")
				if run == 1 {
					panic("after A")
				}
				return err
			},
			[]string{"A"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run := 0
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				run++
				return test.handle(c, run)
			}))
			s.say("m_1")
			for range 2 {
				s.again()
			}
			s.want(test.want...)
			s.wantCauses()
		})
	}
}

// failIn returns an error in one run.
func failIn(run, failing int) error {
	if run == failing {
		return errHandler
	}
	return nil
}

// Two files are two messages, though what is said of them is the same.
func TestLedgerTellsFilesApart(t *testing.T) {
	var sent []string
	file := func(name string) send.Message {
		source := send.FromBytes(name, "", []byte(name))
		open := source.Open
		source.Open = func() (io.ReadCloser, error) { sent = append(sent, name); return open() }
		return send.Upload(send.TypeImage, source)
	}
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		for _, name := range []string{"bill.png", "map.png"}[2-c.Attempt():] {
			if err := c.Send(file(name)); err != nil {
				return err
			}
		}
		return failIn(c.Attempt(), 1)
	}))
	s.say("m_1")
	s.again()
	if want := []string{"map.png", "bill.png"}; !slices.Equal(sent, want) {
		t.Errorf("the files %q went up, want %q", sent, want)
	}
}

// What one event sent is not what another one sent.
func TestLedgerIsOfOneEvent(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.Text("A"), c.Once("x").Text("B"))
	}))
	s.say("m_1")
	s.say("m_2")
	s.want("A", "B", "A", "B")
}

func TestRetriedHandlerGetsTheFirstReceipts(t *testing.T) {
	var receipts [][]send.Receipt
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		a, err := c.Deliver(send.Text("A"))
		b, again := c.Deliver(send.Text("A"))
		receipts = append(receipts, []send.Receipt{a, b})
		return errors.Join(err, again, failIn(len(receipts), 1))
	}))
	s.say("m_1")
	s.again()

	calls := s.graph.Calls()
	if len(receipts) != 2 || len(calls) != 2 {
		t.Fatalf("%d runs and %d calls, want 2 and 2", len(receipts), len(calls))
	}
	want := []send.Receipt{
		{RecipientID: person, MessageID: calls[0].MessageID}, {RecipientID: person, MessageID: calls[1].MessageID},
	}
	for run, got := range receipts {
		if !slices.Equal(got, want) {
			t.Errorf("run %d: receipts %v, want %v", run+1, got, want)
		}
	}
}

// A request whose answer is lost may have arrived: sending it again could say everything twice.
func TestUnsureMessageIsNotSentAgain(t *testing.T) {
	failures := map[string]sendtest.Failure{
		"connection closed without an answer": {Drop: true, Accept: true},
		"HTML of a gateway":                   {Status: 200, Body: []byte("<html>"), Accept: true},
		"an empty answer":                     {Status: 200, Accept: true},
	}
	for name, failure := range failures {
		t.Run(name, func(t *testing.T) {
			var errs []error
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				receipt, err := c.Deliver(send.Text("A"))
				if receipt != (send.Receipt{}) {
					t.Errorf("receipt %v of a message without an answer", receipt)
				}
				errs = append(errs, err)
				return failIn(len(errs), 1)
			}))
			s.graph.FailWith(failure)
			s.say("m_1")
			s.again()
			s.want("A")
			if len(errs) != 2 || !errors.Is(errs[0], send.ErrUnsure) || errs[1] != nil {
				t.Errorf("errors %v, want ErrUnsure and then none", errs)
			}
		})
	}
}

func TestRefusedMessageIsSentAgain(t *testing.T) {
	run := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		run++
		if err := c.Text("A"); err != nil {
			return errHandler // swallows that it was package send that failed
		}
		return nil
	}))
	s.graph.FailNext(100, 0)
	s.say("m_1")
	s.again()
	s.want("A")
}

func TestSenderActionsAreNotInTheLedger(t *testing.T) {
	run := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		run++
		return errors.Join(c.Typing(), failIn(run, 1))
	}))
	s.say("m_1")
	s.again()
	if n := len(s.graph.Calls()); n != 2 {
		t.Errorf("%d calls, want the typing indicator in both runs", n)
	}
}

func TestMetadata(t *testing.T) {
	run := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		run++
		if run == 1 {
			return errors.Join(c.Text("A"), errHandler)
		}
		return errors.Join(c.Text("A"), c.Text("B"), c.Text("B"), c.Send(send.Text("C").WithMetadata("my own")))
	}))
	s.say("m_1")
	s.again()
	s.say("m_2")

	var all []string
	for _, call := range s.graph.Calls() {
		all = append(all, metadataOf(t, call))
	}
	if len(all) != 8 { // A, B, B, C for each of two events
		t.Fatalf("%d messages, want 8", len(all))
	}
	if all[3] != "my own" || all[7] != "my own" {
		t.Errorf("own metadata %q and %q, want it as it was given", all[3], all[7])
	}
	places := slices.Concat(all[:3], all[4:7])
	for _, metadata := range places {
		if !strings.HasPrefix(metadata, "parley:") || len(metadata) > 40 {
			t.Errorf("metadata %q, want parley: and a short hash", metadata)
		}
	}
	slices.Sort(places)
	if different := slices.Compact(places); len(different) != 6 {
		t.Errorf("%d different metadata for 6 messages", len(different))
	}
}

// The place of a message decides its metadata, not the run: an echo of either run's message is recognised.
func TestMetadataIsTheSameInEachRun(t *testing.T) {
	run := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		run++
		return errors.Join(c.Text("run "+strconv.Itoa(run)), failIn(run, 1))
	}))
	s.say("m_1")
	s.again()
	calls := s.graph.Calls()
	if len(calls) != 2 {
		t.Fatalf("%d calls, want 2", len(calls))
	}
	if a, b := metadataOf(t, calls[0]), metadataOf(t, calls[1]); a != b || a == "" {
		t.Errorf("metadata %q and then %q, want the same", a, b)
	}
}

// The process ends while a handler is at work. What it has sent is in the person's record, what it has put
// into the session is not.
func TestCrashBetweenTwoMessages(t *testing.T) {
	at := newClock()
	store := session.NewMemory(session.MemoryConfig{Now: at.Now})
	first := &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: at.Now})}
	reached := make(chan send.Receipt, 1)
	graph := &sendtest.Graph{PageID: page, Now: at.Now}
	config := bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Rate: -1,
		HTTP: graph.Client(), Now: at.Now, Store: store, Inbox: first, Drain: time.Millisecond,
	}
	crash := bot.HandlerFunc(func(c *bot.Context) error {
		failed := visit(c)
		receipt, err := c.Deliver(send.Text("A"))
		reached <- receipt
		<-c.Done() // as if the machine were switched off
		return errors.Join(failed, err)
	})
	before, err := bot.New(config, crash)
	if err != nil {
		t.Fatal(err)
	}
	accept(t, before, batch(at.Now(), "messaging", text(at.Now(), person, "m_1", "hi")))
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- before.Serve(ctx) }()
	receipt := <-reached
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}

	var again send.Receipt
	second := &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: at.Now})}
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		var err error
		again, err = c.Deliver(send.Text("A"))
		return errors.Join(err, visit(c), c.Text("B"))
	}), func(cfg *bot.Config) {
		cfg.Store, cfg.Now, cfg.HTTP, cfg.Inbox = store, at.Now, graph.Client(), second
	})
	s.lanes, s.graph, s.clock = second.Lanes, graph, at
	if err := second.Publish(t.Context(), first.kept); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.want("A", "B")
	s.wantVisits(store, 1)
	if again != receipt || receipt.MessageID == "" {
		t.Errorf("receipt %v after the crash, want the first one %v", again, receipt)
	}
	if record, err := session.Load(t.Context(), store, page+"."+person, at.Now()); err != nil || len(record.Ledger) != 0 {
		t.Errorf("%d entries left in the ledger of a settled event (%v)", len(record.Ledger), err)
	}
}

// The ledger of a receipt is no longer of use either: it would grow with each.
func TestLedgerOfReceiptsIsNotKept(t *testing.T) {
	var store session.Store
	var inbox *durable
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Thread().Text("A") }), keepStore(&store),
		func(cfg *bot.Config) {
			inbox = &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: cfg.Now})}
			cfg.Inbox = inbox
		})
	s.lanes = inbox.Lanes
	s.deliver(s.unanswered()["delivery"])
	s.deliver(s.unanswered()["read"])
	record, err := session.Load(t.Context(), store, page+"."+person, s.clock.Now())
	if err != nil || len(record.Ledger) != 0 {
		t.Errorf("%d entries in the ledger (%v), want none", len(record.Ledger), err)
	}
	s.want("A", "A")
}
