package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// The waits between the tries of a failing event, and how often a conflict on its person's record starts it
// over at once.
const (
	firstBackoff   = time.Second
	longestBackoff = time.Minute
	mostConflicts  = 10
)

// errConflict says that somebody else has written the person's record while the handler ran.
var errConflict = errors.New("bot: conflict on a person's record")

// handle is what the inbox calls for each envelope: it loads the person's record, runs the handler, and
// decides what becomes of the event. A conflict on the record starts it over; the ledger sees to it that
// nothing is sent twice.
func (b *Bot) handle(ctx context.Context, d *Delivery) error {
	event, err := d.decoded()
	if err != nil {
		return fmt.Errorf("bot: the stored event cannot be read: %w", err)
	}
	if b.runs.over() {
		return ErrReleased
	}
	sent := b.ledgers.take(d.ID, b.cfg.Inbox.Redelivers())
	returned := false
	defer func() {
		if !returned {
			b.ledgers.keep(sent)
		}
	}()
	for range mostConflicts {
		if err = b.try(ctx, d, event, sent); !errors.Is(err, errConflict) {
			break
		}
	}
	if errors.Is(err, errConflict) {
		err = b.again(d, event, err)
	}
	_, again := asRetry(err)
	released := isReleased(err)
	if again || released {
		b.ledgers.keep(sent)
	}
	if again || released && !sent.stored {
		b.counts.retried.Add(1)
	}
	returned = true
	return err
}

// try runs the handler once.
func (b *Bot) try(parent context.Context, d *Delivery, event webhook.Event, sent *ledger) error {
	account, err := b.home(event)
	if err != nil {
		return b.homeless(d, event, err)
	}
	ctx := b.runs.begin(parent)
	defer b.runs.finish(ctx)
	now := b.cfg.Now()
	record, err := session.Load(ctx, b.cfg.Store, d.Key, now)
	switch {
	case errors.Is(err, session.ErrDamaged):
		b.log.Error().Err(err).Str("event", b.nameOf(d.ID, event)).
			Msg("a person's record is damaged and starts anew")
	case err != nil:
		return b.again(d, event, err)
	}
	if cause := buried(record, d, sent); cause != nil {
		if sent.failed == nil {
			b.counts.buried.Add(1)
		}
		return cause
	}
	if !isReceipt(event) && record.Handled(d.ID) {
		b.counts.duplicates.Add(1)
		return nil
	}
	sent.begin(record.Ledger)
	t := &turn{
		bot: b, run: ctx, id: d.ID, attempt: d.Attempt, copied: d.Copy, since: d.Since, again: d.Redelivered,
		began: now, newer: d.Newer, event: event, record: record, ledger: sent, account: account,
	}
	c := t.begin(ctx)
	t.heedHuman()
	if d.Condemned != nil && sent.failed == nil {
		sent.failed = &failure{cause: b.condemned(c, d.Condemned)}
	}
	own, isOwn := event.(*webhook.Custom)
	if sent.failed != nil || isOwn && (t.recalled(own) || t.toldOwner(own)) || t.muted() {
		return b.commit(ctx, t, sent.failed)
	}
	return b.settle(parent, t, c)
}

// settle runs the handler and decides what becomes of its event.
func (b *Bot) settle(parent context.Context, t *turn, c *Context) error {
	err := t.handled(c)
	if t.run.released() != nil {
		return ErrReleased
	}
	late := c.Err() != nil
	if late {
		if !errors.Is(context.Cause(c), ErrTimeout) {
			return ErrReleased
		}
		err = errors.Join(ErrTimeout, err)
	}
	if wait := heldBack(err); wait > 0 && !late {
		c.Log().Warn().Err(err).Dur("wait", wait).
			Msg("a limit of Meta's is reached: the event is handled later")
		return &RetryError{At: b.cfg.Now().Add(wait), Cause: err}
	}
	if err != nil && (late || !final(err)) && t.attempt < b.cfg.Attempts {
		c.Log().Warn().Err(err).Msg("handler failed and is tried again")
		return &RetryError{At: b.cfg.Now().Add(backoff(t.attempt)), Cause: err}
	}
	if b.dropped(c, err) {
		err = nil
	}
	if err == nil {
		b.counts.handled.Add(1)
		return b.commit(c, t, nil)
	}
	ending := b.runs.begin(parent) // that of the handler may have ended
	defer b.runs.finish(ending)
	b.failed(c.WithContext(ending), t.ledger, err)
	return b.commit(ending, t, t.ledger.failed)
}

