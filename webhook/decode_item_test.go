package webhook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/webhook"
)

// preference is the order that Decode documents, each key with the kind that it makes.
var preference = [][2]string{
	{"message", "message"},
	{"postback", "postback"},
	{"optin", "optin"},
	{"referral", "referral"},
	{"reaction", "reaction"},
	{"message_edit", "edit"},
	{"delivery", "delivery"},
	{"read", "read"},
	{"pass_thread_control", "pass"},
	{"take_thread_control", "take"},
	{"request_thread_control", "request"},
	{"app_roles", "roles"},
	{"pass_thread_metadata", "metadata"},
	{"order", "cart"},
	{"messaging_feedback", "feedback"},
	{"messaging_customer_information", "customer_information"},
	{"form", "lead_form"},
	{"template", "coupon"},
	{"account_linking", "account_linking"},
	{"policy_enforcement", "policy_enforcement"},
	{"response_feedback", "response_feedback"},
	{"game_play", "game_play"},
	{"payment", "payment"},
	{"pre_checkout", "pre_checkout"},
	{"checkout_update", "checkout_update"},
	{"unheard_of", "unknown"},
}

// kindIn returns the kind of e, or what tells it from others of the kind.
func kindIn(e webhook.Event) string {
	switch e := e.(type) {
	case *webhook.Handover:
		return e.Action
	case *webhook.Payment:
		return e.Name
	default:
		return e.Kind()
	}
}

// TestDecodePreference has two event keys in one item, in either order.
func TestDecodePreference(t *testing.T) {
	for i, first := range preference {
		for _, second := range preference[i+1:] {
			a, b := `"`+first[0]+`":{}`, `"`+second[0]+`":{}`
			for _, item := range []string{a + `,` + b, b + `,` + a} {
				if got := kindIn(one(t, wrap(`{`+parties+item+`}`))); got != first[1] {
					t.Errorf("%s is a %s, want a %s", item, got, first[1])
				}
			}
		}
		alone := wrap(`{` + parties + `"` + first[0] + `":null,"optin":null}`)
		if got := one(t, alone).Kind(); got != "optin" {
			t.Errorf("two nulls are a %s", got)
		}
		notObject := one(t, wrap(`{`+parties+`"`+first[0]+`":"x"}`))
		if u, ok := notObject.(*webhook.Unknown); !ok || u.Key != first[0] {
			t.Errorf("a string for %s is %#v", first[0], notObject)
		}
	}
}

// TestDecodeKeyTwice has one key twice; the first counts.
func TestDecodeKeyTwice(t *testing.T) {
	if id := one(t, wrap(`{"message":{"mid":"a"},"message":{"mid":"b"}}`)).ID(); id != "message:a" {
		t.Errorf("ID %q", id)
	}
	e := one(t, `{"entry":[{"hop_context":{"app_id":1},"hop_context":null,"messaging":[{"message":{}}]}]}`)
	checkStored(t, e)
	if hops := hopsOf(e); hops != nil {
		t.Errorf("hops %v", hops)
	}
}

func TestUnknownKey(t *testing.T) {
	tests := map[string]struct{ item, want string }{
		"one":                     {`"branded_camera":{}`, "branded_camera"},
		"of a string":             {`"message_request":"accept"`, "message_request"},
		"the first of two":        {`"b":1,"a":{}`, "b"},
		"none":                    {``, ""},
		"only what stands beside": {`"lead":{},"hop_context":{},"prior_message":{}`, ""},
		"a null is none":          {`"a":null,"b":false`, "b"},
		"a template of another":   {`"template":{"type":"receipt"}`, "template"},
		"escaped":                 {`"\u00e4":1`, "ä"},
		"broken UTF-8":            {"\"\xff\":1", "\uFFFD"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := one(t, wrap(strings.TrimSuffix(`{`+parties+test.item, ",")+`}`))
			checkStored(t, e)
			if u, ok := e.(*webhook.Unknown); !ok || u.Key != test.want {
				t.Errorf("got %#v, want the key %q", e, test.want)
			}
		})
	}
	other := one(t, `{"object":"user","entry":[{"messaging":[{"sender":{"id":"1"},"message":{"mid":"m"}}]}]}`)
	if u, ok := other.(*webhook.Unknown); !ok || u.Key != "message" {
		t.Errorf("a message of another object is %#v", other)
	}
}

