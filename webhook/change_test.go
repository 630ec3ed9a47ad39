package webhook_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// TestDecodeChange has a change in all the places that one stands in.
func TestDecodeChange(t *testing.T) {
	tests := map[string]struct {
		body                string
		object, page, field string
		value               string // "none" if there is none
		time                int64  // in seconds; 0 for none
	}{
		"in changes": {
			`{"object":"page","entry":[{"id":"P","time":5,"changes":[{"field":"feed","value":{"a":1}}]}]}`,
			"page", "P", "feed", `{"a":1}`, 5,
		},
		"in the entry": {
			`{"object":"instagram","entry":[{"id":"P","time":5,"field":"comments","value":{"a":1}}]}`,
			"instagram", "P", "comments", `{"a":1}`, 5,
		},
		"as the body":      {`{"field":"feed","value":{"a":1}}`, "", "", "feed", `{"a":1}`, 0},
		"a string":         {`{"entry":[{"changes":[{"field":"email","value":"a@b"}]}]}`, "", "", "email", `"a@b"`, 0},
		"a null":           {`{"entry":[{"changes":[{"field":"name","value":null}]}]}`, "", "", "name", "none", 0},
		"no value":         {`{"entry":[{"changes":[{"field":"name","verb":"x"}]}]}`, "", "", "name", "none", 0},
		"no field":         {`{"entry":[{"changes":[{"value":{"a":1}}]}]}`, "", "", "", `{"a":1}`, 0},
		"a field of digit": {`{"entry":[{"changes":[{"field":7}]}]}`, "", "", "7", "none", 0},
		"of another object": {
			`{"object":"user","entry":[{"id":"U","changes":[{"field":"email","value":"a@b"}]}]}`,
			"user", "U", "email", `"a@b"`, 0,
		},
		"messaging words of another object": {
			`{"object":"whatsapp_business_account","entry":[{"id":"W","changes":[{"field":"messages","value":{"a":1}}]}]}`,
			"whatsapp_business_account", "W", "messages", `{"a":1}`, 0,
		},
		"a messaging field without a messaging object": {
			`{"entry":[{"changes":[{"field":"messages","value":{"page_id":"1"}}]}]}`, "", "", "messages", `{"page_id":"1"}`, 0,
		},
		"a messaging field without an object": {
			`{"entry":[{"changes":[{"field":"messages","value":"x"}]}]}`, "", "", "messages", `"x"`, 0,
		},
		"integrity of messaging": {
			`{"entry":[{"changes":[{"field":"messaging_integrity","value":{"sender":{"id":"1"}}}]}]}`,
			"", "", "messaging_integrity", `{"sender":{"id":"1"}}`, 0,
		},
		"marketing, flat in changes": {
			`{"object":"page","entry":[{"id":"P","time":5,"changes":[{"field":"marketing_message_reads","page_id":9,"timestamp":7}]}]}`,
			"page", "P", "marketing_message_reads", `{"field":"marketing_message_reads","page_id":9,"timestamp":7}`, 7,
		},
		"marketing, flat in the entry": {
			`{"entry":[{"field":"marketing_message_reads","page_id":9,"timestamp":7}]}`,
			"", "9", "marketing_message_reads", `{"field":"marketing_message_reads","page_id":9,"timestamp":7}`, 7,
		},
		"marketing with a value": {
			`{"entry":[{"changes":[{"field":"marketing_message_reads","page_id":9,"timestamp":7,"value":{"mid":"m"}}]}]}`,
			"", "", "marketing_message_reads", `{"mid":"m"}`, 0,
		},
		"subscribers of marketing": {
			`{"entry":[{"changes":[{"field":"marketing_messages_subscriber_upload_status","page_id":"9"}]}]}`,
			"", "9", "marketing_messages_subscriber_upload_status",
			`{"field":"marketing_messages_subscriber_upload_status","page_id":"9"}`, 0,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := one(t, test.body)
			checkStored(t, e)
			c, ok := e.(*webhook.Change)
			if !ok {
				t.Fatalf("a %s", e.Kind())
			}
			value := "none"
			if c.Value != nil {
				value = string(c.Value)
			}
			if c.Object != test.object || c.Page != test.page || c.Field != test.field || value != test.value {
				t.Errorf("object %q, Page %q, field %q, value %s", c.Object, c.Page, c.Field, value)
			}
			if got := c.Time; test.time == 0 && !got.IsZero() || test.time != 0 && got.Unix() != test.time {
				t.Errorf("time %s", got)
			}
			if c.Person != "" || c.Recipient != (send.Recipient{}) {
				t.Errorf("person %q, recipient %v", c.Person, c.Recipient)
			}
		})
	}
}

