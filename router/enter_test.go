package router_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

func TestEnterWithBeginsWithWhatIsKnown(t *testing.T) {
	chat := bottest.Start(t, pizzeria())
	chat.TapMenu("Large", "LARGE")
	expectSize(chat)
	chat.Say("cancel")
	chat.Expect("Cancelled: Large from the card///")
}

func TestEnterFailsClearly(t *testing.T) {
	tests := map[string]struct {
		enter func(c *bot.Context) error
		want  string
	}{
		"unknown": {
			func(c *bot.Context) error { return router.Enter(c, "pasta") },
			`router: there is no conversation "pasta"`,
		},
		"other data": {
			func(c *bot.Context) error { return router.EnterWith(c, "pizza", []int{1}) },
			`router: conversation "pizza": its data is a router_test.order, not a []int`,
		},
		"other data that JSON would take": {
			func(c *bot.Context) error {
				return router.EnterWith(c, "pizza", address{Street: "Main Street 1"})
			},
			`router: conversation "pizza": its data is a router_test.order, not a router_test.address`,
		},
		"data that JSON does not take": {
			func(c *bot.Context) error { return router.EnterWith(c, "pizza", func() {}) },
			`router: conversation "pizza": the data cannot be stored`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := pizzeria()
			var got error
			r.Text("try", func(c *bot.Context) error {
				got = test.enter(c)
				return c.Text("tried")
			})
			chat := bottest.Start(t, r)
			chat.Say("try")
			chat.Expect("tried")
			if got == nil || !strings.Contains(got.Error(), test.want) {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

func TestConversationsOutsideOfARouter(t *testing.T) {
	var got error
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		router.Leave(c) // does nothing
		got = router.Enter(c, "pizza")
		return nil
	}))
	chat.Say("pizza")
	if got == nil || got.Error() != "router: this context comes from no router" {
		t.Errorf("got %v", got)
	}
}

func TestAnAnswerThatLeavesIsNotAskedForAgain(t *testing.T) {
	for name, err := range map[string]error{"taken": nil, "refused": router.Refuse("Unheard.")} {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, pizzeria(func(conversation *router.Conversation[order]) {
				size := conversation.States["size"]
				size.Answer = func(c *bot.Context, _ *order) error {
					router.Leave(c)
					if sent := c.Text("Bye."); sent != nil {
						return sent
					}
					return err
				}
				conversation.States["size"] = size
			}))
			chat.Say("pizza")
			expectSize(chat)
			chat.Say("Large")
			chat.Expect("Bye.")
			if err != nil {
				chat.Expect("Unheard.")
			}
			chat.ExpectNothing()
			chat.Say("Large")
			chat.Expect("Pardon?")
		})
	}
}

// offered is a bot that offers a pizza of its own accord.
func offered(change ...func(*router.Conversation[order])) *router.Router {
	r := pizzeria(change...)
	router.Converse(r, "chat", router.Conversation[address]{
		Name: "chat", Start: "city",
		States: router.States[address]{"city": {
			Prompt: send.Text("Where are you?"), Next: router.Done,
			Answer: func(c *bot.Context, a *address) error { a.City = c.Message(); return nil },
		}},
		Finish: func(c *bot.Context, a address) error { return c.Text("Nice, " + a.City) },
		Remind: []router.Reminder[address]{{After: 30 * time.Minute, Say: send.Text("Well?")}},
	})
	offer := func(c *bot.Context) error {
		_ = router.Enter(c, "pizza")
		return nil
	}
	r.Custom("offer", offer)
	r.Payload("OFFER", offer)
	r.Custom("insist", func(c *bot.Context) error { return router.Enter(c, "pizza") })
	return r
}

func emit(t *testing.T, chat *bottest.Chat, name string) {
	t.Helper()
	if _, err := chat.Bot().Emit(t.Context(), bottest.PageID, chat.PSID(), name, chat.Now(), nil); err != nil {
		t.Fatal(err)
	}
	chat.Advance(0)
}

func TestEnterWhoseQuestionDoesNotGoOutLeavesThePersonWhereTheyWere(t *testing.T) {
	t.Run("in no conversation", func(t *testing.T) {
		chat := bottest.Start(t, offered(patient))
		chat.Say("hi")
		chat.Expect("Pardon?")
		chat.Advance(25 * time.Hour)
		emit(t, chat, "offer")
		chat.ExpectRefused(send.ErrOutsideWindow)
		chat.Advance(48 * time.Hour) // no reminder either
		goOn(chat, line{"hi", []string{"Pardon?"}})
	})
	t.Run("in another conversation, as they tap", func(t *testing.T) {
		chat := bottest.Start(t, offered(patient))
		goOn(chat, line{"chat", []string{"Where are you?"}})
		chat.Advance(20 * time.Minute)
		chat.Fail(100, 0)
		chat.TapMenu("Offer", "OFFER")
		chat.ExpectRefused(send.ErrInvalid)
		hears(chat)
		chat.Advance(10 * time.Minute) // its time has gone on
		hears(chat, "Well?", "Where are you?")
		goOn(chat, line{"Oslo", []string{"Nice, Oslo"}})
	})
	t.Run("in another conversation, of its own accord, and says nothing of it", func(t *testing.T) {
		chat := bottest.Start(t, offered(patient))
		goOn(chat, line{"chat", []string{"Where are you?"}})
		chat.Advance(20 * time.Minute)
		chat.Fail(100, 0)
		emit(t, chat, "offer")
		chat.ExpectRefused(send.ErrInvalid)
		chat.Advance(10 * time.Minute)
		hears(chat, "Well?", "Where are you?")
		goOn(chat, line{"Oslo", []string{"Nice, Oslo"}})
	})
	t.Run("in another conversation, of its own accord", func(t *testing.T) {
		chat := bottest.Start(t, offered(patient))
		goOn(chat, line{"chat", []string{"Where are you?"}})
		chat.Advance(30 * time.Minute)
		hears(chat, "Well?", "Where are you?")
		chat.Advance(24 * time.Hour)
		emit(t, chat, "insist")
		chat.ExpectRefused(send.ErrOutsideWindow)
		goOn(chat, line{"Oslo", []string{"Nice, Oslo"}})
	})
	t.Run("which the question itself leaves", func(t *testing.T) {
		chat := bottest.Start(t, offered(func(conversation *router.Conversation[order]) {
			size := conversation.States["size"]
			size.Prompt, size.Ask = send.Message{}, func(c *bot.Context, _ order) (send.Message, error) {
				router.Leave(c)
				return send.Message{}, errors.New("sold out")
			}
			conversation.States["size"] = size
		}))
		goOn(chat, line{"chat", []string{"Where are you?"}})
		chat.TapMenu("Offer", "OFFER")
		goOn(chat, line{"Oslo", []string{"Pardon?"}})
	})
}
