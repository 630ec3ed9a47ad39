package bot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// tryOut delivers what a person wrote to a bot that answers with h, and prints what the person reads. In
// place of Meta's Graph API stands a fake.
func tryOut(h bot.Handler, words string, adjust ...func(*bot.Config)) {
	read := make(chan string, 10)
	graph := &sendtest.Graph{OnCall: func(call sendtest.Call) {
		if call.MessageID != "" {
			read <- textOf(call)
		}
	}}
	lanes := bot.NewLanes(bot.LanesConfig{})
	cfg := bot.Config{
		Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify", PageID: page, HTTP: graph.Client(),
		Inbox: lanes,
	}
	for _, change := range adjust {
		change(&cfg)
	}
	b, err := bot.New(cfg, h)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	body := batch(time.Now(), "messaging", text(time.Now(), person, "m_1", words))
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, bot.WebhookPath, strings.NewReader(body))
	request.Header.Set("X-Hub-Signature-256", webhook.Sign("secret", []byte(body)))
	b.Webhook().ServeHTTP(httptest.NewRecorder(), request)
	if err := lanes.Settle(ctx); err != nil {
		fmt.Println(err)
	}
	stop()
	if err := <-served; err != nil {
		fmt.Println(err)
	}
	close(read)
	for words := range read {
		fmt.Println(words)
	}
}

// A handler is a function that answers one event.
func ExampleHandlerFunc() {
	greet := bot.HandlerFunc(func(c *bot.Context) error {
		return c.QuickReplies("You said "+c.Message()+". Which size?", "Small", "Large")
	})

	tryOut(greet, "pizza")
	// Output: You said pizza. Which size?
}

// A configuration that cannot work is refused with everything that is wrong with it.
func ExampleNew() {
	_, err := bot.New(bot.Config{Token: "token"}, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	for _, variable := range []string{"PAGE_ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN"} {
		if strings.Contains(err.Error(), variable) {
			fmt.Println(variable, "is missing")
		}
	}
	// Output:
	// APP_SECRET is missing
	// VERIFY_TOKEN is missing
}

// A bot beside the routes of an echo instance that is there already.
func ExampleBot_Mount() {
	b, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "my verify token", PageID: page,
	}, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("Hi") }))
	if err != nil {
		fmt.Println(err)
		return
	}
	e := echo.New()
	b.Mount(e) // and let b.Serve handle the events, beside e.Start

	challenge := "/webhook?hub.mode=subscribe&hub.verify_token=my+verify+token&hub.challenge=1158201444"
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodGet, challenge, nil))
	fmt.Println(answer.Code, answer.Body)
	// Output: 200 1158201444
}

// A background job has a result for a person, who reads it in the order of their thread.
func ExampleBot_Emit() {
	var b *bot.Bot
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		if job, ok := c.Event().(*webhook.Custom); ok {
			return c.Text(job.Name + ": " + string(job.Data))
		}
		return nil
	})
	graph := new(sendtest.Graph)
	lanes := bot.NewLanes(bot.LanesConfig{})
	b, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify", PageID: page, HTTP: graph.Client(),
		Inbox: lanes,
	}, handler)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	if _, err := b.Emit(ctx, page, person, "invoice", time.Now(), 42); err != nil {
		fmt.Println(err)
	}
	stop() // Serve handles what is due before it returns
	if err := b.Serve(ctx); err != nil {
		fmt.Println(err)
	}
	for _, call := range graph.Calls() {
		fmt.Println(textOf(call))
	}
	// Output: invoice: 42
}

// An error that no second try mends is marked, and the event goes to OnError at once.
func ExamplePermanent() {
	errSoldOut := errors.New("sold out")
	order := bot.HandlerFunc(func(*bot.Context) error {
		return bot.Permanent(fmt.Errorf("order: %w", errSoldOut))
	})

	tryOut(order, "pizza", func(cfg *bot.Config) {
		cfg.OnError = func(c *bot.Context, err error) error {
			fmt.Println("attempt", c.Attempt(), "failed:", err)
			if errors.Is(err, errSoldOut) {
				return c.Text("Sorry, we have run out of it.")
			}
			return err // a dead letter
		}
	})
	// Output:
	// attempt 1 failed: order: sold out
	// Sorry, we have run out of it.
}

// A message whose words differ from run to run goes out once all the same.
func ExampleThread_Once() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		return c.Once("time").Text("Your number is 17.")
	})

	tryOut(handler, "a number please")
	// Output: Your number is 17.
}

// Compose shows how a message would be sent.
func ExampleThread_Compose() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		answer, err := c.Compose(send.Text("Hi"))
		if err != nil {
			return err
		}
		update, err := c.Thread().Compose(send.Text("Hi"))
		fmt.Println(answer.Type, update.Type)
		return err
	})

	tryOut(handler, "hi")
	// Output: RESPONSE UPDATE
}
