package main

import (
	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// hear routes what comes back of the exhibits as an event of its own, and what else happens around a Page.
func hear(r *router.Router) {
	router.On(r, func(c *bot.Context, e *webhook.Feedback) error {
		for _, screen := range e.Screens {
			if visit, ok := screen.Questions["visit"]; ok {
				return c.Text("You gave us " + visit.Payload + ".")
			}
		}
		return nil
	})
	router.On(r, func(c *bot.Context, e *webhook.CustomerInformation) error {
		return c.Text("You live in " + e.Value("locality") + ".")
	})
	router.On(r, func(c *bot.Context, e *webhook.Coupon) error {
		return c.Text("Your code is " + e.Code + ".")
	})
	router.On(r, func(c *bot.Context, e *webhook.OptIn) error {
		// A token may be kept, and used once within a year, also when the messaging window has closed.
		return c.To(send.OneTimeToken(e.OneTimeToken)).Text("I am telling you.")
	})
	router.On(r, func(c *bot.Context, e *webhook.Edit) error { return c.Text("Now I read: " + e.Text) })
	router.On(r, func(c *bot.Context, e *webhook.Change) error {
		if comment, ok := e.Comment(); !ok || comment.Own {
			return nil
		}
		return c.PrivateReply(send.Text("Thank you for your comment! Write to us here."))
	})
	router.On(r, func(c *bot.Context, e *webhook.Handover) error {
		c.Log().Info().Str("action", e.Action).Str("owner", e.NewOwner).Msg("thread control")
		return nil
	})
}
