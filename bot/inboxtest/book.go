package inboxtest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parleybot/parley/bot"
)

// book knows what was published and what may be handed out, and keeps the first thing that is wrong. It is
// safe for concurrent use.
type book struct {
	now   func() time.Time
	parts bool // a part of a batch that is refused may be kept

	mu      sync.Mutex
	batches int               // published so far
	entries map[string]*entry // by Envelope.ID
	lanes   map[string]*lane  // by Envelope.Key
	open    int               // entries that must be handed out and are neither settled nor buried
	dead    []bot.DeadLetter  // those that must be there
	err     error
	failed  chan struct{} // closed when err is set
}

// lane is what may be handed out of one key.
type lane struct {
	queue []*entry // in the order in which they were published
	later []*entry // those with a Due, the earliest first
	head  *entry   // what was handed out last and is not finished
	taken bool     // head is in hand
}

// entry is an envelope that was published.
type entry struct {
	envelope bot.Envelope
	attempt  int
	earliest time.Time
	finished string // how it ended; empty: it has not
	batch    int    // in which it was published last
	open     bool   // it must be handed out
	spare    int    // how often it was refused, and so may be handed out without need
}

func newBook(now func() time.Time) *book {
	return &book{
		now: now, entries: make(map[string]*entry), lanes: make(map[string]*lane),
		failed: make(chan struct{}),
	}
}

// fail keeps what is wrong unless something was before.
func (b *book) fail(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failLocked(format, args...)
}

func (b *book) failLocked(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(format, args...)
		close(b.failed)
	}
}

// fault returns what is wrong.
func (b *book) fault() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// enter notes a batch that is about to be published.
func (b *book) enter(batch []bot.Envelope) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.batches++
	for _, e := range batch {
		if n := b.entries[e.ID]; n != nil && n.spare > 0 {
			n.batch = b.batches
			b.count(n, n.finished == "")
			continue
		}
		e.Header, e.Data = maps.Clone(e.Header), bytes.Clone(e.Data)
		n := &entry{envelope: e, attempt: 1, batch: b.batches}
		on := b.lanes[e.Key]
		if on == nil {
			on = &lane{}
			b.lanes[e.Key] = on
		}
		if e.Due.After(b.now()) {
			n.earliest = e.Due
			on.later = append(on.later, n)
			slices.SortStableFunc(on.later, func(x, y *entry) int { return x.earliest.Compare(y.earliest) })
		} else {
			on.queue = append(on.queue, n)
		}
		b.entries[e.ID] = n
		b.count(n, true)
	}
}

// count notes whether n must be handed out. The caller holds mu.
func (b *book) count(n *entry, open bool) {
	switch {
	case open && !n.open:
		b.open++
	case !open && n.open:
		b.open--
	}
	n.open = open
}

// strike takes back a batch that was refused. Where parts of it may have been kept, it may be handed out.
func (b *book) strike(batch []bot.Envelope) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range batch {
		n := b.entries[e.ID]
		if b.parts {
			n.spare++
			b.count(n, false)
			continue
		}
		if n.finished != "" || b.lanes[e.Key].head == n {
			b.failLocked("%s was handed out, and Publish refused it", short(e.ID))
			return
		}
		b.finish(n, "Publish refused it")
	}
}

// overflow notes the envelopes that find their lane full.
func (b *book) overflow(ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		n := b.entries[id]
		n.attempt = 0
		b.bury(n, bot.CauseOverflow)
	}
}

// bury notes a dead letter. The caller holds mu.
func (b *book) bury(n *entry, cause string) {
	b.dead = append(b.dead, bot.DeadLetter{Envelope: n.envelope, Cause: cause, Attempts: n.attempt})
	b.finish(n, "it became a dead letter")
}

// finish notes that n must not be handed out any more. The caller holds mu.
func (b *book) finish(n *entry, how string) {
	n.finished = how
	b.count(n, false)
	on := b.lanes[n.envelope.Key]
	on.queue = slices.DeleteFunc(on.queue, func(other *entry) bool { return other == n })
	on.later = slices.DeleteFunc(on.later, func(other *entry) bool { return other == n })
	if on.head == n {
		on.head = nil
	}
}

