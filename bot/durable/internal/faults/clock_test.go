//go:build linux

package faults_test

import "testing"

// Reminders survive kills, and fire when the clock jumps: each once, and none is lost. Half of them are due
// only by the jump. When the clock jumps back nothing fires again.
func TestReminders(t *testing.T) {
	s := sized()
	s.events /= 2
	r := newRun(t, s, workOrder{Pin: pinned, Handler: handling})
	r.store(1)
	for person := range s.people {
		for n := 1; n <= s.events/s.people; n += 3 {
			r.meta.remindOf(person, n)
		}
	}
	r.join(r.order)
	r.join(r.order)
	r.up()
	r.deliver(func() {
		for i := range s.kills {
			r.repliedTo(r.random.Float64() * float64(i+1) / float64(s.kills+1))
			r.up()
			r.any().kill()
		}
	})
	r.up()
	r.repliedTo(1)
	waiting := r.meta.left()
	r.t.Logf("%s the clock jumps by %s: %d of %d reminders wait", r.clock(), jump, waiting, r.meta.reminders)
	for _, w := range r.all() {
		w.process().signal(jumpForward)
	}
	r.until("all is replied to, and all are reminded", r.meta.done)
	r.pass(pinned) // and what was sent last is in its session: by the old clock it would not be due again
	for _, w := range r.all() {
		w.process().signal(jumpBack)
	}
	r.any().kill() // what has fired is not to come back
	r.up()
	r.pass(2 * pinned)
	r.end()
	v := r.judge()
	r.want(v)
	if waiting == 0 || v.reminded < r.meta.reminders || v.reminded > r.meta.reminders+v.reruns {
		t.Errorf("%d reminders fired and %d waited for the jump, want one for each of %d, and of each of the %d "+
			"runs too many at most one more", v.reminded, waiting, r.meta.reminders, v.reruns)
	}
}

// repliedTo waits until such a part of the messages is replied to.
func (r *run) repliedTo(part float64) {
	r.t.Helper()
	all := float64(r.messages())
	r.until("messages are replied to", func() bool {
		_, answered := r.meta.state()
		return float64(answered) >= part*all
	})
}
