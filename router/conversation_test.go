package router_test

import (
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

type order struct {
	Size, Delivery string
	To             address
}

type address struct{ Street, City string }

func readSize(c *bot.Context, o *order) error {
	switch c.Input() {
	case "Small", "Large":
		o.Size = c.Input()
		return nil
	}
	return router.Refuse("Small or large, please.")
}

func readDelivery(c *bot.Context, o *order) error {
	o.Delivery = c.Input()
	return nil
}

func wantsDelivery(o order) bool { return o.Delivery == "Delivery" }

var addressForm = router.Conversation[address]{
	Name: "address", Start: "street",
	States: router.States[address]{
		"street": {
			Prompt: send.Text("Which street?"), Next: "city",
			Answer: func(c *bot.Context, a *address) error { a.Street = c.Message(); return nil },
		},
		"city": {
			Prompt: send.Text("Which city?"), Next: router.Done,
			Answer: func(c *bot.Context, a *address) error { a.City = c.Message(); return nil },
		},
	},
}

func pizza() router.Conversation[order] {
	return router.Conversation[order]{
		Name: "pizza", Start: "size", Cancel: []string{"cancel"}, Back: []string{"back"}, Restart: []string{"restart"},
		Timeout: 30 * time.Minute,
		States: router.States[order]{
			"size": {
				Prompt: send.Text("Which size?").WithAnswers("Small", "Large"), Answer: readSize, Next: "delivery",
			},
			"delivery": {
				Prompt: send.Text("Delivery or pickup?").WithAnswers("Delivery", "Pickup"), Answer: readDelivery,
				Branch: []router.Edge[order]{{If: wantsDelivery, To: "address"}}, Next: router.Done,
			},
			"address": router.Sub(addressForm, func(o *order, a address) error { o.To = a; return nil }, router.Done),
		},
		Finish: func(c *bot.Context, o order) error {
			return c.Text("A " + o.Size + " one to " + o.To.Street + ", " + o.To.City)
		},
	}
}

func pizzeria() *router.Router {
	r := router.New()
	router.Converse(r, "pizza", pizza())
	r.Anytime("help", func(c *bot.Context) error { return c.Text("I sell pizza.") })
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
	return r
}

func TestConversation(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("Pizza")
	chat.Expect("Which size?", "Small", "Large")
	chat.Say("huge")
	chat.Expect("Small or large, please.")
	chat.Expect("Which size?", "Small", "Large")
	chat.Say("help")
	chat.Expect("I sell pizza.")
	chat.Expect("Which size?", "Small", "Large")
	chat.Tap("Large")
	chat.Expect("Delivery or pickup?", "Delivery", "Pickup")
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("back")
	chat.Expect("Which street?", "Main Street 1")
	chat.Tap("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("Oslo")
	chat.Expect("A Large one to Main Street 1, Oslo")
	chat.ExpectNothing()
	chat.Say("Oslo")
	chat.Expect("Pardon?")
}
