package durable

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

// consumption is one run of Consume.
type consumption struct {
	inbox   *Inbox
	handler func(context.Context, *bot.Delivery) error
	ctx     context.Context //nolint:containedctx // of Consume
	lanes   *bot.Lanes
	keeper  *keeper
	due     *schedule
	readers sync.WaitGroup
	dueRoom chan struct{} // a slot for each event in memory that was due later
	trial   sync.RWMutex  // held by the one event that runs on trial, and shared by other suspects
	highest atomic.Uint64 // the highest sequence that was read

	mu       sync.Mutex
	items    map[uint64]*item // what is in the lanes, by number
	enqueued uint64           // how many were put into the lanes
}

// Consume hands out the events of the partitions of this instance until ctx ends, and finishes what is in
// hand. One Consume runs at a time.
func (i *Inbox) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	if !i.consuming.TryLock() {
		return errors.New("durable: Consume is running already")
	}
	defer i.consuming.Unlock()
	if err := i.forgetMembers(ctx); err != nil {
		return err
	}
	endless := context.WithoutCancel(ctx)
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	c := &consumption{
		inbox: i, handler: h, ctx: ctx, due: newSchedule(), items: make(map[uint64]*item),
		dueRoom: make(chan struct{}, dueShare*i.cfg.Ahead),
		lanes: bot.NewLanes(bot.LanesConfig{
			Parallel: i.cfg.Parallel, Capacity: math.MaxInt, PerLane: math.MaxInt, Now: i.clock.now,
		}),
	}
	ownership, lose := context.WithCancel(endless)
	defer lose()
	c.keeper = newKeeper(ownership, i, rand.Text(), func(h *holding) { c.readers.Go(func() { c.read(h) }) })
	keeping, stop := context.WithCancel(endless)
	defer stop()
	var owned sync.WaitGroup
	owned.Go(func() { c.keeper.run(keeping, ctx) })
	owned.Go(func() { i.awaitClose(keeping, func() { c.keeper.die(); end(errClosed) }) })
	owned.Go(func() { c.keepTime(ctx) })
	owned.Go(func() { c.keepLooking(ctx) })
	err := c.lanes.Consume(ctx, c.hand)
	c.keeper.giveAllBack()
	stop()
	lose()
	owned.Wait()
	c.readers.Wait()
	i.share.Store(0)
	c.keeper.sayLeft(endless)
	if errors.Is(context.Cause(ctx), errClosed) {
		return errClosed
	}
	if errors.Is(err, bot.ErrLeft) { // they are in the store
		err = nil
	}
	return err
}

// errClosed says that a backend was closed before Consume had ended.
var errClosed = errors.New("durable: the backend is closed")

