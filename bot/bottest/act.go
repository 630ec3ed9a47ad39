package bottest

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send"
)

// Say makes the person write text, and returns when the bot has handled all that is due. A handler that
// failed is tried again when the clock moves: see [Chat.Advance].
func (c *Chat) Say(text string) {
	c.t.Helper()
	c.does(script.Line{Mark: '>', Text: text})
}

// Tap makes the person tap what shows title: a quick reply of the bot's last message, or a button of any
// message, the newest that shows it. It fails the test if that was not offered, if the quick reply is gone
// because either of the two has said something since, or if several cards of a carousel show it and mean
// different things: see [Chat.TapCard]. Quick replies that ask for a phone number or an e-mail address show
// "user_phone_number" and "user_email", and send [PersonPhone] and [PersonEmail]. A button that opens a site
// or dials a number tells the bot nothing.
func (c *Chat) Tap(title string) {
	c.t.Helper()
	c.tap("", title)
}

// TapCard makes the person tap a button of the card with this title: see [Chat.Tap].
func (c *Chat) TapCard(card, button string) {
	c.t.Helper()
	c.tap(card, button)
}

// tap makes the person tap a title. The card may be empty.
func (c *Chat) tap(card, title string) {
	c.t.Helper()
	path := []string{card, title}
	if card == "" {
		path = path[1:]
	}
	c.note(script.Line{Person: c.who.name, Mark: '>', Offers: path}.String())
	found, err := c.who.find(card, title)
	if err != nil {
		c.undone("tapped %q, %v", title, err)
	}
	if e, heard := found.Event(c.who.name); heard {
		c.act(e.Item)
	}
}

// TapMenu makes the person tap what no message offers: an item of the persistent menu, Get Started, an ice
// breaker.
func (c *Chat) TapMenu(title, payload string) {
	c.t.Helper()
	c.does(script.Line{Mark: '>', Word: "menu", Offers: []string{title}, Text: payload})
}

// SendImage makes the person send the picture at url.
func (c *Chat) SendImage(url string) {
	c.t.Helper()
	c.does(script.Line{Mark: '>', Word: "image", Text: url})
}

// SendLocation makes the person share a place, in degrees.
func (c *Chat) SendLocation(lat, long float64) {
	c.t.Helper()
	c.does(script.Line{Mark: '>', Word: "location", Text: degrees(lat) + ", " + degrees(long)})
}

func degrees(angle float64) string { return strconv.FormatFloat(angle, 'f', -1, 64) }

// React makes the person react to the bot's last message with an emoji; "" takes the reaction back. It fails
// the test if the bot has not said anything.
func (c *Chat) React(emoji string) {
	c.t.Helper()
	line := script.Line{Mark: '>', Word: "reaction", Text: emoji}
	if emoji == "" {
		line.Word = "reaction off"
	}
	c.does(line)
}

// Referral makes the person come to the thread by an m.me link with this ref. Those who come for the first
// time do so by a tap on Get Started, which carries the referral: [Chat.Send] sends any event.
func (c *Chat) Referral(ref string) {
	c.t.Helper()
	c.does(script.Line{Mark: '>', Word: "referral", Text: ref})
}

// HumanSays makes somebody of the business write to the person from the Page's inbox: the bot hears of it by
// an echo that is not its own.
func (c *Chat) HumanSays(text string) {
	c.t.Helper()
	c.does(script.Line{Mark: '+', Word: "inbox", Text: text})
}

// TakeOver makes a colleague take the thread over in the Page's inbox, which the bot hears of if it had
// control of the thread until now. From then on, until [Chat.HandBack] or until control has expired, 24
// hours after the person's last message, the bot hears of what the person does as standby, and Meta refuses
// its messages. So it is when the bot itself passes the thread on.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (c *Chat) TakeOver() {
	c.t.Helper()
	c.apart("TakeOver")
	c.note(script.Line{Person: c.who.name, Mark: '+', Word: "take over"}.String())
	c.graph.Take(c.who.psid, send.PageInbox)
	c.settle()
}

// HandBack makes whoever controls the thread pass it to the bot: a *webhook.Handover tells of it.
func (c *Chat) HandBack() {
	c.t.Helper()
	c.apart("HandBack")
	c.note(script.Line{Person: c.who.name, Mark: '+', Word: "hand back"}.String())
	c.graph.HandBack(c.who.psid)
	c.settle()
}

// Send delivers any event of the person: the item as it stands in a webhook body, such as
//
//	chat.Send(map[string]any{"optin": map[string]any{"type": "notification_messages", …}})
//
// The sender, the recipient and the timestamp, in milliseconds, are added where they are missing, and the mid
// of a message or postback. An item with a field is delivered as it is, as one of changes:
//
//	chat.Send(map[string]any{"field": "mention", "value": map[string]any{…}})
func (c *Chat) Send(item map[string]any) {
	c.t.Helper()
	c.note(eventLine(item))
	if item["field"] != nil {
		c.apart("a change")
		c.change(item)
		return
	}
	c.act(item)
}

// Together delivers what people do in f in one webhook request, one entry for each event, before the bot
// handles any of it: two taps at once. Only what people do can be in f; what they tap must have been offered
// before.
func (c *Chat) Together(f func()) {
	c.t.Helper()
	c.apart("Together")
	c.note(togetherLine)
	c.together = new([]item)
	f()
	items := *c.together
	c.together = nil
	c.deliver(items)
}

// Redeliver delivers the last webhook request with an event of this person once more, byte for byte, as Meta
// does when it has not seen an answer.
func (c *Chat) Redeliver() {
	c.t.Helper()
	c.apart("Redeliver")
	c.note(redeliverLine)
	if c.who.body == nil {
		c.undone("nothing was delivered yet that could come once more")
	}
	c.post(c.who.body)
}

// apart fails the test if what is called has no place within [Chat.Together].
func (c *Chat) apart(what string) {
	c.t.Helper()
	if c.together != nil {
		c.t.Fatalf("bottest: %s within Together, which only takes what people do", what)
	}
}

// does notes what the person does, but for a tap, and makes it happen.
func (c *Chat) does(line script.Line) {
	c.t.Helper()
	line.Person = c.who.name
	c.note(line.String())
	newest := c.who.last()
	if newest == "" && strings.HasPrefix(line.Word, "reaction") {
		c.undone("there is no message of the bot to react to")
	}
	c.act(line.Event(newest).Item)
}

// act makes the person cause an event.
func (c *Chat) act(event map[string]any) {
	c.t.Helper()
	made := c.item(event)
	if c.together != nil {
		*c.together = append(*c.together, made)
		return
	}
	c.deliver([]item{made})
}

// deliver delivers events in one webhook request.
func (s *stage) deliver(items []item) {
	s.t.Helper()
	var entries []any
	for _, i := range items {
		field, raw := "messaging", i.raw
		if s.graph.Standby(i.who.psid) {
			field, raw = "standby", i.standby()
		}
		entries = append(entries, map[string]any{
			"id": PageID, "time": s.clock().UnixMilli(), field: []any{raw},
		})
		if i.dismisses {
			i.who.answered = len(i.who.heard)
		}
		if i.opens {
			s.graph.Acted(i.who.psid, i.at)
		}
	}
	body, err := json.Marshal(map[string]any{"object": "page", "entry": entries})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, i := range items {
		i.who.body = body
	}
	if len(items) > 0 {
		s.post(body)
	}
}
