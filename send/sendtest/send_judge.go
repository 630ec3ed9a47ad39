package sendtest

import (
	"slices"
	"strings"
	"time"
)

// The messaging windows. Source: Meta, Send Messages, 2026; Send API, v25.0.
const (
	day         = 24 * time.Hour
	standard    = day
	humanAgents = 7 * day
)

// recipientKinds are the identifiers, of which a recipient has exactly one. The last is how the coupon page
// spells notification_messages_token. Source: Meta, Page/messages reference.
var recipientKinds = []string{
	"id", "user_ref", "phone_number", "comment_id", "post_id", "player_id", "login_id",
	"one_time_notif_token", "notification_messages_token", "notification_message_token",
}

// Message tags. Source: Meta, Page/messages reference; retirement: Send API, v25.0.
const (
	humanAgent       = "HUMAN_AGENT"
	customerFeedback = "CUSTOMER_FEEDBACK"
	newsMessaging    = "NON_PROMOTIONAL_SUBSCRIPTION"
)

var (
	retiredTags = []string{"ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"}
	retirement  = time.Date(2026, time.April, 27, 0, 0, 0, 0, time.UTC)
)

// send judges a call to /messages: shape, enumerations and limits, tag, recipient, window, attachments.
func (j *judge) send() {
	call := value{"", j.params.values}
	recipient, message, action := call.at("recipient"), call.at("message"), call.at("sender_action")
	j.recipient(recipient)
	switch {
	case message.absent() && action.absent():
		j.refuse(nothingSent)
	case !message.absent() && !action.absent():
		j.refuse(messageAndAction)
	}
	j.oneOf(badType, call.at("messaging_type"), "RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
	j.oneOf(badPush, call.at("notification_type"), "REGULAR", "SILENT_PUSH", "NO_PUSH")
	j.oneOfFold(badAction, action, "mark_seen", "typing_on", "typing_off", "react", "unreact")
	j.reaction(action.word(), call.at("payload"))
	if !message.absent() {
		j.message(message)
		j.tag(call)
	}
	j.person(recipient, call)
	j.oneTime(recipient.at("one_time_notif_token"))
	j.attached()
}

func (j *judge) recipient(r value) {
	if r.absent() {
		if j.params.unread {
			j.refuse(unreadBody)
		}
		j.refuse(recipientMissing, r.name)
		return
	}
	if r.empty() {
		j.refuse(recipientEmpty, r.name)
	}
	if !j.object(r) {
		return
	}
	j.keys(r, append(slices.Clone(recipientKinds), "name")...)
	kinds := 0
	for _, kind := range recipientKinds {
		if id := r.at(kind); !id.absent() {
			kinds++
			j.identifier(kind, id)
		}
	}
	switch {
	case kinds == 0:
		j.refuse(recipientEmpty, r.name)
	case kinds > 1:
		j.refuse(recipientTwice)
	}
	j.keys(r.at("name"), "first_name", "last_name")
}

// identifier judges one identifier of the recipient. A PSID is a string even where its digits would be a
// number.
func (j *judge) identifier(kind string, id value) {
	text, _ := id.v.(string)
	switch {
	case kind == "id" && !isID(text):
		j.refuse(recipientNotID)
	case text == "":
		j.refuse(wrongKind, id.name, "a non-empty string")
	}
}

// isID reports whether s is what Meta calls a numeric string.
func isID(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// reaction judges the payload of react and unreact.
func (j *judge) reaction(action string, payload value) {
	if action != "react" && action != "unreact" {
		return
	}
	j.require(badReaction, payload.at("message_id"))
	if action == "react" {
		j.require(badReaction, payload.at("reaction"))
	}
}

// tag judges the tag and whether the messaging type and the content go with it.
func (j *judge) tag(call value) {
	tag, kind := call.at("tag"), messagingType(call)
	name := tag.text()
	retired := slices.Contains(retiredTags, name)
	known := retired || name == humanAgent || name == customerFeedback || name == newsMessaging
	switch {
	case tag.absent() && kind == "MESSAGE_TAG":
		j.refuse(typeWithoutTag, tag.name)
	case kind == "UTILITY" && call.at("message").at("template").absent():
		j.refuse(utilityWithout)
	case tag.absent():
	case !known:
		j.refuse(badTag)
	case kind != "MESSAGE_TAG":
		j.refuse(tagWithoutType)
	case retired && !j.now.Before(retirement):
		j.refuse(tagRetired)
	case j.graph.Instagram && name != humanAgent:
		j.refuse(tagOnInstagram)
	case name == customerFeedback && j.template != "customer_feedback":
		j.refuse(feedbackContent)
	}
}

// messagingType returns the type a message is judged by: one without is a response, or a utility message if
// it is a utility template. Source: Meta, Postman collection, 2025; Utility Messages, 2026.
func messagingType(call value) string {
	kind := call.at("messaging_type")
	switch {
	case !kind.absent():
		return kind.text()
	case !call.at("message").at("template").absent():
		return "UTILITY"
	}
	return "RESPONSE"
}

// person judges whether Meta knows the person, and whether a message may reach them now. Other recipients
// than people have no window.
func (j *judge) person(recipient, call value) {
	id := recipient.at("id")
	if id.absent() {
		return
	}
	if strings.Trim(id.text(), "0") == "" || id.text() == j.page {
		j.refuse(noPerson)
	}
	p := j.graph.people[id.text()]
	if p == nil {
		p = new(person)
	}
	switch {
	case p.blocked:
		j.refuse(unavailable)
	case !p.opened.IsZero():
		j.window(j.now.Sub(p.opened), call)
	case j.graph.RefuseStrangers && j.graph.Instagram:
		j.refuse(strangerIG)
	case j.graph.RefuseStrangers:
		j.refuse(stranger)
	}
}

// window judges a message so long after the person last acted. Sender actions have no window.
func (j *judge) window(since time.Duration, call value) {
	if call.at("message").absent() {
		return
	}
	limit, closed := standard, windowClosed
	switch tag := call.at("tag").text(); {
	case messagingType(call) == "UTILITY" || slices.Contains(retiredTags, tag):
		return
	case tag == humanAgent:
		limit, closed = humanAgents, agentLate
	case tag == customerFeedback:
		limit, closed = humanAgents, feedbackLate
	case tag == newsMessaging:
		closed = newsClosed
	}
	if since <= limit {
		return
	}
	if j.graph.Instagram {
		ig := windowClosedIG
		if closed.id != windowClosed.id {
			ig.id = closed.id
		}
		closed = ig
	}
	j.refuse(closed)
}

// oneTime refuses a one-time token that was used before.
func (j *judge) oneTime(token value) {
	if j.graph.spent[token.text()] {
		j.refuse(tokenSpent)
	}
}
