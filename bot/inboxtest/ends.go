package inboxtest

import (
	"context"

	"github.com/parleybot/parley/bot"
)

// endClauses say what ends with the context of Consume, and what a handler is told meanwhile.
func endClauses() []clause {
	return []clause{
		{name: "Consume ends with its context", play: func(s *stage) {
			s.consume()
			s.publish("a1")
			s.handles("a1")
		}},
		{name: "what is in hand is finished after the context of Consume has ended", play: func(s *stage) {
			s.consume()
			s.publish("a1", "b1")
			a, b := s.next("a1"), s.next("b1")
			if s.wrong() {
				return
			}
			s.stop()
			a.returns(nil)
			s.pause()
			select {
			case <-b.ctx.Done():
				s.book.fail("the context of a handler ended with that of Consume: %w", context.Cause(b.ctx))
			case <-s.ended:
				s.book.fail("Consume returned while an envelope was in hand")
			default:
			}
			b.returns(nil)
		}},
		{name: "Newer closes when a later message of the lane has arrived", play: newer},
	}
}

// newer publishes what closes Newer, and what does not.
func newer(s *stage) {
	s.consume()
	s.keep(on("a", "message:1"))
	h := s.next("message:1")
	s.keep(on("b", "message:2"), on("a", "reaction:3"))
	s.handles("message:2")
	h.newer(false)
	s.keep(on("a", "message:4"))
	h.newer(true)
	h.returns(nil)

	h = s.next("reaction:3")
	h.newer(true)
	h.returns(nil)

	h = s.next("message:4")
	h.newer(false)
	s.keep(on("a", "postback:5"))
	h.newer(true)
	h.returns(&bot.RetryError{At: s.clock.Now(), Cause: errNoLuck})
	h = s.next("message:4")
	h.newer(true)
	h.returns(nil)

	h = s.next("postback:5")
	h.newer(false)
	h.returns(nil)
}
