package bottest

import (
	"strconv"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// Who talks to the bot.
const (
	// PersonID is the PSID of the person of [Start].
	PersonID = "7100000000000001"
	// PersonPhone is the phone number that a person gives who taps a quick reply of [send.AskPhone].
	PersonPhone = script.PersonPhone
	// PersonEmail is the e-mail address that a person gives who taps a quick reply of [send.AskEmail].
	PersonEmail = script.PersonEmail
)

// firstPersonID is the PSID of the first person that [Chat.Person] adds; those of later ones follow.
const firstPersonID = 7100000000000002

// Chat is a person who talks to a bot in a test. The bot is real, from the signed webhook body to the calls
// of the Graph API, which are answered by [sendtest.Graph] without a socket. Bot, sessions, windows,
// reminders and Graph share one clock, which stands still until [Chat.Advance]. The bot's inbox and store
// outlive it: see [Chat.Restart].
//
// A Chat belongs to the goroutine of its test, and with it those of other people with the same bot.
type Chat struct {
	*stage

	who *person
}

// person is one who talks to the bot.
type person struct {
	name string // in the transcript; empty for the first
	psid string

	heard    []heard // what the bot did for this person
	read     int     // how much of it was expected
	cards    int     // how many cards of the next message were expected
	answered int     // how much of it there was when the person last said or tapped something
	body     []byte  // of the last webhook request that brought something of this person
}

// Start starts a bot that answers with h, for a person who has not written yet, on Messenger. Each adjust may
// change its configuration, except for Inbox, Now, Token and AppSecrets, which are the chat's own. The clock
// starts on Monday, 2 November 2026, at 9:00 UTC. The bot stops when the test ends. A test fails that ends
// with a dead letter which it did not expect, or before a handler that failed was tried again.
func Start(tb testing.TB, h bot.Handler, adjust ...func(*bot.Config)) *Chat {
	tb.Helper()
	s := newStage(tb, adjust)
	first := &person{psid: PersonID}
	s.people = []*person{first}
	s.handler = h
	s.startBot()
	tb.Cleanup(func() {
		s.stopBot()
		if letter, ok := s.inbox.dead.read("", s.isRefusal); ok && !tb.Failed() {
			tb.Errorf("an event became a dead letter, and the test does not expect it "+
				"(see ExpectDeadLetter): %s%s", letter.Cause, s.log.shown())
		}
		if err := s.inbox.waiting(); err != nil && !tb.Failed() {
			tb.Errorf("the test ends while a failed handler waits for its next try, which comes when "+
				"the clock moves (see Advance): %v%s", err, s.log.shown())
		}
	})
	return &Chat{s, first}
}

// Person returns the chat of another person with the same bot. The name is for the transcript; each has a
// PSID of their own. A name that is known already stands for the same person.
func (c *Chat) Person(name string) *Chat {
	c.t.Helper()
	if !script.IsName(name) {
		c.t.Fatalf("bottest: %q is no name: want a letter, then letters, digits, _ and -", name)
	}
	for _, p := range c.people {
		if p.name == name {
			return &Chat{c.stage, p}
		}
	}
	p := &person{name: name, psid: strconv.Itoa(firstPersonID + len(c.people) - 1)}
	c.people = append(c.people, p)
	return &Chat{c.stage, p}
}

// PSID returns the page-scoped ID of the person.
func (c *Chat) PSID() send.PSID { return send.PSID(c.who.psid) }

// Bot returns the bot that runs now, for what it does without being asked: [bot.Bot.Thread], [bot.Bot.Emit].
// After [Chat.Advance] with no time at all it has handled what it was given.
func (c *Chat) Bot() *bot.Bot { return c.bot }

// Graph returns the Graph API that the bot calls, to set what only Meta knows, such as the utility templates
// that it has approved: see [sendtest.Graph.Change].
func (c *Chat) Graph() *sendtest.Graph { return c.graph }

// Now returns the time of the clock.
func (c *Chat) Now() time.Time { return c.clock() }

// Advance moves the clock of bot, store and Graph API. What becomes due on the way is handled at its own
// time: a reminder that is due after ten minutes sees ten minutes past, also where the clock moves by a day.
// So are the tries of a handler that failed. Advance returns when everything is handled.
func (c *Chat) Advance(d time.Duration) {
	c.t.Helper()
	c.apart("Advance")
	if d < 0 {
		c.t.Fatalf("bottest: Advance by %s: the clock does not go back", d)
	}
	if d > 0 {
		c.note(script.Line{Mark: '+', Passes: d}.String())
	}
	c.advance(d)
}

// Fail makes the next message of the bot to this person fail with Meta's code and subcode, such as 551 and
// 1545041. Typing indicators and seen marks before it go through.
func (c *Chat) Fail(code, subcode int) {
	c.FailWith(sendtest.Failure{Code: code, Subcode: subcode})
}

// FailWith makes the next message of the bot to this person fail as f says, or the next call that f.Match
// chooses. Failures queue up, one for each message.
func (c *Chat) FailWith(f sendtest.Failure) {
	c.note(failLine(c.who.name, f))
	if f.Match == nil {
		psid := c.who.psid
		f.Match = func(call sendtest.Call) bool {
			return call.Action == "" && (call.Recipient == psid || call.Recipient == "")
		}
	}
	c.graph.FailWith(f)
}

// Restart stops the bot in order and starts it anew on the same inbox and the same store, as a deployment
// does whose inbox is durable: with another handler, if one is given. What the bot had yet to do, such as a
// reminder or the next try of a failed handler, the new one does; what the old one had in the memory of its
// process is gone. The rest of the configuration, with what [Start] was given to change in it, stays.
func (c *Chat) Restart(h ...bot.Handler) {
	c.t.Helper()
	c.apart("Restart")
	if len(h) > 1 {
		c.t.Fatal("bottest: Restart with more than one handler")
	}
	if len(h) == 1 {
		c.handler = h[0]
	}
	c.note(restartLine)
	c.stopBot()
	c.startBot()
	c.settle()
}
