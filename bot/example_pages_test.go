package bot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// A bot of two apps, which answers each person in the name of the Page that they wrote to. In place of Meta's
// Graph API stands a fake.
func ExampleConfig_pages() {
	graph := &sendtest.Graph{
		Pages: []sendtest.Page{{ID: "104000000000001", Token: "tokenA"}, {ID: "104000000000002", Token: "tokenB"}},
	}
	graph.OnCall = func(call sendtest.Call) { fmt.Println(call.Page, "answers:", textOf(call)) }
	lanes := bot.NewLanes(bot.LanesConfig{})
	b, err := bot.New(bot.Config{
		VerifyToken: "verify",
		Apps: []bot.App{
			{ID: "1517770000000001", Secrets: []string{"secret A"}},
			{ID: "1517770000000002", Secrets: []string{"secret B"}},
		},
		Pages: []bot.Page{
			{ID: "104000000000001", Token: "tokenA", App: "1517770000000001"},
			{ID: "104000000000002", Token: "tokenB", App: "1517770000000002"},
		},
		HTTP: graph.Client(), Inbox: lanes,
	}, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("Welcome to " + c.Page()) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	hear := func(page, secret string) {
		body := bodyOf("page", entryOf(time.Now(), page, "7100000000000001", "m_"+page+secret, "Hi"))
		request := httptest.NewRequestWithContext(ctx, http.MethodPost, bot.WebhookPath, strings.NewReader(body))
		request.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, []byte(body)))
		answer := httptest.NewRecorder()
		b.Webhook().ServeHTTP(answer, request)
		if err := lanes.Settle(ctx); err != nil {
			fmt.Println(err)
		}
		fmt.Println(answer.Code, "for", page, "signed with", secret)
	}
	hear("104000000000001", "secret A")
	hear("104000000000002", "secret B")
	hear("104000000000002", "secret A")
	stop()
	fmt.Println(<-served)
	// Output:
	// 104000000000001 answers: Welcome to 104000000000001
	// 200 for 104000000000001 signed with secret A
	// 104000000000002 answers: Welcome to 104000000000002
	// 200 for 104000000000002 signed with secret B
	// 403 for 104000000000002 signed with secret A
	// <nil>
}

// A customer of a service connects their Page, and leaves again, while the bot serves.
func ExampleBot_AddPage() {
	b, err := bot.New(bot.Config{
		VerifyToken: "verify",
		Apps:        []bot.App{{ID: "1517770000000001", Secrets: []string{"secret"}}},
	}, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("Hello!") }))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.AddPage(bot.Page{ID: "104000000000001", Token: "token"}), b.Pages())
	_, err = b.Client("104000000000001")
	fmt.Println(err)
	fmt.Println(b.RemovePage("104000000000001"), b.Pages())
	_, err = b.Client("104000000000001")
	fmt.Println(err, errors.Is(err, bot.ErrUnknownPage))
	// Output:
	// <nil> [104000000000001]
	// <nil>
	// <nil> []
	// bot: the bot has no such Page: "104000000000001" true
}
