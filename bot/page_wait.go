package bot

import (
	"context"
	"errors"
	"time"
)

// One handler in four may wait for a limit of Meta's to end, if that takes longer than what passes by itself:
// else the people of a Page that is stopped would take all lanes from those of the others. The events of the
// rest wait in their lanes, without a handler.
const (
	shareOfWaiting = 4
	shortWait      = 15 * time.Second
	usualParallel  = 64 // of an inbox of which nothing is known
)

// errCrowded is why a handler does not wait for a limit.
var errCrowded = errors.New("bot: too many handlers wait for a limit")

// wait is Config.Wait for the calls of handlers and of everybody else.
func (b *Bot) wait(ctx context.Context, d time.Duration) error {
	if d > shortWait && ctx.Value(runKey{}) != nil {
		defer b.waiting.Add(-1)
		if b.waiting.Add(1) > b.mostWaiting() {
			return errCrowded
		}
	}
	if b.cfg.Wait != nil {
		return b.cfg.Wait(ctx, d)
	}
	rest(ctx, d)
	return ctx.Err()
}

// mostWaiting returns how many handlers may wait for a limit at the same time.
func (b *Bot) mostWaiting() int64 {
	parallel := usualParallel
	if inbox, ok := b.cfg.Inbox.(interface{ Parallel() int }); ok {
		parallel = inbox.Parallel()
	}
	return max(1, int64(parallel/shareOfWaiting))
}
