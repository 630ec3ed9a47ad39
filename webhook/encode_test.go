package webhook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

func TestCustom(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 0, 0, 123456789, time.FixedZone("", 3600))
	ms := at.Truncate(time.Millisecond).UTC()
	tests := map[string]struct {
		event *webhook.Custom
		want  webhook.Custom
	}{
		"a reminder": {
			webhook.NewCustom(send.Messenger, "1", "7", "x1", "reminder", at, json.RawMessage(` {"n":1} `)),
			webhook.Custom{
				Origin: webhook.Origin{Page: "1", Person: "7", Recipient: send.Person("7"), Time: ms},
				Name:   "reminder", Data: json.RawMessage(`{"n":1}`),
			},
		},
		"on Instagram, without data or time": {
			webhook.NewCustom(send.Instagram, "1", "7", "x1", "reminder", time.Time{}, nil),
			webhook.Custom{
				Origin: webhook.Origin{Channel: send.Instagram, Page: "1", Person: "7", Recipient: send.Person("7")},
				Name:   "reminder",
			},
		},
		"of nobody": {
			webhook.NewCustom(send.Messenger, "", "", "x1", `"\é`+"\xff", time.Unix(1, 0), json.RawMessage(`null`)),
			webhook.Custom{
				Origin: webhook.Origin{Time: time.Unix(1, 0).UTC()},
				Name:   "\"\\é\uFFFD", Data: json.RawMessage(`null`),
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(&test.want, test.event, ignoring); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if id := test.event.ID(); id != "custom:x1" {
				t.Errorf("ID %q", id)
			}
			checkStored(t, test.event)
		})
	}
}

func TestCustomGolden(t *testing.T) {
	stored := bytes.TrimSpace(golden(t, "custom"))
	e := webhook.NewCustom(send.Messenger, page, person, "x1", "reminder", time.UnixMilli(1763715800000),
		json.RawMessage(`{"n":1}`))
	data, err := webhook.Encode(e)
	if err != nil || !bytes.Equal(data, stored) {
		t.Errorf("got\n%s\nwant\n%s\nerror %v", data, stored, err)
	}
	// the same bytes from the network are no own event, not even after they have been stored
	posted := one(t, string(stored))
	if posted.Kind() != "unknown" {
		t.Errorf("a POST made a %s", posted.Kind())
	}
	checkStored(t, posted)
}

func TestEncodeRefuses(t *testing.T) {
	deep := json.RawMessage(strings.Repeat("[", 9_991) + strings.Repeat("]", 9_991))
	tests := map[string]webhook.Event{
		"an event made by hand": &webhook.Message{Text: "hi"},
		"data that is not JSON": webhook.NewCustom(send.Messenger, "1", "7", "x", "n", time.Time{}, json.RawMessage(`{`)),
		"data nested too deep":  webhook.NewCustom(send.Messenger, "1", "7", "x", "n", time.Time{}, deep),
		"a custom made by hand": &webhook.Custom{Name: "n"},
	}
	for name, e := range tests {
		t.Run(name, func(t *testing.T) {
			if data, err := webhook.Encode(e); err == nil {
				t.Errorf("encoded as %s", data)
			}
		})
	}
}

// TestEncodeItem checks that what is stored is the item byte for byte, under the envelope's own words.
func TestEncodeItem(t *testing.T) {
	item := "{ \"sender\" : {\"id\":\"7\"},\n\"message\":{\"mid\":\"m\", \"text\":\"\\u00e4\\/\xff\"} }"
	body := `{"object":"instagram","entry":[{"x":1,"time":1.0,"id":5,"standby":[{},` + item + `]}]}`
	events, err := webhook.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	data, err := webhook.Encode(events[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"object":"instagram","entry":[{"id":"5","time":1.0,"standby":[` + item + `]}]}`
	if string(data) != want {
		t.Errorf("got\n%s\nwant\n%s", data, want)
	}
}

func TestDecodeStoredRefuses(t *testing.T) {
	for _, data := range []string{
		``, `{}`, `{"entry":[]}`, wrap(`{},{}`),
		`{"entry":[{"messaging":[{"x":1}]}],"parley":{"own":true}}`,
		`{"entry":[{"messaging":["x"]}],"parley":{"own":true}}`,
	} {
		if e, err := webhook.DecodeStored([]byte(data)); !errors.Is(err, webhook.ErrMalformed) {
			t.Errorf("%s: %v, error %v", data, e, err)
		}
	}
}
