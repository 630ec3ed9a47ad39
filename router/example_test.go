package router_test

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// talk runs a bot and plays a person to it: "hello" is typed, "[PAYLOAD]" is a tap, and "❤" a reaction. It prints
// what the bot sends.
func talk(h bot.Handler, lines ...string) {
	s, stop := newHarness(h)
	if s == nil {
		fmt.Println(stop())
		return
	}
	read := 0
	for i, line := range lines {
		mid := fmt.Sprintf("m_%d", i)
		item := text(mid, line)
		switch {
		case line == "❤":
			item = reaction
		case strings.HasPrefix(line, "["):
			item = postback(mid, "a button", strings.Trim(line, "[]"))
		}
		fmt.Println(">", line)
		if err := s.deliver(item); err != nil {
			fmt.Println(err)
		}
		sent := s.sent()
		for _, answer := range sent[read:] {
			fmt.Println("<", answer)
		}
		read = len(sent)
	}
	if err := stop(); err != nil {
		fmt.Println(err)
	}
}

func ExampleRouter() {
	r := router.New()
	r.Text("hello", func(c *bot.Context) error {
		return c.Send(send.Text("What would you like?").WithQuickReplies(send.Reply("Apple pie", "ADD:apple pie")))
	})
	r.Payload("ADD:{item}", func(c *bot.Context) error { return c.Text("One " + c.Param("item") + ", coming up!") })
	r.Fallback(func(c *bot.Context) error { return c.Text("Say hello.") })

	talk(r, "Hi there", "HELLO", "[ADD:apple pie]")
	// Output:
	// > Hi there
	// < Say hello.
	// > HELLO
	// < What would you like?
	// > [ADD:apple pie]
	// < One apple pie, coming up!
}

func ExampleRouter_Payload() {
	r := router.New()
	r.Payload("ADD:{sku}", func(c *bot.Context) error { return c.Text("added " + c.Param("sku")) })
	r.Payload("ADD:{sku}:{count}", func(c *bot.Context) error {
		return c.Text("added " + c.Param("count") + " of " + c.Param("sku"))
	})
	r.Payload("ADD:nothing", func(c *bot.Context) error { return c.Text("as you like") })

	talk(r, "[ADD:42]", "[ADD:42:3]", "[ADD:nothing]")
	// Output:
	// > [ADD:42]
	// < added 42
	// > [ADD:42:3]
	// < added 3 of 42
	// > [ADD:nothing]
	// < as you like
}

func ExampleRouter_Match() {
	r := router.New()
	r.Match(regexp.MustCompile(`(?i)order #?(\d+)`), func(c *bot.Context) error {
		return c.Text("I am looking for order " + c.Param("1"))
	})
	r.Match(regexp.MustCompile(`(?i)in (?P<city>\pL+)`), func(c *bot.Context) error {
		return c.Text("We have a café in " + c.Param("city"))
	})

	talk(r, "Where is my order #17?", "Are you in København too?")
	// Output:
	// > Where is my order #17?
	// < I am looking for order 17
	// > Are you in København too?
	// < We have a café in København
}

func ExampleOn() {
	r := router.New()
	router.On(r, func(c *bot.Context, e *webhook.Reaction) error {
		if e.Removed() {
			return nil
		}
		return c.Text("Thanks for the " + e.Emoji)
	})

	talk(r, "❤")
	// Output:
	// > ❤
	// < Thanks for the ❤
}

func ExampleRouter_Group() {
	membersOnly := func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			if c.Param("member") == "0" {
				return c.Text("Please sign up first.")
			}
			return next.Handle(c)
		})
	}
	r := router.New()
	r.Text("hello", func(c *bot.Context) error { return c.Text("Hi!") })
	members := r.Group(membersOnly)
	members.Payload("PAY:{member}", func(c *bot.Context) error {
		return c.Text("Thanks, number " + c.Param("member"))
	})

	talk(r, "hello", "[PAY:0]", "[PAY:12]")
	// Output:
	// > hello
	// < Hi!
	// > [PAY:0]
	// < Please sign up first.
	// > [PAY:12]
	// < Thanks, number 12
}

func ExampleRouter_Use() {
	r := router.New()
	r.Use(router.Recover, router.Seen, router.Typing)
	r.Text("hello", func(c *bot.Context) error { return c.Text("Hi!") })

	talk(r, "hello", "no route, no answer")
	// Output:
	// > hello
	// < (mark_seen)
	// < (typing_on)
	// < Hi!
	// > no route, no answer
}
