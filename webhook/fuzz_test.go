package webhook_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/parleybot/parley/webhook"
)

// FuzzDecode: no body panics; what encoding/json calls an envelope is decoded, and nothing else is; no item
// is lost; each event survives being stored; all text in it is valid UTF-8, and all JSON is JSON.
func FuzzDecode(f *testing.F) {
	for _, pattern := range []string{
		filepath.Join("testdata", "*.json"), filepath.Join(os.Getenv("CORPUS"), "webhook", "*.json"),
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			body, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(body)
		}
	}
	for _, seed := range []string{
		`{"object":1,"entry":[5,null,{"id":1.5e3,"time":"x","messaging":{},"standby":"s","field":{}}]}`,
		`{"object":"\ud83d","entry":[{"id":"` + "\xff" + `","messaging":[{"message":{"text":"\ud83d\u0041"}}]}]}`,
		` {"field":"standby","value":{"optin":null}} `,
		`{"object":"page","entry":{"messaging":[{}]}}`, `{"entry":null,"standby":[{}],"changes":5}`,
		`{"entry":[{"messaging":[{"parley":{"id":1}}]}],"parley":{"app":"A","own":true}}`,
		`{"entry":[{"hop_context":[{"app_id":1},2],"messaging":[{"message":{},"hop_context":{}},{"app_roles":{"` + "\xff" + `":[3]}}]}]}`,
		`{"field":"marketing_message_reads","page_id":1.5,"timestamp":"x","hop_context":{"metadata":"\ud83d"}}`,
		`{"object":"user","entry":[{"field":"email","changes":[{"value":"\ud83d"},{"field":[]},{}]}]}`,
		`{"entry":[{"changes":[{"field":"feed","value":{"item":"comment","from":{"id":1e9},"created_time":"2"}}]}]}`,
		`{"entry":[{"messaging":[{"messaging_feedback":{"feedback_screens":[{"questions":{"` + "\xc3" + `":{"follow_up":{}}}}]}}]}]}`,
		`{"entry":[{"messaging":[{"order":{"products":[{"quantity":1e99,"unit_price":-0}]}},{"template":{"type":5}}]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := webhook.Decode(body)
		if want := isEnvelope(body); (err == nil) != want {
			t.Fatalf("envelope is %v, error %v", want, err)
		}
		if want := len(items(t, body)); err == nil && len(events) < want {
			t.Fatalf("%d events of %d items", len(events), want)
		}
		for _, e := range events {
			checkStored(t, e)
			o := e.From()
			if !utf8.ValidString(o.Lane() + e.ID()) {
				t.Fatalf("invalid UTF-8 in %#v", o)
			}
			checkParts(t, reflect.ValueOf(e))
			if c, ok := e.(*webhook.Change); ok {
				comment, _ := c.Comment()
				checkParts(t, reflect.ValueOf(comment))
				var value any
				if err := c.Decode(&value); (err == nil) != (c.Value != nil) {
					t.Fatalf("value %s: error %v", c.Value, err)
				}
			}
		}
		if e, err := webhook.DecodeStored(body); err == nil {
			checkStored(t, e)
		}
	})
}

// checkParts checks every text and every piece of JSON in an event.
func checkParts(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			checkParts(t, v.Elem())
		}
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			t.Fatalf("invalid UTF-8: %q", v.String())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				checkParts(t, v.Field(i))
			}
		}
	case reflect.Slice:
		if raw, ok := reflect.TypeAssert[json.RawMessage](v); ok {
			if raw != nil && !json.Valid(raw) {
				t.Fatalf("no JSON: %s", raw)
			}
			return
		}
		for i := range v.Len() {
			checkParts(t, v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			checkParts(t, key)
			checkParts(t, v.MapIndex(key))
		}
	}
}

// isEnvelope reports what encoding/json thinks of body.
func isEnvelope(body []byte) bool {
	var envelope map[string]json.RawMessage
	if json.Unmarshal(body, &envelope) != nil || envelope == nil {
		return false
	}
	return envelope["object"] != nil || envelope["entry"] != nil || envelope["field"] != nil
}

// FuzzVerify: what Sign signs, Verify believes, under the right secret only, and not with one bit changed.
func FuzzVerify(f *testing.F) {
	f.Add("sesame", []byte("hello world"), uint(0))
	f.Add(vectorSecret, []byte(vectorBody), uint(777))
	f.Add("s", []byte{}, uint(3))
	f.Fuzz(func(t *testing.T, secret string, body []byte, bit uint) {
		if secret == "" {
			t.Skip("no secret")
		}
		header := webhook.Sign(secret, body)
		if i, err := webhook.Verify([]string{"not " + secret, secret}, header, body); i != 1 || err != nil {
			t.Fatalf("secret %d, error %v", i, err)
		}
		changed := append([]byte(header), body...)
		bit %= uint(8 * len(changed))
		changed[bit/8] ^= 1 << (bit % 8)
		changedHeader, changedBody := changed[:len(header)], changed[len(header):]
		if _, err := webhook.Verify([]string{secret}, string(changedHeader), changedBody); err == nil {
			t.Fatalf("believed with bit %d changed", bit)
		}
	})
}
