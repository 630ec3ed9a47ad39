package router_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// ordering returns a person who is asked about the delivery.
func ordering(t *testing.T, change ...func(*router.Conversation[order])) *bottest.Chat {
	t.Helper()
	chat := bottest.Start(t, pizzeria(change...))
	chat.Say("pizza")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
	return chat
}

func TestAnInterruptIsAnsweredAndTheQuestionComesOnceMore(t *testing.T) {
	tests := map[string]struct {
		interrupt func(chat *bottest.Chat)
		answer    string
	}{
		"a word of Anytime": {func(chat *bottest.Chat) { chat.Say("Help") }, "I sell pizza."},
		"the menu": {
			func(chat *bottest.Chat) { chat.TapMenu("Desserts", "MENU:desserts") }, "Menu: desserts",
		},
		"a tap whose title has a route": {
			func(chat *bottest.Chat) { chat.TapMenu("Drinks", "UNKNOWN") }, "Water.",
		},
		"a tap whose title is a word of Anytime": {
			func(chat *bottest.Chat) { chat.TapMenu("help", "UNKNOWN") }, "I sell pizza.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := ordering(t)
			test.interrupt(chat)
			chat.Expect(test.answer)
			expectDelivery(chat, "Large")
			chat.ExpectNothing()
			chat.Tap("Pickup")
			chat.Expect("Order: Large/Pickup//")
		})
	}
}

func TestATypedTextIsAnAnswerEvenIfItHasARoute(t *testing.T) {
	chat := ordering(t)
	chat.Say("drinks")
	chat.Expect("Order: Large/drinks//")
}

func TestATapOnWhatIsNoLongerAskedBringsTheQuestionOnceMore(t *testing.T) {
	chat := ordering(t)
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Tap("Pickup") // a button of a question three states ago: nothing is stored
	chat.Expect("Which city?")
	chat.ExpectNothing()
	chat.TapMenu("Elsewhere", "NOBODY KNOWS")
	chat.Expect("Which city?")
	chat.Say("Oslo")
	chat.Expect("Order: Large/Delivery/Main Street 1/Oslo")
}

func TestATapOfWhenTheConversationIsOverHasItsOwnRoute(t *testing.T) {
	chat := ordering(t)
	chat.Tap("Pickup")
	chat.Expect("Order: Large/Pickup//")
	chat.Tap("Pickup")
	chat.Expect("Pardon?")
}

func TestARouteLeavesOrReplacesTheConversation(t *testing.T) {
	t.Run("leaves", func(t *testing.T) {
		chat := ordering(t)
		chat.TapMenu("Leave", "LEAVE")
		chat.Expect("Left.")
		chat.ExpectNothing()
		chat.Say("Pickup")
		chat.Expect("Pardon?")
	})
	t.Run("replaces", func(t *testing.T) {
		chat := ordering(t)
		chat.TapMenu("Order anew", "AGAIN")
		expectSize(chat)
		chat.ExpectNothing()
	})
	t.Run("begins by its title", func(t *testing.T) {
		chat := ordering(t)
		chat.TapMenu("Pizza", "UNKNOWN")
		expectSize(chat)
		chat.ExpectNothing()
	})
}

func TestTwoTapsAtOnce(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("pizza")
	expectSize(chat)
	chat.Together(func() {
		chat.Tap("Large")
		chat.Tap("Small")
	})
	expectDelivery(chat, "Large")
	expectDelivery(chat, "Large") // the second tap was on a question that is no longer asked
	chat.ExpectNothing()
	chat.Tap("Pickup")
	chat.Expect("Order: Large/Pickup//")
}

func TestAnAnswerDeliveredTwiceCountsOnce(t *testing.T) {
	chat := ordering(t)
	chat.Redeliver()
	chat.ExpectNothing()
	chat.Say("Pickup")
	chat.Expect("Order: Large/Pickup//")
}

func TestAFailingInterruptAsksNothing(t *testing.T) {
	r := pizzeria()
	r.Payload("FAIL", func(*bot.Context) error { return bot.ErrSuperseded })
	chat := bottest.Start(t, r)
	chat.Say("pizza")
	expectSize(chat)
	chat.TapMenu("Fail", "FAIL")
	chat.ExpectNothing()
	chat.Say("Large")
	expectDelivery(chat, "Large")
}