// TestDecodeTestButton has a messaging object as the value of a change, in the entry and as the body.
func TestDecodeTestButton(t *testing.T) {
	for field, event := range map[string]string{
		"messages": `message message`, "message_echoes": `message message`, "message_edits": `message_edit edit`,
		"message_edit": `message_edit edit`, "message_deliveries": `delivery delivery`,
		"message_reads": `read read`, "messaging_seen": `read read`, "message_reactions": `reaction reaction`,
		"messaging_postbacks": `postback postback`, "messaging_referral": `referral referral`,
		"messaging_optins": `optin optin`, "messaging_account_linking": `account_linking account_linking`,
		"messaging_policy_enforcement": `policy_enforcement policy_enforcement`,
		"messaging_handovers":          `pass_thread_control handover`, "messaging_handover": `pass_thread_metadata handover`,
		"messaging_game_plays": `game_play game_play`, "messaging_feedback": `messaging_feedback feedback`,
		"messaging_customer_information":       `messaging_customer_information customer_information`,
		"messaging_in_thread_lead_form_submit": `form lead_form`, "send_cart": `order cart`,
		"response_feedback": `response_feedback response_feedback`, "messaging_payments": `payment payment`,
		"messaging_appointments": `appointment unknown`, "standby": `message standby`,
	} {
		key, kind, _ := strings.Cut(event, " ")
		change := `"field":"` + field + `","value":{` + parties + `"` + key + `":{}}`
		for name, body := range map[string]string{
			"in changes":   `{"object":"page","entry":[{"id":"1","changes":[{` + change + `}]}]}`,
			"in the entry": `{"object":"page","entry":[{"id":"1",` + change + `}]}`,
			"as the body":  `{` + change + `}`,
		} {
			t.Run(field+" "+name, func(t *testing.T) {
				e := one(t, body)
				checkStored(t, e)
				if e.Kind() != kind {
					t.Errorf("a %s, want a %s", e.Kind(), kind)
				}
				checkOrigin(t, e.From(), "1", "7", "7", "7")
			})
		}
	}
}

// TestDecodeTestButtonInPart has what is enough to take a value for a messaging object.
func TestDecodeTestButtonInPart(t *testing.T) {
	for value, want := range map[string]string{
		`{"message":{}}`:              "message",
		`{"sender":{"id":"7"}}`:       "unknown",
		`{"recipient":{"id":"1"}}`:    "unknown",
		`{"timestamp":1763715600000}`: "change",
		`[{"sender":{"id":"7"}}]`:     "change",
	} {
		if got := one(t, `{"field":"messages","value":`+value+`}`).Kind(); got != want {
			t.Errorf("%s is a %s, want a %s", value, got, want)
		}
	}
}

