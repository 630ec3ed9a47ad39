package send

import (
	"fmt"
	"time"
)

// Window is the messaging window of a person: when, and by what, it was last opened. The zero Window is
// unknown, which is not the same as closed.
//
// Source: Meta, Send Messages, 2026.
type Window struct {
	// Opened is the time of the person's last action that opens the window.
	Opened time.Time
	// By is that action.
	By Opener
}

// Opener is an action of a person that opens the messaging window.
type Opener uint8

const (
	// ByAction is a message, a tap, an opt-in, a link into an existing thread or a reaction: 24 hours.
	ByAction Opener = iota
	// ByAd is a first message after an ad that clicks to Messenger: 24 hours, and up to 7 days for some.
	ByAd
)

// StandardWindow and AgentWindow are how long a window is open for a bot's messages and for a human agent's.
//
// Source: Meta, Send Messages and message tags, 2026.
const (
	StandardWindow = 24 * time.Hour
	AgentWindow    = 7 * 24 * time.Hour
)

// known reports whether Meta takes t; none at all counts as RESPONSE.
func (t MessagingType) known() bool {
	switch t {
	case "", TypeResponse, TypeUpdate, TypeMessageTag, TypeUtility:
		return true
	}
	return false
}

// MessagingType is the parameter messaging_type of a message.
type MessagingType string

// The messaging types of the Send API. [Classify] chooses among them.
//
// Source: Meta, Page/messages reference, 2026.
const (
	// TypeResponse answers a message within 24 hours; it may be promotional.
	TypeResponse MessagingType = "RESPONSE"
	// TypeUpdate answers nothing, but comes within 24 hours; it may be promotional.
	TypeUpdate MessagingType = "UPDATE"
	// TypeMessageTag leaves the messaging window for the reason that its [Tag] names; it must not be
	// promotional.
	TypeMessageTag MessagingType = "MESSAGE_TAG"
	// TypeUtility is a utility template that Meta has approved, at any time. Messenger only.
	TypeUtility MessagingType = "UTILITY"
)

// Content is what the policy must know about a message; see [Message.Content].
type Content uint8

const (
	// Plain is every message that is not one of the others.
	Plain Content = iota
	// Utility is a pre-approved utility template.
	Utility
	// Feedback is a customer feedback template.
	Feedback
)

// Purpose is all that decides how a message is sent.
type Purpose struct {
	// Channel is where the Page talks to the person.
	Channel Channel
	// To is whom the message goes to. ToPerson is governed by the window, the others are not; ToNobody, the
	// zero value, counts as a person.
	To RecipientKind
	// Reply is whether the message answers an event that opens the window.
	Reply bool
	// Content is what the message holds.
	Content Content
	// Tag is the message tag to use where the window demands one.
	Tag Tag
	// Window is the person's; the zero value is unknown.
	Window Window
	// Now is the time of the decision; if it is zero, the window counts as unknown.
	Now time.Time
	// Retired sends retired tags all the same.
	Retired bool
}

// openness is what is known of a window at an instant.
type openness uint8

const (
	unknown openness = iota
	open
	closed
)

// state returns what is known of w at now. Both limits belong to the window: Meta refuses what is later.
func (w Window) state(now time.Time) openness {
	if w.Opened.IsZero() || now.IsZero() {
		return unknown
	}
	switch age := now.Sub(w.Opened); {
	case age <= StandardWindow:
		return open
	case w.By == ByAd && age <= AgentWindow:
		return unknown
	}
	return closed
}

// overAWeek reports whether w was surely opened longer ago than the tags with that limit reach.
func (w Window) overAWeek(now time.Time) bool {
	return !w.Opened.IsZero() && now.Sub(w.Opened) > AgentWindow
}

// Closes returns when the window surely closes: 24 hours after it was opened, or 7 days if an ad opened it.
// It returns the zero time if w is unknown.
func (w Window) Closes() time.Time {
	if w.Opened.IsZero() {
		return time.Time{}
	}
	if w.By == ByAd {
		return w.Opened.Add(AgentWindow)
	}
	return w.Opened.Add(StandardWindow)
}

// Classify chooses the messaging type and the tag of a message. It is the platform's rule as one pure
// function: it refuses only what Meta would surely refuse, with [ErrOutsideWindow], [ErrTagRetired] or
// [ErrInvalid]. An empty type means that none is sent. A tag that the channel has is used where the window is
// closed, or unknown.
//
// Sources: Meta, Send Messages, message tags and Send API v25.0, 2026.
func Classify(p Purpose) (MessagingType, Tag, error) {
	switch p.To {
	case ToToken:
		return "", "", nil // Meta judges a notification by its token alone
	case ToPhoneNumber, ToPlayer, ToLogin:
		return TypeUpdate, "", nil
	case ToUserRef, ToComment, ToPost:
		return TypeResponse, "", nil
	case ToNobody, ToPerson: // governed by the window
	}
	window := p.Window.state(p.Now)
	switch {
	case p.Content == Utility && p.Channel == Messenger:
		return TypeUtility, "", nil
	case window == open:
		return within(p), "", nil
	case p.Tag.allowedOn(p.Channel):
		return tagged(p)
	case window == unknown:
		return within(p), "", nil
	}
	return "", "", fmt.Errorf("%w: it closed at %s%s",
		ErrOutsideWindow, p.Window.Closes().UTC().Format(time.RFC3339), wayOut(p))
}

// wayOut says what a developer can do about a closed window.
func wayOut(p Purpose) string {
	switch {
	case p.Tag != "":
		return fmt.Sprintf(", and there is no tag %s on %s", p.Tag, p.Channel)
	case p.Channel == Messenger:
		return "; a utility template may still go"
	}
	return ""
}

// within returns how p is sent while the window is open.
func within(p Purpose) MessagingType {
	if p.Reply {
		return TypeResponse
	}
	return TypeUpdate
}

// tagged returns how p is sent under its tag, which its channel allows.
func tagged(p Purpose) (MessagingType, Tag, error) {
	switch {
	case p.Tag.retired() && !p.Retired:
		return "", "", fmt.Errorf("%w: %s since 27 April 2026; send a utility template (UTILITY) instead",
			ErrTagRetired, p.Tag)
	case p.Tag.retired(), p.Tag == TagNonPromotionalSubscription:
		return TypeMessageTag, p.Tag, nil
	case p.Tag == TagCustomerFeedback && p.Content != Feedback:
		return "", "", fmt.Errorf("%w: tag CUSTOMER_FEEDBACK goes with a customer feedback template only",
			ErrInvalid)
	case p.Window.overAWeek(p.Now):
		return "", "", fmt.Errorf("%w: tag %s reached the person until %s",
			ErrOutsideWindow, p.Tag, p.Window.Opened.Add(AgentWindow).UTC().Format(time.RFC3339))
	}
	return TypeMessageTag, p.Tag, nil
}
