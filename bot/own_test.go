package bot_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// heard is what a handler was given: the name of an own event, else the message.
type heard []string

func (h *heard) handler(handle func(*bot.Context) error) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		if own, ok := c.Event().(*webhook.Custom); ok {
			*h = append(*h, own.Name)
		} else {
			*h = append(*h, c.Message())
		}
		return handle(c)
	})
}

func (h *heard) want(t *testing.T, names ...string) {
	t.Helper()
	if !slices.Equal(*h, names) {
		t.Errorf("handled %q, want %q", *h, names)
	}
}

// emit emits an event for the person, due after a while.
func (s *harness) emit(name string, after time.Duration, data any) string {
	s.t.Helper()
	id, err := s.Emit(s.t.Context(), page, person, name, s.clock.Now().Add(after), data)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// wait moves the clock and waits until what is due is handled.
func (s *harness) wait(d time.Duration) {
	s.t.Helper()
	s.clock.Add(d)
	s.settle()
}

func TestEmit(t *testing.T) {
	var events heard
	var ids []string
	s := serve(t, events.handler(func(c *bot.Context) error {
		ids = append(ids, c.EventID())
		if c.PSID() != person || c.Page() != page || c.Event().Kind() != "custom" {
			t.Errorf("person %q, page %q, kind %q", c.PSID(), c.Page(), c.Event().Kind())
		}
		return nil
	}))
	now := s.emit("now", 0, nil)
	s.settle()
	past := s.emit("past", -time.Hour, nil)
	s.settle()
	later := s.emit("later", time.Hour, nil)
	sooner := s.emit("sooner", time.Minute, nil)
	s.settle()
	events.want(t, "now", "past")
	s.wait(time.Minute - time.Millisecond)
	events.want(t, "now", "past")
	s.wait(time.Millisecond)
	events.want(t, "now", "past", "sooner")
	s.wait(time.Hour)
	events.want(t, "now", "past", "sooner", "later")
	if want := []string{now, past, sooner, later}; !slices.Equal(ids, want) {
		t.Errorf("event ids %v, want those that Emit returned: %v", ids, want)
	}
}

func TestEmitCarriesData(t *testing.T) {
	type order struct {
		Pizza string `json:"pizza"`
		Count int    `json:"count"`
	}
	want := order{"Margherita", 2}
	var got order
	var at time.Time
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		own, _ := c.Event().(*webhook.Custom)
		got, at = decoded[order](t, own.Data), own.Time
		return nil
	}))
	s.emit("order", time.Hour, want)
	due := s.clock.Now().Add(time.Hour)
	s.wait(time.Hour)
	if got != want || !at.Equal(due) {
		t.Errorf("data %+v at %s, want %+v at %s", got, at, want, due)
	}
}

func TestEmitRefuses(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	if _, err := s.Emit(t.Context(), page, "", "name", s.clock.Now(), nil); err == nil {
		t.Error("an event for nobody was taken")
	}
	for _, name := range []string{"", "parley.revoke"} { // nobody's, and the framework's
		if _, err := s.Emit(t.Context(), page, person, name, s.clock.Now(), nil); err == nil {
			t.Errorf("an event called %q was taken", name)
		}
	}
	if _, err := s.Emit(t.Context(), page, person, "name", s.clock.Now(), func() {}); err == nil {
		t.Error("data that is no JSON was taken")
	}
}

func TestEmitIntoAFullInbox(t *testing.T) {
	var lanes *bot.Lanes
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }), func(cfg *bot.Config) {
		lanes = bot.NewLanes(bot.LanesConfig{Capacity: 1, Now: cfg.Now})
		cfg.Inbox = lanes
	})
	s.lanes = lanes
	s.emit("first", time.Hour, nil)
	if _, err := s.Emit(t.Context(), page, person, "second", s.clock.Now(), nil); !errors.Is(err, bot.ErrInboxFull) {
		t.Errorf("error %v, want ErrInboxFull", err)
	}
}

// An own event waits for what the person said before it, and the session is the person's.
func TestOwnEventsTravelInThePersonsLane(t *testing.T) {
	var events heard
	var store session.Store
	var s *harness
	s = serve(t, events.handler(func(c *bot.Context) error {
		if c.Message() == "m_1" {
			if _, err := s.Emit(c, c.Page(), c.PSID(), "emitted", s.clock.Now(), nil); err != nil {
				return err
			}
			s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_2", "m_2")))
		}
		return visit(c)
	}), keepStore(&store))
	s.say("m_1")
	events.want(t, "m_1", "emitted", "m_2")
	s.wantVisits(store, 3)
}

func TestOwnEventsAreUpdates(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Event().Kind() == "custom" {
			return c.Text("Still there?")
		}
		return nil
	}))
	s.say("m_1")
	s.emit("reminder", time.Hour, nil)
	s.wait(time.Hour)
	s.wantSent(`{` + to + `,"messaging_type":"UPDATE","message":{"text":"Still there?"}}`)
}

