package router_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// survey is what the literals of these tests gather.
type survey struct{ Name, Town string }

func readName(c *bot.Context, s *survey) error { s.Name = c.Message(); return nil }

func readTown(c *bot.Context, s *survey) error { s.Town = c.Message(); return nil }

func noName(s survey) bool { return s.Name == "" }

func noSurvey(*bot.Context, survey) error { return nil }

func askNothing(*bot.Context, survey) (send.Message, error) { return send.Message{}, nil }

// asks returns a state that asks something, and leads to next.
func asks(next string) router.State[survey] {
	return router.State[survey]{Prompt: send.Text("And?"), Answer: readName, Next: next}
}

// goodSurvey returns a conversation that is in order; a test breaks it.
func goodSurvey() router.Conversation[survey] {
	return router.Conversation[survey]{
		Name: "survey", Start: "name", Finish: noSurvey,
		States: router.States[survey]{
			"name": {Prompt: send.Text("Who are you?"), Answer: readName, Next: "town"},
			"town": {Prompt: send.Text("Where do you live?"), Answer: readTown, Next: router.Done},
		},
	}
}

// refusal returns what a developer sees who registers a literal.
func refusal[T any](conversation router.Conversation[T]) (message string) {
	defer func() {
		if reason := recover(); reason != nil {
			message = fmt.Sprint(reason)
		}
	}()
	router.Converse(router.New(), "", conversation)
	return ""
}

