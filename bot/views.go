package bot

import (
	"errors"

	"github.com/parleybot/parley/send"
)

// Tag returns a view whose messages may leave the messaging window under tag. Inside the window the tag is
// not sent.
func (t *Thread) Tag(tag send.Tag) *Thread {
	view := *t
	view.tag = tag
	return &view
}

// As returns a view whose messages come from the persona with this ID. Messenger only.
func (t *Thread) As(persona string) *Thread {
	view := *t
	view.persona = persona
	return &view
}

// ReplyTo returns a view whose messages are shown as answers to the message mid, and whose reactions go on
// it.
func (t *Thread) ReplyTo(mid string) *Thread {
	view := *t
	view.replyTo, view.mid = mid, mid
	return &view
}

// Silent returns a view whose messages appear without sound or vibration.
func (t *Thread) Silent() *Thread {
	view := *t
	view.notify = send.Silent
	return &view
}

// Once returns a view whose messages go out once for each event, whatever they say when the handler runs
// again. Give each message of a handler a name of its own; it is for messages whose words differ from run
// to run.
func (t *Thread) Once(name string) *Thread {
	view := *t
	view.once = name
	return &view
}

// HandOver returns a view whose messages hand the thread on when they have been sent: to another app, to the
// default app, or to nobody. It needs conversation routing, and that the bot owns the thread. From then on
// the bot is muted towards the person, unless nobody got the thread. [Thread.PassThread] passes it on
// without a word.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (t *Thread) HandOver(control send.ThreadControl) *Thread {
	view := *t
	view.control = &control
	return &view
}

// To returns a view whose messages go to another recipient: to a token that the person gave, to the author
// of a comment or a visitor's post, to a user_ref, to a phone number, to somebody else of the same Page. The
// ledger of t counts for them too. Of another person it knows only what the bot has in memory: that they
// wrote lately, cannot be reached, or belong to another app now. [Bot.To] asks the store. On events that a
// bot must not answer its messages fail with [ErrNoReply] as those of t do.
func (t *Thread) To(recipient send.Recipient) *Thread {
	view := *t
	view.to = recipient
	switch {
	case t.refusal != nil && !errors.Is(t.refusal, ErrNoRecipient):
	case recipient.Kind() == send.ToNobody:
		view.refusal = ErrNoRecipient
	default:
		view.refusal = nil
	}
	if recipient.ID != "" && recipient.ID != t.person {
		view.person, view.window, view.unreachable, view.owner = recipient.ID, send.Window{}, nil, nil
		view.mid, view.reply = "", false
	}
	return &view
}