func TestDecodeHops(t *testing.T) {
	hop := func(id string) webhook.Hop { return webhook.Hop{AppID: id, Metadata: "x"} }
	longest := strings.Repeat("x", 2048-len(`{"app_id":"","metadata":"x"}`))
	tests := map[string]struct {
		beside, entry string // the JSON of hop_context, empty for none
		want          []webhook.Hop
	}{
		"none":                       {``, ``, nil},
		"an object beside the event": {`{"app_id":1,"metadata":"x"}`, ``, []webhook.Hop{hop("1")}},
		"a list beside the event": {
			`[{"app_id":1,"metadata":"x"},5,{"app_id":"2","metadata":"x"}]`, ``, []webhook.Hop{hop("1"), hop("2")},
		},
		"an object in the entry":    {``, `{"app_id":1,"metadata":"x"}`, []webhook.Hop{hop("1")}},
		"a list in the entry":       {``, `[{"app_id":1,"metadata":"x"}]`, []webhook.Hop{hop("1")}},
		"both, the event's own":     {`{"app_id":1,"metadata":"x"}`, `[{"app_id":2,"metadata":"x"}]`, []webhook.Hop{hop("1")}},
		"an empty list":             {`[]`, `[]`, nil},
		"a null":                    {`null`, `null`, nil},
		"a string":                  {`"x"`, `"x"`, nil},
		"as long as can be":         {`{"app_id":"` + longest + `","metadata":"x"}`, ``, []webhook.Hop{hop(longest)}},
		"longer than anybody needs": {`{"app_id":"x` + longest + `","metadata":"x"}`, ``, nil},
		"too long in the entry":     {``, `{"app_id":"x` + longest + `","metadata":"x"}`, nil},
	}
	for name, test := range tests {
		for _, event := range []string{`"message":{"mid":"m"}`, `"take_thread_control":{}`, `"app_roles":{}`} {
			t.Run(name+" "+event, func(t *testing.T) {
				item, entry := event, ``
				if test.beside != "" {
					item += `,"hop_context":` + test.beside
				}
				if test.entry != "" {
					entry = `,"hop_context":` + test.entry
				}
				e := one(t, `{"entry":[{"messaging":[{`+item+`}]`+entry+`}]}`)
				checkStored(t, e)
				if diff := cmp.Diff(test.want, hopsOf(e)); diff != "" {
					t.Errorf("want -, got +:\n%s", diff)
				}
			})
		}
	}
}

func hopsOf(e webhook.Event) []webhook.Hop {
	switch e := e.(type) {
	case *webhook.Message:
		return e.Hops
	case *webhook.Handover:
		return e.Hops
	default:
		return nil
	}
}

