package router_test

import (
	"errors"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
)

func TestAttempts(t *testing.T) {
	tests := map[string]struct {
		leave bool
	}{"asks on": {}, "leaves": {leave: true}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
				conversation.Attempts = 2
				conversation.OnAttempts = func(c *bot.Context, o order) error {
					if test.leave {
						router.Leave(c)
					}
					return c.Text("Shall I call somebody?")
				}
			}))
			chat.Say("pizza")
			expectSize(chat)
			for range 2 {
				chat.Say("huge")
				chat.Expect("Small or large, please.")
				expectSize(chat)
				chat.Say("enormous")
				chat.Expect("Shall I call somebody?")
				if test.leave {
					chat.ExpectNothing()
					chat.Say("Large")
					chat.Expect("Pardon?")
					return
				}
				expectSize(chat) // and the count begins anew
			}
			chat.Tap("Large")
			expectDelivery(chat, "Large")
		})
	}
}

func TestAttemptsAreCountedInEachState(t *testing.T) {
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		delivery := conversation.States["delivery"]
		delivery.Answer = func(*bot.Context, *order) error { return router.Refuse("No.") }
		conversation.States["delivery"] = delivery
		conversation.Attempts = 2
		conversation.OnAttempts = func(c *bot.Context, o order) error { return c.Text("Shall I call somebody?") }
	}))
	chat.Say("pizza")
	expectSize(chat)
	chat.Say("huge")
	chat.Expect("Small or large, please.")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
	chat.Say("never")
	chat.Expect("No.")
	expectDelivery(chat, "Large")
	chat.Say("never")
	chat.Expect("Shall I call somebody?")
}

func TestAFailingStepIsTakenBack(t *testing.T) {
	var fails int
	chat := ordering(t, func(conversation *router.Conversation[order]) {
		conversation.Finish = func(c *bot.Context, o order) error {
			if fails++; fails < 3 {
				return errors.New("the kitchen does not answer")
			}
			return c.Text("Order: " + o.String())
		}
	})
	chat.Tap("Pickup")
	chat.ExpectNothing()
	chat.Advance(time.Minute)
	chat.Expect("Order: Large/Pickup//")
	chat.ExpectNothing()
}

func TestWhatAnInnerConversationGatheredCountsAsAnAttempt(t *testing.T) {
	for name, leave := range map[string]bool{"asks on": false, "leaves": true} {
		t.Run(name, func(t *testing.T) {
			chat := ordering(t, func(conversation *router.Conversation[order]) {
				conversation.Attempts = 2
				conversation.OnAttempts = func(c *bot.Context, _ order) error {
					if leave {
						router.Leave(c)
					}
					return c.Text("A colleague will help.")
				}
			})
			goOn(chat, line{"Delivery", []string{"Which street?"}}, line{"Coral 1", []string{"Which city?"}},
				line{"Atlantis", []string{"We do not dive.", "Which street? + Coral 1"}},
				line{"Coral 1", []string{"Which city? + Atlantis"}})
			if leave {
				goOn(chat, line{"Atlantis", []string{"A colleague will help."}}, line{"Oslo", []string{"Pardon?"}})
				return
			}
			goOn(chat, line{"Atlantis", []string{"A colleague will help.", "Which street? + Coral 1"}},
				line{"Coral 1", []string{"Which city? + Atlantis"}},
				line{"Oslo", []string{"Order: Large/Delivery/Coral 1/Oslo"}})
		})
	}
}
