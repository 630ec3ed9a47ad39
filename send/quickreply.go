package send

import "encoding/json"

// ReplyType is the content_type of a quick reply: what it shows, and what comes back.
type ReplyType string

// The content types that Meta documents for bots.
//
// Source: Meta, Quick Replies, 2026.
const (
	// ReplyText shows a title and comes back with its payload.
	ReplyText ReplyType = "text"
	// ReplyPhone offers the person's own phone number.
	ReplyPhone ReplyType = "user_phone_number"
	// ReplyEmail offers the person's own e-mail address.
	ReplyEmail ReplyType = "user_email"
)

// ReplyLocation asked for the person's place.
//
// Deprecated: Meta removed it in 2019; ask for the place in words. It is refused with [ErrRetired] unless
// [Config].Retired is set.
const ReplyLocation ReplyType = "location"

// The content types that stand in Meta's reference without a word about them. Messenger's own software uses
// some; none is promised to bots. They are sent as they are, and Meta judges them.
//
// Source: Meta, Page/messages reference, message.quick_replies.content_type, 2026.
const (
	ReplyCity             ReplyType = "user_city"
	ReplyBirthday         ReplyType = "user_birthday"
	ReplyState            ReplyType = "user_state"
	ReplyZIPCode          ReplyType = "user_zip_code"
	ReplyOpenCamera       ReplyType = "open_camera"
	ReplyOpenGallery      ReplyType = "open_gallery"
	ReplyRecordAudio      ReplyType = "record_audio"
	ReplyPoll             ReplyType = "poll"
	ReplyOpenNative       ReplyType = "open_native"
	ReplySticker          ReplyType = "sticker"
	ReplyOpenApp          ReplyType = "open_app"
	ReplyP2PPayment       ReplyType = "p2p_payment"
	ReplyTransportation   ReplyType = "transportation"
	ReplyCreateEvent      ReplyType = "create_event"
	ReplyGIF              ReplyType = "gif"
	ReplyBICOptIn         ReplyType = "bic_opt_in"
	ReplyDisplayMenu      ReplyType = "display_persistent_menu"
	ReplyBusinessLeadForm ReplyType = "business_lead_form"
)

// QuickReply is one button above the keyboard. Build it with [Reply], [AskPhone] or [AskEmail].
//
// Source: Meta, Quick Replies, 2026.
type QuickReply struct {
	// ContentType is [ReplyText], [ReplyPhone] or [ReplyEmail]; Meta documents no others.
	ContentType ReplyType `json:"content_type,omitempty"`
	// Title is shown; what exceeds 20 characters is cut on display.
	Title string `json:"title,omitempty"`
	// Payload comes back with the tap, at most 1,000 characters.
	Payload string `json:"payload,omitempty"`
	// ImageURL is a picture beside the title, of at least 24 × 24 pixels.
	ImageURL string `json:"image_url,omitempty"`
	// Data belongs to the content types that Meta does not document.
	Data *QuickReplyData `json:"data,omitempty"`
}

// QuickReplyData are the details of a quick reply of a content type that Meta does not document.
//
// Source: Meta, Page/messages reference, message.quick_replies.data, 2026: names and types, nothing more.
type QuickReplyData struct {
	App         string `json:"app,omitempty"`
	DestAddress string `json:"dest_address,omitempty"`
	// StickerID is a whole number.
	StickerID json.Number `json:"sticker_id,omitempty"`
	// PaymentAmount is a whole number; Meta does not say of which unit.
	PaymentAmount int64 `json:"payment_amount,omitempty"`
	// PaymentCurrency is an ISO 4217 code.
	PaymentCurrency string `json:"payment_currency,omitempty"`
	// PaymentType is "pay" or "request".
	PaymentType  string   `json:"payment_type,omitempty"`
	PollOptions  []string `json:"poll_options,omitempty"`
	ProviderName string   `json:"provider_name,omitempty"`
	NativeURI    string   `json:"native_uri,omitempty"`
}

// Reply returns a quick reply that shows title and comes back with payload.
func Reply(title, payload string) QuickReply {
	return QuickReply{ContentType: ReplyText, Title: title, Payload: payload}
}

// AskPhone returns a quick reply that offers the person's own phone number; it is not shown to those who have
// none. The number comes back as text and payload.
func AskPhone() QuickReply { return QuickReply{ContentType: ReplyPhone} }

// AskEmail returns a quick reply that offers the person's own e-mail address; it is not shown to those who
// have none. The address comes back as text and payload.
func AskEmail() QuickReply { return QuickReply{ContentType: ReplyEmail} }

// WithImage returns a copy of q with a picture beside its title.
func (q QuickReply) WithImage(url string) QuickReply {
	q.ImageURL = url
	return q
}
