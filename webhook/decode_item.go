package webhook

import (
	"time"

	"github.com/tidwall/gjson"

	"github.com/parleybot/parley/send"
)

// item is a messaging object: who, when, and the one event key that says what.
type item struct {
	sender, recipient party
	time              time.Time
	key               eventKey
	value             gjson.Result
}

// party is one side of a thread.
type party struct {
	id, userRef string
}

// eventKey is a key of a messaging object that names an event, in rising order of preference.
type eventKey uint8

const (
	noKey eventKey = iota
	nullOptIn
	readKey
	deliveryKey
	editKey
	reactionKey
	referralKey
	optInKey
	postbackKey
	messageKey
)

// messaging decodes a messaging object.
func (d *decoder) messaging(o *Origin, raw gjson.Result) Event {
	it := readItem(raw)
	if !d.known {
		it.key = noKey
	}
	if it.key == messageKey {
		return d.message(o, &it)
	}
	o.settle(&it, false)
	switch it.key {
	case postbackKey:
		return readPostback(o, it.value)
	case optInKey, nullOptIn:
		return readOptIn(o, it.value)
	case referralKey:
		return &Referral{Origin: *o, ReferralDetails: readReferral(it.value)}
	case reactionKey:
		return readReaction(o, it.value)
	case deliveryKey:
		return readDelivery(o, it.value)
	case readKey:
		return readRead(o, it.value)
	case editKey:
		return readEdit(o, it.value)
	}
	return &Unknown{Origin: *o}
}

// readItem walks a messaging object once.
func readItem(raw gjson.Result) item {
	var it item
	if !raw.IsObject() {
		return it
	}
	for key, value := range raw.All() {
		switch key.Str {
		case "sender":
			it.sender = readParty(value)
		case "recipient":
			it.recipient = readParty(value)
		case "timestamp":
			it.time = instant(value)
		default:
			if k := keyOf(key.Str, value); k > it.key {
				it.key, it.value = k, value
			}
		}
	}
	return it
}

// keyOf returns which event key names, noKey if none or if its value is no object.
func keyOf(name string, value gjson.Result) eventKey {
	if name == "optin" && value.Type == gjson.Null {
		return nullOptIn
	}
	if !value.IsObject() {
		return noKey
	}
	switch name {
	case "message":
		return messageKey
	case "postback":
		return postbackKey
	case "optin":
		return optInKey
	case "referral":
		return referralKey
	case "reaction":
		return reactionKey
	case "message_edit":
		return editKey
	case "delivery":
		return deliveryKey
	case "read":
		return readKey
	}
	return noKey
}

// readParty reads a sender or recipient: an object, or the ID alone.
func readParty(v gjson.Result) party {
	if !v.IsObject() {
		return party{id: text(v)}
	}
	var p party
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			p.id = text(value)
		case "user_ref":
			p.userRef = text(value)
		}
	}
	return p
}

// settle fills in what depends on the direction of an item: Page, Person and Recipient; and the time. The
// Page sent an echo, and what is unknown and names the Page as its sender; the person sent all else, also
// where the entry has the person's ID, as in samples of Meta's.
func (o *Origin) settle(it *item, echo bool) {
	page, person := it.recipient, it.sender
	if echo || it.key == noKey && page.id != "" && person.id != "" && person.id == o.Page {
		page, person = person, page
	}
	if o.Page == "" {
		o.Page = page.id
	}
	o.Person = send.PSID(person.id)
	switch {
	case person.id != "":
		o.Recipient = send.Person(o.Person)
	case person.userRef != "":
		o.Recipient = send.UserRef(person.userRef)
	}
	o.Time = it.time
	if o.Time.IsZero() && o.wire.entryTime != "" {
		o.Time = instant(gjson.Parse(o.wire.entryTime))
	}
}
