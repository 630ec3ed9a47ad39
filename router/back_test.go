package router_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

func TestBackAsksTheQuestionBefore(t *testing.T) {
	chat := ordering(t)
	chat.Say("back")
	expectSize(chat) // what was answered is offered anyway
	chat.Tap("Small")
	expectDelivery(chat, "Small")
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.TapMenu("Back", "BACK") // by payload
	expectDelivery(chat, "Small")
	chat.Tap("Pickup")
	chat.Expect("Order: Small/Pickup//")
}

func TestBackAtTheFirstQuestionAsksItAgain(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.Say("pizza")
	expectSize(chat)
	chat.Say("back")
	expectSize(chat)
	chat.ExpectNothing()
}

func TestBackOffersTheEarlierAnswer(t *testing.T) {
	long := "The street with the long name 17 b, back yard"
	chat := ordering(t)
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say(long)
	chat.Expect("Which city?")
	chat.Say("back")
	chat.Expect("Which street?", "The street with the…")
	chat.Tap("The street with the…")
	chat.Expect("Which city?")
	chat.Say("Oslo")
	chat.Expect("Order: Large/Delivery/" + long + "/Oslo") // all of it, not what the quick reply shows
}

func TestBackLeadsIntoAnInnerConversationAndOutOfIt(t *testing.T) {
	chat := ordering(t, func(conversation *router.Conversation[order]) {
		conversation.States["address"] = router.Sub(addressForm(), deliverTo, "size again")
		conversation.States["size again"] = router.State[order]{
			Prompt: send.Text("Still that size?"), Answer: readSize, Next: router.Done,
		}
	})
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("Oslo")
	chat.Expect("Still that size?")
	chat.Say("back") // to the question before, which is the last of the inner conversation
	chat.Expect("Which city?", "Oslo")
	chat.Say("back")
	chat.Expect("Which street?", "Main Street 1")
	chat.Say("back")
	expectDelivery(chat, "Large")
	chat.Tap("Delivery") // it begins anew, with what was answered
	chat.Expect("Which street?", "Main Street 1")
	chat.Tap("Main Street 1")
	chat.Expect("Which city?", "Oslo")
	chat.Tap("Oslo")
	chat.Expect("Still that size?")
	chat.Say("Small")
	chat.Expect("Order: Small/Delivery/Main Street 1/Oslo")
}

func TestRestartBeginsWithEmptyData(t *testing.T) {
	chat := ordering(t)
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("from the start")
	expectSize(chat)
	chat.Say("back") // there is nothing before it
	expectSize(chat)
	chat.Say("cancel")
	chat.Expect("Cancelled: ///")
}

func TestTheInnermostConversationThatKnowsAWordHeedsIt(t *testing.T) {
	chat := ordering(t, func(conversation *router.Conversation[order]) {
		form := addressForm()
		form.Restart = conversation.Restart
		conversation.States["address"] = router.Sub(form, deliverTo, router.Done)
	})
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("from the start")
	chat.Expect("Which street?", "Main Street 1")
}

func TestAnEarlierTapIsGivenOnceMoreWithItsPayload(t *testing.T) {
	slots := []string{"Monday", "Tuesday"}
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		size := conversation.States["size"]
		size.Prompt, size.Ask = send.Message{}, func(*bot.Context, order) (send.Message, error) {
			slot := slots[0]
			slots = slots[1:]
			return send.Text("When?").WithQuickReplies(send.Reply(slot, "SLOT:"+slot)), nil
		}
		size.Answer = func(c *bot.Context, o *order) error {
			o.Size = c.Payload()
			return nil
		}
		conversation.States["size"] = size
	}))
	chat.Say("pizza")
	chat.Expect("When?", "Monday")
	chat.Tap("Monday")
	expectDelivery(chat, "SLOT:Monday")
	chat.Say("back")
	chat.Expect("When?", "Tuesday", "Monday")
	chat.Tap("Monday")
	expectDelivery(chat, "SLOT:Monday")
}

func TestRestartOffersWhatWasTyped(t *testing.T) {
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		size := conversation.States["size"]
		size.Prompt = send.Text("Which size?")
		conversation.States["size"] = size
	}))
	chat.Say("pizza")
	chat.Expect("Which size?")
	chat.Say("Large")
	expectDelivery(chat, "Large")
	chat.Say("from the start")
	chat.Expect("Which size?", "Large")
	chat.Tap("Large")
	expectDelivery(chat, "Large")
}

func TestRestartWithinAnInnerConversationBelongsToWhoKnowsTheWord(t *testing.T) {
	chat := ordering(t, func(conversation *router.Conversation[order]) {
		form := addressForm()
		form.Restart = []string{"other address"}
		conversation.States["address"] = router.Sub(form, deliverTo, router.Done)
	})
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("other address")
	chat.Expect("Which street?", "Main Street 1")
	chat.Say("Side Street 2")
	chat.Expect("Which city?")
	chat.Say("Oslo")
	chat.Expect("Order: Large/Delivery/Side Street 2/Oslo")
}

