package durable

import (
	"context"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
)

// TestScheduleForgetsWhatHasEnded wants nothing of a holding to stay in memory until it would be due.
func TestScheduleForgetsWhatHasEnded(t *testing.T) {
	l := newLease(func() {})
	l.renew(time.Now().Add(time.Hour))
	t.Cleanup(l.stop)
	now, s := time.Now(), newSchedule()
	stays := &holding{ctx: held{t.Context(), l}}
	ended, end := context.WithCancel(t.Context())
	ends := &holding{ctx: held{ended, l}}
	for n := range 50 {
		for _, h := range []*holding{ends, stays} {
			s.add(&item{
				holding: h, sequence: uint64(n),
				envelope: bot.Envelope{Due: now.Add(time.Duration((n*7)%50) * time.Hour)},
			})
		}
	}
	end()
	s.forget(ends)
	if len(s.items) != 50 {
		t.Errorf("%d events are on the schedule, want 50", len(s.items))
	}
	before := time.Time{}
	for len(s.items) > 0 {
		it, wait := s.take(now.Add(100 * time.Hour))
		if it == nil || wait != 0 || it.holding != stays || it.envelope.Due.Before(before) {
			t.Fatalf("took %+v, and is to wait %s", it, wait)
		}
		before = it.envelope.Due
	}
}
