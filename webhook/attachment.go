package webhook

import (
	"encoding/json"
	"time"
)

// The types of an [Attachment]. Meta adds others, so a switch over them needs a default.
//
// Source: Meta, messages and Instagram messages, 2026.
const (
	// AttachmentImage is a picture or a GIF. Until 30 August 2026 a sticker came as one too.
	AttachmentImage = "image"
	AttachmentVideo = "video"
	AttachmentAudio = "audio"
	AttachmentFile  = "file"
	// AttachmentSticker is a sticker, since 1 June 2026.
	AttachmentSticker = "sticker"
	// AttachmentLocation is a place that the person shared.
	AttachmentLocation = "location"
	// AttachmentFallback is a link that the person shared.
	AttachmentFallback = "fallback"
	// AttachmentTemplate is a product that the person shared; in an echo a template as it was sent.
	AttachmentTemplate = "template"
	AttachmentReel     = "reel"
	AttachmentIGReel   = "ig_reel"
	AttachmentPost     = "post"
	// AttachmentIGPost is a post on Instagram. It replaced AttachmentShare on 27 April 2026.
	AttachmentIGPost = "ig_post"
	// AttachmentShare is something that was shared on Instagram; a post until 27 April 2026.
	AttachmentShare = "share"
	// AttachmentStoryMention is a story on Instagram that mentions the account.
	AttachmentStoryMention = "story_mention"
	// AttachmentEphemeral is a picture or video on Instagram that can be seen once. It has no payload.
	AttachmentEphemeral = "ephemeral"
	// AttachmentLikeHeart is the heart on Instagram. It has no payload.
	AttachmentLikeHeart = "like_heart"
	// AttachmentBooking is an appointment, since March 2026.
	AttachmentBooking = "appointment_booking"
)

// Attachment is one attachment of a message.
//
// Source: Meta, messages, 2026.
type Attachment struct {
	// Type is one of the constants, as [AttachmentImage], or one that Meta has added since.
	Type string
	// URL is where the media is. It expires, so fetch it at once. What a story or a share on Instagram shows
	// may not be kept.
	URL string
	// Title is the title of a link, reel or post.
	Title string
	// ID is the ID of a post or a reel.
	ID string
	// StickerID is the ID of a sticker.
	StickerID string
	// Coordinates is the place, for type location.
	Coordinates *Coordinates
	// Products are what the person shared of the Page's catalog, for type template.
	Products []Product
	// Booking is the appointment, for type appointment_booking; nil if Meta said nothing about it.
	Booking *Booking
	// Payload is the payload as it came, byte for byte, for the fields that have none of their own here:
	// the template of an echo, say, in which IDs of attachments are numbers though they were sent as
	// strings. It is nil if there was none, and must not be changed.
	Payload json.RawMessage
}

// Coordinates is a place on earth, in degrees.
type Coordinates struct {
	Lat, Long float64
}

// Product is a product of the Page's catalog. Fields that Meta left out are empty.
//
// Source: Meta, messages, 2026.
type Product struct {
	// ID is Meta's ID of the product, RetailerID the Page's own.
	ID, RetailerID string
	// ImageURL, Title and Subtitle are what the person saw.
	ImageURL, Title, Subtitle string
}

// The values of Booking.Status.
//
// Source: Meta, messages, 2026.
const (
	BookingRequested = "requested"
	BookingConfirmed = "confirmed"
	BookingDeclined  = "declined"
	BookingCancelled = "cancelled"
)

// Booking is an appointment that was asked for, or what became of it.
//
// Source: Meta, messages, 2026.
type Booking struct {
	// ID is the appointment's ID.
	ID string
	// Status is one of the constants, as [BookingRequested].
	Status string
	// Start and End are when it begins and ends, in UTC; zero if Meta did not say.
	Start, End time.Time
	// Timezone is where it takes place, by its IANA name.
	Timezone string
}