// handled returns what the handler returned. If it ends its goroutine, by [runtime.Goexit], that is known
// when the inbox hands the event out again, and counts as a panic then.
func (t *turn) handled(c *Context) error {
	if t.ledger.exited {
		t.ledger.exited = false
		return errExited
	}
	t.ledger.exited = true
	err := Recovered(c, t.bot.handler)
	t.ledger.exited = false
	return err
}

// heldBack returns how long a limit of the whole Page lasts that err tells of; 0: it tells of none. The event
// waits for its end in its lane, however often that takes: nothing is wrong with it.
func heldBack(err error) time.Duration {
	if refused, ok := errors.AsType[*send.Error](err); ok && errors.Is(refused, send.ErrRateLimited) {
		return refused.RetryAfter
	}
	return 0
}

// dropped reports whether err means no more than that a message of an own event could not go: nobody waits
// for it, so that it is dropped, and the event counts as handled.
func (b *Bot) dropped(c *Context, err error) bool {
	if _, own := c.event.(*webhook.Custom); !own || c.Err() != nil || !onlyCannotGo(err) {
		return false
	}
	b.counts.dropped.Add(1)
	note(c.Log().Warn(), err).Msg("message not sent: it is dropped")
	return true
}

// condemned returns the cause of the dead letter of an event that is not handled, as its process died
// whenever it was.
func (b *Bot) condemned(c *Context, cause error) error {
	note(c.Log().Error(), cause).Msg("event becomes a dead letter")
	b.counts.buried.Add(1)
	return cause
}

// failure is an event whose handler failed for good: with a cause it becomes a dead letter, else it is
// settled. It is decided once, however often the person's record has to be saved.
type failure struct{ cause error }

// failed gives an event whose handler failed for good to OnError. What that decides is noted in the ledger:
// the cause of a dead letter, or none if the event is settled.
func (b *Bot) failed(c *Context, sent *ledger, err error) {
	cause := fmt.Errorf("bot: OnError ended its goroutine after: %w", err)
	defer func() {
		if r := recover(); r != nil {
			cause = fmt.Errorf("bot: OnError panicked with a %T after: %w", r, err)
		}
		if cause != nil {
			note(c.Log().Error(), cause).Msg("event becomes a dead letter")
			cause = errors.New(cause.Error()) // so that the inbox takes it for nothing else
			b.counts.buried.Add(1)
		}
		sent.failed = &failure{cause: cause}
	}()
	if b.cfg.OnError != nil {
		cause = b.cfg.OnError(c, err)
	} else {
		cause = defaultOnError(c, err)
	}
}

// defaultOnError settles what no second try and no developer could mend.
func defaultOnError(c *Context, err error) error {
	switch {
	case errors.Is(err, ErrNoReply), errors.Is(err, ErrNoRecipient), errors.Is(err, ErrNotOwner):
		c.Log().Debug().Err(err).Msg("event not answered")
	case errors.Is(err, ErrSuperseded):
		c.Log().Debug().Msg("handler gave way to a later message")
	case cannotGo(err):
		note(c.Log().Warn(), err).Msg("message not sent")
	default:
		return err
	}
	return nil
}

// cannotGo reports whether err says that no message may go to the person now.
func cannotGo(err error) bool {
	return errors.Is(err, send.ErrUnreachable) || errors.Is(err, send.ErrOutsideWindow) ||
		errors.Is(err, ErrNotOwner)
}

