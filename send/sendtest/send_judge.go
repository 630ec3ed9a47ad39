package sendtest

import (
	"slices"
	"strings"
	"time"
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
	j.countSend()
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
	j.parameters(call)
	if !message.absent() {
		j.message(message)
		j.tag(call)
	}
	j.person(recipient, call)
	j.tokens(recipient)
	j.comment(recipient)
	j.stored(call)
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
	if j.data().instagram && (!r.at("user_ref").absent() || !r.at("post_id").absent() ||
		!r.at("one_time_notif_token").absent()) {
		j.refuse(notOnInstagram)
	}
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
	mid, reaction := payload.at("message_id"), payload.at("reaction")
	switch {
	case mid.empty():
		j.refuse(badReaction, mid.name)
	case action == "react" && reaction.empty():
		j.refuse(badReaction, reaction.name)
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
	case j.data().instagram && name != humanAgent:
		j.refuse(tagOnInstagram)
	case name == humanAgent && j.data().state.NoHumanAgent:
		j.refuse(agentNotApproved)
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
