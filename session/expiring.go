package session

import "container/heap"

// expiring are entries that expire, as a heap: the next to expire comes first.
type expiring []*entry

// replace takes old out and puts fresh in. Either may be nil, or never expire.
func (x *expiring) replace(old, fresh *entry) {
	wasIn, isIn := old != nil && !old.expires.IsZero(), fresh != nil && !fresh.expires.IsZero()
	switch {
	case wasIn && isIn:
		fresh.place = old.place
		(*x)[fresh.place] = fresh
		heap.Fix(x, fresh.place)
	case wasIn:
		heap.Remove(x, old.place)
	case isIn:
		heap.Push(x, fresh)
	}
}

// Len, Less, Swap, Push and Pop are for package heap alone.
func (x expiring) Len() int { return len(x) }

func (x expiring) Less(i, j int) bool { return x[i].expires.Before(x[j].expires) }

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
	all[last] = nil
	*x = all[:last]
	return e
}
