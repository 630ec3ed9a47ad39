package bot

import (
	"container/heap"
	"context"
	"time"
)

// schedule is what waits for the clock, the earliest first; of equal times the one added first.
type schedule struct {
	items []scheduled
	added uint64
}

// scheduled is an envelope that is due later, or a lane whose head is tried again later.
type scheduled struct {
	at     time.Time
	number uint64
	parcel *parcel // nil: the lane's head
	lane   *lane
}

// Len, Less, Swap, Push and Pop make a heap of the items.
func (s *schedule) Len() int { return len(s.items) }

func (s *schedule) Less(i, j int) bool {
	a, b := &s.items[i], &s.items[j]
	if a.at.Equal(b.at) {
		return a.number < b.number
	}
	return a.at.Before(b.at)
}

func (s *schedule) Swap(i, j int) { s.items[i], s.items[j] = s.items[j], s.items[i] }

func (s *schedule) Push(x any) {
	if item, ok := x.(scheduled); ok {
		s.items = append(s.items, item)
	}
}

func (s *schedule) Pop() any {
	last := len(s.items) - 1
	item := s.items[last]
	s.items[last] = scheduled{}
	s.items = s.items[:last]
	return item
}

// add puts an item on the schedule and reports whether it is now the earliest.
func (s *schedule) add(at time.Time, p *parcel, on *lane) bool {
	s.added++
	heap.Push(s, scheduled{at: at, number: s.added, parcel: p, lane: on})
	return s.items[0].number == s.added
}

// take removes and returns the earliest item that is due at now.
func (s *schedule) take(now time.Time) (scheduled, bool) {
	if len(s.items) == 0 || s.items[0].at.After(now) {
		return scheduled{}, false
	}
	item, ok := heap.Pop(s).(scheduled)
	return item, ok
}

// moveDue moves what is due from the schedule to the lanes, and returns how long nothing more will be due.
func (l *Lanes) moveDue() time.Duration {
	now := l.cfg.Now()
	for {
		item, ok := l.due.take(now)
		if !ok {
			break
		}
		if item.parcel != nil {
			l.append(item.parcel)
			continue
		}
		item.lane.hand = false
		l.wake(item.lane)
	}
	if len(l.due.items) == 0 {
		return lookAtClock
	}
	return min(lookAtClock, l.due.items[0].at.Sub(now))
}

// followClock hands due events to the lanes until ctx ends.
func (l *Lanes) followClock(ctx context.Context) {
	timer := time.NewTimer(lookAtClock)
	defer timer.Stop()
	for {
		l.mu.Lock()
		pause := l.moveDue()
		l.mu.Unlock()
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-l.sooner:
		case <-ctx.Done():
			return
		}
	}
}

// laneQueue is a queue of lanes that reuses its memory.
type laneQueue struct {
	items []*lane
	head  int
}

func (q *laneQueue) len() int { return len(q.items) - q.head }

func (q *laneQueue) push(on *lane) { q.items = append(q.items, on) }

func (q *laneQueue) pop() *lane {
	on := q.items[q.head]
	q.items[q.head] = nil
	q.head++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return on
}
