package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parleybot/parley/send"
)

var (
	// ErrNoReply is returned by the reply helpers on echo, delivery, read and standby events, which a bot
	// must not answer: [Context.Thread] is the deliberate way.
	ErrNoReply = errors.New("bot: this kind of event is not answered")
	// ErrNoRecipient is returned by the reply helpers when the event names nobody to answer.
	ErrNoRecipient = errors.New("bot: the event names nobody to answer")
	// ErrNotOwner is what messages and sender actions fail with while another app, or a human in the Page's
	// inbox, owns the thread: before a call if the bot knows, else when Meta refuses, and then the error is
	// of the class send.ErrPermission too.
	ErrNotOwner = errors.New("bot: another app owns the thread")
	// ErrSuperseded is for handlers that give up because a later message has arrived.
	ErrSuperseded = errors.New("bot: superseded by a later message")
	// ErrPanic is the class of errors that stand for a panic of a handler.
	ErrPanic = errors.New("bot: handler panicked")
	// errExited is why an event counts as failed whose handler did not return.
	errExited = fmt.Errorf("%w: it ended its goroutine", ErrPanic)
	// ErrShutdown is the cause of a handler's context that ended because the bot stops.
	ErrShutdown = errors.New("bot: shutting down")

	// ErrTimeout is the cause of a handler's context that ended after Config.Timeout. It is a
	// context.DeadlineExceeded.
	ErrTimeout error = timeoutError{}
)

type timeoutError struct{}

func (timeoutError) Error() string        { return "bot: handler timed out" }
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Permanent returns an error that wraps err and is not retried. It returns nil for nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

type permanentError struct{ cause error }

func (p *permanentError) Error() string { return p.cause.Error() }
func (p *permanentError) Unwrap() error { return p.cause }

// sendError marks what package send returned: it has retried already.
type sendError struct{ cause error }

func (f *sendError) Error() string { return f.cause.Error() }
func (f *sendError) Unwrap() error { return f.cause }

// finalClasses are the errors that no second try mends. Package send has retried what passes by itself.
var finalClasses = []error{
	ErrNoReply, ErrNoRecipient, ErrNotOwner, ErrSuperseded,
	send.ErrOutsideWindow, send.ErrTagRetired, send.ErrUnreachable, send.ErrRateLimited, send.ErrUnauthorized,
	send.ErrBlocked, send.ErrPermission, send.ErrInvalid, send.ErrUnsure,
}

// final reports whether err is not worth another try.
func final(err error) bool {
	var stated *permanentError
	var failed *sendError
	var refused *send.Error
	if errors.As(err, &stated) || errors.As(err, &failed) || errors.As(err, &refused) {
		return true
	}
	return slices.ContainsFunc(finalClasses, func(class error) bool { return errors.Is(err, class) })
}
