package bot_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// onceAgain is a redelivery of an event whose handler sends one text, in a process that knows nothing of it.
type onceAgain struct {
	*harness
	inbox    *redelivering
	metadata string // of the message that went out before
}

// A process has died between Meta's acceptance of a message and the ledger: the message goes out again only if
// its echo does not come in.
func TestEchoOfAMessageBeforeACrash(t *testing.T) {
	const before = "m_accepted_before"
	subscribed := func(s *onceAgain) { s.subscribe("messages", "message_echoes") }
	comes := func(s *onceAgain) {
		s.post(batch(s.clock.Now(), "messaging", ownEcho(s.clock.Now(), s.metadata, before)))
	}
	tests := map[string]struct {
		prepare   func(s *onceAgain)
		meanwhile func(s *onceAgain) // 4 s after the event has come
		sent      int
		took      time.Duration
	}{
		"it came before":               {func(s *onceAgain) { subscribed(s); comes(s) }, nil, 0, 0},
		"it comes while it is awaited": {subscribed, comes, 0, 4 * time.Second},
		"it comes in standby": {subscribed, func(s *onceAgain) {
			s.post(batch(s.clock.Now(), "standby", ownEcho(s.clock.Now(), s.metadata, before)))
		}, 0, 4 * time.Second},
		"it came to another instance": {func(s *onceAgain) { subscribed(s); s.inbox.heard(s.metadata, before) }, nil, 0, 0},
		"it comes to another instance": {
			subscribed, func(s *onceAgain) { s.inbox.heard(s.metadata, before) }, 0, 4 * time.Second,
		},
		"it does not come": {subscribed, nil, 1, 5 * time.Second},
		"that of another message comes": {
			subscribed, func(s *onceAgain) { s.inbox.heard("parley:another", "m_2") }, 1, 5 * time.Second,
		},
		"echoes are not subscribed to": {func(s *onceAgain) { s.subscribe("messages") }, nil, 1, 0},
		"nothing is subscribed to":     {func(*onceAgain) {}, nil, 1, 0},
		"Meta does not say what is subscribed to": {
			func(s *onceAgain) { s.graph.FailNext(200, 0) }, nil, 1, 0,
		},
		"Meta does not say, and an echo of another message came": {func(s *onceAgain) {
			s.graph.FailNext(200, 0)
			s.post(batch(s.clock.Now(), "messaging", ownEcho(s.clock.Now(), "parley:another", "m_2")))
		}, nil, 1, 5 * time.Second},
		"the event was never in hand": {func(s *onceAgain) { subscribed(s); s.inbox.fresh = true }, nil, 1, 0},
	}
	first := metadataBefore(t, "A")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var receipt send.Receipt
				h := bot.HandlerFunc(func(c *bot.Context) error { return deliverText(c, "A", &receipt) })
				s := &onceAgain{metadata: first}
				s.harness, s.inbox = serveRedelivered(t, onlyMessages(h))
				test.prepare(s)
				s.settle()
				began := time.Now()
				if status := s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_1", "hi"))); status != http.StatusOK {
					t.Fatalf("status %d, want 200", status)
				}
				if test.meanwhile != nil {
					time.Sleep(4 * time.Second)
					test.meanwhile(s)
				}
				s.settle()
				if took := time.Since(began); took != test.took {
					t.Errorf("handled after %s, want %s", took, test.took)
				}
				if got := s.messages(); got != test.sent {
					t.Errorf("%d messages sent, want %d", got, test.sent)
				}
				if test.sent == 0 && receipt != (send.Receipt{RecipientID: person, MessageID: before}) {
					t.Errorf("receipt %+v, want that of the message before the crash", receipt)
				}
				if test.sent == 1 && (receipt.MessageID == "" || receipt.MessageID == before) {
					t.Errorf("receipt %+v, want that of the new message", receipt)
				}
				s.wantCauses()
			})
		})
	}
}

// onlyMessages is a handler of messages alone: it does not want echoes.
func onlyMessages(h bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		if c.Event().Kind() != "message" {
			return nil
		}
		return h.Handle(c)
	})
}

// What an echo says goes into the ledger: the handler that fails afterwards finds it there.
func TestEchoIsEnteredInTheLedger(t *testing.T) {
	metadata := metadataBefore(t, "A")
	runs := 0
	s, inbox := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error {
		runs++
		return errors.Join(c.Text("A"), failIn(runs, 1))
	}))
	s.subscribe("message_echoes")
	inbox.heard(metadata, "m_before")
	s.say("m_1")
	inbox.fresh = true // so that no echo is asked for
	s.again()
	if runs != 2 || s.messages() != 0 {
		t.Errorf("%d runs and %d messages, want 2 and 0", runs, s.messages())
	}
}

