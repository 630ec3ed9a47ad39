package script

import (
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

// shown is what a bot did, as the person sees it.
type shown struct {
	statement
	mid  string
	taps []tap
}

// tap is something to tap.
type tap struct {
	card, title, payload string
	kind                 tapKind
}

type tapKind int

const (
	silent tapKind = iota // opens a site, dials a number: the bot hears nothing of it
	button
	quick
)

// call is a call of the Send API, as far as a person sees what it does.
type call struct {
	Action  string `json:"sender_action"`
	Payload struct {
		Reaction string `json:"reaction"`
	} `json:"payload"`
	Message *struct {
		Text         string  `json:"text"`
		QuickReplies []offer `json:"quick_replies"`
		Attachment   *struct {
			Type    string  `json:"type"`
			Payload content `json:"payload"`
		} `json:"attachment"`
		Template *struct {
			Name string `json:"name"`
		} `json:"template"`
	} `json:"message"`
}

// content is the payload of an attachment.
type content struct {
	URL      string  `json:"url"`
	ID       text    `json:"attachment_id"`
	Template string  `json:"template_type"`
	Text     string  `json:"text"`
	Title    string  `json:"title"`
	Buttons  []offer `json:"buttons"`
	Elements []struct {
		content
		Subtitle string `json:"subtitle"`
		Media    string `json:"media_type"`
	} `json:"elements"`
}

// offer is a quick reply or a button.
type offer struct {
	ContentType string `json:"content_type"`
	Type        string `json:"type"`
	Title       string `json:"title"`
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

// read returns what o shows the person; false: nothing that a script knows.
func (o *Outbound) read() (shown, bool) {
	out := shown{statement: statement{who: o.Person, mark: bot}, mid: o.MID}
	var wire call
	_ = json.Unmarshal(o.Params, &wire) // a field of another type than Meta's is left out
	if wire.Message == nil && wire.Action != "" {
		return out, o.Refused == "" && out.action(wire)
	}
	if o.Refused != "" {
		out.mark, out.text = refusal, o.Refused
		return out, true
	}
	if wire.Message == nil {
		return out, false
	}
	out.text = wire.Message.Text
	if a := wire.Message.Attachment; a != nil {
		out.attach(strings.ToLower(a.Type), &a.Payload)
	}
	if t := wire.Message.Template; t != nil {
		out.word, out.text = template, t.Name
	}
	for _, q := range wire.Message.QuickReplies {
		out.offers = append(out.offers, out.quick(q))
	}
	return out, true
}

// action takes a sender action.
func (s *shown) action(wire call) bool {
	switch strings.ToLower(wire.Action) {
	case "typing_on":
		s.word = typing
	case "typing_off":
		s.word = typingOff
	case "mark_seen":
		s.word = seen
	case "react":
		s.word, s.text = reaction, wire.Payload.Reaction
	case "unreact":
		s.word = reactionOff
	default:
		return false
	}
	return true
}

// attach takes a medium, or what a template shows.
func (s *shown) attach(kind string, c *content) {
	if kind != template {
		s.word, s.text = kind, c.address()
		return
	}
	switch c.Template {
	case "button":
		s.text = c.Text
	case "generic":
	case "media":
		if len(c.Elements) > 0 {
			medium := &c.Elements[0]
			s.word, s.text = strings.ToLower(medium.Media), medium.address()
			s.offers = s.buttons("", medium.Buttons)
		}
		return
	default:
		s.word, s.text = template, join(c.Template, c.Text, c.Title)
	}
	s.offers = s.buttons("", c.Buttons)
	for i := range c.Elements {
		e := &c.Elements[i]
		shown := card{text: join(e.Title, e.Subtitle)}
		shown.offers = s.buttons(e.Title, e.Buttons)
		s.cards = append(s.cards, shown)
	}
}

// buttons takes what a card can be tapped for, and returns the titles.
func (s *shown) buttons(card string, offers []offer) []string {
	var titles []string
	for _, o := range offers {
		t := tap{card: card, title: o.Title, payload: string(o.Payload)}
		switch strings.ToLower(o.Type) {
		case "postback":
			t.kind = button
		case "account_link": // it has no title of its own
			t.title = "Log In"
		case "account_unlink":
			t.title = "Log Out"
		}
		s.taps, titles = append(s.taps, t), append(titles, t.title)
	}
	return titles
}

// quick takes a quick reply, and returns its title. One that asks for what stands in the person's profile
// has none, and is called by what it asks for.
//
// Source: Meta, Quick Replies, 2026.
func (s *shown) quick(o offer) string {
	t := tap{title: o.Title, payload: string(o.Payload), kind: quick}
	switch kind := strings.ToLower(o.ContentType); kind {
	case "user_phone_number":
		t.title, t.payload = kind, personsPhone
	case "user_email":
		t.title, t.payload = kind, personsEmail
	}
	s.taps = append(s.taps, t)
	return t.title
}

// address returns where a medium is: its URL, or the ID of an upload.
func (c *content) address() string { return c.URL + string(c.ID) }

// join puts the lines that are not empty below each other.
func join(lines ...string) string {
	var kept []string
	for _, line := range lines {
		if line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// event returns what the bot hears of a tap; false: nothing.
func (t *tap) event(who string) (Event, bool) {
	switch {
	case t.kind == button:
		return postback(who, t.title, t.payload), true
	case t.kind == quick && strings.HasPrefix(t.title, "user_"):
		return quickReply(who, t.payload, t.payload), true
	case t.kind == quick:
		return quickReply(who, t.title, t.payload), true
	default:
		return Event{}, false
	}
}
