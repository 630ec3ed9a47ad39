package bottest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleybot/parley/send/sendtest"
)

// said is one message of the bot, as the person sees it.
type said struct {
	word    string  // what it is, where it is no text: image, video, audio, file, template
	text    string  // or the address of a medium, or the kind of a template
	buttons []offer // below the text
	cards   []card
	replies []offer // quick replies
}

// card is an element of a template.
type card struct {
	title, subtitle string
	buttons         []offer
}

// offer is something to tap.
type offer struct {
	card           string // the title of the card that shows it
	title, payload string
	kind           string // quickReply, postback, or a button that a bot hears nothing of
}

// What a bot hears of: the tap on a quick reply, and on a button of the type postback.
const (
	quickReply = "quick reply"
	postback   = "postback"
)

// The content types of the quick replies that have no title: they are called by what they ask for.
//
// Source: Meta, Quick Replies, 2026.
const (
	askPhone = "user_phone_number"
	askEmail = "user_email"
)

// offers returns what can be tapped, in order.
func (s said) offers() []offer {
	offers := slices.Clone(s.buttons)
	for _, c := range s.cards {
		offers = append(offers, c.buttons...)
	}
	return append(offers, s.replies...)
}

// summary is what [Chat.Expect] compares: the text, or the kind and address of a medium, or the title of the
// first card.
func (s said) summary() string {
	switch {
	case s.word != "":
		return s.word + ": " + s.text
	case s.text == "" && len(s.cards) > 0:
		return s.cards[0].title
	default:
		return s.text
	}
}

// lines returns the message as lines of a transcript: one, and one for each card.
func (s said) lines() []string {
	lines := []string{saidLine(s.word, s.text, titles(s.buttons, s.replies))}
	for _, c := range s.cards {
		lines = append(lines, cardLine(join(c.title, c.subtitle), titles(c.buttons)))
	}
	return lines
}

// titles returns what offers show.
func titles(lists ...[]offer) []string {
	var shown []string
	for _, o := range slices.Concat(lists...) {
		shown = append(shown, o.title)
	}
	return shown
}

// wireMessage is a message on the wire, as far as a person sees it.
type wireMessage struct {
	Message struct {
		Text         string      `json:"text"`
		QuickReplies []wireOffer `json:"quick_replies"`
		Attachment   struct {
			Type    string      `json:"type"`
			Payload wireContent `json:"payload"`
		} `json:"attachment"`
		Template struct {
			Name string `json:"name"`
		} `json:"template"`
	} `json:"message"`
}

type wireContent struct {
	Kind     string        `json:"template_type"`
	URL      string        `json:"url"`
	ID       string        `json:"attachment_id"`
	Text     string        `json:"text"`
	Title    string        `json:"title"`
	Buttons  []wireOffer   `json:"buttons"`
	Elements []wireElement `json:"elements"`
}

type wireElement struct {
	Media    string      `json:"media_type"`
	URL      string      `json:"url"`
	ID       string      `json:"attachment_id"`
	Title    string      `json:"title"`
	Subtitle string      `json:"subtitle"`
	Buttons  []wireOffer `json:"buttons"`
}

// wireOffer is a quick reply or a button.
type wireOffer struct {
	ContentType string `json:"content_type"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Payload     string `json:"payload"`
}

// read returns the message that a call has sent.
func read(call sendtest.Call) said {
	var wire wireMessage
	_ = json.Unmarshal(call.Params, &wire) // the Graph API has judged its form
	m := said{text: wire.Message.Text}
	a := &wire.Message.Attachment
	switch kind := strings.ToLower(a.Type); kind {
	case "":
	case "template":
		m.template(&a.Payload)
	default:
		m.word, m.text = kind, cmp.Or(a.Payload.URL, a.Payload.ID)
	}
	if name := wire.Message.Template.Name; name != "" {
		m.word, m.text = "template", name
	}
	for _, q := range wire.Message.QuickReplies {
		title := cmp.Or(q.Title, strings.ToLower(q.ContentType))
		m.replies = append(m.replies, offer{title: title, payload: q.Payload, kind: quickReply})
	}
	return m
}

// template takes what a template shows.
func (s *said) template(c *wireContent) {
	s.buttons = buttons("", c.Buttons)
	switch c.Kind {
	case "button":
		s.text = c.Text
	case "generic":
	case "media":
		for _, e := range c.Elements { // there is one
			s.word, s.text = strings.ToLower(e.Media), cmp.Or(e.URL, e.ID)
			s.buttons = buttons("", e.Buttons)
		}
		return
	default:
		s.word, s.text = "template", join(c.Kind, c.Text, c.Title)
	}
	for _, e := range c.Elements {
		s.cards = append(s.cards, card{e.Title, e.Subtitle, buttons(e.Title, e.Buttons)})
	}
}

// buttons returns the buttons of a card, or of a message. Those that log people in and out have titles of
// their own.
//
// Source: Meta, Buttons, 2026.
func buttons(card string, wire []wireOffer) []offer {
	var offers []offer
	for _, b := range wire {
		o := offer{card: card, title: b.Title, payload: b.Payload, kind: strings.ToLower(b.Type)}
		switch o.kind {
		case "account_link":
			o.title = "Log In"
		case "account_unlink":
			o.title = "Log Out"
		}
		offers = append(offers, o)
	}
	return offers
}

// join puts the lines that are not empty below each other.
func join(lines ...string) string {
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
}
