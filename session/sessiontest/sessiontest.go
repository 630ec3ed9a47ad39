package sessiontest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/session"
)

// Run runs the contract against the Stores that open returns, one subtest for each clause. It calls open
// once for each, and wants an empty Store that judges Record.Expires by now; now is safe for concurrent
// use. What open needs to be cleaned up it gives to t.Cleanup.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) session.Store) {
	t.Helper()
	for _, c := range contract() {
		t.Run(c.name, func(t *testing.T) {
			now := newClock()
			if err := c.holds(t.Context(), open(t, now.Now), now); err != nil {
				t.Error(err)
			}
		})
	}
}

// clause is one sentence of the contract.
type clause struct {
	name  string
	holds func(ctx context.Context, s session.Store, now *clock) error
}

// contract returns all clauses.
func contract() []clause {
	return slices.Concat(revisionClauses(), deletionClauses(), expiryClauses(), contentClauses(),
		concurrencyClauses())
}

// clock is a clock that only the test moves. It is safe for concurrent use.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// newClock returns a clock at an arbitrary instant.
func newClock() *clock {
	return &clock{now: time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)}
}

// Now returns the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// advance moves the clock on by d.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
