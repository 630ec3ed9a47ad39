package send

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// NotificationOptIn is a person's permission to send them notification messages on a topic: with Token, by
// [NotificationToken]. What Meta leaves out is the zero value.
//
// Source: Meta's machine-readable specification of the Graph API, 2026 (UserPageOneTimeOptInTokenSettings);
// Notification Messages (legacy), 2026.
type NotificationOptIn struct {
	// Token stands for the person and the topic.
	Token string
	// Person is whom it reaches.
	Person PSID
	// Topic is the title under which the person opted in.
	Topic string
	// Status is whether the token was renewed: "REFRESHED" or "NOT_REFRESHED".
	Status string
	// Created is when the person opted in, Expires when the token ends.
	Created, Expires time.Time
	// Next is when the next message may go, NextPaid when the next paid one may.
	Next, NextPaid time.Time
	// Timezone is the person's, such as "Europe/Paris".
	Timezone string
	// ReOptIn is "ENABLED" or "DISABLED".
	ReOptIn string
	// Frequency is "DAILY", "WEEKLY" or "MONTHLY".
	//
	// Deprecated: Meta removed it in version 16.0 of the Graph API; use Next instead.
	Frequency string
	// Audiences are the IDs of the custom audiences that the person belongs to.
	Audiences []string
}

// NotificationQuery narrows [Client.NotificationTokens]. The zero value is all of them.
type NotificationQuery struct {
	// Audiences are the IDs of custom audiences whose people are looked for.
	Audiences []string
	// Unique leaves out further tokens of the same person.
	Unique bool
}

// NotificationTokens yields the people who have opted in to notification messages, with their tokens. Each
// page of the list is a call, made when the one before is consumed. A token is a permission: keep it out of
// logs. Its errors are those of [Client.Graph]; the first ends the list.
//
// Source: Meta's machine-readable specification of the Graph API, 2026 (Page/notification_message_tokens).
func (c *Client) NotificationTokens(
	ctx context.Context, q NotificationQuery,
) iter.Seq2[NotificationOptIn, error] {
	params := map[string]any{}
	if len(q.Audiences) > 0 {
		params["custom_audience_ids"] = q.Audiences
	}
	if q.Unique {
		params["do_not_return_duplicates"] = true
	}
	return list(ctx, c.get, "me/notification_message_tokens", params, (*wireOptIn).optIn)
}

// AllowFollowUp lets a person with a role on the app get one more notification message under token at once,
// without the delay that Meta keeps between two: for tests. Its errors are those of [Client.Graph]; after
// [ErrUnsure] it may be called again.
//
// Source: Meta, Page/notification_messages_dev_support, 2026.
func (c *Client) AllowFollowUp(ctx context.Context, token string) error {
	if token == "" {
		return &FieldError{Field: "recipient.notification_messages_token", Problem: "missing"}
	}
	return c.do(ctx, http.MethodPost, "me/notification_messages_dev_support", map[string]any{
		"recipient":        map[string]any{"notification_messages_token": token},
		"developer_action": "ENABLE_FOLLOWUP_MESSAGE",
	})
}

// wireOptIn is an opt-in on the wire.
type wireOptIn struct {
	Person    nodeID   `json:"recipient_id"`
	Token     nodeID   `json:"notification_messages_token"`
	Frequency string   `json:"notification_messages_frequency"`
	ReOptIn   string   `json:"notification_messages_reoptin"`
	Timezone  string   `json:"notification_messages_timezone"`
	Created   wireTime `json:"creation_timestamp"`
	Expires   wireTime `json:"token_expiry_timestamp"`
	Status    string   `json:"user_token_status"`
	Topic     string   `json:"topic_title"`
	Next      wireTime `json:"next_eligible_time"`
	NextPaid  wireTime `json:"next_eligible_time_for_paid_messaging"`
	Audiences []nodeID `json:"custom_audience_ids"`
}

func (w *wireOptIn) optIn() NotificationOptIn {
	o := NotificationOptIn{
		Token: string(w.Token), Person: PSID(w.Person), Topic: w.Topic, Status: w.Status,
		Created: w.Created.time(), Expires: w.Expires.time(),
		Next: w.Next.time(), NextPaid: w.NextPaid.time(),
		Timezone: w.Timezone, ReOptIn: w.ReOptIn, Frequency: w.Frequency,
	}
	for _, id := range w.Audiences {
		o.Audiences = append(o.Audiences, string(id))
	}
	return o
}
