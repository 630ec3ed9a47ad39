package sessiontest

import (
	"context"
	"time"

	"github.com/parleybot/parley/session"
)

// Broken returns what is wrong with the Stores that open returns: for each clause they break, in what way.
func Broken(ctx context.Context, open func(now func() time.Time) session.Store) map[string]error {
	broken := make(map[string]error)
	for _, c := range contract() {
		now := newClock()
		if err := c.holds(ctx, open(now.Now), now); err != nil {
			broken[c.name] = err
		}
	}
	return broken
}