// handOut judges a delivery that the inbox hands out.
func (b *book) handOut(d *bot.Delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.entries[d.ID]
	if n == nil {
		b.failLocked("%s was handed out, and never published", short(d.ID))
		return
	}
	on, id, head := b.lanes[n.envelope.Key], short(d.ID), ""
	if on.head != nil {
		head = short(on.head.envelope.ID)
	}
	again := n.finished != "" && n.spare > 0
	if again {
		n.spare--
		n.finished, n.attempt, n.earliest = "", 1, n.envelope.Due
	}
	switch now := b.now(); {
	case n.finished != "":
		b.failLocked("%s was handed out, although %s", id, n.finished)
	case on.taken:
		b.failLocked("%s was handed out while %s of its lane was in hand", id, head)
	case on.head != nil && on.head != n:
		b.failLocked("%s was handed out while %s of its lane was not finished", id, head)
	case on.head == nil && !again && !on.isNext(n):
		b.failLocked("%s was handed out before an earlier one of its lane", id)
	case now.Before(n.earliest):
		b.failLocked("%s was handed out %s before its time", id, n.earliest.Sub(now))
	case d.Attempt != n.attempt:
		b.failLocked("%s was handed out with Attempt %d, want %d", id, d.Attempt, n.attempt)
	case d.Newer == nil:
		b.failLocked("%s was handed out without Newer", id)
	default:
		if err := differs(d.Envelope, n.envelope); err != nil {
			b.failLocked("%s was handed out: %w", id, err)
		}
	}
	on.head, on.taken = n, true
}

// isNext reports whether n may be handed out when nothing of the lane is in hand: it is the first of those
// that were due when they were published, or the first of the others. What was refused need not come, but
// before what was refused with it.
func (l *lane) isNext(n *entry) bool {
	for _, list := range [][]*entry{l.queue, l.later} {
		for _, first := range list {
			if first == n {
				return true
			}
			if first.open || first.batch == n.batch {
				break
			}
		}
	}
	return false
}

// answer notes what the handler of an envelope is about to return.
func (b *book) answer(id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.entries[id]
	if n == nil || b.err != nil {
		return
	}
	b.lanes[n.envelope.Key].taken = false
	var retry *bot.RetryError
	switch {
	case err == nil:
		b.finish(n, "it had been handled")
	case errors.As(err, &retry):
		n.attempt++
		n.earliest = retry.At
	case !errors.Is(err, bot.ErrReleased):
		b.bury(n, err.Error())
	}
}

// known notes that the inbox knew an envelope already and did not keep it again.
func (b *book) known(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finish(b.entries[id], "it was known already")
}

// drop notes that dead letters are dropped.
func (b *book) drop(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dead = slices.DeleteFunc(b.dead, func(d bot.DeadLetter) bool { return d.ID == id })
}

// buried returns the dead letters that must be there.
func (b *book) buried() []bot.DeadLetter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.dead)
}

// unfinished returns how many envelopes are neither settled nor buried.
func (b *book) unfinished() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open
}

// someUnfinished returns the ID of an envelope that is neither settled nor buried.
func (b *book) someUnfinished() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, n := range b.entries {
		if n.finished == "" {
			return short(id)
		}
	}
	return "none"
}

// differs returns in what an envelope differs from the one that was published.
func differs(got, want bot.Envelope) error {
	switch {
	case got.ID != want.ID:
		return fmt.Errorf("its ID is %s, want %s", short(got.ID), short(want.ID))
	case got.Key != want.Key:
		return fmt.Errorf("its Key is %s, want %s", short(got.Key), short(want.Key))
	case !got.Due.Equal(want.Due):
		return fmt.Errorf("its Due is %s, want %s", got.Due, want.Due)
	case !maps.Equal(got.Header, want.Header):
		return fmt.Errorf("its Header is %q, want %q", got.Header, want.Header)
	case !bytes.Equal(got.Data, want.Data):
		return fmt.Errorf("its Data is %s, want %s", short(string(got.Data)), short(string(want.Data)))
	}
	return nil
}

// short returns s quoted, and its beginning and length alone if it is long.
func short(s string) string {
	if len(s) > 60 {
		return fmt.Sprintf("%q… (%d bytes)", s[:24], len(s))
	}
	return fmt.Sprintf("%q", s)
}
