package script

import (
	"cmp"
	"encoding/json"
	"strings"
)

// Outbound is what a bot did for a person: a call of the Send API, or a message that it did not send.
type Outbound struct {
	// Person is the person's name in the script.
	Person string
	// Params are the parameters of the call, as one JSON object. They may be missing where a message did not
	// go out.
	Params json.RawMessage
	// MID is the ID of the message that was sent.
	MID string
	// Refused is why a message did not go out, whether the bot or Meta refused it: see [Reason]. It is empty
	// for what the person got.
	Refused string
}

// Shown is what a bot did for a person, as the person sees it: the line of a script that expects it, and what
// can be tapped.
type Shown struct {
	Line

	// MID is the ID of the message that was sent.
	MID string
	// Titles are those of the cards, without the subtitles below them.
	Titles []string
	// Taps are what can be tapped, in its order: the buttons of the message or of its cards, then the quick
	// replies.
	Taps []Tap
}

// Tap is something to tap: a button or a quick reply.
type Tap struct {
	// Card is the title of the card that shows it; empty for what stands below a message.
	Card string
	// Title is what it shows.
	Title string
	// Payload is what the bot gets.
	Payload string
	// Quick is set for a quick reply, which is gone when somebody has said something after it.
	Quick bool

	says  string         // what the person says by a quick reply
	heard bool           // by the bot; it hears nothing of a button that opens a site, or dials a number
	item  map[string]any // the event of a tap that is neither a postback nor a quick reply
}

// call is a call of the Send API, as far as a person sees what it does.
type call struct {
	Action  string `json:"sender_action"`
	Payload struct {
		Reaction string `json:"reaction"`
	} `json:"payload"`
	File struct {
		Name string `json:"name"`
	} `json:"filedata"`
	Message *struct {
		Text         string       `json:"text"`
		StickerID    text         `json:"sticker_id"`
		QuickReplies []wireOffer  `json:"quick_replies"`
		Attachment   *attachment  `json:"attachment"`
		Attachments  []attachment `json:"attachments"`
		Template     *struct {
			Name string `json:"name"`
		} `json:"template"`
	} `json:"message"`
}

type attachment struct {
	Type    string  `json:"type"`
	Payload content `json:"payload"`
}

// content is the payload of an attachment, or an element in it.
type content struct {
	URL      string      `json:"url"`
	ID       text        `json:"attachment_id"`
	Template string      `json:"template_type"`
	Text     string      `json:"text"`
	Title    string      `json:"title"`
	Subtitle string      `json:"subtitle"`
	Media    string      `json:"media_type"`
	Product  text        `json:"id"`
	Payload  text        `json:"payload"`
	Coupon   text        `json:"coupon_code"`
	Buttons  []wireOffer `json:"buttons"`
	Images   []struct {
		Action wireOffer `json:"action"`
	} `json:"images"`
	Elements []content `json:"elements"`
}

// wireOffer is a quick reply or a button.
type wireOffer struct {
	ContentType string `json:"content_type"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Text        string `json:"text"` // of the action of an image
	Payload     text   `json:"payload"`
}

// text is a string where Meta takes numbers as well.
type text string

// UnmarshalJSON takes a string as it is, and anything else by its JSON.
func (t *text) UnmarshalJSON(data []byte) error {
	var plain string
	if json.Unmarshal(data, &plain) != nil {
		plain = string(data)
	}
	*t = text(plain)
	return nil
}

// Shown returns what o shows the person. It reports false for what shows nothing, and for sender actions that
// a script has no word for.
func (o *Outbound) Shown() (Shown, bool) {
	out := Shown{Line: Line{Person: o.Person, Mark: bot}, MID: o.MID}
	var wire call
	_ = json.Unmarshal(o.Params, &wire) // a field of another type than Meta's is left out
	if wire.Message == nil && wire.Action != "" {
		return out, o.Refused == "" && out.action(wire)
	}
	if o.Refused != "" {
		out.Mark, out.Text = refusal, o.Refused
		return out, true
	}
	if wire.Message == nil {
		return out, false
	}
	out.Text = wire.Message.Text
	if id := wire.Message.StickerID; id != "" {
		out.Word, out.Text = sticker, string(id)
	}
	if a := wire.Message.Attachment; a != nil {
		out.attach(strings.ToLower(a.Type), &a.Payload)
		if out.Text == "" && out.Word != "" {
			out.Text = wire.File.Name // that goes up with the call
		}
	}
	out.album(wire.Message.Attachments)
	if t := wire.Message.Template; t != nil {
		out.Word, out.Text = template, t.Name
	}
	for _, q := range wire.Message.QuickReplies {
		out.Offers = append(out.Offers, out.quick(q))
	}
	return out, true
}

// action takes a sender action.
func (s *Shown) action(wire call) bool {
	switch strings.ToLower(wire.Action) {
	case "typing_on":
		s.Word = typing
	case "typing_off":
		s.Word = typingOff
	case "mark_seen":
		s.Word = seen
	case "react":
		s.Word, s.Text = reaction, wire.Payload.Reaction
	case "unreact":
		s.Word = reactionOff
	default:
		return false
	}
	return true
}

// buttons takes what a card can be tapped for, and returns the titles. Those that log people in and out have
// titles of their own.
//
// Source: Meta, Buttons, 2026.
func (s *Shown) buttons(card string, offers []wireOffer) []string {
	var titles []string
	for _, o := range offers {
		t := Tap{Card: card, Title: o.Title, Payload: string(o.Payload)}
		switch strings.ToLower(o.Type) {
		case "postback":
			t.heard = true
		case "account_link":
			t.Title = "Log In"
		case "account_unlink":
			t.Title = "Log Out"
		}
		s.Taps, titles = append(s.Taps, t), append(titles, t.Title)
	}
	return titles
}

// quick takes a quick reply, and returns its title. One that asks for what stands in the person's profile
// has none, and is called by what it asks for.
//
// Source: Meta, Quick Replies, 2026.
func (s *Shown) quick(o wireOffer) string {
	kind := strings.ToLower(o.ContentType)
	t := Tap{Title: cmp.Or(o.Title, kind), Payload: string(o.Payload), Quick: true, heard: true}
	t.says = t.Title
	switch kind {
	case "user_phone_number":
		t.Title, t.Payload, t.says = kind, PersonPhone, PersonPhone
	case "user_email":
		t.Title, t.Payload, t.says = kind, PersonEmail, PersonEmail
	}
	s.Taps = append(s.Taps, t)
	return t.Title
}

// address returns where a medium is: its URL, or the ID of an upload.
func (c *content) address() string { return cmp.Or(c.URL, string(c.ID)) }

// Event returns what the bot hears when the person with this name in the script taps t. It reports false for
// a button that a bot hears nothing of.
//
// Source: Meta, messages and messaging_postbacks, 2026.
func (t Tap) Event(who string) (Event, bool) {
	switch {
	case !t.heard:
		return Event{}, false
	case t.item != nil:
		return Event{Person: who, Kind: t.Title, Item: t.item}, true
	case !t.Quick:
		return postback(who, t.Title, t.Payload), true
	}
	e := message(who, map[string]any{"text": t.says, "quick_reply": map[string]any{"payload": t.Payload}})
	e.Kind = "quick reply"
	return e, true
}
