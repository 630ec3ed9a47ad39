package script

import (
	"crypto/rand"
	"encoding/base64"
)

// What a person's profile holds: the answers to quick replies that ask for it.
const (
	personsPhone = "+12025550123"
	personsEmail = "person@example.com"
)

// pageInbox is the app whose echoes tell of a colleague who answers from the Page's inbox.
//
// Source: Meta, Conversation Routing, 2026.
const pageInbox = 263902037430900

// Event is something that happens in a person's thread and that the bot gets as a webhook.
type Event struct {
	// Person is the person's name in the script, empty for the one without a name.
	Person string
	// Kind is what the inspector of a driver calls it: message, quick reply, postback, reaction, referral or
	// echo.
	Kind string
	// MID is the ID of the message or postback, drawn at random; empty for an event that is neither.
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

// message is the event of a message with these fields beside its mid.
func message(who string, fields map[string]any) Event {
	mid := newMID()
	fields["mid"] = mid
	return Event{Person: who, Kind: "message", MID: mid, Item: map[string]any{"message": fields}}
}

// attached is the event of a message with an attachment.
func attached(who, kind string, payload map[string]any) Event {
	attachment := map[string]any{"type": kind, "payload": payload}
	return message(who, map[string]any{"attachments": []any{attachment}})
}

func postback(who, title, payload string) Event {
	mid := newMID()
	return Event{Person: who, Kind: "postback", MID: mid, Item: map[string]any{
		"postback": map[string]any{"mid": mid, "title": title, "payload": payload},
	}}
}

// quickReply is the event of a tap on a quick reply: a message with its title.
func quickReply(who, title, payload string) Event {
	e := message(who, map[string]any{"text": title, "quick_reply": map[string]any{"payload": payload}})
	e.Kind = "quick reply"
	return e
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
		name := reactions[emoji]
		if name == "" {
			name = "other"
		}
		fields["action"], fields["emoji"], fields["reaction"] = "react", emoji, name
	}
	return Event{Person: who, Kind: "reaction", Item: map[string]any{"reaction": fields}}
}

// event returns what the statement makes happen in the person's thread. Taps are not known here: what they
// mean was said by the bot. The newest message of the bot is what a reaction is put on.
//
// Source: Meta, webhook events, 2026.
func (s *statement) event(newest string) Event {
	switch s.word {
	case menu:
		return postback(s.who, s.offers[0], s.text)
	case image, video, audio, file:
		return attached(s.who, s.word, map[string]any{"url": s.text})
	case location:
		lat, long, _ := degrees(s.text)
		place := map[string]any{"lat": lat, "long": long}
		return attached(s.who, location, map[string]any{"coordinates": place})
	case reaction:
		return reacted(s.who, newest, s.text)
	case reactionOff:
		return reacted(s.who, newest, "")
	case referral:
		return Event{Person: s.who, Kind: "referral", Item: map[string]any{
			"referral": map[string]any{"ref": s.text, "source": "SHORTLINK", "type": "OPEN_THREAD"},
		}}
	case inbox:
		e := message(s.who, map[string]any{"text": s.text, "is_echo": true, "app_id": pageInbox})
		e.Kind, e.Echo = "echo", true
		return e
	default:
		return message(s.who, map[string]any{"text": s.text})
	}
}
