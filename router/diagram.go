package router

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/send"
)

// Mermaid returns the conversation as a Mermaid flowchart, drawn from the definition itself: the states in
// the order in which they are met from the start, the branches with their labels ("else" for Next), a [Sub]
// as a box of its own, and once, with dotted arrows, what may happen in any state. Words are in lower case,
// as case makes no difference to them.
//
// The same definition gives the same text, so a test can hold a file beside the code against it. It panics as
// [Converse] does.
func (conv Conversation[T]) Mermaid() string { return drawFlow(conv.mustCompile()).mermaid() }

// DOT returns the drawing of [Conversation.Mermaid] in the language of Graphviz. It panics as [Converse]
// does.
func (conv Conversation[T]) DOT() string { return drawFlow(conv.mustCompile()).dot(conv.Name) }

// Mermaid returns the whole bot as a Mermaid flowchart: the routes by kind, and each conversation as a box,
// with the text that begins it. A dotted arrow that says "Enter" leads to one without a text; which handlers
// [Enter] it is not known. The drawing of a group is that of the router as a whole.
func (r *Router) Mermaid() string {
	d := newDrawing()
	d.bot(r.table)
	return d.mermaid()
}

// drawing is what a definition looks like, in no language yet.
type drawing struct {
	top    figure
	arrows []arrow
	counts map[string]int // of IDs, by what they begin with
}

// figure is one thing in a drawing.
type figure struct {
	id     string
	form   form
	lines  []string
	inside []*figure // of a box
}

// form is the form of a figure.
type form int

const (
	formBox   form = iota // around other figures
	formState             // a question
	formEnd               // where things begin and end
	formNote              // about all states, or all routes of a kind
)

// arrow leads from a figure to another one.
type arrow struct {
	from, to, label string
	dotted          bool // it may be taken in any state
}

func newDrawing() *drawing { return &drawing{counts: make(map[string]int)} }

// figure returns a new figure, which is in none yet.
func (d *drawing) figure(kind string, as form, lines ...string) *figure {
	d.counts[kind]++
	return &figure{id: fmt.Sprintf("%s%d", kind, d.counts[kind]), form: as, lines: lines}
}

// add puts a new figure into another one.
func (d *drawing) add(into *figure, kind string, as form, lines ...string) *figure {
	added := d.figure(kind, as, lines...)
	into.inside = append(into.inside, added)
	return added
}

// drawFlow draws one conversation.
func drawFlow(f *flow) *drawing {
	d := newDrawing()
	start := d.add(&d.top, "start", formEnd, f.name)
	d.arrows = append(d.arrows, arrow{from: start.id})
	d.arrows[0].to = d.conversation(&d.top, f)
	return d
}

// bot draws all routes of a router, and its conversations.
func (d *drawing) bot(t *table) {
	root := d.add(&d.top, "start", formEnd, "an event")
	for _, kind := range []string{"payload", kindAnytime, "text", "match", "on", "custom", "fallback"} {
		lines := t.listed(kind)
		if lines == nil {
			continue
		}
		drawn := d.add(&d.top, "routes", formNote, lines...)
		d.arrows = append(d.arrows, arrow{from: root.id, to: drawn.id})
	}
	for _, name := range slices.Sorted(maps.Keys(t.flows)) {
		f := t.flows[name]
		first := d.conversation(d.add(&d.top, "box", formBox, name), f)
		begins := arrow{from: root.id, to: first, label: "Enter", dotted: true}
		for text, registered := range t.texts {
			if registered == f.route {
				begins.label, begins.dotted = strings.ToLower(text), false
			}
		}
		d.arrows = append(d.arrows, begins)
	}
}

// listed returns a kind of routes and their names, nil if there is none of the kind.
func (t *table) listed(kind string) []string {
	var names []string
	for _, registered := range t.all {
		if registered.kind == kind {
			names = append(names, strings.TrimPrefix(registered.name, "*webhook."))
		}
	}
	switch {
	case names == nil:
		return nil
	case kind == "fallback":
		return []string{kind}
	case kind != "match": // these are asked in the order of registration
		slices.Sort(names)
	}
	return append([]string{kind}, names...)
}

// scope is a conversation while it is drawn.
type scope struct {
	flow      *flow
	into      *figure
	outermost *scope
	// The ends are drawn behind the states; nil: nothing leads there yet. Only the outermost conversation can
	// be cancelled.
	done, cancelled *figure
}

// conversation draws a conversation that is part of no other, and returns the ID of its first state.
func (d *drawing) conversation(into *figure, f *flow) string {
	s := &scope{flow: f, into: into}
	s.outermost = s
	first := d.states(s)
	d.anytime(s)
	for _, end := range []*figure{s.done, s.cancelled} {
		if end != nil {
			into.inside = append(into.inside, end)
		}
	}
	return first
}

