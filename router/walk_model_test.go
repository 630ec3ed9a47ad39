package router_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleybot/parley/router"
)

// model is what must become of a person who talks to a bot with these plans: an oracle that goes by what the
// documentation of Conversation says, and shares nothing with the router.
type model struct {
	plans []*plan // that can be entered
	stack []*spotAt
	said  []string       // what the bot must do for the event in hand
	mix   map[string]int // what has occurred

	now, since, heard time.Time
	reminded          int
	lost              bool // the events that time is told by may be lost
}

// spotAt is a place in a plan.
type spotAt struct {
	*plan
	at      string
	data    sheet
	path    []string
	given   map[string]tapped
	parts   map[string]*spotAt
	refused int
}

// tapped is an answer.
type tapped struct{ text, payload string }

func (p *spotAt) spot() *spot { return p.spots[p.at] }

// where is the name of the current question.
func (p *spotAt) where() string { return p.name + "/" + p.at }

// copied returns a copy of a sheet that shares nothing with it.
func copied(s sheet) sheet {
	var other sheet
	if err := json.Unmarshal([]byte(s.String()), &other); err != nil {
		panic(err)
	}
	return other
}

func (m *model) top() *spotAt { return m.stack[len(m.stack)-1] }

func (m *model) say(format string, args ...any) {
	m.said = append(m.said, fmt.Sprintf(format, args...))
}

// send says something, if the messaging window is open.
func (m *model) send(message string) bool {
	open := m.now.Sub(m.heard) < 24*time.Hour
	if open {
		m.say("< %s", message)
	} else {
		m.mix["message outside the window"]++
	}
	return open
}

// tell is a callback that tells of the data.
func (m *model) tell(what string, p *spotAt) {
	m.mix[what]++
	m.say("%s of %s with %s", what, p.name, &p.data)
	m.send(what)
}

func (m *model) enter(p *plan) {
	m.stack, m.lost = nil, false
	m.push(p, nil)
	m.arrive(false)
}

func (m *model) push(p *plan, before *spotAt) {
	if before == nil {
		before = &spotAt{plan: p, at: p.start, given: make(map[string]tapped), parts: make(map[string]*spotAt)}
	}
	m.stack = append(m.stack, before)
}

// arrive asks the current question, of the innermost conversation.
func (m *model) arrive(resumed bool) {
	for m.top().spot().sub != nil {
		outer := m.top()
		before := outer.parts[outer.at]
		delete(outer.parts, outer.at)
		if before != nil && resumed {
			m.mix["back into a part"]++
		} else if before != nil {
			m.mix["part once more"]++
			before.at, before.refused = before.start, 0
			before.empty()
		}
		m.push(outer.spot().sub, before)
		m.mix[fmt.Sprintf("part %d deep", len(m.stack)-1)]++
	}
	m.ask()
}

// ask asks the question and waits anew.
func (m *model) ask() {
	m.send(m.question())
	m.since, m.reminded = m.now, 0
}

// offered returns what the current question offers: titles and taps.
func (m *model) offered() (titles []string, taps map[string]tapped) {
	l := m.top()
	s := l.spot()
	taps = make(map[string]tapped)
	for _, option := range s.options {
		titles = append(titles, option)
		taps[option] = tapped{option, l.where() + "/" + option}
	}
	if s.kind == phone {
		titles = append(titles, "user_phone_number")
		taps["user_phone_number"] = tapped{number, number}
	}
	if g, ok := l.given[l.at]; ok && len(titles) < 13 && !slices.Contains(titles, g.text) && !slices.Contains(l.path, l.at) {
		m.mix["earlier answer offered"]++
		title := g.text
		if utf8.RuneCountInString(title) > 20 {
			title = string([]rune(title)[:19]) + "…"
		}
		titles = append(titles, title)
		taps[title] = tapped{title, l.earlierPayload()}
	}
	return titles, taps
}

const number = "+12025550123"

// earlierPayload is the payload of the quick reply that gives the earlier answer once more.
func (p *spotAt) earlierPayload() string { return router.ReplayPayload(p.name, p.at) }

func (m *model) question() string {
	titles, _ := m.offered()
	return shown(m.top().spot().text(m.top().where(), &m.top().data), titles)
}

// shown is a message in the words of a log.
func shown(text string, titles []string) string {
	return strings.Join(append([]string{text}, titles...), " | ")
}