// Of several messages only the first that has no echo waits for it: the others went out later, if at all.
func TestOnlyOneMessageWaitsForItsEcho(t *testing.T) {
	second := metadataBefore(t, "A", "B")
	for name, test := range map[string]struct {
		echoes []string
		want   []string
	}{
		"none has an echo":   {nil, []string{"A", "B", "C"}},
		"the second has one": {[]string{second}, []string{"A", "C"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, inbox := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error {
					return errors.Join(c.Text("A"), c.Text("B"), c.Text("C"))
				}))
				s.subscribe("message_echoes")
				for _, metadata := range test.echoes {
					inbox.heard(metadata, "m_before")
				}
				began := time.Now()
				s.say("m_1")
				if took := time.Since(began); took != 5*time.Second {
					t.Errorf("handled after %s, want 5s", took)
				}
				s.want(test.want...)
			})
		})
	}
}

// An echo stands for its own message, although the handler that runs again composes others before it, and for
// one of two that are the same.
func TestEchoOfAMessageInAnotherOrder(t *testing.T) {
	tests := map[string]struct {
		before, again, want []string
	}{
		"another before it": {[]string{"A"}, []string{"B", "A"}, []string{"B"}},
		"another instead":   {[]string{"A"}, []string{"B"}, []string{"B"}},
		"the first of two":  {[]string{"A"}, []string{"A", "A"}, []string{"A"}},
		"the second of two": {[]string{"A", "A"}, []string{"A", "A"}, []string{"A"}},
	}
	for name, test := range tests {
		metadata := metadataBefore(t, test.before...)
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, inbox := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error {
					var errs []error
					for _, words := range test.again {
						errs = append(errs, c.Text(words))
					}
					return errors.Join(errs...)
				}))
				s.subscribe("message_echoes")
				inbox.heard(metadata, "m_before")
				s.say("m_1")
				s.want(test.want...)
			})
		})
	}
}

// Messages that have no echo with the bot's metadata do not wait for it.
func TestMessagesWithoutEchoDoNotWait(t *testing.T) {
	tests := map[string]func(c *bot.Context) error{
		"metadata of its own": func(c *bot.Context) error { return c.Send(send.Text("A").WithMetadata("mine")) },
		"to a user_ref":       func(c *bot.Context) error { return c.To(send.UserRef("ref_1")).Text("A") },
	}
	for name, handle := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := serveRedelivered(t, bot.HandlerFunc(handle))
				s.subscribe("message_echoes")
				began := time.Now()
				s.say("m_1")
				if took := time.Since(began); took != 0 {
					t.Errorf("handled after %s, want at once", took)
				}
				s.want("A")
			})
		})
	}
}

// The fields of a Page are asked for once, when they are needed; after a failure not before a minute is over.
func TestSubscribedFieldsAreAskedForOnce(t *testing.T) {
	asked := func(s *harness) (n int) {
		for _, call := range s.graph.Calls() {
			if call.Method == http.MethodGet && strings.HasSuffix(call.Path, "/subscribed_apps") {
				n++
			}
		}
		return n
	}
	s, _ := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("A") }))
	if n := asked(s); n != 0 {
		t.Errorf("asked %d times before it was needed", n)
	}
	s.graph.FailNext(200, 0)
	s.say("m_1")
	s.say("m_2")
	if n := asked(s); n != 1 {
		t.Errorf("asked %d times within a minute, want once", n)
	}
	s.clock.Add(time.Minute)
	for _, mid := range []string{"m_3", "m_4", "m_5"} {
		s.say(mid)
	}
	if n := asked(s); n != 2 {
		t.Errorf("asked %d times, want once more", n)
	}
}

// Each instance tells the others of the echoes of the bot's own messages, and of no others, whether or not its
// handler wants echoes.
func TestEchoesAreShared(t *testing.T) {
	s, inbox := serveRedelivered(t, silent)
	at := s.clock.Now()
	s.deliver(ownEcho(at, "parley:one", "m_1"), ownEcho(at, "of somebody else", "m_2"), ownEcho(at, "", "m_3"),
		text(at, person, "m_4", "parley:two"))
	if want := []string{"parley:one m_1"}; !slices.Equal(inbox.shared, want) {
		t.Errorf("shared %q, want %q", inbox.shared, want)
	}
}

// A message that may have arrived is not sent again after a crash either, and waits for nothing.
func TestUnsureMessageIsNotSentAgainAfterACrash(t *testing.T) {
	at := newClock()
	var kept []bot.Envelope
	graph := &sendtest.Graph{PageID: page, Now: at.Now}
	store := storeAfterCrash(t, at, graph, &kept)
	s, inbox := serveRedelivered(t, bot.HandlerFunc(answers), func(cfg *bot.Config) {
		cfg.Store, cfg.Now, cfg.HTTP = store, at.Now, graph.Client()
	})
	s.graph, s.clock = graph, at
	s.subscribe("message_echoes")
	if err := inbox.Publish(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.want("answer to message:m_1")
	if s.Stats().Handled != 1 {
		t.Errorf("%d events handled, want 1", s.Stats().Handled)
	}
}
