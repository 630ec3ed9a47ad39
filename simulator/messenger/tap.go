package messenger

import (
	"encoding/json"
	"errors"
	"strings"
)

// tap is what the page sends when the person taps something: a quick reply, or a button of a template, by its
// place in the message that offered it. What is not offered cannot be tapped.
type tap struct {
	MID        string `json:"mid"`
	QuickReply *int   `json:"quick_reply"`
	Element    *int   `json:"element"` // nil: the buttons of the template itself
	Button     *int   `json:"button"`
}

var (
	errNoTap = errors.New("messenger: the bot offered nothing there")
	errBegun = errors.New("messenger: ice breakers and Get Started are for a new thread, not for this one")
)

// offered is what can be tapped in a message of the bot.
type offered struct {
	Message struct {
		QuickReplies []offer `json:"quick_replies"`
		Attachment   struct {
			Payload struct {
				Buttons  []offer `json:"buttons"`
				Elements []struct {
					Buttons []offer `json:"buttons"`
				} `json:"elements"`
			} `json:"payload"`
		} `json:"attachment"`
	} `json:"message"`
}

// offer is a quick reply or a button.
type offer struct {
	ContentType string          `json:"content_type"`
	Type        string          `json:"type"`
	Title       string          `json:"title"`
	Payload     json.RawMessage `json:"payload"` // a string; Meta takes numbers as well
}

// payload returns the payload as a webhook carries it: always a string.
func (o offer) payload() string {
	var text string
	if json.Unmarshal(o.Payload, &text) == nil {
		return text
	}
	return string(o.Payload)
}

// tapped lets the person tap t.
func (s *Simulator) tapped(p *person, t tap) error {
	params, ok := s.journal.sent(p.psid, t.MID)
	if !ok {
		return errNoTap
	}
	var sent offered
	if err := json.Unmarshal(params, &sent); err != nil {
		return errNoTap
	}
	if t.QuickReply == nil {
		item, ok := button(sent, t)
		if !ok {
			return errNoTap
		}
		return s.act(p, item, "")
	}
	item, ok := quickReply(sent.Message.QuickReplies, *t.QuickReply, p.profile)
	if !ok {
		return errNoTap
	}
	return s.act(p, item, t.MID)
}

// quickReply is the message that a tap on a quick reply sends.
//
// Source: Meta, messages and quick replies (2026).
func quickReply(offers []offer, index int, who profile) (wireItem, bool) {
	if index < 0 || index >= len(offers) {
		return wireItem{}, false
	}
	o := offers[index]
	text, payload := o.Title, o.payload()
	switch strings.ToLower(o.ContentType) {
	case "text":
	case "user_phone_number":
		text, payload = who.Phone, who.Phone
	case "user_email":
		text, payload = who.Email, who.Email
	default:
		return wireItem{}, false
	}
	return wireItem{Message: &wireMessage{
		MID: newMID(), Text: text, QuickReply: &wireQuickReply{Payload: payload},
	}}, true
}

// button is the postback that a tap on a button sends. Other types of button send nothing.
//
// Source: Meta, messaging_postbacks (2026).
func button(sent offered, t tap) (wireItem, bool) {
	content := sent.Message.Attachment.Payload
	offers := content.Buttons
	if t.Element != nil {
		if *t.Element < 0 || *t.Element >= len(content.Elements) {
			return wireItem{}, false
		}
		offers = content.Elements[*t.Element].Buttons
	}
	if t.Button == nil || *t.Button < 0 || *t.Button >= len(offers) {
		return wireItem{}, false
	}
	o := offers[*t.Button]
	if !strings.EqualFold(o.Type, "postback") {
		return wireItem{}, false
	}
	return wireItem{Postback: &wirePostback{MID: newMID(), Title: o.Title, Payload: o.payload()}}, true
}
