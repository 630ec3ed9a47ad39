package send_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

func benchServer(b *testing.B) *httptest.Server {
	b.Helper()
	answer := []byte(`{"recipient_id":"7100000000000001","message_id":"m_1"}`)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(answer)
	}))
	b.Cleanup(srv.Close)
	return srv
}

func BenchmarkSend(b *testing.B) {
	srv := benchServer(b)
	client, err := send.New(send.Config{Token: "token", BaseURL: srv.URL, Rate: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Send(b.Context(), send.Request{
			To: send.Person("7100000000000001"), Message: send.Text("echo: hello"), Type: send.TypeResponse,
		}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHandWritten(b *testing.B) {
	srv := benchServer(b)
	client := &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024, IdleConnTimeout: 90 * time.Second, DisableCompression: true},
	}
	type id struct {
		ID string `json:"id"`
	}
	type text struct {
		Text string `json:"text"`
	}
	type message struct {
		Recipient     id     `json:"recipient"`
		MessagingType string `json:"messaging_type"`
		Message       text   `json:"message"`
	}
	b.ReportAllocs()
	for b.Loop() {
		body, _ := json.Marshal(message{id{"7100000000000001"}, "RESPONSE", text{"echo: hello"}})
		req, _ := http.NewRequest(http.MethodPost, srv.URL+"/v25.0/me/messages", bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer token")
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		var answer struct {
			RecipientID string `json:"recipient_id"`
			MessageID   string `json:"message_id"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}
