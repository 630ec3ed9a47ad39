package router

import (
	"encoding/json"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// flow is a conversation as the router runs it, compiled from its literal: without type parameters. What it
// calls data is a *T.
type flow struct {
	name, start string
	version     int
	nodes       map[string]*node
	words       map[string]verb // by folded text
	referee     referee

	finish, onCancel, onTimeout, onAttempts func(c *bot.Context, data any) error // nil: none
	onStale                                 func(c *bot.Context) error           // nil: none
	migrate                                 func(old Stored) (string, any, error)

	reminders []reminder
	timeout   time.Duration
	attempts  int

	data   reflect.Type // the T
	decode func(stored json.RawMessage) (any, error)

	route *route // whose middleware is around it; nil within another conversation
}

// node is a state.
type node struct {
	name   string
	prompt *send.Message // nil: it depends on the data, or this is a conversation of its own
	offers offers        // of prompt
	ask    question
	answer func(c *bot.Context, data any) error
	edges  []edge // the last one holds always

	sub  *flow
	into func(data, answer any) error
}

// edge leads from a node to another one, or to an end.
type edge struct {
	label string
	holds func(data any) bool // nil: always
	to    string
}

// reminder is a [Reminder].
type reminder struct {
	after time.Duration
	say   *send.Message // nil: ask is asked
	ask   question
}

// question returns what is asked.
type question func(c *bot.Context, data any) (send.Message, error)

// next returns where data leads.
func (n *node) next(data any) string {
	for i := range n.edges {
		if e := &n.edges[i]; e.holds == nil || e.holds(data) {
			return e.to
		}
	}
	return ""
}

// compile returns the conversation as the router runs it, and everything that is wrong with it. Within are
// the names of the conversations that it is part of.
func (conv Conversation[T]) compile(within []string) (*flow, []error) {
	f := &flow{
		name: conv.Name, start: conv.Start, version: conv.Version, nodes: make(map[string]*node),
		words: make(map[string]verb), timeout: conv.Timeout, attempts: conv.Attempts, onStale: conv.OnStale,
		finish: callback(conv.Finish), onCancel: callback(conv.OnCancel),
		onTimeout: callback(conv.OnTimeout), onAttempts: callback(conv.OnAttempts),
		data: reflect.TypeFor[T](),
		decode: func(stored json.RawMessage) (any, error) {
			data := new(T)
			if stored == nil {
				return data, nil
			}
			return data, json.Unmarshal(stored, data)
		},
	}
	if conv.Migrate != nil {
		f.migrate = func(old Stored) (string, any, error) {
			state, data, err := conv.Migrate(old)
			return state, &data, err
		}
	}
	found := &problems{}
	for i, r := range conv.Remind {
		f.reminders = append(f.reminders, r.compile())
		found.reminder(i+1, r.Say, r.Ask != nil)
	}
	found.words(f, doCancel, conv.Cancel)
	found.words(f, doBack, conv.Back)
	found.words(f, doRestart, conv.Restart)
	within = append(slices.Clone(within), conv.Name)
	for _, name := range slices.Sorted(maps.Keys(conv.States)) {
		state := conv.States[name]
		f.nodes[name] = state.compile(name, within, found)
	}
	found.flow(f, len(within) > 1)
	found.jsonable(reflect.TypeFor[T]())
	f.referee = newReferee(f)
	return f, found.in(f)
}

// compile returns a state as a node.
func (s State[T]) compile(name string, within []string, found *problems) *node {
	n := &node{name: name, answer: s.answerer(), ask: asker(s.Ask)}
	if s.Ask == nil && s.part == nil {
		n.prompt, n.offers = &s.Prompt, offersOf(&s.Prompt)
	}
	for _, b := range s.Branch {
		e := edge{to: b.To, label: b.Label}
		if b.If == nil {
			found.state(name, "the edge to %q has no condition If", b.To)
			continue
		}
		if e.label == "" {
			e.label = functionName(b.If)
		}
		e.holds = func(data any) bool { return b.If(*of[T](data)) }
		n.edges = append(n.edges, e)
	}
	n.edges = append(n.edges, edge{to: s.Next})
	found.question(name, s.Prompt, s.Ask != nil, s.Answer != nil, s.part != nil)
	if s.part != nil {
		s.part.join(n, within, found)
	}
	return n
}

// answerer returns Answer for data without type.
func (s State[T]) answerer() func(c *bot.Context, data any) error {
	if s.Answer == nil {
		return nil
	}
	return func(c *bot.Context, data any) error { return s.Answer(c, of[T](data)) }
}

// join makes n the conversation that p is.
func (p *part[T]) join(n *node, within []string, found *problems) {
	if p.into == nil {
		found.state(n.name, "Sub has no function that stores what the conversation has gathered")
	}
	n.into = func(data, answer any) error { return p.into(of[T](data), answer) }
	switch {
	case p.name == "":
		found.state(n.name, "Sub has a conversation without a Name")
		return
	case slices.Contains(within, p.name):
		around := strings.Join(within, " → ")
		found.state(n.name, "Sub makes a conversation contain itself: %s → %s; "+
			"if these are two, name them apart", around, p.name)
		return
	}
	var inner []error
	n.sub, inner = p.compile(within)
	for _, err := range inner {
		found.state(n.name, "%w", err)
	}
}

// compile returns a reminder for data without type.
func (r Reminder[T]) compile() reminder {
	compiled := reminder{after: r.After, ask: asker(r.Ask)}
	if r.Ask == nil && says(r.Say) {
		compiled.say = &r.Say
	}
	return compiled
}

// callback returns f for data without type.
func callback[T any](f func(c *bot.Context, data T) error) func(c *bot.Context, data any) error {
	if f == nil {
		return nil
	}
	return func(c *bot.Context, data any) error { return f(c, *of[T](data)) }
}

// asker returns ask for data without type.
func asker[T any](ask func(*bot.Context, T) (send.Message, error)) question {
	if ask == nil {
		return nil
	}
	return func(c *bot.Context, data any) (send.Message, error) { return ask(c, *of[T](data)) }
}

// functionName returns the name of a function that was declared with one, else "".
func functionName(function any) string {
	declared := runtime.FuncForPC(reflect.ValueOf(function).Pointer())
	if declared == nil {
		return ""
	}
	path := declared.Name()
	names := strings.Split(path[strings.LastIndexByte(path, '/')+1:], ".")
	for _, name := range names[1:] {
		if strings.Trim(strings.TrimPrefix(name, "func"), "0123456789") == "" {
			return "" // a function within another
		}
	}
	return strings.TrimSuffix(names[len(names)-1], "-fm")
}
