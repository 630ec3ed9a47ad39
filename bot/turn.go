package bot

import (
	"context"
	"errors"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// turn is one try of a handler: the event in hand, the person's record and what was sent.
type turn struct {
	bot     *Bot
	run     *run // of the handler
	id      string
	attempt int
	since   time.Time // who had it in hand before has sent nothing since; zero: not known
	copied  string    // which of several stored ones it is
	again   bool      // it may have been in hand when a process died
	began   time.Time // by Config.Now
	newer   <-chan struct{}
	event   webhook.Event
	page    string
	account *account // that the event came to
	person  send.PSID
	record  *session.Person
	nobody  session.Session // of events that name no person
	ledger  *ledger
	theirs  bool // another app owned the thread when the event came
}

// begin returns the context in which the handler runs.
func (t *turn) begin(ctx context.Context) *Context {
	from := t.event.From()
	t.page, t.person = from.Page, from.Person
	c := &Context{event: t.event, thread: Thread{
		ctx: ctx, bot: t.bot, turn: t, page: from.Page, channel: t.account.channel(), person: from.Person,
		to: from.Recipient, window: t.record.Window, mid: midOf(t.event),
		refusal: answerable(t.event, from.Recipient),
	}}
	before := t.record.Window
	w, opens := webhook.Opens(t.event)
	if opens {
		c.reply = true
		if w.Opened.IsZero() || w.Opened.After(t.began) {
			w.Opened = t.began
		}
		t.record.Window = session.Later(t.record.Window, w)
		c.window = t.record.Window
	}
	t.heedOwner(before)
	t.heedAct(opens)
	c.unreachable, c.owner = known(t.record.Unreachable), knownOwner(t.record.Ownership())
	return c
}

// sent returns the receipt of a message that an earlier try has sent, as the ledger says, or its echo.
func (t *turn) sent(
	thread *Thread, message *outbound, control *send.ThreadControl,
) (receipt send.Receipt, done bool, err error) {
	if receipt, done = t.ledger.lookup(message); done || !t.again || !t.ledger.stored {
		return receipt, done, nil
	}
	if message.receipt, done, err = t.echoed(thread, message); done {
		t.entered(thread, message, control)
		if control != nil {
			thread.handedOver(t.bot.cfg.Now(), *control)
		}
	}
	return message.receipt, done, err
}

// echoed returns the receipt of a message that Meta accepted, as its echo says, before a process died that
// could not enter it in the ledger. The first message of which no echo is known waits for it; those after it
// went out later, if at all, and have waited as long.
func (t *turn) echoed(thread *Thread, message *outbound) (receipt send.Receipt, found bool, err error) {
	if message.message.Metadata != "" || !hasEcho(message.to) || !t.bot.echoing(thread.ctx, t.account) {
		return send.Receipt{}, false, nil
	}
	wait := patience(thread.ctx)
	switch {
	case t.ledger.waited:
		wait = 0
	case !t.since.IsZero(): // one wait for all that was in hand at a crash, however much that is
		wait = min(wait, echoWait-time.Since(t.since))
	}
	mid, err := t.bot.echoes.await(thread.ctx, t.ledger.metadata(message), wait)
	if mid == "" || err != nil {
		t.ledger.waited = t.ledger.waited || err == nil
		return send.Receipt{}, false, err
	}
	t.bot.log.Info().Str("event", t.bot.nameOf(t.id, t.event)).
		Msg("message not sent again: its echo says that it went out before a crash")
	return send.Receipt{RecipientID: message.to.ID, MessageID: mid}, true, nil
}

// hasEcho reports whether Meta sends the echo of a message to somebody.
//
// Source: Meta, changelog, February 2018: none of what goes to a user_ref, and likewise to a phone number.
func hasEcho(to *send.Recipient) bool { return to.UserRef == "" && to.PhoneNumber == "" }

// deliver sends a composed message that no earlier try has sent.
func (t *turn) deliver(thread *Thread, request send.Request, message *outbound) (send.Receipt, error) {
	if request.Message.Metadata == "" {
		request.Message.Metadata = t.ledger.metadata(message)
	}
	var err error
	message.receipt, err = thread.call(request)
	message.unsure = errors.Is(err, send.ErrUnsure)
	switch {
	case err == nil:
		t.entered(thread, message, request.Control)
	case message.unsure:
		t.enter(thread.ctx, message)
	}
	return message.receipt, err
}

// entered enters a message that went out in the ledger, and that it handed the thread over, if it did.
func (t *turn) entered(thread *Thread, message *outbound, control *send.ThreadControl) {
	if control == nil {
		t.enter(thread.ctx, message)
		return
	}
	place, _ := t.ledger.reserve(gavePrefix + "message")
	t.enter(thread.ctx, message, &outbound{place: place})
}

// enter notes what was done in the ledger, and in the person's record where the inbox hands events out again
// after a crash: all at once, so that no crash comes in between.
func (t *turn) enter(ctx context.Context, done ...*outbound) {
	for _, o := range done {
		t.ledger.sent = append(t.ledger.sent, *o)
		if t.ledger.stored {
			t.record.Ledger = append(t.record.Ledger, o.entry(t.id))
		}
	}
	if !t.ledger.stored {
		return
	}
	err := t.record.SaveFramework(context.WithoutCancel(ctx), t.bot.cfg.Store, t.bot.cfg.Now())
	if err != nil {
		t.bot.log.Warn().Err(err).Str("event", t.bot.nameOf(t.id, t.event)).
			Msg("ledger not stored: a crash now may send a message twice")
	}
}
