package main

import (
	"regexp"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// Ticket is what the conversation fills.
type Ticket struct {
	Order, Problem, Email string
	Picture               string // URL; empty: none
}

const noPicture = "No picture"

// ticket takes in a problem. Whoever is refused three times at one question gets a colleague.
var ticket = router.Conversation[Ticket]{
	Name:   "ticket",
	Start:  "order",
	Back:   []string{"back"},
	Cancel: []string{"cancel"},
	States: router.States[Ticket]{
		"order": {
			Prompt: send.Text("Which order is it about? I need its number."),
			Answer: readOrder,
			Next:   "problem",
		},
		"problem": {
			Prompt: send.Text("What is wrong?"),
			Answer: readProblem,
			Next:   "picture",
		},
		"picture": {
			Prompt: send.Text("Can you send a picture of it?").WithAnswers(noPicture),
			Answer: readPicture,
			Next:   "email",
		},
		"email": {
			Prompt: send.Text("Where may we write to?").WithQuickReplies(send.AskEmail()),
			Answer: readEmail,
			Next:   router.Done,
		},
	},
	Attempts: 3,
	OnAttempts: func(c *bot.Context, _ Ticket) error {
		return callColleague(c)
	},
	Timeout:  time.Hour, // without a word: whoever comes back later begins anew
	Finish:   file,
	OnCancel: func(c *bot.Context, _ Ticket) error { return c.Text("Never mind. I am here if you need me.") },
}

var orderNumber = regexp.MustCompile(`^#?(\d{6})$`)

func readOrder(c *bot.Context, t *Ticket) error {
	number, err := router.Words(c)
	found := orderNumber.FindStringSubmatch(number)
	if err != nil || found == nil {
		return router.Refuse("The number has six digits and stands at the top of the invoice.")
	}
	t.Order = found[1]
	return nil
}

func readProblem(c *bot.Context, t *Ticket) (err error) {
	t.Problem, err = router.Words(c)
	return err
}

func readPicture(c *bot.Context, t *Ticket) (err error) {
	if _, refused := router.Choice(c, noPicture, "no"); refused == nil {
		t.Picture = ""
		return nil
	}
	t.Picture, err = router.Image(c)
	return err
}

func readEmail(c *bot.Context, t *Ticket) (err error) {
	t.Email, err = router.Email(c)
	return err
}

// file is where a help desk of your own opens the ticket, with c.EventID() as its key: after a crash Finish
// may run again.
func file(c *bot.Context, t Ticket) error {
	return c.Text("Thank you! We look into order " + t.Order + ", and write to " + t.Email + " within a day.")
}
