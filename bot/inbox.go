package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parleybot/parley/webhook"
)

// Envelope is what an [Inbox] stores: one event.
type Envelope struct {
	// ID is what makes the event one: see [webhook.Event]. A replayed dead letter has "#" and a number
	// behind it.
	ID string
	// Key is the Page's ID, a dot, and the event's lane. Envelopes of one Key are handled in order, one at
	// a time.
	Key string
	// Due is when the event is to be handled; zero is now.
	Due time.Time
	// Header is for the framework's own notes, such as the version of the format.
	Header map[string]string
	// Data is what [webhook.Encode] wrote and [webhook.DecodeStored] reads. An event that a bot keeps in
	// [Lanes] does without, unless it becomes a dead letter.
	Data []byte

	event webhook.Event // the decoded Data, where the envelope has not left the process
}

// encode fills Data. An envelope on its way through [Lanes] does without it, unless it becomes a dead letter.
func (e *Envelope) encode() error {
	if e.Data != nil || e.event == nil {
		return nil
	}
	var err error
	e.Data, err = webhook.Encode(e.event)
	return err
}

// decoded returns the event in e.
func (e *Envelope) decoded() (webhook.Event, error) {
	if e.event != nil {
		return e.event, nil
	}
	return webhook.DecodeStored(e.Data)
}

// Delivery is an envelope as it is handed out.
type Delivery struct {
	Envelope
	// Attempt is 1 the first time and grows with every [*RetryError]. When a lane moves to another process it
	// begins anew.
	Attempt int
	// Newer closes when a later message of this lane has arrived.
	Newer <-chan struct{}
	// Redelivered says that the envelope may have been in hand before, when a process died or lost its claim
	// on the lane: a message may have gone out that no ledger knows of, or a dead letter that h has decided
	// on may not have been kept.
	Redelivered bool
	// Since is when this instance got the lane, by the machine's clock: who had a redelivered envelope in
	// hand before has sent nothing since. Zero: the backend does not tell, and each event waits for its echo
	// by itself.
	Since time.Time
	// Copy tells this stored envelope from others with the same ID, as there are when Meta delivers an event
	// twice. Empty: the backend does not tell.
	Copy string
	// Condemned, if set, says why the envelope becomes a dead letter without being handled: its process died
	// whenever it was. The handler of Consume returns it, once the person's record tells that it is settled.
	Condemned error
}

// Inbox keeps the events that were acknowledged to Meta until they are handled. [Lanes] keeps them in
// memory. A backend keeps and hands out bytes; what a failure means, which events are known, and what was
// sent already is the framework's business, once for all backends. Package inboxtest holds the contract.
//
// An Inbox may have more methods, which a bot looks for in [New]:
//
//   - Heed(now func() time.Time) bool makes Config.Now the clock that envelopes are due by, unless the Inbox
//     has got one of its own, and reports whether it has not. Without it the log says at start that the Inbox
//     does not follow the clock of a simulator.
//   - Parallel() int tells how many envelopes are in hand at most: see Config.Wait. Without it 64 are
//     assumed.
//   - HearEchoes(heard func(metadata, mid string)) is told whom to call with what ShareEcho was called with
//     in the other instances of the bot, and with the echoes in envelopes that an instance which died has
//     stored and not handled; heard is safe for concurrent use and returns at once.
//   - ShareEcho(metadata, mid string) tells those other instances of the echo of a message of the bot's own.
//     It is called while Meta waits for an answer, and must not block. What gets lost does no harm: that echo
//     is known to the instance alone that got it, until it is found in its envelope.
type Inbox interface {
	// Publish keeps the batch, as promised, and returns nil, or an error: [ErrInboxFull] if there is no room.
	// After an error the publisher publishes the whole batch again. A backend may have kept some of it, but
	// of one key never a later envelope without the earlier ones: it is handed out, and what comes once more
	// is known by its ID. [Lanes] keep all or nothing. An envelope beyond the cap of its lane becomes a dead
	// letter with the cause [CauseOverflow] and is no error. The caller may reuse the slice. The bytes and
	// the headers in it must not be changed any more, by those who handle them neither.
	Publish(ctx context.Context, batch []Envelope) error

	// Consume hands envelopes to h until ctx ends: those of one key in order, one at a time; those of
	// different keys in parallel. The context of h does not end with ctx; it ends when the backend has lost
	// its claim on the lane, and its Err then says so at once, even before Done is closed. What h returns
	// decides what becomes of the envelope: nil, it is forgotten; [*RetryError], it is handed out again at
	// the head of its lane, not before RetryError.At, with Attempt one higher; [ErrReleased], or anything
	// once the context of h is done, it is handed out again; any other error, it becomes a dead letter with
	// that cause, once, also if h returned the same before for what was Redelivered. An h that ends its
	// goroutine ([runtime.Goexit]) has released its envelope.
	//
	// When ctx has ended, a backend in memory goes on until what is due is handled, and a durable one
	// finishes what is in hand. Consume then returns nil, or [ErrLeft] if events are lost with the process.
	Consume(ctx context.Context, h func(context.Context, *Delivery) error) error

	// Promise says in one sentence what an acknowledgement means. It is logged at start.
	Promise() string

	// Redelivers reports whether what was in hand at a crash is handed out again, so that the ledger must
	// be stored with each message.
	Redelivers() bool

	// DeadLetters are the envelopes that were given up.
	DeadLetters() DeadLetters
}

// DeadLetters are envelopes that were given up, with what is needed to understand and replay them. They are
// safe for concurrent use.
type DeadLetters interface {
	// List returns all dead letters, oldest first.
	List(ctx context.Context) ([]DeadLetter, error)
	// Get returns the newest dead letter with the given Envelope.ID, or [ErrNoDeadLetter].
	Get(ctx context.Context, id string) (DeadLetter, error)
	// Drop forgets the dead letters with the given Envelope.ID; there need not be one.
	Drop(ctx context.Context, id string) error
}

// DeadLetter is an envelope that was given up.
type DeadLetter struct {
	Envelope
	// Cause is the text of the last error, or [CauseOverflow].
	Cause string
	// Attempts is how often it was tried.
	Attempts int
	// Time is when it was given up.
	Time time.Time
}

// CauseOverflow is the cause of a dead letter that found its lane full.
const CauseOverflow = "overflow"

var (
	// ErrInboxFull is returned by Publish when there is no room; Meta is answered 503 and delivers again.
	ErrInboxFull = errors.New("bot: inbox full")
	// ErrReleased is returned by a handler of Consume that hands its envelope back unhandled.
	ErrReleased = errors.New("bot: released")
	// ErrLeft is returned by Consume when events are lost with the process.
	ErrLeft = errors.New("bot: events left unhandled")
	// ErrNoDeadLetter is returned by Get when there is no such dead letter.
	ErrNoDeadLetter = errors.New("bot: no such dead letter")
)

// RetryError is returned by a handler of Consume that wants its envelope again.
type RetryError struct {
	// At is the earliest time.
	At time.Time
	// Cause is why.
	Cause error
}

// Error returns the text of the cause.
func (r *RetryError) Error() string { return fmt.Sprintf("bot: retry: %v", r.Cause) }

// Unwrap returns the cause.
func (r *RetryError) Unwrap() error { return r.Cause }
