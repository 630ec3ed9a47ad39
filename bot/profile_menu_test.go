package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// A handler gives its person a menu, and takes it away again.
func TestPersonMenu(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "away" {
			return c.DeleteMenu()
		}
		return c.SetMenu(send.Menu{Items: []send.Button{send.Postback("Orders", "ORDERS")}})
	}))
	s.say("menu")
	want := `[{"call_to_actions":[{"payload":"ORDERS","title":"Orders","type":"postback"}],"locale":"default"}]`
	if got := string(s.graph.PersonMenu(page, person)); got != want {
		t.Errorf("menu %s, want %s", got, want)
	}
	s.say("away")
	if got := s.graph.PersonMenu(page, person); got != nil {
		t.Errorf("menu %s, want none", got)
	}
	thread, err := s.Thread(t.Context(), page, person)
	if err != nil {
		t.Fatal(err)
	}
	if err := thread.SetMenu(); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("SetMenu() = %v, want ErrInvalid", err)
	}
	comment, err := s.To(t.Context(), page, send.Comment("1_2"))
	if err != nil {
		t.Fatal(err)
	}
	if err := comment.SetMenu(send.Menu{}); !errors.Is(err, bot.ErrNoRecipient) {
		t.Errorf("SetMenu for a comment = %v, want ErrNoRecipient", err)
	}
	ended, end := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	end(stop)
	if thread, err = s.Thread(ended, page, person); err == nil {
		err = thread.DeleteMenu()
	}
	if !errors.Is(err, stop) && !errors.Is(err, context.Canceled) {
		t.Errorf("DeleteMenu = %v, want the cause of the context", err)
	}
}

// A menu or an upload that fails is not tried again by another run of the handler, as package send has done so; that
// the Store fails may pass.
func TestFailedEdgesRunOnce(t *testing.T) {
	menuOf := send.Menu{Items: []send.Button{send.Postback("Orders", "ORDERS")}}
	for name, test := range map[string]struct {
		handle func(*bot.Context) error
		store  error
		runs   int
	}{
		"a menu":     {func(c *bot.Context) error { return c.SetMenu(menuOf) }, nil, 1},
		"an upload":  {sendMenu, nil, 1},
		"the record": {sendMenu, errors.New("down"), 3},
	} {
		t.Run(name, func(t *testing.T) {
			runs := 0
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { runs++; return test.handle(c) }), func(cfg *bot.Config) {
				cfg.Store = &uploadStore{Store: session.NewMemory(session.MemoryConfig{Now: cfg.Now}), get: test.store}
				cfg.Outgoing = append(cfg.Outgoing, func(send.Handler) send.Handler {
					return func(context.Context, *send.Outgoing) error { return errors.New("lost") }
				})
			})
			s.say("hi")
			for range 3 {
				s.again()
			}
			if runs != test.runs {
				t.Errorf("%d runs, want %d", runs, test.runs)
			}
		})
	}
}

func TestPersonMenuOnInstagram(t *testing.T) {
	s := serve(t, silent, func(cfg *bot.Config) { cfg.Instagram = []string{linkedAccount} })
	thread, err := s.Thread(t.Context(), linkedAccount, person)
	if err != nil {
		t.Fatal(err)
	}
	if err := thread.SetMenu(send.Menu{}); !errors.Is(err, send.ErrInvalid) || len(s.graph.Calls()) != 0 {
		t.Errorf("SetMenu on Instagram = %v, want ErrInvalid before the call", err)
	}
}
