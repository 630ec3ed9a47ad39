package router_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// order is what the conversation of these tests fills.
type order struct {
	Size, Delivery string
	To             address
}

type address struct{ Street, City string }

func (o order) String() string {
	return strings.Join([]string{o.Size, o.Delivery, o.To.Street, o.To.City}, "/")
}

func readSize(c *bot.Context, o *order) error {
	o.Size = c.Input() // also if it is refused: it must not count
	switch o.Size {
	case "Small", "Large":
		return nil
	default:
		return router.Refuse("Small or large, please.")
	}
}

func readDelivery(c *bot.Context, o *order) error {
	o.Delivery = c.Input()
	return nil
}

func wantsDelivery(o order) bool { return o.Delivery == "Delivery" }

// addressForm is a conversation that is part of others.
func addressForm() router.Conversation[address] {
	return router.Conversation[address]{
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
}

func deliverTo(o *order, a address) error {
	o.To = a // also if it is refused: it must not count
	if a.City == "Atlantis" {
		return router.Refuse("We do not dive.")
	}
	return nil
}

// pizza is the conversation of these tests, changed by change.
func pizza(change ...func(*router.Conversation[order])) router.Conversation[order] {
	conversation := router.Conversation[order]{
		Name: "pizza", Start: "size",
		Cancel: []string{"cancel"}, Back: []string{"back"}, Restart: []string{"from the start"},
		States: router.States[order]{
			"size": {
				Prompt: send.Text("Which size?").WithAnswers("Small", "Large"), Answer: readSize,
				Next: "delivery",
			},
			"delivery": {
				Ask: func(_ *bot.Context, o order) (send.Message, error) {
					return send.Buttons(o.Size+": delivery or pickup?",
						send.Postback("Delivery", "Delivery"), send.Postback("Pickup", "Pickup")), nil
				},
				Answer: readDelivery,
				Branch: []router.Edge[order]{{If: wantsDelivery, To: "address"}}, Next: router.Done,
			},
			"address": router.Sub(addressForm(), deliverTo, router.Done),
		},
		Finish: func(c *bot.Context, o order) error { return c.Text("Order: " + o.String()) },
		OnCancel: func(c *bot.Context, o order) error {
			return c.Text("Cancelled: " + o.String())
		},
	}
	for _, f := range change {
		f(&conversation)
	}
	return conversation
}

// pizzeria is a bot with that conversation, and with routes beside it.
func pizzeria(change ...func(*router.Conversation[order])) *router.Router {
	r := router.New()
	router.Converse(r, "pizza", pizza(change...))
	r.Text("drinks", func(c *bot.Context) error { return c.Text("Water.") })
	r.Anytime("help", func(c *bot.Context) error { return c.Text("I sell pizza.") })
	r.Payload("MENU:{part}", func(c *bot.Context) error { return c.Text("Menu: " + c.Param("part")) })
	r.Payload("LEAVE", func(c *bot.Context) error {
		router.Leave(c)
		return c.Text("Left.")
	})
	r.Payload("AGAIN", func(c *bot.Context) error { return router.Enter(c, "pizza") })
	r.Payload("LARGE", func(c *bot.Context) error {
		return router.EnterWith(c, "pizza", order{Size: "Large from the card"})
	})
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
	return r
}

// expectSize, and its like, expect the questions of the conversation.
func expectSize(chat *bottest.Chat) { chat.Expect("Which size?", "Small", "Large") }

func expectDelivery(chat *bottest.Chat, size string) {
	chat.Expect(size+": delivery or pickup?", "Delivery", "Pickup")
}

func TestAConversationFillsItsData(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("Pizza")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("Oslo")
	chat.Expect("Order: Large/Delivery/Main Street 1/Oslo")
	chat.ExpectNothing()
	chat.Say("Oslo") // it is over
	chat.Expect("Pardon?")
}

func TestABranchLeadsElsewhere(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("pizza")
	expectSize(chat)
	chat.Say("Small")
	expectDelivery(chat, "Small")
	chat.Say("Pickup")
	chat.Expect("Order: Small/Pickup//")
}

func TestARefusedAnswerLeavesTheDataAsItWas(t *testing.T) {
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		size := conversation.States["size"]
		size.Prompt, size.Ask = send.Message{}, func(_ *bot.Context, o order) (send.Message, error) {
			return send.Text("Which size? So far: " + o.String()), nil
		}
		conversation.States["size"] = size
	}))
	chat.Say("pizza")
	chat.Expect("Which size? So far: ///")
	chat.Say("huge")
	chat.Expect("Small or large, please.")
	chat.Expect("Which size? So far: ///")
}

func TestCancelEndsAConversation(t *testing.T) {
	chat := ordering(t)
	chat.Say("  CANCEL ")
	chat.Expect("Cancelled: Large///")
	chat.Say("Delivery")
	chat.Expect("Pardon?")

	chat.Say("pizza")
	expectSize(chat)
	chat.TapMenu("No more", "cancel") // by payload
	chat.Expect("Cancelled: ///")
}

func TestAStateMayLeadToCancelled(t *testing.T) {
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		size := conversation.States["size"]
		size.Branch = []router.Edge[order]{{
			If: func(o order) bool { return o.Size == "Small" }, To: router.Cancelled,
		}}
		conversation.States["size"] = size
	}))
	chat.Say("pizza")
	expectSize(chat)
	chat.Tap("Small")
	chat.Expect("Cancelled: Small///")
	chat.Say("Small")
	chat.Expect("Pardon?")
}

func TestMiddlewareIsAroundAConversation(t *testing.T) {
	var trace []string
	r := router.New()
	group := r.Group(func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			conversation, state := router.Current(c)
			err := next.Handle(c)
			after, then := router.Current(c)
			trace = append(trace, conversation+":"+state+">"+after+":"+then)
			return err
		})
	})
	router.Converse(group, "pizza", pizza())
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
	chat := bottest.Start(t, r)
	chat.Say("pizza")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("cancel")
	chat.Expect("Cancelled: Large/Delivery//")
	want := ":>pizza:size pizza:size>pizza:delivery pizza:delivery>address:street address:street>:"
	if got := strings.Join(trace, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestPeopleAreInConversationsOfTheirOwn(t *testing.T) {
	ana := bottest.Start(t, pizzeria())
	ben := ana.Person("Ben")
	ana.Say("pizza")
	expectSize(ana)
	ben.Say("Large")
	ben.Expect("Pardon?")
	ben.Say("pizza")
	expectSize(ben)
	ana.Tap("Large")
	expectDelivery(ana, "Large")
	ben.Tap("Small")
	expectDelivery(ben, "Small")
}

func TestManyPeopleAtOnce(t *testing.T) {
	chat := bottest.Start(t, pizzeria(patient))
	people := make([]*bottest.Chat, 40)
	for i := range people {
		people[i] = chat.Person(fmt.Sprintf("Person%d", i))
	}
	for _, said := range []string{"pizza", "Large", "Delivery", "Main Street 1", "back", "help", "Main", "Oslo"} {
		chat.Together(func() {
			for _, p := range people {
				p.Say(said)
			}
		})
	}
	for _, p := range people {
		expectSize(p)
		expectDelivery(p, "Large")
		hears(p, "Which street?", "Which city?", "Which street? + Main Street 1",
			"I sell pizza.", "Which street? + Main Street 1", "Which city?", "Order: Large/Delivery/Main/Oslo")
	}
}
