package bot

import (
	"context"
	"errors"
	"sync"
	"time"
)

// runs are the handlers at work, and the calls of the Graph API that they make. One goroutine ends those that
// take too long, as a timer for each takes some hundredths off what a busy bot can do.
type runs struct {
	limit time.Duration // of a handler

	mu      sync.Mutex
	first   *run // of those at work, linked
	stopped bool
}

// run is the context of a handler, or of a call within one.
type run struct {
	context.Context //nolint:containedctx // a run is one, with a deadline of its own

	claim      context.Context //nolint:containedctx // the inbox's: of it the run learns later
	deadline   time.Time
	late       error // the cause when the deadline has passed
	end        context.CancelCauseFunc
	prev, next *run
}

// runKey is the key under which a run is found in the contexts that are made of it.
type runKey struct{}

// Value returns what the context carries under key.
func (r *run) Value(key any) any {
	if key == (runKey{}) {
		return r
	}
	return r.Context.Value(key)
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
	if err != nil && errors.Is(context.Cause(r.Context), r.late) {
		return context.DeadlineExceeded
	}
	return err
}

// released returns [ErrReleased], and ends the run, if the inbox has lost its claim on the event: in a
// process that was frozen its context says so at once, and the contexts that are made of it only when they
// are told.
func (r *run) released() error {
	if r.claim.Err() == nil {
		return nil
	}
	r.end(ErrReleased)
	return ErrReleased
}

func newRuns(limit time.Duration) *runs { return &runs{limit: limit} }

// begin returns the context of a handler that starts now. It must be given to finish.
func (r *runs) begin(parent context.Context) *run {
	return r.start(parent, parent, r.limit, ErrTimeout)
}

// call bounds a call of the Graph API, as context.WithTimeoutCause does, to the second if it is made within a
// handler: nobody oversees others.
func (r *runs) call(
	parent context.Context, limit time.Duration, late error,
) (context.Context, context.CancelFunc) {
	handler, within := parent.Value(runKey{}).(*run)
	if !within {
		return context.WithTimeoutCause(parent, limit, late)
	}
	_ = handler.released() // which ends the call too
	begun := r.start(parent, handler.claim, limit, late)
	return begun, func() { r.finish(begun) }
}

// start returns a context that ends with the cause late after limit. claim is the inbox's.
func (r *runs) start(parent, claim context.Context, limit time.Duration, late error) *run {
	ctx, end := context.WithCancelCause(parent)
	begun := &run{Context: ctx, claim: claim, deadline: time.Now().Add(limit), late: late, end: end}
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
			begun.end(begun.late)
		}
	}
}