// A literal that is wrong panics with what is wrong, and where.
func TestLiteralsThatAreWrong(t *testing.T) {
	type literal = router.Conversation[survey]
	tests := map[string]struct {
		spoil func(c *literal)
		want  string
	}{
		"no name":   {func(c *literal) { c.Name = "" }, `router: conversation "": it has no Name`},
		"no states": {func(c *literal) { c.States = nil }, `router: conversation "survey": it has no States`},
		"no start": {
			func(c *literal) { c.Start = "" },
			`router: conversation "survey": it has no Start: name the state that it begins with`,
		},
		"start is no state": {
			func(c *literal) { c.Start = "elsewhere" },
			`router: conversation "survey": Start is "elsewhere", which is no state`,
		},
		"start is misspelled": {
			func(c *literal) { c.Start = "Name" },
			`router: conversation "survey": Start is "Name", which is no state; did you mean "name"?`,
		},
		"no finish": {
			func(c *literal) { c.Finish = nil },
			`router: conversation "survey": it has no Finish: what it gathers would be lost`,
		},
		"negative version": {
			func(c *literal) { c.Version = -1 }, `router: conversation "survey": Version is -1, at least 0`,
		},

		"next is missing": {
			func(c *literal) { c.States["town"] = asks("") },
			`router: conversation "survey": state "town": it is a dead end: Next is missing; where does it lead, ` +
				`to router.Done?`,
		},
		"next is no state": {
			func(c *literal) { c.States["town"] = asks("done") },
			`router: conversation "survey": state "town": it leads to "done", which is no state`,
		},
		"next is misspelled": {
			func(c *literal) { c.States["name"] = asks("towm") },
			`router: conversation "survey": state "name": it leads to "towm", which is no state; did you mean "town"?`,
		},
		"unreachable": {
			func(c *literal) { c.States["hobby"] = asks(router.Done) },
			`router: conversation "survey": state "hobby": it is unreachable: no state leads there from Start`,
		},
		"unreachable, though a state leads there": {
			func(c *literal) { c.States["hobby"], c.States["sport"] = asks("sport"), asks(router.Done) },
			`router: conversation "survey": state "hobby": it is unreachable: no state leads there from Start` + "\n" +
				`router: conversation "survey": state "sport": it is unreachable: no state leads there from Start`,
		},
		"a circle without an end": {
			func(c *literal) { c.States["town"] = asks("name") },
			`router: conversation "survey": state "name": it is a dead end: nothing leads from there to router.Done ` +
				`or router.Cancelled` + "\n" +
				`router: conversation "survey": state "town": it is a dead end: nothing leads from there to router.Done ` +
				`or router.Cancelled`,
		},
		"a state that leads to itself alone": {
			func(c *literal) { c.States["town"] = asks("town") },
			`router: conversation "survey": state "name": it is a dead end: nothing leads from there to router.Done ` +
				`or router.Cancelled` + "\n" +
				`router: conversation "survey": state "town": it is a dead end: nothing leads from there to router.Done ` +
				`or router.Cancelled`,
		},
		"a circle beside the way to the end": {
			func(c *literal) {
				c.States["name"] = router.State[survey]{
					Prompt: send.Text("Who?"), Answer: readName,
					Branch: []router.Edge[survey]{{If: noName, To: "round"}}, Next: "town",
				}
				c.States["round"] = asks("round")
			},
			`router: conversation "survey": state "round": it is a dead end: nothing leads from there to router.Done ` +
				`or router.Cancelled`,
		},
		"a branch without a condition": {
			func(c *literal) { branch(c, router.Edge[survey]{To: "town"}) },
			`router: conversation "survey": state "name": the edge to "town" has no condition If`,
		},
		"a branch without a target": {
			func(c *literal) { branch(c, router.Edge[survey]{If: noName}) },
			`router: conversation "survey": state "name": a branch leads nowhere: To is missing`,
		},
		"a branch to no state": {
			func(c *literal) { branch(c, router.Edge[survey]{If: noName, To: "tow"}) },
			`router: conversation "survey": state "name": it leads to "tow", which is no state`,
		},

		"a state without name": {
			func(c *literal) { c.States["name"], c.States[""] = asks(""), asks("town") },
			`router: conversation "survey": a state cannot be called ""`,
		},
		"a state called done": {
			func(c *literal) { c.States[router.Done] = asks(router.Done) },
			`router: conversation "survey": a state cannot be called "(done)"`,
		},
		"a state called cancelled": {
			func(c *literal) { c.States[router.Cancelled] = asks(router.Done) },
			`router: conversation "survey": a state cannot be called "(cancelled)"`,
		},

		"nothing is asked": {
			func(c *literal) { c.States["town"] = router.State[survey]{Answer: readTown, Next: router.Done} },
			`router: conversation "survey": state "town": it asks nothing: it needs Prompt or Ask`,
		},
		"asked twice": {
			func(c *literal) {
				c.States["town"] = router.State[survey]{
					Prompt: send.Text("And?"), Ask: askNothing, Answer: readTown, Next: router.Done,
				}
			},
			`router: conversation "survey": state "town": it has both Prompt and Ask: one of them`,
		},
		"no answer": {
			func(c *literal) {
				c.States["town"] = router.State[survey]{Prompt: send.Text("And?"), Next: router.Done}
			},
			`router: conversation "survey": state "town": it has no Answer`,
		},
		"a prompt that Meta refuses": {
			func(c *literal) {
				c.States["town"] = router.State[survey]{
					Prompt: send.Text(strings.Repeat("a", 2001)), Answer: readTown, Next: router.Done,
				}
			},
			`router: conversation "survey": state "town": Meta would refuse its Prompt: send: message.text: ` +
				`2,001 characters, at most 2,000; send.SplitText cuts it into messages`,
		},

		"negative timeout": {
			func(c *literal) { c.Timeout = -time.Second }, `router: conversation "survey": Timeout is -1s, at least 0`,
		},
		"OnTimeout alone": {
			func(c *literal) { c.OnTimeout = noSurvey },
			`router: conversation "survey": it has OnTimeout but no Timeout`,
		},
		"attempts alone": {
			func(c *literal) { c.Attempts = 3 },
			`router: conversation "survey": it has Attempts but no OnAttempts, which is called after them`,
		},
		"OnAttempts alone": {
			func(c *literal) { c.OnAttempts = noSurvey },
			`router: conversation "survey": it has OnAttempts but no Attempts: after how many is it called?`,
		},
		"negative attempts": {
			func(c *literal) { c.Attempts, c.OnAttempts = -1, noSurvey },
			`router: conversation "survey": Attempts is -1, at least 0`,
		},
		"a reminder at once": {
			func(c *literal) { c.Remind = []router.Reminder[survey]{{}} },
			`router: conversation "survey": reminder 1: After is 0s, above 0`,
		},
		"reminders out of order": {
			func(c *literal) { c.Remind = []router.Reminder[survey]{{After: time.Hour}, {After: time.Minute}} },
			`router: conversation "survey": reminder 2: After is 1m0s, later than that of the reminder before, 1h0m0s`,
		},
		"a reminder after the end": {
			func(c *literal) { c.Timeout, c.Remind = time.Hour, []router.Reminder[survey]{{After: time.Hour}} },
			`router: conversation "survey": reminder 1: After is 1h0m0s, but the conversation ends with Timeout, after 1h0m0s`,
		},
		"a reminder that Meta refuses": {
			func(c *literal) {
				c.Remind = []router.Reminder[survey]{{After: time.Hour, Say: send.Text(strings.Repeat("a", 2001))}}
			},
			`router: conversation "survey": reminder 1: Meta would refuse its Say: send: message.text: ` +
				`2,001 characters, at most 2,000; send.SplitText cuts it into messages`,
		},
		"a reminder that says and asks": {
			func(c *literal) {
				c.Remind = []router.Reminder[survey]{{After: time.Hour, Say: send.Text("Hello?"), Ask: askNothing}}
			},
			`router: conversation "survey": reminder 1: it has both Say and Ask: one of them`,
		},

		"a word of nothing": {
			func(c *literal) { c.Back = []string{" \t"} }, `router: conversation "survey": a word of Back is empty`,
		},
		"a word that means two things": {
			func(c *literal) { c.Cancel, c.Restart = []string{"Stop", "stop"}, []string{"again", " STOP"} },
			`router: conversation "survey": the word " STOP" cannot be one of both Cancel and Restart`,
		},

		"everything at once": {
			func(c *literal) {
				c.Start, c.Finish, c.Timeout, c.Back, c.Cancel = "nme", nil, -1, []string{"x"}, []string{"x"}
				c.States["town"] = router.State[survey]{}
			},
			`router: conversation "survey": the word "x" cannot be one of both Cancel and Back
router: conversation "survey": state "town": it asks nothing: it needs Prompt or Ask
router: conversation "survey": state "town": it has no Answer
router: conversation "survey": it has no Finish: what it gathers would be lost
router: conversation "survey": Timeout is -1ns, at least 0
router: conversation "survey": Start is "nme", which is no state
router: conversation "survey": state "town": it is a dead end: Next is missing; where does it lead, to router.Done?`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			conversation := goodSurvey()
			test.spoil(&conversation)
			if got := refusal(conversation); got != test.want {
				t.Errorf("panic %s\n want %s", got, test.want)
			}
		})
	}
}

