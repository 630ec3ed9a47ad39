package router_test

import (
	"fmt"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// booking is what the conversation fills.
type booking struct {
	Name    string
	Guests  int
	Terrace bool
}

// book is the conversation: three questions, the last of them only for small parties.
var book = router.Conversation[booking]{
	Name: "book", Start: "name", Cancel: []string{"cancel"}, Back: []string{"back"},
	States: router.States[booking]{
		"name":    {Prompt: send.Text("What is your name?"), Answer: takeName, Next: "guests"},
		"guests":  {Ask: askGuests, Answer: takeGuests, Branch: smallParty, Next: router.Done},
		"terrace": {Prompt: onTerrace.WithAnswers("Yes", "No"), Answer: takeTerrace, Next: router.Done},
	},
	Finish:   confirm,
	OnCancel: func(c *bot.Context, _ booking) error { return c.Text("Another time!") },
}

var onTerrace = send.Text("On the terrace?")

var smallParty = []router.Edge[booking]{{
	If: func(b booking) bool { return b.Guests <= 4 }, To: "terrace", Label: "up to 4",
}}

func takeName(c *bot.Context, b *booking) (err error) {
	b.Name, err = router.Words(c)
	return err
}

func askGuests(_ *bot.Context, b booking) (send.Message, error) {
	return send.Text(fmt.Sprintf("For how many, %s?", b.Name)), nil
}

func takeGuests(c *bot.Context, b *booking) (err error) {
	if b.Guests, err = router.Number(c, 1, 12); err != nil {
		return router.Refuse("We have tables for 1 to 12.") // in place of the hint of Number
	}
	return nil
}

func takeTerrace(c *bot.Context, b *booking) (err error) {
	b.Terrace, err = router.YesNo(c)
	return err
}

func confirm(c *bot.Context, b booking) error {
	return c.Text(fmt.Sprintf("Booked: %d for %s, on the terrace: %t", b.Guests, b.Name, b.Terrace))
}

func ExampleConverse() {
	r := router.New()
	router.Converse(r, "book", book)
	r.Anytime("hours", func(c *bot.Context) error { return c.Text("We are open from 6 to 11.") })
	r.Fallback(func(c *bot.Context) error { return c.QuickReplies("I book tables.", "Book") })

	talk(r, "Book", "Ada", "100", "hours", "2", "yes")
	// Output:
	// > Book
	// < What is your name?
	// > Ada
	// < For how many, Ada?
	// > 100
	// < We have tables for 1 to 12.
	// < For how many, Ada?
	// > hours
	// < We are open from 6 to 11.
	// < For how many, Ada?
	// > 2
	// < On the terrace?
	// > yes
	// < Booked: 2 for Ada, on the terrace: true
}
