package router_test

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// plan is a conversation that was made up: what the literal of it is built from, and what the oracle goes by.
type plan struct {
	name, start           string
	order                 []string // the names of its states; each leads on to a later one, or to the end
	spots                 map[string]*spot
	cancel, back, restart string // words; empty: none
	attempts              int
	leaves                bool // OnAttempts ends the conversation
	timeout               time.Duration
	remind                []time.Duration
	says                  bool // reminders have words of their own
}

// spot is a state of a plan.
type spot struct {
	kind    kind
	options []string // what can be tapped, and what is understood, unless it is everything
	silent  bool     // refuses without a hint
	forks   []fork
	next    string
	sub     *plan
}

type kind int

const (
	typed   kind = iota // understands every text
	phone               // the same, and offers the person's own number
	replies             // options are quick replies
	buttons             // options are buttons
	telling             // options are quick replies of an Ask, whose text tells of the data
	part                // a conversation of its own
	kinds
)

// fork is a branch: it holds if the last answer was own, and the answer to other, if any, was value.
type fork struct{ own, other, value, to string }

// sheet is what a plan gathers.
type sheet struct {
	Answers map[string]string `json:",omitempty"`
	Parts   map[string]*sheet `json:",omitempty"`
	Last    string            `json:",omitempty"`
	Count   int               `json:",omitempty"`
}

// onward is the answer that every state understands, and that no fork is about: it leads to the end at last.
const onward = "on"

