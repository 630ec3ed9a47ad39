package pizzeria

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
)

// step is a question of an order, what it offers, and how the test answers it.
type step struct {
	state, question string
	offered         []string
	answer          string
}

// The first questions are the same on both ways.
var first = []step{
	{"pizza", "Margherita", []string{"Margherita", "Funghi", "Diavola"}, "Diavola"},
	{"size", "Which size?", []string{"Small", "Medium", "Large"}, "Large"},
	{"count", "How many of them?", []string{"1", "2", "3"}, "1"},
}

// What the orders are read back as.
const (
	deliverySummary = "1 × Diavola, Large: €16.00\nDelivery to Main Street 1, Old Town: €3.00\n" +
		"Together: €19.00\n\nShall I put it in the oven?"
	pickupSummary = "1 × Diavola, Large: €16.00\nPickup, and we call +12025550123\n" +
		"Together: €16.00\n\nShall I put it in the oven?"
)

var byDelivery = slices.Concat(first, []step{
	{"way", "Delivery or pickup?", []string{"Delivery", "Pickup"}, "Delivery"},
	{"street", "Which street and number?", nil, "Main Street 1"},
	{"district", "In which part of town?", []string{"Old Town", "Harbour", "Hillside"}, "Old Town"},
	{"confirm", deliverySummary, []string{"Yes", "No", "Back"}, "Yes"},
	{"", "image: " + pictures + "oven.png", nil, ""},
	{"", "1 × Diavola, Large", []string{"Order again"}, ""},
	{"", "It is in the oven! We ring at Main Street 1 in about 40 minutes.", nil, ""},
})

var byPickup = slices.Concat(first, []step{
	{"way", "Delivery or pickup?", []string{"Delivery", "Pickup"}, "Pickup"},
	{"phone", "Which number may we call when it is ready?", []string{"user_phone_number"}, "+12025550123"},
	{"confirm", pickupSummary, []string{"Yes", "No", "Back"}, "Yes"},
	{"", "image: " + pictures + "oven.png", nil, ""},
	{"", "1 × Diavola, Large", []string{"Order again"}, ""},
	{"", "It is in the oven! We call you when it is ready.", nil, ""},
})

// walk begins an order and follows path to the question of state, or to its end.
func walk(chat *bottest.Chat, path []step, state string) {
	chat.Say("pizza")
	for _, s := range path {
		chat.Expect(s.question, s.offered...)
		if s.state == state && state != "" {
			return
		}
		s.take(chat)
	}
}

// take answers: by a tap if the question offers the answer.
func (s step) take(chat *bottest.Chat) {
	switch {
	case slices.Contains(s.offered, s.answer):
		chat.Tap(s.answer)
	case s.answer != "":
		chat.Say(s.answer)
	}
}

// goOn answers the question of state, and those that follow.
func goOn(chat *bottest.Chat, path []step, state string) {
	at := slices.IndexFunc(path, func(s step) bool { return s.state == state })
	path[at].take(chat)
	for _, s := range path[at+1:] {
		chat.Expect(s.question, s.offered...)
		s.take(chat)
	}
	chat.ExpectNothing()
}

// again returns the path of somebody who has answered up to state before: what they wrote is offered.
func again(path []step, state string) []step {
	path = slices.Clone(path)
	for i, s := range path {
		if s.state == state {
			break
		}
		if !slices.Contains(s.offered, s.answer) {
			path[i].offered = append(slices.Clone(s.offered), s.answer)
		}
	}
	return path
}

// release returns the routes of another release, whose conversations are changed.
func release(change func(o *router.Conversation[Order], a *router.Conversation[Address])) *router.Router {
	o, a := order, address
	change(&o, &a)
	o.States = maps.Clone(order.States)
	o.States["address"] = router.Sub(a, takeAddress, "confirm")
	r := router.New()
	router.Converse(r, "pizza", o)
	r.Fallback(greet)
	return r
}

// takeOver is the Migrate of a release that has changed nothing of what is stored.
func takeOver[T any](old router.Stored) (state string, data T, err error) {
	if old.Data != nil {
		err = json.Unmarshal(old.Data, &data)
	}
	return old.State, data, err
}

