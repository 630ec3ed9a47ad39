package router_test

import (
	"fmt"
	"slices"
	"strings"
)

// hears takes what the person said or tapped.
func (m *model) hears(text, payload string, button bool) {
	m.heard = m.now
	if m.overdue() { // only where the event was lost that would have said so
		m.mix["time-out noticed late"]++
		m.timeOut()
	}
	if len(m.stack) == 0 {
		m.outside(text, payload)
		return
	}
	input := payload
	if input == "" {
		input = text
	}
	if m.word(strings.ToLower(strings.TrimSpace(input))) {
		return
	}
	l := m.top()
	_, taps := m.offered()
	isOffered := false
	for _, tap := range taps {
		isOffered = isOffered || tap.payload == payload
	}
	g, given := l.given[l.at]
	switch {
	case payload == l.earlierPayload() && given && !slices.Contains(l.path, l.at):
		m.mix["earlier answer taken"]++
		m.answer(g.text, g.payload)
	case payload != "" && isOffered:
		m.mix["tap"]++
		if button {
			text = "" // what it shows is no text of the person
		}
		m.answer(text, payload)
	case m.interrupt(text, payload):
	case payload != "" || button:
		m.mix["old tap"]++
		m.ask()
	default:
		m.answer(text, payload)
	}
}

// outside is what a person who is in no conversation hears.
func (m *model) outside(text, payload string) {
	for _, p := range m.plans {
		if payload == "" && text == "go "+p.name {
			m.enter(p)
			return
		}
	}
	if !m.route(text, payload) {
		m.send("fallback")
	}
}

// route does what the routes do that are no part of a conversation.
func (m *model) route(text, payload string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	switch {
	case payload == "MENU", payload == "" && text == "help":
		m.send("at your service")
	case payload == "LEAVE":
		m.stack = nil
		m.send("left")
	case payload == "" && text == "switch":
		m.enter(m.plans[1])
	default:
		return false
	}
	return true
}

// interrupt does what a route does, and asks once more unless that has left the conversation.
func (m *model) interrupt(text, payload string) bool {
	before := m.stack[0]
	if !m.route(text, payload) {
		return false
	}
	m.mix["interrupt"]++
	if len(m.stack) == 0 || m.stack[0] != before {
		m.mix["interrupt that leaves"]++
		return true
	}
	m.ask()
	return true
}

// word does what a word stands for.
func (m *model) word(word string) bool {
	if word == "" {
		return false
	}
	for i, p := range slices.Backward(m.stack) {
		switch word {
		case p.cancel:
			if len(m.stack) > 1 {
				m.mix["cancelled within a part"]++
			}
			m.over("cancelled")
			return true
		case p.back:
			m.mix["back"]++
			m.back()
			return true
		case p.restart:
			m.mix[fmt.Sprintf("restart of level %d of %d", i+1, len(m.stack))]++
			m.restart(i)
			return true
		}
	}
	return false
}
