package bot_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// A message goes to all who may get it. The same mailing once more goes to nobody.
func ExampleBot_Each() {
	graph := &sendtest.Graph{PageID: "104000000000001"}
	b, err := bot.New(bot.Config{
		Token: "PAGE_ACCESS_TOKEN", AppSecrets: []string{"secret"}, VerifyToken: "word",
		PageID: "104000000000001", HTTP: graph.Client(),
	}, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	if err != nil {
		log.Fatal(err)
	}
	people := []send.PSID{"7100000000000001", "7100000000000002"}
	for range 2 {
		report, err := b.Each(context.Background(), slices.Values(people), bot.Mailing{
			Name:    "opening hours",
			Message: send.Text("We are open until nine on Friday."),
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d sent, %d had it already\n", report.Sent, report.Already)
	}
	// Output:
	// 2 sent, 0 had it already
	// 0 sent, 2 had it already
}
