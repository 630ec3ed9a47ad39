// Package pizzeria is a pizzeria in a chat: a card to choose from, an order of several questions, an address
// form that two conversations share, a reminder, and words that are answered at any time.
//
//	package main
//
//	import (
//		"context"
//		"log"
//
//		"github.com/parleybot/parley/bot"
//		"github.com/parleybot/parley/examples/pizza/pizzeria"
//	)
//
//	func main() {
//		if err := bot.Run(context.Background(), bot.FromEnv(), pizzeria.Routes()); err != nil {
//			log.Fatal(err)
//		}
//	}
package pizzeria

import (
	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// Routes returns all that the pizzeria answers.
func Routes() *router.Router {
	r := router.New()
	r.Use(router.Seen, router.Typing)
	router.Converse(r, "pizza", order)
	router.Converse(r, "my address", address)
	r.Payload("ORDER", func(c *bot.Context) error { return router.Enter(c, "order") })
	r.Payload("ADDRESS", changeAddress)
	r.Payload("HOURS", hours)
	r.Anytime("hours", hours)
	r.Anytime("help", help)
	r.Fallback(greet)
	return r
}

// greet answers whatever nobody else does, so that any first word leads on.
func greet(c *bot.Context) error {
	return c.Send(send.Text("Welcome to the corner pizzeria! 🍕 Shall we?").WithQuickReplies(
		send.Reply("Order a pizza", "ORDER"), send.Reply("Opening hours", "HOURS")))
}

// help shows buttons, which stay where quick replies vanish: they can be tapped in the middle of an order
// too.
func help(c *bot.Context) error {
	return c.Buttons("Say back, restart or cancel at any question. Or tap:",
		send.Postback("Order a pizza", "ORDER"),
		send.Postback("Change my address", "ADDRESS"),
		send.Postback("Opening hours", "HOURS"))
}

func hours(c *bot.Context) error {
	return c.Text("The oven is hot from 11:00 to 23:00, every day.")
}

// changeAddress leaves an order that somebody is in the middle of alone: its question comes once more.
func changeAddress(c *bot.Context) error {
	if conversation, _ := router.Current(c); conversation != "" {
		return c.Text("Let us finish this first. Back leads to the question before, and cancel out of it.")
	}
	return router.Enter(c, "address")
}
