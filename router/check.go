package router

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// problems is what is wrong with a literal.
type problems struct{ found []error }

// add notes a problem of the whole conversation.
func (p *problems) add(format string, args ...any) {
	p.found = append(p.found, fmt.Errorf(format, args...))
}

// state notes a problem of one state.
func (p *problems) state(name, format string, args ...any) {
	p.add("state %q: "+format, append([]any{name}, args...)...)
}

// in returns the problems with the name of the conversation that they are in.
func (p *problems) in(f *flow) []error {
	for i, err := range p.found {
		p.found[i] = fmt.Errorf("conversation %q: %w", f.name, err)
	}
	return p.found
}

// fieldOf names the field of a Conversation that has the words of a verb.
var fieldOf = map[verb]string{doCancel: "Cancel", doBack: "Back", doRestart: "Restart"}

// words takes in the words of a verb.
func (p *problems) words(f *flow, v verb, words []string) {
	for _, word := range words {
		key := fold(word)
		if key == "" {
			p.add("a word of %s is empty", fieldOf[v])
			continue
		}
		if other, taken := f.words[key]; taken && other != v {
			p.add("the word %q cannot be one of both %s and %s", word, fieldOf[other], fieldOf[v])
		}
		f.words[key] = v
	}
}

// question checks what a state asks.
func (p *problems) question(state string, prompt send.Message, asks, answers, sub bool) {
	prompted := says(prompt)
	switch {
	case sub && (prompted || asks || answers):
		p.state(state, "a Sub has the questions of its own conversation: leave Prompt, Ask and Answer out")
		return
	case sub:
		return
	case prompted && asks:
		p.state(state, "it has both Prompt and Ask: one of them")
	case !prompted && !asks:
		p.state(state, "it asks nothing: it needs Prompt or Ask")
	case prompted:
		if err := prompt.Validate(send.Messenger); err != nil {
			p.state(state, "Meta would refuse its Prompt: %w", err)
		}
	}
	if !answers {
		p.state(state, "it has no Answer")
	}
}

// says reports whether m is a message, and not left out.
func says(m send.Message) bool { return m.Text != "" || m.Attachment != nil || len(m.QuickReplies) > 0 }

// reminder checks what the nth reminder says.
func (p *problems) reminder(n int, say send.Message, asks bool) {
	if !says(say) {
		return
	}
	if asks {
		p.add("reminder %d: it has both Say and Ask: one of them", n)
	} else if err := say.Validate(send.Messenger); err != nil {
		p.add("reminder %d: Meta would refuse its Say: %w", n, err)
	}
}

// flow checks a conversation as a whole; inner: it is part of another.
func (p *problems) flow(f *flow, inner bool) {
	if f.name == "" {
		p.add("it has no Name")
	}
	if !inner && f.finish == nil {
		p.add("it has no Finish: what it gathers would be lost")
	}
	if f.version < 0 {
		p.add("Version is %d, at least 0", f.version)
	}
	p.times(f)
	switch _, found := f.nodes[f.start]; {
	case len(f.nodes) == 0:
		p.add("it has no States")
		return
	case f.start == "":
		p.add("it has no Start: name the state that it begins with")
	case !found:
		p.add("Start is %q, which is no state%s", f.start, f.nearest(f.start))
	}
	p.targets(f)
	if len(p.found) == 0 {
		p.paths(f)
	}
}

// times checks what happens to people who do not answer, or not well.
func (p *problems) times(f *flow) {
	if f.timeout < 0 {
		p.add("Timeout is %v, at least 0", f.timeout)
	}
	if f.onTimeout != nil && f.timeout == 0 {
		p.add("it has OnTimeout but no Timeout")
	}
	switch {
	case f.attempts < 0:
		p.add("Attempts is %d, at least 0", f.attempts)
	case f.attempts > 0 && f.onAttempts == nil:
		p.add("it has Attempts but no OnAttempts, which is called after them")
	case f.attempts == 0 && f.onAttempts != nil:
		p.add("it has OnAttempts but no Attempts: after how many is it called?")
	}
	for i := range f.reminders {
		switch after := f.reminders[i].after; {
		case after <= 0:
			p.add("reminder %d: After is %v, above 0", i+1, after)
		case i > 0 && after <= f.reminders[i-1].after:
			p.add("reminder %d: After is %v, later than that of the reminder before, %v", i+1, after,
				f.reminders[i-1].after)
		case f.timeout > 0 && after >= f.timeout:
			p.add("reminder %d: After is %v, but the conversation ends with Timeout, after %v",
				i+1, after, f.timeout)
		}
	}
}

