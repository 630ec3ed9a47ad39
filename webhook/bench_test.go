package webhook_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleybot/parley/webhook"
)

// textBody is a text message in an envelope, 457 bytes as Meta's are.
var textBody = []byte(`{"object":"page","entry":[{"id":"104000000000001","time":1763715600123,"messaging":[` +
	`{"sender":{"id":"7100000000000001"},"recipient":{"id":"104000000000001"},"timestamp":1763715599987,` +
	`"message":{"mid":"m_` + strings.Repeat("Ab3-", 32) + `","text":"` + strings.Repeat("Where is my order? ", 5) +
	`"}}]}]}`)

func BenchmarkDecodeText(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(textBody)))
	for b.Loop() {
		if _, err := webhook.Decode(textBody); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeText(b *testing.B) {
	events, err := webhook.Decode(textBody)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := webhook.Encode(events[0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeStoredText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := webhook.DecodeStored(textBody); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	header := webhook.Sign("secret", textBody)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := webhook.Verify([]string{"secret"}, header, textBody); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReceive is a whole POST without the network: read, verify, decode, admit, hand over.
func BenchmarkReceive(b *testing.B) {
	r, err := webhook.NewReceiver(webhook.Config{
		VerifyToken: "token", Apps: []webhook.App{{ID: "1", Secrets: []string{"secret"}}},
		Sink: sinkFunc(func(context.Context, []webhook.Event) error { return nil }),
	})
	if err != nil {
		b.Fatal(err)
	}
	reader := bytes.NewReader(textBody)
	req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/webhook", reader)
	req.Header.Set(webhook.HeaderSignature, webhook.Sign("secret", textBody))
	b.ReportAllocs()
	for b.Loop() {
		reader.Reset(textBody)
		w := httptest.NewRecorder()
		if r.ServeHTTP(w, req); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

// shapes are bodies of about size bytes that a decoder could be slow on.
var shapes = map[string]func(size int) string{
	"flat": func(size int) string {
		return wrap(`{"message":{"mid":"m","text":"` + strings.Repeat("x", size) + `"}}`)
	},
	"escaped": func(size int) string {
		return wrap(`{"message":{"mid":"m","text":"` + strings.Repeat(`\ud83d`, size/6) + `"}}`)
	},
	"quoted": func(size int) string {
		return wrap(`{"message":{"mid":"m","text":"` + strings.Repeat(`\\\"`, size/4) + `"}}`)
	},
	"deep": func(size int) string {
		nest := strings.Repeat(`{"message":[`, 400) + strings.Repeat(`]}`, 400)
		return wrap(strings.TrimSuffix(strings.Repeat(nest+",", 1+size/len(nest)), ","))
	},
	"wide": func(size int) string {
		var keys strings.Builder
		for i := 0; keys.Len() < size; i++ {
			fmt.Fprintf(&keys, `"k%d":%d,`, i, i)
		}
		return wrap(`{` + keys.String() + `"message":{` + keys.String() + `"mid":"m"}}`)
	},
	"items": func(size int) string {
		item := `{"sender":{"id":"1"},"message":{"mid":"m","text":"x"}}`
		return wrap(strings.TrimSuffix(strings.Repeat(item+",", 1+size/len(item)), ","))
	},
	"attachments": func(size int) string {
		item := `{"type":"image","payload":{"url":"https://scontent.example/a.jpg"}}`
		list := strings.TrimSuffix(strings.Repeat(item+",", 1+size/len(item)), ",")
		return wrap(`{"message":{"mid":"m","attachments":[` + list + `]}}`)
	},
}

func wrap(items string) string {
	return `{"object":"page","entry":[{"id":"1","time":1763715600123,"messaging":[` + items + `]}]}`
}

func BenchmarkDecodeSizes(b *testing.B) {
	for shape, build := range shapes {
		for _, kib := range []int{1, 10, 100, 1000} {
			body := []byte(build(kib << 10))
			b.Run(fmt.Sprintf("%s/%dKiB", shape, kib), func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				for b.Loop() {
					if _, err := webhook.Decode(body); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
