package send

import "errors"

// The limits of the Send API as documented in November 2026; lengths in characters (code points) unless told.
// Titles and subtitles over their limit are accepted and cut on display.
//
// Sources: Meta, Send API v25.0, Quick Replies, Buttons, Button Template, Generic Template and Media
// Template, 2026; for Instagram: Send Messages on Instagram, 2026.
const (
	MaxText            = 2000
	MaxTextInstagram   = 1000 // bytes of UTF-8
	MaxMetadata        = 1000
	MaxQuickReplies    = 13
	MaxQuickReplyTitle = 20
	MaxPayload         = 1000
	MaxButtonTitle     = 20
	MaxButtonText      = 640
	MaxButtons         = 3
	MaxElements        = 10
	MaxElementTitle    = 80
	MaxElementSubtitle = 80
)

// FieldError says which field of a call is wrong, and what Meta takes. It is of the class [ErrInvalid].
type FieldError struct {
	// Field is the path of the field on the wire, such as "message.quick_replies[0].payload".
	Field string
	// Problem says what is wrong and what Meta takes. It never quotes the field's value.
	Problem string
}

// Error returns the field and the problem, such as "send: message.text: 2,001 characters, at most 2,000".
func (e *FieldError) Error() string { return "send: " + e.Field + ": " + e.Problem }

// Is reports that e belongs to the class [ErrInvalid].
func (e *FieldError) Is(target error) bool { return target == ErrInvalid }

// Validate reports everything in m that Meta is known to refuse on channel, as joined [*FieldError]s, or nil.
// What Meta merely cuts on display is in [Message.Warnings]. Validate makes no call.
func (m Message) Validate(channel Channel) error {
	r := &report{channel: channel}
	r.message(&m)
	return errors.Join(r.errs...)
}

// Warnings reports what Meta accepts but cuts on display, as joined [*FieldError]s, or nil: titles over 20
// characters on quick replies and buttons, titles and subtitles over 80 on elements.
//
// Source: developers' reports since 2017; Meta's pages on Quick Replies, Buttons and Generic Template, 2026,
// call these limits.
func (m Message) Warnings() error {
	if m.Attachment == nil && len(m.QuickReplies) == 0 {
		return nil
	}
	r := new(report)
	r.cut(&m)
	return errors.Join(r.errs...)
}
