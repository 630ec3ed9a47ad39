package sendtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the older of the two signatures that Meta sends
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// scontent is where Meta keeps files that were uploaded; nothing is served there.
const scontent = "https://scontent.example/"

// Read says that a person has opened the conversation: OnEvent gets the event that Meta sends then, a read
// with a watermark, on Instagram one with the mid of the newest message to the person (none if there is
// none).
//
// Source: Meta, message_reads; Instagram, messaging_seen, 2026.
func (g *Graph) Read(psid string) { g.Account("").Read(psid) }

// Read says that a person has opened the conversation; see [Graph.Read].
func (a Account) Read(psid string) {
	g, d, now := a.graph, a.data, a.graph.now()
	g.mu.Lock()
	page, mid := d.pageFor(psid), d.person(psid).mid
	kind, seen := "message_reads", any(map[string]any{"watermark": now.UnixMilli()})
	if d.instagram {
		kind, seen = "messaging_seen", map[string]any{"mid": mid}
	}
	if g.subscribed(d, kind) && (mid != "" || !d.instagram) {
		list := messagingList
		if d.standby(psid, now) {
			list = standbyList
		}
		g.queue([][]byte{d.eventIn(list, page, psid, page, now, "read", seen)})
	}
	g.mu.Unlock()
	g.report()
}

// subscribed reports whether OnEvent gets a field.
func (g *Graph) subscribed(d *pageData, field string) bool {
	switch {
	case g.OnEvent == nil:
		return false
	case g.Subscribed == nil && d.installed:
		return slices.Contains(d.subscribed, field)
	}
	return g.Subscribed == nil || slices.Contains(g.Subscribed, field)
}

// follow returns the webhook bodies that follow a message to a person: its echo, and on Messenger its
// delivery. Nothing follows one to a user_ref or a phone number, which have no PSID. It needs the lock.
//
// Source: Meta, message_echoes, message_deliveries, 2026; changelog, February 2018.
func (g *Graph) follow(d *pageData, message value, replied, psid string, c *Call) [][]byte {
	if psid == "" {
		return nil
	}
	var events [][]byte
	echo := "message_echoes"
	if d.instagram {
		echo = "messages"
	}
	if g.subscribed(d, echo) {
		said := g.echo(d, message, replied, c)
		events = append(events, d.event(c.Page, c.Page, psid, c.Time, "message", said))
	}
	if !d.instagram && g.subscribed(d, "message_deliveries") {
		delivery := map[string]any{"mids": []string{c.MessageID}, "watermark": c.Time.UnixMilli()}
		events = append(events, d.event(c.Page, psid, c.Page, c.Time, "delivery", delivery))
	}
	return events
}

// party is a sender or recipient.
type party struct {
	ID string `json:"id"`
}

// The lists of an entry: of what an app is to answer, and of what it only listens to.
//
// Source: Meta, Webhooks, and standby, 2026.
const (
	messagingList = "messaging"
	standbyList   = "standby"
)

// event encodes one webhook body with one event that is not standby.
func (d *pageData) event(page, from, to string, at time.Time, key string, said any) []byte {
	return d.eventIn(messagingList, page, from, to, at, key, said)
}

// eventIn encodes one webhook body with one event in a list of its entry.
func (d *pageData) eventIn(list, page, from, to string, at time.Time, key string, said any) []byte {
	object := "page"
	if d.instagram {
		object = "instagram"
	}
	return escaped(canonical(map[string]any{"object": object, "entry": []any{map[string]any{
		"id": page, "time": at.UnixMilli(), list: []any{map[string]any{
			"sender": party{from}, "recipient": party{to}, "timestamp": at.UnixMilli(), key: said,
		}},
	}}}))
}

