package webhook

import (
	"context"
	"sync"
	"time"
)

// deadline is a context that ends a while after somebody first looks at it. A sink in memory never does,
// and a timer for each request takes some hundredths off what a busy bot can do.
type deadline struct {
	parent context.Context //nolint:containedctx // it is a context itself
	after  time.Duration

	once   sync.Once
	timed  context.Context //nolint:containedctx // as above; nil before the first look
	cancel context.CancelFunc
}

func newDeadline(parent context.Context, after time.Duration) *deadline {
	return &deadline{parent: parent, after: after}
}

func (d *deadline) look() context.Context {
	d.once.Do(func() { d.timed, d.cancel = context.WithTimeout(d.parent, d.after) })
	return d.timed
}

// release frees the timer, if there is one. Whoever looks afterwards finds that the context has ended.
func (d *deadline) release() {
	d.once.Do(func() { d.timed, d.cancel = released, func() {} })
	d.cancel()
}

// released is a context that has ended.
var released = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// Deadline returns when the context ends at the latest.
func (d *deadline) Deadline() (time.Time, bool) { return d.look().Deadline() }

// Done returns a channel that is closed when the context ends.
func (d *deadline) Done() <-chan struct{} { return d.look().Done() }

// Err returns why the context has ended, or nil.
func (d *deadline) Err() error { return d.look().Err() }

// Value returns what the context carries under key.
func (d *deadline) Value(key any) any { return d.parent.Value(key) }
