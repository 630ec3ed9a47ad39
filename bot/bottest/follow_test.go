package bottest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// receipts returns routes that answer a text, and note what they hear of their own messages.
func receipts(heard *[]string) *router.Router {
	r := router.New()
	r.Fallback(func(c *bot.Context) error {
		receipt, err := c.Deliver(send.Text("you: " + c.Message()))
		*heard = append(*heard, "sent "+receipt.MessageID)
		return err
	})
	router.On(r, func(_ *bot.Context, e *webhook.Echo) error {
		*heard = append(*heard, "echo "+e.Mid+" "+e.Text+" "+e.AppID)
		return nil
	})
	router.On(r, func(_ *bot.Context, e *webhook.Delivery) error {
		*heard = append(*heard, "delivery "+e.Mids[0])
		return nil
	})
	router.On(r, func(_ *bot.Context, e *webhook.Read) error {
		*heard = append(*heard, "read "+e.Watermark.Format(time.RFC3339))
		return nil
	})
	return r
}

// After each message of the bot come its echo and its delivery, and a read when the person reads.
func TestFollow(t *testing.T) {
	var heard []string
	chat := bottest.Start(t, receipts(&heard))
	chat.Say("hi")
	chat.Expect("you: hi")
	if len(heard) != 3 {
		t.Fatalf("heard %q, want a receipt, an echo and a delivery", heard)
	}
	mid := heard[0][len("sent "):]
	chat.Advance(time.Minute)
	chat.Reads()
	chat.ExpectNothing()
	want := []string{
		"sent " + mid, "echo " + mid + " you: hi 1517770000000001", "delivery " + mid,
		"read 2026-11-02T09:01:00Z",
	}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

// A bot that pauses for humans is not silenced by the echoes of its own messages.
func TestFollowIsNoHuman(t *testing.T) {
	for name, appID := range map[string]string{"app ID known": "1517770000000001", "unknown": ""} {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
				return c.Text("you: " + c.Message())
			}), func(cfg *bot.Config) { cfg.HumanPause, cfg.AppID = time.Hour, appID })
			chat.Say("hi")
			chat.Expect("you: hi")
			chat.Say("still there?")
			chat.Expect("you: still there?")
			chat.HumanSays("I am")
			chat.Say("good")
			chat.ExpectNothing()
			const events = 3 + 2 + 1 // what the person says, the echoes of the answers, that of the human
			if got := chat.Bot().Stats().Accepted; got != events {
				t.Errorf("the bot heard %d events, want %d", got, events)
			}
		})
	}
}

// Customers' orders and answers to forms open the messaging window as a message does.
func TestActsOpenTheWindow(t *testing.T) {
	events := map[string]map[string]any{
		"an order":     {"order": map[string]any{"products": []any{}}},
		"feedback":     {"messaging_feedback": map[string]any{"feedback_screens": []any{}}},
		"information":  {"messaging_customer_information": map[string]any{"screens": []any{}}},
		"a lead form":  {"form": map[string]any{"id": "660000000001"}},
		"a coupon":     {"template": map[string]any{"type": "coupon", "coupon_code": "10PERCENT"}},
		"a reaction":   {"reaction": map[string]any{"action": "react", "mid": "m_1", "reaction": "love"}},
		"an opt-in":    {"optin": map[string]any{"ref": "checkout_77"}},
		"an m.me link": {"referral": map[string]any{"ref": "flyer", "source": "SHORTLINK"}},
	}
	for name, event := range events {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("thanks") }))
			chat.Say("hi")
			chat.Expect("thanks")
			chat.Advance(30 * time.Hour)
			chat.Send(event)
			chat.Expect("thanks")
		})
	}
}

// A private reply to a comment reaches whoever wrote it, once, and opens no window.
func TestComment(t *testing.T) {
	r := router.New()
	router.On(r, func(c *bot.Context, e *webhook.Change) error {
		comment, ok := e.Comment()
		if !ok || comment.Own {
			t.Errorf("change %+v", e)
		}
		return c.PrivateReply(send.Text("thanks for: " + comment.Text))
	})
	ana := bottest.Start(t, r)
	ben := ana.Person("Ben")
	ben.Comment("price?")
	ben.Expect("thanks for: price?")
	ben.Redeliver()
	ana.Comment("nice")
	ana.Expect("thanks for: nice")
	ana.ExpectNothing()
	ben.ExpectNothing()
	thread, err := ben.Bot().Thread(t.Context(), bottest.PageID, ben.PSID())
	if err != nil {
		t.Fatal(err)
	}
	if !thread.Window().Opened.IsZero() {
		t.Error("a comment opened the messaging window")
	}
}

// Any change of the Page is delivered as it is.
func TestSendChange(t *testing.T) {
	var got *webhook.Change
	r := router.New()
	router.On(r, func(_ *bot.Context, e *webhook.Change) error { got = e; return nil })
	chat := bottest.Start(t, r)
	chat.Send(map[string]any{"field": "mention", "value": map[string]any{"post_id": "1_2"}})
	if got == nil || got.Field != "mention" || string(got.Value) != `{"post_id":"1_2"}` {
		t.Errorf("the bot heard %+v", got)
	}
}

// A chat's Graph API has states that a test may change.
func TestGraphOfAChat(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("hi") }))
	chat.Graph().Change(func(s *sendtest.State) { s.Restricted = true })
	chat.Say("hi")
	chat.ExpectRefused(send.ErrBlocked)
}