// echo returns the message object of an echo.
func (g *Graph) echo(d *pageData, message value, replied string, c *Call) map[string]any {
	echo := map[string]any{"mid": c.MessageID, "is_echo": true}
	if !d.instagram {
		echo["app_id"] = digits(d.app)
		if metadata := message.at("metadata"); !metadata.absent() {
			echo["metadata"] = metadata.v
		}
	}
	for _, text := range []value{message.at("text"), message.at("dynamic_text").at("text")} {
		if !text.absent() {
			echo["text"] = text.v
		}
	}
	if replied != "" {
		echo["reply_to"] = map[string]any{"mid": replied, "is_self_reply": g.sent(replied, c.Recipient)}
	}
	if attached := d.echoed(message, c); len(attached) > 0 {
		echo["attachments"] = attached
	}
	return echo
}

// echoed returns the attachments of an echo. How a utility template comes back is not documented: here it is
// a template with what was sent as its payload.
func (d *pageData) echoed(message value, c *Call) []any {
	var attached []any
	for _, a := range append(message.at("attachments").items(), message.at("attachment")) {
		if a.isObject() {
			attached = append(attached, d.echoOf(a, c))
		}
	}
	if sticker := message.at("sticker_id"); !sticker.absent() {
		payload := map[string]any{"url": scontent + sticker.text(), "sticker_id": digits(sticker.text())}
		attached = append(attached, map[string]any{"type": "sticker", "payload": payload})
	}
	if template := message.at("template"); !template.absent() {
		attached = append(attached, map[string]any{"type": "template", "payload": template.v})
	}
	return attached
}

// echoOf returns one attachment of an echo: a template as it was sent, but with the IDs of attachments as
// numbers; of a file the address that it came from.
func (d *pageData) echoOf(a value, c *Call) any {
	kind, payload := a.at("type").word(), decoded(a.at("payload"))
	address, id := payload.at("url").text(), payload.at("attachment_id").text()
	switch kind {
	case "template":
		echo := map[string]any{"type": kind, "payload": numbered(payload.v)}
		if payload.at("template_type").word() == "media" {
			echo["title"], echo["url"] = "", "https://www.facebook.com/commerce/update/"
		}
		return echo
	case "like_heart":
		return map[string]any{"type": kind}
	case "media_share":
		post := digits(payload.at("id").text() + id)
		return map[string]any{"type": "ig_post", "payload": map[string]any{"id": post}}
	}
	switch saved := d.attachments[id].url; {
	case address == "" && saved != "":
		address = saved
	case address == "" && id != "":
		address = scontent + id
	case address == "":
		address = scontent + c.MessageID
	}
	return map[string]any{"type": kind, "payload": map[string]any{"url": address}}
}

// numbered copies a payload with the IDs of attachments as numbers.
func numbered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := map[string]any{}
		for key, x := range v {
			object[key] = numbered(x)
			if id, ok := x.(string); ok && key == "attachment_id" {
				object[key] = digits(id)
			}
		}
		return object
	case []any:
		array := make([]any, len(v))
		for i, x := range v {
			array[i] = numbered(x)
		}
		return array
	}
	return v
}

// digits returns an ID as a JSON number, if it can be one.
func digits(id string) any {
	if !isID(id) || len(id) > 1 && id[0] == '0' {
		return id
	}
	return json.Number(id)
}

// escaped writes JSON as Meta's webhooks do: ASCII only, with escapes such as \u00e4 in lower case, and \/
// for a slash.
//
// Source: Meta, Webhooks, 2026; an older page of 2018.
func escaped(body []byte) []byte {
	var b bytes.Buffer
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		body = body[size:]
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r > 0xffff:
			first, second := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, first, second)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}

// Sign returns the headers with which Meta sends a webhook body: its content type and both signatures, with
// the app's secret as key.
//
// Source: Meta, Webhooks, 2026, X-Hub-Signature-256; the older X-Hub-Signature is sent still.
func Sign(secret string, body []byte) http.Header {
	newer := hmac.New(sha256.New, []byte(secret))
	older := hmac.New(sha1.New, []byte(secret))
	newer.Write(body)
	older.Write(body)
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(newer.Sum(nil)))
	header.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(older.Sum(nil)))
	return header
}
