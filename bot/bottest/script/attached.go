package script

import (
	"slices"
	"strings"
)

// attach takes a medium, or what a template shows.
func (s *Shown) attach(kind string, c *content) {
	switch kind {
	case template:
		s.template(c)
	case heart:
		s.Word = heart
	case post:
		s.Word, s.Text = post, join(c.address(), string(c.Product))
	default:
		s.Word, s.Text = kind, c.address()
	}
}

// album takes several pictures in one message: their addresses, each on a line.
func (s *Shown) album(pictures []attachment) {
	for i := range pictures {
		s.Word = strings.ToLower(pictures[i].Type)
		s.Text = join(s.Text, pictures[i].Payload.address())
	}
}

// template takes what a template shows. Those that ask for something have a tap by the name of the template,
// as quick replies have that ask for what stands in the person's profile.
func (s *Shown) template(c *content) {
	switch c.Template {
	case "button":
		s.Text, s.Offers = c.Text, s.buttons("", c.Buttons)
	case "generic":
		s.elements(c.Elements)
	case "media", "image_grid":
		for i := range c.Elements[:min(1, len(c.Elements))] {
			s.single(c.Template, &c.Elements[i])
		}
	case "one_time_notif_req", "notification_messages":
		c = c.asked()
		s.Word, s.Text = template, join(c.Template, c.Title)
		s.ask(c.Template, map[string]any{"optin": s.optIn(c)})
	default:
		s.Word, s.Text = template, join(c.Template, c.Text, c.Title)
		s.Offers = s.buttons("", c.Buttons)
		s.elements(c.Elements)
		if c.Template == "coupon" && c.Coupon != "" {
			s.ask(c.Template, map[string]any{"template": map[string]any{
				"type": c.Template, "payload": string(c.Payload), "coupon_code": string(c.Coupon),
			}})
		}
	}
}

// elements takes cards. A product has no words of its own but its ID.
func (s *Shown) elements(elements []content) {
	for i := range elements {
		e := &elements[i]
		if e.Title == "" {
			e.Title = string(e.Product)
		}
		s.Titles = append(s.Titles, e.Title)
		s.Cards = append(s.Cards, Card{join(e.Title, e.Subtitle), s.buttons(e.Title, e.Buttons)})
	}
}

// single takes the one element of a template: a medium, or pictures that can be tapped, by the text that the
// tap says.
func (s *Shown) single(kind string, e *content) {
	if kind == "media" {
		s.Word, s.Text = strings.ToLower(e.Media), e.address()
	} else {
		s.Word, s.Text = template, join(kind, e.Title, e.Subtitle)
	}
	for i := range e.Images {
		if tapped := e.Images[i].Action; strings.EqualFold(tapped.Type, "postback") {
			tapped.Title = tapped.Text
			s.Offers = append(s.Offers, s.buttons("", []wireOffer{tapped})...)
		}
	}
	s.Offers = append(s.Offers, s.buttons("", e.Buttons)...)
}

// asked returns the fields of a request for notifications, which stand in elements on Instagram.
func (c *content) asked() *content {
	if len(c.Elements) == 0 {
		return c
	}
	inner := c.Elements[0]
	inner.Template = c.Template
	return &inner
}

// optIn returns what the bot hears of a person who agrees. The token is made of the message's ID, so that no
// two are equal.
//
// Source: Meta, messaging_optins, 2026.
func (s *Shown) optIn(c *content) map[string]any {
	token, key := c.Template+":"+s.MID, "one_time_notif_token"
	kind := c.Template
	optIn := map[string]any{"payload": string(c.Payload)}
	if kind == "notification_messages" {
		key = "notification_messages_token"
		optIn["title"], optIn["user_token_status"] = c.Title, "NOT_REFRESHED"
	}
	optIn["type"], optIn[key] = kind, token
	return optIn
}

// ask offers a tap by the name of its template, with the event that the bot hears of it.
func (s *Shown) ask(kind string, item map[string]any) {
	s.Offers = append(s.Offers, kind)
	s.Taps = append(s.Taps, Tap{Title: kind, heard: true, item: item})
}

// join puts the lines that are not empty below each other.
func join(lines ...string) string {
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
}
