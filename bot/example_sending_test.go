package bot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// tryOn delivers a webhook body to a bot that answers with h, and returns the fake Graph API that it called.
func tryOn(h bot.Handler, body string, adjust ...func(*bot.Config)) *sendtest.Graph {
	graph := new(sendtest.Graph)
	cfg := bot.Config{
		Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify", PageID: page, HTTP: graph.Client(),
	}
	for _, change := range adjust {
		change(&cfg)
	}
	b, err := bot.New(cfg, h)
	if err != nil {
		fmt.Println(err)
		return graph
	}
	ctx, stop := context.WithCancel(context.Background())
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, bot.WebhookPath, strings.NewReader(body))
	request.Header.Set("X-Hub-Signature-256", webhook.Sign("secret", []byte(body)))
	b.Webhook().ServeHTTP(httptest.NewRecorder(), request)
	stop() // Serve handles what is due before it returns
	if err := b.Serve(ctx); err != nil {
		fmt.Println(err)
	}
	return graph
}

// A comment on a post is answered in a message to its author.
func ExampleContext_PrivateReply() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		change, ok := c.Event().(*webhook.Change)
		if !ok {
			return nil
		}
		if comment, ok := change.Comment(); !ok || !strings.Contains(comment.Text, "price") {
			return nil
		}
		return c.PrivateReply(send.Text("From 5 €. Which size do you need?"))
	})

	graph := tryOn(handler, `{"object":"page","entry":[{"id":"104000000000001","time":1763715761,"changes":[
		{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"559_88","post_id":"104_559",
		 "from":{"id":"31","name":"Ana"},"message":"What is the price?"}}]}]}`)
	for _, call := range graph.Calls() {
		fmt.Println(textOf(call))
	}
	// Output: From 5 €. Which size do you need?
}

// The token of an opt-in takes a message at any time, without a messaging window.
func ExampleThread_To() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		if optIn, ok := c.Event().(*webhook.OptIn); ok {
			return c.To(send.NotificationToken(optIn.NotificationToken)).Text("This week: mugs.")
		}
		return nil
	})

	graph := tryOn(handler, `{"object":"page","entry":[{"id":"104000000000001","time":1763715663987,"messaging":[
		{"sender":{"id":"7100000000000001"},"recipient":{"id":"104000000000001"},"timestamp":1763715663987,
		 "optin":{"type":"notification_messages","notification_messages_token":"88"}}]}]}`)
	for _, call := range graph.Calls() {
		fmt.Println(textOf(call))
	}
	// Output: This week: mugs.
}

// A text over the limit goes out in as many messages as it takes.
func ExampleThread_SplitText() {
	pieces := 0
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		return c.SplitText(strings.Repeat("All work and no play makes a dull bot. ", 100))
	})

	tryOut(handler, "terms", func(cfg *bot.Config) {
		cfg.Outgoing = []func(send.Handler) send.Handler{func(send.Handler) send.Handler {
			return func(_ context.Context, call *send.Outgoing) error {
				pieces++
				fmt.Println("message", pieces, "has", len(call.Request.Message.Text), "characters")
				call.Receipt.MessageID = fmt.Sprint("m_", pieces)
				return nil // a dry run: nothing goes out
			}
		}}
	})
	// Output:
	// message 1 has 1997 characters
	// message 2 has 1902 characters
}

// The person has blocked the Page: the first message says so, the second is not sent any more.
func ExampleThread_Deliver_unreachable() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		first := c.Text("Hi")
		second := c.Text("Are you there?")
		fmt.Println(errors.Is(first, send.ErrUnreachable), errors.Is(second, send.ErrUnreachable))
		return nil
	})

	blocked := new(sendtest.Graph)
	blocked.Block(person)
	tryOut(handler, "hi", func(cfg *bot.Config) { cfg.HTTP = blocked.Client() })
	fmt.Println(len(blocked.Calls()), "call")
	// Output:
	// true true
	// 1 call
}

// A dry run shows what would go out. Calls that are no message, such as a typing indicator, have no Request.
func ExampleConfig_outgoing() {
	dry := func(send.Handler) send.Handler {
		return func(_ context.Context, call *send.Outgoing) error {
			fmt.Println(call.Method, call.Path)
			if call.Request != nil {
				fmt.Println(call.Request.Message.Text)
				call.Receipt.MessageID = "m_dry_run"
			}
			return nil
		}
	}
	handler := bot.HandlerFunc(func(c *bot.Context) error { return c.Text("You said " + c.Message()) })

	tryOut(handler, "hello", func(cfg *bot.Config) { cfg.Outgoing = append(cfg.Outgoing, dry) })
	// Output:
	// POST me/messages
	// You said hello
}
