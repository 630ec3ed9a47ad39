package inboxtest

import (
	"errors"
	"fmt"
	"time"

	"github.com/parleybot/parley/bot"
)

var errNoLuck = errors.New("no luck")

// outcomeClauses say what becomes of an envelope after its handler has returned.
func outcomeClauses() []clause {
	return []clause{
		{name: "a retried envelope comes again at the head of its lane", play: func(s *stage) {
			s.publish("a1", "a2", "b1")
			s.consume()
			at := s.clock.Now().Add(time.Hour)
			s.next("a1").returns(fmt.Errorf("wrapped: %w", &bot.RetryError{At: at, Cause: errNoLuck}))
			s.pause()
			s.publish("a3", "b2")
			s.handles("b1", "b2")
			s.nothing("while its lane waited for a retry")
			s.clock.advance(time.Hour - time.Millisecond)
			s.nothing("a millisecond before the time of a retry")
			s.clock.advance(time.Millisecond)
			s.handles("a1", "a2", "a3")
		}},
		{name: "an envelope is retried as often as its handler wants", play: func(s *stage) {
			s.publish("a1", "a2")
			s.consume()
			for n := range 5 {
				at := s.clock.Now().Add(time.Duration(n-2) * time.Hour)
				s.next("a1").returns(&bot.RetryError{At: at, Cause: errNoLuck})
				s.clock.advance(24 * time.Hour)
			}
			s.next("a1").returns(&bot.RetryError{Cause: errNoLuck})
			s.handles("a1", "a2")
		}},
		{name: "a released envelope comes again and counts no attempt", play: func(s *stage) {
			s.publish("a1", "a2", "b1")
			s.consume()
			s.next("a1").returns(bot.ErrReleased)
			s.next("a1").returns(fmt.Errorf("wrapped: %w", bot.ErrReleased))
			s.handles("b1")
			s.next("a1").returns(&bot.RetryError{At: s.clock.Now(), Cause: errNoLuck})
			s.next("a1").returns(bot.ErrReleased)
			s.handles("a1", "a2")
		}},
		{name: "a handler that ends its goroutine has released its envelope", play: exits},
		{name: "any other error buries the envelope and the lane goes on", play: func(s *stage) {
			s.publish("a1", "a2", "a3", "b1")
			s.consume()
			s.next("a1").returns(errors.New("shop: closed on Sunday"))
			s.next("a2").returns(&bot.RetryError{At: s.clock.Now(), Cause: errNoLuck})
			s.next("a2").returns(fmt.Errorf("shop: %w", errNoLuck))
			s.handles("a3", "b1")
		}},
	}
}

// exits ends the goroutines of handlers in four lanes, of a second attempt too.
func exits(s *stage) {
	s.publish("a1", "a2", "b1", "c1", "d1")
	s.consume()
	for range 2 {
		for _, id := range []string{"a1", "b1", "c1", "d1"} {
			s.next(id).returns(errExits)
		}
	}
	s.next("a1").returns(&bot.RetryError{At: s.clock.Now(), Cause: errNoLuck})
	s.next("a1").returns(errExits)
	s.handles("a1", "a2", "b1", "c1", "d1")
}
