package inboxtest

import (
	"fmt"
	"sync/atomic"

	"github.com/parleybot/parley/bot"
)

// roomClauses say what happens when there is no room.
func roomClauses() []clause {
	return []clause{
		{name: "a full inbox keeps nothing of a batch", options: Options{Capacity: 5}, play: func(s *stage) {
			s.publish("a1", "b1", "b2")
			s.refused("c1", "c2", "c3")
			s.refused("d1", "d2", "d3", "d4", "d5", "d6")
			s.publish("a2", "e1")
			s.refused("a3")
			s.consume()
			s.handles("a1", "a2", "b1", "b2", "e1")
		}},
		{name: "what was refused is kept once there is room", options: Options{Capacity: 3}, play: roomAgain},
		{name: "many publishers: each batch is whole", options: Options{Capacity: 40}, play: manyBatches},
		cappedLane(),
	}
}

// partClauses say the same of an inbox that may have kept a part of a batch that it refuses.
func partClauses() []clause {
	return []clause{
		{name: "a full inbox refuses a batch", options: Options{Capacity: 5}, play: func(s *stage) {
			s.publish("a1", "b1", "b2")
			s.refused("c1", "c2", "c3")
			s.refused("d1", "d2", "d3", "d4", "d5", "d6")
			s.consume()
			s.keepMeanwhile("c1", "c2", "c3")
		}},
		{
			name:    "of a refused batch none is kept without the earlier ones of its lane",
			options: Options{Capacity: 5},
			play: func(s *stage) {
				s.publish("a1", "a2", "b1", "b2")
				s.refused("c1", "c2", "d1", "d2")
				s.consume()
				s.handles("a1", "b1", "a2", "b2")
				s.pause()
				s.keepMeanwhile("c1", "c2", "d1", "d2")
			},
		},
		{
			name:    "many publishers: each lane in order, although batches are refused",
			options: Options{Capacity: 40}, play: manyBatches,
		},
		cappedLane(),
	}
}

// cappedLane is about the room in one lane.
func cappedLane() clause {
	return clause{
		name: "what exceeds the cap of a lane is buried", options: Options{PerLane: 3}, play: fullLane,
	}
}

// keepMeanwhile publishes a batch of plain envelopes until it is accepted, while it settles what is handed
// out.
func (s *stage) keepMeanwhile(ids ...string) {
	s.until("there is room in the inbox again", func() bool {
		for len(s.hand) > 0 || s.takes(poll) {
			h := s.hand[0]
			s.hand = s.hand[1:]
			h.returns(nil)
		}
		return s.offer(events(ids...))
	})
	s.handlesAll(closed())
}

// roomAgain publishes a batch for which there is no room until there is.
func roomAgain(s *stage) {
	s.publish("a1", "a2", "b1")
	s.refused("a3", "b2")
	s.consume()
	s.handles("a1", "b1")
	s.keepOnceThereIsRoom("a3", "b2")
	s.handles("a2", "a3", "b2")
}

// fullLane publishes more for a lane than it holds.
func fullLane(s *stage) {
	s.overflows([]string{"a4", "a5"}, "a1", "b1", "a2", "a3", "a4", "b2", "a5")
	s.overflows([]string{"a6"}, "a6")
	s.publish("c1", "b3")
	s.consume()
	s.handles("b1", "a1", "a2", "a3", "b2", "c1", "b3")
	s.publish("a7", "a8")
	s.handles("a7", "a8")
}

// overflows publishes a batch of plain envelopes of which some find their lane full.
func (s *stage) overflows(surplus []string, ids ...string) {
	if s.wrong() {
		return
	}
	batch := events(ids...)
	s.book.enter(batch)
	s.book.overflow(surplus)
	if err := s.inbox.Publish(s.ctx, batch); err != nil {
		s.book.fail("Publish of %d envelopes, of which %d exceed the cap of their lane: %w",
			len(ids), len(surplus), err)
	}
}

// manyBatches fills the inbox from eight goroutines with batches that leave room for one envelope more, and
// handles what was accepted.
func manyBatches(s *stage) {
	const publishers, rounds, each = 8, 10, 3
	var kept atomic.Int64
	<-concurrently(publishers, func(p int) {
		for round := range rounds {
			var batch []bot.Envelope
			for n := range each {
				lane := fmt.Sprintf("p%dl%d", p, n)
				batch = append(batch, on(lane, fmt.Sprintf("%s.%d", lane, round)))
			}
			if s.offer(batch) {
				kept.Add(each)
			}
		}
	})
	if n := kept.Load(); n == 0 || n > 40 {
		s.book.fail("%d envelopes were accepted, and there is room for 40", n)
	}
	s.consume()
	s.handlesAll(closed())
}
