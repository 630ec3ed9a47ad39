package bottest

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleybot/parley/send/sendtest"
)

// said is one message of the bot, as the person sees it.
type said struct {
	Text   string
	Offers []offer
}

// offer is something to tap.
type offer struct {
	Title, Payload string
	Kind           string // quickReply, postback, or a button that a bot hears nothing of
}

// What a bot hears of: the tap on a quick reply, and on a button of the type postback.
const (
	quickReply = "quick reply"
	postback   = "postback"
)

// titles returns what can be tapped, in order.
func (s said) titles() []string {
	var titles []string
	for _, o := range s.Offers {
		titles = append(titles, o.Title)
	}
	return titles
}

// String returns the message as a line of a transcript.
func (s said) String() string { return quote(s.Text, s.titles()) }

// quote writes a text and what is offered below it.
func quote(text string, offered []string) string {
	if len(offered) == 0 {
		return text
	}
	return text + "  [" + strings.Join(offered, "] [") + "]"
}

// shown is a message on the wire, as far as a person sees it.
type shown struct {
	Message *struct {
		Text         string `json:"text"`
		QuickReplies []struct {
			Title       string `json:"title"`
			Payload     string `json:"payload"`
			ContentType string `json:"content_type"`
		} `json:"quick_replies"`
		Attachment *struct {
			Type    string `json:"type"`
			Payload struct {
				URL      string   `json:"url"`
				ID       string   `json:"attachment_id"`
				Text     string   `json:"text"`
				Buttons  []button `json:"buttons"`
				Elements []struct {
					Title   string   `json:"title"`
					Buttons []button `json:"buttons"`
				} `json:"elements"`
			} `json:"payload"`
		} `json:"attachment"`
	} `json:"message"`
}

type button struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Payload string `json:"payload"`
}

// read returns the message that a call has sent; false: it was a sender action, or was refused.
func read(call sendtest.Call) (said, bool) {
	if call.MessageID == "" {
		return said{}, false
	}
	var wire shown
	if json.Unmarshal(call.Params, &wire) != nil || wire.Message == nil {
		return said{}, false
	}
	m := said{Text: wire.Message.Text}
	if a := wire.Message.Attachment; a != nil {
		m.attached(a.Type, a.Payload.Text, a.Payload.URL+a.Payload.ID)
		m.offer(a.Payload.Buttons)
		for _, element := range a.Payload.Elements {
			if m.Text == "" {
				m.Text = element.Title
			}
			m.offer(element.Buttons)
		}
	}
	for _, q := range wire.Message.QuickReplies {
		title := q.Title
		if title == "" {
			title = q.ContentType
		}
		m.Offers = append(m.Offers, offer{Title: title, Payload: q.Payload, Kind: quickReply})
	}
	return m, true
}

// attached takes the text of a template, or the address of a medium.
func (s *said) attached(kind, text, address string) {
	if text != "" {
		s.Text = text
	}
	if kind != "template" {
		s.Text = kind + ": " + address
	}
}

func (s *said) offer(buttons []button) {
	for _, b := range buttons {
		s.Offers = append(s.Offers, offer{Title: b.Title, Payload: b.Payload, Kind: b.Type})
	}
}

// next takes the next message that was not expected yet.
func (c *Chat) next() (said, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.read < len(c.calls) {
		call := c.calls[c.read]
		c.read++
		if m, ok := read(call); ok {
			c.note("< " + m.String())
			return m, true
		}
	}
	return said{}, false
}

// find returns what shows title: a quick reply of the last message, else the newest button. Quick replies
// are gone when the person has done something since.
func (c *Chat) find(title string) (offer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := true
	for i, call := range slices.Backward(c.calls) {
		m, ok := read(call)
		if !ok {
			continue
		}
		for _, o := range m.Offers {
			if o.Title == title && (o.Kind != quickReply || last && i >= c.answered) {
				return o, true
			}
		}
		last = false
	}
	return offer{}, false
}

// transcript returns the talk so far, with what the bot said and nobody expected.
func (c *Chat) transcript() string {
	for {
		if _, ok := c.next(); !ok {
			break
		}
	}
	return "the talk so far:\n\t" + strings.Join(c.script, "\n\t")
}
