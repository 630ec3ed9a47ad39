package messenger

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// The vector of Meta's signature page, 2026.
const (
	vectorSecret = "app_secret_for_tests"
	vectorBody   = `{"object":"page","entry":[{"id":"1","time":1700000000000,"messaging":[{"sender":{"id":"2"},` +
		`"recipient":{"id":"1"},"timestamp":1699999999990,"message":{"mid":"m_x",` +
		`"text":"\u00e4\u00f6\u00e5 \ud83d\udc4b a\/b"}}]}]}`
	vectorSum = "267d54adfc8fec1844a2646324d6cbb0a983c8fcdf7dc68f373fef59e6ece258"
)

func TestEncodeAsMeta(t *testing.T) {
	item := wireItem{Timestamp: 1699999999990, Message: &wireMessage{MID: "m_x", Text: "äöå 👋 a/b"}}
	item.Sender.ID, item.Recipient.ID = "2", "1"
	got, err := encode("1", time.UnixMilli(1700000000000), item, false)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != vectorBody {
		t.Errorf("got  %s\nwant %s", got, vectorBody)
	}
}

func TestSign(t *testing.T) {
	tests := map[string]struct{ secret, body, sha256, sha1 string }{
		"escaped body": {secret: vectorSecret, body: vectorBody, sha256: vectorSum},
		"courier": {
			secret: "sesame", body: "hello world",
			sha256: "f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17",
		},
		"RFC 2202, test case 2": {
			secret: "Jefe", body: "what do ya want for nothing?",
			sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", // RFC 4231, test case 2
			sha1:   "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			sign(h, tt.secret, []byte(tt.body))
			if got, want := h.Get("X-Hub-Signature-256"), "sha256="+tt.sha256; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got, want := h.Get("X-Hub-Signature"), "sha1="+tt.sha1; tt.sha1 != "" && got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestEscape(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"accents":             {"äöå", `"\u00e4\u00f6\u00e5"`},
		"surrogate pair":      {"👋", `"\ud83d\udc4b"`},
		"slash":               {"a/b", `"a\/b"`},
		"backslash and slash": {`a\/b`, `"a\\\/b"`},
		"less than":           {"<b>", `"\u003Cb>"`},
		"per cent and at":     {"5 % @me", `"5 \u0025 \u0040me"`},
		"line separator":      {"a\u2028b", `"a\u2028b"`},
		"line feed and quote": {"a\n\"b\"", `"a\n\"b\""`},
		"control character":   {"\x01\x1f", `"\u0001\u001f"`},
		"not UTF-8":           {"a\xffb", `"a\ufffdb"`},
		"plain":               {"it's a & b > c", `"it's a & b > c"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body, err := encode("1", time.UnixMilli(1), wireItem{Message: &wireMessage{Text: tt.text}}, false)
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Entry []struct {
					Messaging []struct{ Message map[string]json.RawMessage }
				}
			}
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			if raw := got.Entry[0].Messaging[0].Message["text"]; string(raw) != tt.want {
				t.Errorf("got %s, want %s", raw, tt.want)
			}
		})
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("äöå 👋 a/b <%@")
	f.Add(`\/`)
	f.Fuzz(func(t *testing.T, text string) {
		body, err := encode("1", time.UnixMilli(1), wireItem{Message: &wireMessage{Text: text}}, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range body {
			if b >= 0x80 {
				t.Fatalf("not ASCII: %s", body)
			}
		}
		var got struct {
			Entry []struct{ Messaging []wireItem }
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(text)); got.Entry[0].Messaging[0].Message.Text != want {
			t.Errorf("got %q, want %q", got.Entry[0].Messaging[0].Message.Text, want)
		}
	})
}
