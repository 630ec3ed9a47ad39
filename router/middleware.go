package router

import (
	"context"
	"sync"
	"time"

	"github.com/parleybot/parley/bot"
)

// typingRenewal is how often the typing indicator is shown anew: it goes off by itself after 20 seconds.
//
// Source: Meta, Sender Actions, 2026.
const typingRenewal = 15 * time.Second

// Recover turns a panic of the handler into an error of the class [bot.ErrPanic], for the middleware outside it, and logs
// the stack. Without it the bot does the same at its own rim.
func Recover(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error { return bot.Recovered(c, next) })
}

// Timeout ends the handler's context after d. A handler that then returns the context's error is tried again.
func Timeout(d time.Duration) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			ctx, cancel := context.WithTimeout(c, d)
			defer cancel()
			return next.Handle(c.WithContext(ctx))
		})
	}
}

// Typing shows the typing indicator until the handler returns or sends a message. That it could not be shown is no error.
func Typing(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.Typing(); err != nil {
			return next.Handle(c)
		}
		done := make(chan struct{})
		var renewing sync.WaitGroup
		renewing.Go(func() { renewTyping(c, done) })
		defer renewing.Wait()
		defer close(done)
		return next.Handle(c)
	})
}

// renewTyping shows the typing indicator anew until done is closed.
func renewTyping(c *bot.Context, done <-chan struct{}) {
	tick := time.NewTicker(typingRenewal)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-c.Done():
			return
		case <-tick.C:
			if c.Typing() != nil {
				return
			}
		}
	}
}

// Seen marks the person's message as seen before the handler runs. That it could not be marked is no error.
func Seen(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.MarkSeen(); err != nil {
			c.Log().Debug().Err(err).Msg("message not marked as seen")
		}
		return next.Handle(c)
	})
}

// Log logs each event with the time that its handler took and the error that it returned: never what a person said.
func Log(next bot.Handler) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		start := time.Now()
		err := next.Handle(c)
		c.Log().Info().Err(err).Dur("took", time.Since(start)).Msg("event handled")
		return err
	})
}
