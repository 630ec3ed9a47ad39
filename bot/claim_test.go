package bot_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// A process that was frozen, and has lost its claim meanwhile, makes no call and writes nothing any more,
// although nobody has told it yet: the event is another one's.
func TestLostClaim(t *testing.T) {
	tests := map[string]func(c *bot.Context) error{
		"a message":           func(c *bot.Context) error { return c.Text("A") },
		"a composed message":  func(c *bot.Context) error { return composed(c) },
		"a sender action":     func(c *bot.Context) error { return c.Typing() },
		"a call":              func(c *bot.Context) error { return c.Graph(http.MethodGet, "me", nil, nil) },
		"a call by a client":  func(c *bot.Context) error { return c.Client().Graph(c, http.MethodGet, "me", nil, nil) },
		"a pass of thread":    func(c *bot.Context) error { return c.PassThread(send.PageInbox, "") },
		"a label":             func(c *bot.Context) error { return c.Label("new") },
		"a profile":           func(c *bot.Context) error { _, err := c.Profile(); return err },
		"a view of somebody":  func(c *bot.Context) error { return c.To(send.Person("7")).Text("A") },
		"a context of theirs": func(c *bot.Context) error { return c.WithContext(context.Background()).Text("A") },
		"nothing":             func(*bot.Context) error { return nil },
		"a failure":           func(*bot.Context) error { return bot.Permanent(errHandler) },
	}
	for name, act := range tests {
		t.Run(name, func(t *testing.T) {
			lost, runs := false, 0
			var store session.Store
			var inbox *redelivering
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				runs++
				if runs > 1 {
					return nil // as the other process would
				}
				if err := errors.Join(visit(c), c.Typing()); err != nil {
					return err
				}
				lost = true
				err := act(c)
				if name != "nothing" && err == nil {
					t.Error("no error after the claim was lost")
				}
				if name != "nothing" && name != "a failure" && !errors.Is(err, bot.ErrReleased) {
					t.Errorf("error %v, want ErrReleased", err)
				}
				if name == "a call" && c.Err() == nil {
					t.Error("the context of the handler has not ended")
				}
				return err
			}), keepStore(&store), redeliver(&inbox, func(r *redelivering) {
				r.fresh = true
				r.claim = func(ctx context.Context) context.Context {
					if runs > 0 { // the next process has a claim of its own
						return ctx
					}
					return lostClaim{ctx, &lost}
				}
			}))
			s.lanes = inbox.Lanes
			s.say("m_1")
			s.wantCalls(1) // the typing indicator before
			s.wantVisits(store, 0)
			s.wantCauses()
			if runs != 2 {
				t.Errorf("%d runs, want 2: the event was handed back", runs)
			}
		})
	}
}

// composed sends a message that the handler has composed itself.
func composed(c *bot.Context) error {
	request, err := c.Compose(send.Text("A"))
	if err != nil {
		return err
	}
	_, err = c.DeliverRequest(request)
	return err
}
