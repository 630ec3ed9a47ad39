package router

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/looplab/fsm"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// trip is what the conversations of these tests gather.
type trip struct{ From, To string }

func readFrom(c *bot.Context, t *trip) error { t.From = c.Input(); return nil }

func readTo(c *bot.Context, t *trip) error { t.To = c.Input(); return nil }

func abroad(t trip) bool { return t.To == "abroad" }

func nowhere(t trip) bool { return t.To == "nowhere" }

// trips returns a conversation with every kind of step. A part of it is the conversation "passport".
func trips() Conversation[trip] {
	passport := Conversation[trip]{
		Name: "passport", Start: "number", Restart: []string{"another"},
		States: States[trip]{"number": {Prompt: send.Text("Which number?"), Answer: readFrom, Next: Done}},
	}
	over := func(text string) func(*bot.Context, trip) error {
		return func(c *bot.Context, _ trip) error { return c.Text(text) }
	}
	return Conversation[trip]{
		Name: "trip", Start: "from", Timeout: time.Hour,
		Cancel: []string{"cancel"}, Back: []string{"back"}, Restart: []string{"restart"},
		States: States[trip]{
			"from": {Prompt: send.Text("From where?"), Answer: readFrom, Next: "to"},
			"to": {
				Prompt: send.Text("Where to?"), Answer: readTo, Next: Done,
				Branch: []Edge[trip]{{If: abroad, To: "passport"}, {If: nowhere, To: Cancelled}},
			},
			"passport": Sub(passport, func(*trip, trip) error { return nil }, Done),
		},
		Finish: over("Have a good time."), OnCancel: over("Maybe later."), OnTimeout: over("You are asleep."),
	}
}

// journey is a person in a conversation whose table a test has in its hands.
type journey struct {
	*bottest.Chat
	flow  *flow
	store session.Store
	errs  []error
}

func travel(t *testing.T) *journey {
	t.Helper()
	r := New()
	Converse(r, "trip", trips())
	j := &journey{flow: r.table.flows["trip"]}
	j.Chat = bottest.Start(t, r, func(cfg *bot.Config) {
		j.store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
		cfg.Store, cfg.Attempts = j.store, 1
		cfg.OnError = func(_ *bot.Context, err error) error {
			j.errs = append(j.errs, err)
			return err
		}
	})
	j.Say("trip")
	j.Expect("From where?")
	return j
}

// stack returns where the person is, without when they were asked.
func (j *journey) stack(t *testing.T) []frame {
	t.Helper()
	p, err := session.Load(t.Context(), j.store, bottest.PageID+"."+bottest.PersonID, j.Now())
	if err != nil {
		t.Fatal(err)
	}
	if p.Frames == nil {
		return nil
	}
	read, err := decodeFrames(p.Frames)
	if err != nil {
		t.Fatal(err)
	}
	return read.Stack
}

// say says something, and takes the answer.
func (j *journey) say(words string, answers ...string) {
	j.Say(words)
	for _, answer := range answers {
		j.Expect(answer)
	}
}

func (j *journey) toPassport() {
	j.say("Oslo", "Where to?")
	j.say("abroad", "Which number?")
}

