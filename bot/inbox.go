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
	// Attempt is 1 the first time and grows with every [*RetryError].
	Attempt int
	// Newer closes when a later message of this lane has arrived.
	Newer <-chan struct{}
	// Redelivered says that the envelope may have been in hand before, when a process died or lost its claim
	// on the lane: a message may have gone out that no ledger knows of.
	Redelivered bool
}

// Inbox keeps the events that were acknowledged to Meta until they are handled. [Lanes] keeps them in
// memory. A backend keeps and hands out bytes; what a failure means, which events are known, and what was
// sent already is the framework's business, once for all backends. Package inboxtest holds the contract.
type Inbox interface {
	// Publish keeps the whole batch, as promised, or nothing of it and returns an error: [ErrInboxFull] if
	// there is no room. An envelope beyond the cap of its lane becomes a dead letter with the cause
	// [CauseOverflow] and is no error. The caller may reuse the slice. The bytes and the headers in it must
	// not be changed any more, by those who handle them neither.
	Publish(ctx context.Context, batch []Envelope) error

	// Consume hands envelopes to h until ctx ends: those of one key in order, one at a time; those of
	// different keys in parallel. The context of h does not end with ctx; it ends when the backend has lost
	// its claim on the lane. What h returns decides what becomes of the envelope: nil, it is forgotten;
	// [*RetryError], it is handed out again at the head of its lane, not before RetryError.At, with Attempt
	// one higher; [ErrReleased], or anything once the context of h is done, it is handed out again; any other
	// error, it becomes a dead letter with that cause.
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
