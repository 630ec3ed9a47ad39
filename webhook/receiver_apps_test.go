package webhook_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/webhook"
)

func TestReceiverApps(t *testing.T) {
	apps := func(c *webhook.Config) {
		c.Apps = []webhook.App{
			{ID: "A", Secrets: []string{"a", "a2"}, Pages: []string{"1", "3"}},
			{ID: "B", Secrets: []string{"b"}, Pages: []string{"2", "3"}},
			{ID: "C", Secrets: []string{"c"}},
			{ID: "D", Secrets: []string{"d"}, Pages: []string{}},
			{ID: "E", Secrets: []string{"e"}, Pages: []string{"5"}, AnyPage: true},
		}
	}
	entries := func(pages ...string) string {
		var list []string
		for _, page := range pages {
			list = append(list, `{"id":"`+page+`","messaging":[{"sender":{"id":"7"},"message":{"mid":"m`+page+`"}}]}`)
		}
		return `{"object":"page","entry":[` + strings.Join(list, ",") + `]}`
	}
	tests := map[string]struct {
		secret, body string
		status       int
		want         string // what was accepted and unknown
	}{
		"its own Page":                  {"a", entries("1"), 200, "accept message:m1 by A"},
		"its own Page, new secret":      {"a2", entries("1"), 200, "accept message:m1 by A"},
		"a Page of two apps":            {"b", entries("3"), 200, "accept message:m3 by B"},
		"another app's Page":            {"a", entries("2"), 403, ""},
		"another app's Page in a batch": {"a", entries("1", "9", "2", "1"), 403, ""},
		"another app's Page, no entry ID": {
			"a", `{"entry":[{"messaging":[{"sender":{"id":"7"},"recipient":{"id":"2"},"message":{}}]}]}`, 403, "",
		},
		"a Page nobody knows":                       {"a", entries("1", "9"), 200, "unknown 9, accept message:m1 by A"},
		"no Page":                                   {"a", `{"entry":[{"messaging":[{"message":{"mid":"m"}}]}]}`, 200, "accept message:m by A"},
		"any Page of an app of no Pages":            {"c", entries("9"), 200, "accept message:m9 by C"},
		"another app's Page for an app of no Pages": {"c", entries("1"), 403, ""},
		"a Page nobody knows, of an app without":    {"d", entries("9"), 200, "unknown 9"},
		"another app's Page for an app without":     {"d", entries("9", "1"), 403, ""},
		"its own and any other Page":                {"e", entries("5", "9"), 200, "accept message:m5 by E, accept message:m9 by E"},
		"another app's Page for an app of any":      {"e", entries("5", "9", "1"), 403, ""},
		"a Page of an app that takes any other":     {"a", entries("5"), 403, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, apps)
			w := f.post(test.body, signed(test.secret, test.body))
			var got []string
			for _, line := range f.log {
				if !strings.HasPrefix(line, "record") {
					got = append(got, line)
				}
			}
			if w.Code != test.status || strings.Join(got, ", ") != test.want {
				t.Errorf("%d %q, want %d %q", w.Code, got, test.status, test.want)
			}
			if test.status == 403 && (len(f.log) != 0 || !errors.Is(f.refused[0], webhook.ErrForeignPage)) {
				t.Errorf("log %v, reason %v", f.log, f.refused)
			}
		})
	}
}

// signedSHA1 is the older header.
func signedSHA1(secret, body string) http.Header {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(body))
	return http.Header{webhook.HeaderSignatureSHA1: {"sha1=" + hex.EncodeToString(mac.Sum(nil))}}
}

func TestReceiverAllowSHA1(t *testing.T) {
	f := newFixture(t, func(c *webhook.Config) { c.AllowSHA1 = true })
	body := wrap(`{` + parties + `"message":{"mid":"m"}}`)
	both := signedSHA1("secret", body)
	both.Set(webhook.HeaderSignature, webhook.Sign("other", []byte(body)))
	empty := signedSHA1("secret", body)
	empty[webhook.HeaderSignature] = []string{""}
	for name, test := range map[string]struct {
		header http.Header
		status int
	}{
		"the older header":                        {signedSHA1("secret", body), 200},
		"the newer header":                        {signed("secret", body), 200},
		"a wrong older header":                    {signedSHA1("other", body), 403},
		"a wrong newer header beside it":          {both, 403},
		"an empty newer header beside it":         {empty, 403},
		"no header":                               {nil, 403},
		"the older digest under the newer header": {http.Header{webhook.HeaderSignature: signedSHA1("secret", body)[webhook.HeaderSignatureSHA1]}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			if w := f.post(body, test.header); w.Code != test.status {
				t.Errorf("%d, want %d", w.Code, test.status)
			}
		})
	}
}
