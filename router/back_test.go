package router_test

import (
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
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
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		conversation.States["address"] = router.Sub(addressForm(), deliverTo, "size again")
		conversation.States["size again"] = router.State[order]{
			Prompt: send.Text("Still that size?"), Answer: readSize, Next: router.Done,
		}
	}))
	chat.Say("pizza")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
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
	chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
		form := addressForm()
		form.Restart = []string{"other address"}
		conversation.States["address"] = router.Sub(form, deliverTo, router.Done)
	}))
	chat.Say("pizza")
	expectSize(chat)
	chat.Tap("Large")
	expectDelivery(chat, "Large")
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