func TestAnswersBeyondText(t *testing.T) {
	type answers struct{ Kind, Value string }
	var got answers
	take := func(kind string, read func(c *bot.Context) (string, error)) *router.Router {
		r := router.New()
		router.Converse(r, "start", router.Conversation[answers]{
			Name: "one", Start: "question",
			States: router.States[answers]{"question": {
				Prompt: send.Text("Tell me.").WithQuickReplies(
					send.Reply("This", "THIS"), send.AskPhone(), send.AskEmail()),
				Answer: func(c *bot.Context, a *answers) error {
					value, err := read(c)
					*a = answers{kind, value}
					return err
				},
				Next: router.Done,
			}},
			Finish: func(c *bot.Context, a answers) error {
				got = a
				return c.Text("Thanks")
			},
		})
		r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
		return r
	}
	input := func(c *bot.Context) (string, error) { return c.Input(), nil }
	tests := map[string]struct {
		read func(c *bot.Context) (string, error)
		give func(chat *bottest.Chat)
		want string
	}{
		"text":        {input, func(chat *bottest.Chat) { chat.Say("hello") }, "hello"},
		"quick reply": {input, func(chat *bottest.Chat) { chat.Tap("This") }, "THIS"},
		"phone":       {input, func(chat *bottest.Chat) { chat.Tap("user_phone_number") }, "+12025550123"},
		"e-mail":      {input, func(chat *bottest.Chat) { chat.Tap("user_email") }, "person@example.com"},
		"picture": {router.Image, func(chat *bottest.Chat) {
			chat.SendImage("https://example.com/me.jpg")
		}, "https://example.com/me.jpg"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, take(name, test.read))
			chat.Say("start")
			chat.Expect("Tell me.", "This", "user_phone_number", "user_email")
			test.give(chat)
			chat.Expect("Thanks")
			if want := (answers{name, test.want}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestALocationReachesAnswer(t *testing.T) {
	type place struct{ Lat, Long float64 }
	var got place
	r := router.New()
	router.Converse(r, "start", router.Conversation[place]{
		Name: "one", Start: "question",
		States: router.States[place]{"question": {
			Prompt: send.Text("Where are you?"),
			Answer: func(c *bot.Context, p *place) error {
				at, err := router.Location(c)
				*p = place{at.Lat, at.Long}
				return err
			},
			Next: router.Done,
		}},
		Finish: func(_ *bot.Context, p place) error {
			got = p
			return nil
		},
	})
	chat := bottest.Start(t, r)
	chat.Say("start")
	chat.Expect("Where are you?")
	chat.SendLocation(59.9, 10.75)
	if want := (place{59.9, 10.75}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The payload of a quick reply of [send.Message.WithAnswers] is its title, as that of an own phone number is
// the number: a late tap on the former is none of the latter.
func TestALateTapOnAnAnswerIsNoPhoneNumber(t *testing.T) {
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		size := conversation.States["size"]
		size.Next = "phone"
		conversation.States["size"] = size
		conversation.States["phone"] = router.State[order]{
			Prompt: send.Text("Your number?").WithQuickReplies(send.AskPhone()),
			Answer: func(c *bot.Context, o *order) error { o.To.Street = c.Input(); return nil }, Next: "delivery",
		}
	}))
	chat.Say("pizza")
	expectSize(chat)
	chat.Together(func() {
		chat.Tap("Large")
		chat.Tap("Large")
	})
	chat.Expect("Your number?", "user_phone_number")
	chat.Expect("Your number?", "user_phone_number") // nothing is stored
	chat.ExpectNothing()
	chat.Tap("user_phone_number")
	expectDelivery(chat, "Large")
	chat.Tap("Pickup")
	chat.Expect("Order: Large/Pickup/" + bottest.PersonPhone + "/")
}

func TestAPostbackWithoutAPayloadHasTheRouteOfItsTitle(t *testing.T) {
	s := serve(t, pizzeria())
	s.mustDeliver(t, postback("m_1", "Drinks", ""))
	s.mustDeliver(t, text("m_2", "pizza"))
	s.mustDeliver(t, postback("m_3", "Drinks", ""))
	s.mustDeliver(t, postback("m_4", "Large", "")) // no route has it, and the question does not offer it
	s.wantSent(t, "Water.", "Which size?", "Water.", "Which size?", "Which size?")
}
