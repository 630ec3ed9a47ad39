package bottest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
)

// A test talks to the bot as a person does. This one is called from an Example, so t is a stand-in; in a test it is the
// *testing.T.
func Example() {
	order := bot.HandlerFunc(func(c *bot.Context) error {
		if c.Payload() != "" {
			return c.Text(c.Payload() + " it is.")
		}
		return c.QuickReplies("Which size?", "Small", "Large")
	})
	testOrder := func(t testing.TB) { //nolint:thelper // it stands for a test
		chat := bottest.Start(t, order)
		chat.Say("pizza")
		chat.Expect("Which size?", "Small", "Large")
		chat.Tap("Large")          // fails if "Large" was not offered
		chat.Expect("Huge it is.") // it has not said that
	}
	run(testOrder)
	// Output:
	// the talk so far (- expected, + said):
	// 	  > pizza
	// 	  < Which size?  [Small] [Large]
	// 	  > [Large]
	// 	- < Huge it is.
	// 	+ < Large it is.
}

// A transcript is a chat script: it tells of a talk, and plays it again.
func ExampleChat_Transcript() {
	greet := bot.HandlerFunc(func(c *bot.Context) error {
		return c.QuickReplies("Hello! Which size?", "Small", "Large")
	})
	run(func(t testing.TB) { //nolint:thelper // it stands for a test
		chat := bottest.Start(t, greet)
		ben := chat.Person("Ben")
		chat.Say("hi")
		chat.Advance(25 * time.Hour)
		ben.Fail(551, 1545041)
		ben.Say("hi")
		fmt.Print(chat.Transcript())
	})
	// Output:
	// > hi
	// < Hello! Which size?  [Small] [Large]
	// + 25h
	// Ben+ (fail) 551/1545041
	// Ben> hi
	// Ben! unreachable
}

// standIn is a test that prints its failure.
type standIn struct {
	*recorder
}

func (standIn) Context() context.Context { return context.Background() }

// run runs a test and prints why it failed.
func run(test func(testing.TB)) {
	t := standIn{new(recorder)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(t)
	}()
	<-done
	for _, clean := range t.clean {
		clean()
	}
	fmt.Println(t.words.String())
}
