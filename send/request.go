package send

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// NotificationType says how the person's device announces a message.
//
// Source: Meta, Page/messages reference, notification_type, 2026.
type NotificationType string

// The notification types. The zero value leaves the choice to Meta, which takes Regular.
const (
	Regular NotificationType = "REGULAR"     // sound or vibration
	Silent  NotificationType = "SILENT_PUSH" // on the screen only
	NoPush  NotificationType = "NO_PUSH"     // nothing
)

// Request is one message on its way to a recipient. [Classify] chooses Type and Tag.
//
// Source: Meta, Page/messages reference, 2026.
type Request struct {
	// To is whom the message goes to.
	To Recipient
	// Message is what is said.
	Message Message
	// Type is the messaging type; if it is empty none is sent, which Meta takes as RESPONSE.
	Type MessagingType
	// Tag is the message tag; it goes with TypeMessageTag, and only with that.
	Tag Tag
	// Notify is how the person's device announces the message.
	Notify NotificationType
	// Persona is the ID of the persona who speaks; Messenger only.
	Persona string
	// ReplyTo is the mid of the message that this one answers, shown above it. One of the person's must not
	// be older than 24 hours.
	ReplyTo string
	// Control hands the thread on together with the message, where conversation routing is on.
	Control *ThreadControl
	// Folder is [FolderPartnership] for the inbox of creators' partnerships.
	Folder Folder
	// Suggestion is what became of a suggestion; Meta does not say more.
	Suggestion SuggestionAction
	// Fields asks for fields of the Page in the answer ("read after write"); see [Receipt].Node.
	Fields []string
}

// Validate reports what Meta would refuse in r on channel, as joined [*FieldError]s, or nil. What Meta has
// retired is among it, of the class [ErrRetired]. It makes no call.
func (r Request) Validate(channel Channel) error { return r.validate(channel, false) }

// validate is Validate, but lets pass what Meta has retired if retired is set.
func (r Request) validate(channel Channel, retired bool) error {
	v := &report{channel: channel, retired: retired}
	v.recipient(r.To)
	v.kind(&r)
	if channel == Instagram && r.Persona != "" {
		v.add("persona_id", "not on Instagram")
	}
	v.message(&r.Message)
	return errors.Join(v.errs...)
}

// messageCall is a message on the wire. It is a copy, so that a request need not be on the heap.
type messageCall struct {
	parameters
	Message plainMessage `json:"message"` // without the cost of MarshalJSON
}

// rawCall is a raw message on the wire.
type rawCall struct {
	parameters
	Message json.RawMessage `json:"message"`
}

// parameters are what stands beside a message.
type parameters struct {
	Recipient  Recipient        `json:"recipient"`
	Type       MessagingType    `json:"messaging_type,omitempty"`
	Tag        Tag              `json:"tag,omitempty"`
	Notify     NotificationType `json:"notification_type,omitempty"`
	Persona    string           `json:"persona_id,omitempty"`
	ReplyTo    *replyTo         `json:"reply_to,omitempty"`
	Control    *ThreadControl   `json:"thread_control,omitempty"`
	Folder     Folder           `json:"folder,omitempty"`
	Suggestion SuggestionAction `json:"suggestion_action,omitempty"`
	Fields     string           `json:"fields,omitempty"`
	Proof      string           `json:"appsecret_proof,omitempty"`
}

type replyTo struct {
	MID string `json:"mid"`
}

// parameters returns what stands beside the message of r.
func (r *Request) parameters(proof string) parameters {
	p := parameters{
		Recipient: r.To, Type: r.Type, Tag: r.Tag, Notify: r.Notify, Persona: r.Persona, Control: r.Control,
		Folder: r.Folder, Suggestion: r.Suggestion, Fields: strings.Join(r.Fields, ","), Proof: proof,
	}
	if r.ReplyTo != "" {
		p.ReplyTo = &replyTo{MID: r.ReplyTo}
	}
	return p
}

// Receipt is Meta's answer to a message that it accepted.
//
// Source: Meta, Page/messages reference, return type, 2026.
type Receipt struct {
	// RecipientID is the person; empty for a user_ref or a phone number.
	RecipientID PSID `json:"recipient_id"`
	// MessageID is the mid.
	MessageID string `json:"message_id"`
	// AttachmentID names a reusable attachment for later messages; else it is empty.
	AttachmentID string `json:"attachment_id"`
	// Node is the JSON of the whole answer, if Request.Fields asked for more; else it is empty.
	Node string `json:"-"`
}

// received returns the receipt in the good answer to r.
func (r *Request) received(k *call, receipt Receipt) (Receipt, error) {
	if receipt.MessageID == "" {
		return Receipt{}, fmt.Errorf("%w: the answer has no message_id", ErrUnsure)
	}
	if len(r.Fields) > 0 {
		receipt.Node = string(k.answer)
	}
	return receipt, nil
}
