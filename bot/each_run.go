package bot

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/parleybot/parley/send"
)

// mostFailures is after how many messages in a row that got no answer a mailing ends, and after how many that
// were refused if no other went out: the next ones would fare no better.
const mostFailures = 25

// mailingGrace is how long calls in hand may take when a mailing ends: one that is cut short is unsure.
const mailingGrace = 10 * time.Second

// mailing is one run of a [Mailing].
type mailing struct {
	Mailing
	bot   *Bot
	pace  *rate.Limiter
	stop  func(reason error)
	calls context.Context //nolint:containedctx // of the calls, which outlives that of the run a little

	mu     sync.Mutex // of what follows, and of calls of Told
	report MailingReport
	failed int // in a row
}

// newMailing returns a run of m for a Page that may send pageRate messages per second; negative: no limit.
func (b *Bot) newMailing(m Mailing, pageRate int) *mailing {
	if m.Rate == 0 {
		m.Rate = DefaultMailingRate
	}
	if m.Parallel <= 0 {
		m.Parallel = DefaultMailingParallel
	}
	if m.Compose == nil {
		message := m.Message
		m.Compose = func(*Thread) (send.Message, error) { return message, nil }
	}
	pace := rate.Limit(m.Rate)
	if m.Rate < 0 {
		pace = rate.Inf
	}
	if half := rate.Limit(pageRate) / 2; half > 0 {
		pace = min(pace, half)
	}
	return &mailing{Mailing: m, bot: b, pace: rate.NewLimiter(pace, 1)}
}

// toAll writes to all people, and returns why it ended early.
func (m *mailing) toAll(parent context.Context, people iter.Seq[send.PSID]) error {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	m.stop = func(reason error) { stop(&stopError{reason}) }
	calls, cut := context.WithCancel(context.WithoutCancel(ctx))
	m.calls = calls
	var ending sync.WaitGroup
	ending.Go(func() { m.cutLate(ctx, cut) })
	defer ending.Wait()
	defer cut()
	m.takeTurns(ctx, people)
	reason, own := errors.AsType[*stopError](context.Cause(ctx))
	switch {
	case own:
		return reason.cause
	case m.report.Left == 0:
		return nil // if its context has ended, all was done by then
	}
	return context.Cause(ctx)
}

// stopError is why a run ended itself, before its context did.
type stopError struct{ cause error }

func (e *stopError) Error() string { return e.cause.Error() }
func (e *stopError) Unwrap() error { return e.cause }

// cutLate ends the calls in hand some time after the run has ended.
func (m *mailing) cutLate(ctx context.Context, cut context.CancelFunc) {
	select {
	case <-m.calls.Done():
		return
	case <-ctx.Done():
	}
	late := time.NewTimer(mailingGrace)
	defer late.Stop()
	select {
	case <-m.calls.Done():
	case <-late.C:
		cut()
	}
}

// takeTurns gives each of people a turn, and returns when all have had it.
func (m *mailing) takeTurns(ctx context.Context, people iter.Seq[send.PSID]) {
	turns := make(chan send.PSID)
	var all sync.WaitGroup
	defer all.Wait() // also if people panics
	defer close(turns)
	for range m.Parallel {
		all.Go(func() {
			for who := range turns {
				m.toOne(ctx, who)
			}
		})
	}
	for who := range people {
		select {
		case <-ctx.Done():
			m.tell(Mailed{Person: who, Outcome: MailLeft, Err: context.Cause(ctx)})
		case turns <- who:
		}
	}
}

// toOne writes to one person. What panics in a function of the Mailing ends the run.
func (m *mailing) toOne(ctx context.Context, who send.PSID) {
	done := Mailed{Person: who, Outcome: MailFailed, Err: ErrPanic}
	m.guard(func() { done = m.mail(ctx, who) })
	m.guard(func() { m.tell(done) })
}

// guard ends the run if f panics.
func (m *mailing) guard(f func()) {
	defer func() {
		if r := recover(); r != nil {
			m.stop(fmt.Errorf("%w with a %T", ErrPanic, r))
		}
	}()
	f()
}

// tell counts what became of one person's message, and ends the run if the next ones would fare no better.
func (m *mailing) tell(done Mailed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.report.count(done.Outcome)
	switch done.Outcome {
	case MailSent:
		m.failed = 0
	case MailRefused:
		m.failed = 0
		if r := &m.report; r.Refused >= mostFailures && r.Sent+r.Already == 0 {
			m.stop(fmt.Errorf("all of %d messages were refused, the last because: %w", r.Refused, done.Err))
		}
	case MailFailed, MailUnsure:
		_, byCompose := errors.AsType[*composeError](done.Err)
		if byCompose || errors.Is(done.Err, errClaimed) {
			break
		}
		if m.failed++; m.failed >= mostFailures {
			m.stop(fmt.Errorf("%d messages in a row failed, the last because: %w", m.failed, done.Err))
		}
	default:
	}
	if m.Told != nil {
		m.Told(done)
	}
}

