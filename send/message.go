package send

import (
	"encoding/json"
	"slices"
)

// Message is what a Page says: a text or an attachment, with quick replies below it. Build it with [Text],
// [Image], [Buttons], [Carousel] and their like; its With… methods return changed copies, so that a Message
// can be kept and sent many times, also concurrently.
//
// Source: Meta, Page/messages reference, parameter message; Send API v25.0, 2026.
type Message struct {
	// Text is at most 2,000 characters on Messenger, 1,000 bytes on Instagram.
	Text string `json:"text,omitempty"`
	// Attachment is a picture, another medium, or a template; it excludes Text.
	Attachment *Attachment `json:"attachment,omitempty"`
	// Attachments are several pictures, at most ten.
	Attachments []Attachment `json:"attachments,omitempty"`
	// Template is a utility template, approved before.
	Template *UtilityTemplate `json:"template,omitempty"`
	// StickerID is the number of one of Meta's stickers.
	StickerID json.Number `json:"sticker_id,omitempty"`
	// QuickReplies are at most 13. They vanish after the next message.
	QuickReplies []QuickReply `json:"quick_replies,omitempty"`
	// Metadata comes back in the echo of the message, at most 1,000 characters. Package bot fills it if it is
	// empty, to tell its own echoes from a person's.
	Metadata string `json:"metadata,omitempty"`
	// QuickReplyType stands in Meta's reference without a word about it.
	QuickReplyType string `json:"quick_reply_type,omitempty"`
	// DynamicText is a text with the person's name in it.
	//
	// Deprecated: it belonged to broadcasts, which Meta has ended.
	DynamicText *DynamicText `json:"dynamic_text,omitempty"`
	// Raw is a JSON object that is sent in place of all other fields but Metadata.
	Raw json.RawMessage `json:"-"`
}

// Text returns a message of plain text.
func Text(text string) Message { return Message{Text: text} }

// WithQuickReplies returns a copy of m that offers replies, in place of those that it offered.
func (m Message) WithQuickReplies(replies ...QuickReply) Message {
	m.QuickReplies = slices.Clone(replies)
	return m
}

// WithAnswers returns a copy of m that offers each title as a quick reply whose payload is the title.
func (m Message) WithAnswers(titles ...string) Message {
	m.QuickReplies = make([]QuickReply, len(titles))
	for i, title := range titles {
		m.QuickReplies[i] = Reply(title, title)
	}
	return m
}

// WithMetadata returns a copy of m that carries metadata to its echo.
func (m Message) WithMetadata(metadata string) Message {
	m.Metadata = metadata
	return m
}

// QuickReply is one button above the keyboard. Build it with [Reply], [AskPhone] or [AskEmail].
//
// Source: Meta, Quick Replies, 2026.
type QuickReply struct {
	// ContentType is "text", "user_phone_number" or "user_email".
	ContentType string `json:"content_type,omitempty"`
	// Title is shown; what exceeds 20 characters is cut on display.
	Title string `json:"title,omitempty"`
	// Payload comes back with the tap, at most 1,000 characters.
	Payload string `json:"payload,omitempty"`
	// ImageURL is a picture beside the title, of at least 24 × 24 pixels.
	ImageURL string `json:"image_url,omitempty"`
}

// Reply returns a quick reply that shows title and comes back with payload.
func Reply(title, payload string) QuickReply {
	return QuickReply{ContentType: "text", Title: title, Payload: payload}
}

// AskPhone returns a quick reply that offers the person's own phone number; it is not shown to those who have
// none. The number comes back as text and payload.
func AskPhone() QuickReply { return QuickReply{ContentType: "user_phone_number"} }

// AskEmail returns a quick reply that offers the person's own e-mail address; it is not shown to those who
// have none. The address comes back as text and payload.
func AskEmail() QuickReply { return QuickReply{ContentType: "user_email"} }

// WithImage returns a copy of q with a picture beside its title.
func (q QuickReply) WithImage(url string) QuickReply {
	q.ImageURL = url
	return q
}

// AttachmentType is the kind of an attachment.
type AttachmentType string

// The kinds of attachments that Messenger takes from a Page.
//
// Source: Meta, Page/messages reference, message.attachment.type, 2026.
const (
	TypeImage    AttachmentType = "image"
	TypeVideo    AttachmentType = "video"
	TypeAudio    AttachmentType = "audio"
	TypeFile     AttachmentType = "file"
	TypeTemplate AttachmentType = "template"
)

// Attachment is a medium or a template.
type Attachment struct {
	Type    AttachmentType `json:"type,omitempty"`
	Payload Payload        `json:"payload,omitempty"`
}

// Payload is the content of an attachment: a [Media] or one of the templates.
//
//sumtype:decl
type Payload interface {
	// problems reports what Meta would refuse, under the name that Meta's errors give to the payload.
	problems(r *report)
	payload()
}

// Media is the payload of a picture, video, audio or file: by URL or by the ID of an earlier attachment.
//
// Source: Meta, Send API and Saving Assets, 2026: Meta fetches a URL within 10 s (video 75 s); images up to 8
// MB, others up to 25 MB; an attachment ID lives 90 days and belongs to the Page that uploaded it.
type Media struct {
	URL          string `json:"url,omitempty"`
	AttachmentID string `json:"attachment_id,omitempty"`
	// Reusable asks for an attachment ID in the [Receipt].
	Reusable bool `json:"is_reusable,omitempty"`
	// Source is a file that goes up with the message, in place of URL and AttachmentID.
	Source *Source `json:"-"`
}

// Image returns a message with the picture at url.
func Image(url string) Message { return media(TypeImage, Media{URL: url}) }

// Video returns a message with the video at url.
func Video(url string) Message { return media(TypeVideo, Media{URL: url}) }

// Audio returns a message with the recording at url.
func Audio(url string) Message { return media(TypeAudio, Media{URL: url}) }

// File returns a message with the document at url.
func File(url string) Message { return media(TypeFile, Media{URL: url}) }

// Uploaded returns a message with the attachment that Meta knows by id, which must be of the given kind.
func Uploaded(kind AttachmentType, id string) Message { return media(kind, Media{AttachmentID: id}) }

// Reusable returns a copy of m whose medium is kept by Meta: the [Receipt] names its attachment ID. It
// changes nothing on a message without a medium.
func (m Message) Reusable() Message {
	if m.Attachment == nil {
		return m
	}
	if medium, ok := m.Attachment.Payload.(*Media); ok {
		kept := *medium
		kept.Reusable = true
		m.Attachment = &Attachment{Type: m.Attachment.Type, Payload: &kept}
	}
	return m
}

func media(kind AttachmentType, m Media) Message {
	return Message{Attachment: &Attachment{Type: kind, Payload: &m}}
}

func (*Media) payload() {}

// slow reports whether m counts against Meta's lower limit for audio and video.
func (m *Message) slow() bool {
	return m.Attachment != nil && (m.Attachment.Type == TypeAudio || m.Attachment.Type == TypeVideo)
}

// video reports whether Meta may take its time for m.
func (m *Message) video() bool { return m.Attachment != nil && m.Attachment.Type == TypeVideo }

// template returns a message with a template.
func template(t Payload) Message {
	return Message{Attachment: &Attachment{Type: TypeTemplate, Payload: t}}
}
