package router_test

import (
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
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
