package webhook

import (
	"encoding/json"
	"slices"
	"strings"
)

// Message is what a person wrote or sent, also by a tap on a quick reply.
//
// Source: Meta, messages, 2026.
type Message struct {
	Origin
	// Mid is the message's ID, an opaque string.
	Mid string
	// Text is the text of the message, valid UTF-8, and the title of the quick reply that was tapped. It is
	// empty for most messages with attachments.
	Text string
	// QuickReply is set if the person tapped a quick reply.
	QuickReply *QuickReply
	// Attachments are the media, links and places that were sent.
	Attachments []Attachment
	// ReplyTo is set if the person answered one message, or a story, in particular.
	ReplyTo *ReplyTo
	// StickerID is the sticker that was sent, also where it arrives as an image. It is empty if there is
	// none.
	StickerID string
	// Referral is set if the thread was entered from an ad or from the page of a product.
	Referral *ReferralDetails
	// Commands are the names of the slash commands that the person used, without the slash. The text is
	// there all the same. Messenger only.
	Commands []string
	// NLP is what Meta's built-in natural language processing made of the text, as it came, byte for byte:
	// entities, intents, traits and detected_locales. It is nil unless the Page has switched it on, and must
	// not be changed.
	NLP json.RawMessage
	// Unsupported is true if Meta could not hand over what the person sent; there is no text then.
	Unsupported bool
	// Self is true if the Instagram account wrote to itself. Meta names the field and says no more.
	Self bool
	// Tags are where the message came from, as the chat plugin put it.
	//
	// Deprecated: Meta removed the plugin on 9 May 2024; the Source of a Referral replaces them.
	Tags []string
	// PriorMessage is set if the person thereby answered a message that was sent to a user_ref: from now on
	// the person has a PSID.
	PriorMessage *PriorMessage
	// Hops are the apps through which the thread came to this one, as after a lead ad; see [Hop].
	Hops []Hop
}

// LeadSummary reports whether the message is the summary of a lead ad's questions, which Meta writes in the
// person's name when they have answered. It never shows in the thread, and nobody waits for an answer to
// it.
//
// Source: Meta, lead ads in Messenger, 2026.
func (m *Message) LeadSummary() bool {
	if !strings.HasPrefix(m.Text, "Lead summary:") {
		return false
	}
	return slices.ContainsFunc(m.Hops, Hop.LeadAd)
}

// PriorMessage is the message of the Page that a person's first message answers. It ties the user_ref of an
// earlier checkbox opt-in to the person. Old webhooks only.
type PriorMessage struct {
	// Source is how the person was written to: checkbox_plugin.
	Source string
	// Identifier is the user_ref that was written to.
	Identifier string
}

// QuickReply is the quick reply that a person tapped.
type QuickReply struct {
	// Payload is what the bot gave the quick reply, or the phone number or e-mail address that the person
	// chose.
	Payload string
}

// ReplyTo is what a message answers: a message of the thread, or a story of the Instagram account.
type ReplyTo struct {
	// Mid is the message that is answered.
	Mid string
	// Self is true if the person answered a message of their own.
	Self bool
	// StoryID and StoryURL are the Instagram story that is answered.
	StoryID, StoryURL string
}

// Postback is a tap on a postback button, on Get Started, in the persistent menu or on an ice breaker.
//
// Source: Meta, messaging_postbacks, 2026.
type Postback struct {
	Origin
	// Mid is the ID of the postback itself. Old webhooks have none.
	Mid string
	// Title is what the person saw on the button.
	Title string
	// Payload is what the bot gave the button. It is missing in a copy on standby.
	Payload string
	// Referral is set if the thread began with a link, a code or an ad, and the person then pressed Get
	// Started.
	Referral *ReferralDetails
}

// Echo is a copy of a message that the Page sent, by this app, another app or a human in the inbox. Its
// Person is whom the message went to. A bot must not answer it.
//
// Source: Meta, message_echoes, 2026.
type Echo struct {
	Origin
	// Mid is the message's ID, the one that the Send API returned.
	Mid string
	// Text is the text of the message.
	Text string
	// AppID is the app that sent it. It may be missing, always on Instagram.
	AppID string
	// Metadata is what the sending app gave the message for itself.
	Metadata string
	// Attachments are those of the message.
	Attachments []Attachment
	// ReplyTo is set if the message answered one in particular.
	ReplyTo *ReplyTo
}

// Kind returns "message".
func (*Message) Kind() string { return "message" }

// Kind returns "postback".
func (*Postback) Kind() string { return "postback" }

// Kind returns "echo".
func (*Echo) Kind() string { return "echo" }

func (*Message) event()  {}
func (*Postback) event() {}
func (*Echo) event()     {}
