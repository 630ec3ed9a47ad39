package inboxtest

import (
	"fmt"
	"sync"

	"github.com/parleybot/parley/bot"
)

// laneClauses say in which order envelopes are handed out.
func laneClauses() []clause {
	return []clause{
		{name: "a lane is handed out in order", play: func(s *stage) {
			s.publish("a1", "b1", "a2", "a3", "b2")
			s.consume()
			s.handles("a1", "a2", "a3", "b1", "b2")
			s.publish("a4")
			s.publish("a5", "a6")
			s.handles("a4", "a5", "a6")
		}},
		{name: "one envelope of a lane is in hand at a time", play: func(s *stage) {
			s.consume()
			s.publish("a1")
			first := s.next("a1")
			s.publish("a2", "a3", "b1")
			s.handles("b1")
			s.pause()
			first.returns(nil)
			s.handles("a2", "a3")
		}},
		{name: "four lanes are in hand at a time", play: func(s *stage) {
			s.publish("a1", "a2", "b1", "c1", "d1")
			s.consume()
			all := []*handout{s.next("a1"), s.next("b1"), s.next("c1"), s.next("d1")}
			for _, h := range all {
				h.returns(nil)
			}
			s.handles("a2")
		}},
		{name: "a lane that hangs delays no other", play: hangingLane},
		{name: "many publishers: each lane in order, each envelope once", play: manyPublishers},
	}
}

// hangingLane keeps one envelope in hand while those of thirty other lanes are handled.
func hangingLane(s *stage) {
	s.consume()
	s.publish("a1", "a2")
	hangs := s.next("a1")
	for i := range 30 {
		lane := fmt.Sprintf("other%d", i)
		s.keep(on(lane, lane+".1"), on(lane, lane+".2"))
		s.handles(lane+".1", lane+".2")
	}
	hangs.returns(nil)
	s.handles("a2")
}

// manyPublishers publishes for forty lanes from eight goroutines, in batches of different sizes, while what
// is published is handled.
func manyPublishers(s *stage) {
	const publishers, lanes, each = 8, 5, 20
	s.consume()
	s.handlesAll(concurrently(publishers, func(p int) {
		var batch []bot.Envelope
		for i := range lanes * each {
			lane := fmt.Sprintf("p%dl%d", p, i/2%lanes)
			batch = append(batch, on(lane, fmt.Sprintf("%s.%d", lane, i)))
			if len(batch) > i%4 {
				s.keep(batch...)
				batch = nil
			}
		}
		s.keep(batch...)
	}))
}

// concurrently calls do in n goroutines and returns a channel that closes when all have returned.
func concurrently(n int, do func(i int)) <-chan struct{} {
	done := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	go func() {
		defer close(done)
		all.Wait()
	}()
	return done
}
