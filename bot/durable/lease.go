package durable

import (
	"sync"
	"sync/atomic"
	"time"
)

// lease is how long this instance may take itself for alive: others take its partitions a while after that.
// It goes by the machine's monotonic clock, which goes on while the process is frozen.
type lease struct {
	begun time.Time
	until atomic.Int64 // nanoseconds since begun
	over  func()

	mu    sync.Mutex
	timer *time.Timer
}

// newLease returns a lease that has not begun; over is called, in a goroutine of its own, whenever it lapses.
func newLease(over func()) *lease { return &lease{begun: time.Now(), over: over} }

// renew makes the lease last until then. One that has lapsed is over first: a process that wakes may renew it
// before its timer runs.
func (l *lease) renew(until time.Time) {
	over := l.lapsed()
	if over {
		l.over()
	}
	l.mu.Lock()
	before := l.until.Swap(int64(until.Sub(l.begun)))
	seen := !over && int64(time.Since(l.begun)) >= before // somebody may have seen it lapse just now
	if l.timer == nil {
		l.timer = time.AfterFunc(time.Until(until), l.check)
	} else {
		l.timer.Reset(time.Until(until))
	}
	l.mu.Unlock()
	if seen {
		l.over()
	}
}

// check calls over if the lease was not renewed meanwhile.
func (l *lease) check() {
	if l.lapsed() {
		l.over()
	}
}

// lapsed reports whether the lease is over, or has not begun.
func (l *lease) lapsed() bool { return int64(time.Since(l.begun)) >= l.until.Load() }

// stop ends the lease.
func (l *lease) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
	l.until.Store(0)
}
