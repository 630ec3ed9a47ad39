package webhook

import (
	"encoding/json"
	"time"

	"github.com/parleybot/parley/send"
)

// Event is one thing that the platform tells: a message, a tap, a receipt, a reaction. It is one of the
// pointer types of this package and nothing else, so that a type switch can name them all; what the package
// does not know is an [*Unknown]. An event is shared between goroutines and must not be changed.
//
//sumtype:decl
type Event interface {
	// From returns what all events have in common.
	From() Origin
	// Kind returns the word for this kind of event, in lower case with underscores, as "message" or
	// "account_linking". The package documentation lists them all.
	Kind() string
	// ID returns what makes this event one and the same wherever it is met again, in a redelivered request
	// or in a durable inbox. It begins with the kind, as an edit, an unsend, a reaction and a read carry
	// the mid of another event.
	ID() string
	event()
}

// Origin is where an event comes from: the part that all events have in common.
type Origin struct {
	// Channel is the product the event came through.
	Channel send.Channel
	// Page is the ID of the Page, or of the Instagram professional account. It is empty if the event names
	// none.
	Page string
	// Person is the other party of the thread, whichever side sent: the recipient of an echo, else the
	// sender. It is empty if the event names none, as for a checkbox opt-in or a comment.
	Person send.PSID
	// Recipient is whom a reply goes to: the person, else the user_ref of a checkbox opt-in, else nobody.
	Recipient send.Recipient
	// Time is when the event happened, in UTC: its own timestamp, else the time of the entry that carried
	// it. It is the zero time if neither is there.
	Time time.Time
	// App is the ID of the app whose secret signed the request. It is empty before a [Receiver] has seen
	// the event, and if the app was configured without an ID.
	App string
	// Raw is the item as it came, byte for byte: the element of messaging, standby or changes. It must not
	// be changed.
	Raw json.RawMessage

	wire wire
}

// wire is what the envelope around an item said, kept to write it again.
type wire struct {
	object    string // as sent; empty if it was not there
	entryID   string
	entryTime string // the JSON of entry.time: a number or a string, else empty
	hops      string // the JSON of entry.hop_context, empty if it has none
	section   section
	lane      string // the comment or post that an event without a person is about
}

// section is the list of an entry that an item stood in.
type section string

const (
	sectionMessaging section = "messaging"
	sectionStandby   section = "standby"
	sectionChanges   section = "changes"
)

// From returns the origin itself, for all events that embed it.
func (o Origin) From() Origin { return o }

// Lane returns whose events must be handled one after the other with this one: the person, else the
// user_ref, else the comment or post. It is empty if the event names none of them; it then stands alone.
func (o Origin) Lane() string {
	switch {
	case o.Person != "":
		return string(o.Person)
	case o.Recipient.UserRef != "":
		return o.Recipient.UserRef
	}
	return o.wire.lane
}

// Delivery tells that messages of the Page have been delivered. Messenger only.
//
// Source: Meta, message_deliveries, 2026.
type Delivery struct {
	Origin
	// Mids are the messages that were delivered. Meta may leave them out.
	Mids []string
	// Watermark is the time before which everything was delivered.
	Watermark time.Time
}

// Read tells that the person has read the thread.
//
// Source: Meta, message_reads and Instagram messaging_seen, 2026.
type Read struct {
	Origin
	// Mid is the message that was read. Instagram only.
	Mid string
	// Watermark is the time before which everything was read. Messenger only.
	Watermark time.Time
}

// Edit tells that a person has edited a message. A bot must not answer it as if it had just been written.
//
// Source: Meta, message_edits and Instagram message_edit, 2026.
type Edit struct {
	Origin
	// Mid is the message that was edited, which keeps its mid.
	Mid string
	// Text is what it says now. On Instagram it may be missing.
	Text string
	// Number is the how-manieth edit of the message it is, from 1; Messenger allows five. Instagram has been
	// seen to send 0.
	Number int

	number string // as it came; empty if it did not
}

// Unsend tells that a message was taken back, and must no longer be shown or used.
//
// Source: Meta, Instagram messages, 2026.
type Unsend struct {
	Origin
	// Mid is the message that is no more.
	Mid string
	// Echo is true if it was a message of the Page. Person is whom it had gone to then.
	Echo bool
}

// The two actions of a [Reaction].
//
// Source: Meta, message_reactions, 2026.
const (
	ActionReact   = "react"
	ActionUnreact = "unreact"
)

// Reaction is a person's reaction to a message of the thread, or its removal.
//
// Source: Meta, message_reactions, 2026.
type Reaction struct {
	Origin
	// Mid is the message that the person reacted to.
	Mid string
	// Action is [ActionReact] or [ActionUnreact].
	Action string
	// Reaction is its name: smile, angry, sad, wow, love, like, dislike, on Instagram also laugh, and other
	// for all the rest. It may be missing when a reaction is removed.
	Reaction string
	// Emoji is the emoji itself. It may be missing when a reaction is removed.
	Emoji string
}

// Removed reports whether the person took the reaction back.
func (r *Reaction) Removed() bool { return r.Action == ActionUnreact }

// Standby is an event in a thread that another app owns. The other app answers, so a bot must not; it has
// the kind, and in the router the route, of its own. Its embedded Event is never nil and never itself a
// Standby.
//
// Source: Meta, standby, 2026.
type Standby struct {
	Event
}

// Unknown is an event that this package has no type for, or could not make sense of. Its Origin is filled
// as far as the item could be read, and Raw is always there.
type Unknown struct {
	Origin
	// Key is the first event key of the item, in which Meta says what kind of event it is, for logs. It is
	// empty if the item has none.
	Key string
}

// Custom is an event of the bot's own: a reminder, a time-out, the result of a background job. Meta never
// sends it, and [Decode] never makes it: only [NewCustom] does, and [DecodeStored] from what [Encode] wrote
// of one.
type Custom struct {
	Origin
	// Name says which event this is; the bot's author chooses it.
	Name string
	// Data is the author's JSON, nil if there is none.
	Data json.RawMessage

	id string
}

// Kind returns "delivery".
func (*Delivery) Kind() string { return "delivery" }

// Kind returns "read".
func (*Read) Kind() string { return "read" }

// Kind returns "edit".
func (*Edit) Kind() string { return "edit" }

// Kind returns "unsend".
func (*Unsend) Kind() string { return "unsend" }

// Kind returns "reaction".
func (*Reaction) Kind() string { return "reaction" }

// Kind returns "standby", whatever the event inside is.
func (*Standby) Kind() string { return "standby" }

// Kind returns "unknown".
func (*Unknown) Kind() string { return "unknown" }

// Kind returns "custom".
func (*Custom) Kind() string { return "custom" }

func (*Delivery) event() {}
func (*Read) event()     {}
func (*Edit) event()     {}
func (*Unsend) event()   {}
func (*Reaction) event() {}
func (*Standby) event()  {}
func (*Unknown) event()  {}
func (*Custom) event()   {}
