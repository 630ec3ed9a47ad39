package durable

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const testPin = 5 * time.Second

// seen lets a view learn a sign of life.
func seen(v *view, id, data string, stored, now time.Time) {
	v.learn("parley.claim.member."+id, []byte(data), 1, stored, now)
}

// TestViewOfTheDead has an instance that was heard of a while ago, by the server's clock and this machine's.
func TestViewOfTheDead(t *testing.T) {
	start := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		stored, seen time.Duration // the last sign of the other one, before the newest of this one, and before now
		data         string
		dead         bool
	}{
		"just heard of":                           {0, 0, `{}`, false},
		"almost a pin time":                       {testPin - 1, testPin - 1, `{}`, false},
		"a pin time":                              {testPin, testPin, `{}`, true},
		"the server's clock has jumped":           {time.Hour, testPin - 1, `{}`, false},
		"this machine was frozen, and knows only": {0, time.Hour, `{}`, false},
		"it has left":                             {0, 0, `{"left":true}`, true},
		"its word cannot be read, and it is none": {0, 0, `?`, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := newView("me", testPin, false)
			seen(v, "other", test.data, start.Add(-test.stored), start.Add(-test.seen))
			seen(v, "me", `{}`, start, start)
			if got := v.isDead("other", start); got != test.dead {
				t.Errorf("isDead = %v, want %v", got, test.dead)
			}
			alive := slices.Contains(v.alive(start), "other")
			if alive == test.dead || !slices.Contains(v.alive(start), "me") {
				t.Errorf("alive are %q", v.alive(start))
			}
		})
	}
}

// TestViewForgives wants that nobody is taken for dead who was silent as long as this instance.
func TestViewForgives(t *testing.T) {
	start := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	v := newView("me", testPin, false)
	for _, id := range []string{"me", "other"} {
		seen(v, id, `{}`, start, start)
	}
	back := start.Add(2 * testPin)
	seen(v, "me", `{}`, back, back)
	if v.isDead("other", back) {
		t.Error("dead at once, although nobody was heard of")
	}
	for at := back; at.Before(back.Add(testPin)); at = at.Add(testPin / 10) {
		seen(v, "me", `{}`, at, at)
		if v.isDead("other", at) {
			t.Errorf("dead %s after the silence of all", at.Sub(back))
		}
	}
	late := back.Add(testPin)
	if seen(v, "me", `{}`, late, late); !v.isDead("other", late) {
		t.Error("alive a pin time after the silence of all")
	}
}

func TestViewIsSynced(t *testing.T) {
	now := time.Now()
	v := newView("me", testPin, false)
	seen(v, "other", `{}`, now, now)
	if v.synced(now) {
		t.Error("synced without a sign of this instance's own")
	}
	seen(v, "me", `{}`, now, now)
	if v.synced(now) {
		t.Error("synced by the first sign: those of others that are newer may be on their way")
	}
	seen(v, "me", `{}`, now, now)
	if !v.synced(now) || v.synced(now.Add(testPin/2)) {
		t.Error("want to be synced until half a pin time after the own sign was seen")
	}
	if v.alone = true; !v.synced(now.Add(time.Hour)) {
		t.Error("who is alone is not synced")
	}
}

// TestViewFree wants what nobody has who is alive, and different beginnings for different instances.
func TestViewFree(t *testing.T) {
	now := time.Now()
	v := newView("b", testPin, false)
	for _, id := range []string{"a", "b", "c", "d"} {
		seen(v, id, `{}`, now, now)
	}
	for p, owner := range []string{"a", "b", "gone", "", "b", "c"} {
		v.learn(fmt.Sprintf("parley.claim.partition.%d", p), fmt.Appendf(nil, `{"owner":%q}`, owner), 9, now, now)
	}
	mine := func(p int) bool { return p == 1 }
	if got, want := v.free(8, mine, now), []int{2, 3, 4, 6, 7}; !slices.Equal(got, want) {
		t.Errorf("free are %d, want %d: another's that is dead, nobody's, its own that it has lost, unclaimed ones", got, want)
	}
	v.id = "c"
	if got, want := v.free(8, func(int) bool { return false }, now), []int{5, 6, 7, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("free are %d, want %d", got, want)
	}
	v.learn("parley.claim.partition.3", []byte(`{"owner":"a"}`), 8, now, now)
	if v.claims[3].Owner != "" {
		t.Error("an older claim was taken for the newest")
	}
}

// TestLease wants that a lease lapses by the clock, before anybody says so.
func TestLease(t *testing.T) {
	over := make(chan struct{}, 8)
	l := newLease(func() { over <- struct{}{} })
	if !l.lapsed() {
		t.Error("a lease that has not begun holds")
	}
	l.renew(time.Now().Add(time.Hour))
	if l.lapsed() {
		t.Error("a lease lapses before its time")
	}
	l.renew(time.Now().Add(-time.Second))
	if !l.lapsed() {
		t.Error("a lease holds after its time")
	}
	<-over
	l.renew(time.Now().Add(time.Hour))
	if l.lapsed() {
		t.Error("a lease that was renewed does not hold")
	}
	if l.stop(); !l.lapsed() {
		t.Error("a lease holds after it was stopped")
	}
}

// TestLeaseThatLapsedIsOver renews a lease that has lapsed before its timer could say so, as a process does
// that wakes: what was held under it ends.
func TestLeaseThatLapsedIsOver(t *testing.T) {
	over := 0
	l := newLease(func() { over++ })
	l.renew(time.Now().Add(time.Hour))
	if before := over; before != 1 { // once, as none has begun
		t.Errorf("over was called %d times, want once", before)
	}
	l.renew(time.Now().Add(time.Hour))
	if over != 1 {
		t.Errorf("over was called %d times although the lease held", over-1)
	}
	l.until.Store(int64(time.Since(l.begun)) - 1) // its timer runs in an hour
	l.renew(time.Now().Add(time.Hour))
	if over != 2 || l.lapsed() {
		t.Errorf("over was called %d times, want once more, and the lease to hold: %v", over, !l.lapsed())
	}
	l.stop()
}

// TestSignPause wants others to miss an instance within Pin and a second: its last sign may be a pause old,
// and theirs, which they judge by, too.
func TestSignPause(t *testing.T) {
	for _, pin := range []time.Duration{time.Second, testPin, 3 * testPin, time.Minute} {
		if late := signPause(pin) + signPause(pin)/2; late > 600*time.Millisecond || signPause(pin) > pin/10 {
			t.Errorf("with a pin time of %s they miss it %s later", pin, late)
		}
	}
}

// TestViewForgivesNoDead wants that a silence of the server brings nobody back who was dead before it.
func TestViewForgivesNoDead(t *testing.T) {
	start := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	v := newView("me", testPin, false)
	seen(v, "killed", `{}`, start, start)
	at := start
	for ; at.Before(start.Add(2 * testPin)); at = at.Add(testPin / 10) {
		seen(v, "me", `{}`, at, at)
	}
	if !v.isDead("killed", at) {
		t.Fatal("alive two pin times after its last sign")
	}
	back := at.Add(testPin) // the server was away
	if seen(v, "me", `{}`, back, back); !v.isDead("killed", back) {
		t.Error("it has come back to life, and half of the partitions wait for it")
	}
}
