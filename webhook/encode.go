package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/parleybot/parley/send"
)

// ours is the key under which Encode keeps what Meta's envelope has no place for, and under which the item
// of an own event keeps what it is. From the network it means nothing.
const ours = "parley"

// Encode returns e as a webhook body with one entry and one item, which is Raw byte for byte, for
// [DecodeStored]. It keeps Origin.App in a key of its own. The event inside a [*Standby] is written as the
// standby item it was.
//
// Encode fails for an event that neither [Decode], [DecodeStored] nor [NewCustom] made, and for an own
// event whose data is not JSON. It is safe for concurrent use.
func Encode(e Event) ([]byte, error) {
	o := e.From()
	custom, own := e.(*Custom)
	switch {
	case own && o.Raw == nil:
		return nil, fmt.Errorf("webhook: encode own event %q: its data is not JSON", custom.Name)
	case o.Raw == nil || o.wire.section == "":
		return nil, fmt.Errorf("webhook: encode %s: the event has no item to write", e.Kind())
	}
	b := make([]byte, 0, len(o.Raw)+len(o.Page)+len(o.App)+len(o.wire.hops)+128)
	b = append(b, '{')
	if o.wire.object != "" {
		b = append(b, `"object":`...)
		b = append(appendString(b, o.wire.object), ',')
	}
	b = append(b, `"entry":[{`...)
	if o.wire.entryID != "" {
		b = append(b, `"id":`...)
		b = append(appendString(b, o.wire.entryID), ',')
	}
	if o.wire.entryTime != "" {
		b = append(b, `"time":`...)
		b = append(append(b, o.wire.entryTime...), ',')
	}
	if o.wire.hops != "" {
		b = append(b, `"hop_context":`...)
		b = append(append(b, o.wire.hops...), ',')
	}
	b = append(append(append(b, '"'), o.wire.section...), `":[`...)
	b = append(append(b, o.Raw...), `]}]`...)
	if o.App != "" || own {
		b = append(b, `,"`+ours+`":{"app":`...)
		b = append(appendString(b, o.App), `,"own":`...)
		b = append(strconv.AppendBool(b, own), '}')
	}
	return append(b, '}'), nil
}

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '"' || s[i] == '\\' || s[i] >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			if err != nil {
				quoted = []byte(`""`) // cannot be: every string is JSON
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// DecodeStored returns the event that [Encode] wrote, equal to what was encoded. It also takes any other
// webhook body with exactly one item. It is the only maker of a [*Custom] from bytes, so it is for what the
// bot stored itself, never for a POST. Errors are of class [ErrMalformed]. The event keeps parts of data,
// which must not be changed afterwards.
func DecodeStored(data []byte) (Event, error) {
	found, err := open(data, storedDepth)
	if err != nil {
		return nil, err
	}
	var app string
	var own bool
	if found.ours.IsObject() {
		for key, value := range found.ours.All() {
			switch key.Str {
			case "app":
				app = text(value)
			case "own":
				own = value.Bool()
			}
		}
	}
	d := newDecoder(data, found.object, app)
	d.envelope(found)
	if len(d.events) != 1 {
		return nil, fmt.Errorf("%w: %d items, not one", ErrMalformed, len(d.events))
	}
	if own {
		return d.custom(d.events[0])
	}
	return d.events[0], nil
}

// custom returns the own event that decoding took for one of Meta's.
func (d *decoder) custom(e Event) (Event, error) {
	c := &Custom{Origin: e.From()}
	for key, value := range gjson.ParseBytes(c.Raw).All() {
		switch key.Str {
		case "timestamp":
			if ms, err := strconv.ParseInt(value.Raw, 10, 64); err == nil {
				c.Time = time.UnixMilli(ms).UTC()
			}
		case ours:
			if value.IsObject() {
				c.read(value)
				return c, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: no own event", ErrMalformed)
}

// read fills in what the key of ours says. It comes last in the item.
func (c *Custom) read(v gjson.Result) {
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			c.id = text(value)
		case "name":
			c.Name = text(value)
		case "data":
			end := value.Index + len(value.Raw)
			c.Data = c.Raw[value.Index:end:end]
		}
	}
}

// NewCustom returns an own event called name for a person of a Page: of no person if person is empty. The
// id makes it one event, whoever meets it again; at becomes its Time, in milliseconds. Data is JSON for the
// handler, or nil; if it is not JSON, [Encode] refuses the event.
func NewCustom(channel send.Channel, page string, person send.PSID, id, name string, at time.Time,
	data json.RawMessage,
) *Custom {
	c := &Custom{Name: valid(name), id: valid(id)}
	c.Channel, c.Page, c.Person = channel, valid(page), send.PSID(valid(string(person)))
	c.wire = wire{object: objectPage, entryID: c.Page, section: sectionMessaging}
	if channel == send.Instagram {
		c.wire.object = objectInstagram
	}
	if c.Person != "" {
		c.Recipient = send.Person(c.Person)
	}
	if !at.IsZero() {
		c.Time = time.UnixMilli(at.UnixMilli()).UTC()
	}
	if data = bytes.TrimSpace(data); len(data) > 0 && !wellFormed(data, maxDepth) {
		return c
	}
	c.build(data)
	return c
}

// build writes the item of c, and takes its Data from there.
func (c *Custom) build(data json.RawMessage) {
	b := []byte{'{'}
	if c.Person != "" {
		b = append(b, `"sender":{"id":`...)
		b = append(appendString(b, string(c.Person)), `},`...)
	}
	if !c.Time.IsZero() {
		b = append(b, `"timestamp":`...)
		b = append(strconv.AppendInt(b, c.Time.UnixMilli(), 10), ',')
	}
	b = append(b, `"`+ours+`":{"id":`...)
	b = append(appendString(b, c.id), `,"name":`...)
	b = appendString(b, c.Name)
	if len(data) > 0 {
		b = append(append(b, `,"data":`...), data...)
	}
	b = append(b, `}}`...)
	c.Raw = b
	if len(data) > 0 {
		end := len(b) - len(`}}`)
		c.Data = c.Raw[end-len(data) : end : end]
	}
}

// valid returns s as valid UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
