package bot_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// unanswered are the items of events that a bot must not answer, by their kind.
func (s *harness) unanswered() map[string]string {
	now := s.clock.Now()
	return map[string]string{
		"echo":     s.echoItem("m_1"),
		"delivery": item(now, person, `"delivery":{"mids":["m_1"],"watermark":1}`),
		"read":     item(now, person, `"read":{"watermark":1}`),
	}
}

// helpers are the ways to say or show something.
var helpers = map[string]func(*bot.Thread) error{
	"Text":         func(t *bot.Thread) error { return t.Text("Hi") },
	"QuickReplies": func(t *bot.Thread) error { return t.QuickReplies("Hi", "Yes") },
	"Buttons":      func(t *bot.Thread) error { return t.Buttons("Hi", send.Postback("Yes", "YES")) },
	"Carousel":     func(t *bot.Thread) error { return t.Carousel(send.Element{Title: "One", Subtitle: "first"}) },
	"Image":        func(t *bot.Thread) error { return t.Image("https://a.example/x") },
	"Video":        func(t *bot.Thread) error { return t.Video("https://a.example/x") },
	"Audio":        func(t *bot.Thread) error { return t.Audio("https://a.example/x") },
	"File":         func(t *bot.Thread) error { return t.File("https://a.example/x") },
	"Send":         func(t *bot.Thread) error { return t.Send(send.Text("Hi")) },
	"Deliver":      func(t *bot.Thread) error { _, err := t.Deliver(send.Text("Hi")); return err },
	"Compose":      func(t *bot.Thread) error { _, err := t.Compose(send.Text("Hi")); return err },
	"Typing":       func(t *bot.Thread) error { return t.Typing() },
	"TypingOff":    func(t *bot.Thread) error { return t.TypingOff() },
	"MarkSeen":     func(t *bot.Thread) error { return t.MarkSeen() },
	"React":        func(t *bot.Thread) error { return t.React("❤") },
	"Unreact":      func(t *bot.Thread) error { return t.Unreact() },
}

func TestEventsThatAreNotAnswered(t *testing.T) {
	handled := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		handled++
		for name, helper := range helpers {
			if err := helper(c.Silent()); !errors.Is(err, bot.ErrNoReply) {
				t.Errorf("%s, %s: %v, want ErrNoReply", c.Event().Kind(), name, err)
			}
		}
		return c.Thread().Text("on purpose: " + c.Event().Kind())
	}))
	for kind, item := range s.unanswered() {
		before := len(s.graph.Calls())
		s.deliver(item)
		if n := len(s.graph.Calls()); n != before+1 {
			t.Errorf("%s: %d calls, want that of Thread alone", kind, n-before)
		}
	}
	s.post(batch(s.clock.Now(), "standby", text(s.clock.Now(), person, "m_1", "hi")))
	s.settle()
	if handled != 4 {
		t.Errorf("%d events handled, want 4", handled)
	}
	s.wantCauses()
	for _, call := range s.graph.Calls() {
		if params := decoded[map[string]any](t, call.Params); params["messaging_type"] != "UPDATE" {
			t.Errorf("messaging_type %v, want UPDATE: nothing is answered", params["messaging_type"])
		}
	}
}

func TestEventsThatNameNobody(t *testing.T) {
	handled := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		handled++
		for name, helper := range helpers {
			if err := helper(c.Silent()); !errors.Is(err, bot.ErrNoRecipient) {
				t.Errorf("%s: %v, want ErrNoRecipient", name, err)
			}
			if err := helper(c.Thread()); !errors.Is(err, bot.ErrNoRecipient) {
				t.Errorf("%s of Thread: %v, want ErrNoRecipient", name, err)
			}
		}
		return c.Text("Hi")
	}))
	s.post(batch(s.clock.Now(), "changes", `{"field":"feed","value":{"item":"comment","comment_id":"1_2"}}`))
	s.settle()
	if handled != 1 {
		t.Errorf("%d events handled, want 1", handled)
	}
	s.wantSent()
	s.wantCauses()
}

func TestCheckboxOptInIsAnsweredByItsUserRef(t *testing.T) {
	var receipt send.Receipt
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.PSID() != "" {
			t.Errorf("person %q, want none: they have not written yet", c.PSID())
		}
		var err error
		receipt, err = c.Deliver(send.Text("Welcome"))
		return err
	}))
	s.deliver(fmt.Sprintf(`{"recipient":{"id":%q},"timestamp":%d,"optin":{"ref":"signup","user_ref":"ref-1"}}`,
		page, s.clock.Now().UnixMilli()))
	s.wantSent(`{"recipient":{"user_ref":"ref-1"},"messaging_type":"RESPONSE","message":{"text":"Welcome"}}`)
	if receipt.RecipientID != "" || receipt.MessageID == "" {
		t.Errorf("receipt %+v, want a mid and no recipient", receipt)
	}
}

