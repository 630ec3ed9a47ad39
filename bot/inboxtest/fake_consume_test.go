package inboxtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parleybot/parley/bot"
)

// Consume hands out what it can, each envelope in a goroutine, whenever something has changed, and every
// second.
func (f *fake) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	if f.is(endsAtOnce) {
		return nil
	}
	base := context.WithoutCancel(ctx)
	if f.is(endsHandlers) {
		base = ctx
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var handlers sync.WaitGroup
	for {
		f.mu.Lock()
		f.moveDue()
		for on, i := f.pick(); on != nil; on, i = f.pick() {
			it, d := f.take(on, i)
			handlers.Go(func() { f.call(base, h, on, it, d) })
		}
		hand := f.hand
		f.mu.Unlock()
		if ctx.Err() != nil && (hand == 0 || f.is(endsEarly)) {
			break
		}
		select {
		case <-f.changed:
		case <-tick.C:
		case <-ctx.Done():
			if hand > 0 && !f.is(endsEarly) {
				handlers.Wait()
			}
		}
	}
	if f.is(endsLate) {
		time.Sleep(time.Minute)
	}
	if f.is(endsWithError) {
		return ctx.Err()
	}
	return nil
}

// call calls a handler, which may end the goroutine, and settles what it returns.
func (f *fake) call(
	ctx context.Context, h func(context.Context, *bot.Delivery) error, on *lane, it *item, d *bot.Delivery,
) {
	err, returned := bot.ErrReleased, false
	defer func() {
		switch {
		case !returned && f.is(exitHangs):
			f.mu.Lock()
			defer f.mu.Unlock()
			f.hand-- // of the inbox, not of the lane
			return
		case !returned && f.is(exitCounted):
			it.attempt++
		case !returned && f.is(exitForgotten):
			err = nil
		case !returned && f.is(exitBuries):
			err = errPlain
		}
		f.settle(on, it, err)
	}()
	err = h(ctx, d)
	returned = true
}

// moveDue moves what is due to its lane. The caller holds mu.
func (f *fake) moveDue() {
	now := f.now(dueByMachine)
	if f.is(dueEarly) {
		now = now.Add(time.Millisecond)
	}
	if !f.is(dueUnordered) {
		slices.SortStableFunc(f.later, func(a, b *item) int { return a.at.Compare(b.at) })
	}
	f.later = slices.DeleteFunc(f.later, func(it *item) bool {
		due := !it.at.After(now)
		if due {
			f.arrive(it)
		}
		return due
	})
}

// pick returns a lane and the place in it of what may be handed out next. The caller holds mu.
func (f *fake) pick() (*lane, int) {
	if f.is(oneAtATime) && f.hand >= 1 || f.is(threeAtATime) && f.hand >= 3 {
		return nil, 0
	}
	if f.is(retryBlocksAll) {
		for _, on := range f.lanes {
			if len(on.queue) > 0 && f.waits(on.queue[0]) {
				return nil, 0
			}
		}
	}
	for _, on := range f.lanes {
		if i := f.pickFrom(on); i >= 0 {
			return on, i
		}
	}
	return nil, 0
}

// pickFrom returns the place of what may be handed out of a lane, or -1. The caller holds mu.
func (f *fake) pickFrom(on *lane) int {
	switch {
	case len(on.queue) == 0, on.stopped:
		return -1
	case f.is(dueBesideLane):
		if i := slices.IndexFunc(on.queue, func(it *item) bool { return !it.envelope.Due.IsZero() }); i >= 0 {
			return i
		}
	case f.is(retryIsOvertaken):
		if on.hand == 0 {
			return slices.IndexFunc(on.queue, func(it *item) bool { return !f.waits(it) })
		}
	}
	switch {
	case on.hand > 0 && !f.is(parallelInLane), f.waits(on.queue[0]):
		return -1
	case f.is(newestFirst):
		return len(on.queue) - 1
	}
	return 0
}

// waits reports whether the time of a retry has not come.
func (f *fake) waits(it *item) bool {
	return it.attempt > 1 && it.at.After(f.now(retryByMachine)) && !f.is(retryAtOnce)
}

// take takes something of a lane in hand. The caller holds mu.
func (f *fake) take(on *lane, i int) (*item, *bot.Delivery) {
	it := on.queue[i]
	on.queue = slices.Delete(on.queue, i, i+1)
	on.hand++
	f.hand++
	newer := make(chan struct{})
	switch {
	case f.is(newerAlways), slices.ContainsFunc(on.queue, f.isInput) && !f.is(newerLate):
		close(newer)
	default:
		on.newer = append(on.newer, newer)
	}
	d := &bot.Delivery{Envelope: *it.envelope, Attempt: it.attempt, Newer: newer}
	switch f.fault {
	case newerNil:
		d.Newer = nil
	case handsOutItsOwn:
		it.envelope = &d.Envelope
	}
	return it, d
}

// settle decides what becomes of it after its handler returned err.
func (f *fake) settle(on *lane, it *item, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.change()
	f.hand--
	on.hand--
	on.newer = nil
	retry, again := errors.AsType[*bot.RetryError](err)
	released := errors.Is(err, bot.ErrReleased)
	wrapped := err != nil && strings.HasPrefix(err.Error(), "wrapped")
	switch {
	case f.is(wrappedRetryDies) && again && wrapped,
		f.is(wrappedReleased) && released && wrapped,
		f.is(retryOnce) && again && it.attempt == 3:
		f.bury(it.envelope, err.Error(), it.attempt)
	case again:
		it.at = retry.At
		if !f.is(retryNotCounted) {
			it.attempt++
		}
		f.back(on, it, f.is(retryAtTheBack))
		return
	case released && f.is(releaseForgotten):
	case released:
		if f.is(releaseCounted) {
			it.attempt++
		}
		f.back(on, it, f.is(releaseAtTheBack))
		return
	case err != nil && !f.is(errorForgotten):
		f.bury(it.envelope, err.Error(), it.attempt)
		on.stopped = f.is(errorStopsLane)
	}
	if !f.is(neverRoomAgain) {
		f.kept--
	}
	if f.is(handsOutAgain) && !it.handled {
		it.handled = true
		on.queue = append(on.queue, it)
	}
}

// back puts it into its lane again. The caller holds mu.
func (f *fake) back(on *lane, it *item, last bool) {
	if last {
		on.queue = append(on.queue, it)
		return
	}
	on.queue = slices.Insert(on.queue, 0, it)
}