// onlyCannotGo is cannotGo for errors of which several may be joined: it holds for each of them.
func onlyCannotGo(err error) bool {
	switch wrapped := err.(type) { //nolint:errorlint // it looks at each error by itself
	case interface{ Unwrap() []error }:
		return !slices.ContainsFunc(wrapped.Unwrap(), func(one error) bool { return !onlyCannotGo(one) })
	case interface{ Unwrap() error }:
		if cause := wrapped.Unwrap(); cannotGo(cause) {
			return onlyCannotGo(cause)
		}
	}
	return cannotGo(err)
}

// commit saves the person's record: the framework's half in every outcome, session values and conversation
// only if the handler did not fail. It returns the cause of a dead letter, or why the event must be handled
// again.
func (b *Bot) commit(ctx context.Context, t *turn, failed *failure) error {
	if t.run.released() != nil {
		return ErrReleased
	}
	now := b.cfg.Now()
	if !isReceipt(t.event) {
		t.record.MarkHandled(t.id, now)
	}
	t.record.Ledger = t.burial(failed)
	t.noteUnreachable()
	t.noteOwner()
	var err, cause error
	if failed == nil {
		err = t.record.Save(ctx, b.cfg.Store, now, b.cfg.SessionTTL)
	} else {
		cause = failed.cause
		err = t.record.SaveFramework(ctx, b.cfg.Store, now)
	}
	switch {
	case err == nil:
		return cause
	case errors.Is(err, session.ErrConflict):
		return errConflict
	case ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrTimeout):
		return ErrReleased
	}
	b.log.Error().Err(err).Str("event", b.nameOf(t.id, t.event)).
		Msg("a person's record could not be saved: the event is handled again")
	return &RetryError{At: now.Add(backoff(t.attempt)), Cause: err}
}

// buriedPrefix begins the key of the ledger's entry that says why an event becomes a dead letter. The
// person's record keeps it until the next event of the lane: a process that dies before the inbox has buried
// the event leaves an event that counts as handled.
const buriedPrefix = "buried:"

// longestCause is how much of a cause is kept in a record, in bytes.
const longestCause = 4 << 10

// burial returns the ledger of an event whose outcome is decided: empty, unless it becomes a dead letter and
// may be handed out again.
func (t *turn) burial(failed *failure) []session.Entry {
	if failed == nil || failed.cause == nil || !t.ledger.stored {
		return nil
	}
	cause := failed.cause.Error()
	cause = strings.ToValidUTF8(cause[:min(len(cause), longestCause)], "")
	return []session.Entry{{Event: t.id, Key: buriedPrefix + t.copied + ":" + cause}}
}

// buried returns the cause of the dead letter that an event was to become when its process died, or the store
// did not say that it had kept the record; nil: none.
func buried(record *session.Person, d *Delivery, sent *ledger) error {
	decided := sent.failed != nil && sent.failed.cause != nil
	switch {
	case decided && !sent.stored && record.Handled(d.ID):
		return sent.failed.cause // no other process can have handled it
	case !decided && !d.Redelivered && d.Copy == "": // a copy names the stored event, which is proof enough
		return nil
	}
	for _, entry := range record.Ledger {
		if cause, ok := strings.CutPrefix(entry.Key, buriedPrefix+d.Copy+":"); ok && entry.Event == d.ID {
			return errors.New(cause)
		}
	}
	return nil
}

// again asks the inbox for the envelope once more, however often it takes: not the handler failed, but the
// store.
func (b *Bot) again(d *Delivery, event webhook.Event, err error) error {
	b.log.Error().Err(err).Str("event", b.nameOf(d.ID, event)).Msg("a person's record cannot be used now")
	return &RetryError{At: b.cfg.Now().Add(backoff(d.Attempt)), Cause: err}
}

// backoff returns the wait after the nth attempt.
func backoff(attempt int) time.Duration {
	wait := firstBackoff
	for range attempt - 1 {
		if wait *= 2; wait >= longestBackoff {
			return longestBackoff
		}
	}
	return wait
}

// isReceipt reports whether e is a delivery or a read: harmless twice, and so many that they would flush
// the ids of real events from the person's record.
func isReceipt(e webhook.Event) bool {
	switch e.(type) {
	case *webhook.Delivery, *webhook.Read:
		return true
	default:
		return false
	}
}
