package inboxtest

import (
	"time"

	"github.com/parleybot/parley/bot"
)

// clockClauses say what Envelope.Due does.
func clockClauses() []clause {
	return []clause{
		{name: "what is due later waits for its time", play: func(s *stage) {
			s.keep(s.due(s.later, "a1"), event("a2"), event("b1"))
			s.consume()
			s.handles("a2", "b1")
			s.nothing("before it was due")
			s.clock.advance(s.later - time.Millisecond)
			s.nothing("a millisecond before it was due")
			s.clock.advance(time.Millisecond)
			s.handles("a1")
		}},
		{name: "what is due later is handed out in the order of its times", play: func(s *stage) {
			s.keep(s.due(s.later, "a2"), s.due(s.later/2, "a1"))
			s.keep(s.due(s.later, "a3"))
			s.consume()
			s.clock.advance(s.later)
			s.handles("a1", "a2", "a3")
		}},
		{name: "what becomes due takes its place in its lane", play: func(s *stage) {
			s.consume()
			s.keep(event("a1"), s.due(s.later, "a2"), s.due(s.later, "b1"))
			first := s.next("a1")
			s.clock.advance(s.later)
			s.handles("b1")
			s.pause()
			first.returns(nil)
			s.handles("a2")
		}},
		{name: "what was due before is due now", play: func(s *stage) {
			s.keep(event("a1"), s.due(-time.Hour, "a2"), event("a3"), s.due(0, "a4"))
			s.consume()
			s.handles("a1", "a2", "a3", "a4")
		}},
	}
}

// due returns an envelope that is due in a while.
func (s *stage) due(in time.Duration, id string) bot.Envelope {
	e := event(id)
	e.Due = s.clock.Now().Add(in)
	return e
}
