package send

import "errors"

// The limits of the Send API as documented in November 2026; lengths in characters (code points) unless told.
// Titles and subtitles over their limit are accepted and cut on display.
//
// Sources: Meta, Send API v25.0, Quick Replies, Buttons, Button Template, Generic Template, Media Template
// and Saving Assets, 2026; for Instagram: Instagram, Send a Message, 2026.
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
	MaxImages          = 10
	MaxImageSize       = 8 << 20  // bytes of a picture that goes up
	MaxFileSize        = 25 << 20 // bytes of every other file
)

// The limits of single templates.
//
// Sources: Meta, Receipt Template, Customer Feedback Template, Customer Information Template, Notification
// Messages, 2026; Image Grid Template, 30 June 2026.
const (
	maxReceiptElements = 100
	leastGridImages    = 2
	mostGridImages     = 6
	maxGridTitle       = 45
	maxOptInTitle      = 65
	maxFeedbackTitle   = 65
	maxQuestionID      = 80
	leastQuestionTitle = 5
	mostQuestionTitle  = 85
	maxPlaceholder     = 65
	maxExpiryDays      = 7
)

// FieldError says which field of a call is wrong, and what Meta takes. It is of the class [ErrInvalid].
type FieldError struct {
	// Field is the path of the field on the wire, such as "message.quick_replies[0].payload".
	Field string
	// Problem says what is wrong and what Meta takes. It may count, but never quotes a text.
	Problem string

	retired error // [ErrRetired] or of its class, if the field is right but for that
}

// Error returns the field and the problem, such as "send: message.quick_replies: 14, at most 13".
func (e *FieldError) Error() string { return "send: " + e.Field + ": " + e.Problem }

// Is reports that e belongs to the class [ErrInvalid], and to [ErrRetired] if [Config].Retired would send it.
func (e *FieldError) Is(target error) bool {
	return target == ErrInvalid || e.retired != nil && errors.Is(e.retired, target)
}

// Validate reports everything in m that Meta is known to refuse on channel, as joined [*FieldError]s, or nil.
// What Meta has retired is among it, of the class [ErrRetired]. What Meta merely cuts on display is in
// [Message.Warnings]. Validate makes no call.
func (m Message) Validate(channel Channel) error {
	r := &report{channel: channel}
	r.message(&m)
	return errors.Join(r.errs...)
}
