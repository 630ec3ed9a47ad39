package durable

import (
	"sync/atomic"
	"time"
)

// clock is what events are due and records expire by. It is safe for concurrent use.
type clock struct {
	own  bool // it was given one of its own, and keeps it
	read atomic.Pointer[func() time.Time]
}

// newClock returns a clock that reads now, or time.Now until it heeds another one.
func newClock(now func() time.Time) *clock {
	c := &clock{own: now != nil}
	if now == nil {
		now = time.Now
	}
	c.read.Store(&now)
	return c
}

// now returns the time.
func (c *clock) now() time.Time { return (*c.read.Load())() }

// heed makes now the clock, unless it was given one of its own, and reports whether it was not.
func (c *clock) heed(now func() time.Time) bool {
	if !c.own {
		c.read.Store(&now)
	}
	return !c.own
}