// What becomes of people who are in the middle of an order when the bot is started anew.
var releases = map[string]struct {
	routes func() *router.Router
	check  func(chat *bottest.Chat, path []step, state string)
}{
	"the same": {Routes, goOn},
	"another Version, and Migrate": {
		func() *router.Router {
			return release(func(o *router.Conversation[Order], _ *router.Conversation[Address]) {
				o.Version, o.Migrate = 1, takeOver[Order]
			})
		}, goOn,
	},
	"another Version of both, and Migrate": {
		func() *router.Router {
			return release(func(o *router.Conversation[Order], a *router.Conversation[Address]) {
				o.Version, o.Migrate = 1, takeOver[Order]
				a.Version, a.Migrate = 1, takeOver[Address]
			})
		}, goOn,
	},
	"another Version of the address form alone": {
		func() *router.Router {
			return release(func(_ *router.Conversation[Order], a *router.Conversation[Address]) { a.Version = 1 })
		}, formBeginsAgain,
	},
	"Migrate to another state": {
		func() *router.Router {
			return release(func(o *router.Conversation[Order], _ *router.Conversation[Address]) {
				o.Version, o.Migrate = 1, func(old router.Stored) (string, Order, error) {
					_, data, err := takeOver[Order](old)
					return "size", data, err
				}
			})
		}, migrated,
	},
	"another Version, and OnStale": {
		func() *router.Router {
			return release(func(o *router.Conversation[Order], _ *router.Conversation[Address]) {
				o.Version, o.OnStale = 1, func(c *bot.Context) error {
					if err := c.Text("Our card has changed, so let us begin again."); err != nil {
						return err
					}
					return router.Enter(c, "order")
				}
			})
		}, stale,
	},
	"another Version, and nothing for it": {
		func() *router.Router {
			return release(func(o *router.Conversation[Order], _ *router.Conversation[Address]) { o.Version = 1 })
		}, forgotten,
	},
}

// formBeginsAgain says what happens if only the form cannot go on: the order stands.
func formBeginsAgain(chat *bottest.Chat, path []step, state string) {
	if state == "street" || state == "district" {
		chat.Say("hello?")
		chat.Expect("Which street and number?")
		state = "street"
	}
	goOn(chat, path, state)
}

// migrated says what happens if everybody is taken to one state, with their data.
func migrated(chat *bottest.Chat, path []step, state string) {
	if state != "size" {
		chat.Say("hello?")
		chat.Expect("Which size?", "Small", "Medium", "Large")
	}
	if state == "pizza" {
		return // nobody knows which pizza
	}
	if state == "district" {
		state = "street" // the form was left in the middle, and begins empty
	}
	goOn(chat, again(path, state), "size")
}

func stale(chat *bottest.Chat, path []step, _ string) {
	chat.Say("hello?")
	chat.Expect("Our card has changed, so let us begin again.")
	chat.Expect(path[0].question, path[0].offered...)
	goOn(chat, path, "pizza")
}

func forgotten(chat *bottest.Chat, path []step, _ string) {
	chat.Say("hello?")
	chat.Expect(welcome, "Order a pizza", "Opening hours")
	chat.ExpectNothing()
	walk(chat, path, "")
}

func TestDeployInEveryState(t *testing.T) {
	for name, next := range releases {
		t.Run(name, func(t *testing.T) {
			for way, path := range map[string][]step{"delivery": byDelivery, "pickup": byPickup} {
				for _, s := range path {
					if s.state == "" {
						continue
					}
					t.Run(way+", "+s.state, func(t *testing.T) {
						chat := bottest.Start(t, Routes())
						walk(chat, path, s.state)
						chat.Restart(next.routes())
						chat.ExpectNothing()
						next.check(chat, path, s.state)
					})
				}
			}
		})
	}
}

// The test above walks to every state there is.
func TestEveryStateIsWalkedTo(t *testing.T) {
	walked := make(map[string]bool)
	for _, s := range slices.Concat(byDelivery, byPickup) {
		walked[s.state] = true
	}
	for state := range order.States {
		if !walked[state] && state != "address" {
			t.Errorf("no test walks to %q", state)
		}
	}
	for state := range address.States {
		if !walked[state] {
			t.Errorf("no test walks to %q", state)
		}
	}
}

// Reminder and time-out outlive the process that set them.
func TestReminderAfterADeploy(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byDelivery, "district")
	chat.Restart()
	chat.Advance(10 * time.Minute)
	chat.Expect("The oven is still hot! Where were we?")
	chat.Expect("In which part of town?", "Old Town", "Harbour", "Hillside")
	chat.Restart()
	chat.Advance(50 * time.Minute)
	chat.Expect("I have put your order aside. Whenever you are hungry again:", "Order a pizza")
	chat.ExpectNothing()
}