// branch gives the first state of c a branch.
func branch(c *router.Conversation[survey], edge router.Edge[survey]) {
	first := c.States["name"]
	first.Branch = []router.Edge[survey]{edge}
	c.States["name"] = first
}

// What is unusual, but not wrong.
func TestLiteralsThatAreRight(t *testing.T) {
	tests := map[string]func(c *router.Conversation[survey]){
		"as it is": func(*router.Conversation[survey]) {},
		"a circle with a way out": func(c *router.Conversation[survey]) {
			c.States["town"] = asks("name")
			branch(c, router.Edge[survey]{If: noName, To: router.Cancelled})
		},
		"a word in two cases": func(c *router.Conversation[survey]) { c.Cancel = []string{"stop", "Stop "} },
		"names that fsm uses": func(c *router.Conversation[survey]) {
			c.Start = "before_event"
			c.States = router.States[survey]{
				"before_event": asks("enter_state"), "enter_state": asks("leave_"), "leave_": asks("event"),
				"event": asks("after_x"), "after_x": asks(" → "), " → ": asks("answer → event"),
				"answer → event": asks(router.Done),
			}
		},
		"reminders and a time-out": func(c *router.Conversation[survey]) {
			c.Timeout = time.Hour
			c.Remind = []router.Reminder[survey]{{After: time.Minute}, {After: time.Hour - 1, Ask: askNothing}}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			conversation := goodSurvey()
			change(&conversation)
			if got := refusal(conversation); got != "" {
				t.Error(got)
			}
		})
	}
}
