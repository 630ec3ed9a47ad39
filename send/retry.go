package send

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"
)

// How long to wait before the next try: for what passes by itself from about half a second up to 10 s, at a
// rate limit from a minute up. A longer wait than patience is left to the caller.
//
// Source: Meta, Rate Limiting, 23 March 2026, for the minute; the rest is our choice.
const (
	firstWait      = 500 * time.Millisecond
	longestWait    = 10 * time.Second
	firstLimited   = 80 * time.Second // with the jitter at least a minute
	longestLimited = 4 * time.Minute
	limitedJitter  = 0.25
	patience       = 5 * time.Minute
)

// exchange makes a call, with tries, back-off, rate limit and circuit.
func (c *Client) exchange(ctx context.Context, k *call) error {
	var failed error // of the last try
	var waits *pauses
	for try := 1; ; try++ {
		t, err := c.admit(ctx, k)
		if err != nil && failed != nil {
			return until(failed, err)
		}
		if err != nil {
			return err
		}
		failed = c.try(ctx, k, t)
		if failed == nil || !Retryable(failed) || try >= c.tries(failed) {
			return failed
		}
		if refused, ok := errors.AsType[*Error](failed); ok && refused.stopsPage() {
			continue // the throttle makes it wait, with all other calls
		}
		if waits == nil {
			waits = newPauses()
		}
		if pause := waits.next(failed); tooLong(ctx, pause) || c.cfg.Wait(ctx, pause) != nil {
			return failed
		}
	}
}

// until returns failed, the error of the last try, with how long it lasts if that is all that held, why there
// is no other try, has to add.
func until(failed, held error) error {
	refused, ok := errors.AsType[*Error](failed)
	later, known := errors.AsType[*Error](held)
	if !ok || !known || refused.RetryAfter > 0 || !refused.stopsPage() {
		return failed
	}
	kept := *refused
	kept.RetryAfter = later.RetryAfter
	return &kept
}

// admit waits until the next try of k may go out.
func (c *Client) admit(ctx context.Context, k *call) (ticket, error) {
	for {
		if _, err := c.circuit.enter(k.nature, false); err != nil {
			return ticket{}, err
		}
		if err := c.throttle.wait(ctx, c.cfg.Wait); err != nil {
			return ticket{}, err
		}
		if err := c.turns(ctx, k); err != nil {
			return ticket{}, err
		}
		stop, free := c.throttle.pass()
		if !free {
			continue // it was stopped while it waited for its turn
		}
		if ctx.Err() != nil {
			return ticket{}, fmt.Errorf("send: %w", context.Cause(ctx))
		}
		t, err := c.circuit.enter(k.nature, true)
		t.stop = stop
		return t, err
	}
}

// turns waits for k's turn under the rate limits.
func (c *Client) turns(ctx context.Context, k *call) error {
	if k.batch != nil {
		return k.batch.turns(ctx)
	}
	if k.slow {
		if err := turn(ctx, c.slow); err != nil {
			return err
		}
	}
	if err := turn(ctx, c.all); err != nil || !k.past {
		return err
	}
	return turn(ctx, c.past) // last, so that a crowd before the common limit does not bring two together
}

// tries returns how often a call that failed with err is made at most.
func (c *Client) tries(err error) int {
	if refused, ok := errors.AsType[*Error](err); ok && refused.limit == profileLimit {
		return 1 // it lasts for minutes
	}
	if errors.Is(err, errOnce) {
		return min(2, c.cfg.Tries)
	}
	return c.cfg.Tries
}

// pauses are the growing, jittered waits between the tries of one call.
type pauses struct{ passing, limited *backoff.ExponentialBackOff }

func newPauses() *pauses {
	p := &pauses{passing: backoff.NewExponentialBackOff(), limited: backoff.NewExponentialBackOff()}
	p.passing.InitialInterval, p.passing.MaxInterval = firstWait, longestWait
	p.limited.InitialInterval, p.limited.MaxInterval = firstLimited, longestLimited
	p.limited.RandomizationFactor = limitedJitter
	return p
}

// next returns the wait after err.
func (p *pauses) next(err error) time.Duration {
	refused, ok := errors.AsType[*Error](err)
	switch {
	case !errors.Is(err, ErrRateLimited), ok && refused.limit == pastLimit:
		return p.passing.NextBackOff()
	case ok && refused.RetryAfter > 0:
		return refused.RetryAfter + p.passing.NextBackOff()
	}
	return p.limited.NextBackOff()
}

// newLimiter returns a limiter that lets perSecond calls pass, evenly spaced, so that no second holds more.
func newLimiter(perSecond int) *rate.Limiter { return rate.NewLimiter(rate.Limit(perSecond), 1) }

// turn waits for a turn under l; nil is no limit.
func turn(ctx context.Context, l *rate.Limiter) error {
	if l == nil {
		return nil
	}
	err := l.Wait(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("send: wait for a turn: %w", context.Cause(ctx))
	}
	return fmt.Errorf("%w: no turn before the context's deadline", ErrRateLimited)
}

// wait sleeps for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
