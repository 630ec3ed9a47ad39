package bot

import (
	"context"
	"errors"
	"sync"
	"time"
)

// runs are the handlers at work. One goroutine ends those that take too long: a timer for each would cost
// more than all else that a bot adds to a message.
type runs struct {
	limit time.Duration

	mu      sync.Mutex
	first   *run // of those at work, linked
	stopped bool
}

// run is the context of a handler at work.
type run struct {
	context.Context //nolint:containedctx // a run is one, with a deadline of its own

	deadline   time.Time
	end        context.CancelCauseFunc
	prev, next *run
}

// Deadline returns when the handler must be done.
func (r *run) Deadline() (time.Time, bool) {
	if earlier, ok := r.Context.Deadline(); ok && earlier.Before(r.deadline) {
		return earlier, true
	}
	return r.deadline, true
}

// Err returns why the context has ended, or nil.
func (r *run) Err() error {
	err := r.Context.Err()
	if err != nil && errors.Is(context.Cause(r.Context), ErrTimeout) {
		return context.DeadlineExceeded
	}
	return err
}

func newRuns(limit time.Duration) *runs { return &runs{limit: limit} }

// begin returns the context of a handler that starts now. It must be given to finish.
func (r *runs) begin(parent context.Context) *run {
	ctx, end := context.WithCancelCause(parent)
	begun := &run{Context: ctx, deadline: time.Now().Add(r.limit), end: end}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		end(ErrShutdown)
	}
	begun.next = r.first
	if r.first != nil {
		r.first.prev = begun
	}
	r.first = begun
	return begun
}

// finish releases the context of a handler that has returned.
func (r *runs) finish(done *run) {
	r.mu.Lock()
	if done.prev != nil {
		done.prev.next = done.next
	} else {
		r.first = done.next
	}
	if done.next != nil {
		done.next.prev = done.prev
	}
	r.mu.Unlock()
	done.end(nil)
}

// stop ends the context of every handler, those that start later included, with the cause ErrShutdown.
func (r *runs) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	for begun := r.first; begun != nil; begun = begun.next {
		begun.end(ErrShutdown)
	}
}

// over reports whether stop was called.
func (r *runs) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

// oversee ends handlers that take too long, until ctx does.
func (r *runs) oversee(ctx context.Context) {
	tick := time.NewTicker(min(time.Second, max(time.Millisecond, r.limit/8)))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			r.endLate(now)
		}
	}
}

func (r *runs) endLate(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for begun := r.first; begun != nil; begun = begun.next {
		if !now.Before(begun.deadline) {
			begun.end(ErrTimeout)
		}
	}
}
