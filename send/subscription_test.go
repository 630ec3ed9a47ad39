package send_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// Source: Meta, Webhooks, and Page/subscribed_apps reference, 2026: a "true" that is a string occurs.
func TestSubscriptionsOnTheWire(t *testing.T) {
	t.Parallel()
	client, graph := scripted(t, send.Config{}, `{"success":"true"}`,
		`{"data":[{"category":"Messenger bots","link":"https://shop.example","name":"Shop","id":1517770000000001,
			"subscribed_fields":["messages","messaging_postbacks"]}]}`,
		`{"success":true}`, `{"data":[]}`)
	ctx := t.Context()
	if err := client.Subscribe(ctx, "messages", "messaging_postbacks"); err != nil {
		t.Error(err)
	}
	read := func() (apps []send.Subscription) {
		for app, err := range client.Subscriptions(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			apps = append(apps, app)
		}
		return apps
	}
	want := []send.Subscription{{
		App: "1517770000000001", Name: "Shop", Category: "Messenger bots", Link: "https://shop.example",
		Fields: []string{"messages", "messaging_postbacks"},
	}}
	if got := read(); !cmp.Equal(got, want) {
		t.Errorf("Subscriptions %+v, want %+v", got, want)
	}
	if err := client.Unsubscribe(ctx); err != nil {
		t.Error(err)
	}
	if got := read(); got != nil {
		t.Errorf("Subscriptions %+v, want none", got)
	}
	graph.want(t,
		peopleCall{"POST", "me/subscribed_apps", `{"subscribed_fields":"messages,messaging_postbacks"}`},
		peopleCall{"GET", "me/subscribed_apps", ""},
		peopleCall{"DELETE", "me/subscribed_apps", ""},
		peopleCall{"GET", "me/subscribed_apps", ""},
	)
}

// Which names some of Meta's pages print, and which its API takes, for a Page and for an account of Instagram
// Login. Source: Meta, Page webhook field reference, 2 September 2026.
func TestSubscribeNames(t *testing.T) {
	t.Parallel()
	page, linked, login := send.Config{}, send.Config{Channel: send.Instagram}, send.Config{InstagramLogin: true}
	tests := map[string]struct {
		cfg    send.Config
		fields []string
		wrong  []string
		say    string // of the right name
	}{
		"handover":                        {page, []string{"messages", "messaging_handover"}, []string{"subscribed_fields[1]"}, "messaging_handovers"},
		"referral":                        {page, []string{"messaging_referral"}, []string{"subscribed_fields[0]"}, "messaging_referrals"},
		"template status":                 {page, []string{"messenger_template_status_update"}, []string{"subscribed_fields[0]"}, "message_template_status_update"},
		"the Page of an Instagram":        {linked, []string{"messaging_handover"}, []string{"subscribed_fields[0]"}, "messaging_handovers"},
		"handovers with Instagram Login":  {login, []string{"messaging_handovers"}, []string{"subscribed_fields[0]"}, "messaging_handover"},
		"referrals with Instagram Login":  {login, []string{"messaging_referrals"}, []string{"subscribed_fields[0]"}, "messaging_referral"},
		"the right ones":                  {page, []string{"messaging_handovers", "messaging_referrals", "message_template_status_update"}, nil, ""},
		"the right ones, Instagram Login": {login, []string{"messaging_handover", "messaging_referral", "messaging_seen"}, nil, ""},
		"one that is new":                 {page, []string{"messaging_something"}, nil, ""},
		"none":                            {page, nil, []string{"subscribed_fields"}, ""},
		"an empty one":                    {page, []string{"messages", ""}, []string{"subscribed_fields[1]"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, graph := scripted(t, test.cfg, `{"success":true}`)
			err := client.Subscribe(t.Context(), test.fields...)
			wantField(t, err, test.wrong...)
			if called := len(graph.calls) == 1; called != (test.wrong == nil) {
				t.Errorf("%d calls after %v", len(graph.calls), err)
			}
			if field, ok := errors.AsType[*send.FieldError](err); ok && test.say != "" &&
				field.Problem != "no field of this name: Meta calls it "+test.say {
				t.Errorf("error %v, want one that names %s", err, test.say)
			}
		})
	}
}
