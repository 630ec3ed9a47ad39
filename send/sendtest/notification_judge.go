package sendtest

import (
	"maps"
	"slices"
	"time"
)

// listTokens is GET of the edge notification_message_tokens: the notification tokens of the state that are of
// a person. Custom audiences are not known here; the filter by them is not heeded.
//
// Source: Meta, Page/notification_message_tokens reference, 2026. In which unit Meta writes its times is not
// documented: here it is milliseconds.
func (j *judge) listTokens(*Call) any {
	d, unique := j.data(), value{"", j.params.values}.at("do_not_return_duplicates").isTrue()
	met := map[string]bool{}
	var items []any
	for _, name := range slices.Sorted(maps.Keys(d.state.Tokens)) {
		t := d.state.Tokens[name]
		if t.PSID == "" || unique && met[t.PSID] {
			continue
		}
		met[t.PSID] = true
		shown := map[string]any{
			"recipient_id": t.PSID, "notification_messages_token": name, "topic_title": t.Topic,
			"user_token_status": "NOT_REFRESHED",
		}
		for key, at := range map[string]time.Time{
			"token_expiry_timestamp": t.Expires, "next_eligible_time": t.Next,
		} {
			if !at.IsZero() {
				shown[key] = at.UnixMilli()
			}
		}
		items = append(items, shown)
	}
	return j.paged("notification_message_tokens", items)
}

// supportToken is POST to the edge notification_messages_dev_support: the next message need not wait.
//
// Source: Meta, Page/notification_messages_dev_support reference, 2026.
func (j *judge) supportToken(*Call) any {
	call, d := value{"", j.params.values}, j.data()
	token, action := call.at("recipient").at("notification_messages_token"), call.at("developer_action")
	j.require(missingPart, token, action)
	j.oneOf(enumerated, action, "ENABLE_FOLLOWUP_MESSAGE")
	known, ok := d.state.Tokens[token.text()]
	if d.state.Tokens != nil && (!ok || !known.Expires.IsZero() && !j.now.Before(known.Expires)) {
		j.refuse(tokenSpent, "notification_messages_token")
	}
	if j.refused == nil && ok {
		known.Next = time.Time{}
		d.state.Tokens[token.text()] = known
	}
	return succeeded
}