func TestChangeComment(t *testing.T) {
	written, told := time.Unix(1763715760, 0).UTC(), time.Unix(1763715761, 0).UTC()
	tests := map[string]struct {
		object, field, value string
		want                 *webhook.Comment // nil: it is none
	}{
		"on a Page": {
			"page", "feed", `{"from":{"id":"7","name":"Ana"},"item":"comment","verb":"add","comment_id":"9_8",` +
				`"post_id":"1_9","parent_id":"1_9","created_time":1763715760,"message":"price?"}`,
			&webhook.Comment{
				ID: "9_8", PostID: "1_9", ParentID: "1_9", Text: "price?", FromID: "7", FromName: "Ana",
				Verb: webhook.VerbAdd, Time: written,
			},
		},
		"of the Page itself": {
			"page", "feed", `{"from":{"id":"1"},"item":"comment","comment_id":"9_8"}`,
			&webhook.Comment{ID: "9_8", FromID: "1", Own: true, Time: told},
		},
		"as in old webhooks": {
			"page", "feed", `{"sender_id":1,"sender_name":"Shop","item":"comment","comment_id":"9_8","verb":"edited"}`,
			&webhook.Comment{ID: "9_8", FromID: "1", FromName: "Shop", Own: true, Verb: webhook.VerbEdited, Time: told},
		},
		"of both ways, the new one": {
			"page", "feed", `{"sender_id":1,"from":{"name":"Ana"},"sender_name":"Shop","item":"comment"}`,
			&webhook.Comment{FromName: "Ana", Time: told},
		},
		"of nobody":         {"", "feed", `{"item":"comment","from":null}`, &webhook.Comment{Time: told}},
		"at no known time":  {"page", "feed", `{"item":"comment","created_time":"x"}`, &webhook.Comment{Time: told}},
		"in a group":        {"page", "group_feed", `{"item":"comment"}`, &webhook.Comment{Time: told}},
		"that mentions":     {"page", "mention", `{"item":"comment"}`, &webhook.Comment{Time: told}},
		"a post":            {"page", "feed", `{"item":"post","post_id":"1_9"}`, nil},
		"a string":          {"page", "feed", `"comment"`, nil},
		"no value":          {"page", "feed", `null`, nil},
		"of another object": {"user", "feed", `{"item":"comment"}`, nil},
		"on Instagram": {
			"instagram", "comments", `{"id":"17900","from":{"id":"7","username":"ana"},"text":"price?","parent_id":"17899",` +
				`"media":{"id":"18010","media_product_type":"AD","ad_id":"63","ad_title":"Spring","original_media_id":"18009"}}`,
			&webhook.Comment{
				ID: "17900", ParentID: "17899", MediaID: "18010", MediaType: "AD", AdID: "63", AdTitle: "Spring",
				OriginalMediaID: "18009", Text: "price?", FromID: "7", FromName: "ana", Time: told,
			},
		},
		"live, of the account itself": {
			"instagram", "live_comments", `{"id":17900,"from":{"id":1},"media":5,"timestamp":1763715760}`,
			&webhook.Comment{ID: "17900", FromID: "1", Own: true, Time: written},
		},
		"a mention on Instagram": {"instagram", "mentions", `{"comment_id":"17900","item":"comment"}`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := one(t, `{"object":"`+test.object+`","entry":[{"id":"1","time":1763715761,"changes":[{"field":"`+
				test.field+`","value":`+test.value+`}]}]}`)
			comment, ok := e.(*webhook.Change).Comment()
			if ok != (test.want != nil) {
				t.Fatalf("%v, %+v", ok, comment)
			}
			if ok {
				if diff := cmp.Diff(*test.want, comment); diff != "" {
					t.Errorf("want -, got +:\n%s", diff)
				}
			}
		})
	}
}

func TestChangeCommentOfNoPage(t *testing.T) {
	e := one(t, `{"field":"feed","value":{"item":"comment"}}`)
	if comment, ok := e.(*webhook.Change).Comment(); !ok || comment.Own {
		t.Errorf("%v, %+v", ok, comment)
	}
}

func TestChangeDecode(t *testing.T) {
	c := webhook.Change{Field: "inbox_labels", Value: json.RawMessage(`{"action":"add","label":{"id":"5"}}`)}
	var value struct {
		Action string
		Label  struct{ ID string }
	}
	if err := c.Decode(&value); err != nil || value.Action != "add" || value.Label.ID != "5" {
		t.Errorf("%+v, error %v", value, err)
	}
	var number struct{ Action int }
	for name, err := range map[string]error{
		"a value that does not fit": c.Decode(&number),
		"no value":                  (&webhook.Change{Field: "inbox_labels"}).Decode(&value),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), `webhook: decode change of "inbox_labels": `) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
