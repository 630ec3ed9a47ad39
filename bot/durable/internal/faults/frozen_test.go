//go:build linux

package faults_test

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
)

// A worker is frozen while it handles a message, and another one handles it. When the first goes on it writes
// the record as it knew it, and replies: both are refused.
func TestAFrozenWorkerWritesNothing(t *testing.T) {
	const person, n = 3, 2
	r := newRun(t, sized(), workOrder{Pin: pinned, Handler: handling})
	r.store(1)
	held := r.meta.people[person].said[n-1]
	held.word = wordHold
	r.join(r.order)
	r.join(r.order)
	r.up()
	frozen := 0
	r.publish(func() {
		var owner *worker
		r.until("the message is held", func() bool {
			if holds := r.find(held, noteHeld); len(holds) > 0 {
				owner = r.place(holds[0].worker)
			}
			return owner != nil
		})
		frozen = owner.number()
		owner.freezeUntil("another worker has handled the message", func() bool {
			return len(r.find(held, noteSent)) > 0
		})
		r.until("the late write is refused", func() bool { return len(r.find(held, noteRefused)) > 0 })
	})
	r.end()
	v := r.judge()
	r.want(v)
	t.Logf("%d replies were begun by the frozen worker after others had sent them", r.meta.late(frozen))
	if written := r.find(held, noteWritten); len(written) > 0 || held.replies != 1 || len(r.find(held, noteSent)) != 1 {
		t.Errorf("%d late writes, and %d replies of which %d stand in the ledger; want none, and one\n%v",
			len(written), held.replies, len(r.find(held, noteSent)), r.find(held, noteStart))
	}
}

// late returns how many replies a worker process sent although another one had before.
func (m *meta) late(worker int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	late := 0
	for _, p := range m.people {
		for _, one := range p.said {
			if slices.Index(one.from, worker) > 0 {
				late++
			}
		}
	}
	return late
}

// find returns what handlers have noted so far of a message.
func (r *run) find(one *message, what string) []note {
	r.t.Helper()
	var found []note
	for _, n := range r.notes()[fmt.Sprintf("%s %d", one.psid, one.n)] {
		if n.what == what {
			found = append(found, n)
		}
	}
	return found
}

// place returns the worker whose process has a number; nil: there is none any more.
func (r *run) place(number int) *worker {
	for _, w := range r.all() {
		if w.number() == number {
			return w
		}
	}
	return nil
}

// freezeUntil stops the process until something has happened.
func (w *worker) freezeUntil(what string, is func() bool) {
	w.r.t.Helper()
	w.disturb()
	w.r.t.Logf("%s SIGSTOP of worker %d until %s", w.r.clock(), w.number(), what)
	w.setFrozen(true)
	w.process().signal(syscall.SIGSTOP)
	w.r.until(what, is)
	w.process().signal(syscall.SIGCONT)
	w.setFrozen(false)
	w.r.t.Logf("%s SIGCONT", w.r.clock())
}
