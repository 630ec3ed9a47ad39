package bot

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// thread is the name under which a Context embeds its Thread: a field called Thread would collide with the
// method.
type thread = Thread

// Context is one event in hand, and the [Thread] that answers it. All methods of a Thread are methods of a
// Context too: Text, SplitText, QuickReplies, Buttons, Carousel, Image, Video, Audio, File, Send, Deliver,
// Compose, DeliverRequest, Typing, TypingOff, MarkSeen, React, Unreact, Tag, As, AsNamed, ReplyTo, Silent,
// Once, To, HandOver, Recall, Label, Unlabel, SetMenu, DeleteMenu, PassThread, ReleaseThread, TakeThread,
// RequestThread, ExtendThread, ThreadOwner, Client, Window, PSID and Page. On the command line they
// stand under Thread: go doc bot.Thread.Text.
//
// It is a [context.Context] that ends when the handler has run for too long or the bot stops. It belongs to
// the goroutine of the handler and is not to be kept.
type Context struct {
	thread

	event  webhook.Event
	params map[string]string
	logger *zerolog.Logger
}

// Event returns the event.
func (c *Context) Event() webhook.Event { return c.event }

// EventID returns what makes the event one: the same each time that the handler runs for it. It is fit for an
// idempotency key.
func (c *Context) EventID() string { return c.turn.id }

// Attempt returns how often the event has been handed out, from 1.
func (c *Context) Attempt() int { return c.turn.attempt }

// Newer returns a channel that is closed when a later message of this person has arrived. A handler that
// takes long may give up then and return [ErrSuperseded].
func (c *Context) Newer() <-chan struct{} { return c.turn.newer }

// Message returns what the person wrote, or the title of the quick reply they tapped; "" for events that
// are no message.
func (c *Context) Message() string {
	if m, ok := said(c.event).(*webhook.Message); ok {
		return m.Text
	}
	return ""
}

// Payload returns what the bot gave the quick reply or the button that the person tapped, or "".
func (c *Context) Payload() string {
	switch e := said(c.event).(type) {
	case *webhook.Message:
		if e.QuickReply != nil {
			return e.QuickReply.Payload
		}
	case *webhook.Postback:
		return e.Payload
	default:
	}
	return ""
}

// Input returns the payload of a tap, else what the person wrote.
func (c *Context) Input() string {
	if payload := c.Payload(); payload != "" {
		return payload
	}
	return c.Message()
}

// Param returns what a route's pattern found under name, or "".
func (c *Context) Param(name string) string { return c.params[name] }

// SetParams replaces what Param returns. It is for routers.
func (c *Context) SetParams(params map[string]string) { c.params = params }

// Now returns the time by the bot's clock, Config.Now.
func (c *Context) Now() time.Time { return c.bot.cfg.Now() }

// Session returns the session values of the person. They are saved once, after a handler that succeeded. An
// event that names no person has empty ones, which are not stored.
func (c *Context) Session() *session.Session {
	if c.person == "" {
		return &c.turn.nobody
	}
	return c.turn.record.Session()
}

// Log returns a logger that names the event, its Page and, as a hash, the person.
func (c *Context) Log() *zerolog.Logger {
	if c.logger == nil {
		log := c.bot.log.With().Str("kind", c.event.Kind()).Str("event", c.bot.nameOf(c.turn.id, c.event)).
			Str("page", c.page).Str("person", c.bot.hash(c.person)).Int("attempt", c.turn.attempt).Logger()
		c.logger = &log
	}
	return c.logger
}

// Thread returns a view that answers nothing: its messages are updates, and it may be used on echo,
// delivery, read and standby events too. Like c, it keeps the ledger and is not to be kept.
func (c *Context) Thread() *Thread {
	view := c.thread
	view.reply = false
	if errors.Is(view.refusal, ErrNoReply) {
		view.refusal = nil
	}
	return &view
}

// Frames returns the state of the conversation that the person is in, as its router has stored it; nil: they
// are in none. It must not be changed. It is for routers.
func (c *Context) Frames() []byte {
	if c.person == "" {
		return nil
	}
	return c.turn.record.Frames
}

// SetFrames replaces the state of the conversation; nil ends it. It is saved with the session values, once,
// after a handler that succeeded. An event that names no person has none, and SetFrames does nothing. It is
// for routers.
func (c *Context) SetFrames(frames []byte) {
	if c.person != "" {
		c.turn.record.Frames = frames
	}
}

// WithEvent returns a copy of c whose event is e, to the person and with the ledger of c. It is for routers,
// which hand on what a person has said before.
func (c *Context) WithEvent(e webhook.Event) *Context {
	other := *c
	other.event = e
	return &other
}

// WithContext returns a copy of c, and of its thread, that lives within ctx. It is for middleware.
func (c *Context) WithContext(ctx context.Context) *Context {
	within := *c
	within.ctx = ctx
	return &within
}

// Deadline returns when the handler must be done.
func (c *Context) Deadline() (time.Time, bool) { return c.ctx.Deadline() }

// Done returns a channel that is closed when the handler should stop.
func (c *Context) Done() <-chan struct{} { return c.ctx.Done() }

// Err returns why Done is closed, or nil.
func (c *Context) Err() error { return c.ctx.Err() }

// Value returns the value that the context carries under key.
func (c *Context) Value(key any) any { return c.ctx.Value(key) }

// said returns the event itself, or the one that a standby copy wraps.
func said(e webhook.Event) webhook.Event {
	if standby, ok := e.(*webhook.Standby); ok {
		return standby.Event
	}
	return e
}

// answerable returns why e is not answered, or nil.
func answerable(e webhook.Event, to send.Recipient) error {
	switch e.(type) {
	case *webhook.Echo, *webhook.Delivery, *webhook.Read, *webhook.Standby:
		return ErrNoReply
	default:
	}
	if to.Kind() == send.ToNobody {
		return ErrNoRecipient
	}
	return nil
}

// midOf returns the mid of the message in hand.
func midOf(e webhook.Event) string {
	switch e := said(e).(type) {
	case *webhook.Message:
		return e.Mid
	case *webhook.Postback:
		return e.Mid
	case *webhook.Echo:
		return e.Mid
	case *webhook.Reaction:
		return e.Mid
	case *webhook.Edit:
		return e.Mid
	case *webhook.ResponseFeedback:
		return e.Mid
	default:
		return ""
	}
}
