package bottest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/parleybot/parley/bot"
)

// inbox is a durable [bot.Inbox] as far as a test can tell: what is not settled when the bot stops is handed
// out by the bot that starts after it. It hands out by [bot.Lanes], new ones for each bot, and keeps of each
// envelope what a backend would store. It is safe for concurrent use.
type inbox struct {
	now  func() time.Time
	cfg  bot.LanesConfig
	dead letters

	mu    sync.Mutex
	lanes *bot.Lanes
	kept  []*kept // in the order of their publication
	full  []bot.DeadLetter
}

// kept is an envelope that is not settled.
type kept struct {
	envelope bot.Envelope // as bytes: the decoded event does not survive the process
	since    time.Time    // when it came into its lane
	wake     time.Time    // when it is due, or tried again
	attempt  int          // how often its handler has returned, and wanted it again
	failed   error        // why the last try failed; nil: it did not
}

func newInbox(cfg bot.LanesConfig) *inbox {
	i := &inbox{now: cfg.Now, cfg: cfg}
	i.cfg.Overflowed = func(letter bot.DeadLetter) { i.full = append(i.full, letter) } // under mu, in Publish
	i.lanes = bot.NewLanes(i.cfg)
	return i
}

// Promise says that events outlive the bot.
func (*inbox) Promise() string { return "events are kept until they are handled, or the test ends" }

// Redelivers reports true: what a stopped bot has not settled is handed out again.
func (*inbox) Redelivers() bool { return true }

// DeadLetters returns the dead letters of all bots so far.
func (i *inbox) DeadLetters() bot.DeadLetters { return &i.dead }

// Publish keeps the batch.
func (i *inbox) Publish(ctx context.Context, batch []bot.Envelope) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	before, now := len(i.kept), i.now()
	for _, e := range batch {
		since := now
		if e.Due.After(now) {
			since = e.Due
		}
		stored := bot.Envelope{ID: e.ID, Key: e.Key, Due: e.Due, Header: e.Header, Data: slices.Clone(e.Data)}
		i.kept = append(i.kept, &kept{envelope: stored, since: since, wake: e.Due})
	}
	if err := i.lanes.Publish(ctx, batch); err != nil {
		i.kept = i.kept[:before]
		return err
	}
	for _, letter := range i.full { // it was the last of its lane
		last := len(i.kept) - 1
		for !i.kept[last].is(letter.Envelope) {
			last--
		}
		i.kept = slices.Delete(i.kept, last, last+1)
		i.dead.add(letter)
	}
	i.full = nil
	return nil
}

// Consume hands out envelopes until ctx ends, and finishes what is in hand then. What is left waits for the
// next Consume.
func (i *inbox) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	i.mu.Lock()
	lanes := i.lanes
	i.mu.Unlock()
	err := lanes.Consume(ctx, func(handling context.Context, d *bot.Delivery) error {
		if ctx.Err() != nil {
			return bot.ErrReleased
		}
		return i.hand(handling, d, h)
	})
	if errors.Is(err, bot.ErrLeft) {
		err = nil
	}
	return errors.Join(err, i.renew())
}

// hand gives an envelope to h, and notes what becomes of it.
func (i *inbox) hand(
	ctx context.Context, d *bot.Delivery, h func(context.Context, *bot.Delivery) error,
) error {
	k := i.find(d.Envelope)
	if i.now().Before(k.wake) { // it waited for another try when the last bot stopped
		return &bot.RetryError{At: k.wake, Cause: errors.New("bottest: not before its time")}
	}
	delivery, attempt := *d, k.attempt+1
	delivery.Attempt = attempt
	err := h(ctx, &delivery)
	retry, again := errors.AsType[*bot.RetryError](err)
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case again:
		k.attempt, k.wake, k.failed = attempt, retry.At, retry.Cause
		return err
	case errors.Is(err, bot.ErrReleased):
		return err
	case err != nil:
		i.dead.add(bot.DeadLetter{
			Envelope: k.envelope, Cause: err.Error(), Attempts: attempt, Time: i.now(),
		})
	}
	i.forget(k)
	return nil
}

// find returns what is kept of an envelope that is handed out: of those published twice, the first.
func (i *inbox) find(e bot.Envelope) *kept {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.kept[slices.IndexFunc(i.kept, func(k *kept) bool { return k.is(e) })]
}

func (k *kept) is(e bot.Envelope) bool { return k.envelope.ID == e.ID && k.envelope.Key == e.Key }

// forget takes k out. It needs the lock.
func (i *inbox) forget(k *kept) {
	i.kept = slices.DeleteFunc(i.kept, func(other *kept) bool { return other == k })
}

// renew gives what is kept to new lanes, each person's in the order in which it came into their lane.
func (i *inbox) renew() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	slices.SortStableFunc(i.kept, func(a, b *kept) int { return a.since.Compare(b.since) })
	batch := make([]bot.Envelope, 0, len(i.kept))
	for _, k := range i.kept {
		batch = append(batch, k.envelope)
	}
	i.lanes = bot.NewLanes(i.cfg)
	return i.lanes.Publish(context.Background(), batch)
}

// waiting returns why the handler of an event failed that is due to be tried again; nil: there is none.
func (i *inbox) waiting() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, k := range i.kept {
		if k.failed != nil {
			return k.failed
		}
	}
	return nil
}

// settle waits until everything that is due is handled, or ctx ends.
func (i *inbox) settle(ctx context.Context) error {
	i.mu.Lock()
	lanes := i.lanes
	i.mu.Unlock()
	return lanes.Settle(ctx)
}

// next returns the first time after now, and not after the given one, at which something is due or tried
// again.
func (i *inbox) next(until time.Time) (time.Time, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now, found := i.now(), false
	for _, k := range i.kept {
		if k.wake.After(now) && !k.wake.After(until) {
			until, found = k.wake, true
		}
	}
	return until, found
}
