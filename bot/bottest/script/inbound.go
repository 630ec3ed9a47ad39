package script

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
)

// What a person's profile holds.
const (
	// PersonPhone is the phone number that a person gives who taps a quick reply that asks for it.
	PersonPhone = "+12025550123"
	// PersonEmail is the e-mail address that a person gives who taps a quick reply that asks for it.
	PersonEmail = "person@example.com"
)

// pageInbox is the app whose echoes tell of a colleague who answers from the Page's inbox.
//
// Source: Meta, Conversation Routing, 2026.
const pageInbox = 263902037430900

// Event is something that happens in a person's thread and that the bot gets as a webhook.
type Event struct {
	// Person is the person's name in the script, empty for the one without a name.
	Person string
	// Kind is what the inspector of a driver calls it: message, quick reply, postback, reaction, referral,
	// echo, or the name of the template that was answered.
	Kind string
	// MID is the ID of the message or postback, which [Run] draws at random; empty for an event that is
	// neither.
	MID string
	// Echo is set for a message of the Page: its sender is the Page and its recipient the person. Anything
	// else comes from the person and opens their messaging window.
	Echo bool
	// Item is the element of entry[].messaging, but for sender, recipient and timestamp, which the driver
	// adds.
	Item map[string]any
}

// newMID draws a message ID of the form that Meta uses: m_ and 86 characters.
func newMID() string {
	id := make([]byte, 64)
	_, _ = rand.Read(id) // never fails
	return "m_" + base64.RawURLEncoding.EncodeToString(id)
}

// message is the event of a message with these fields.
func message(who string, fields map[string]any) Event {
	return Event{Person: who, Kind: "message", Item: map[string]any{"message": fields}}
}

// attached is the event of a message with an attachment.
func attached(who, kind string, payload map[string]any) Event {
	attachment := map[string]any{"type": kind, "payload": payload}
	return message(who, map[string]any{"attachments": []any{attachment}})
}

func postback(who, title, payload string) Event {
	return Event{Person: who, Kind: "postback", Item: map[string]any{
		"postback": map[string]any{"title": title, "payload": payload},
	}}
}

// reactions are the names of the emoji that have one; the others are called other.
//
// Source: Meta, message_reactions, 2026; which emoji has which name is not printed, but for love.
var reactions = map[string]string{
	"❤": "love", "❤️": "love", "😊": "smile", "😮": "wow", "😢": "sad", "😠": "angry", "👍": "like",
	"👎": "dislike",
}

// reacted is the event of a reaction to the message mid; without an emoji it is taken back.
func reacted(who, mid, emoji string) Event {
	fields := map[string]any{"mid": mid, "action": "unreact"}
	if emoji != "" {
		fields["action"], fields["emoji"] = "react", emoji
		fields["reaction"] = cmp.Or(reactions[emoji], "other")
	}
	return Event{Person: who, Kind: "reaction", Item: map[string]any{"reaction": fields}}
}

// Event returns what the bot hears when l happens: something that a person does, but for a tap (see
// [Tap.Event]), or a colleague in the Page's inbox. The newest message of the bot, by its mid, is what a
// reaction is put on.
//
// Source: Meta, webhook events, 2026.
func (l Line) Event(newest string) Event {
	switch l.Word {
	case menu:
		return postback(l.Person, l.Offers[0], l.Text)
	case image, video, audio, file:
		return attached(l.Person, l.Word, map[string]any{"url": l.Text})
	case location:
		lat, long, _ := degrees(l.Text)
		place := map[string]any{"lat": lat, "long": long}
		return attached(l.Person, location, map[string]any{"coordinates": place})
	case reaction:
		return reacted(l.Person, newest, l.Text)
	case reactionOff:
		return reacted(l.Person, newest, "")
	case referral:
		return Event{Person: l.Person, Kind: "referral", Item: map[string]any{
			"referral": map[string]any{"ref": l.Text, "source": "SHORTLINK", "type": "OPEN_THREAD"},
		}}
	case inbox:
		e := message(l.Person, map[string]any{"text": l.Text, "is_echo": true, "app_id": pageInbox})
		e.Kind, e.Echo = "echo", true
		return e
	default:
		return message(l.Person, map[string]any{"text": l.Text})
	}
}