// awaitClose calls closed when the backend is closed, unless ctx ends before.
func (i *Inbox) awaitClose(ctx context.Context, closed func()) {
	conn := i.js.Conn()
	changed := conn.StatusChanged(nats.CLOSED)
	defer conn.RemoveStatusListener(changed)
	for !conn.IsClosed() {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
	closed()
}

// forgetMembers forgets the instances before this one, which cannot be alive: only one process has a
// directory.
func (i *Inbox) forgetMembers(ctx context.Context) error {
	if i.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	err := i.streams.claims.Purge(ctx, jetstream.WithPurgeSubject(i.names.member("*")))
	if err != nil {
		return fmt.Errorf("durable: forget the process before this one: %w", err)
	}
	return nil
}

// numberKey is where an envelope in the lanes tells the number of its item, which has its own header.
const numberKey = "durable-number"

// enqueue puts an event into its lane.
func (c *consumption) enqueue(it *item) {
	c.mu.Lock()
	c.enqueued++
	it.number = c.enqueued
	c.items[it.number] = it
	c.mu.Unlock()
	e := it.envelope
	e.Header = map[string]string{numberKey: strconv.FormatUint(it.number, 10)}
	if err := c.lanes.Publish(c.ctx, []bot.Envelope{e}); err != nil { // Consume has ended
		c.drop(it)
	}
}

// find returns the item of an envelope that the lanes hand out; nil: it has none any more.
func (c *consumption) find(d *bot.Delivery) *item {
	number, err := strconv.ParseUint(d.Header[numberKey], 10, 64)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.items[number]
}

// drop forgets an event that stays in the store, for whoever has its partition next.
func (c *consumption) drop(it *item) {
	c.mu.Lock()
	delete(c.items, it.number)
	c.mu.Unlock()
	if it.kind == kindDue {
		<-c.dueRoom
		return
	}
	<-it.holding.window
}

// hand gives an event to the handler, unless this instance does not have its partition any more.
func (c *consumption) hand(_ context.Context, d *bot.Delivery) error {
	it := c.find(d)
	if it == nil {
		return nil
	}
	if c.ctx.Err() != nil || !it.holding.enter() {
		c.drop(it)
		return nil
	}
	defer it.holding.exit()
	strikes := it.holding.strikes(it)
	if strikes > c.inbox.cfg.Crashes { // it cannot even be buried by the framework
		return c.settle(it, strikes, errCrash)
	}
	leave, ok := c.enterTrial(it.holding, strikes)
	if !ok {
		it.deferred++
		return &bot.RetryError{At: c.inbox.clock.now().Add(trialPause), Cause: errTrial}
	}
	defer leave()
	attempt := d.Attempt - it.deferred
	d.Header, d.Attempt, d.Redelivered = it.envelope.Header, attempt, it.redelivered
	d.Copy, d.Since = it.mark(), it.holding.begun
	if strikes == c.inbox.cfg.Crashes {
		attempt, d.Condemned = strikes, errCrash
	}
	return c.settle(it, attempt, c.run(it, d, strikes >= suspicious))
}

// enterTrial lets an event of so many strikes run, and reports false if it has to wait: on trial it runs
// without any other suspect beside it, so that it is known who died. A process that does not even live for a
// pin time dies of something else, and nobody is tried.
func (c *consumption) enterTrial(h *holding, strikes int) (leave func(), ok bool) {
	switch {
	case strikes == 0:
		return func() {}, true
	case strikes < suspicious:
		return c.trial.RUnlock, c.trial.TryRLock()
	case strikes < c.inbox.cfg.Crashes && time.Since(h.begun) < c.inbox.cfg.Pin:
		return nil, false
	default:
		return c.trial.Unlock, c.trial.TryLock()
	}
}

const (
	// suspicious is how many strikes make an event run on trial.
	suspicious = 2
	// trialPause is how long an event waits that cannot be tried yet.
	trialPause = 200 * time.Millisecond
)

var (
	errCrash = errors.New(CauseCrash)
	errTrial = errors.New("durable: it waits for its trial")
)

// run writes down that an event may be in hand, and calls the handler.
func (c *consumption) run(it *item, d *bot.Delivery, trial bool) error {
	if err := it.holding.announce(it); err != nil {
		return bot.ErrReleased
	}
	if !trial {
		return c.handler(it.holding.ctx, d)
	}
	if err := it.holding.try(it.sequence); err != nil {
		return bot.ErrReleased
	}
	err := c.handler(it.holding.ctx, d)
	if over := it.holding.try(0); over != nil {
		return errors.Join(err, over)
	}
	return err
}

// settle does what the handler's error says.
func (c *consumption) settle(it *item, attempt int, err error) error {
	_, again := errors.AsType[*bot.RetryError](err)
	lost := it.holding.ctx.Err() != nil
	switch {
	case errors.Is(context.Cause(it.holding.ctx), errReplaced): // its sequence may be another event's now
		c.drop(it)
		return nil
	case err == nil:
	case again || lost || errors.Is(err, bot.ErrReleased):
		if lost || c.ctx.Err() != nil || it.holding.isLeaving() {
			c.drop(it)
			return nil
		}
		return err
	default:
		letter := bot.DeadLetter{
			Envelope: it.envelope, Cause: err.Error(), Attempts: attempt, Time: c.inbox.clock.now(),
		}
		if !c.bury(it, letter) {
			c.drop(it)
			return nil
		}
	}
	c.remove(it)
	c.drop(it)
	it.holding.forget(it)
	return nil
}

// bury keeps a dead letter, and reports false if the holding ended before that was possible.
func (c *consumption) bury(it *item, letter bot.DeadLetter) bool {
	for wait := firstPause; ; wait = min(2*wait, longestPause) {
		ctx, cancel := context.WithTimeout(it.holding.ctx, claimTimeout)
		err := c.inbox.dead.bury(ctx, letter, it.mark())
		cancel()
		if err == nil {
			return true
		}
		c.inbox.cfg.Log.Warn().Err(err).Msg("durable: a dead letter cannot be stored: tried again")
		if !pause(it.holding.ctx, wait) {
			return false
		}
	}
}

// remove takes a settled event out of the store. If the holding ends before that was possible, or the stream
// is gone, the event is handed out once more, and known by its ID.
func (c *consumption) remove(it *item) {
	for wait := firstPause; ; wait = min(2*wait, longestPause) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(it.holding.ctx), claimTimeout)
		err := c.inbox.streams.inbox.DeleteMsg(ctx, it.sequence)
		gone := err == nil || c.isGone(ctx, it.sequence)
		cancel()
		if gone {
			return
		}
		c.inbox.cfg.Log.Warn().Err(err).Msg("durable: a handled event cannot be deleted: tried again")
		if !pause(it.holding.ctx, wait) {
			return
		}
	}
}

// isGone reports whether an event is deleted already, or its whole stream: the answer of an earlier try was
// lost, and why a delete fails is no error that nats.go lets one tell from others. In a stream that comes
// back its sequence may be that of another event.
func (c *consumption) isGone(ctx context.Context, sequence uint64) bool {
	_, err := c.inbox.streams.inbox.GetMsg(ctx, sequence)
	api, told := errors.AsType[*jetstream.APIError](err)
	return errors.Is(err, jetstream.ErrMsgNotFound) ||
		told && api.ErrorCode == jetstream.JSErrCodeStreamNotFound
}
