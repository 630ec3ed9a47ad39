package router_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// typing is what the Graph API saw at a time.
type typing struct {
	at   time.Duration
	sent string
}

// runTyping delivers items to r in a bubble, waits for whatever may come late, and returns what was sent when.
func runTyping(t *testing.T, h bot.Handler, failures []sendtest.Failure, items ...string) []typing {
	t.Helper()
	start := time.Now()
	var seen []typing
	s := serve(t, h, func(cfg *bot.Config) { cfg.Attempts = 1 })
	s.graph.OnCall = func(call sendtest.Call) {
		sent := call.Action
		if sent == "" {
			sent = "message"
		}
		if call.Status != 200 {
			sent += " failed"
		}
		seen = append(seen, typing{time.Since(start), sent})
	}
	for _, failure := range failures {
		s.graph.FailWith(failure)
	}
	for _, item := range items {
		s.mustDeliver(t, item)
	}
	time.Sleep(5 * time.Minute)
	synctest.Wait()
	return seen
}

// isTyping chooses typing indicators.
func isTyping(call sendtest.Call) bool { return call.Action == "typing_on" }

// busy returns a router with Typing around a handler that works for a while and then says so.
func busy(work time.Duration) *router.Router {
	r := router.New()
	r.Use(router.Typing)
	handle := func(c *bot.Context) error {
		time.Sleep(work)
		return c.Text("done")
	}
	r.Text("work", handle)
	r.Payload("WORK", handle)
	return r
}

func TestTyping(t *testing.T) {
	const second = time.Second
	refused := sendtest.Failure{Code: 100, Match: isTyping}
	slow := sendtest.Failure{Delay: time.Hour, Match: isTyping}
	outlived := router.New()
	outlived.Use(router.Timeout(20*time.Second), router.Typing)
	outlived.Text("work", func(*bot.Context) error { time.Sleep(50 * second); return nil })
	panicking := router.New()
	panicking.Use(router.Typing)
	panicking.Text("work", func(*bot.Context) error { time.Sleep(16 * second); panic("no") })

	// What is around Typing goes on for a while after the handler has returned.
	afterwards := func(c *bot.Context) error {
		if err := busy(16 * second).Handle(c); err != nil {
			return err
		}
		err := c.Text("afterwards")
		time.Sleep(40 * second)
		return err
	}

	tests := map[string]struct {
		handler  bot.Handler
		failures []sendtest.Failure
		item     string
		want     []typing
	}{
		"quick": {busy(0), nil, text("m", "work"), []typing{{0, "typing_on"}, {0, "message"}}},
		"postback": {
			busy(second), nil, postback("m", "?", "WORK"), []typing{{0, "typing_on"}, {second, "message"}},
		},
		"renewed until the handler returns": {
			busy(50 * second), nil, text("m", "work"), []typing{
				{0, "typing_on"},
				{15 * second, "typing_on"},
				{30 * second, "typing_on"},
				{45 * second, "typing_on"},
				{50 * second, "message"},
			},
		},
		"errors are ignored": {
			busy(40 * second), []sendtest.Failure{refused, refused}, text("m", "work"), []typing{
				{0, "typing_on failed"},
				{15 * second, "typing_on failed"},
				{30 * second, "typing_on"},
				{40 * second, "message"},
			},
		},
		"slow Graph API": {
			busy(2 * second),
			[]sendtest.Failure{slow},
			text("m", "work"),
			[]typing{{3 * second, "typing_on failed"}, {5 * second, "message"}},
		},
		"renewal in flight when the handler returns": {
			busy(16 * second),
			[]sendtest.Failure{{Match: isTyping}, slow},
			text("m", "work"),
			[]typing{{0, "typing_on"}, {16 * second, "message"}, {16 * second, "typing_on failed"}},
		},
		"never after the handler has returned": {
			bot.HandlerFunc(afterwards),
			[]sendtest.Failure{{Match: isTyping}, slow},
			text("m", "work"),
			[]typing{
				{0, "typing_on"}, {16 * second, "message"}, {16 * second, "typing_on failed"}, {16 * second, "message"},
			},
		},
		"never longer than its context": {
			outlived, nil, text("m", "work"), []typing{{0, "typing_on"}, {15 * second, "typing_on"}},
		},
		"never longer than a handler that panics": {
			panicking, nil, text("m", "work"), []typing{{0, "typing_on"}, {15 * second, "typing_on"}},
		},
		"without a router": {
			router.Typing(bot.HandlerFunc(func(*bot.Context) error { return nil })), nil, text("m", "hi"),
			[]typing{{0, "typing_on"}},
		},
		"no route": {busy(0), nil, text("m", "what?"), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := runTyping(t, test.handler, test.failures, test.item); !slices.Equal(got, test.want) {
					t.Errorf("got %v, want %v", got, test.want)
				}
			})
		})
	}
}

// Nobody waits for an answer to these, whether they have a route or not.
func TestNoTypingForOtherEvents(t *testing.T) {
	routed := router.New()
	routed.Use(router.Typing)
	var j journal
	onOthers(routed, &j)
	on[*webhook.Standby](routed, &j)
	on[*webhook.Custom](routed, &j)
	for name, r := range map[string]*router.Router{"routed": routed, "not routed": busy(0)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, r)
				for _, item := range otherItems {
					s.mustDeliver(t, item)
				}
				if err := s.deliverIn("standby", text("m", "work")); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Emit(t.Context(), pageID, personID, "tick", now, nil); err != nil {
					t.Fatal(err)
				}
				if err := s.lanes.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				if sent := s.sent(); len(sent) > 0 {
					t.Errorf("sent %q, want nothing", sent)
				}
			})
		})
	}
	if got, want := len(j.take()), len(otherItems)+2; got != want {
		t.Errorf("%d events had a route, want %d", got, want)
	}
}
