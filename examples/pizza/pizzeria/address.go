package pizzeria

import (
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// Address is what the form fills.
type Address struct{ Street, District string }

func (a Address) String() string { return a.Street + ", " + a.District }

// home is where a person had their last pizza brought to.
var home = session.NewKey[Address]("home")

// address is a conversation of its own, and a part of order.
var address = router.Conversation[Address]{
	Name:   "address",
	Start:  "street",
	Back:   []string{"back"},
	Cancel: []string{"cancel"},
	States: router.States[Address]{
		"street": {
			Prompt: send.Text("Which street and number?"),
			Answer: readStreet,
			Next:   "district",
		},
		"district": {
			Prompt: send.Text("In which part of town?").WithAnswers(districts...),
			Answer: readDistrict,
			Next:   router.Done,
		},
	},
	Finish: func(c *bot.Context, a Address) error {
		if err := home.Set(c.Session(), a); err != nil {
			return err
		}
		return c.Text("Noted: " + a.String() + ".")
	},
	OnCancel: func(c *bot.Context, _ Address) error { return c.Text("Your address stays as it is.") },
}

var districts = []string{"Old Town", "Harbour", "Hillside"}

func readStreet(c *bot.Context, a *Address) error {
	street, err := router.Words(c)
	if err != nil || !strings.ContainsAny(street, "0123456789") {
		return router.Refuse("I need a street and a number, such as Main Street 1.")
	}
	a.Street = street
	return nil
}

func readDistrict(c *bot.Context, a *Address) (err error) {
	a.District, err = router.Choice(c, districts...)
	return err
}
