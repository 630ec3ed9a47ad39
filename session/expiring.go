package session

import (
	"container/heap"
	"time"
)

// expiring are entries that expire, as a heap: the next to be looked at comes first. A record is written
// again and again, each time to expire later; its entry keeps its place until a sweep comes to it.
type expiring []*entry

// nowhere is the place of an entry that does not expire.
const nowhere = -1

// replace gives fresh the place of old, which is nil if there is none, and brings it in line with when fresh
// expires.
func (x *expiring) replace(old, fresh *entry) {
	fresh.place = nowhere
	if old != nil && old.place != nowhere {
		fresh.place, fresh.look = old.place, old.look
		(*x)[fresh.place] = fresh
	}
	switch {
	case fresh.expires.IsZero():
		x.remove(fresh)
	case fresh.place == nowhere, fresh.expires.UnixNano() < fresh.look:
		x.put(fresh)
	}
}

// put gives e the place that its expiry deserves.
func (x *expiring) put(e *entry) {
	e.look = e.expires.UnixNano()
	if e.place == nowhere {
		heap.Push(x, e)
		return
	}
	heap.Fix(x, e.place)
}

// remove takes e out, if it is in.
func (x *expiring) remove(e *entry) {
	if e.place != nowhere {
		heap.Remove(x, e.place)
	}
}

// next returns the entry that has to be looked at by now, or nil.
func (x expiring) next(now time.Time) *entry {
	if len(x) == 0 || now.UnixNano() < x[0].look {
		return nil
	}
	return x[0]
}

// Len, Less, Swap, Push and Pop are for package heap alone.
func (x expiring) Len() int { return len(x) }

func (x expiring) Less(i, j int) bool { return x[i].look < x[j].look }

func (x expiring) Swap(i, j int) {
	x[i], x[j] = x[j], x[i]
	x[i].place, x[j].place = i, j
}

func (x *expiring) Push(e any) {
	fresh, _ := e.(*entry)
	fresh.place = len(*x)
	*x = append(*x, fresh)
}

func (x *expiring) Pop() any {
	all := *x
	last := len(all) - 1
	e := all[last]
	e.place = nowhere
	all[last] = nil
	*x = all[:last]
	return e
}