func TestAnAnswerTooLongToKeepIsNotOffered(t *testing.T) {
	for length, offered := range map[int][]string{300: {strings.Repeat("ü", 19) + "…"}, 301: nil} {
		chat := ordering(t)
		chat.Tap("Delivery")
		chat.Expect("Which street?")
		chat.Say(strings.Repeat("ü", length))
		chat.Expect("Which city?")
		chat.Say("back")
		chat.Expect("Which street?", offered...)
	}
}

func TestTheThirteenthQuickReplyIsTheLast(t *testing.T) {
	for name, test := range map[string]struct {
		offered int
		earlier []string
	}{"room": {12, []string{"other"}}, "no room": {13, nil}} {
		t.Run(name, func(t *testing.T) {
			answers := strings.Split("abcdefghijklm"[:test.offered], "")
			chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
				size := conversation.States["size"]
				size.Prompt = send.Text("Which size?").WithAnswers(answers...)
				size.Answer = readDelivery
				conversation.States["size"] = size
			}))
			chat.Say("pizza")
			chat.Expect("Which size?", answers...)
			chat.Say("other")
			expectDelivery(chat, "")
			chat.Say("back")
			chat.Expect("Which size?", append(answers, test.earlier...)...)
		})
	}
}

func TestTheEarlierAnswerTappedTwiceAnswersOneQuestion(t *testing.T) {
	chat := ordering(t)
	chat.Tap("Delivery")
	chat.Expect("Which street?")
	chat.Say("Main Street 1")
	chat.Expect("Which city?")
	chat.Say("Atlantis")
	chat.Expect("We do not dive.")
	chat.Expect("Which street?", "Main Street 1")
	chat.Together(func() {
		chat.Tap("Main Street 1")
		chat.Tap("Main Street 1")
	})
	chat.Expect("Which city?", "Atlantis")
	chat.Expect("Which city?", "Atlantis") // the second tap was on a question that is no longer asked
	chat.ExpectNothing()
	chat.Say("Oslo")
	chat.Expect("Order: Large/Delivery/Main Street 1/Oslo")
}

// The earlier answer reaches Answer as the message that was tapped: a mid of Meta's, or none.
func TestTheEarlierAnswerHasTheMidOfItsTap(t *testing.T) {
	var mids []string
	s := serve(t, pizzeria(func(conversation *router.Conversation[order]) {
		form := addressForm()
		street := form.States["street"]
		street.Answer = func(c *bot.Context, a *address) error {
			if m, ok := c.Event().(*webhook.Message); ok {
				mids = append(mids, m.Mid)
			}
			a.Street = c.Message()
			return nil
		}
		form.States["street"] = street
		conversation.States["address"] = router.Sub(form, deliverTo, router.Done)
	}))
	earlier := router.ReplayPayload("address", "street")
	for _, item := range []string{
		text("m_1", "pizza"), text("m_2", "Large"), text("m_3", "Delivery"), text("m_4", "Main Street 1"),
		text("m_5", "back"), quickReply("m_6", "Main Street 1", earlier),
		text("m_7", "back"), postback("m_8", "Main Street 1", earlier),
	} {
		s.mustDeliver(t, item)
	}
	if want := []string{"m_4", "m_6", ""}; !slices.Equal(mids, want) {
		t.Errorf("got mids %q, want %q", mids, want)
	}
}

// What was answered in an earlier round of a loop was about something else.
func TestALoopDoesNotOfferTheAnswerOfItsLastRound(t *testing.T) {
	type list struct{ Things []string }
	r := router.New()
	router.Converse(r, "list", router.Conversation[list]{
		Name: "list", Start: "thing", Back: []string{"back"},
		States: router.States[list]{"thing": {
			Prompt: send.Text("What?"),
			Answer: func(c *bot.Context, l *list) error { l.Things = append(l.Things, c.Message()); return nil },
			Branch: []router.Edge[list]{{If: func(l list) bool { return len(l.Things) < 3 }, To: "thing"}},
			Next:   router.Done,
		}},
		Finish: func(c *bot.Context, l list) error { return c.Text(strings.Join(l.Things, ", ")) },
	})
	chat := bottest.Start(t, r)
	goOn(chat, line{"list", []string{"What?"}}, line{"milk", []string{"What?"}})
	chat.TapMenu("milk", router.ReplayPayload("list", "thing")) // of a question of before
	hears(chat, "What?")
	goOn(chat, line{"eggs", []string{"What?"}}, line{"flour", []string{"milk, eggs, flour"}})
}
