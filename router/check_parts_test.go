package router_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// into stores a survey that is part of another one.
func into(s *survey, inner survey) error { s.Town = inner.Town; return nil }

func TestPartsThatAreWrong(t *testing.T) {
	outer := func(inner router.State[survey]) router.Conversation[survey] {
		conversation := goodSurvey()
		conversation.Name = "outer"
		conversation.States["town"] = inner
		return conversation
	}
	with := func(change func(*router.Conversation[survey])) router.Conversation[survey] {
		conversation := goodSurvey()
		change(&conversation)
		return conversation
	}
	ofItself := goodSurvey()
	ofItself.States["town"] = router.Sub(ofItself, into, router.Done)
	mutual, other := goodSurvey(), goodSurvey()
	other.Name = "other"
	mutual.States["town"] = router.Sub(other, into, router.Done)
	other.States["town"] = router.Sub(mutual, into, router.Done)
	nameless := goodSurvey()
	nameless.Name = ""
	nameless.States["town"] = router.Sub(nameless, into, router.Done)
	asking := router.Sub(goodSurvey(), into, router.Done)
	asking.Prompt = send.Text("Where?")

	tests := map[string]struct {
		conversation router.Conversation[survey]
		want         string
	}{
		"as it should be":  {outer(router.Sub(goodSurvey(), into, router.Done)), ""},
		"without a Finish": {outer(router.Sub(with(func(c *router.Conversation[survey]) { c.Finish = nil }), into, router.Done)), ""},
		"twice":            {twice(), ""},
		"what is wrong within it": {
			outer(router.Sub(with(func(c *router.Conversation[survey]) { c.Start = "" }), into, router.Done)),
			`router: conversation "outer": state "town": conversation "survey": it has no Start: name the state that ` +
				`it begins with`,
		},
		"what is wrong in a state within it": {
			outer(router.Sub(with(func(c *router.Conversation[survey]) { c.States["name"] = asks("") }), into, router.Done)),
			`router: conversation "outer": state "town": conversation "survey": state "name": it is a dead end: Next ` +
				`is missing; where does it lead, to router.Done?`,
		},
		"no way on": {
			outer(router.Sub(goodSurvey(), into, "")),
			`router: conversation "outer": state "town": it is a dead end: Next is missing; where does it lead, to ` +
				`router.Done?`,
		},
		"nothing that stores": {
			outer(router.Sub[survey, survey](goodSurvey(), nil, router.Done)),
			`router: conversation "outer": state "town": Sub has no function that stores what the conversation has ` +
				`gathered`,
		},
		"a question beside it": {
			outer(asking),
			`router: conversation "outer": state "town": a Sub has the questions of its own conversation: leave ` +
				`Prompt, Ask and Answer out`,
		},
		"in itself": {
			ofItself,
			`router: conversation "survey": state "town": Sub makes a conversation contain itself: survey → survey; ` +
				`if these are two, name them apart`,
		},
		"in itself by another": {
			mutual,
			`router: conversation "survey": state "town": conversation "other": state "town": Sub makes a ` +
				`conversation contain itself: survey → other → survey; if these are two, name them apart`,
		},
		"in itself without a name": {
			nameless,
			`router: conversation "": state "town": Sub has a conversation without a Name` + "\n" +
				`router: conversation "": it has no Name`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := refusal(test.conversation); got != test.want {
				t.Errorf("panic %s\n want %s", got, test.want)
			}
		})
	}
}

// twice returns a conversation of which another is a part in two places: that is no circle.
func twice() router.Conversation[survey] {
	return router.Conversation[survey]{
		Name: "outer", Start: "home", Finish: noSurvey,
		States: router.States[survey]{
			"home": router.Sub(goodSurvey(), into, "work"), "work": router.Sub(goodSurvey(), into, router.Done),
		},
	}
}

func TestConversationTwice(t *testing.T) {
	r := router.New()
	router.Converse(r, "", goodSurvey())
	defer func() {
		got := fmt.Sprint(recover())
		if !strings.HasPrefix(got, `router: conversation "survey": registered already at `) ||
			!strings.Contains(got, "_test.go:") {
			t.Errorf("panic %s, want one with the place of the first registration", got)
		}
	}()
	router.Converse(r, "", goodSurvey())
}

// A tap that a literal offers must have a route when the conversation is over.
func TestCheck(t *testing.T) {
	replies := goodSurvey()
	replies.States["town"] = router.State[survey]{
		Prompt: send.Text("Where?").WithQuickReplies(send.Reply("Here", "AT:here"), send.AskEmail()),
		Answer: readTown, Next: router.Done,
	}
	buttons := goodSurvey()
	buttons.Name = "buttons"
	buttons.Remind = []router.Reminder[survey]{{
		After: time.Hour,
		Say:   send.Carousel(send.Element{Title: "Still there?", Buttons: []send.Button{send.Postback("Yes", "YES")}}),
	}}
	part := goodSurvey()
	part.Name, part.States["town"] = "whole", router.Sub(replies, into, router.Done)

	const reply = `router: conversation "survey": state "town": nothing routes a tap on "Here" (payload "AT:here") ` +
		`once the conversation is over: add a Fallback, or a Payload route`
	const button = `router: conversation "buttons": reminder 1: nothing routes a tap on "Yes" (payload "YES") ` +
		`once the conversation is over: add a Fallback, or a Payload route`
	tests := map[string]struct {
		register func(r *router.Router)
		want     string
	}{
		"text alone": {func(r *router.Router) { router.Converse(r, "", goodSurvey()) }, ""},
		"a reply":    {func(r *router.Router) { router.Converse(r, "", replies) }, reply},
		"a button":   {func(r *router.Router) { router.Converse(r, "", buttons) }, button},
		"both": {func(r *router.Router) {
			router.Converse(r, "", replies)
			router.Converse(r, "", buttons)
		}, button + "\n" + reply},
		"in a part": {
			func(r *router.Router) { router.Converse(r, "", part) },
			`router: conversation "whole": state "town": state "town": nothing routes a tap on "Here" (payload ` +
				`"AT:here") once the conversation is over: add a Fallback, or a Payload route`,
		},
		"routes of payload, title and type": {func(r *router.Router) {
			router.Converse(r, "yes", buttons)
			router.Converse(r, "", replies)
			r.Payload("AT:{place}", none)
		}, ""},
		"a route of messages is none of postbacks": {func(r *router.Router) {
			router.Converse(r, "", buttons)
			router.Converse(r, "", replies)
			router.On(r, func(*bot.Context, *webhook.Message) error { return nil })
		}, button},
		"a fallback": {func(r *router.Router) {
			router.Converse(r, "", buttons)
			router.Converse(r, "", replies)
			r.Fallback(none)
		}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := router.New()
			test.register(r)
			got := ""
			if err := r.Check(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("error %s\n want %s", got, test.want)
			}
		})
	}
}

// A bot whose router offers what nothing routes does not start.
func TestBotChecksItsRouter(t *testing.T) {
	r := router.New()
	conversation := goodSurvey()
	conversation.States["town"] = router.State[survey]{
		Prompt: send.Text("Where?").WithAnswers("Here"), Answer: readTown, Next: router.Done,
	}
	router.Converse(r, "", conversation)
	cfg := bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: bottest.PageID,
	}
	if _, err := bot.New(cfg, r); err == nil || !strings.Contains(err.Error(), `nothing routes a tap on "Here"`) {
		t.Errorf("error %v, want one that names the tap", err)
	}
	r.Fallback(none)
	if _, err := bot.New(cfg, r); err != nil {
		t.Error(err)
	}
}
