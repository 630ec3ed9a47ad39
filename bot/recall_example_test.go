package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// A bot that starts with an empty store asks Meta when a person wrote last, before it sends them news.
func ExampleBot_Recall() {
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	graph := &sendtest.Graph{Now: func() time.Time { return now }} // stands in for Meta
	graph.Say("7100000000000001", "See you!", now.Add(-30*time.Hour))
	b, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify", PageID: sendtest.DefaultPage,
		HTTP: graph.Client(), Now: graph.Now,
	}, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	window, err := b.Recall(ctx, sendtest.DefaultPage, "7100000000000001")
	if err != nil {
		log.Fatal(err)
	}
	thread, err := b.Thread(ctx, sendtest.DefaultPage, "7100000000000001")
	if err != nil {
		log.Fatal(err)
	}
	err = thread.Text("News!")
	fmt.Println(window.Closes().Format(time.DateTime), errors.Is(err, send.ErrOutsideWindow))
	// Output: 2026-11-21 06:00:00 true
}
