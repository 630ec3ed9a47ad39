package send

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Message is what a Page says: a text, an attachment, several pictures, a utility template or a sticker,
// with quick replies below it. Build it with [Text], [Image], [Buttons], [Carousel], [Template] and their
// like; its With… methods return changed copies, so that a Message can be kept and sent many times, also
// concurrently.
//
// Source: Meta, Page/messages reference, parameter message; Send API v25.0, 2026.
type Message struct {
	// Text is at most 2,000 characters on Messenger, 1,000 bytes on Instagram; [SplitText] cuts longer ones.
	Text string `json:"text,omitempty"`
	// Attachment is a picture, another medium, or a template; it excludes Text.
	Attachment *Attachment `json:"attachment,omitempty"`
	// Attachments are several pictures, at most ten.
	//
	// Source: Meta, Instagram, Send a Message, 6 May 2026; for Messenger Meta does not say.
	Attachments []Attachment `json:"attachments,omitempty"`
	// Template is a utility template that Meta has approved; Messenger only.
	Template *UtilityTemplate `json:"template,omitempty"`
	// StickerID is the number of one of Meta's stickers; Messenger only.
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
	// Deprecated: it belonged to broadcasts, which Meta has ended; write the text with the name in it.
	DynamicText *DynamicText `json:"dynamic_text,omitempty"`
	// Raw is a JSON object that is sent in place of all other fields; Metadata is added if it has none.
	Raw json.RawMessage `json:"-"`
}

// Text returns a message of plain text.
func Text(text string) Message { return Message{Text: text} }

// Sticker returns a message with the first-party sticker of that number; Messenger only.
//
// Source: Meta, Sticker API, June 2026.
func Sticker(id string) Message { return Message{StickerID: json.Number(id)} }

// Raw returns a message that is sent as the JSON object says: the way out for what this package does not
// know. Nothing in it is validated. With [Message.WithMetadata] it carries metadata, unless it has its own.
func Raw(object json.RawMessage) Message { return Message{Raw: slices.Clone(object)} }

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

// Content returns what [Classify] must know about m.
func (m Message) Content() Content {
	var template string
	utility := m.Template != nil
	switch {
	case m.Raw != nil:
		raw := peek(m.Raw)
		utility, template = len(raw.Template) > 0, OtherPayload(raw.Attachment.Payload).templateType()
	case m.Attachment != nil && m.Attachment.Payload != nil:
		template = m.Attachment.Payload.templateType()
	}
	switch {
	case utility:
		return Utility
	case strings.EqualFold(template, feedbackTemplate):
		return Feedback
	}
	return Plain
}

// rawMessage is what must be known of a raw message.
type rawMessage struct {
	Template   json.RawMessage
	Attachment struct {
		Type    AttachmentType
		Payload json.RawMessage
	}
}

// peek returns what must be known of a raw message; nothing, if what it is only Meta can say.
func peek(raw json.RawMessage) rawMessage {
	var m rawMessage
	if json.Unmarshal(raw, &m) != nil {
		return rawMessage{}
	}
	return m
}

// plainMessage is a Message that is encoded field by field.
type plainMessage Message

// MarshalJSON encodes m as it is sent. What a [Source] holds goes beside it.
func (m Message) MarshalJSON() ([]byte, error) {
	if m.Raw != nil {
		return m.raw(), nil
	}
	return json.Marshal((*plainMessage)(&m))
}

// raw returns m.Raw with the metadata of m, if it has none.
func (m *Message) raw() json.RawMessage {
	object := bytes.TrimSpace(m.Raw)
	var has struct{ Metadata json.RawMessage }
	if m.Metadata == "" || !isObject(object) || json.Unmarshal(object, &has) != nil || has.Metadata != nil {
		return object
	}
	metadata, err := json.Marshal(m.Metadata)
	if err != nil {
		return object // cannot be: it is a string
	}
	fields := bytes.TrimSpace(object[1 : len(object)-1])
	merged := append([]byte(`{"metadata":`), metadata...)
	if len(fields) > 0 {
		merged = append(merged, ',')
	}
	return append(append(merged, fields...), '}')
}

// isObject reports whether b is a JSON object.
func isObject(b []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) && json.Valid(b)
}

// attachments returns every attachment of m.
func (m *Message) attachments(yield func(*Attachment) bool) {
	if m.Attachment != nil && !yield(m.Attachment) {
		return
	}
	for i := range m.Attachments {
		if !yield(&m.Attachments[i]) {
			return
		}
	}
}

// source returns the file that goes up with m, or nil. There is one at most: [Message.Validate] sees to it.
func (m *Message) source() *Source {
	if m.Raw != nil {
		return nil
	}
	for a := range m.attachments {
		if medium, ok := a.Payload.(*Media); ok && medium.Source != nil {
			return medium.Source
		}
	}
	return nil
}

// slow reports whether m counts against Meta's lower limit for audio and video.
func (m *Message) slow() bool { return m.holds(TypeAudio) || m.video() }

// video reports whether Meta may take its time for m.
func (m *Message) video() bool { return m.holds(TypeVideo) }

// holds reports whether m has an attachment of that type.
func (m *Message) holds(kind AttachmentType) bool {
	if m.Raw != nil {
		return peek(m.Raw).Attachment.Type.is(kind)
	}
	for a := range m.attachments {
		if a.Type.is(kind) {
			return true
		}
	}
	return false
}
