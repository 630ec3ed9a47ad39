package router_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// owned is a router that notes which routes ran.
func owned(ran *[]string) *router.Router {
	note := func(name string) bot.HandlerFunc {
		return func(*bot.Context) error {
			*ran = append(*ran, name)
			return nil
		}
	}
	r := router.New()
	r.Use(router.Seen, router.Typing)
	r.Text("hello", note("text"))
	r.Anytime("help", note("anytime"))
	r.Payload("BUY", note("payload"))
	r.Custom("job", note("custom"))
	r.Fallback(note("fallback"))
	router.On(r, func(*bot.Context, *webhook.Reaction) error { return note("reaction").Handle(nil) })
	router.On(r, func(*bot.Context, *webhook.Handover) error { return note("handover").Handle(nil) })
	return r
}

// handedOver is the item of a colleague who takes the thread.
func handedOver(kind string) map[string]any {
	return map[string]any{kind + "_thread_control": map[string]any{"new_owner_app_id": send.PageInbox}}
}

// itemAt returns a message or a tap of some time.
func itemAt(when time.Time, key string, event map[string]any) map[string]any {
	return map[string]any{"timestamp": when.UnixMilli(), key: event}
}

// While another app owns the thread only the routes of events' types run, and those of own events. Nothing is
// shown to the person.
func TestOnlyTypesHaveRoutesWhileAnotherAppOwnsTheThread(t *testing.T) {
	var ran []string
	chat := bottest.Start(t, owned(&ran))
	before := chat.Now()
	chat.Advance(time.Minute)
	chat.Send(handedOver("take"))
	chat.Send(itemAt(before, "message", map[string]any{"text": "hello"}))
	chat.Send(itemAt(before, "message", map[string]any{"text": "help"}))
	chat.Send(itemAt(before, "message", map[string]any{"text": "anything"}))
	chat.Send(itemAt(before, "postback", map[string]any{"title": "Buy", "payload": "BUY"}))
	chat.Send(map[string]any{"reaction": map[string]any{"mid": "m_1", "action": "react", "emoji": "x"}})
	if _, err := chat.Bot().Emit(t.Context(), bottest.PageID, chat.PSID(), "job", chat.Now(), nil); err != nil {
		t.Fatal(err)
	}
	chat.Advance(0)
	if want := []string{"handover", "reaction", "custom"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	chat.ExpectNothing()
	for _, call := range chat.Graph().Calls() {
		if strings.Contains(string(call.Params), "sender_action") {
			t.Errorf("the person was shown %s", call.Params)
		}
	}
	ran = nil
	chat.Advance(time.Second)
	chat.Say("hello")
	if want := []string{"text"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q when the thread was the bot's again, want %q", ran, want)
	}
}

// A message that has the route of its type has it still.
func TestMessagesByTypeWhileAnotherAppOwnsTheThread(t *testing.T) {
	var heard []string
	r := router.New()
	r.Text("hello", func(c *bot.Context) error { return c.Text("no") })
	router.On(r, func(c *bot.Context, e *webhook.Message) error {
		heard = append(heard, e.Text)
		return c.Text("no")
	})
	chat := bottest.Start(t, r)
	before := chat.Now()
	chat.Advance(time.Minute)
	chat.Send(handedOver("take"))
	chat.Send(itemAt(before, "message", map[string]any{"text": "hello"}))
	chat.ExpectRefused(bot.ErrNotOwner)
	if !slices.Equal(heard, []string{"hello"}) {
		t.Errorf("heard %q", heard)
	}
}

// A conversation keeps its place: what the person says meanwhile is no answer, and reminders are dropped.
func TestAConversationWhileAnotherAppOwnsTheThread(t *testing.T) {
	r := router.New()
	router.Converse(r, "book", router.Conversation[struct{ Name string }]{
		Name: "book", Start: "name", Cancel: []string{"cancel"},
		States: router.States[struct{ Name string }]{
			"name": {
				Prompt: send.Text("What is your name?"), Next: router.Done,
				Answer: func(c *bot.Context, b *struct{ Name string }) (err error) {
					b.Name, err = router.Words(c)
					return err
				},
			},
		},
		Remind: []router.Reminder[struct{ Name string }]{
			{After: 10 * time.Minute, Say: send.Text("Still there?")},
			{After: 30 * time.Minute, Say: send.Text("Hello?")},
		},
		Finish: func(c *bot.Context, b struct{ Name string }) error { return c.Text("Thanks, " + b.Name) },
	})
	chat := bottest.Start(t, r)
	chat.Say("book")
	chat.Expect("What is your name?")
	before := chat.Now()
	chat.Advance(time.Minute)
	chat.Send(handedOver("take"))
	chat.Send(itemAt(before, "message", map[string]any{"text": "cancel"}))
	chat.Advance(15 * time.Minute)
	chat.ExpectRefused(bot.ErrNotOwner)
	chat.ExpectNothing()
	if dropped := chat.Bot().Stats().Dropped; dropped != 1 {
		t.Errorf("%d own events dropped, want the reminder", dropped)
	}
	chat.Send(map[string]any{"pass_thread_control": map[string]any{"new_owner_app_id": "1517770000000001"}})
	chat.Advance(15 * time.Minute)
	chat.Expect("Hello?")
	chat.Expect("What is your name?")
	chat.Say("Ada")
	chat.Expect("Thanks, Ada")
	chat.ExpectNothing()
}
