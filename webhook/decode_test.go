package webhook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
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
	cmpopts.IgnoreUnexported(webhook.Origin{}, webhook.Unknown{}, webhook.Custom{}),
	cmpopts.IgnoreFields(webhook.Origin{}, "Raw"),
}

func TestDecodeGolden(t *testing.T) {
	tests := map[string]webhook.Event{
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
		"instagram-story-reply": &webhook.Message{
			Origin: fromInstagram(1763715799987), Mid: "aWdfM1", Text: "nice!",
			ReplyTo: &webhook.ReplyTo{StoryID: "18000000001", StoryURL: "https://lookaside.example/s"},
		},
		"instagram-unsupported": &webhook.Message{
			Origin: fromInstagram(1763715803987), Mid: "aWdfM3", Unsupported: true,
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
		"read":           &webhook.Read{Origin: from(1763715622987), Watermark: time.UnixMilli(1763715621500).UTC()},
		"instagram-read": &webhook.Read{Origin: fromInstagram(1763715807987), Mid: "aWdfM4"},
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
		"edit":             &webhook.Unknown{Origin: from(1763715620987)},
		"instagram-unsend": &webhook.Unknown{Origin: fromInstagram(1763715802987)},
		"account-linking":  &webhook.Unknown{Origin: from(1763715670987)},
		"comment": &webhook.Unknown{
			Origin: webhook.Origin{Page: page, Time: time.Unix(1763715761, 0).UTC()},
		},
		"test-button": &webhook.Postback{
			Origin: from(1763715640000), Mid: "m_P2", Title: "Menu", Payload: "MENU",
		},
		"instagram-flat": &webhook.Unknown{
			Origin: webhook.Origin{
				Channel: send.Instagram, Page: account, Time: time.Unix(1763715810, 0).UTC(),
			},
		},
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
func golden(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// items returns the raw items of a body by means that share nothing with the package, nil if it is no envelope.
func items(t testing.TB, body []byte) []json.RawMessage {
	t.Helper()
	var envelope map[string]json.RawMessage
	var entries []json.RawMessage
	if json.Unmarshal(body, &envelope) != nil || json.Unmarshal(envelope["entry"], &entries) != nil {
		return nil
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

func TestDecodeEnvelope(t *testing.T) {
	text := `{"sender":{"id":"1"},"recipient":{"id":"2"},"message":{"mid":"m","text":"x"}}`
	tests := map[string]struct {
		body string
		want string // the kinds, or "error"
	}{
		"not JSON":                {`{"object":"page","entry":[`, "error"},
		"nothing":                 {``, "error"},
		"an empty object":         {`{}`, "error"},
		"a list":                  {`[]`, "error"},
		"a string":                {`"x"`, "error"},
		"no entry":                {`{"object":"page"}`, "error"},
		"a null for entry":        {`{"object":"page","entry":null}`, "error"},
		"an object for entry":     {`{"object":"page","entry":{"messaging":[` + text + `]}}`, "error"},
		"two bodies":              {`{"entry":[]}{"entry":[]}`, "error"},
		"no entries":              {`{"object":"page","entry":[]}`, ""},
		"an empty entry":          {`{"object":"page","entry":[{}]}`, ""},
		"a null for messaging":    {`{"object":"page","entry":[{"messaging":null}]}`, ""},
		"no object":               {`{"entry":[{"messaging":[` + text + `]}]}`, "message"},
		"an unknown object":       {`{"object":"user","entry":[{"messaging":[` + text + `]}]}`, "unknown"},
		"a number for object":     {`{"object":1,"entry":[{"messaging":[` + text + `]}]}`, "unknown"},
		"a bare change":           {`{"field":"messages","value":{"page_id":"1"}}`, "unknown"},
		"a bare messaging change": {` {"field":"messages","value":` + text + `} `, "message"},
		"an object for messaging": {`{"entry":[{"messaging":` + text + `}]}`, "message"},
		"a string for messaging":  {`{"entry":[{"messaging":"x"}]}`, "unknown"},
		"a number for an entry":   {`{"entry":[5,{"messaging":[` + text + `]}]}`, "unknown message"},
		"bad items among good": {
			`{"entry":[{"messaging":[null,` + text + `,[],"x",{},` + text + `]}]}`,
			"unknown message unknown unknown unknown message",
		},
		"all lists of an entry": {
			`{"entry":[{"changes":[{"field":"feed"}],"standby":[` + text + `],"messaging":[` + text + `]}]}`,
			"message standby unknown",
		},
		"a standby in a change": {`{"entry":[{"changes":[{"field":"standby","value":` + text + `}]}]}`, "standby"},
		"messaging words in another field": {
			`{"entry":[{"changes":[{"field":"feed","value":` + text + `}]}]}`, "unknown",
		},
		"a string for message": {`{"object":"page","entry":[{"messaging":[{"message":"TEST_MESSAGE"}]}]}`, "unknown"},
		"a null for message":   {`{"entry":[{"messaging":[{"message":null}]}]}`, "unknown"},
		"a message and a postback": {
			`{"entry":[{"messaging":[{"postback":{"payload":"P"},"message":{"mid":"m"}}]}]}`, "message",
		},
		"a null beside a postback": {
			`{"entry":[{"messaging":[{"message":null,"optin":null,"postback":{"payload":"P"}}]}]}`, "postback",
		},
		"invalid UTF-8": {"{\"entry\":[{\"messaging\":[{\"message\":{\"text\":\"\xff\xfe\"}}]}]}", "message"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			events, err := webhook.Decode([]byte(test.body))
			if test.want == "error" {
				if !errors.Is(err, webhook.ErrMalformed) || events != nil {
					t.Errorf("%d events, error %v", len(events), err)
				}
				return
			}
			var kinds []string
			for _, e := range events {
				kinds = append(kinds, e.Kind())
				checkStored(t, e)
			}
			if got := strings.Join(kinds, " "); got != test.want || err != nil {
				t.Errorf("got %q, want %q, error %v", got, test.want, err)
			}
		})
	}
}

func TestDecodeNesting(t *testing.T) {
	body := func(levels int) []byte {
		levels -= 5 // the envelope and the item
		return []byte(wrap(`{"x":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`))
	}
	for _, levels := range []int{10_000, 200_000} {
		if _, err := webhook.Decode(body(levels)); !errors.Is(err, webhook.ErrMalformed) {
			t.Errorf("%d levels: error %v", levels, err)
		}
	}
	events, err := webhook.Decode(body(9_990))
	if err != nil {
		t.Fatal(err)
	}
	checkStored(t, events[0])

	bare := `{"field":"feed","value":` + strings.Repeat("[", 9_989) + strings.Repeat("]", 9_989) + `}`
	if events, err = webhook.Decode([]byte(bare)); err != nil {
		t.Fatal(err)
	}
	checkStored(t, events[0])
}

func TestDecodeTypes(t *testing.T) {
	at := time.UnixMilli(1763715599987).UTC()
	second := time.Unix(1763715599, 0).UTC()
	entry := time.UnixMilli(entryTime).UTC()
	tests := map[string]struct {
		timestamp string
		want      time.Time
	}{
		"milliseconds":           {`1763715599987`, at},
		"milliseconds, float":    {`1763715599987.0`, at},
		"milliseconds, exponent": {`1.763715599987e12`, at},
		"milliseconds, string":   {`"1763715599987"`, at},
		"seconds":                {`1763715599`, second},
		"seconds, string":        {`"1763715599"`, second},
		"seconds, float":         {`1763715599.987`, at},
		"RFC 3339":               {`"2025-11-21T08:59:59Z"`, second},
		"zone without colon":     {`"2025-11-21T09:59:59+0100"`, second},
		"null":                   {`null`, entry},
		"a word":                 {`"TIMESTAMP"`, entry},
		"an object":              {`{}`, entry},
		"zero":                   {`0`, entry},
		"negative":               {`-9223372036854775808`, entry},
		"huge":                   {`9223372036854775807`, entry},
		"beyond int64":           {`99999999999999999999999`, entry},
		"beyond float64":         {`1e999`, entry},
		"not a number":           {`"NaN"`, entry},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body := `{"object":"page","entry":[{"id":1,"messaging":[{"sender":{"id":9007199254740993},"recipient":{"id":1},` +
				`"timestamp":` + test.timestamp + `,"message":{"mid":1,"text":2}}],"time":1763715600123}]}`
			events, err := webhook.Decode([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			m, ok := events[0].(*webhook.Message)
			if !ok {
				t.Fatalf("a %s", events[0].Kind())
			}
			if !m.Time.Equal(test.want) {
				t.Errorf("time %s, want %s", m.Time, test.want)
			}
			if m.Page != "1" || m.Person != "9007199254740993" || m.Mid != "1" || m.Text != "2" {
				t.Errorf("page %q, person %q, mid %q, text %q", m.Page, m.Person, m.Mid, m.Text)
			}
			checkStored(t, m)
		})
	}
}

// TestDecodeText compares the text with what encoding/json makes of the same string.
func TestDecodeText(t *testing.T) {
	tests := map[string]string{
		"plain":                    `"hello"`,
		"escaped":                  `"\u00e4\u00f6\u00e5 \"\\\/\b\f\n\r\t"`,
		"a surrogate pair":         `"\ud83d\udc4b"`,
		"half a pair":              `"\ud83d"`,
		"half a pair, then a text": `"\ud83d\u0041bc"`,
		"the wrong half":           `"\udc4bx"`,
		"two first halves":         `"\ud83d\ud83d\udc4b"`,
		"a replacement character":  `"a\ufffdb"`,
		"broken UTF-8":             "\"a\xff\xfeb\xc3\"",
		"broken and escaped":       "\"\\u0041\xff\\ud83d\"",
		"NUL":                      `"a\u0000b"`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			var want string
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			events, err := webhook.Decode([]byte(wrap(`{"message":{"text":` + text + `}}`)))
			if err != nil {
				t.Fatal(err)
			}
			if got := events[0].(*webhook.Message).Text; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestDecodeParties(t *testing.T) {
	tests := map[string]struct {
		entry, item            string
		page, person, lane, to string
	}{
		"a message": {`"id":"P"`, `"sender":{"id":"A"},"recipient":{"id":"P"},"message":{}`, "P", "A", "A", "A"},
		"an echo": {
			`"id":"P"`, `"sender":{"id":"P"},"recipient":{"id":"A"},"message":{"is_echo":true}`, "P", "A", "A", "A",
		},
		"an echo without parties":   {`"id":"P"`, `"message":{"is_echo":true}`, "P", "", "", ""},
		"no entry ID":               {``, `"sender":{"id":"A"},"recipient":{"id":"P"},"message":{}`, "P", "A", "A", "A"},
		"no entry ID, an echo":      {``, `"sender":{"id":"P"},"recipient":{"id":"A"},"message":{"is_echo":true}`, "P", "A", "A", "A"},
		"sent by the Page":          {`"id":"P"`, `"sender":{"id":"P"},"recipient":{"id":"A"},"x":{}`, "P", "A", "A", "A"},
		"no sender":                 {`"id":"P"`, `"recipient":{"id":"P"},"policy_enforcement":{}`, "P", "", "", ""},
		"a null sender":             {`"id":"P"`, `"sender":null,"recipient":{"id":"P"},"message":{}`, "P", "", "", ""},
		"a bare ID":                 {`"id":"P"`, `"sender":"A","recipient":1,"message":{}`, "P", "A", "A", "A"},
		"a user_ref":                {`"id":"P"`, `"sender":{"user_ref":5},"postback":{}`, "P", "", "5", "ref 5"},
		"a person and a user_ref":   {`"id":"P"`, `"sender":{"id":"A","user_ref":"5"},"postback":{}`, "P", "A", "A", "A"},
		"an opt-in":                 {`"id":"P"`, `"optin":{"user_ref":"5"}`, "P", "", "5", "ref 5"},
		"an opt-in by a person":     {`"id":"P"`, `"sender":{"id":"A"},"optin":{"user_ref":"5"}`, "P", "A", "A", "A"},
		"an item without an object": {`"id":"P"`, `"message":"x"`, "P", "", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			entry := test.entry
			if entry != "" {
				entry += ","
			}
			events, err := webhook.Decode([]byte(`{"entry":[{` + entry + `"messaging":[{` + test.item + `}]}]}`))
			if err != nil {
				t.Fatal(err)
			}
			checkOrigin(t, events[0].From(), test.page, test.person, test.lane, test.to)
		})
	}
}

func checkOrigin(t *testing.T, o webhook.Origin, page, person, lane, to string) {
	t.Helper()
	if o.Page != page || string(o.Person) != person || o.Lane() != lane {
		t.Errorf("Page %q, Person %q, lane %q; want %q, %q, %q", o.Page, o.Person, o.Lane(), page, person, lane)
	}
	want := send.Recipient{}
	if ref, ok := strings.CutPrefix(to, "ref "); ok {
		want = send.UserRef(ref)
	} else if to != "" {
		want = send.Person(send.PSID(to))
	}
	if o.Recipient != want {
		t.Errorf("recipient %+v, want %+v", o.Recipient, want)
	}
}

func TestDecodeLaneOfChange(t *testing.T) {
	tests := map[string]struct{ object, change, lane string }{
		"a comment":              {"page", `"field":"feed","value":{"post_id":"P_1","comment_id":"P_2"}`, "P_2"},
		"a post":                 {"page", `"field":"feed","value":{"post_id":"P_1"}`, "P_1"},
		"a comment on Instagram": {"instagram", `"field":"comments","value":{"id":"17900"}`, "17900"},
		"a live comment":         {"instagram", `"field":"live_comments","value":{"id":17900}`, "17900"},
		"something else":         {"instagram", `"field":"story_insights","value":{"id":"17900"}`, ""},
		"no value":               {"page", `"field":"feed"`, ""},
		"a string for a value":   {"page", `"field":"email","value":"a@example.com"`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body := `{"object":"` + test.object + `","entry":[{"id":"P","changes":[{` + test.change + `}]}]}`
			events, err := webhook.Decode([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			checkOrigin(t, events[0].From(), "P", "", test.lane, "")
		})
	}
}

// TestDecodeAllocations holds the price of the most frequent event.
func TestDecodeAllocations(t *testing.T) {
	got := testing.AllocsPerRun(100, func() {
		if _, err := webhook.Decode(textBody); err != nil {
			t.Error(err)
		}
	})
	if got > 12 {
		t.Errorf("%v allocations for a text, want at most 12", got)
	}
}

// TestDecodeScales fails if the time grows with the square of the size. Its limit is loose, as clocks lie on shared
// machines: twenty times the body may take eighty times as long; the square would be four hundred.
func TestDecodeScales(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	for shape, build := range shapes {
		t.Run(shape, func(t *testing.T) {
			small, large := fastest(t, build(40<<10)), fastest(t, build(800<<10))
			if large > 80*small {
				t.Errorf("40 KiB take %s, 800 KiB %s", small, large)
			}
		})
	}
}

// fastest returns the shortest of several times that decoding takes.
func fastest(t *testing.T, body string) time.Duration {
	t.Helper()
	best := time.Hour
	for range 5 {
		start := time.Now()
		if _, err := webhook.Decode([]byte(body)); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	return best
}