// Without its transition in the table no step is made: the person stays where they were, with the data they
// had, and the event becomes a dead letter.
func TestRefereeRefuses(t *testing.T) {
	tests := map[string]struct {
		before   func(j *journey)
		part     bool // the table is that of the inner conversation
		from, to string
		verb     verb
		act      func(j *journey)
		says     string // with the transition in its place
	}{
		"answer": {
			from: "from", verb: doAnswer, to: "to", act: func(j *journey) { j.Say("Oslo") }, says: "Where to?",
		},
		"answer that ends it": {
			before: func(j *journey) { j.say("Oslo", "Where to?") },
			from:   "to", verb: doAnswer, to: Done, act: func(j *journey) { j.Say("Rome") }, says: "Have a good time.",
		},
		"answer that cancels it": {
			before: func(j *journey) { j.say("Oslo", "Where to?") },
			from:   "to", verb: doAnswer, to: Cancelled, act: func(j *journey) { j.Say("nowhere") }, says: "Maybe later.",
		},
		"answer that branches": {
			before: func(j *journey) { j.say("Oslo", "Where to?") },
			from:   "to", verb: doAnswer, to: "passport", act: func(j *journey) { j.Say("abroad") }, says: "Which number?",
		},
		"answer that ends a part": {
			before: (*journey).toPassport, part: true,
			from: "number", verb: doAnswer, to: Done, act: func(j *journey) { j.Say("1") }, says: "Have a good time.",
		},
		"answer that ends a part and the whole": {
			before: (*journey).toPassport,
			from:   "passport", verb: doAnswer, to: Done, act: func(j *journey) { j.Say("1") }, says: "Have a good time.",
		},
		"restart": {
			before: func(j *journey) { j.say("Oslo", "Where to?") },
			from:   "to", verb: doRestart, to: "from", act: func(j *journey) { j.Say("restart") }, says: "From where?",
		},
		"restart from within a part": {
			before: (*journey).toPassport,
			from:   "passport", verb: doRestart, to: "from", act: func(j *journey) { j.Say("restart") }, says: "From where?",
		},
		"restart of a part": {
			before: (*journey).toPassport, part: true,
			from: "number", verb: doRestart, to: "number", act: func(j *journey) { j.Say("another") }, says: "Which number?",
		},
		"cancel": {
			from: "from", verb: doCancel, to: Cancelled, act: func(j *journey) { j.Say("cancel") }, says: "Maybe later.",
		},
		"cancel from within a part": {
			before: (*journey).toPassport, part: true,
			from: "number", verb: doCancel, to: Cancelled, act: func(j *journey) { j.Say("cancel") }, says: "Maybe later.",
		},
		"clock": {
			from: "from", verb: doClock, to: timedOut,
			act: func(j *journey) { j.Advance(time.Hour) }, says: "You are asleep.",
		},
		"clock within a part": {
			before: (*journey).toPassport, part: true,
			from: "number", verb: doClock, to: timedOut,
			act: func(j *journey) { j.Advance(time.Hour) }, says: "You are asleep.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			allowed, refused := travel(t), travel(t)
			for _, j := range []*journey{allowed, refused} {
				if test.before != nil {
					test.before(j)
				}
			}
			test.act(allowed)
			allowed.Expect(test.says, earlier(allowed.stack(t))...)
			allowed.ExpectNothing()

			table := refused.flow.referee
			if test.part {
				table = refused.flow.nodes["passport"].sub.referee
			}
			remove(t, table, test.from, test.verb, test.to)
			before := refused.stack(t)
			test.act(refused)
			refused.ExpectDeadLetter("is not in its table")
			refused.ExpectNothing()
			if diff := cmp.Diff(before, refused.stack(t)); diff != "" {
				t.Errorf("the step was made all the same (-before +after):\n%s", diff)
			}
			if len(refused.errs) != 1 || !strings.Contains(refused.errs[0].Error(), "is not in its table") {
				t.Errorf("errors %v, want one that says that the step is not in its table", refused.errs)
			}
		})
	}
}

// earlier returns what the current question offers of what was answered before.
func earlier(stack []frame) []string {
	if len(stack) == 0 {
		return nil
	}
	if g, ok := stack[len(stack)-1].earlier(); ok {
		return []string{g.Text}
	}
	return nil
}

// remove takes a transition out of a table. It fails the test if there is none.
func remove(t *testing.T, table referee, from string, v verb, to string) {
	t.Helper()
	isIt := func(e fsm.EventDesc) bool { return e.Name == transition(v, to) }
	if !slices.ContainsFunc(table[from], isIt) {
		t.Fatalf("no transition %q from %q to %q", v, from, to)
	}
	table[from] = slices.DeleteFunc(table[from], isIt)
}

