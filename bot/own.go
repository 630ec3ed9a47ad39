package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// ownPrefix begins the names of the framework's own events; revokeName is the one that calls another one
// back.
const (
	ownPrefix  = "parley."
	revokeName = ownPrefix + "revoke"
)

// Emit publishes an event of the bot's own for a person: a reminder, a time-out, the result of a background
// job. It is handled in the person's lane at the given time, or at once if that has passed, by the route of
// its name; data is encoded as JSON, and nil is none. It returns the event's ID, for [Bot.Revoke]. The
// event answers nothing: messages that its handler sends are updates, and need an open window or a tag. page
// is a Page or an Instagram account of the bot; "" is the only Page, once its ID is known. Of any other the
// error is of class [ErrUnknownPage].
func (b *Bot) Emit(
	ctx context.Context, page string, psid send.PSID, name string, at time.Time, data any,
) (string, error) {
	_, page, err := b.namedAccount(page)
	if err != nil {
		return "", err
	}
	if err := checkOwn(page, psid, name); err != nil {
		return "", err
	}
	return b.emit(ctx, page, psid, name, at, data)
}

// checkOwn returns what is wrong with an own event.
func checkOwn(page string, psid send.PSID, name string) error {
	switch {
	case page == "":
		return errors.New("bot: emit: no Page to emit the event for")
	case psid == "":
		return errors.New("bot: emit: no person to emit the event for")
	case name == "" || strings.HasPrefix(name, ownPrefix):
		return errors.New("bot: emit: want a name, and none of the framework's own, " + ownPrefix + "…")
	}
	return nil
}

// emit publishes an own event, the framework's included.
func (b *Bot) emit(
	ctx context.Context, page string, psid send.PSID, name string, at time.Time, data any,
) (string, error) {
	var encoded json.RawMessage
	if data != nil {
		var err error
		if encoded, err = json.Marshal(data); err != nil {
			return "", fmt.Errorf("bot: emit: encode the data: %w", err)
		}
	}
	event := webhook.NewCustom(b.channelOf(page), page, psid, rand.Text(), name, at, encoded)
	envelope, err := b.envelope(event)
	if err != nil {
		return "", fmt.Errorf("bot: emit: %w", err)
	}
	envelope.Due = at
	if err := b.publish(ctx, envelope); err != nil {
		return "", fmt.Errorf("bot: emit: %w", err)
	}
	return envelope.ID, nil
}

// Emit publishes an event of the bot's own for the person of c, as [Bot.Emit] does: it comes back in their
// lane at the given time. It is published at once, and stays if the handler fails later or runs again. That
// the Page was removed meanwhile is no error.
func (c *Context) Emit(name string, at time.Time, data any) (string, error) {
	if err := checkOwn(c.page, c.person, name); err != nil {
		return "", err
	}
	return c.bot.emit(c, c.page, c.person, name, at, data)
}

// Revoke calls back an event that [Context.Emit] returned id for: see [Bot.Revoke].
func (c *Context) Revoke(id string) error { return c.bot.revoke(c, c.page, c.person, id) }

// Revoke calls back an event that [Bot.Emit] returned id for; page and psid are those that it was for. An
// event that is being handled already is not stopped; one that is unknown does no harm. Of a Page that the
// bot does not have the error is of class [ErrUnknownPage].
func (b *Bot) Revoke(ctx context.Context, page string, psid send.PSID, id string) error {
	_, page, err := b.namedAccount(page)
	if err != nil {
		return err
	}
	return b.revoke(ctx, page, psid, id)
}

func (b *Bot) revoke(ctx context.Context, page string, psid send.PSID, id string) error {
	_, err := b.emit(ctx, page, psid, revokeName, b.cfg.Now(), id)
	return err
}

// recalled reports whether an own event is not for the handler: it calls another one back, or was called
// back itself.
func (t *turn) recalled(own *webhook.Custom) bool {
	if own.Name == revokeName {
		var id string
		if json.Unmarshal(own.Data, &id) == nil {
			t.record.Revoked = append(t.record.Revoked, id)
		}
		return true
	}
	i := slices.Index(t.record.Revoked, t.id)
	if i < 0 {
		return false
	}
	t.record.Revoked = slices.Delete(t.record.Revoked, i, i+1)
	return true
}

// Thread returns a thread with a person, to write to them without being asked: its messages are updates, it
// keeps no ledger, and it is safe to keep as long as ctx lives. page is a Page or an Instagram account of
// the bot; "" is the only Page. The error is of class [ErrUnknownPage], or that of the store that is asked
// for the person's window, and for whether they can be reached.
func (b *Bot) Thread(ctx context.Context, page string, psid send.PSID) (*Thread, error) {
	return b.To(ctx, page, send.Person(psid))
}

// To returns a thread as [Bot.Thread] does, with any recipient: a background job sends to a token or answers
// a comment with it. page is as there, "" the only Page. The store is asked only for a person.
func (b *Bot) To(ctx context.Context, page string, recipient send.Recipient) (*Thread, error) {
	account, page, err := b.namedAccount(page)
	if err != nil {
		return nil, err
	}
	t := &Thread{
		ctx: ctx, bot: b, page: page, channel: account.channel(), person: recipient.ID, to: recipient,
	}
	if recipient.Kind() == send.ToNobody {
		t.refusal = ErrNoRecipient
	}
	if recipient.ID == "" {
		return t, nil
	}
	record, err := session.Load(ctx, b.cfg.Store, laneKey(page, string(recipient.ID)), b.cfg.Now())
	if err != nil && !errors.Is(err, session.ErrDamaged) {
		return nil, fmt.Errorf("bot: thread: %w", err)
	}
	t.window, t.unreachable = record.Window, known(record.Unreachable)
	t.owner = knownOwner(record.Ownership())
	return t, nil
}

// Replay publishes the newest dead letter called id once more, as "<id>#<n>", and drops it. While a human
// answers the person, it is settled without the handler as every event is: see Config.HumanPause.
func (b *Bot) Replay(ctx context.Context, id string) error {
	_, err := replay(ctx, b.cfg.Inbox.DeadLetters(), id, func(e Envelope) error { return b.publish(ctx, e) })
	return err
}

// ReplayLetter does with the dead letters of an inbox what [Bot.Replay] does with those of a bot, for a tool
// that has no bot: the bot that consumes the inbox handles the event. It returns the ID that the event has
// now. If there is no such dead letter, the error is [ErrNoDeadLetter].
func ReplayLetter(ctx context.Context, inbox Inbox, id string) (string, error) {
	return replay(ctx, inbox.DeadLetters(), id, func(e Envelope) error {
		return inbox.Publish(ctx, []Envelope{e})
	})
}

// replay publishes a dead letter anew, drops it, and returns its new ID. A letter that could not be dropped
// is replayed again without harm: its new ID is known then.
func replay(ctx context.Context, dead DeadLetters, id string, publish func(Envelope) error) (string, error) {
	letter, err := dead.Get(ctx, id)
	if err != nil {
		return "", fmt.Errorf("bot: replay: %w", err)
	}
	envelope := letter.Envelope
	envelope.ID, envelope.Due = replayID(id), time.Time{}
	if err := publish(envelope); err != nil {
		return "", fmt.Errorf("bot: replay: %w", err)
	}
	if err := dead.Drop(ctx, id); err != nil {
		return "", fmt.Errorf("bot: replay: %w", err)
	}
	return envelope.ID, nil
}

// DeadLetters returns the events that were given up.
func (b *Bot) DeadLetters() DeadLetters { return b.cfg.Inbox.DeadLetters() }