func (m *model) back() {
	for {
		l := m.top()
		if n := len(l.path); n > 0 {
			l.at, l.path, l.refused = l.path[n-1], l.path[:n-1], 0
			m.arrive(true)
			return
		}
		if len(m.stack) == 1 {
			m.arrive(false)
			return
		}
		m.mix["back out of a part"]++
		m.pop()
	}
}

// pop leaves the innermost conversation, and remembers it.
func (m *model) pop() *spotAt {
	inner := m.top()
	m.stack = m.stack[:len(m.stack)-1]
	m.top().parts[m.top().at] = inner
	return inner
}

func (m *model) restart(level int) {
	for len(m.stack) > level+1 {
		m.pop()
	}
	l := m.top()
	l.at, l.refused = l.start, 0
	l.empty()
	m.arrive(false)
}

// empty forgets the data, but not what can be offered again.
func (p *spotAt) empty() {
	p.data, p.path = sheet{}, nil
	for _, inner := range p.parts {
		inner.empty()
	}
}

// over ends the whole.
func (m *model) over(what string) {
	outermost := m.stack[0]
	m.stack = nil
	m.tell(what, outermost)
}

func (m *model) answer(text, payload string) {
	l := m.top()
	s := l.spot()
	m.say("answer to %s with %s", l.where(), &l.data)
	answer, ok := s.understands(l.where(), text, payload)
	if !ok {
		hint := "what?"
		if s.silent {
			hint = ""
		}
		m.refuse(hint)
		return
	}
	m.mix["answer"]++
	l.data.take(l.at, answer)
	l.refused = 0
	delete(l.given, l.at)
	if strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= 300 {
		l.given[l.at] = tapped{text, payload}
	}
	m.advance()
}

func (m *model) refuse(hint string) {
	m.mix["refused"]++
	l := m.top()
	l.refused++
	for _, p := range slices.Backward(m.stack) {
		if p.attempts == 0 {
			continue
		}
		if l.refused < p.attempts {
			break
		}
		l.refused = 0
		if p.leaves {
			m.mix["attempts that leave"]++
			m.stack = nil
		}
		m.tell("attempts", p)
		if !p.leaves {
			m.arrive(false)
		}
		return
	}
	if hint != "" {
		m.send(hint)
	}
	m.arrive(false)
}

// advance goes where the data lead.
func (m *model) advance() {
	l := m.top()
	to := l.spot().next
	for _, f := range l.spot().forks {
		if f.holds(&l.data) {
			to = f.to
			m.mix["branch"]++
			if f.other != "" {
				m.mix["branch on another answer"]++
			}
			break
		}
	}
	switch to {
	case "(cancelled)":
		m.mix["cancelled by a state"]++
		m.over("cancelled")
	case "(done)":
		if len(m.stack) == 1 {
			m.over("finish")
		} else {
			m.into()
		}
	default:
		l.path = append(l.path, l.at)
		l.at = to
		if slices.Contains(l.path, to) {
			m.mix["loop"]++
			delete(l.parts, to)
		}
		m.arrive(false)
	}
}

// into gives what a part has gathered to the conversation around it.
func (m *model) into() {
	inner := m.pop()
	outer := m.top()
	m.say("into %s with %s: %s", outer.where(), &outer.data, &inner.data)
	data := copied(outer.data)
	if !data.takePart(outer.at, copied(inner.data)) {
		m.mix["part refused"]++
		m.refuse("not that")
		return
	}
	m.mix["part done"]++
	outer.data, outer.refused = data, 0
	m.advance()
}

// overdue reports whether the time-out has passed.
func (m *model) overdue() bool {
	return len(m.stack) > 0 && m.stack[0].timeout > 0 && m.now.Sub(m.since) >= m.stack[0].timeout
}

func (m *model) timeOut() {
	if len(m.stack) > 1 {
		m.mix["timed out within a part"]++
	}
	m.over("timed out")
}

// tick is what happens when nobody says anything, by the time that it is now.
func (m *model) tick() {
	if len(m.stack) == 0 {
		return
	}
	if m.overdue() {
		m.timeOut()
		return
	}
	due, remind := false, m.stack[0].remind
	for m.reminded < len(remind) && m.now.Sub(m.since) >= remind[m.reminded] {
		m.reminded++
		due = true
	}
	if !due {
		return
	}
	m.mix["reminder"]++
	if !m.stack[0].says || m.send("reminder") {
		m.send(m.question())
	}
}
