package bot

import (
	"container/heap"
	"context"
	"time"
)

// The clock is looked at when the next thing is due by it, but at least and at most so often: an injected
// clock may jump, or stand still.
const (
	longestLook  = time.Second
	shortestLook = time.Millisecond
)

// schedule is what waits for the clock, the earliest first; of equal times the one added first.
type schedule struct {
	items []scheduled
	added uint64
}

// scheduled is an envelope that is due later, or tried again later.
type scheduled struct {
	at     time.Time
	number uint64
	parcel *parcel
}

// tried reports whether p has been handed out before: if it waits for the clock, it does so at the head of
// its lane.
func (p *parcel) tried() bool { return p.attempt > 1 }

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
func (s *schedule) add(at time.Time, p *parcel) bool {
	s.added++
	heap.Push(s, scheduled{at: at, number: s.added, parcel: p})
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

// later puts p on the schedule.
func (l *Lanes) later(at time.Time, p *parcel) {
	if l.due.add(at, p) {
		l.hurry()
	}
}

// Heed makes now the clock, unless LanesConfig.Now is set, and reports whether it is not. A bot calls it.
func (l *Lanes) Heed(now func() time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clockless {
		l.cfg.Now = now
	}
	return l.clockless
}

// hurry makes followClock look anew.
func (l *Lanes) hurry() {
	select {
	case l.sooner <- struct{}{}:
	default: // it has been told and has not looked yet
	}
}

// look hands what is due to the lanes at once, because the clock has jumped.
func (l *Lanes) look() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moveDue()
	l.hurry()
}

// moveDue makes ready what is due, and returns when to look again.
func (l *Lanes) moveDue() time.Duration {
	now := l.cfg.Now()
	for {
		item, ok := l.due.take(now)
		switch {
		case !ok && len(l.due.items) == 0:
			return longestLook
		case !ok:
			return min(max(l.due.items[0].at.Sub(now), shortestLook), longestLook)
		case item.parcel.tried():
			l.offer(item.parcel.lane)
		default:
			l.append(item.parcel)
		}
	}
}

// followClock hands due events to the lanes until ctx ends.
func (l *Lanes) followClock(ctx context.Context) {
	timer := time.NewTimer(longestLook)
	defer timer.Stop()
	for ctx.Err() == nil {
		l.mu.Lock()
		pause := l.moveDue()
		l.mu.Unlock()
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-l.sooner:
		case <-ctx.Done():
		}
	}
}

// rest waits for d or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// laneQueue is a queue of lanes, each at most once in it.
type laneQueue struct{ first, last *lane }

func (q *laneQueue) empty() bool { return q.first == nil }

func (q *laneQueue) push(on *lane) {
	if q.empty() {
		q.first = on
	} else {
		q.last.next = on
	}
	q.last = on
}

func (q *laneQueue) pop() *lane {
	on := q.first
	q.first, on.next = on.next, nil
	return on
}

// workers are the workers of a Lanes without work. The last to rest is the first to be called: what it
// needs is still in the processor's caches.
type workers []chan struct{}

func (w *workers) wakeOne() {
	if last := len(*w) - 1; last >= 0 {
		(*w)[last] <- struct{}{} // it has room: a worker that rests was not called since
		*w = (*w)[:last]
	}
}

func (w *workers) wakeAll() {
	for len(*w) > 0 {
		w.wakeOne()
	}
}
