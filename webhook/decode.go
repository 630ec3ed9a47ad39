package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/tidwall/gjson"

	"github.com/parleybot/parley/send"
)

// ErrMalformed is the class of the errors of [Decode] and [DecodeStored]: the body is no webhook envelope.
var ErrMalformed = errors.New("webhook: malformed body")

// Decode returns the events of the body of a webhook POST, in their order: of each entry its messaging,
// standby and changes items. There is one event for each item at least; an item that makes no sense is an
// [*Unknown], and so is every item if the object is neither "page" nor "instagram" (a missing object counts
// as "page").
//
// Of an item with several event keys the first is taken whose value is an object, of message, postback,
// optin, referral, reaction, message_edit, delivery, read, pass_thread_control, take_thread_control,
// request_thread_control, app_roles, pass_thread_metadata, order, messaging_feedback,
// messaging_customer_information, form, template, account_linking, policy_enforcement, response_feedback,
// game_play, payment, pre_checkout and checkout_update. A null stands for nothing, except that "optin":null
// alone is an [*OptIn]. The form of the dashboard's Test button, a messaging object as the value of a
// change, is decoded as that object.
//
// Decode is lenient with types: IDs may be numbers, times milliseconds, seconds, RFC 3339 or strings of
// them, and text is made valid UTF-8. Only a body that is no envelope is an error, of class [ErrMalformed]:
// not JSON, nested deeper than 9,990 levels, or no object with one of the keys object, entry and field. An
// envelope without items gives no events and no error.
//
// The events keep parts of body, which must not be changed afterwards. Decode does not verify who sent it;
// that is the work of [Verify] and of [Receiver].
//
// Source: Meta, webhooks, 2026.
func Decode(body []byte) ([]Event, error) {
	return decode(body, "")
}

// decode returns the events of body, which app signed.
func decode(body []byte, app string) ([]Event, error) {
	envelope, err := open(body, maxDepth)
	if err != nil {
		return nil, err
	}
	d := newDecoder(body, envelope.object, app)
	d.envelope(envelope)
	return d.events, nil
}

// The deepest nesting of a body, and of what was stored of one with an envelope around it.
const (
	maxDepth    = 9_990
	storedDepth = 10_000
)

// wellFormed reports whether b is JSON of at most limit levels.
func wellFormed(b []byte, limit int) bool {
	return depthWithin(b, limit) && gjson.ValidBytes(b)
}

// depthWithin reports whether b is nested at most limit levels deep, so that a recursive check of it is
// safe.
func depthWithin(b []byte, limit int) bool {
	if len(b) < limit {
		return true
	}
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			if depth > limit {
				return false
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return true
}

// envelope is the outermost object of a body.
type envelope struct {
	root   gjson.Result
	object gjson.Result
	entry  gjson.Result
	ours   gjson.Result // what Encode adds; means something to DecodeStored only
}

// open validates body, nested at most limit levels deep, and returns its envelope.
func open(body []byte, limit int) (envelope, error) {
	if !wellFormed(body, limit) {
		return envelope{}, fmt.Errorf("%w: not JSON, or nested deeper than %d levels", ErrMalformed, limit)
	}
	root := gjson.Parse(inPlace(body))
	if !root.IsObject() {
		return envelope{}, fmt.Errorf("%w: no JSON object", ErrMalformed)
	}
	root.Raw = strings.TrimRight(root.Raw, " \t\r\n")
	found := envelope{root: root}
	ok := false
	for key, value := range root.All() {
		switch key.Str {
		case "object":
			found.object, ok = value, true
		case "entry":
			found.entry, ok = value, true
		case "field":
			ok = true
		case ours:
			found.ours = value
		}
	}
	if !ok {
		return envelope{}, fmt.Errorf("%w: no entry", ErrMalformed)
	}
	return found, nil
}

// inPlace returns body as a string without a copy, which would be the largest allocation of all. It is safe
// because nobody changes a body that was given to Decode.
func inPlace(body []byte) string {
	return unsafe.String(unsafe.SliceData(body), len(body)) //nolint:gosec // see above
}

// decoder collects the events of one body.
type decoder struct {
	body   []byte
	app    string
	object string
	// known is whether the object is one whose items are typed here.
	known   bool
	channel send.Channel
	hops    []Hop // those of the entry in hand
	events  []Event
}

func newDecoder(body []byte, object gjson.Result, app string) *decoder {
	d := &decoder{body: body, app: app, object: clipped(text(object))}
	if object.Type == gjson.JSON || object.IsBool() {
		d.object = clipped(valid(object.Raw))
	}
	d.known = knownObject(d.object)
	if d.object == objectInstagram {
		d.channel = send.Instagram
	}
	return d
}

// The values of object that this package has types for.
const (
	objectPage      = "page"
	objectInstagram = "instagram"
)

// knownObject reports whether the items of object are typed here. A missing one counts as a Page.
func knownObject(object string) bool {
	return object == "" || object == objectPage || object == objectInstagram
}

// envelope decodes all entries; what should be a list of them and is none counts as one. A bare change, which
// the dashboard shows as its test body, is an entry of itself.
func (d *decoder) envelope(e envelope) {
	switch {
	case e.entry.IsArray():
		for _, entry := range e.entry.All() {
			d.entry(entry)
		}
	case e.entry.Type == gjson.Null:
		d.entry(e.root)
	default:
		d.entry(e.entry)
	}
}

// entry decodes the items of one entry. With Business Login for Instagram field and value stand in the
// entry itself, which then is its own item.
func (d *decoder) entry(entry gjson.Result) {
	base := Origin{Channel: d.channel, App: d.app, wire: wire{object: d.object}}
	if !entry.IsObject() {
		d.item(base, sectionChanges, entry)
		return
	}
	var messaging, standby, changes gjson.Result
	flat := false
	d.hops = nil
	for key, value := range entry.All() {
		switch key.Str {
		case "id":
			base.wire.entryID = clipped(text(value))
		case "time":
			base.wire.entryTime = scalar(value)
		case string(sectionMessaging):
			messaging = value
		case string(sectionStandby):
			standby = value
		case string(sectionChanges):
			changes = value
		case "hop_context":
			base.wire.hops = ""
			if d.hops = readHops(value); d.hops != nil {
				base.wire.hops = value.Raw
			}
		case "field":
			flat = true
		}
	}
	base.Page = base.wire.entryID
	d.items(base, sectionMessaging, messaging)
	d.items(base, sectionStandby, standby)
	d.items(base, sectionChanges, changes)
	if flat {
		d.item(base, sectionChanges, entry)
	}
}

// items decodes a list of items; what should be a list and is none counts as one item.
func (d *decoder) items(base Origin, s section, list gjson.Result) {
	switch {
	case list.Type == gjson.Null:
	case list.IsArray():
		for _, item := range list.All() {
			d.item(base, s, item)
		}
	default:
		d.item(base, s, list)
	}
}

// item decodes one item into one event.
func (d *decoder) item(o Origin, s section, raw gjson.Result) {
	o.wire.section = s
	o.Raw = d.bytes(raw)
	var event Event
	switch s {
	case sectionMessaging:
		it := readItem(raw)
		event = d.messaging(&o, &it)
	case sectionStandby:
		it := readItem(raw)
		event = &Standby{d.messaging(&o, &it)}
	case sectionChanges:
		event = d.change(&o, raw)
	}
	d.events = append(d.events, event)
}

// bytes returns the part of the body that v was read from.
func (d *decoder) bytes(v gjson.Result) json.RawMessage {
	end := v.Index + len(v.Raw)
	return d.body[v.Index:end:end]
}