// A reminder that comes too late is nobody's failure: the message is dropped and logged, and that is all.
func TestOwnEventAfterTheWindowHasClosed(t *testing.T) {
	var events heard
	var log buffer
	s := serve(t, events.handler(func(c *bot.Context) error {
		if c.Event().Kind() == "custom" {
			return c.Text("Still there?")
		}
		return nil
	}), logTo(&log))
	s.say("m_1")
	s.emit("reminder", 25*time.Hour, nil)
	s.wait(25 * time.Hour)
	s.again()
	s.again()
	events.want(t, "m_1", "reminder")
	s.wantSent()
	s.wantCauses()
	log.mustContain(t, "message not sent", "outside the messaging window")
}

func TestOwnEventAfterTheWindowHasClosedWithATag(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Event().Kind() == "custom" {
			return c.Tag(send.TagHumanAgent).Text("Still there?")
		}
		return nil
	}))
	s.say("m_1")
	s.emit("reminder", 25*time.Hour, nil)
	s.wait(25 * time.Hour)
	s.wantSent(`{` + to + `,"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"Still there?"}}`)
}

func TestFailingOwnEventIsTriedAgain(t *testing.T) {
	var events heard
	s := serve(t, events.handler(func(c *bot.Context) error {
		return errors.Join(c.Text("A"), failIn(c.Attempt(), 1))
	}))
	s.emit("job", 0, nil)
	s.settle()
	s.again()
	events.want(t, "job", "job")
	s.want("A")
}

func TestRevoke(t *testing.T) {
	var events heard
	s := serve(t, events.handler(func(*bot.Context) error { return nil }))
	revoke := func(id string) {
		t.Helper()
		if err := s.Revoke(t.Context(), page, person, id); err != nil {
			t.Fatal(err)
		}
		s.settle()
	}
	called := s.emit("called back", time.Hour, nil)
	s.emit("kept", time.Hour, nil)
	revoke(called)
	revoke("custom:unknown")
	s.say("m_1")
	s.wait(time.Hour)
	events.want(t, "m_1", "kept")

	revoke(called) // it has fired: nothing to call back, and no harm
	s.emit("another", 0, nil)
	s.settle()
	events.want(t, "m_1", "kept", "another")
	s.wantCauses()
}

// The note that an event was called back outlives other events of the person, failing ones too.
func TestRevokeOutlivesOtherEvents(t *testing.T) {
	var events heard
	s := serve(t, events.handler(func(c *bot.Context) error {
		if c.Message() == "fails" {
			return bot.Permanent(errHandler)
		}
		return visit(c)
	}))
	id := s.emit("called back", time.Hour, nil)
	if err := s.Revoke(t.Context(), page, person, id); err != nil {
		t.Fatal(err)
	}
	s.deliver(text(s.clock.Now(), person, "m_1", "fails"))
	s.say("m_2")
	s.wait(time.Hour)
	events.want(t, "fails", "m_2")
}

func TestRevokeOfAnotherPersonsEventDoesNothing(t *testing.T) {
	var events heard
	s := serve(t, events.handler(func(*bot.Context) error { return nil }))
	id := s.emit("kept", time.Hour, nil)
	if err := s.Revoke(t.Context(), page, "7100000000000002", id); err != nil {
		t.Fatal(err)
	}
	s.wait(time.Hour)
	events.want(t, "kept")
}

// An item of Meta that looks like an own event is none: only the bot itself emits.
func TestOwnEventsDoNotComeFromTheNetwork(t *testing.T) {
	var kinds []string
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		kinds = append(kinds, c.Event().Kind())
		return nil
	}))
	s.deliver(item(s.clock.Now(), person, `"parley":{"id":"x","name":"reminder"}`))
	if !slices.Equal(kinds, []string{"unknown"}) {
		t.Errorf("kinds %v, want unknown", kinds)
	}
}

// On Instagram an own event is answered through the Instagram client.
func TestEmitForAnInstagramAccount(t *testing.T) {
	const account = "17841400000000001"
	var channel send.Channel
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		channel = c.Event().From().Channel
		return nil
	}), func(cfg *bot.Config) { cfg.Instagram = []string{account} })
	if _, err := s.Emit(t.Context(), account, person, "name", time.Time{}, nil); err != nil {
		t.Fatal(err)
	}
	s.settle()
	if channel != send.Instagram {
		t.Errorf("channel %s, want instagram", channel)
	}
}

func TestEmitOnAnInboxThatKeepsBytes(t *testing.T) {
	var events heard
	var inbox *durable
	s := serve(t, events.handler(func(c *bot.Context) error {
		return errors.Join(c.Text("A"), failIn(c.Attempt(), 1))
	}), func(cfg *bot.Config) {
		inbox = &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: cfg.Now})}
		cfg.Inbox = inbox
	})
	s.lanes = inbox.Lanes
	s.emit("job", time.Minute, map[string]string{"words": "of the bot"})
	s.wait(time.Minute)
	s.again()
	events.want(t, "job", "job")
	s.want("A")
	if err := inbox.Lanes.Publish(t.Context(), inbox.kept); err != nil { // as after a crash
		t.Fatal(err)
	}
	s.settle()
	events.want(t, "job", "job")
}
