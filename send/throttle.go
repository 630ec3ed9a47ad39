package send

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Headers in which Meta says how much of its limits is used, in per cent.
//
// Source: Meta, Rate Limiting, 23 March 2026; Graph API, Rate Limits.
const (
	appUsageHeader  = "X-App-Usage"
	pageUsageHeader = "X-Business-Use-Case-Usage"
)

// throttle holds all calls of a Page back after Meta has said that its limit is reached.
type throttle struct {
	now func() time.Time

	stop atomic.Uint64 // counts the stops: an answer to a call from before the last one says nothing new
	busy atomic.Bool   // there is a stop, or was, and no call has succeeded since; else calls take no lock

	mu     sync.Mutex
	until  time.Time     // when the stop ends; in the past: there is none
	length time.Duration // of the stop when it began
	cause  *Error        // why
	pauses *pauses       // grow until a call succeeds
}

// wait waits until a stop is over, as long as patience and ctx allow.
func (t *throttle) wait(ctx context.Context, sleep func(context.Context, time.Duration) error) error {
	if !t.busy.Load() {
		return nil
	}
	t.mu.Lock()
	left := t.left()
	until, cause := t.until, t.cause
	t.mu.Unlock()
	switch {
	case left <= 0:
		return nil
	case tooLong(ctx, left):
		return cause.heldBack(left)
	}
	if err := sleep(ctx, left); err != nil {
		if ctx.Err() == nil {
			return cause.heldBack(left)
		}
		return fmt.Errorf("send: wait for a turn: %w", cmp.Or(context.Cause(ctx), err))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.until.Equal(until) {
		t.until = time.Time{} // by the clock that sleep slept by it is over
	}
	return nil
}

// heldBack returns a copy of e, a limit, for a call that was not made because it lasts for so long.
func (e *Error) heldBack(left time.Duration) *Error {
	held := e.withoutCall()
	held.RetryAfter = left
	return held
}

// pass reports whether a call may go out now, and the number of the last stop.
func (t *throttle) pass() (stop uint64, free bool) {
	if stop = t.stop.Load(); !t.busy.Load() {
		return stop, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stop.Load(), t.left() <= 0
}

// left returns how long the stop still lasts. It needs the lock.
func (t *throttle) left() time.Duration {
	if t.until.IsZero() {
		return 0
	}
	return ahead(&t.until, t.now(), t.length)
}

// ahead returns how long it is from now to at, which was length ahead when it was set. Should the clock have
// been set back since, it is so again.
func ahead(at *time.Time, now time.Time, length time.Duration) time.Duration {
	if at.Sub(now) > length {
		*at = now.Add(length)
	}
	return at.Sub(now)
}

// tooLong reports whether a pause is longer than a call may wait.
func tooLong(ctx context.Context, pause time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return pause > patience || (ok && time.Until(deadline) < pause)
}

// heard learns from the answer to a call that went out after stop: from its headers, and from the error it
// means.
func (t *throttle) heard(stop uint64, header http.Header, err error) {
	cause := limitIn(header, err)
	if cause == nil && (err != nil || !t.busy.Load()) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := stop == t.stop.Load()
	switch {
	case cause != nil && (fresh || cause.RetryAfter > 0):
		t.hold(cause, fresh)
	case cause == nil && fresh:
		t.pauses = nil
		t.busy.Store(t.left() > 0)
	}
}

// hold begins a stop; one that has begun already it can only make longer.
func (t *throttle) hold(cause *Error, fresh bool) {
	if t.pauses == nil {
		t.pauses = newPauses()
	}
	length := t.pauses.next(cause)
	until := t.now().Add(length)
	if !fresh && !until.After(t.until) {
		return
	}
	if fresh {
		t.stop.Add(1)
	}
	t.busy.Store(true)
	t.until, t.length, t.cause = until, length, cause
}

// limitIn returns the limit of the Page or the app that an answer speaks of, or nil. RetryAfter is Meta's
// estimate.
func limitIn(header http.Header, err error) *Error {
	full, regain := usage(header)
	refused, ok := errors.AsType[*Error](err)
	switch {
	case ok && refused.stopsPage():
		kept := *refused
		return &kept
	case full || regain > 0:
		return &Error{Message: "all that Meta allows is used up", RetryAfter: regain, NoCall: true}
	}
	return nil
}

// stopsPage reports whether e is a limit of the whole Page or app, and not of a person, a thread or one kind
// of call.
func (e *Error) stopsPage() bool {
	x := e.Explain()
	return errors.Is(x.Class, ErrRateLimited) && (x.Scope == ScopePage || x.Scope == ScopeApp)
}

// share is how much of a limit is used.
type share struct {
	Calls   float64 `json:"call_count"`
	Time    float64 `json:"total_time"`
	CPU     float64 `json:"total_cputime"`
	Minutes float64 `json:"estimated_time_to_regain_access"`
}

// full reports whether nothing is left of it.
func (s share) full() bool { return max(s.Calls, s.Time, s.CPU) >= 100 }

// usage returns whether one of the limits in header is used up, and the longest estimate of how long that
// lasts, which Meta writes in minutes for each kind of usage of each Page; 0 if there is none.
func usage(header http.Header) (full bool, regain time.Duration) {
	if app := header[appUsageHeader]; len(app) > 0 {
		var s share
		_ = decode([]byte(app[0]), &s) // what cannot be read says nothing
		full = s.full()
	}
	if page := header[pageUsageHeader]; len(page) > 0 {
		var kinds map[string][]share
		_ = json.Unmarshal([]byte(page[0]), &kinds)
		for _, shares := range kinds {
			for _, s := range shares {
				full = full || s.full()
				regain = max(regain, time.Duration(s.Minutes*float64(time.Minute)))
			}
		}
	}
	return full, regain
}
