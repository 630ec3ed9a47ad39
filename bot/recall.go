package bot

import (
	"context"

	"github.com/parleybot/parley/send"
)

// Recall returns the messaging window of a person, and asks Meta for it if the bot does not know it: because
// the store has forgotten the person, or never knew them. What Meta says is remembered as an inbound message
// is, so that messages to the person are typed, or refused, by it: send.ErrOutsideWindow comes before a call
// then, where a window that is not known counts as open. The window stays unknown if Meta knows of no message
// of the person.
//
// It asks for messages only. A tap or a reaction opens the window too, so that it may in truth have been
// opened later than Recall says. It is one call of the Conversations API as a rule, and one more for each of
// the newest messages that Meta does not show at once. Meta takes two per second and Page: Recall waits for
// its turn, and messages do not wait for Recall. Ask where a stale window matters, such as before a message
// that was planned long ago, and not before each message.
//
// The error is of class [ErrUnknownPage], that of the store, [ErrNoRecipient] if there is no person, or one
// of [send.Client.LastInbound]. It is safe for concurrent use.
//
// Source: Meta, Conversations API, 11 February 2026; Rate Limiting, 23 March 2026.
func (b *Bot) Recall(ctx context.Context, page string, psid send.PSID) (send.Window, error) {
	t, err := b.Thread(ctx, page, psid)
	if err != nil {
		return send.Window{}, err
	}
	return t.Recall()
}

// Recall returns the messaging window of the person as [Bot.Recall] does. Messages that t sends afterwards
// are typed by it.
func (t *Thread) Recall() (send.Window, error) {
	if t.person == "" {
		return send.Window{}, ErrNoRecipient
	}
	if known := t.Window(); !known.Opened.IsZero() {
		return known, nil
	}
	inbound, err := t.client().LastInbound(t.ctx, t.person)
	if err != nil {
		return send.Window{}, &sendError{err}
	}
	if inbound.IsZero() {
		return send.Window{}, nil
	}
	if now := t.bot.cfg.Now(); inbound.After(now) {
		inbound = now
	}
	t.bot.windows.RecordInbound(t.page, t.person, send.Window{Opened: inbound})
	return t.Window(), nil
}
