package pizzeria

import (
	"testing"
	"time"

	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// Of two taps at once the first is the answer; the second is on what is no longer asked about.
func TestTwoTapsAtOnce(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byPickup, "pizza")
	chat.Together(func() {
		chat.Tap("Diavola")
		chat.Tap("Funghi")
	})
	chat.Expect("Which size?", "Small", "Medium", "Large")
	chat.Expect("Which size?", "Small", "Medium", "Large")
	chat.ExpectNothing()
	chat.Together(func() {
		chat.Tap("Large")
		chat.Tap("Small")
	})
	chat.Expect("How many of them?", "1", "2", "3")
	chat.Expect("How many of them?", "1", "2", "3")
	goOn(chat, byPickup, "count") // to a large Diavola
}

// The second tap on what ends an order finds it ended.
func TestTwoTapsAtTheEnd(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byPickup, "confirm")
	chat.Together(func() {
		chat.Tap("Yes")
		chat.Tap("No")
	})
	chat.Expect("image: " + pictures + "oven.png")
	chat.ExpectCard("1 × Diavola, Large", "Order again")
	chat.Expect("It is in the oven! We call you when it is ready.")
	chat.Expect(welcome, "Order a pizza", "Opening hours")
	chat.ExpectNothing()
}

// An answer that Meta delivers again is taken once, in every state and by another process too.
func TestAnswerRedelivered(t *testing.T) {
	for _, path := range [][]step{byDelivery, byPickup} {
		chat := bottest.Start(t, Routes())
		chat.Say("pizza")
		chat.Redeliver()
		for _, s := range path {
			chat.Expect(s.question, s.offered...)
			if s.answer != "" {
				s.take(chat)
				chat.Redeliver()
				chat.Restart()
				chat.Redeliver()
			}
		}
		chat.ExpectNothing()
	}
}

// A tap on what an earlier question offered changes nothing, and brings the question of now once more.
func TestTapOnAButtonThreeStatesOld(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byPickup, "way")
	chat.Tap("Funghi")
	chat.Expect("Delivery or pickup?", "Delivery", "Pickup")
	chat.ExpectNothing()
	goOn(chat, byPickup, "way") // to a Diavola
	chat.Tap("Funghi")
	chat.Expect(welcome, "Order a pizza", "Opening hours")
}

// An answer after the time-out is no answer any more, but any other message.
func TestAnswerAfterTheTimeout(t *testing.T) {
	for _, path := range [][]step{byDelivery, byPickup} {
		for _, s := range path {
			if s.state == "" {
				continue
			}
			chat := bottest.Start(t, Routes())
			walk(chat, path, s.state)
			chat.Advance(time.Hour)
			chat.Expect("The oven is still hot! Where were we?")
			chat.Expect(s.question, s.offered...)
			chat.Expect("I have put your order aside. Whenever you are hungry again:", "Order a pizza")
			chat.Say(s.answer) // its quick replies are gone
			chat.Expect(welcome, "Order a pizza", "Opening hours")
			chat.ExpectNothing()
		}
	}
}

// A reminder after the messaging window has closed does not go out; the order waits.
func TestReminderAfterTheWindow(t *testing.T) {
	chat := bottest.Start(t, release(func(o *router.Conversation[Order], _ *router.Conversation[Address]) {
		o.Remind = []router.Reminder[Order]{{After: 25 * time.Hour, Say: send.Text("Still hungry?")}}
		o.Timeout = 48 * time.Hour
	}))
	walk(chat, byPickup, "way")
	chat.Advance(26 * time.Hour)
	chat.ExpectRefused(send.ErrOutsideWindow)
	chat.ExpectNothing()
	goOn(chat, byPickup, "way")
}

// So does the word of a time-out, but the order is over all the same.
func TestTimeoutAfterTheWindow(t *testing.T) {
	chat := bottest.Start(t, release(func(o *router.Conversation[Order], _ *router.Conversation[Address]) {
		o.Remind, o.Timeout = nil, 25*time.Hour
	}))
	walk(chat, byPickup, "way")
	chat.Advance(25 * time.Hour)
	chat.ExpectRefused(send.ErrOutsideWindow)
	chat.Say("Pickup")
	chat.Expect(welcome, "Order a pizza", "Opening hours")
	chat.ExpectNothing()
}
