package bot

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// How many echoes of the bot's own messages are remembered and for how long, and how long a message that may
// have gone out before a crash waits for its own.
const (
	mostEchoes = 10_000
	echoAge    = 10 * time.Minute
	echoWait   = 5 * time.Second
)

// echoField is the webhook field of echoes. Instagram has none: its echoes come with the messages, and
// without metadata.
//
// Source: Meta, message_echoes, and Instagram webhooks, 2026.
const echoField = "message_echoes"

// askedAgain is how long nobody asks for the fields of a Page again after a question that failed.
const askedAgain = time.Minute

// echoes are those of the bot's own messages that have lately come in, here or at another instance: what they
// name was accepted by Meta, whatever the ledger says. It is safe for concurrent use.
type echoes struct {
	now func() time.Time

	mu      sync.Mutex
	heard   map[string]heardEcho     // by metadata
	order   []string                 // the metadata in heard, the oldest first
	waiting map[string]chan struct{} // closed when the echo comes in
	pages   map[string]bool          // of which one has come in here

	asked map[string]*fieldsAsked // by Page
}

// heardEcho is an echo that came in.
type heardEcho struct {
	mid string
	at  time.Time
}

// fieldsAsked is whether the echoes of a Page come to its app.
type fieldsAsked struct {
	done  chan struct{} // closed when there is an answer
	known bool          // false: the question failed
	yes   bool
	at    time.Time
}

func newEchoes(now func() time.Time) *echoes {
	return &echoes{
		now: now, heard: make(map[string]heardEcho), waiting: make(map[string]chan struct{}),
		pages: make(map[string]bool), asked: make(map[string]*fieldsAsked),
	}
}

// note remembers an echo and calls those who wait for it.
func (e *echoes) note(metadata, mid string) {
	if mid == "" || !strings.HasPrefix(metadata, metadataPrefix) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.heard[metadata]; known {
		return
	}
	e.heard[metadata] = heardEcho{mid: mid, at: e.now()}
	e.order = append(e.order, metadata)
	e.forget()
	if called := e.waiting[metadata]; called != nil {
		close(called)
		delete(e.waiting, metadata)
	}
}

// forget drops what is too old or too much.
func (e *echoes) forget() {
	oldest := e.now().Add(-echoAge)
	gone := 0
	for gone < len(e.order) &&
		(len(e.order)-gone > mostEchoes || e.heard[e.order[gone]].at.Before(oldest)) {
		delete(e.heard, e.order[gone])
		gone++
	}
	e.order = e.order[gone:]
}

// find returns the mid in the echo of a message, or what closes when it comes in.
func (e *echoes) find(metadata string) (mid string, called <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if found, known := e.heard[metadata]; known {
		return found.mid, nil
	}
	if e.waiting[metadata] == nil {
		e.waiting[metadata] = make(chan struct{})
	}
	return "", e.waiting[metadata]
}

// giveUp ends the wait for an echo. A message has one place in one event, and so one who waits.
func (e *echoes) giveUp(metadata string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.waiting, metadata)
}

// await returns the mid in the echo of a message, "" if it does not come in within d. The error is the cause
// of ctx's end.
func (e *echoes) await(ctx context.Context, metadata string, d time.Duration) (string, error) {
	mid, called := e.find(metadata)
	if mid != "" {
		return mid, nil
	}
	defer e.giveUp(metadata)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-called:
	case <-timer.C:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	mid, _ = e.find(metadata)
	return mid, nil
}

// patience returns how long a handler waits for an echo, or for the answer whether there will be one: not so
// long that no time is left for the rest of it.
func patience(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(echoWait, time.Until(deadline)/2)
	}
	return echoWait
}

// hear remembers the echo of a message of the bot's own, if e is one, and tells the other instances of it.
func (b *Bot) hear(event webhook.Event) {
	echo, ok := said(event).(*webhook.Echo)
	if !ok || b.echoes == nil || echo.Mid == "" || !strings.HasPrefix(echo.Metadata, metadataPrefix) {
		return
	}
	b.echoes.mu.Lock()
	b.echoes.pages[echo.Page] = true
	b.echoes.mu.Unlock()
	b.echoes.note(echo.Metadata, echo.Mid)
	if inbox, ok := b.cfg.Inbox.(interface{ ShareEcho(metadata, mid string) }); ok {
		inbox.ShareEcho(echo.Metadata, echo.Mid)
	}
}

// hearEchoes prepares the bot for the echoes of its own messages, if its inbox hands events out again after a
// crash: else nobody asks for them.
func (b *Bot) hearEchoes() {
	if !b.cfg.Inbox.Redelivers() {
		return
	}
	b.echoes = newEchoes(b.cfg.Now)
	inbox, ok := b.cfg.Inbox.(interface {
		HearEchoes(heard func(metadata, mid string))
	})
	if ok {
		inbox.HearEchoes(b.echoes.note)
	}
}

// echoing reports whether the echoes of messages from an account come to the bot. The Graph API is asked once
// for each Page; whatever it says, one that has come in before is the proof.
func (b *Bot) echoing(ctx context.Context, a *account) bool {
	if a.channel() == send.Instagram || a == b.nowhere {
		return false
	}
	asked, mine := b.echoes.ask(a.page)
	if mine {
		b.askFields(ctx, a, asked)
	} else {
		select {
		case <-asked.done:
		case <-ctx.Done():
		}
	}
	b.echoes.mu.Lock()
	defer b.echoes.mu.Unlock()
	return asked.known && asked.yes || b.echoes.pages[a.page]
}

// ask returns the question for the fields of a Page, and whether the caller is to ask it.
func (e *echoes) ask(page string) (asked *fieldsAsked, mine bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	asked = e.asked[page]
	failed := asked != nil && !asked.at.IsZero() && !asked.known
	if asked == nil || failed && e.now().Sub(asked.at) >= askedAgain {
		asked, mine = &fieldsAsked{done: make(chan struct{})}, true
		e.asked[page] = asked
	}
	return asked, mine
}

// askFields asks the Graph API whether the app of an account gets its echoes. Where the ID of the app is not
// known, any app that does is taken for it.
func (b *Bot) askFields(ctx context.Context, a *account, asked *fieldsAsked) {
	defer close(asked.done)
	asking, cancel := context.WithTimeout(ctx, patience(ctx))
	defer cancel()
	var failed error
	yes := false
	for app, err := range a.client.Subscriptions(asking) {
		if err != nil {
			failed = err
			break
		}
		yes = yes || (a.app == "" || app.App == a.app) && slices.Contains(app.Fields, echoField)
	}
	b.echoes.mu.Lock()
	defer b.echoes.mu.Unlock()
	asked.known, asked.yes, asked.at = failed == nil, yes, b.cfg.Now()
	if failed != nil && ctx.Err() != nil {
		delete(b.echoes.asked, a.page) // it was not Meta that failed: the next one asks
	} else if failed != nil {
		note(b.log.Warn().Str("page", a.page), failed).
			Msg("whether echoes of the bot's messages come in is not known")
	}
}