// Where Back may not go, it asks the current question again: the way that it remembers may be that of an
// older literal.
func TestRefereeRefusesBack(t *testing.T) {
	j := travel(t)
	j.say("Oslo", "Where to?")
	remove(t, j.flow.referee, "to", doBack, "from")
	j.say("back", "Where to?")
	j.ExpectNothing()
	if stack := j.stack(t); stack[0].State != "to" || string(stack[0].Data) != `{"From":"Oslo","To":""}` {
		t.Errorf("the person is at %+v, want them at the question that they were asked", stack)
	}
	j.say("Rome", "Have a good time.")
}

// The table is that of the literal, and nothing more: every verb from every state to every target.
func TestRefereeTable(t *testing.T) {
	f, wrong := trips().compile(nil)
	if wrong != nil {
		t.Fatal(errors.Join(wrong...))
	}
	type step struct {
		from string
		verb verb
		to   string
	}
	allowed := map[step]bool{
		{"from", doAnswer, "to"}: true, {"to", doAnswer, Done}: true, {"to", doAnswer, Cancelled}: true,
		{"to", doAnswer, "passport"}: true, {"passport", doAnswer, Done}: true,
		{"to", doBack, "from"}: true, {"passport", doBack, "to"}: true,
	}
	states := []string{"from", "to", "passport"}
	for _, from := range states {
		allowed[step{from, doRestart, "from"}] = true
		allowed[step{from, doCancel, Cancelled}] = true
		allowed[step{from, doClock, timedOut}] = true
	}
	verbs := []verb{doStart, doAnswer, doReplay, doAgain, doCancel, doBack, doRestart, doClock, doStale, doArrive}
	for _, from := range append(states, Done, "elsewhere") {
		for _, v := range verbs {
			for _, to := range append(states, Done, Cancelled, timedOut, "elsewhere", "") {
				err := f.referee.judge(from, v, to)
				if want := allowed[step{from, v, to}]; (err == nil) != want {
					t.Errorf("step %q from %q to %q: error %v, want allowed: %t", v, from, to, err, want)
				}
			}
		}
	}
}

// A step leaves the table as it was: each has a machine of its own.
func TestRefereeKeepsNothing(t *testing.T) {
	f, _ := trips().compile(nil)
	for range 3 {
		if err := f.referee.judge("from", doAnswer, "to"); err != nil {
			t.Fatal(err)
		}
		if err := f.referee.judge("to", doAnswer, "to"); err == nil {
			t.Fatal("a step that is not in the table is allowed")
		}
	}
}

// Names that mean something to fsm, and to the table, mean nothing here.
func TestRefereeWithNamesOfFSM(t *testing.T) {
	names := []string{
		"before_x", "enter_state", "leave_", "after_event", "event", "state", "before_event", " ", "answer → to",
		"*", "back", "→",
	}
	conversation := Conversation[trip]{
		Name: "enter_state", Start: names[0], States: make(States[trip]), Back: []string{"back"},
		Finish: func(c *bot.Context, _ trip) error { return c.Text("done") },
	}
	for i, name := range names {
		next := Done
		if i+1 < len(names) {
			next = names[i+1]
		}
		conversation.States[name] = State[trip]{
			Prompt: send.Text("At " + name), Answer: readTo, Next: next,
			Branch: []Edge[trip]{{If: func(t trip) bool { return t.To == "stay" }, To: name}},
		}
	}
	r := New()
	Converse(r, "go", conversation)
	chat := bottest.Start(t, r)
	chat.Say("go")
	for i, name := range names {
		chat.Expect("At " + name)
		chat.Say("stay")
		chat.Expect("At " + name)
		chat.Say("back")
		chat.Expect("At "+name, "stay")
		if i > 0 {
			chat.Say("back")
			chat.Expect("At "+names[i-1], "on")
			chat.Tap("on")
			chat.Expect("At "+name, "stay")
		}
		chat.Say("on")
	}
	chat.Expect("done")
}
