package send_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

func TestNotificationTokens(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"GET/me/notification_message_tokens": `{"data":[{"recipient_id":7100000000000001,
			"notification_messages_token":"8800000000000001","notification_messages_frequency":"WEEKLY",
			"notification_messages_reoptin":"ENABLED","notification_messages_timezone":"Europe/Paris",
			"creation_timestamp":1763715600,"token_expiry_timestamp":1787475663987,
			"user_token_status":"NOT_REFRESHED","topic_title":"Weekly deals","next_eligible_time":"1763802000",
			"next_eligible_time_for_paid_messaging":0,"custom_audience_ids":[12,"13"]},
			{"notification_messages_token":"8800000000000002","recipient_id":"7100000000000002"}]}`,
	})
	client := graph.client(t, send.Config{})
	got, err := gather(client.NotificationTokens(t.Context(), send.NotificationQuery{
		Audiences: []string{"12"}, Unique: true,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []send.NotificationOptIn{{
		Token: "8800000000000001", Person: "7100000000000001", Topic: "Weekly deals", Status: "NOT_REFRESHED",
		Created: time.Unix(1763715600, 0).UTC(), Expires: time.UnixMilli(1787475663987).UTC(),
		Next: time.Unix(1763802000, 0).UTC(), Timezone: "Europe/Paris", ReOptIn: "ENABLED",
		Frequency: "WEEKLY", Audiences: []string{"12", "13"},
	}, {Token: "8800000000000002", Person: "7100000000000002"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("NotificationTokens (-want +got):\n%s", diff)
	}
	asked := map[string]string{"custom_audience_ids": `["12"]`, "do_not_return_duplicates": "true"}
	if diff := cmp.Diff(asked, graph.calls[0].query); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
	graph.calls = nil
	if _, err := gather(client.NotificationTokens(t.Context(), send.NotificationQuery{})); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{}, graph.calls[0].query); diff != "" {
		t.Errorf("call for all (-want +got):\n%s", diff)
	}
}

func TestNotificationTokensFail(t *testing.T) {
	t.Parallel()
	got, err := gather(newPastGraph(nil).client(t, send.Config{}).
		NotificationTokens(t.Context(), send.NotificationQuery{}))
	if len(got) != 0 || !errors.Is(err, send.ErrPermission) {
		t.Errorf("NotificationTokens = %v, %v; want Meta's refusal", got, err)
	}
}

func TestAllowFollowUp(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"POST/me/notification_messages_dev_support": `{"success":true}`,
	})
	client := graph.client(t, send.Config{})
	if err := client.AllowFollowUp(t.Context(), "8800000000000001"); err != nil {
		t.Fatal(err)
	}
	const want = `{"developer_action":"ENABLE_FOLLOWUP_MESSAGE",` +
		`"recipient":{"notification_messages_token":"8800000000000001"}}`
	if !json.Valid([]byte(graph.calls[0].body)) || graph.calls[0].body != want {
		t.Errorf("body %s, want %s", graph.calls[0].body, want)
	}
	if err := client.AllowFollowUp(t.Context(), ""); !errors.Is(err, send.ErrInvalid) || len(graph.calls) != 1 {
		t.Errorf("AllowFollowUp of no token: %v, want send.ErrInvalid before a call", err)
	}
}
