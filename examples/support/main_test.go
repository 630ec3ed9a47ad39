package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
)

const greeting = "How can I help? You can also write colleague, at any time."

var buttons = []string{"Where is my order?", "May I return it?", "Report a problem"}

func TestScripts(t *testing.T) { bottest.Scripts(t, routes(), "testdata/*.chat", configure) }

// withoutRouting refuses to pass a thread on, as Meta does for a Page that has no conversation routing.
func withoutRouting(cfg *bot.Config) {
	cfg.Outgoing = append(cfg.Outgoing, func(next send.Handler) send.Handler {
		return func(ctx context.Context, call *send.Outgoing) error {
			if strings.HasSuffix(call.Path, "/pass_thread_control") {
				return &send.Error{Status: http.StatusBadRequest, Code: 100}
			}
			return next(ctx, call)
		}
	})
}

// Where a thread cannot be passed on, the bot keeps it, and promises no more than a colleague.
func TestWithoutRouting(t *testing.T) {
	chat := bottest.Start(t, routes(), configure, withoutRouting)
	chat.Say("colleague")
	chat.Expect("I'll get a colleague, who answers you right here.")
	chat.Say("hello?")
	chat.Expect("A colleague is on the way.", "Help")
	chat.Advance(15 * time.Minute)
	chat.Say("hello?")
	chat.Expect(greeting, buttons...)
	chat.ExpectNothing()
}

// Whoever asks for a colleague is passed to the Page's inbox. The bot is silent, also when it is started anew,
// until the inbox passes them back.
func TestPassedToAColleague(t *testing.T) {
	chat := bottest.Start(t, routes(), configure)
	chat.Say("colleague")
	chat.Expect("I'll get a colleague, who answers you right here.")
	chat.Say("is anybody there?")
	chat.Restart()
	chat.Advance(time.Hour)
	chat.Say("hello?")
	thread, err := chat.Bot().Thread(t.Context(), bottest.PageID, chat.PSID())
	if err != nil {
		t.Fatal(err)
	}
	if err := thread.Text("Hi"); !errors.Is(err, bot.ErrNotOwner) {
		t.Errorf("a message of the bot meanwhile: %v, want ErrNotOwner", err)
	}
	chat.ExpectRefused(bot.ErrNotOwner)
	chat.ExpectNothing()

	chat.Advance(time.Second)
	chat.HandBack()
	chat.Expect("I am back. Is there anything else?", "Help")
	chat.Tap("Help")
	chat.Expect(greeting, buttons...)
	chat.ExpectNothing()
}

// A colleague who takes the thread in the middle of a ticket and passes it back leaves the ticket where it was.
func TestTakenInTheMiddleOfATicket(t *testing.T) {
	chat := bottest.Start(t, routes())
	chat.Say("problem")
	chat.Expect("Which order is it about? I need its number.")
	chat.TakeOver()
	chat.Advance(time.Minute)
	chat.Say("204711")
	chat.ExpectNothing()
	chat.HandBack()
	chat.Expect("I am back. Let us go on where we were.")
	chat.Say("204711")
	chat.Expect("What is wrong?")
	chat.ExpectNothing()
}

// Each question bounds its refusals by itself, and an answer that is taken wipes them out.
func TestAttemptsBeginAnew(t *testing.T) {
	chat := bottest.Start(t, routes(), configure)
	refuse := func(hint, question string, offered ...string) {
		t.Helper()
		for range 2 {
			chat.SendLocation(59.9, 10.7)
			chat.Expect(hint)
			chat.Expect(question, offered...)
		}
	}
	chat.Say("problem")
	chat.Expect("Which order is it about? I need its number.")
	refuse("The number has six digits and stands at the top of the invoice.", "Which order is it about? I need its number.")
	chat.Say("204711")
	chat.Expect("What is wrong?")
	refuse("Please answer in words.", "What is wrong?")
	chat.Say("It is blue.")
	chat.Expect("Can you send a picture of it?", "No picture")
	refuse("Please send a picture.", "Can you send a picture of it?", "No picture")
	chat.Say("no")
	chat.Expect("Where may we write to?", "user_email")
	refuse("Please send an e-mail address, such as name@example.com.", "Where may we write to?", "user_email")
	chat.SendLocation(59.9, 10.7)
	chat.Expect("I'll get a colleague, who answers you right here.")
	chat.ExpectNothing()
}

// The bot is silent towards the person whom a colleague answers, and towards nobody else, also when it is
// started anew.
func TestColleague(t *testing.T) {
	ada := bottest.Start(t, routes(), configure)
	ben := ada.Person("Ben")
	ada.Say("hello")
	ada.Expect(greeting, buttons...)
	ada.HumanSays("Hello Ada!")
	ada.Tap("Where is my order?")
	ada.React("❤")
	ada.Restart()
	ada.Say("hello?")
	ada.ExpectNothing()
	ben.Say("hello")
	ben.Expect(greeting, buttons...)
	ada.Advance(30 * time.Minute)
	ada.ExpectNothing() // what was said meanwhile was said to the colleague
	ada.Tap("Where is my order?")
	ada.Expect("What was ordered before noon leaves us on the same day, and is two days on its way.")
	ada.ExpectNothing()
}

func TestTimeoutIsSilent(t *testing.T) {
	chat := bottest.Start(t, routes(), configure)
	chat.Say("problem")
	chat.Expect("Which order is it about? I need its number.")
	chat.Advance(time.Hour)
	chat.ExpectNothing()
	chat.Say("204711")
	chat.Expect(greeting, buttons...)
	chat.ExpectNothing()
}

func TestBackAndCancel(t *testing.T) {
	chat := bottest.Start(t, routes(), configure)
	chat.Say("problem")
	chat.Expect("Which order is it about? I need its number.")
	chat.Say("#204711")
	chat.Expect("What is wrong?")
	chat.Say("back")
	chat.Expect("Which order is it about? I need its number.", "#204711")
	chat.Tap("#204711")
	chat.Expect("What is wrong?")
	chat.Say("cancel")
	chat.Expect("Never mind. I am here if you need me.")
	chat.TapMenu("Warranty", "ABOUT:warranty") // nobody knows it any more
	chat.Expect(greeting, buttons...)
	chat.TapMenu("Talk to us", "COLLEAGUE")
	chat.Expect("I'll get a colleague, who answers you right here.")
	chat.ExpectNothing()
}
