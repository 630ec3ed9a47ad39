package sendtest

import (
	"slices"
	"strings"
)

// parameters judges the shape of the parameters beside recipient and message. What is not known at the top
// level Meta ignores.
//
// Source: Meta, Page/messages reference; Send API, v25.0; Conversation Routing, 24 Sep 2025.
func (j *judge) parameters(call value) {
	persona, reply, control := call.at("persona_id"), call.at("reply_to"), call.at("thread_control")
	if !persona.absent() && !isID(persona.text()) {
		j.refuse(wrongKind, persona.name, "a numeric string")
	}
	if !persona.absent() && j.data().instagram {
		j.refuse(notOnInstagram)
	}
	if j.object(reply) {
		j.keys(reply, "mid")
		j.require(missingPart, reply.at("mid"))
		j.string(reply.at("mid"))
	}
	if j.object(control) {
		j.keys(control, "control_type", "app_id")
		j.oneOfFold(enumerated, control.at("control_type"), "pass", "release")
		if app := control.at("app_id"); !app.absent() && !isID(app.text()) {
			j.refuse(wrongKind, app.name, "a numeric string")
		}
	}
	j.oneOf(enumerated, call.at("folder"), "PARTNERSHIP")
	j.oneOf(enumerated, call.at("suggestion_action"), "ACCEPT", "DISMISS", "IMPRESSION")
}

// stored judges whether what the call names exists, as far as the state says.
func (j *judge) stored(call value) {
	state := &j.data().state
	persona, mid := call.at("persona_id"), call.at("reply_to").at("mid")
	j.persona(persona)
	psid := call.at("recipient").at("id").text()
	if state.Mids != nil && !mid.absent() {
		from, known := state.Mids[mid.text()]
		if (!known || from != psid) && !j.graph.sent(mid.text(), psid) {
			j.refuse(badReply)
		}
	}
	if state.RoutingOff && !call.at("thread_control").absent() {
		j.refuse(routingOff)
	}
	j.approved(call.at("message").at("template"))
}

// sent reports whether a message with this mid was sent to a person, or to a comment, a post or a token that
// may be theirs. It needs the lock.
func (g *Graph) sent(mid, psid string) bool {
	return mid != "" && slices.ContainsFunc(g.calls, func(c Call) bool {
		return c.MessageID == mid && (c.Recipient == psid || c.Recipient == "")
	})
}

// utility judges the shape of message[template].
func (j *judge) utility(t value) {
	if !j.object(t) {
		return
	}
	if j.data().instagram {
		j.refuse(notOnInstagram)
	}
	j.keys(t, "name", "language", "components")
	j.require(missingPart, t.at("name"), t.at("language"))
	language := t.at("language")
	if j.object(language) {
		j.keys(language, "code")
		j.require(missingPart, language.at("code"))
	}
	for _, component := range j.list(t.at("components")) {
		if !j.object(component) {
			return
		}
		j.keys(component, "type", "parameters")
		j.require(missingPart, component.at("type"))
		j.oneOfFold(enumerated, component.at("type"), "header", "body", "title", "buttons")
		for _, parameter := range j.list(component.at("parameters")) {
			if !j.object(parameter) {
				return
			}
			j.keys(parameter, "type", "text", "payload", "url", "parameter_name")
			j.require(missingPart, parameter.at("type"))
		}
	}
}

// sticker judges message[sticker_id], a number or its digits.
func (j *judge) sticker(id value) {
	switch {
	case id.absent():
	case !isID(id.text()):
		j.refuse(wrongKind, id.name, "a number")
	case j.data().instagram:
		j.refuse(notOnInstagram)
	}
}

// quickReplyData judges the data of a quick reply.
//
// Source: Meta, Page/messages reference.
func (j *judge) quickReplyData(data value) {
	if !j.object(data) {
		return
	}
	j.keys(data, "app", "dest_address", "sticker_id", "payment_amount", "payment_currency", "payment_type",
		"poll_options", "provider_name", "native_uri")
	for _, key := range []string{"sticker_id", "payment_amount"} {
		if number := data.at(key); !number.absent() && !isID(number.text()) {
			j.refuse(wrongKind, number.name, "a number")
		}
	}
	currency := data.at("payment_currency")
	if !currency.absent() && !isCurrency(currency.text()) {
		j.refuse(wrongKind, currency.name, "a currency code of ISO 4217")
	}
	j.oneOfFold(enumerated, data.at("payment_type"), "pay", "request")
	for _, option := range j.list(data.at("poll_options")) {
		j.string(option)
	}
}

// isCurrency reports whether s looks like a currency code: Meta wants capitals.
func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
