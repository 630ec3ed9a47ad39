package session

import (
	"sync/atomic"
	"time"

	"github.com/parleybot/parley/send"
)

// latest remembers the latest of what was found out of each person, in a bounded memory without I/O, for
// which nothing is to be paid as long as nothing was found out of anybody. It is safe for concurrent use.
type latest[V interface{ since() time.Time }] struct {
	any    atomic.Bool // something was recorded
	people recent[V]
}

// record remembers found, unless what is remembered is as late.
func (l *latest[V]) record(page string, who send.PSID, found V) {
	key, people := l.people.find(page, who)
	people.mu.Lock()
	defer people.mu.Unlock()
	if found.since().After(people.get(key).since()) {
		people.put(key, found)
		l.any.Store(true)
	}
}

// find returns what is remembered, or the zero value.
func (l *latest[V]) find(page string, who send.PSID) V {
	if !l.any.Load() {
		var none V
		return none
	}
	key, people := l.people.find(page, who)
	people.mu.Lock()
	defer people.mu.Unlock()
	return people.get(key)
}

// forget forgets what is remembered.
func (l *latest[V]) forget(page string, who send.PSID) {
	if !l.any.Load() {
		return
	}
	key, people := l.people.find(page, who)
	people.mu.Lock()
	defer people.mu.Unlock()
	people.remove(key)
}