// mail sends one person's message.
func (m *mailing) mail(ctx context.Context, who send.PSID) Mailed {
	done := Mailed{Person: who}
	if err := context.Cause(ctx); err != nil {
		done.Outcome, done.Err = MailLeft, err
		return done
	}
	held := claim{key: m.key(who)}
	if m.Name != "" {
		// Whoever was written to before needs neither a turn nor a message.
		if found, err := m.look(ctx, &held); err != nil || found {
			return m.claimed(ctx, done, held, err)
		}
	}
	t, request, err := m.compose(who)
	if err != nil {
		return m.judged(ctx, done, err)
	}
	if err := m.pace.Wait(ctx); err != nil {
		m.stop(fmt.Errorf("%w: no turn before it", context.DeadlineExceeded)) // unless ctx has ended
		done.Outcome, done.Err = MailLeft, context.Cause(ctx)
		return done
	}
	if m.Name != "" {
		if found, err := m.hold(&held); err != nil || found {
			return m.claimed(ctx, done, held, err)
		}
	}
	done.Receipt, err = t.dispatch(request, nil)
	done = m.judged(ctx, done, err)
	if m.Name != "" {
		m.settle(ctx, held, done)
	}
	return done
}

// compose returns the message for one person, judged by what is known of them.
func (m *mailing) compose(who send.PSID) (*Thread, send.Request, error) {
	t, err := m.bot.Thread(m.calls, m.Page, who)
	if err != nil {
		return nil, send.Request{}, err
	}
	if who == "" {
		return nil, send.Request{}, t.refused(noPSIDError{})
	}
	t = t.Tag(m.Tag)
	message, err := m.Compose(t)
	if err != nil {
		return nil, send.Request{}, &composeError{err}
	}
	request, err := t.Compose(message)
	if err == nil {
		err = errors.Join(t.reachable(), t.owned())
	}
	if err != nil {
		return nil, send.Request{}, t.refused(err)
	}
	return t, request, nil
}

// judged notes what an error means for one person, and ends the run if it concerns the whole Page.
func (m *mailing) judged(ctx context.Context, done Mailed, err error) Mailed {
	done.Err = err
	refused, byMeta := errors.AsType[*send.Error](err)
	switch {
	case err == nil:
		done.Outcome = MailSent
	case errors.Is(err, send.ErrUnsure):
		done.Outcome = MailUnsure
	case errors.Is(err, send.ErrOutsideWindow):
		done.Outcome = MailOutsideWindow
	case errors.Is(err, send.ErrUnreachable):
		done.Outcome = MailUnreachable
	case errors.Is(err, ErrNotOwner):
		done.Outcome = MailNotOwner
	case byMeta && ofAll(refused), errors.Is(err, ErrUnknownPage),
		!byMeta && errors.Is(err, send.ErrRateLimited): // no turn before the context's deadline
		done.Outcome = MailLeft
		m.stop(err)
	case byMeta && !send.Retryable(err), isRefusedHere(err):
		done.Outcome = MailRefused
	case ctx.Err() != nil:
		done.Outcome = MailLeft
	default:
		done.Outcome = MailFailed
	}
	return done
}

// ofAll reports whether Meta refused not one message, but the Page or the app.
func ofAll(refused *send.Error) bool {
	scope := refused.Explain().Scope
	return scope == send.ScopePage || scope == send.ScopeApp
}

// isRefusedHere reports whether a message was refused before a call, for what it is.
func isRefusedHere(err error) bool {
	return errors.Is(err, send.ErrInvalid) || errors.Is(err, send.ErrRetired) ||
		errors.Is(err, ErrNoRecipient)
}

// noPSIDError says that one of people is nobody.
type noPSIDError struct{}

func (noPSIDError) Error() string        { return "bot: each: a person without a PSID" }
func (noPSIDError) Is(target error) bool { return target == ErrNoRecipient }

// composeError is what Mailing.Compose has returned: it concerns one person.
type composeError struct{ cause error }

func (e *composeError) Error() string { return "bot: each: compose: " + e.cause.Error() }
func (e *composeError) Unwrap() error { return e.cause }
