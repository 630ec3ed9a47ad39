package bottest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
)

// till is a handler that fails for good at one word, for now at another, and else says what Meta may refuse.
func till(c *bot.Context) error {
	switch c.Message() {
	case "pay":
		return bot.Permanent(errors.New("the till is closed"))
	case "wait":
		return errors.New("the till is slow")
	}
	return c.Text("you: " + c.Message())
}

func TestDeadLettersAreNoticed(t *testing.T) {
	tests := map[string]struct {
		talk func(*bottest.Chat)
		want string // empty: the test passes
	}{
		"expected": {
			func(c *bottest.Chat) { c.Say("pay"); c.ExpectDeadLetter("till"); c.ExpectNothing() }, "",
		},
		"not expected": {
			func(c *bottest.Chat) { c.Say("pay"); c.ExpectNothing() }, "an event became a dead letter: the till is closed",
		},
		"not looked for": {
			func(c *bottest.Chat) { c.Say("pay") }, "the test does not expect it (see ExpectDeadLetter): the till is closed",
		},
		"of another person": {
			func(c *bottest.Chat) { c.Person("Ben").Say("pay"); c.ExpectNothing(); c.ExpectDeadLetter("till") },
			"no event became a dead letter",
		},
		"of another cause": {
			func(c *bottest.Chat) { c.Say("pay"); c.ExpectDeadLetter("oven") },
			`with the cause "the till is closed", which does not contain "oven"`,
		},
		"none": {
			func(c *bottest.Chat) { c.Say("hi"); c.Expect("you: hi"); c.ExpectDeadLetter("") }, "no event became a dead letter",
		},
		"not yet one": {
			func(c *bottest.Chat) { c.Say("wait"); c.ExpectNothing() },
			"a failed handler waits for its next try, which comes when the clock moves (see Advance): the till is slow",
		},
		"of a refused message": {
			func(c *bottest.Chat) {
				c.Fail(190, 0)
				c.Say("hi")
				c.ExpectRefused(send.ErrUnauthorized)
				c.ExpectNothing()
			}, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			failed, words := failure(t, func(tb testing.TB) {
				tb.Helper()
				test.talk(bottest.Start(tb, bot.HandlerFunc(till)))
			})
			if failed != (test.want != "") || !strings.Contains(words, test.want) {
				t.Errorf("failed: %t, %q; want a failure with %q", failed, words, test.want)
			}
		})
	}
}
