package router_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// notes is what the conversations of these walks gather.
type notes struct {
	Given []string
	Parts []int
}

// last reports whether an answer was the last.
func last(answer string) func(n notes) bool {
	return func(n notes) bool { return len(n.Given) > 0 && n.Given[len(n.Given)-1] == answer }
}

func takeNote(c *bot.Context, n *notes) error {
	switch c.Input() {
	case "bad":
		return router.Refuse("no")
	case "leave":
		router.Leave(c)
		return c.Text("left")
	case "swap":
		return router.Enter(c, "whole")
	}
	n.Given = append(n.Given, c.Input())
	n.Given = n.Given[max(0, len(n.Given)-5):]
	return nil
}

func takeNotes(n *notes, part notes) error {
	n.Parts = append(n.Parts, len(part.Given))
	n.Parts = n.Parts[max(0, len(n.Parts)-3):]
	if last("no")(part) {
		return router.Refuse("not that")
	}
	return nil
}

// moodyMigrate returns a Migrate that stays, goes to the start, or fails.
func moodyMigrate(version int) func(old router.Stored) (string, notes, error) {
	return func(old router.Stored) (string, notes, error) {
		switch version % 3 {
		case 0:
			return migrating[notes](old.State)(old)
		case 1:
			return migrating[notes]("1")(old)
		default:
			return "", notes{}, errors.New("no")
		}
	}
}

// edition returns a conversation whose states are parts, or not, as the version has it.
func edition(name string, depth, version int) router.Conversation[notes] {
	says := func(words string) func(c *bot.Context, _ notes) error {
		return func(c *bot.Context, _ notes) error { return c.Text(words) }
	}
	edge := func(answer, to string) router.Edge[notes] { return router.Edge[notes]{If: last(answer), To: to} }
	c := router.Conversation[notes]{
		Name: name, Start: "1", Version: version % 2, Migrate: moodyMigrate(version),
		Attempts: 3, OnAttempts: says("attempts"), Finish: says("finished"), OnCancel: says("cancelled"),
		Timeout: 30 * time.Minute, OnTimeout: says("too late"),
		Remind: []router.Reminder[notes]{{After: 10 * time.Minute, Say: send.Text("well?")}},
		Back:   []string{"back"}, Cancel: []string{"cancel"}, Restart: []string{"restart " + name},
		States: router.States[notes]{
			"1": {
				Prompt: send.Text(name+" 1").WithAnswers("x", "y"), Answer: takeNote, Next: "2",
				Branch: []router.Edge[notes]{edge("x", "3"), edge("y", "1")},
			},
			"2": {
				Ask: func(_ *bot.Context, n notes) (send.Message, error) {
					return send.Buttons(fmt.Sprint(name, " 2: ", len(n.Given)), send.Postback("Pay", "PAY"),
						send.Postback("Quit", "QUIT")), nil
				},
				Answer: takeNote, Next: "3", Branch: []router.Edge[notes]{edge("QUIT", router.Cancelled)},
			},
			"3": {
				Prompt: send.Text(name + " 3"), Answer: takeNote, Next: router.Done,
				Branch: []router.Edge[notes]{edge("loop", "1")},
			},
		},
	}
	if depth == 0 {
		return c
	}
	part := func(name, next string) router.State[notes] {
		return router.Sub(edition(name, depth-1, version/2), takeNotes, next)
	}
	switch version % 4 {
	case 0:
		c.States["2"] = part(name+" part", "3")
	case 1:
		c.States["1"] = part(name+" part", "2")
	case 2:
		c.States["3"] = part(name+" part", router.Done)
	case 3:
		c.States["2"], c.States["3"] = part(name+" part", "3"), part(name+" other", router.Done)
	}
	return c
}

// release returns one of the programs that are deployed.
func release(version int) *router.Router {
	r := router.New()
	router.Converse(r, "go", edition("whole", 2, version))
	r.Anytime("help", func(c *bot.Context) error { return c.Text("help!") })
	r.Payload("MENU", func(c *bot.Context) error { return c.Text("menu!") })
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
	return r
}

// strike does something at random, and reports whether it wants an answer.
func strike(chat *bottest.Chat, random *rand.Rand) (answered bool) {
	words := strings.Split("a,b,x,y,bad,bad,back,back,cancel,restart whole,restart whole part,loop,help,go,no,"+
		"leave,swap,PAY,a,a,x", ",")
	switch what := random.IntN(40); {
	case what < 26:
		chat.Say(words[random.IntN(len(words))])
	case what < 28:
		chat.TapMenu("Pay", "PAY")
	case what < 29:
		chat.TapMenu("Earlier", router.ReplayPayload("whole part", "1"))
	case what < 31:
		chat.TapMenu("Menu", "MENU")
	case what < 32:
		chat.Send(map[string]any{"reaction": map[string]any{
			"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤",
		}})
		return false
	case what < 34:
		chat.Advance(time.Duration(random.IntN(40)) * time.Minute)
		return false
	case what < 36:
		chat.Restart(release(random.IntN(12)))
		return false
	case what < 37:
		chat.SendImage("https://example.com/1.png")
	default:
		chat.Say("go")
	}
	return true
}

// Whatever is deployed while people talk: what they say has an answer, and no event fails.
func TestDeploymentsAtRandom(t *testing.T) {
	seeds := uint64(20)
	if testing.Short() {
		seeds = 5
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 7))
		chat := bottest.Start(t, release(random.IntN(12)))
		for range 80 {
			before := chat.Transcript()
			answered := strike(chat, random)
			after := chat.Transcript()
			if answered && !strings.Contains("\n"+after[len(before):], "\n< ") {
				t.Fatalf("seed %d: no answer\n%s", seed, after)
			}
			if dead, err := chat.Bot().DeadLetters().List(t.Context()); err != nil || len(dead) > 0 {
				t.Fatalf("seed %d: dead letters %v, %v\n%s", seed, dead, err, after)
			}
		}
	}
}
