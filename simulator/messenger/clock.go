package messenger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// followTime is how long Advance waits for a bot that follows the clock.
	followTime = 2 * time.Second
	// farthest is how far the clock can be moved ahead in all.
	farthest = 100 * 365 * 24 * time.Hour
)

// clock is the simulator's clock: that of the configuration and how far it was moved ahead. Each move has a
// number, from which a bot that follows knows that it has missed one. It is safe for concurrent use.
type clock struct {
	base func() time.Time

	mu       sync.Mutex
	offset   time.Duration
	version  int           // counts the moves, from 1 for the clock as it starts
	taken    int           // the newest version that a bot has taken over
	followed bool          // a bot follows, as far as can be known
	changed  chan struct{} // closed when any of these changes
}

func newClock(base func() time.Time) *clock {
	return &clock{base: base, version: 1, changed: make(chan struct{})}
}

// now returns the simulator's time.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.offset)
}

// bump wakes everybody who waits. The caller holds the lock.
func (c *clock) bump() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// move moves the clock ahead and returns the number of the move.
func (c *clock) move(d time.Duration) (version int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case d < 0:
		return 0, errors.New("messenger: the clock is moved forwards only")
	case d > farthest-c.offset:
		return 0, fmt.Errorf("messenger: the clock is moved too far: at most %s in all", farthest)
	}
	c.offset += d
	c.version++
	c.bump()
	return c.version, nil
}

// awaitTaken waits until a bot has taken a version over. It does not wait if none follows, and gives one up
// that does not answer in time.
func (c *clock) awaitTaken(ctx context.Context, version int) error {
	timer := time.NewTimer(followTime)
	defer timer.Stop()
	for {
		c.mu.Lock()
		done, changed := !c.followed || c.taken >= version, c.changed
		c.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-timer.C:
			c.forsake()
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// reading is what a bot that follows the clock is told.
type reading struct {
	OffsetMS int64 `json:"offset_ms"` // how far the clock is ahead of the machine's
	Version  int   `json:"version"`   // to be given as seen the next time
}

// read returns the clock to a bot that has taken over the version seen, and a channel that closes when there
// may be something new; nil: there is.
func (c *clock) read(seen int) (reading, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := reading{OffsetMS: c.offset.Milliseconds(), Version: c.version}
	if !c.followed || seen == c.version && c.taken != seen {
		c.followed = true
		if seen == c.version {
			c.taken = seen
		}
		c.bump()
	}
	if seen != c.version {
		return now, nil
	}
	return now, c.changed
}

// forsake notes that no bot follows any more.
func (c *clock) forsake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.followed = false
	c.bump()
}

// Advance moves the simulator's clock ahead by d, in whole milliseconds: that of events, of messaging
// windows, of the Graph API, and that of a bot of Parley's, which follows it. It returns when the bot has
// taken the new time over, or after two seconds; a bot that does not follow, such as one in another
// language, is not waited for. The error is ctx's, or says that d is negative or goes beyond a hundred years.
func (s *Simulator) Advance(ctx context.Context, d time.Duration) error {
	d = d.Truncate(time.Millisecond)
	s.acting.Lock()
	version, err := s.clock.move(d)
	if err == nil {
		s.journal.add(entry{Time: s.cfg.Now().UnixMilli(), Clock: &moved{Millis: d.Milliseconds()}})
	}
	s.acting.Unlock()
	if err != nil {
		return err
	}
	s.lookAtControl() // which may have expired
	return s.clock.awaitTaken(ctx, version)
}
