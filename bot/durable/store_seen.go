package durable

import (
	"sync"
	"time"
)

// seenMost is how many revisions a Store knows the expiry of. Only a Put over an older one has to ask the
// server.
const seenMost = 1 << 13

// expiries remembers when the revisions expire that were read or written last: the server compares revisions,
// but knows nothing of the bot's clock. It is safe for concurrent use.
type expiries struct {
	mu   sync.Mutex
	seen [seenMost]struct {
		revision uint64
		expires  time.Time
	}
}

// note remembers when a revision expires, in place of another one.
func (e *expiries) note(revision uint64, expires time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	slot := &e.seen[revision%seenMost]
	slot.revision, slot.expires = revision, expires.Round(0)
}

// of returns when a revision expires, and false if it is not known.
func (e *expiries) of(revision uint64) (expires time.Time, known bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	slot := &e.seen[revision%seenMost]
	return slot.expires, slot.revision == revision
}
