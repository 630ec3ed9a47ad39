package webhook

import (
	"encoding/json"
	"strings"
	"time"
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
	// Unsupported is true if Instagram could not hand over what the person sent; there is no text then.
	Unsupported bool
}

// QuickReply is the quick reply that a person tapped.
type QuickReply struct {
	// Payload is what the bot gave the quick reply, or the phone number or e-mail address that the person
	// chose.
	Payload string
}

// Attachment is one attachment of a message.
//
// Source: Meta, messages, 2026.
type Attachment struct {
	// Type is image, video, audio, file, sticker, location, fallback, template, reel, ig_reel, post,
	// ig_post, share, story_mention, ephemeral, appointment_booking, or one that Meta has added since.
	Type string
	// URL is where the media is. It expires, so fetch it at once.
	URL string
	// Title is the title of a link, reel or post.
	Title string
	// StickerID is the ID of a sticker.
	StickerID string
	// Coordinates is the place, for type location.
	Coordinates *Coordinates
	// Payload is the payload as it came, byte for byte, for the fields that have none of their own here. It
	// is nil if there was none, and must not be changed.
	Payload json.RawMessage
}

// Coordinates is a place on earth, in degrees.
type Coordinates struct {
	Lat, Long float64
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

// Referral tells that a person entered an existing thread by a link, a code or an ad.
//
// Source: Meta, messaging_referrals, 2026.
type Referral struct {
	Origin
	ReferralDetails
}

// ReferralDetails says how a person came to a thread: as an event of its own ([Referral]), or as part of a
// message or of a postback that began the thread.
//
// Source: Meta, messaging_referrals, 2026.
type ReferralDetails struct {
	// Ref is what the link, the code or the ad carried for the bot.
	Ref string
	// Source is SHORTLINK or ADS, in old threads also MESSENGER_CODE, DISCOVER_TAB or CUSTOMER_CHAT_PLUGIN.
	Source string
	// Type is OPEN_THREAD, or LEAD_COMPLETE and LEAD_INCOMPLETE for lead ads.
	Type string
	// AdID is the ad, if it was one.
	AdID string
	// Ad is what the ad showed, nil if Meta did not say.
	Ad *AdContext
	// ProductID is the product whose page the person came from.
	ProductID string
	// RefererURI is the site of the chat plugin, which Meta removed on 9 May 2024.
	RefererURI string
}

// AdContext is what an ad showed. Fields that Meta left out are empty.
type AdContext struct {
	Title, PhotoURL, VideoURL, PostID, ProductID, FlowID string
}

// FromAd reports whether the person came from an ad. It is false for nil.
func (d *ReferralDetails) FromAd() bool {
	return d != nil && (d.AdID != "" || d.Ad != nil || strings.EqualFold(d.Source, "ADS"))
}

// OptIn tells that a person agreed to be written to: by a plugin, or to notifications. Which fields are set
// depends on Type.
//
// Source: Meta, messaging_optins, 2026.
type OptIn struct {
	Origin
	// Type is empty for plugins, one_time_notif_req or notification_messages.
	Type string
	// Ref is what the plugin or the link carried for the bot.
	Ref string
	// UserRef is the checkbox plugin's reference to a person who has not written yet.
	UserRef string
	// Payload and Title are those of the template that asked.
	Payload, Title string
	// Source is how the person came to a notification link.
	Source string
	// OneTimeToken allows one message within a year.
	OneTimeToken string
	// NotificationToken allows messages on one topic.
	NotificationToken string
	// Topic, Frequency and Timezone describe what the person agreed to.
	Topic, Frequency, Timezone string
	// Status is STOP NOTIFICATIONS or RESUME NOTIFICATIONS, and empty for a first agreement.
	Status string
	// TokenStatus is REFRESHED or NOT_REFRESHED.
	TokenStatus string
	// TokenExpiry is when NotificationToken ends, the zero time if Meta did not say.
	TokenExpiry time.Time
}

// Kind returns "message".
func (*Message) Kind() string { return "message" }

// Kind returns "postback".
func (*Postback) Kind() string { return "postback" }

// Kind returns "echo".
func (*Echo) Kind() string { return "echo" }

// Kind returns "referral".
func (*Referral) Kind() string { return "referral" }

// Kind returns "optin".
func (*OptIn) Kind() string { return "optin" }

func (*Message) event()  {}
func (*Postback) event() {}
func (*Echo) event()     {}
func (*Referral) event() {}
func (*OptIn) event()    {}
