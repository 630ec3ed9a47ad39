package send

// PSID is the page-scoped ID of a person: a numeric string, unique for each pair of person and Page. On
// Instagram it is the Instagram-scoped ID (IGSID). It is a string because it may exceed 2^53.
//
// Source: Meta, Send Messages, 2026.
type PSID string

// Channel is the product through which a person and a Page talk.
type Channel uint8

const (
	// Messenger is the channel of webhooks with object "page".
	Messenger Channel = iota
	// Instagram is the channel of webhooks with object "instagram".
	Instagram
)

// String returns "messenger" or "instagram".
func (c Channel) String() string {
	if c == Instagram {
		return "instagram"
	}
	return "messenger"
}

// Recipient says whom a message goes to. Exactly one of its fields is set; Name may accompany PhoneNumber.
//
// Source: Meta, Page/messages reference, parameter recipient; Send API v25.0, 2026.
type Recipient struct {
	// ID is a person.
	ID PSID `json:"id,omitempty"`
	// UserRef is a person who used the checkbox plugin and has not written yet.
	UserRef string `json:"user_ref,omitempty"`
	// PhoneNumber is a person found by customer matching, which Meta has closed to newcomers.
	PhoneNumber string `json:"phone_number,omitempty"`
	// Name helps to match PhoneNumber.
	Name *Name `json:"name,omitempty"`
	// CommentID is a comment that a private reply answers.
	CommentID string `json:"comment_id,omitempty"`
	// PostID is a visitor's post that a private reply answers.
	PostID string `json:"post_id,omitempty"`
	// OneTimeToken allows one message after a one-time notification request.
	OneTimeToken string `json:"one_time_notif_token,omitempty"`
	// NotificationToken is that of a person who opted in to notification messages.
	NotificationToken string `json:"notification_messages_token,omitempty"`
	// PlayerID is a player of an Instant Game.
	PlayerID string `json:"player_id,omitempty"`
	// LoginID is a person who came by Login Connect.
	LoginID string `json:"login_id,omitempty"`
}

// Name is the name of a person whom a phone number is matched to.
type Name struct {
	First string `json:"first_name,omitempty"`
	Last  string `json:"last_name,omitempty"`
}

// Person returns the recipient for a person.
func Person(id PSID) Recipient { return Recipient{ID: id} }

// UserRef returns the recipient for the user_ref of a checkbox opt-in. Its receipt names no recipient, and
// its messages cause no deliveries, reads or echoes.
func UserRef(ref string) Recipient { return Recipient{UserRef: ref} }

// PhoneNumber returns the recipient for a phone number. Its receipt names no recipient. [Recipient.Named]
// helps Meta to find the person.
func PhoneNumber(number string) Recipient { return Recipient{PhoneNumber: number} }

// Named returns a copy of r with the name of the person whose phone number it is.
func (r Recipient) Named(first, last string) Recipient {
	r.Name = &Name{First: first, Last: last}
	return r
}

// OneTimeToken returns the recipient for the token of a one-time opt-in: one message, within a year.
//
// Source: Meta, One-Time Notification, before 2026.
func OneTimeToken(token string) Recipient { return Recipient{OneTimeToken: token} }

// NotificationToken returns the recipient for the token of a person who opted in to notification messages.
//
// Source: Meta, Notification Messages (legacy), 2026.
func NotificationToken(token string) Recipient { return Recipient{NotificationToken: token} }

// PlayerID returns the recipient for a player of an Instant Game.
//
// Source: Meta, Page/messages reference, parameter recipient, 2026.
func PlayerID(id string) Recipient { return Recipient{PlayerID: id} }

// LoginID returns the recipient for a person who came by Login Connect.
//
// Source: Meta, Page/messages reference, parameter recipient, 2026.
func LoginID(id string) Recipient { return Recipient{LoginID: id} }

// Comment returns the recipient for a private reply to a comment: one message, within seven days; to one on a
// live video on Instagram only during the broadcast. Not before the person answers does a window open.
//
// Source: Meta, Private Replies, 2026.
func Comment(id string) Recipient { return Recipient{CommentID: id} }

// Post returns the recipient for a private reply to a visitor's post: one message, within seven days.
// Messenger only.
//
// Source: Meta, Private Replies, 2026.
func Post(id string) Recipient { return Recipient{PostID: id} }

// RecipientKind says which identifier a [Recipient] carries.
type RecipientKind uint8

const (
	// ToNobody is the kind of an empty recipient.
	ToNobody RecipientKind = iota
	// ToPerson is governed by the messaging window; the kinds below are not.
	ToPerson
	// ToUserRef is a person who used the checkbox plugin.
	ToUserRef
	// ToPhoneNumber is a person found by phone number.
	ToPhoneNumber
	// ToComment is the author of a comment.
	ToComment
	// ToPost is the author of a visitor's post.
	ToPost
	// ToToken is a person who asked for a notification.
	ToToken
	// ToPlayer is a player of an Instant Game.
	ToPlayer
	// ToLogin is a person who came by Login Connect.
	ToLogin
)

// Kind returns which identifier r carries.
func (r Recipient) Kind() RecipientKind {
	switch {
	case r.ID != "":
		return ToPerson
	case r.UserRef != "":
		return ToUserRef
	case r.PhoneNumber != "":
		return ToPhoneNumber
	case r.CommentID != "":
		return ToComment
	case r.PostID != "":
		return ToPost
	case r.OneTimeToken != "", r.NotificationToken != "":
		return ToToken
	case r.PlayerID != "":
		return ToPlayer
	case r.LoginID != "":
		return ToLogin
	}
	return ToNobody
}