func TestWhatAnEventSays(t *testing.T) {
	type said struct{ kind, message, payload, input string }
	now := newClock().Now()
	tests := map[string]struct {
		item string
		want said
	}{
		"text": {text(now, person, "m_1", "hi"), said{"message", "hi", "", "hi"}},
		"quick reply": {
			item(now, person, `"message":{"mid":"m_1","text":"Large","quick_reply":{"payload":"L"}}`),
			said{"message", "Large", "L", "L"},
		},
		"button": {
			item(now, person, `"postback":{"mid":"m_1","title":"Order","payload":"ORDER"}`),
			said{"postback", "", "ORDER", "ORDER"},
		},
		"picture": {
			item(now, person, `"message":{"mid":"m_1","attachments":[{"type":"image","payload":{"url":"https://a.example"}}]}`),
			said{kind: "message"},
		},
		"reaction": {
			item(now, person, `"reaction":{"mid":"m_0","action":"react","emoji":"\u2764","reaction":"love"}`),
			said{kind: "reaction"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got said
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				got = said{c.Event().Kind(), c.Message(), c.Payload(), c.Input()}
				if c.PSID() != person || c.Page() != page || c.EventID() != c.Event().ID() || c.Attempt() != 1 {
					t.Errorf("person %q, page %q, event %q, attempt %d", c.PSID(), c.Page(), c.EventID(), c.Attempt())
				}
				return nil
			}))
			s.deliver(test.item)
			if got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestStandbyCopySaysWhatTheEventSays(t *testing.T) {
	var got string
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if _, ok := c.Event().(*webhook.Standby); ok {
			got = c.Message()
		}
		return nil
	}))
	s.post(batch(s.clock.Now(), "standby", text(s.clock.Now(), person, "m_1", "hi")))
	s.settle()
	if got != "hi" {
		t.Errorf("message %q, want hi", got)
	}
}

// A reaction is answered by a reaction to the same message.
func TestReactionNamesTheMessageInHand(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.React("❤") }))
	s.deliver(item(s.clock.Now(), person, `"reaction":{"mid":"m_0","action":"react","emoji":"\u2764"}`))
	s.wantSent(`{` + to + `,"sender_action":"react","payload":{"message_id":"m_0","reaction":"❤"}}`)
}

func TestParams(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if got := c.Param("sku"); got != "" {
			t.Errorf("param %q before any route matched", got)
		}
		c.SetParams(map[string]string{"sku": "42"})
		if got := c.WithContext(t.Context()).Param("sku"); got != "42" {
			t.Errorf("param %q, want 42", got)
		}
		return nil
	}))
	s.say("m_1")
	s.wantCauses()
}

// A Context goes where a context.Context goes.
func TestContextIsAContext(t *testing.T) {
	type key struct{}
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		var ctx context.Context = c
		if _, ok := ctx.Deadline(); !ok {
			t.Error("no deadline, want Config.Timeout")
		}
		child, cancel := context.WithCancelCause(ctx)
		cancel(errHandler)
		if !errors.Is(context.Cause(child), errHandler) || ctx.Err() != nil {
			t.Errorf("child ended by %v, parent by %v", context.Cause(child), ctx.Err())
		}
		within := c.WithContext(context.WithValue(c, key{}, "value"))
		if within.Value(key{}) != "value" || c.Value(key{}) != nil {
			t.Errorf("values %v and %v, want them apart", within.Value(key{}), c.Value(key{}))
		}
		return nil
	}))
	s.say("m_1")
	s.wantCauses()
}

func TestWithContextChangesTheThreadToo(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		ended, cancel := context.WithCancelCause(c)
		cancel(errHandler)
		within := c.WithContext(ended)
		for name, err := range map[string]error{
			"Text": within.Text("no"), "Typing": within.Typing(), "a view": within.Silent().Text("no"),
			"Thread": within.Thread().Text("no"),
		} {
			if !errors.Is(err, errHandler) {
				t.Errorf("%s: %v, want the cause of the context's end", name, err)
			}
		}
		return c.Text("yes")
	}))
	s.say("m_1")
	s.want("yes")
	if n := len(s.graph.Calls()); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

func TestBotThread(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	thread, err := s.Thread(t.Context(), page, person)
	if err != nil {
		t.Fatal(err)
	}
	if thread.PSID() != person || thread.Page() != page || !thread.Window().Opened.IsZero() {
		t.Errorf("person %q, page %q, window %v", thread.PSID(), thread.Page(), thread.Window())
	}
	// nothing is known of the window, so Meta judges; there is no ledger, so the same goes twice
	if err := errors.Join(thread.Text("Hi"), thread.Text("Hi")); err != nil {
		t.Fatal(err)
	}
	update := `{` + to + `,"messaging_type":"UPDATE","message":{"text":"Hi"}}`
	s.wantSent(update, update)
	a, b := metadataOf(t, s.graph.Calls()[0]), metadataOf(t, s.graph.Calls()[1])
	if a == "" || b == "" || a == b {
		t.Errorf("metadata %q and %q, want two different ones", a, b)
	}

	s.say("m_1") // now it is known, also by the thread that was made before
	s.clock.Add(24*time.Hour + time.Second)
	if err := thread.Text("late"); !errors.Is(err, send.ErrOutsideWindow) {
		t.Errorf("error %v, want ErrOutsideWindow", err)
	}
	if err := thread.React("❤"); err == nil {
		t.Error("a reaction to no message was sent")
	}
}

func TestBotThreadWithNobody(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	thread, err := s.Thread(t.Context(), page, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := thread.Text("Hi"); !errors.Is(err, bot.ErrNoRecipient) {
		t.Errorf("error %v, want ErrNoRecipient", err)
	}
}

func TestBotThreadLivesWithItsContext(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	ctx, cancel := context.WithCancel(t.Context())
	thread, err := s.Thread(ctx, page, person)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := thread.Text("Hi"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	s.wantSent()
}