// TestDecodeHopsOfEntry has several entries and items: each entry's hops belong to its items and no others.
func TestDecodeHopsOfEntry(t *testing.T) {
	item := `{"message":{"mid":"m"}}`
	events, err := webhook.Decode([]byte(`{"entry":[` +
		`{"hop_context":[{"app_id":1}],"messaging":[` + item + `,` + item + `]},{"messaging":[` + item + `]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, 0, len(events))
	for _, e := range events {
		checkStored(t, e)
		got = append(got, fmt.Sprint(hopsOf(e)))
	}
	if want := []string{"[{1 }]", "[{1 }]", "[]"}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLeadSummary(t *testing.T) {
	lead := []webhook.Hop{{Metadata: "other"}, {Metadata: "messenger_lead_gen_complete"}}
	tests := map[string]struct {
		message webhook.Message
		want    bool
	}{
		"a summary":             {webhook.Message{Text: "Lead summary: City? Lyon", Hops: lead}, true},
		"a person's words":      {webhook.Message{Text: "Lead summary: City? Lyon"}, false},
		"after another handing": {webhook.Message{Text: "Lead summary: x", Hops: lead[:1]}, false},
		"after the lead ad":     {webhook.Message{Text: "Thanks. Lead summary: x", Hops: lead}, false},
	}
	for name, test := range tests {
		if got := test.message.LeadSummary(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestDecodeLenient has values of other types than Meta documents.
func TestDecodeLenient(t *testing.T) {
	tests := map[string]struct {
		item string
		want webhook.Event
	}{
		"roles that are no lists": {
			`"app_roles":{"1":"primary_receiver","2":null,"3":["a",4,null]}`,
			&webhook.Handover{
				Action: webhook.HandoverRoles,
				Roles:  map[string][]string{"1": {"primary_receiver"}, "2": nil, "3": {"a", "4", ""}},
			},
		},
		"commands and tags that are no objects": {
			`"message":{"commands":[5,{"name":7},{}],"tags":{"source":"x"},"nlp":null,"is_self":false}`,
			&webhook.Message{Commands: []string{"7"}},
		},
		"the payload of another type": {
			`"message":{"attachments":[{"payload":{"status":"x","product":5},"type":"file"}]}`,
			&webhook.Message{Attachments: []webhook.Attachment{{Type: "file", Payload: []byte(`{"status":"x","product":5}`)}}},
		},
		"an appointment before its type": {
			`"message":{"attachments":[{"payload":{"end_time":"5"},"type":"appointment_booking"}]}`,
			&webhook.Message{Attachments: []webhook.Attachment{{
				Type: "appointment_booking", Booking: &webhook.Booking{End: second(5)}, Payload: []byte(`{"end_time":"5"}`),
			}}},
		},
		"title and URL in and beside a payload": {
			`"message":{"attachments":[{"title":"a","url":"b","payload":{"title":"c","url":"d"}},{"title":"a","url":"b"}]}`,
			&webhook.Message{Attachments: []webhook.Attachment{
				{Title: "c", URL: "d", Payload: []byte(`{"title":"c","url":"d"}`)}, {Title: "a", URL: "b"},
			}},
		},
		"a link, as of old": {
			`"message":{"attachments":[{"type":"fallback","title":"a","URL":"b","payload":null}]}`,
			&webhook.Message{Attachments: []webhook.Attachment{{Type: "fallback", Title: "a", URL: "b"}}},
		},
		"a sticker in the message, as of old": {`"message":{"sticker_id":369239263222822}`, &webhook.Message{
			StickerID: "369239263222822",
		}},
		"products that are no objects": {
			`"message":{"attachments":[{"payload":{"product":{"elements":[5,{"id":6}],"x":1}}}]}`,
			&webhook.Message{Attachments: []webhook.Attachment{{
				Products: []webhook.Product{{ID: "6"}}, Payload: []byte(`{"product":{"elements":[5,{"id":6}],"x":1}}`),
			}}},
		},
		"a lead without answers": {`"referral":{},"lead":{"data":[null,{"question":"q"}]}`, &webhook.Referral{
			Lead: []webhook.Answer{{Question: "q"}},
		}},
		"a lead that is no object": {`"referral":{},"lead":[1]`, &webhook.Referral{}},
		"an edit in other numbers": {`"message_edit":{"num_edit":"2.0"}`, &webhook.Edit{Number: 2}},
		"an edit without number":   {`"message_edit":{"num_edit":true}`, &webhook.Edit{}},
		"feedback without screens": {`"messaging_feedback":{"feedback_screens":{"questions":{}}}`, &webhook.Feedback{}},
		"feedback with odd questions": {
			`"messaging_feedback":{"feedback_screens":[5,{"screen_id":"s","questions":[]},{"questions":{"a":5,"b":{"follow_up":"x"}}}]}`,
			&webhook.Feedback{Screens: []webhook.FeedbackScreen{
				{ID: "s"}, {Questions: map[string]webhook.FeedbackAnswer{"b": {}}},
			}},
		},
		"a cart with odd quantities": {
			`"order":{"products":[{"quantity":1e300},{"quantity":true},{"quantity":"two"},{"quantity":3.7},{"quantity":-1}]}`,
			&webhook.Cart{Products: []webhook.CartProduct{{}, {}, {}, {Quantity: 3}, {Quantity: -1}}},
		},
		"a coupon without its type": {`"template":{"coupon_code":5}`, &webhook.Coupon{Code: "5"}},
		"a prior message without":   {`"message":{},"prior_message":"x"`, &webhook.Message{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := one(t, wrap(`{`+test.item+`}`))
			checkStored(t, e)
			if diff := cmp.Diff(test.want, e, ignoring, ignoringOrigin); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}