// targets checks that every edge leads somewhere.
func (p *problems) targets(f *flow) {
	for _, name := range slices.Sorted(maps.Keys(f.nodes)) {
		if name == "" || name == Done || name == Cancelled || name == timedOut {
			p.add("a state cannot be called %q", name)
		}
		for _, e := range f.nodes[name].edges {
			_, found := f.nodes[e.to]
			switch {
			case found, e.to == Done, e.to == Cancelled:
			case e.to == "" && e.holds == nil:
				p.state(name, "it is a dead end: Next is missing; where does it lead, to router.Done?")
			case e.to == "":
				p.state(name, "a branch leads nowhere: To is missing")
			default:
				p.state(name, "it leads to %q, which is no state%s", e.to, f.nearest(e.to))
			}
		}
	}
}

// paths checks that every state can be reached, and that an end can be reached from it.
func (p *problems) paths(f *flow) {
	reached := f.reachable()
	ending := map[string]bool{Done: true, Cancelled: true}
	for grown := true; grown; {
		grown = false
		for name, n := range f.nodes {
			if !ending[name] && slices.ContainsFunc(n.edges, func(e edge) bool { return ending[e.to] }) {
				ending[name], grown = true, true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.nodes)) {
		switch {
		case !slices.Contains(reached, name):
			p.state(name, "it is unreachable: no state leads there from Start")
		case !ending[name]:
			p.state(name, "it is a dead end: nothing leads from there to router.Done or router.Cancelled")
		}
	}
}

// reachable returns the states in the order in which they are met from the start.
func (f *flow) reachable() []string {
	order := []string{f.start}
	for i := 0; i < len(order); i++ {
		n := f.nodes[order[i]]
		if n == nil {
			continue
		}
		for _, e := range n.edges {
			if _, state := f.nodes[e.to]; state && !slices.Contains(order, e.to) {
				order = append(order, e.to)
			}
		}
	}
	return order
}

// nearest returns a guess which state was meant.
func (f *flow) nearest(name string) string {
	for _, known := range slices.Sorted(maps.Keys(f.nodes)) {
		if strings.EqualFold(known, name) || len(name) > 3 && distance(known, name) <= 2 {
			return fmt.Sprintf("; did you mean %q?", known)
		}
	}
	return ""
}

// distance returns how many characters must be put in, taken out or changed to make a into b.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			change := diagonal
			if r != s {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}

// Check returns what is wrong with the router as a whole, all at once. A bot asks it when it starts. A quick
// reply or a button that a conversation offers can be tapped when the conversation is over, and needs a route
// then: one of its payload, title or type, or a fallback.
func (r *Router) Check() error {
	var found []error
	for _, name := range slices.Sorted(maps.Keys(r.table.flows)) {
		r.table.flows[name].offered(func(where string, t tap) {
			if routed, _ := r.table.findInput(t.event, t.payload, t.title); routed == nil {
				err := fmt.Errorf("nothing routes a tap on %q (payload %q) once the conversation is over: "+
					"add a Fallback, or a Payload route", t.title, t.payload)
				found = append(found, fmt.Errorf("router: conversation %q: %s: %w", name, where, err))
			}
		})
	}
	return errors.Join(found...)
}

// tap is what a literal offers.
type tap struct {
	event          webhook.Event // what comes of it
	title, payload string
}

// offered calls visit for each tap that the literal offers.
func (f *flow) offered(visit func(where string, t tap)) {
	for _, name := range f.reachable() {
		n := f.nodes[name]
		where := fmt.Sprintf("state %q", name)
		if n.sub != nil {
			n.sub.offered(func(inner string, t tap) { visit(where+": "+inner, t) })
		}
		if n.prompt != nil {
			for _, t := range tapsOf(n.prompt) {
				visit(where, t)
			}
		}
	}
	for i := range f.reminders {
		if say := f.reminders[i].say; say != nil {
			for _, t := range tapsOf(say) {
				visit(fmt.Sprintf("reminder %d", i+1), t)
			}
		}
	}
}

// tapsOf returns the taps that m offers.
func tapsOf(m *send.Message) []tap {
	var taps []tap
	for _, reply := range m.QuickReplies {
		if !reply.Own() {
			taps = append(taps, tap{&webhook.Message{}, reply.Title, reply.Payload})
		}
	}
	for _, button := range m.Postbacks() {
		taps = append(taps, tap{&webhook.Postback{}, button.Title, button.Payload})
	}
	return taps
}
