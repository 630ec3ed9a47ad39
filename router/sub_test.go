package router_test

import (
	"fmt"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

func TestCancelWithinAConversationEndsTheWhole(t *testing.T) {
	chat := ordering(t)
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("cancel")
	chat.Expect("Cancelled: Large/Delivery//")
	chat.Say("Main Street 1")
	chat.Expect("Pardon?")
}

func TestWhatAnInnerConversationGatheredMayBeRefused(t *testing.T) {
	chat := ordering(t)
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Coral 1")
	chat.Expect("Which city?")
	chat.Say("Atlantis")
	chat.Expect("We do not dive.")
	chat.Expect("Which street?", "Coral 1")
	chat.Say("Main Street 1")
	chat.Expect("Which city?", "Atlantis")
	chat.Say("Oslo")
	chat.Expect("Order: Large/Delivery/Main Street 1/Oslo")
}

func TestWhatWasRefusedOfAnInnerConversationDoesNotCount(t *testing.T) {
	chat := ordering(t)
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Coral 1")
	chat.Expect("Which city?")
	chat.Say("Atlantis")
	chat.Expect("We do not dive.")
	chat.Expect("Which street?", "Coral 1")
	chat.Say("cancel")
	chat.Expect("Cancelled: Large/Delivery//")
}

func TestOneFormServesTwoConversations(t *testing.T) {
	r := pizzeria()
	router.Converse(r, "move", router.Conversation[map[string]address]{
		Name: "move", Start: "old",
		States: router.States[map[string]address]{
			"old": router.Sub(addressForm(), func(m *map[string]address, a address) error {
				*m = map[string]address{"old": a}
				return nil
			}, "new"),
			"new": router.Sub(addressForm(), func(m *map[string]address, a address) error {
				(*m)["new"] = a
				return nil
			}, router.Done),
		},
		Finish: func(c *bot.Context, m map[string]address) error {
			return c.Text("From " + m["old"].City + " to " + m["new"].City)
		},
	})
	chat := bottest.Start(t, r)
	chat.Say("move")
	for _, city := range []string{"Oslo", "Rome"} {
		chat.Expect("Which street?")
		chat.Say("Main Street")
		chat.Expect("Which city?")
		chat.Say(city)
	}
	chat.Expect("From Oslo to Rome")
	chat.ExpectNothing()
}

// shop is a conversation with a part in a loop, whose question about a note only a cake leads to.
func shop() *router.Router {
	type (
		item   struct{ Name, Note string }
		basket struct {
			Items []item
			More  bool
		}
	)
	form := router.Conversation[item]{
		Name: "item", Start: "name",
		States: router.States[item]{
			"name": {
				Prompt: send.Text("What?"), Next: router.Done,
				Answer: func(c *bot.Context, i *item) error { i.Name = c.Message(); return nil },
				Branch: []router.Edge[item]{{If: func(i item) bool { return i.Name == "cake" }, To: "note"}},
			},
			"note": {
				Prompt: send.Text("What shall it say?"), Next: router.Done,
				Answer: func(c *bot.Context, i *item) error { i.Note = c.Message(); return nil },
			},
		},
	}
	add := func(b *basket, i item) error { b.Items = append(b.Items, i); return nil }
	r := router.New()
	router.Converse(r, "shop", router.Conversation[basket]{
		Name: "shop", Start: "item", Back: []string{"back"}, Restart: []string{"from the start"},
		States: router.States[basket]{
			"item": router.Sub(form, add, "more"),
			"more": {
				Prompt: send.Text("More?"), Next: router.Done,
				Answer: func(c *bot.Context, b *basket) (err error) { b.More, err = router.YesNo(c); return err },
				Branch: []router.Edge[basket]{{If: func(b basket) bool { return b.More }, To: "item"}},
			},
		},
		Finish: func(c *bot.Context, b basket) error { return c.Text(fmt.Sprint(b.Items)) },
	})
	return r
}

func TestAnInnerConversationInALoopBeginsEmptyEachTime(t *testing.T) {
	goOn(bottest.Start(t, shop()), line{"shop", []string{"What?"}},
		line{"cake", []string{"What shall it say?"}}, line{"Happy birthday", []string{"More?"}},
		line{"yes", []string{"What?"}}, line{"coffee", []string{"More?"}}, // nothing of the cake
		line{"no", []string{"[{cake Happy birthday} {coffee }]"}})
}

func TestAnInnerConversationBegunAnewIsEmptyButOffersWhatWasAnswered(t *testing.T) {
	goOn(bottest.Start(t, shop()), line{"shop", []string{"What?"}},
		line{"cake", []string{"What shall it say?"}}, line{"Happy birthday", []string{"More?"}},
		line{"from the start", []string{"What? + cake"}}, line{"coffee", []string{"More?"}},
		line{"no", []string{"[{coffee }]"}})
}
