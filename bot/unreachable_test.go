package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// notAvailable is how Meta refuses a message to a person who has blocked the Page.
var notAvailable = sendtest.Failure{Code: 551, Subcode: 1545041}

// answers is a handler that answers everything and returns the error of that.
func answers(c *bot.Context) error { return c.Text("answer to " + c.EventID()) }

// recordOf returns the person's record.
func (s *harness) recordOf(store session.Store) *session.Person {
	s.t.Helper()
	record, err := session.Load(s.t.Context(), store, page+"."+person, s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return record
}

// thread returns a thread with the person, outside of their lane.
func (s *harness) thread() *bot.Thread {
	s.t.Helper()
	thread, err := s.Thread(s.t.Context(), page, person)
	if err != nil {
		s.t.Fatal(err)
	}
	return thread
}

// wantCalls compares how often the Graph API was called.
func (s *harness) wantCalls(want int) {
	s.t.Helper()
	if got := len(s.graph.Calls()); got != want {
		s.t.Errorf("%d calls of the Graph API, want %d", got, want)
	}
}

// wantUnreachable reports an error that does not say that the person is unreachable, and since when.
func wantUnreachable(t *testing.T, err error, since time.Time) {
	t.Helper()
	if !errors.Is(err, send.ErrUnreachable) || !strings.Contains(err.Error(), since.Format(time.RFC3339)) ||
		!strings.Contains(err.Error(), "551/1545041") {
		t.Errorf("error %v, want ErrUnreachable since %s with Meta's numbers", err, since.Format(time.RFC3339))
	}
	if _, called := errors.AsType[*send.Error](err); called {
		t.Errorf("error %v is an answer of Meta's, want none", err)
	}
}

// A person whom Meta calls unreachable gets no call until they write again, in no way of sending.
func TestUnreachablePersonIsLeftAlone(t *testing.T) {
	var store session.Store
	var told []error
	s := serve(t, bot.HandlerFunc(answers), keepStore(&store), func(cfg *bot.Config) {
		cfg.Refused = func(at string, who send.PSID, err error) {
			if at != page || who != person {
				t.Errorf("told of %s on %s", who, at)
			}
			told = append(told, err)
		}
	})
	since := s.clock.Now()
	early := s.thread()
	s.graph.FailWith(notAvailable)
	s.say("m_1")
	s.wantCalls(1)
	want := session.Unreachable{Since: since, Code: 551, Subcode: 1545041}
	if got := s.recordOf(store).Unreachable; got != want {
		t.Errorf("record %+v, want %+v", got, want)
	}

	s.clock.Add(25 * time.Hour)
	for _, thread := range []*bot.Thread{early, s.thread()} {
		for name, err := range map[string]error{
			"text":        thread.Text("Hi"),
			"tagged":      thread.Tag(send.TagHumanAgent).Text("Hi"),
			"typing":      thread.Typing(),
			"mark seen":   thread.MarkSeen(),
			"a reaction":  thread.ReplyTo("m_1").React("❤"),
			"named again": thread.To(send.Person(person)).Tag(send.TagHumanAgent).Text("Hi"),
		} {
			if name == "text" {
				if !errors.Is(err, send.ErrOutsideWindow) {
					t.Errorf("%s: error %v, want that of the window, which comes first", name, err)
				}
				continue
			}
			wantUnreachable(t, err, since)
		}
	}
	s.wantCalls(1)
	if n := len(told); n != 7 {
		t.Errorf("Refused was told of %d messages, want 7: one by Meta, three from each thread", n)
	}

	s.say("m_2")
	if err := early.Text("Hi"); err != nil {
		t.Error(err)
	}
	s.want("answer to message:m_2", "Hi")
	if got := s.recordOf(store).Unreachable; got != (session.Unreachable{}) {
		t.Errorf("record %+v after they wrote, want nothing", got)
	}
	s.wantCauses()
}

// Which refusals say that the person is unreachable; 1893015 is about one topic only. Source: Meta, Messenger
// Platform error codes, 25 June 2026.
func TestWhichRefusalsAreRemembered(t *testing.T) {
	tests := map[[2]int]bool{
		{551, 0}: true, {551, 1545041}: true, {200, 1545041}: true, {10, 2018108}: true, {10, 2018336}: true,
		{100, 2018001}: true, {100, 2018218}: true, {100, 2534014}: true,
		{10, 1893015}: false, {10, 2018278}: false, {100, 0}: false, {200, 0}: false,
	}
	for code, remembered := range tests {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			s := serve(t, bot.HandlerFunc(answers))
			s.graph.FailWith(sendtest.Failure{Code: code[0], Subcode: code[1]})
			s.say("m_1")
			err := s.thread().Text("Hi")
			if got := errors.Is(err, send.ErrUnreachable); got != remembered || !got && err != nil {
				t.Errorf("error %v, want unreachable: %t", err, remembered)
			}
		})
	}
}

