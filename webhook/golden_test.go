package webhook_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// The parties of all golden payloads.
const (
	page      = "104000000000001"
	person    = "7100000000000001"
	account   = "17840000000000001"
	igPerson  = "9000000000001"
	entryTime = 1763715600123
)

// from is the origin of an item of a person on Messenger, fromInstagram of one on Instagram.
func from(ms int64) webhook.Origin {
	return webhook.Origin{
		Page: page, Person: person, Recipient: send.Person(person), Time: time.UnixMilli(ms).UTC(),
	}
}

func fromInstagram(ms int64) webhook.Origin {
	return webhook.Origin{
		Channel: send.Instagram, Page: account, Person: igPerson, Recipient: send.Person(igPerson),
		Time: time.UnixMilli(ms).UTC(),
	}
}

// ignoring compares what others can see of an event, except its raw bytes.
var ignoring = cmp.Options{
	cmpopts.IgnoreUnexported(webhook.Origin{}, webhook.Edit{}, webhook.Custom{}),
	cmpopts.IgnoreFields(webhook.Origin{}, "Raw"),
}

// ignoringOrigin compares nothing but what the kind itself says.
var ignoringOrigin = cmpopts.IgnoreTypes(webhook.Origin{})

// second returns the time n seconds after 1970.
func second(n int64) time.Time { return time.Unix(n, 0).UTC() }

// goldenMessages are the events of most bots.
func goldenMessages() map[string]webhook.Event {
	return map[string]webhook.Event{
		"message-text": &webhook.Message{Origin: from(1763715599987), Mid: "m_T1", Text: "Grüß dich 👋 a/b"},
		"message-quick-reply": &webhook.Message{
			Origin: from(1763715600987), Mid: "m_T2", Text: "Green",
			QuickReply: &webhook.QuickReply{Payload: "COLOR:GREEN"},
		},
		"message-attachments": &webhook.Message{
			Origin: from(1763715605987), Mid: "m_A1", StickerID: "369239263222822",
			Attachments: []webhook.Attachment{
				{
					Type: "image", URL: "https://scontent.example/a.jpg",
					Payload: json.RawMessage(`{"url":"https:\/\/scontent.example\/a.jpg"}`),
				},
				{
					Type: "sticker", URL: "https://scontent.example/s.png", StickerID: "369239263222822",
					Payload: json.RawMessage(`{"url":"https:\/\/scontent.example\/s.png","sticker_id":369239263222822}`),
				},
				{
					Type: "location", Coordinates: &webhook.Coordinates{Lat: 48.8566, Long: 2.3522},
					Payload: json.RawMessage(`{"coordinates":{"lat":48.8566,"long":2.3522}}`),
				},
				{Type: "fallback", Title: "A video", URL: "https://l.example/abc"},
				{Type: "ephemeral"},
			},
		},
		"message-reply-to": &webhook.Message{
			Origin: from(1763715601987), Mid: "m_T3", Text: "this one",
			ReplyTo: &webhook.ReplyTo{Mid: "m_OUR9", Self: true},
		},
		"message-from-ad": &webhook.Message{
			Origin: from(1763715604987), Mid: "m_T6", Text: "Hello",
			Referral: &webhook.ReferralDetails{
				Ref: "spring", Source: "ADS", Type: "OPEN_THREAD", AdID: "6302500000001",
				Ad: &webhook.AdContext{
					Title: "Spring sale", PhotoURL: "https://scontent.example/p.jpg",
					VideoURL: "https://scontent.example/v.jpg", PostID: "559200000001", ProductID: "5512345",
					FlowID: "880001",
				},
			},
		},
		"postback": &webhook.Postback{
			Origin: from(1763715640987), Mid: "m_P1", Title: "Get Started", Payload: "GET_STARTED",
			Referral: &webhook.ReferralDetails{Ref: "flyer_12", Source: "SHORTLINK", Type: "OPEN_THREAD"},
		},
		"echo": &webhook.Echo{
			Origin: from(1763715623987), Mid: "m_OUR1", Text: "On its way",
			AppID: "1517770000000001", Metadata: "order-42",
		},
		"delivery": &webhook.Delivery{
			Origin: from(1763715621987), Mids: []string{"m_OUR1", "m_OUR2"},
			Watermark: time.UnixMilli(1763715621500).UTC(),
		},
		"read": &webhook.Read{Origin: from(1763715622987), Watermark: time.UnixMilli(1763715621500).UTC()},
		"reaction": &webhook.Reaction{
			Origin: from(1763715630987), Mid: "m_OUR1", Action: webhook.ActionReact, Reaction: "love", Emoji: "❤️",
		},
		"referral-lead": &webhook.Referral{
			Origin: from(1763715655000),
			ReferralDetails: webhook.ReferralDetails{
				Source: "ADS", Type: "LEAD_COMPLETE", AdID: "6302500000001",
				Ad: &webhook.AdContext{
					Title: "Resellers", PostID: "559200000001", PhotoURL: "https://scontent.example/p.jpg",
				},
			},
			Lead: []webhook.Answer{{"City?", "Lyon"}},
		},
		"optin-checkbox": &webhook.OptIn{
			Origin: webhook.Origin{
				Page: page, Recipient: send.UserRef("ur_9f3a"), Time: time.UnixMilli(1763715661987).UTC(),
			},
			Ref: "checkout_77", UserRef: "ur_9f3a",
		},
		"optin-one-time": &webhook.OptIn{
			Origin: from(1763715662987), Type: "one_time_notif_req", Payload: "BACK_IN_STOCK:42",
			OneTimeToken: "3200000000000001",
		},
		"optin-notification": &webhook.OptIn{
			Origin: from(1763715663987), Type: "notification_messages", Payload: "WEEKLY_DEALS",
			Title: "Weekly deals", Ref: "flyer_12", Source: "SHORTLINK", NotificationToken: "8800000000000001",
			Topic: "weekly deals", Frequency: "WEEKLY", Timezone: "Europe/Paris", Status: "STOP NOTIFICATIONS",
			TokenExpiry: time.UnixMilli(1787475663987).UTC(), TokenStatus: "NOT_REFRESHED",
		},
		"standby": &webhook.Standby{
			Event: &webhook.Message{Origin: from(1763715709987), Mid: "m_S1", Text: "still there?"},
		},
		"edit": &webhook.Edit{
			Origin: from(1763715620987), Mid: "m_T1", Text: "Where is my order 42?", Number: 1,
		},
		"test-button": &webhook.Postback{
			Origin: from(1763715640000), Mid: "m_P2", Title: "Menu", Payload: "MENU",
		},
	}
}

