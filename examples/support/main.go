// Command support is a help desk: it answers what is asked often, takes in a problem by several questions,
// passes whoever asks for a colleague on to the Page's inbox, and is silent until the inbox passes them back.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg := bot.FromEnv()
	configure(&cfg)
	if err := bot.Run(ctx, cfg, routes()); err != nil {
		log.Fatal(err)
	}
}

// configure makes the bot silent for half an hour after each message of a colleague, for Pages that have no
// conversation routing. Meta tells of those messages if the app subscribes to the field message_echoes.
func configure(cfg *bot.Config) { cfg.HumanPause = 30 * time.Minute }

func routes() *router.Router {
	r := router.New()
	r.Use(router.Seen, router.Typing)
	router.Converse(r, "problem", ticket)
	r.Payload("PROBLEM", func(c *bot.Context) error { return router.Enter(c, "ticket") })
	r.Payload("ABOUT:{topic}", about)
	r.Payload("COLLEAGUE", callColleague)
	r.Anytime("colleague", callColleague)
	r.Anytime("help", greet)
	router.On(r, passedBack)
	r.Fallback(fallback)
	return r
}

// greet shows buttons. They stay, and can be tapped in the middle of a conversation too.
func greet(c *bot.Context) error {
	return c.Buttons("How can I help? You can also write colleague, at any time.",
		send.Postback("Where is my order?", "ABOUT:delivery"),
		send.Postback("May I return it?", "ABOUT:returns"),
		send.Postback("Report a problem", "PROBLEM"))
}

func about(c *bot.Context) error {
	answers := map[string]string{
		"delivery": "What was ordered before noon leaves us on the same day, and is two days on its way.",
		"returns":  "Anything, within 30 days, at our cost. The label lies in the parcel.",
	}
	if answer := answers[c.Param("topic")]; answer != "" {
		return c.Text(answer)
	}
	return greet(c) // the button of an earlier release
}

// called is when a person was promised a colleague, and patience how long they are told no more than that.
var called = session.NewKey[time.Time]("called")

const patience = 15 * time.Minute

// callColleague ends what the person is asked, and passes the thread to the Page's inbox, where a colleague
// answers it. Without conversation routing the thread stays with the bot, and whoever looks after the inbox
// sees it there all the same.
func callColleague(c *bot.Context) error {
	router.Leave(c)
	c.Log().Info().Msg("a person waits for a colleague")
	if err := called.Set(c.Session(), c.Now()); err != nil {
		return err
	}
	if err := c.Text("I'll get a colleague, who answers you right here."); err != nil {
		return err
	}
	if err := c.PassThread(inboxOf(c), "asks for a colleague"); err != nil {
		c.Log().Warn().Err(err).Msg("the thread cannot be passed to the inbox")
	}
	return nil
}

// inboxOf returns the inbox in which colleagues answer.
func inboxOf(c *bot.Context) string {
	if c.Event().From().Channel == send.Instagram {
		return send.InstagramInbox
	}
	return send.PageInbox
}

// passedBack goes on when a colleague has passed the thread back. Meta tells of that if the app subscribes to
// the field messaging_handovers.
func passedBack(c *bot.Context, e *webhook.Handover) error {
	if e.Action != webhook.HandoverPass || !c.OwnsThread() {
		return nil
	}
	called.Delete(c.Session())
	if conversation, _ := router.Current(c); conversation != "" {
		return c.Text("I am back. Let us go on where we were.")
	}
	return c.QuickReplies("I am back. Is there anything else?", "Help")
}

func fallback(c *bot.Context) error {
	at, err := called.Get(c.Session())
	if err != nil {
		return err
	}
	if c.Now().Sub(at) < patience {
		return c.QuickReplies("A colleague is on the way.", "Help")
	}
	return greet(c)
}
