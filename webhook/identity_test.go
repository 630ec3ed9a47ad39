package webhook_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// one decodes a body with one item.
func one(t *testing.T, body string) webhook.Event {
	t.Helper()
	events, err := webhook.Decode([]byte(body))
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, error %v: %s", len(events), err, body)
	}
	return events[0]
}

// parties begins an item of person 7.
const parties = `"sender":{"id":"7"},"recipient":{"id":"1"},"timestamp":1763715600000,`

func TestID(t *testing.T) {
	tests := map[string]struct{ item, want string }{
		"a message":                           {`"message":{"mid":"m_1","text":"hi"}`, "message:m_1"},
		"a tap":                               {`"postback":{"mid":"m_1"}`, "postback:m_1"},
		"an echo":                             {`"message":{"mid":"m_1","is_echo":true}`, "echo:m_1"},
		"an edit":                             {`"message_edit":{"mid":"m_1","num_edit":2}`, "edit:m_1:2"},
		"an edit, spelled as in old packages": {`"message_edit":{"mid":"m_1","num_edits":"2"}`, "edit:m_1:2"},
		"an unsend":                           {`"message":{"mid":"m_1","is_deleted":true}`, "unsend:m_1"},
		"an unsent echo":                      {`"message":{"mid":"m_1","is_deleted":true,"is_echo":true}`, "unsend:m_1"},
		"a reaction":                          {`"reaction":{"mid":"m_1","action":"react"}`, "reaction:m_1:7:react:1763715600000"},
		"a reaction removed":                  {`"reaction":{"mid":"m_1","action":"unreact"}`, "reaction:m_1:7:unreact:1763715600000"},
		"a read":                              {`"read":{"watermark":1763715599000}`, "read:7:1763715599000"},
		"a read on Instagram":                 {`"read":{"mid":"m_1"}`, "read:7:m_1"},
		"a delivery": {
			`"delivery":{"watermark":1763715599000,"mids":["m_1","m_2"]}`, "delivery:7:1763715599000:m_1,m_2",
		},
		"a thumb up": {
			`"response_feedback":{"mid":"m_1","feedback":"Good response"}`,
			"response_feedback:m_1:7:Good response:1763715600000",
		},
		"a delivery without mids": {`"delivery":{"watermark":1763715599000}`, "delivery:7:1763715599000:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := one(t, wrap(`{`+parties+test.item+`}`)).ID(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestIDOfOneMid has one mid in six events, which must not be taken for one.
func TestIDOfOneMid(t *testing.T) {
	message := `{` + parties + `"message":{"mid":"m_1","text":"hi"}}`
	bodies := []string{
		wrap(message),
		wrap(`{` + parties + `"message":{"mid":"m_1","text":"hi","is_echo":true}}`),
		wrap(`{` + parties + `"message_edit":{"mid":"m_1","text":"ho","num_edit":1}}`),
		wrap(`{` + parties + `"message":{"mid":"m_1","is_deleted":true}}`),
		wrap(`{` + parties + `"message_edit":{"mid":"m_1","text":"hm","num_edit":2}}`),
		wrap(`{` + parties + `"reaction":{"mid":"m_1","action":"react"}}`),
		wrap(`{` + parties + `"response_feedback":{"mid":"m_1","feedback":"Good response"}}`),
		wrap(`{` + parties + `"response_feedback":{"mid":"m_1","feedback":"Bad response"}}`),
		`{"object":"page","entry":[{"id":"1","standby":[` + message + `]}]}`,
	}
	seen := make(map[string]string)
	for _, body := range bodies {
		id := one(t, body).ID()
		if other, ok := seen[id]; ok {
			t.Errorf("%q is the ID of both\n%s\n%s", id, body, other)
		}
		seen[id] = body
	}
}

// TestIDByContent checks events that nothing but their bytes identifies.
func TestIDByContent(t *testing.T) {
	for name, kind := range map[string]string{
		`"optin":{"ref":"x"}`:                           "optin",
		`"referral":{"ref":"x"}`:                        "referral",
		`"message":{"text":"no mid"}`:                   "message",
		`"read":{}`:                                     "read",
		`"delivery":{}`:                                 "delivery",
		`"reaction":{"action":"react"}`:                 "reaction",
		`"message_edit":{"text":"no mid","num_edit":1}`: "edit",
		`"message_edit":{"mid":"no number"}`:            "edit",
		`"message_edit":{"mid":"m_1","num_edit":0}`:     "edit",
		`"message":{"is_deleted":true}`:                 "unsend",
		`"response_feedback":{"feedback":"x"}`:          "response_feedback",
		`"account_linking":{"status":"linked"}`:         "account_linking",
		`"pass_thread_control":{"metadata":"x"}`:        "handover",
		`"policy_enforcement":{"action":"block"}`:       "policy_enforcement",
		`"messaging_feedback":{}`:                       "feedback",
		`"messaging_customer_information":{}`:           "customer_information",
		`"order":{}`:                                    "cart",
		`"form":{"id":"1"}`:                             "lead_form",
		`"template":{"type":"coupon"}`:                  "coupon",
		`"game_play":{}`:                                "game_play",
		`"payment":{}`:                                  "payment",
		`"something":{}`:                                "unknown",
	} {
		t.Run(name, func(t *testing.T) {
			item := `{` + parties + name + `}`
			// SHA-256 of object, entry ID, field and the item's raw bytes, each but the last with its length
			sum := sha256.Sum256([]byte("4:page1:19:messaging" + item))
			want := kind + ":" + hex.EncodeToString(sum[:])
			if got := one(t, wrap(item)).ID(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			for what, other := range map[string]string{
				"of another entry":   strings.Replace(wrap(item), `"id":"1","time"`, `"id":"2","time"`, 1),
				"of another object":  strings.Replace(wrap(item), `"page"`, `"instagram"`, 1),
				"with another space": wrap(` {` + " " + parties + name + `}`),
			} {
				if one(t, other).ID() == want {
					t.Errorf("the same item %s has the same ID", what)
				}
			}
		})
	}
}

func TestIDIsBounded(t *testing.T) {
	mid := strings.Repeat("m", 100_000)
	for _, item := range []string{
		`"message":{"mid":"` + mid + `"}`, `"message_edit":{"mid":"` + mid + `"}`,
		`"delivery":{"mids":["` + mid + `"]}`, `"message":{"is_deleted":true,"mid":"` + mid + `"}`,
	} {
		if id := one(t, wrap(`{`+parties+item+`}`)).ID(); len(id) > 600 {
			t.Errorf("an ID of %d bytes", len(id))
		}
	}
}

func TestOpens(t *testing.T) {
	at := time.UnixMilli(1763715600000).UTC()
	action, ad := &send.Window{Opened: at}, &send.Window{Opened: at, By: send.ByAd}
	tests := map[string]struct {
		item string
		want *send.Window // nil: does not open
	}{
		"a message":                     {`"message":{"text":"hi"}`, action},
		"an unsupported message":        {`"message":{"is_unsupported":true}`, action},
		"a message from an ad":          {`"message":{"referral":{"source":"ADS"}}`, ad},
		"a message from an ad by ID":    {`"message":{"referral":{"ad_id":"6"}}`, ad},
		"a message from a product page": {`"message":{"referral":{"product":{"id":"5"}}}`, action},
		"a postback":                    {`"postback":{"payload":"P"}`, action},
		"a postback from an ad":         {`"postback":{"referral":{"source":"ADS"}}`, ad},
		"a link":                        {`"referral":{"source":"SHORTLINK"}`, action},
		"an ad":                         {`"referral":{"ads_context_data":{"ad_title":"t"}}`, ad},
		"an opt-in":                     {`"optin":{"ref":"r"}`, action},
		"a reaction":                    {`"reaction":{"mid":"m","action":"react"}`, action},
		"an echo":                       {`"message":{"is_echo":true}`, nil},
		"an unsend":                     {`"message":{"mid":"m","is_deleted":true}`, nil},
		"an edit":                       {`"message_edit":{"mid":"m"}`, nil},
		"a delivery":                    {`"delivery":{"watermark":1}`, nil},
		"a read":                        {`"read":{"watermark":1}`, nil},
		"a cart":                        {`"order":{"note":"n"}`, action},
		"feedback":                      {`"messaging_feedback":{}`, action},
		"customer information":          {`"messaging_customer_information":{}`, action},
		"a form":                        {`"form":{"id":"1"}`, action},
		"a coupon":                      {`"template":{"type":"coupon"}`, action},
		"account linking":               {`"account_linking":{"status":"linked"}`, nil},
		"policy enforcement":            {`"policy_enforcement":{"action":"block"}`, nil},
		"a handover":                    {`"pass_thread_control":{}`, nil},
		"a game":                        {`"game_play":{}`, nil},
		"a thumb up":                    {`"response_feedback":{"feedback":"Good response"}`, nil},
		"a payment":                     {`"payment":{}`, nil},
		"something":                     {`"something":{}`, nil},
	}
	for name, test := range tests {
		for section := range map[string]bool{"messaging": true, "standby": true} {
			t.Run(name+" in "+section, func(t *testing.T) {
				body := `{"object":"page","entry":[{"id":"1","` + section + `":[{` + parties + test.item + `}]}]}`
				got, opens := webhook.Opens(one(t, body))
				if opens != (test.want != nil) || opens && got != *test.want {
					t.Errorf("got %v, %v, want %v", got, opens, test.want)
				}
			})
		}
	}
	comment := one(t, `{"entry":[{"id":"1","changes":[{"field":"feed","value":{"item":"comment"}}]}]}`)
	if _, opens := webhook.Opens(comment); opens {
		t.Error("a comment opens the window")
	}
	own := webhook.NewCustom(send.Messenger, "1", "7", "x", "reminder", at, nil)
	if _, opens := webhook.Opens(own); opens {
		t.Error("an own event opens the window")
	}
}