func (s *sheet) String() string {
	encoded, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

// take stores an answer.
func (s *sheet) take(state, answer string) {
	if s.Answers == nil {
		s.Answers = make(map[string]string)
	}
	s.Answers[state], s.Last = answer, answer
	s.Count++
}

// takePart stores what a part has gathered, unless its last answer was "reject".
func (s *sheet) takePart(state string, inner sheet) bool {
	if s.Parts == nil {
		s.Parts = make(map[string]*sheet)
	}
	s.Parts[state] = &inner
	s.Count++
	s.Last = inner.Last
	return inner.Last != "reject"
}

func (f fork) holds(s *sheet) bool {
	return s.Last == f.own && (f.other == "" || s.Answers[f.other] == f.value)
}

// understands returns what an answer means to the state.
func (s *spot) understands(path, text, payload string) (string, bool) {
	if option, ok := strings.CutPrefix(payload, path+"/"); ok {
		return option, slices.Contains(s.options, option)
	}
	if len(s.options) > 0 {
		return text, payload == "" && slices.Contains(s.options, text)
	}
	return text, text != "" && !strings.HasPrefix(text, "bad") && (payload == "" || payload == text)
}

// maker makes plans up.
type maker struct {
	*rand.Rand
	made int
}

func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

// plan makes a plan whose parts are up to depth conversations deep.
func (m *maker) plan(depth int) *plan {
	p := &plan{name: fmt.Sprintf("p%d", m.made), spots: make(map[string]*spot)}
	m.made++
	for i := range 2 + m.IntN(4) {
		p.order = append(p.order, fmt.Sprintf("s%d", i))
	}
	p.start = p.order[0]
	m.verbs(p)
	var shared *plan
	if depth > 0 && m.chance(80) {
		shared = m.plan(depth - 1)
	}
	for i, name := range p.order {
		s := &spot{kind: kind(m.IntN(int(kinds))), silent: m.chance(20)}
		switch {
		case s.kind == part && shared != nil:
			s.sub = shared
		case s.kind == part:
			s.kind = typed
		case s.kind == replies && m.chance(10):
			s.options = append(strings.Split("ABCDEFGHIJKL", ""), onward)
		case s.kind != typed && s.kind != phone:
			s.options = []string{"A", "B", onward}
		}
		s.next = router.Done
		if i+1 < len(p.order) {
			s.next = p.order[i+1] // so that all are reachable
		}
		for range m.IntN(3) {
			s.forks = append(s.forks, m.fork(p))
		}
		p.spots[name] = s
	}
	return p
}

// verbs gives a plan words and attempts.
func (m *maker) verbs(p *plan) {
	if m.chance(60) {
		p.cancel = "cancel"
	}
	if m.chance(85) {
		p.back = "back"
	}
	if m.chance(60) {
		p.restart = "restart"
	}
	if m.chance(50) {
		p.attempts, p.leaves = 1+m.IntN(3), m.chance(30)
	}
}

// times gives a plan that is entered a time-out and reminders.
func (m *maker) times(p *plan) {
	for i := range m.IntN(3) {
		p.remind = append(p.remind, time.Duration(i+1)*time.Hour)
	}
	p.says = m.chance(50)
	if m.chance(70) {
		p.timeout = []time.Duration{4 * time.Hour, 30 * time.Hour}[m.IntN(2)]
	}
}

// fork makes a branch of a state of p.
func (m *maker) fork(p *plan) fork {
	f := fork{own: []string{"A", "B"}[m.IntN(2)]}
	if m.chance(40) {
		f.other, f.value = p.order[m.IntN(len(p.order))], []string{"A", "B", onward}[m.IntN(3)]
	}
	switch targets := append(slices.Clone(p.order), router.Done, router.Cancelled); {
	case m.chance(85):
		f.to = targets[m.IntN(len(p.order))]
	default:
		f.to = targets[len(p.order)+m.IntN(2)]
	}
	return f
}

// text returns the words of a question.
func (s *spot) text(path string, data *sheet) string {
	if s.kind == telling {
		return fmt.Sprintf("%s knowing %d, %08x", path, data.Count, crc32.ChecksumIEEE([]byte(data.String())))
	}
	return path
}

// message returns what a state asks. Data is only looked at by those of the kind telling.
func (s *spot) message(path string, data *sheet) send.Message {
	m := send.Text(s.text(path, data))
	switch s.kind {
	case phone:
		return m.WithQuickReplies(send.AskPhone())
	case telling, replies:
		quick := make([]send.QuickReply, len(s.options))
		for i, option := range s.options {
			quick[i] = send.Reply(option, path+"/"+option)
		}
		return m.WithQuickReplies(quick...)
	case buttons:
		taps := make([]send.Button, len(s.options))
		for i, option := range s.options {
			taps[i] = send.Postback(option, path+"/"+option)
		}
		return send.Buttons(path, taps...)
	default:
		return m
	}
}

// build returns the literal of a plan. What its functions are called with is told to note.
func (p *plan) build(version int, note func(format string, args ...any)) router.Conversation[sheet] {
	tell := func(what string) func(*bot.Context, sheet) error {
		return func(c *bot.Context, s sheet) error {
			note("%s of %s with %s", what, p.name, &s)
			return c.Text(what)
		}
	}
	c := router.Conversation[sheet]{
		Name: p.name, Start: p.start, States: make(router.States[sheet]), Version: version, Timeout: p.timeout,
		Finish: tell("finish"), OnCancel: tell("cancelled"), Attempts: p.attempts,
		Migrate: func(old router.Stored) (string, sheet, error) {
			var s sheet
			if old.Data == nil {
				return old.State, s, nil
			}
			return old.State, s, json.Unmarshal(old.Data, &s)
		},
	}
	words := map[*[]string]string{&c.Cancel: p.cancel, &c.Back: p.back, &c.Restart: p.restart}
	for list, word := range words {
		if word != "" {
			*list = []string{word}
		}
	}
	if p.timeout > 0 {
		c.OnTimeout = tell("timed out")
	}
	for _, after := range p.remind {
		r := router.Reminder[sheet]{After: after}
		if p.says {
			r.Say = send.Text("reminder")
		}
		c.Remind = append(c.Remind, r)
	}
	if p.attempts > 0 {
		c.OnAttempts = func(c *bot.Context, s sheet) error {
			if p.leaves {
				router.Leave(c)
			}
			return tell("attempts")(c, s)
		}
	}
	for name, s := range p.spots {
		c.States[name] = p.state(name, s, version, note)
	}
	return c
}

// state returns the literal of a state.
func (p *plan) state(name string, s *spot, version int, note func(string, ...any)) router.State[sheet] {
	path := p.name + "/" + name
	var state router.State[sheet]
	switch {
	case s.sub != nil:
		into := func(data *sheet, inner sheet) error {
			note("into %s with %s: %s", path, data, &inner)
			if !data.takePart(name, inner) {
				return router.Refuse("not that")
			}
			return nil
		}
		state = router.Sub(s.sub.build(version, note), into, s.next)
	case s.kind == telling:
		state.Ask = func(_ *bot.Context, data sheet) (send.Message, error) { return s.message(path, &data), nil }
	default:
		state.Prompt = s.message(path, nil)
	}
	if s.sub == nil {
		state.Next, state.Answer = s.next, func(c *bot.Context, data *sheet) error {
			note("answer to %s with %s", path, data)
			answer, ok := s.understands(path, c.Message(), c.Payload())
			data.take(name, answer) // a refusal undoes it
			if !ok && s.silent {
				return router.Refuse("")
			} else if !ok {
				return router.Refuse("what?")
			}
			return nil
		}
	}
	for _, f := range s.forks {
		state.Branch = append(state.Branch, router.Edge[sheet]{If: func(s sheet) bool { return f.holds(&s) }, To: f.to})
	}
	return state
}

// all returns a plan and its parts, by name.
func (p *plan) all() map[string]*plan {
	found := map[string]*plan{p.name: p}
	for _, s := range p.spots {
		if s.sub != nil {
			maps.Copy(found, s.sub.all())
		}
	}
	return found
}
