package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// Once the thread is passed to the inbox, the bot is muted towards the person.
func ExampleThread_PassThread() {
	graph := &sendtest.Graph{PageID: "104000000000001"}
	b, err := bot.New(bot.Config{
		Token: "PAGE_ACCESS_TOKEN", AppSecrets: []string{"secret"}, VerifyToken: "word",
		PageID: "104000000000001", HTTP: graph.Client(),
	}, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	if err != nil {
		log.Fatal(err)
	}
	thread, err := b.Thread(context.Background(), "104000000000001", "7100000000000001")
	if err != nil {
		log.Fatal(err)
	}
	if err := thread.PassThread(send.PageInbox, "wants a refund"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(errors.Is(thread.Text("By the way …"), bot.ErrNotOwner))
	// Output: true
}