// What a thread outside of the lane finds out is in memory, until the lane brings it to the record.
func TestUnreachableOutsideOfTheLane(t *testing.T) {
	var store session.Store
	dropped := int64(0)
	t.Run("found out", func(t *testing.T) {
		s := serve(t, bot.HandlerFunc(answers), keepStore(&store))
		s.say("m_1")
		s.clock.Add(time.Hour)
		since := s.clock.Now()
		s.graph.FailWith(notAvailable)
		if err := s.thread().Text("Hi"); !errors.Is(err, send.ErrUnreachable) {
			t.Fatal(err)
		}
		wantUnreachable(t, s.thread().Text("Hi"), since)
		if got := s.recordOf(store).Unreachable; got != (session.Unreachable{}) {
			t.Errorf("record %+v: a thread outside of the lane has written it", got)
		}
		s.emit("reminder", time.Minute, nil)
		s.wait(time.Minute)
		dropped = s.Stats().Dropped
		if got := s.recordOf(store).Unreachable.Since; !got.Equal(since) {
			t.Errorf("record since %s, want %s", got, since)
		}
		s.wantCalls(2)
		s.wantCauses()
	})
	if dropped != 1 {
		t.Errorf("%d own events dropped, want 1", dropped)
	}
	s := serve(t, bot.HandlerFunc(answers), func(cfg *bot.Config) { cfg.Store = store })
	s.clock.Add(2 * time.Hour)
	wantUnreachable(t, s.thread().Text("Hi"), newClock().Now().Add(time.Hour))
	wantUnreachable(t, s.thread().Typing(), newClock().Now().Add(time.Hour))
	s.emit("reminder", time.Minute, nil)
	s.wait(time.Minute)
	if got := s.Stats(); got.Dropped != 1 || got.DeadLetters != 0 {
		t.Errorf("stats %+v, want the own event dropped", got)
	}
	s.wantCalls(0)
	s.say("m_2")
	s.want("answer to message:m_2")
}

// Which events say that the person can be reached again: those that they cause themselves.
func TestWhatEndsUnreachability(t *testing.T) {
	at := newClock().Now().Add(time.Minute)
	tests := map[string]struct {
		section, item string
		ends          bool
	}{
		"a message":      {"messaging", text(at, person, "m_2", "hi"), true},
		"a postback":     {"messaging", item(at, person, `"postback":{"mid":"m_2","title":"A","payload":"A"}`), true},
		"a reaction":     {"messaging", item(at, person, `"reaction":{"mid":"m_1","action":"react","emoji":"\u2764"}`), true},
		"an opt-in":      {"messaging", item(at, person, `"optin":{"ref":"checkout_77"}`), true},
		"a standby copy": {"standby", text(at, person, "m_2", "hi"), true},
		"an echo":        {"messaging", echoOf(at, "m_2", ""), false},
		"a delivery":     {"messaging", item(at, person, `"delivery":{"mids":["m_0"],"watermark":1}`), false},
		"a read":         {"messaging", item(at, person, `"read":{"watermark":1}`), false},
		"something new":  {"messaging", item(at, person, `"something_new":{"x":1}`), false},
		"somebody else":  {"messaging", text(at, "7100000000000002", "m_2", "hi"), false},
		"the same again": {"messaging", text(at.Add(-time.Minute), person, "m_1", "m_1"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				if c.EventID() == "message:m_1" {
					return answers(c)
				}
				return nil
			}))
			s.graph.FailWith(notAvailable)
			s.say("m_1")
			s.clock.Add(time.Minute)
			s.post(batch(at, test.section, test.item))
			s.settle()
			err := s.thread().Text("Hi")
			if ended := err == nil; ended != test.ends {
				t.Errorf("error %v, want the end of it: %t", err, test.ends)
			}
		})
	}
}

