package router

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/parleybot/parley/bot"
)

// The times of [Typing] and [Seen].
const (
	// typingRenewal is how often the typing indicator is shown anew: it goes off by itself after 20 seconds.
	//
	// Source: Meta, Sender Actions, 2026.
	typingRenewal = 15 * time.Second
	// courtesy is how long a sender action may take: it must not hold up the answer.
	courtesy = 3 * time.Second
)

// Recover turns a panic of the handler into an error of the class [bot.ErrPanic], which the middleware around
// it sees, and logs the stack. Without it the bot does the same around all middleware.
func Recover(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error { return bot.Recovered(c, next) })
}

// Timeout returns a middleware that ends the handler's context after d, by the machine's clock. It does not
// end the handler, which must heed its context. A handler that then returns an error because of it is tried
// again, also if it was in the middle of sending; the error is of the class [context.DeadlineExceeded]. One
// that returns nil has been in time. Timeout panics if d is not above zero.
func Timeout(d time.Duration) bot.Middleware {
	if d <= 0 {
		panic(fmt.Sprintf("router: timeout: want a duration above zero, got %v", d))
	}
	var late error = &timeoutError{after: d}
	return func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			ctx, cancel := context.WithTimeoutCause(c, d, late)
			defer cancel()
			err := next.Handle(c.WithContext(ctx))
			if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), late) {
				// The error itself is not wrapped: one of package send would not be tried again.
				return fmt.Errorf("%w: %s", late, err.Error())
			}
			return err
		})
	}
}

// timeoutError is why a context of [Timeout] has ended.
type timeoutError struct{ after time.Duration }

// Error says after which time.
func (e *timeoutError) Error() string {
	return fmt.Sprintf("router: handler timed out after %v", e.after)
}

// Is makes the error one of the class of the context's own.
func (e *timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Typing shows the typing indicator until the handler returns: on messages and postbacks that have a route,
// as there a person waits for an answer. On other events a handler may call [bot.Context.Typing] itself. The
// handler begins when the indicator is shown, so that it does not come after the answer. A message takes it
// off; without one it goes off 20 seconds after it was last shown. That it could not be shown is no error,
// and never holds up the handler for more than 3 seconds.
//
// Source: Meta, Sender Actions, 2026.
func Typing(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		if !awaited(c) {
			return next.Handle(c)
		}
		show(c, "typing indicator", (*bot.Context).Typing)
		ctx, cancel := context.WithCancel(c)
		renewing := c.WithContext(ctx) // a copy, as the handler may change c
		var renewal sync.WaitGroup
		renewal.Go(func() { renewTyping(renewing) })
		defer renewal.Wait()
		defer cancel()
		return next.Handle(c)
	})
}

// renewTyping shows the typing indicator anew until the context of c ends.
func renewTyping(c *bot.Context) {
	tick := time.NewTicker(typingRenewal)
	defer tick.Stop()
	for {
		select {
		case <-c.Done():
			return
		case <-tick.C:
			show(c, "typing indicator", (*bot.Context).Typing)
		}
	}
}

// Seen marks messages and postbacks that have a route as seen before the handler runs. That they could not
// be marked is no error, and never holds up the handler for more than 3 seconds.
func Seen(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		if awaited(c) {
			show(c, "seen mark", (*bot.Context).MarkSeen)
		}
		return next.Handle(c)
	})
}

// awaited reports whether a person waits for what the handler says: they wrote or tapped, there is a route,
// and nobody else answers them.
func awaited(c *bot.Context) bool {
	if !isInput(c.Event()) || !c.OwnsThread() {
		return false
	}
	found := routeOf(c)
	return found == nil || found.kind != noRoute
}

// show shows a sender action, if it can be shown in time.
func show(c *bot.Context, what string, action func(*bot.Context) error) {
	ctx, cancel := context.WithTimeout(c, courtesy)
	defer cancel()
	if err := action(c.WithContext(ctx)); err != nil {
		c.Log().Debug().Err(err).Msg(what + " not shown")
	}
}

// Log logs each event with the kind of its route, the time that its handler took and the error that it
// returned: never what a person said.
func Log(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		start := time.Now() // the machine's clock: what is measured is work
		err := next.Handle(c)
		line := c.Log().Info().Err(err).Dur("took", time.Since(start))
		if found := routeOf(c); found != nil {
			line = line.Str("route", found.kind) // not its name: that may be what the person said
		}
		line.Msg("event handled")
		return err
	})
}
