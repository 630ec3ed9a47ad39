package bot_test

import (
	"context"
	"fmt"
	"log"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

func ExampleBot_ProfileChanges() {
	graph := &sendtest.Graph{PageID: "104000000000001"} // stands in for Meta
	cfg := bot.Config{
		Token: "PAGE_TOKEN", AppSecrets: []string{"APP_SECRET"}, VerifyToken: "VERIFY_TOKEN",
		PageID: "104000000000001", HTTP: graph.Client(),
	}
	cfg.Profile = &send.Profile{
		GetStarted: "START",
		Greeting:   []send.Greeting{{Text: "Hi {{user_first_name}}!"}},
		Menu:       []send.Menu{{Items: []send.Button{send.Postback("Drinks", "DRINKS")}}},
	}
	b, err := bot.New(cfg, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("Hello!") }))
	if err != nil {
		log.Fatal(err)
	}
	changes, err := b.ProfileChanges(context.Background(), "104000000000001")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changes)
	// Output:
	// get_started: new "START"
	// greeting (default): new "Hi {{user_first_name}}!"
	// persistent_menu (default): new [{"type":"postback","title":"Drinks","payload":"DRINKS"}]
}

func ExampleThread_SetMenu() {
	graph := &sendtest.Graph{PageID: "104000000000001"} // stands in for Meta
	b, err := bot.New(bot.Config{
		Token: "PAGE_TOKEN", AppSecrets: []string{"APP_SECRET"}, VerifyToken: "VERIFY_TOKEN",
		PageID: "104000000000001", HTTP: graph.Client(),
	}, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("Hello!") }))
	if err != nil {
		log.Fatal(err)
	}
	thread, err := b.Thread(context.Background(), "104000000000001", "7100000000000001")
	if err != nil {
		log.Fatal(err)
	}
	err = thread.SetMenu(send.Menu{Items: []send.Button{send.Postback("My orders", "ORDERS")}})
	fmt.Println(err, string(graph.PersonMenu("104000000000001", "7100000000000001")))
	// Output:
	// <nil> [{"call_to_actions":[{"payload":"ORDERS","title":"My orders","type":"postback"}],"locale":"default"}]
}
