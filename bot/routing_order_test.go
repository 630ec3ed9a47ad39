package bot_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// Events of one lane come in order: the one that comes later counts, even if by its time it is up to a second
// older, and so does the person who writes after that.
func TestTakenJustAfterItWasPassed(t *testing.T) {
	for name, test := range map[string]struct {
		behind time.Duration // of the take, after the pass
		kind   string
		muted  bool
	}{
		"later":                     {-time.Millisecond, "take", true},
		"in the same millisecond":   {0, "take", true},
		"half a second before":      {500 * time.Millisecond, "take", true},
		"a second before":           {time.Second, "take", true},
		"longer before":             {1001 * time.Millisecond, "take", false},
		"passed on a second before": {time.Second, "pass", true},
		"passed on longer before":   {1001 * time.Millisecond, "pass", false},
	} {
		t.Run(name, func(t *testing.T) {
			var owns []bool
			s, _ := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
				owns = append(owns, c.OwnsThread())
				return nil
			}))
			s.clock.Add(time.Minute)
			at := s.clock.Now()
			s.clock.Add(time.Second)
			s.deliver(handover(at, "pass", inboxApp, ourApp), handover(at.Add(-test.behind), test.kind, ourApp, inboxApp))
			if len(owns) != 2 || !owns[0] || owns[1] {
				t.Errorf("OwnsThread %v, want true for the first and false for the second", owns)
			}
			s.wantMuted(test.muted)
			s.clock.Add(time.Second)
			s.standby(text(s.clock.Now(), person, "m_s", "hi"))
			s.wantMuted(test.muted)
			s.say("m_1")
			s.wantMuted(false)
		})
	}
}

// A handler that takes the thread back and runs again keeps it, though the event that told of its loss comes
// again with it.
func TestHandlerThatTookTheThreadRunsAgain(t *testing.T) {
	runs := 0
	s, api := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
		if _, ok := c.Event().(*webhook.Handover); !ok {
			return nil
		}
		runs++
		if c.OwnsThread() {
			t.Errorf("run %d: OwnsThread, want not: another app has taken it", runs)
		}
		return errors.Join(c.TakeThread("mine"), c.Text("Here."), failIn(runs, 1))
	}))
	s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
	s.again()
	s.want("Here.")
	if calls := api.took(); runs != 2 || len(calls) != 1 {
		t.Errorf("%d runs, calls %q; want two, and one", runs, calls)
	}
	s.wantMuted(false)
	s.wantCauses()
}

// What they said in the moment in which the bot has given the thread away does not bring it back.
func TestSaidWhileTheThreadIsPassed(t *testing.T) {
	s, _ := serveRouted(t, bot.HandlerFunc(passer))
	now := s.clock.Now()
	s.deliver(text(now, person, "m_1", "colleague"), text(now, person, "m_2", "please"))
	s.want()
	s.wantMuted(true)
}

// The framework's own event that tells of an owner says nothing of what was heard since: it may be older.
func TestOlderOwnEventOfTheOwner(t *testing.T) {
	for name, test := range map[string]struct {
		since time.Duration // of the own event, after what the record knows
		muted bool
	}{"older": {-time.Minute, false}, "as old": {0, false}, "newer": {time.Minute, true}} {
		t.Run(name, func(t *testing.T) {
			var store session.Store
			s, _ := serveRouted(t, silent, keepStore(&store))
			s.clock.Add(time.Hour)
			known := s.clock.Now().Add(-10 * time.Minute)
			writes(t, store, person, func(p *session.Person) { p.OwnerSince = known })
			told := fmt.Sprintf(`{"App":%q,"Since":%q}`, inboxApp, known.Add(test.since).Format(time.RFC3339Nano))
			own := webhook.NewCustom(send.Messenger, page, person, "o_1", "parley.owner", known, []byte(told))
			if err := s.Accept(t.Context(), []webhook.Event{own}); err != nil {
				t.Fatal(err)
			}
			s.settle()
			if got := s.recordOf(store); (got.Owner == inboxApp) != test.muted {
				t.Errorf("owner %q since %v in the record, want another app's: %t", got.Owner, got.OwnerSince, test.muted)
			}
			s.wantCauses()
		})
	}
}

// However soon after its last message the process ends, a handler that has handed the thread over with it runs
// again as its owner, and says nothing twice.
func TestCrashAfterAHandOver(t *testing.T) {
	at := newClock()
	memory := session.NewMemory(session.MemoryConfig{Now: at.Now})
	graph := &sendtest.Graph{PageID: page, Now: at.Now}
	goodbye := func(c *bot.Context) error { return c.HandOver(passTo("17")).Text("Bye") }
	var kept []bot.Envelope
	t.Run("before", func(t *testing.T) {
		crash := &crashing{Store: memory}
		dying := &flaky{Store: crash, put: func(ctx context.Context, key string, r session.Record) (session.Record, error) {
			stored, err := crash.Put(ctx, key, r)
			crash.gone(true)
			return stored, err
		}}
		inbox := &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: at.Now})}
		b, err := bot.New(bot.Config{
			Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, AppID: ourApp, Rate: -1,
			HTTP: graph.Client(), Now: at.Now, Store: dying, Inbox: inbox, Drain: time.Millisecond,
		}, bot.HandlerFunc(goodbye))
		if err != nil {
			t.Fatal(err)
		}
		accept(t, b, batch(at.Now(), "messaging", text(at.Now(), person, "m_1", "hi")))
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- b.Serve(ctx) }()
		settled, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := inbox.Settle(settled); err != nil {
			t.Error(err)
		}
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		kept = inbox.kept
	})
	owns := false
	again := &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: at.Now})}
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { owns = c.OwnsThread(); return goodbye(c) }),
		func(cfg *bot.Config) {
			cfg.Store, cfg.Now, cfg.HTTP, cfg.Inbox, cfg.AppID = memory, at.Now, graph.Client(), again, ourApp
		})
	s.lanes, s.graph, s.clock = again.Lanes, graph, at
	if err := again.Publish(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	s.settle()
	if !owns {
		t.Error("the handler that runs again does not own the thread")
	}
	s.want("Bye")
	s.wantCauses()
	s.wantMuted(true)
}
