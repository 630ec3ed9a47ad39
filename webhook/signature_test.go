package webhook_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/webhook"
)

// The vectors of Meta's scheme, computed by others.
const (
	vectorBody = `{"object":"page","entry":[{"id":"1","time":1700000000000,"messaging":[{"sender":{"id":"2"},` +
		`"recipient":{"id":"1"},"timestamp":1699999999990,"message":{"mid":"m_x",` +
		`"text":"\u00e4\u00f6\u00e5 \ud83d\udc4b a\/b"}}]}]}`
	vectorSecret    = "app_secret_for_tests"
	vectorSignature = "sha256=267d54adfc8fec1844a2646324d6cbb0a983c8fcdf7dc68f373fef59e6ece258"
)

func TestVerifyVectors(t *testing.T) {
	reencoded := strings.NewReplacer(`\u00e4\u00f6\u00e5 \ud83d\udc4b a\/b`, "äöå 👋 a/b").Replace(vectorBody)
	tests := map[string]struct {
		secret, body, header string
		valid                bool
	}{
		"plain text": {
			"sesame", "hello world", "sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17", true,
		},
		"a webhook":                        {vectorSecret, vectorBody, vectorSignature, true},
		"a webhook decoded and re-encoded": {vectorSecret, reencoded, vectorSignature, false},
		"the signature of the re-encoded": {
			vectorSecret, reencoded,
			"sha256=e55df09b3f91f7df734832fc476cd7161cf8d3f7b13736b959cbdd3452fe0596", true,
		},
		"another secret": {"other", vectorBody, vectorSignature, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := webhook.Verify([]string{test.secret}, test.header, []byte(test.body))
			if (err == nil) != test.valid || err != nil && !errors.Is(err, webhook.ErrSignature) {
				t.Errorf("valid should be %v, error %v", test.valid, err)
			}
			if got := webhook.Sign(test.secret, []byte(test.body)); (got == test.header) != test.valid {
				t.Errorf("signed %s", got)
			}
		})
	}
}

func TestVerifyCorpus(t *testing.T) {
	for _, row := range corpus(t, "signatures.tsv") {
		t.Run(row["source"], func(t *testing.T) {
			var body string
			if err := json.Unmarshal([]byte(row["body_json_string"]), &body); err != nil {
				t.Fatal(err)
			}
			want := row["expected"] == "valid"
			name := webhook.HeaderSignatureSHA1
			if row["algo"] == "sha256" {
				name = webhook.HeaderSignature
				_, err := webhook.Verify([]string{row["secret"]}, row["header_value"], []byte(body))
				if got := err == nil; got != want {
					t.Errorf("valid: %v, want %v: %v", got, want, err)
				}
			}
			// a receiver that allows SHA-1 judges both, and 403 is its word for a bad signature only
			f := newFixture(t, func(c *webhook.Config) {
				c.Apps, c.AllowSHA1 = []webhook.App{{Secrets: []string{row["secret"]}}}, true
			})
			w := f.post(body, http.Header{name: {row["header_value"]}})
			if got := w.Code != http.StatusForbidden; got != want {
				t.Errorf("receiver: valid is %v, want %v", got, want)
			}
		})
	}
}

func TestVerifySecrets(t *testing.T) {
	secrets := []string{"old", "", "new"}
	for i, secret := range secrets {
		got, err := webhook.Verify(secrets, webhook.Sign(secret, textBody), textBody)
		if secret == "" {
			if !errors.Is(err, webhook.ErrSignature) {
				t.Errorf("an empty secret verified: %v", err)
			}
			continue
		}
		if got != i || err != nil {
			t.Errorf("secret %d: got %d, error %v", i, got, err)
		}
	}
	if _, err := webhook.Verify(nil, webhook.Sign("new", textBody), textBody); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("without secrets: %v", err)
	}
}

func TestVerifyHeader(t *testing.T) {
	digits := strings.TrimPrefix(vectorSignature, "sha256=")
	tests := map[string]struct{ header, want string }{
		"missing":           {"", "no X-Hub-Signature-256"},
		"digits alone":      {digits, "does not begin with sha256="},
		"another scheme":    {"sha1=" + digits[:40], "does not begin with sha256="},
		"upper-case scheme": {"SHA256=" + digits, "does not begin with sha256="},
		"a space before":    {" " + vectorSignature, "does not begin with sha256="},
		"a space after":     {vectorSignature + " ", "has 65 digits, not 64"},
		"too short":         {vectorSignature[:70], "has 63 digits, not 64"},
		"upper-case digits": {"sha256=" + strings.ToUpper(digits), "is upper case"},
		"not hexadecimal":   {"sha256=" + strings.Repeat("g", 64), "is not hexadecimal"},
		"of something else": {webhook.Sign(vectorSecret, []byte("x")), "no secret gives it: is the app secret that of the app that sends?"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := webhook.Verify([]string{vectorSecret}, test.header, []byte(vectorBody))
			if !errors.Is(err, webhook.ErrSignature) || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("got %v, want … %s", err, test.want)
			}
		})
	}
}

// TestVerifyEveryByte changes each byte of header and body, to each of several others.
func TestVerifyEveryByte(t *testing.T) {
	changed := func(s string, try func(string)) {
		b := []byte(s)
		for i, old := range b {
			for _, mask := range []byte{0x01, 0x02, 0x20, 0x80, 0xff} {
				b[i] = old ^ mask
				try(string(b))
			}
			b[i] = old
		}
	}
	secrets := []string{vectorSecret}
	if _, err := webhook.Verify(secrets, vectorSignature, []byte(vectorBody)); err != nil {
		t.Fatal(err)
	}
	changed(vectorSignature, func(header string) {
		if _, err := webhook.Verify(secrets, header, []byte(vectorBody)); err == nil {
			t.Errorf("header %q is believed", header)
		}
	})
	changed(vectorBody, func(body string) {
		if _, err := webhook.Verify(secrets, vectorSignature, []byte(body)); err == nil {
			t.Errorf("body %q is believed", body)
		}
	})
	for i := range vectorBody {
		if _, err := webhook.Verify(secrets, vectorSignature, []byte(vectorBody[:i])); err == nil {
			t.Errorf("the first %d bytes are believed", i)
		}
	}
}
