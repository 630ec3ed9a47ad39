package bottest_test

import (
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is the bot under test.
func shop(c *bot.Context) error {
	switch c.Input() {
	case "pizza":
		return errors.Join(c.Typing(), c.QuickReplies("Which size?", "Small", "Large"))
	case "Large":
		return errors.Join(c.Text("A large one."), c.Text("Anything else?"))
	case "menu":
		return c.Buttons("Look around:", send.Postback("Order", "ORDER"), send.Link("Site", "https://a.example"))
	case "cards":
		return c.Carousel(
			send.Element{Title: "One", Subtitle: "first", Buttons: []send.Button{send.Postback("Take one", "ONE")}},
			send.Element{Title: "Two", Subtitle: "second", Buttons: []send.Button{send.Postback("Take two", "TWO")}},
		)
	case "cakes":
		return c.Send(send.Carousel(
			send.Element{Title: "Apple pie", Buttons: []send.Button{send.Postback("Order", "PIE")}},
			send.Element{Title: "Cheesecake", Buttons: []send.Button{send.Postback("Order", "CHEESE")}},
		).WithAnswers("None"))
	case "typing":
		return errors.Join(c.Text("wait"), c.Typing())
	case "media":
		return c.Send(send.MediaCard(send.MediaElement{
			MediaType: "image", URL: "https://www.facebook.com/photo?fbid=1", Buttons: []send.Button{send.Postback("Buy", "BUY")},
		}))
	case "login":
		return c.Buttons("Please:", send.LogIn("https://a.example/login"))
	case "picture":
		return c.Image("https://a.example/pizza.png")
	case "email":
		return c.Send(send.Text("Where to?").WithQuickReplies(send.AskEmail(), send.AskPhone()))
	case "sizes and more":
		return errors.Join(c.QuickReplies("Which size?", "Small"), c.Text("Take your time."))
	case "nothing":
		return errors.Join(c.MarkSeen(), c.Typing(), c.React("❤"), c.TypingOff())
	default:
		return c.Text("you: " + c.Input())
	}
}

// start starts a chat with the shop.
func start(tb testing.TB) *bottest.Chat {
	tb.Helper()
	return bottest.Start(tb, bot.HandlerFunc(shop))
}

func TestChat(t *testing.T) {
	chat := start(t)
	chat.ExpectNothing()
	chat.Say("pizza")
	chat.Expect("Which size?", "Small", "Large")
	chat.Tap("Large")
	chat.Expect("A large one.")
	chat.Expect("Anything else?")
	chat.ExpectNothing()

	chat.Say("menu")
	chat.Expect("Look around:", "Order", "Site")
	chat.Tap("Order")
	chat.Expect("you: ORDER")
	chat.Tap("Site") // opens a browser, and the bot hears nothing of it
	chat.ExpectNothing()

	chat.Say("cards")
	chat.Expect("One", "Take one", "Take two")
	chat.Say("hi")
	chat.Expect("you: hi")
	chat.Tap("Take two") // buttons stay
	chat.Expect("you: TWO")

	chat.Say("picture")
	chat.Expect("image: https://a.example/pizza.png")
	chat.Say("email")
	chat.Expect("Where to?", "user_email", "user_phone_number")
	chat.Tap("user_email")
	chat.Expect("you: " + bottest.PersonEmail)
	chat.Say("email")
	chat.Expect("Where to?", "user_email", "user_phone_number")
	chat.Tap("user_phone_number")
	chat.Expect("you: " + bottest.PersonPhone)
	chat.Say("nothing")
	chat.ExpectNothing()
}

func TestCards(t *testing.T) {
	chat := start(t)
	chat.Say("cards")
	chat.ExpectCard("One", "Take one")
	chat.ExpectCard("Two", "Take two")
	chat.ExpectNothing()

	chat.Say("cakes")
	chat.ExpectCard("Apple pie", "Order")
	chat.ExpectCard("Cheesecake", "Order", "None") // the quick replies come last
	chat.TapCard("Cheesecake", "Order")
	chat.Expect("you: CHEESE")
	chat.TapCard("Apple pie", "Order")
	chat.Expect("you: PIE")
	chat.Say("cakes")
	chat.Tap("None")
	chat.Expect("Apple pie", "Order", "Order", "None")
	chat.Expect("you: None")
}

func TestTyping(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.MarkSeen(), c.Typing(), c.Text("one"), c.Typing(), c.Text("two"), c.Typing())
	}))
	chat.Say("hi")
	chat.ExpectTyping()
	chat.Expect("one")
	chat.ExpectTyping()
	chat.Expect("two")
	chat.ExpectTyping()
	chat.ExpectNothing()
	chat.Say("hi")
	chat.Expect("one") // who does not care for the typing indicator does not mention it
	chat.Expect("two")
	chat.ExpectNothing()
}

func TestBotWritesFirst(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(shop))
	chat.Say("hi")
	chat.Expect("you: hi")
	for restarted := range 2 {
		if restarted == 1 {
			chat.Restart()
		}
		thread, err := chat.Bot().Thread(t.Context(), bottest.PageID, chat.PSID())
		if err != nil {
			t.Fatal(err)
		}
		if err := thread.Text("Your order is on its way."); err != nil {
			t.Fatal(err)
		}
		chat.Expect("Your order is on its way.")
	}
}
