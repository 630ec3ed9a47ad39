package send

import (
	"encoding/json"
	"slices"
)

// AttachmentType is the kind of an attachment.
type AttachmentType string

// The kinds of attachments that a Page can send.
//
// Source: Meta, Page/messages reference, message.attachment.type, 2026; for Instagram: Instagram, Send a
// Message, 2026.
const (
	TypeImage    AttachmentType = "image"
	TypeVideo    AttachmentType = "video"
	TypeAudio    AttachmentType = "audio"
	TypeFile     AttachmentType = "file"
	TypeTemplate AttachmentType = "template"
	// TypeLikeHeart is a heart without a payload; Instagram only.
	TypeLikeHeart AttachmentType = "like_heart"
	// TypeMediaShare is a post of the account's own; Instagram only.
	TypeMediaShare AttachmentType = "MEDIA_SHARE"
)

// The kinds of attachments that stand in Meta's reference but come from people only: a Page cannot send them.
// They are refused with [ErrRetired] unless [Config].Retired is set.
//
// Source: Meta, Page/messages reference, message.attachment.type, 2026.
const (
	TypeLocation AttachmentType = "location"
	TypeFallback AttachmentType = "fallback"
	TypeReel     AttachmentType = "reel"
	TypeIGReel   AttachmentType = "ig_reel"
)

// Attachment is a medium or a template.
type Attachment struct {
	Type AttachmentType `json:"type,omitempty"`
	// Payload is nil for a heart only.
	Payload Payload `json:"payload,omitempty"`
}

// Payload is the content of an attachment: a [Media], one of the templates, or an [OtherPayload].
//
//sumtype:decl
type Payload interface {
	// problems reports what Meta would refuse; fields are named from the attachment on.
	problems(r *report)
	// templateType returns the template_type of a template, "" for what is none.
	templateType() string
}

// Media is the payload of a picture, video, audio or file: by URL, by the ID of an earlier attachment, or as
// a file that goes up with the message.
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

// Upload returns a message with a file that goes up together with it. Kind is [TypeImage], [TypeVideo],
// [TypeAudio] or [TypeFile]; build the source with [FromFile] or [FromBytes].
func Upload(kind AttachmentType, source Source) Message { return media(kind, Media{Source: &source}) }

// Images returns a message with the pictures at urls, at most ten.
//
// Source: Meta, Instagram, Send a Message, 6 May 2026; for Messenger Meta does not say.
func Images(urls ...string) Message {
	pictures := make([]Media, len(urls))
	for i, url := range urls {
		pictures[i].URL = url
	}
	return Album(pictures...)
}

// Album returns a message with pictures, at most ten: URLs and attachment IDs may be mixed. One may be a file
// that goes up with the message, as far as Meta takes that.
//
// Source: Meta, Instagram, Send a Message, 6 May 2026; neither for Messenger nor for files does Meta say.
func Album(pictures ...Media) Message {
	pictures = slices.Clone(pictures)
	m := Message{Attachments: make([]Attachment, len(pictures))}
	for i := range pictures {
		m.Attachments[i] = Attachment{Type: TypeImage, Payload: &pictures[i]}
	}
	return m
}

// LikeHeart returns a heart; Instagram only.
//
// Source: Meta, Instagram, Send a Message, 2026.
func LikeHeart() Message { return Message{Attachment: &Attachment{Type: TypeLikeHeart}} }

// MediaShare returns a message with a post of the account's own; Instagram only.
//
// Source: Meta, Instagram, Send a Message, 2026.
func MediaShare(postID string) Message {
	return Message{Attachment: &Attachment{Type: TypeMediaShare, Payload: &SharedPost{ID: postID}}}
}

// SharedPost is the payload of a [TypeMediaShare]: a post, or an attachment that Meta knows by its ID.
//
// Source: Meta, Instagram, Send a Message, 2026.
type SharedPost struct {
	ID           string `json:"id,omitempty"`
	AttachmentID string `json:"attachment_id,omitempty"`
}

// OtherPayload is the payload of an attachment for which this package has no type: a JSON object that is sent
// as it is.
type OtherPayload json.RawMessage

// Other returns a message with an attachment for whose payload this package has no type: a JSON object that
// is sent as it is. Nothing in it is validated but that Instagram has its template_type.
func Other(kind AttachmentType, payload json.RawMessage) Message {
	return Message{Attachment: &Attachment{Type: kind, Payload: OtherPayload(slices.Clone(payload))}}
}

// MarshalJSON encodes p as it is.
func (p OtherPayload) MarshalJSON() ([]byte, error) { return json.RawMessage(p).MarshalJSON() }

// Reusable returns a copy of m whose medium is kept by Meta: the [Receipt] names its attachment ID. It
// changes nothing on a message without a medium, and nothing on the pictures of an [Album], where each
// [Media] has a Reusable of its own.
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

func (*Media) templateType() string      { return "" }
func (*SharedPost) templateType() string { return "" }

func (p OtherPayload) templateType() string {
	var template struct {
		Type string `json:"template_type"`
	}
	if json.Unmarshal(p, &template) != nil {
		return "" // what it is only Meta can say
	}
	return template.Type
}