func TestDecodeGolden(t *testing.T) {
	tests := make(map[string]webhook.Event)
	for _, part := range []map[string]webhook.Event{
		goldenMessages(), goldenMoreMessages(), goldenThread(), goldenForms(), goldenChanges(), goldenInstagram(),
	} {
		maps.Copy(tests, part)
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			body := golden(t, name)
			events, err := webhook.Decode(body)
			if err != nil || len(events) != 1 {
				t.Fatalf("%d events, error %v", len(events), err)
			}
			if diff := cmp.Diff(want, events[0], ignoring); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if got := events[0].From().Raw; !bytes.Equal(got, items(t, body)[0]) {
				t.Errorf("raw is\n%s", got)
			}
			checkStored(t, events[0])
		})
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) != len(tests)+1 { // and the stored form of an own event
		t.Errorf("%d files, %d tests, error %v", len(files), len(tests), err)
	}
}

// golden reads a file of testdata.
func golden(tb testing.TB, name string) []byte {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// items returns the raw items of a body by means that share nothing with the package, nil if it is no
// envelope.
func items(tb testing.TB, body []byte) []json.RawMessage {
	tb.Helper()
	var envelope map[string]json.RawMessage
	var entries []json.RawMessage
	if json.Unmarshal(body, &envelope) != nil {
		return nil
	}
	switch entry := envelope["entry"]; {
	case entry == nil || string(entry) == "null":
		entries = []json.RawMessage{bytes.TrimSpace(body)} // a bare change
	case json.Unmarshal(entry, &entries) != nil:
		entries = []json.RawMessage{entry}
	}
	var all []json.RawMessage
	for _, raw := range entries {
		var entry map[string]json.RawMessage
		if json.Unmarshal(raw, &entry) != nil {
			continue
		}
		for _, section := range []string{"messaging", "standby", "changes"} {
			var list []json.RawMessage
			if json.Unmarshal(entry[section], &list) == nil {
				all = append(all, list...)
			}
		}
		if entry["field"] != nil {
			all = append(all, raw)
		}
	}
	return all
}
