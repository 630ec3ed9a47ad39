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
	id      string
	attempt int
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

// deliver sends a composed message unless an earlier try has.
func (t *turn) deliver(thread *Thread, request send.Request) (send.Receipt, error) {
	message := outbound{to: &thread.to, message: request.Message, once: thread.once}
	if receipt, known := t.ledger.lookup(&message); known {
		return receipt, nil
	}
	if request.Message.Metadata == "" {
		request.Message.Metadata = metadata(t.id, t.ledger.messages)
	}
	var err error
	message.receipt, err = thread.call(request)
	message.unsure = errors.Is(err, send.ErrUnsure)
	switch {
	case err == nil && request.Control != nil:
		place, _ := t.ledger.reserve(gavePrefix + "message")
		t.enter(thread.ctx, &message, &outbound{place: place})
	case err == nil || message.unsure:
		t.enter(thread.ctx, &message)
	}
	return message.receipt, err
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
