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
	first             string       // the first event key, understood or not
	lead, hops, prior gjson.Result // what stands beside some events
}

// isMessaging reports whether there is anything of a messaging object about the item.
func (it *item) isMessaging() bool {
	return it.key != noKey || it.sender != party{} || it.recipient != party{}
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
	checkoutUpdateKey
	preCheckoutKey
	paymentKey
	gamePlayKey
	responseFeedbackKey
	policyKey
	linkingKey
	couponKey
	leadFormKey
	informationKey
	feedbackKey
	cartKey
	metadataKey
	rolesKey
	requestKey
	takeKey
	passKey
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
func (d *decoder) messaging(o *Origin, it *item) Event {
	if !d.known {
		it.key = noKey
	}
	if it.key == messageKey {
		return d.message(o, it)
	}
	o.settle(it, false)
	switch it.key {
	case postbackKey:
		return readPostback(o, it.value)
	case optInKey, nullOptIn:
		return readOptIn(o, it.value)
	case referralKey:
		return &Referral{Origin: *o, ReferralDetails: readReferral(it.value), Lead: readLead(it.lead)}
	case reactionKey:
		return readReaction(o, it.value)
	case editKey:
		return readEdit(o, it.value)
	case deliveryKey:
		return readDelivery(o, it.value)
	case readKey:
		return readRead(o, it.value)
	case passKey, takeKey, requestKey, metadataKey, rolesKey:
		return d.handover(o, it)
	}
	if e := d.rare(o, it); e != nil {
		return e
	}
	return &Unknown{Origin: *o, Key: it.first}
}

// rare decodes the kinds that few bots meet, and returns nil for all others.
func (d *decoder) rare(o *Origin, it *item) Event {
	switch it.key {
	case cartKey:
		return readCart(o, it.value)
	case feedbackKey:
		return readFeedback(o, it.value)
	case informationKey:
		return readInformation(o, it.value)
	case leadFormKey:
		return readLeadForm(o, it.value)
	case couponKey:
		return readCoupon(o, it)
	case linkingKey:
		return readLinking(o, it.value)
	case policyKey:
		return readPolicy(o, it.value)
	case responseFeedbackKey:
		return readResponseFeedback(o, it.value)
	case gamePlayKey:
		return readGamePlay(o, it.value)
	case paymentKey:
		return &Payment{*o, "payment", d.bytes(it.value)}
	case preCheckoutKey:
		return &Payment{*o, "pre_checkout", d.bytes(it.value)}
	case checkoutUpdateKey:
		return &Payment{*o, "checkout_update", d.bytes(it.value)}
	}
	return nil
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
		case "lead":
			it.lead = value
		case "hop_context":
			it.hops = value
		case "prior_message":
			it.prior = value
		default:
			if it.first == "" && value.Type != gjson.Null {
				it.first = key.Str
			}
			if k := keyOf(key.Str, value); k > it.key {
				it.key, it.value = k, value
			}
		}
	}
	it.first = valid(it.first)
	return it
}

// eventKeys are the keys whose values are objects. Nobody changes them.
var eventKeys = map[string]eventKey{
	"message": messageKey, "postback": postbackKey, "optin": optInKey, "referral": referralKey,
	"reaction": reactionKey, "message_edit": editKey, "delivery": deliveryKey, "read": readKey,
	"pass_thread_control": passKey, "take_thread_control": takeKey, "request_thread_control": requestKey,
	"app_roles": rolesKey, "pass_thread_metadata": metadataKey,
	"order": cartKey, "messaging_feedback": feedbackKey, "messaging_customer_information": informationKey,
	"form": leadFormKey, "template": couponKey,
	"account_linking": linkingKey, "policy_enforcement": policyKey, "policy-enforcement": policyKey,
	"response_feedback": responseFeedbackKey, "game_play": gamePlayKey,
	"payment": paymentKey, "pre_checkout": preCheckoutKey, "checkout_update": checkoutUpdateKey,
}

// keyOf returns which event key name is, noKey if none or if its value is no object.
func keyOf(name string, value gjson.Result) eventKey {
	if name == "optin" && value.Type == gjson.Null {
		return nullOptIn
	}
	if !value.IsObject() {
		return noKey
	}
	return eventKeys[name]
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
// Page sent an echo, unless that names it as the recipient, and what is unknown and names it as the sender.
// The person sent all else, also where the entry has the person's ID, as in samples of Meta's.
func (o *Origin) settle(it *item, echo bool) {
	page, person := it.recipient, it.sender
	reversed := page.id != "" && page.id == o.Page
	if echo && !reversed || it.key == noKey && page.id != "" && person.id != "" && person.id == o.Page {
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
