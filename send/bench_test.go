package send_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

// benchmarkGraph answers every call at once.
func benchmarkGraph(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, receiptBody)
}

// BenchmarkSend composes and sends a text over a kept-alive connection; its figures include the server's half.
// BenchmarkHandWritten is the yardstick.
func BenchmarkSend(b *testing.B) {
	client := connect(b, serve(b, benchmarkGraph), send.Config{})
	b.ReportAllocs()
	for b.Loop() {
		kind, tag, err := send.Classify(send.Purpose{To: send.ToPerson, Reply: true, Window: opened(0), Now: noon})
		if err != nil {
			b.Fatal(err)
		}
		request := send.Request{To: send.Person(person), Message: send.Text("echo: hello"), Type: kind, Tag: tag}
		if _, err := client.Send(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSendAllocations holds the price of the most frequent call, the server's half included. With the race
// detector pools forget what they have, at random, so that it has some more room.
func TestSendAllocations(t *testing.T) {
	client := connect(t, serve(t, benchmarkGraph), send.Config{Rate: -1})
	request := send.Request{To: send.Person(person), Message: send.Text("echo: hello"), Type: send.TypeResponse}
	got := testing.AllocsPerRun(200, func() {
		if _, err := client.Send(t.Context(), request); err != nil {
			t.Error(err)
		}
	})
	if got > 105 {
		t.Errorf("%v allocations for a text, want about 91 (98 with the race detector)", got)
	}
}

// BenchmarkHandWritten is what a bot without this package does for the same call.
func BenchmarkHandWritten(b *testing.B) {
	server := serve(b, benchmarkGraph)
	transport := &http.Transport{MaxIdleConnsPerHost: 1024, IdleConnTimeout: 90 * time.Second, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Timeout: 30 * time.Second, Transport: transport}
	b.ReportAllocs()
	for b.Loop() {
		if err := handWritten(client, server.URL+"/v25.0/me/messages", string(person), "echo: hello"); err != nil {
			b.Fatal(err)
		}
	}
}

func handWritten(client *http.Client, url, to, words string) error {
	type id struct {
		ID string `json:"id"`
	}
	type text struct {
		Text string `json:"text"`
	}
	body, err := json.Marshal(struct {
		Recipient     id     `json:"recipient"`
		MessagingType string `json:"messaging_type"`
		Message       text   `json:"message"`
	}{id{to}, "RESPONSE", text{words}})
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body)) //nolint:noctx // as cheap as it goes
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer token")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var answer struct {
		RecipientID string `json:"recipient_id"`
		MessageID   string `json:"message_id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

func BenchmarkClassify(b *testing.B) {
	purpose := send.Purpose{To: send.ToPerson, Reply: true, Window: opened(time.Hour), Now: noon}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := send.Classify(purpose); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	messages := map[string]send.Message{
		"Text":     send.Text("echo: hello"),
		"Carousel": send.Carousel(cards(10)...).WithQuickReplies(replies(13)...),
		"Refused":  send.Buttons("", postbacks(4)...),
	}
	for name, message := range messages {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := message.Validate(send.Messenger); (err != nil) != (name == "Refused") {
					b.Fatal(err)
				}
			}
		})
	}
}
