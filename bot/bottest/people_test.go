package bottest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// People have windows, sessions, quick replies and failures of their own, and one clock.
func TestPeople(t *testing.T) {
	name := session.NewKey[string]("name")
	ana := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		known, err := name.Get(c.Session())
		return errors.Join(err, name.Set(c.Session(), c.Message()), c.QuickReplies("I knew "+known, "More"))
	}))
	ben := ana.Person("Ben")
	ana.Say("Ana")
	ben.ExpectNothing()
	ben.Say("Ben")
	ana.Expect("I knew ", "More")
	ben.Expect("I knew ", "More")
	ana.Tap("More") // still the last of her messages
	ana.Expect("I knew Ana", "More")
	ben.Fail(551, 1545041)
	ana.Say("again")
	ana.Expect("I knew More", "More")
	ben.Say("again")
	ben.ExpectRefused(send.ErrUnreachable)
	ben.ExpectNothing()
	ana.ExpectNothing()

	if again := ana.Person("Ben"); again.PSID() != ben.PSID() {
		t.Errorf("Ben is %s and then %s", ben.PSID(), again.PSID())
	}
	cleo := ben.Person("Cleo")
	psids := []send.PSID{ana.PSID(), ben.PSID(), cleo.PSID()}
	want := []send.PSID{bottest.PersonID, "7100000000000002", "7100000000000003"}
	if !slices.Equal(psids, want) {
		t.Errorf("PSIDs %v, want %v", psids, want)
	}
	began := ana.Now()
	cleo.Advance(time.Minute)
	if passed := ben.Now().Sub(began); passed != time.Minute {
		t.Errorf("%s have passed for Ben, want a minute", passed)
	}
}

// What is said to several people at once stands in the order of the people, whoever's handler was faster.
func TestPeopleTogether(t *testing.T) {
	ana := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.Text("you: "+c.Message()), c.Text("anything else?"))
	}))
	ben, cleo := ana.Person("Ben"), ana.Person("Cleo")
	ana.Together(func() {
		cleo.Say("c")
		ben.Say("b")
		ana.Say("a")
	})
	want := "# at once:\nCleo> c\nBen> b\n> a\n" +
		"< you: a\n< anything else?\nBen< you: b\nBen< anything else?\nCleo< you: c\nCleo< anything else?\n"
	if got := ben.Transcript(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	ben.Redeliver() // all three
	cleo.Expect("you: c")
	cleo.Expect("anything else?")
	cleo.ExpectNothing()
}

// A failure shows everybody's talk, and whose line is wrong.
func TestPeopleFail(t *testing.T) {
	_, words := failure(t, func(tb testing.TB) {
		tb.Helper()
		chat := start(tb)
		ben := chat.Person("Ben")
		chat.Say("hi")
		ben.Say("ho")
		chat.Say("hey")
		ben.Expect("you: hi")
	})
	const want = "\t  > hi\n\t  < you: hi\n\t  Ben> ho\n\t- Ben< you: hi\n\t+ Ben< you: ho\n\t  > hey\n\t  < you: hey"
	if !strings.Contains(words, want) {
		t.Errorf("it says\n%s\nwant\n%s", words, want)
	}
}

// An event that names another person is that person's. The test need not have named them.
func TestEventOfAnother(t *testing.T) {
	chat := start(t)
	chat.Send(map[string]any{
		"sender": map[string]any{"id": "7100000000000042"}, "message": map[string]any{"text": "hi"},
	})
	chat.ExpectNothing()
	other := chat.Person("person7100000000000042")
	other.Expect("you: hi")
	other.Redeliver()
	other.ExpectNothing()
}