// A clock that is ahead of Meta's does not keep somebody unreachable who has written since.
func TestUnreachableThoughTheClockIsAhead(t *testing.T) {
	s := serve(t, bot.HandlerFunc(answers))
	s.graph.FailWith(notAvailable)
	s.say("m_1")
	s.deliver(text(s.clock.Now().Add(-5*time.Minute), person, "m_2", "hi"))
	if err := s.thread().Text("Hi"); err != nil {
		t.Error(err)
	}
	s.want("answer to message:m_2", "Hi")
}

// Somebody writes while their lane is busy: others may send to them before the lane comes to it.
func TestReachableBeforeTheLaneKnows(t *testing.T) {
	begun, release := make(chan bool, 1), make(chan bool)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "m_2" {
			begun <- true
			<-release
		}
		return answers(c)
	}))
	s.say("m_0")
	s.clock.Add(time.Minute)
	s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_2", "m_2")))
	<-begun
	s.graph.FailWith(notAvailable)
	if err := s.thread().Text("Hi"); !errors.Is(err, send.ErrUnreachable) {
		t.Error(err)
	}
	s.clock.Add(time.Second)
	s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_3", "m_3")))
	if err := s.thread().Text("Hi"); err != nil {
		t.Error(err)
	}
	close(release)
	s.settle()
	s.want("answer to message:m_0", "Hi", "answer to message:m_2", "answer to message:m_3")
}

// What a handler finds out is kept though it fails, and holds for its next try.
func TestUnreachableThoughTheHandlerFails(t *testing.T) {
	for _, failure := range []error{errHandler, bot.Permanent(errHandler)} {
		var store session.Store
		var errs []error
		s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
			errs = append(errs, c.Text("A"))
			return failure
		}), keepStore(&store))
		since := s.clock.Now()
		s.graph.FailWith(notAvailable)
		s.say("m_1")
		s.again()
		s.again()
		s.wantCalls(1)
		if got := s.recordOf(store).Unreachable.Since; !got.Equal(since) {
			t.Errorf("record since %s, want %s", got, since)
		}
		for _, err := range errs[1:] {
			wantUnreachable(t, err, since)
		}
		s.wantCauses("handler failed")
	}
}

// Tokens and comments are no persons: whoever is behind them, Meta judges.
func TestUnreachableIsAPersonOnly(t *testing.T) {
	var store session.Store
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		token := c.To(send.Recipient{NotificationToken: "8800000000000001"})
		return errors.Join(token.Text("A"), token.Text("B"), c.Text("C"))
	}), keepStore(&store))
	s.graph.FailWith(notAvailable)
	s.say("m_1")
	s.want("B", "C")
	if got := s.recordOf(store).Unreachable; got != (session.Unreachable{}) {
		t.Errorf("record %+v: a token has made the person unreachable", got)
	}
	s.post(batch(s.clock.Now(), "changes", `{"field":"feed","value":{"item":"comment","comment_id":"1_2"}}`))
	s.settle()
	record, err := session.Load(t.Context(), store, page+".1_2", s.clock.Now())
	if err != nil || record.Unreachable != (session.Unreachable{}) {
		t.Errorf("record %+v (%v): a token has made somebody without a PSID unreachable", record.Unreachable, err)
	}
}

// One who is unreachable does not keep others from being reached.
func TestUnreachableIsOnePerson(t *testing.T) {
	s := serve(t, bot.HandlerFunc(answers))
	s.graph.FailWith(notAvailable)
	s.say("m_1")
	s.deliver(text(s.clock.Now(), "7100000000000002", "m_2", "hi"))
	s.want("answer to message:m_2")
}

// A view to somebody else knows of them what is in memory, and nothing of the person in hand.
func TestUnreachableIsNotWhoIsWrittenToInstead(t *testing.T) {
	const colleague = "7100000000000002"
	var store session.Store
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.Text("A"); !errors.Is(err, send.ErrUnreachable) {
			t.Errorf("error %v, want ErrUnreachable", err)
		}
		return c.To(send.Person(colleague)).Text("B")
	}), keepStore(&store))
	s.graph.FailWith(notAvailable)
	s.say("m_1")
	s.emit("reminder", 0, nil)
	s.settle()
	s.want("B", "B")

	s.graph.FailWith(notAvailable)
	s.emit("reminder", 0, nil)
	s.settle()
	other, err := s.Thread(t.Context(), page, colleague)
	if err != nil {
		t.Fatal(err)
	}
	wantUnreachable(t, other.Text("C"), s.clock.Now())
}
