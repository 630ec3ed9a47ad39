// Command menu is a bot that shows what it has: buttons, quick replies, a carousel, and a fallback; and
// before a person has written, a greeting, ice breakers and a persistent menu.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg := bot.FromEnv()
	cfg.Profile = profile()
	if err := bot.Run(ctx, cfg, routes()); err != nil {
		log.Fatal(err)
	}
}

func routes() *router.Router {
	r := router.New()
	r.Use(router.Seen, router.Typing)
	r.Text("hello", greet)
	r.Text("menu", greet)
	r.Payload("START", greet)
	r.Payload("HOURS", hours)
	r.Payload("DRINKS", drinks)
	r.Payload("CAKES", cakes)
	r.Payload("ORDER:{item}", order)
	r.Fallback(func(c *bot.Context) error {
		return c.QuickReplies("I know two words: hello and menu.", "Menu")
	})
	return r
}

func greet(c *bot.Context) error {
	return c.Buttons("Welcome to the corner café! What would you like?",
		send.Postback("Drinks", "DRINKS"), send.Postback("Cakes", "CAKES"))
}

func hours(c *bot.Context) error {
	return c.Text("We are open from 8 to 18, and closed on Mondays.")
}

func drinks(c *bot.Context) error {
	return c.Send(send.Text("What can I pour you?").WithQuickReplies(
		send.Reply("Coffee", "ORDER:coffee"), send.Reply("Tea", "ORDER:tea")))
}

func cakes(c *bot.Context) error {
	return c.Carousel(
		send.Element{
			Title: "Apple pie", Subtitle: "Warm, with cinnamon",
			Buttons: []send.Button{send.Postback("I'll have it", "ORDER:apple pie")},
		},
		send.Element{
			Title: "Cheesecake", Subtitle: "Baked this morning",
			Buttons: []send.Button{send.Postback("I'll take it", "ORDER:cheesecake")},
		},
	)
}

func order(c *bot.Context) error {
	return c.Text("One " + c.Param("item") + ", coming up!")
}
