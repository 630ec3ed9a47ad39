package pizzeria

import (
	"fmt"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// Order is what the conversation fills.
type Order struct {
	Pizza, Size string
	Count       int
	Delivery    bool
	To          Address // of a delivery
	Phone       string  // for a pickup
	Confirmed   bool
}

func (o Order) String() string { return fmt.Sprintf("%d × %s, %s", o.Count, o.Pizza, o.Size) }

// order takes an order: what to bake, how it finds its person, and a last look at it.
var order = router.Conversation[Order]{
	Name:    "order",
	Start:   "pizza",
	Back:    []string{"back"},
	Restart: []string{"restart"},
	Cancel:  []string{"cancel"},
	States: router.States[Order]{
		"pizza": {
			Prompt: carousel(),
			Answer: readPizza,
			Next:   "size",
		},
		"size": {
			Prompt: send.Text("Which size?").WithAnswers(sizes...),
			Answer: readSize,
			Next:   "count",
		},
		"count": {
			Prompt: send.Text("How many of them?").WithAnswers("1", "2", "3"),
			Answer: readCount,
			Next:   "way",
		},
		"way": {
			Ask:    askWay,
			Answer: readWay,
			Branch: []router.Edge[Order]{
				{If: toKnownAddress, To: "confirm"},
				{If: isDelivery, To: "address"},
			},
			Next: "phone",
		},
		"address": router.Sub(address, takeAddress, "confirm"),
		"phone": {
			Prompt: send.Text("Which number may we call when it is ready?").WithQuickReplies(send.AskPhone()),
			Answer: readPhone,
			Next:   "confirm",
		},
		"confirm": {
			Ask:    askConfirmation,
			Answer: readConfirmation,
			Branch: []router.Edge[Order]{{If: isDeclined, To: router.Cancelled}},
			Next:   router.Done,
		},
	},
	Finish:   bake,
	OnCancel: func(c *bot.Context, _ Order) error { return c.Text("No pizza, then. See you soon!") },
	Remind: []router.Reminder[Order]{
		{After: 10 * time.Minute, Say: send.Text("The oven is still hot! Where were we?")},
	},
	Timeout: time.Hour,
	OnTimeout: func(c *bot.Context, _ Order) error {
		return c.Send(send.Text("I have put your order aside. Whenever you are hungry again:").
			WithQuickReplies(send.Reply("Order a pizza", "ORDER")))
	},
}

func readPizza(c *bot.Context, o *Order) (err error) {
	o.Pizza, err = router.Choice(c, names()...)
	return err
}

func readSize(c *bot.Context, o *Order) (err error) {
	o.Size, err = router.Choice(c, sizes...)
	return err
}

func readCount(c *bot.Context, o *Order) (err error) {
	o.Count, err = router.Number(c, 1, 20)
	return err
}

// The ways in which a pizza finds its person.
const (
	delivery = "Delivery"
	asBefore = "Same address"
	pickup   = "Pickup"
)

// askWay depends on what is known of the person, so it is no Prompt.
func askWay(c *bot.Context, _ Order) (send.Message, error) {
	known, err := home.Get(c.Session())
	if err != nil || known == (Address{}) {
		return send.Text("Delivery or pickup?").WithAnswers(delivery, pickup), err
	}
	return send.Text("Delivery or pickup? Last time it was "+known.String()+".").
		WithAnswers(delivery, asBefore, pickup), nil
}

func readWay(c *bot.Context, o *Order) error {
	way, err := router.Choice(c, delivery, asBefore, pickup)
	if err != nil {
		return err
	}
	o.Delivery, o.To, o.Phone = way != pickup, Address{}, "" // it may be another way than before Back
	if way == asBefore {
		o.To, err = home.Get(c.Session())
	}
	return err
}

func toKnownAddress(o Order) bool { return o.To != Address{} }

func isDelivery(o Order) bool { return o.Delivery }

// takeAddress stores what the address form has gathered.
func takeAddress(o *Order, a Address) error {
	o.To = a
	return nil
}

func readPhone(c *bot.Context, o *Order) (err error) {
	o.Phone, err = router.Phone(c)
	return err
}

func askConfirmation(_ *bot.Context, o Order) (send.Message, error) {
	where := "Pickup, and we call " + o.Phone
	if o.Delivery {
		where = "Delivery to " + o.To.String() + ": " + euros(bringing)
	}
	summary := fmt.Sprintf("%s: %s\n%s\nTogether: %s\n\nShall I put it in the oven?",
		o, euros(price(o)), where, euros(total(o)))
	return send.Text(summary).WithAnswers("Yes", "No", "Back"), nil
}

func readConfirmation(c *bot.Context, o *Order) (err error) {
	o.Confirmed, err = router.YesNo(c)
	return err
}

func isDeclined(o Order) bool { return !o.Confirmed }

// bake is where a pizzeria of your own tells its kitchen, with c.EventID() as the key of the order: after a
// crash Finish may run again.
func bake(c *bot.Context, o Order) error {
	where := "We call you when it is ready."
	if o.Delivery {
		where = "We ring at " + o.To.Street + " in about 40 minutes."
		if err := home.Set(c.Session(), o.To); err != nil {
			return err
		}
	}
	if err := c.Image(pictures + "oven.png"); err != nil {
		return err
	}
	if err := c.Send(receipt(o)); err != nil {
		return err
	}
	return c.Text("It is in the oven! " + where)
}
