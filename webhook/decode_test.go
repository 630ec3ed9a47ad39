package webhook_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

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
		"no key of an envelope":   {`{"entries":[],"value":{}}`, "error"},
		"no entry":                {`{"object":"page"}`, ""},
		"a null for entry":        {`{"object":"page","entry":null}`, ""},
		"an object for entry":     {`{"object":"page","entry":{"messaging":[` + text + `]}}`, "message"},
		"a string for entry":      {`{"entry":"x"}`, "unknown"},
		"messaging without entry": {`{"object":"page","messaging":[` + text + `]}`, "message"},
		"two bodies":              {`{"entry":[]}{"entry":[]}`, "error"},
		"no entries":              {`{"object":"page","entry":[]}`, ""},
		"an empty entry":          {`{"object":"page","entry":[{}]}`, ""},
		"a null for messaging":    {`{"object":"page","entry":[{"messaging":null}]}`, ""},
		"no object":               {`{"entry":[{"messaging":[` + text + `]}]}`, "message"},
		"an unknown object":       {`{"object":"user","entry":[{"messaging":[` + text + `]}]}`, "unknown"},
		"a number for object":     {`{"object":1,"entry":[{"messaging":[` + text + `]}]}`, "unknown"},
		"a boolean for object":    {`{"object":true,"entry":[{"messaging":[` + text + `]}]}`, "unknown"},
		"an object for object":    {`{"object":{"a":"\\"},"entry":[{"messaging":[` + text + `]}]}`, "unknown"},
		"a change beside entry":   {`{"field":"messages","value":` + text + `,"entry":null}`, "message"},
		"a bare change":           {`{"field":"messages","value":{"page_id":"1"}}`, "change"},
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
			"message standby change",
		},
		"a standby in a change": {`{"entry":[{"changes":[{"field":"standby","value":` + text + `}]}]}`, "standby"},
		"messaging words in another field": {
			`{"entry":[{"changes":[{"field":"feed","value":` + text + `}]}]}`, "change",
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

	quoted := wrap(`{"message":{"text":"\"` + strings.Repeat("[", 20_000) + `"}}`)
	if events, err = webhook.Decode([]byte(quoted)); err != nil || events[0].Kind() != "message" {
		t.Errorf("brackets in a text: %v", err)
	}

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
		"negative, wraps":        {`-18446744072000000`, entry},
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

// TestDecodeLongEntry: what all items of an entry have is short, or many of them would fill the memory.
func TestDecodeLongEntry(t *testing.T) {
	long := strings.Repeat("9", 100_000)
	for name, envelope := range map[string]string{
		"object": `"object":"` + long + `","entry":[{"id":"1","time":5,`,
		"a list": `"object":["` + long + `"],"entry":[{"id":"1","time":5,`,
		"ID":     `"object":"page","entry":[{"id":"x` + strings.Repeat("ä", 50_000) + `","time":5,`,
		"time":   `"object":"page","entry":[{"id":"1","time":` + long + `,`,
		"text":   `"object":"page","entry":[{"id":"1","time":"` + long + `",`,
		"hops":   `"object":"page","entry":[{"id":"1","time":5,"hop_context":[{"app_id":"` + long + `"}],`,
	} {
		t.Run(name, func(t *testing.T) {
			e := one(t, `{`+envelope+`"messaging":[{"referral":{"ref":"r"}}]}]}`)
			checkStored(t, e)
			if data, err := webhook.Encode(e); err != nil || len(data) > 2_000 {
				t.Errorf("stored in %d bytes, error %v", len(data), err)
			}
			if got, want := e.Kind() == "unknown", name == "object" || name == "a list"; got != want {
				t.Errorf("a %s", e.Kind())
			}
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
		"an echo without parties": {`"id":"P"`, `"message":{"is_echo":true}`, "P", "", "", ""},
		"an echo with its parties reversed": { // as a sample of Meta's for Instagram has it
			`"id":"P"`, `"sender":{"id":"A"},"recipient":{"id":"P"},"message":{"is_echo":true}`, "P", "A", "A", "A",
		},
		"an echo to the Page itself": {
			`"id":"P"`, `"sender":{"id":"P"},"recipient":{"id":"P"},"message":{"is_echo":true}`, "P", "P", "P", "P",
		},
		"no entry ID":          {``, `"sender":{"id":"A"},"recipient":{"id":"P"},"message":{}`, "P", "A", "A", "A"},
		"no entry ID, an echo": {``, `"sender":{"id":"P"},"recipient":{"id":"A"},"message":{"is_echo":true}`, "P", "A", "A", "A"},
		"sent by the Page":     {`"id":"P"`, `"sender":{"id":"P"},"recipient":{"id":"A"},"x":{}`, "P", "A", "A", "A"},
		"an entry with the person's ID": {
			`"id":"A"`, `"sender":{"id":"A"},"recipient":{"id":"P"},"postback":{}`, "A", "A", "A", "A",
		},
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
