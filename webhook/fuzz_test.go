package webhook_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parleybot/parley/webhook"
)

// FuzzDecode: no body panics; what encoding/json calls an envelope is decoded, and nothing else is; no item
// is lost; each event survives being stored; what names somebody is valid UTF-8.
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
		`{"entry":[{"messaging":[{"parley":{"id":1}}]}],"parley":{"app":"A","own":true}}`,
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
			if !utf8.ValidString(strings.Join([]string{o.Page, string(o.Person), o.Lane(), e.ID()}, " ")) {
				t.Fatalf("invalid UTF-8 in %#v", o)
			}
		}
		if e, err := webhook.DecodeStored(body); err == nil {
			checkStored(t, e)
		}
	})
}

// isEnvelope reports what encoding/json thinks of body.
func isEnvelope(body []byte) bool {
	var envelope map[string]json.RawMessage
	if json.Unmarshal(body, &envelope) != nil || envelope == nil {
		return false
	}
	entry, ok := envelope["entry"]
	if !ok {
		return envelope["field"] != nil
	}
	return entry[0] == '['
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
