package webhook_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
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
		return wrap(list(nest, size))
	},
	"wide": func(size int) string {
		var keys strings.Builder
		for i := 0; keys.Len() < size; i++ {
			fmt.Fprintf(&keys, `"k%d":%d,`, i, i)
		}
		return wrap(`{` + keys.String() + `"message":{` + keys.String() + `"mid":"m"}}`)
	},
	"items": func(size int) string {
		return wrap(list(`{"sender":{"id":"1"},"message":{"mid":"m","text":"x"}}`, size))
	},
	"attachments": func(size int) string {
		return wrap(`{"message":{"mid":"m","attachments":[` +
			list(`{"type":"image","payload":{"url":"https://scontent.example/a.jpg"}}`, size) + `]}}`)
	},
}

// rareShapes are bodies for the readers of the rare events.
var rareShapes = map[string]func(size int) string{
	"cart": func(size int) string {
		return wrap(`{"order":{"products":[` + list(`{"id":"1","name":"Mug","unit_price":11.5,"quantity":2}`, size) + `]}}`)
	},
	"feedback": func(size int) string {
		var questions strings.Builder
		for i := 0; questions.Len() < size; i++ {
			fmt.Fprintf(&questions, `"q%d":{"type":"csat","payload":"5"},`, i)
		}
		return wrap(`{"messaging_feedback":{"feedback_screens":[{"questions":{` + questions.String() + `"q":{}}}]}}`)
	},
	"deep feedback": func(size int) string {
		n := min(size/13, 9_900) // the deepest that is decoded
		return wrap(`{"messaging_feedback":{"feedback_screens":[{"questions":{"q":` +
			strings.Repeat(`{"follow_up":`, n) + `{}` + strings.Repeat(`}`, n) + `}}],"x":"` +
			strings.Repeat("x", max(0, size-14*n)) + `"}}`)
	},
	"roles": func(size int) string {
		var apps strings.Builder
		for i := 0; apps.Len() < size; i++ {
			fmt.Fprintf(&apps, `"%d":["primary_receiver"],`, i)
		}
		return wrap(`{"app_roles":{` + apps.String() + `"x":[]}}`)
	},
	"products": func(size int) string {
		return wrap(`{"message":{"attachments":[{"payload":{"product":{"elements":[` +
			list(`{"id":"1","title":"Mug"}`, size) + `]}}}]}}`)
	},
	"hops": func(size int) string { // half of it in the entry, of which each item would have a copy
		items := list(`{"message":{"mid":"m"}}`, size/2)
		return `{"entry":[{"hop_context":[` + list(`{"app_id":1}`, size/2) + `],"messaging":[` + items + `]}]}`
	},
	"long entry": func(size int) string { // each item has the time of its entry
		return `{"entry":[{"time":` + strings.Repeat("1", size/2) + `,"messaging":[` +
			list(`{"message":{"mid":"m"}}`, size/2) + `]}]}`
	},
	"changes": func(size int) string {
		return `{"entry":[{"changes":[` + list(`{"field":"feed","value":{"item":"comment","comment_id":"1"}}`, size) + `]}]}`
	},
	"test button": func(size int) string {
		return `{"field":"messages","value":{"x":[` + list(`{"a":[1]}`, size) + `],"message":{"mid":"m"}}}`
	},
}

func list(element string, size int) string {
	return strings.TrimSuffix(strings.Repeat(element+",", 1+size/len(element)), ",")
}

func wrap(items string) string {
	return `{"object":"page","entry":[{"id":"1","time":1763715600123,"messaging":[` + items + `]}]}`
}

// BenchmarkDecode has bodies of 1 KiB to 1,000 KiB; each takes at most twelve times as long as the one
// before.
func BenchmarkDecode(b *testing.B) {
	all := maps.Clone(shapes)
	maps.Copy(all, rareShapes)
	for _, shape := range slices.Sorted(maps.Keys(all)) {
		build := all[shape]
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
