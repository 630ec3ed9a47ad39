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

// person judges whether Meta knows the person, and whether a message may reach them now. Other recipients
// than people have no window.
func (j *judge) person(recipient, call value) {
	state, id := &j.data().state, recipient.at("id")
	if !recipient.at("phone_number").absent() {
		j.permission("pages_messaging_phone_number")
	}
	if state.Restricted && !call.at("message").absent() {
		j.refuse(restricted)
	}
	if id.absent() {
		return
	}
	if strings.Trim(id.text(), "0") == "" || id.text() == j.page {
		j.refuse(noPerson)
	}
	p := j.data().people[id.text()]
	if p == nil {
		p = new(person)
	}
	switch {
	case p.blocked:
		j.refuse(unavailable)
	case state.Testers != nil && !slices.Contains(state.Testers, id.text()):
		j.refuse(notTester)
	case !p.opened.IsZero():
		j.thread(id.text(), call)
		j.window(j.now.Sub(p.opened), call)
	case j.graph.RefuseStrangers && j.data().instagram:
		j.refuse(strangerIG)
	case j.graph.RefuseStrangers:
		j.refuse(stranger)
	default:
		j.thread(id.text(), call)
	}
}

// thread judges whether the app may write in a thread now. Sender actions are not judged.
func (j *judge) thread(psid string, call value) {
	switch standby := j.data().standby(psid, j.now); {
	case call.at("message").absent():
	case standby && j.data().instagram:
		j.refuse(otherOwnerIG)
	case standby:
		j.refuse(otherOwner)
	case slices.Contains(j.data().state.LeadFlows, psid):
		j.refuse(leadFlow)
	}
}

// window judges a call so long after the person last acted. Sender actions have a window only if the state
// says so.
func (j *judge) window(since time.Duration, call value) {
	limit, closed := standard, windowClosed
	switch tag := call.at("tag").text(); {
	case call.at("message").absent() && !j.data().state.WindowedActions:
		return
	case call.at("message").absent():
		closed = actionLate
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
	if j.data().instagram {
		ig := windowClosedIG
		if closed.id != windowClosed.id {
			ig.id, ig.conf = closed.id, closed.conf
		}
		closed = ig
	}
	j.refuse(closed)
}

// tokens judges the tokens that stand for a person: a one-time token is good once, and if the state lists
// tokens they must be among them, in time.
func (j *judge) tokens(recipient value) {
	oneTime := recipient.at("one_time_notif_token")
	if j.data().spent[oneTime.text()] {
		j.refuse(tokenSpent, "one_time_notif_token")
	}
	for _, key := range tokenKinds {
		token := recipient.at(key)
		if token.absent() || j.data().state.Tokens == nil {
			continue
		}
		known, ok := j.data().state.Tokens[token.text()]
		switch {
		case !ok || !known.Expires.IsZero() && !j.now.Before(known.Expires):
			j.refuse(tokenSpent, key)
		case j.now.Before(known.Next):
			j.refuse(tokenEarly)
		}
	}
}

// tokenKinds are the identifiers that are tokens; the last is how the coupon page spells the second.
var tokenKinds = []string{"one_time_notif_token", "notification_messages_token", "notification_message_token"}
