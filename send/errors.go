package send

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The classes of errors; ask with errors.Is. Each answers whether this package refused or Meta did.
var (
	// ErrOutsideWindow: the person's messaging window is closed, and no tag reaches them.
	ErrOutsideWindow = errors.New("send: outside the messaging window")
	// ErrRetired: Meta has retired what the call asks for. Config.Retired sends it all the same.
	ErrRetired = errors.New("send: retired")
	// ErrTagRetired: Meta retired the message tag on 27 April 2026; utility templates (UTILITY) replace it.
	// It is of the class ErrRetired.
	ErrTagRetired = fmt.Errorf("%w message tag", ErrRetired)
	// ErrUnreachable: this person cannot be reached until they write again: they blocked the Page, deleted
	// the thread, or are not known to it.
	ErrUnreachable = errors.New("send: person unreachable")
	// ErrRateLimited: too many calls, or no turn before ctx's deadline; the same call may succeed later.
	ErrRateLimited = errors.New("send: rate limited")
	// ErrUnauthorized: the Page token is wrong, expired or revoked. Nothing succeeds until it is replaced.
	ErrUnauthorized = errors.New("send: unauthorized")
	// ErrBlocked: Meta has restricted the Page or the app for a policy violation.
	ErrBlocked = errors.New("send: blocked by policy")
	// ErrPermission: the app or the Page lacks a permission, a review, a setting, or the control of the
	// thread.
	ErrPermission = errors.New("send: permission missing")
	// ErrInvalid: the call itself is wrong; the same call never succeeds.
	ErrInvalid = errors.New("send: invalid")
	// ErrUnsure: no answer came, or none that could be read, and the message may have been delivered. It is
	// never retried, because the Send API has no idempotency key.
	ErrUnsure = errors.New("send: no answer, the message may have been delivered")
)

// The classes of errors that pass by themselves: errOnce is worth one more try, errTransient some.
var (
	errTransient = errors.New("send: temporary failure")
	errOnce      = errors.New("send: failure that may pass")
)

// Error is a refusal by the Graph API. Ask for its class with errors.Is, and for the numbers with errors.As.
//
// Source: Meta, Graph API, Handling Errors; Messenger Platform error codes, 25 June 2026.
type Error struct {
	// Status is the HTTP status. Never decide on it alone.
	Status int
	// Code and Subcode are Meta's numbers; Subcode is 0 if absent. Both are 0 if the answer was not Meta's
	// JSON.
	Code, Subcode int
	// Type is Meta's kind of error, such as "OAuthException".
	Type string
	// Message is Meta's text, for people to read. Where it quotes the Page token, an ID, an address or a
	// sentence of the call, they are left out: it may be logged.
	Message string
	// TraceID identifies the call to Meta's support (fbtrace_id).
	TraceID string
	// Transient is Meta's own word that the call may be retried (is_transient).
	Transient bool
	// RetryAfter is Meta's estimate of how long a rate limit lasts; 0 if it gave none.
	//
	// Source: Meta, Rate Limiting, 23 March 2026, estimated_time_to_regain_access.
	RetryAfter time.Duration
	// NoCall is set if no call was made, because an earlier answer stopped the Page: the other fields tell of
	// that answer, RetryAfter of what is left of the stop.
	NoCall bool

	limit edgeLimit // of the edge alone
}

// Error returns "send: graph:" with Meta's message, and the code and trace ID in brackets. It ends in "no
// call was made" if none was.
func (e *Error) Error() string {
	if e.NoCall {
		return e.text() + ": no call was made"
	}
	return e.text()
}

func (e *Error) text() string {
	var b strings.Builder
	b.WriteString("send: graph: ")
	if e.usedUp() {
		return b.String() + e.Message
	}
	if e.Message != "" {
		b.WriteString(e.Message + " ")
	}
	switch {
	case e.Code == 0:
		b.WriteString("(HTTP " + strconv.Itoa(e.Status))
	case e.Subcode == 0:
		b.WriteString("(code " + strconv.Itoa(e.Code))
	default:
		b.WriteString("(code " + strconv.Itoa(e.Code) + "/" + strconv.Itoa(e.Subcode))
	}
	if e.TraceID != "" {
		b.WriteString(", trace " + e.TraceID)
	}
	return b.String() + ")"
}

// Is reports whether e belongs to the class target, such as [ErrOutsideWindow].
func (e *Error) Is(target error) bool {
	class := e.class()
	return class != nil && errors.Is(class, target)
}

// class returns the sentinel of e's class, or nil.
func (e *Error) class() error {
	x := e.Explain()
	switch {
	case x.Class != nil:
		return x.Class
	case x.Retry == RetrySoon:
		return errTransient
	case x.Retry == RetryOnce:
		return errOnce
	}
	return nil
}

// usedUp reports whether e is no refusal, but what the usage headers of an answer said.
func (e *Error) usedUp() bool { return e.NoCall && e.Code == 0 && e.Status == 0 }

// Retryable reports whether the same call may succeed later: soon for a passing failure, after a minute or
// more for [ErrRateLimited]. It is false for [ErrUnsure], because a second call might deliver the message
// twice, and for a context that has ended.
func Retryable(err error) bool {
	if errors.Is(err, ErrUnsure) {
		return false
	}
	if refused, ok := errors.AsType[*Error](err); ok && refused.Transient {
		return true
	}
	return errors.Is(err, errTransient) || errors.Is(err, errOnce) || errors.Is(err, ErrRateLimited)
}

// lostCallError is a failure that changed nothing: the request did not leave this machine, or only asked.
type lostCallError struct{ cause error }

func (e *lostCallError) Error() string        { return fmt.Sprintf("send: no answer: %v", e.cause) }
func (e *lostCallError) Unwrap() error        { return e.cause }
func (e *lostCallError) Is(target error) bool { return target == errTransient }
