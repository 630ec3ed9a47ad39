package router_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
)

func TestCancelWithinAConversationEndsTheWhole(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("pizza")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("cancel")
	chat.Expect("Cancelled: Large/Delivery//")
	chat.Say("Main Street 1")
	chat.Expect("Pardon?")
}

func TestWhatAnInnerConversationGatheredMayBeRefused(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("pizza")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
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
