package durable

import (
	"container/heap"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// schedule holds what is due later, of which only the time and the sequence are in memory. It is safe for
// concurrent use.
type schedule struct {
	mu     sync.Mutex
	items  dueItems
	sooner chan struct{} // filled when the earliest has changed
}

func newSchedule() *schedule { return &schedule{sooner: make(chan struct{}, 1)} }

// add puts an event on the schedule.
func (s *schedule) add(it *item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	heap.Push(&s.items, it)
	if s.items[0] == it {
		poke(s.sooner)
	}
}

// forget takes the events of a holding that has ended off the schedule.
func (s *schedule) forget(h *holding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = slices.DeleteFunc(s.items, func(it *item) bool { return it.holding == h })
	heap.Init(&s.items)
}

// take returns the earliest event if it is due, and else how long to wait before looking again.
func (s *schedule) take(now time.Time) (*item, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.items) > 0 {
		first := s.items[0]
		if first.holding.isLeaving() {
			heap.Pop(&s.items)
			continue
		}
		if wait := first.envelope.Due.Sub(now); wait > 0 {
			return nil, min(max(wait, time.Millisecond), time.Second)
		}
		heap.Pop(&s.items)
		return first, 0
	}
	return nil, time.Second
}

// keepTime hands what is due to the lanes until ctx ends. It looks at the clock once a second at least, as
// that may be moved.
func (c *consumption) keepTime(ctx context.Context) {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	for ctx.Err() == nil {
		it, wait := c.due.take(c.inbox.clock.now())
		if it != nil {
			if c.waitForRoom(it.holding) && !c.fetch(it) {
				<-c.dueRoom
			}
			continue
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-c.due.sooner:
		case <-ctx.Done():
		}
	}
}

// dueShare is how many times Config.Ahead events may be in memory that were due later, of all partitions:
// thousands may be due in the same minute.
const dueShare = 16

// waitForRoom waits until one more event that is due may be in memory, and reports false if its holding ended
// or leaves before.
func (c *consumption) waitForRoom(h *holding) bool {
	select {
	case c.dueRoom <- struct{}{}:
		return true
	case <-c.ctx.Done():
	case <-h.ctx.Done():
	case <-h.idle:
	}
	return false
}

// fetch reads an event that is due and puts it into its lane, and reports whether it did.
func (c *consumption) fetch(it *item) bool {
	ctx, cancel := context.WithTimeout(it.holding.ctx, claimTimeout)
	defer cancel()
	stored, err := c.inbox.streams.inbox.GetMsg(ctx, it.sequence)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return false
	case err != nil:
		c.inbox.cfg.Log.Warn().Err(err).Msg("durable: an event that is due cannot be read: tried again")
		c.due.add(it)
		pause(it.holding.ctx, 10*firstPause)
		return false
	}
	if it.envelope, err = decode(stored.Data); err != nil {
		c.inbox.cfg.Log.Error().Err(err).Uint64("sequence", it.sequence).
			Msg("durable: a stored event is left where it is")
		return false
	}
	c.enqueue(it)
	return true
}

// dueItems is a heap of events, the earliest first, and of equal times the one stored first.
type dueItems []*item

func (d dueItems) Len() int { return len(d) }

func (d dueItems) Less(i, j int) bool {
	if order := d[i].envelope.Due.Compare(d[j].envelope.Due); order != 0 {
		return order < 0
	}
	return d[i].sequence < d[j].sequence
}

func (d dueItems) Swap(i, j int) { d[i], d[j] = d[j], d[i] }

// Push adds an item for package heap.
func (d *dueItems) Push(x any) {
	if it, ok := x.(*item); ok {
		*d = append(*d, it)
	}
}

// Pop removes the last item for package heap.
func (d *dueItems) Pop() any {
	last := len(*d) - 1
	it := (*d)[last]
	(*d)[last] = nil
	*d = (*d)[:last]
	return it
}