// states draws the states of a conversation and the edges between them. It returns the ID of the first.
func (d *drawing) states(s *scope) string {
	entries, exits := make(map[string]string), make(map[string]string)
	order := s.flow.reachable()
	for _, name := range order {
		n := s.flow.nodes[name]
		if n.sub == nil {
			drawn := d.add(s.into, "s", formState, caption(n)...)
			entries[name], exits[name] = drawn.id, drawn.id
			continue
		}
		inside := d.add(s.into, "box", formBox, name+": "+n.sub.name)
		part := &scope{flow: n.sub, into: inside, outermost: s.outermost}
		entries[name] = d.states(part)
		d.anytime(part)
		if part.done != nil {
			part.into.inside = append(part.into.inside, part.done)
			exits[name] = part.done.id
		}
	}
	for _, name := range order {
		if exits[name] != "" { // else the part is always cancelled
			d.edges(s, exits[name], s.flow.nodes[name].edges, entries)
		}
	}
	return entries[s.flow.start]
}

// edges draws what leads from a state.
func (d *drawing) edges(s *scope, from string, edges []edge, entries map[string]string) {
	for _, e := range edges {
		drawn := arrow{from: from, to: entries[e.to], label: e.label}
		switch e.to {
		case Done:
			drawn.to = d.end(&s.done, "done")
		case Cancelled:
			drawn.to = d.end(&s.outermost.cancelled, "cancelled")
		}
		if e.holds == nil && len(edges) > 1 {
			drawn.label = "else"
		}
		d.arrows = append(d.arrows, drawn)
	}
}

// end returns the ID of an end of a conversation.
func (d *drawing) end(at **figure, title string) string {
	if *at == nil {
		*at = d.figure(title, formEnd, title)
	}
	return (*at).id
}

// anytime draws what may happen in any state, if anything may. In a part, reminders and the timeout are those
// of the outermost conversation.
func (d *drawing) anytime(s *scope) {
	f, lines := s.flow, []string{"at any time"}
	if words := f.wordsOf(doBack); words != "" {
		lines = append(lines, words+": one step back")
	}
	if words := f.wordsOf(doRestart); words != "" {
		lines = append(lines, words+": from the start")
	}
	if f.attempts > 0 {
		lines = append(lines, fmt.Sprintf("%d refusals: OnAttempts", f.attempts))
	}
	outermost, cancel := s == s.outermost, f.wordsOf(doCancel)
	if outermost && len(f.reminders) > 0 {
		lines = append(lines, after(f.reminders)+": a reminder")
	}
	ends := outermost && f.timeout > 0
	if len(lines) == 1 && cancel == "" && !ends {
		return
	}
	drawn := d.add(s.into, "any", formNote, lines...)
	if cancel != "" {
		to := d.end(&s.outermost.cancelled, "cancelled")
		d.arrows = append(d.arrows, arrow{from: drawn.id, to: to, label: cancel, dotted: true})
	}
	if ends {
		late := d.add(s.into, "late", formEnd, "timed out")
		d.arrows = append(d.arrows,
			arrow{from: drawn.id, to: late.id, label: "after " + brief(f.timeout), dotted: true})
	}
}

// wordsOf returns the words that mean v, which the table of words has in another case.
func (f *flow) wordsOf(v verb) string {
	var words []string
	for word, means := range f.words {
		if means == v {
			words = append(words, strings.ToLower(word))
		}
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// after returns when reminders come.
func after(reminders []reminder) string {
	times := make([]string, len(reminders))
	for i := range reminders {
		times[i] = brief(reminders[i].after)
	}
	return strings.Join(times, ", ")
}

// brief returns a duration without the zeros at its end: 30m, 1h30m, 24h.
func brief(d time.Duration) string {
	text := d.String()
	if d%time.Minute == 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if d%time.Hour == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// caption returns the name of a state, and its question if that does not depend on the data.
func caption(n *node) []string {
	if n.prompt == nil {
		return []string{n.name}
	}
	if asked := shortened(gist(*n.prompt)); asked != "" {
		return []string{n.name, "“" + asked + "”"}
	}
	return []string{n.name}
}

// gist returns the text of a message, of its template, or of the first card.
func gist(m send.Message) string {
	if m.Attachment == nil {
		return m.Text
	}
	switch payload := m.Attachment.Payload.(type) {
	case *send.ButtonTemplate:
		return payload.Text
	case *send.GenericTemplate:
		return payload.Elements[0].Title
	default:
		return string(m.Attachment.Type)
	}
}
