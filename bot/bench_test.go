package bot_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// instantGraph accepts every message at once, with as little work as possible.
type instantGraph struct{}

func (instantGraph) Do(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	const answer = `{"recipient_id":"7100000000000001","message_id":"m_1"}`
	return &http.Response{
		StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewBufferString(answer)), ContentLength: int64(len(answer)),
	}, nil
}

// BenchmarkEcho measures what Parley adds to the two sockets: from the bytes of a signed webhook to the
// bytes of the reply.
func BenchmarkEcho(b *testing.B) {
	lanes := bot.NewLanes(bot.LanesConfig{})
	echo, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Rate: -1,
		HTTP: instantGraph{}, Inbox: lanes,
	}, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("echo: " + c.Message()) }))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	served := make(chan error, 1)
	go func() { served <- echo.Serve(ctx) }()
	bodies, signatures := make([]string, b.N), make([]string, b.N)
	at := time.Now()
	for i := range b.N {
		bodies[i] = batch(at, "messaging", text(at, strconv.Itoa(7000000+i%1000), "m_"+strconv.Itoa(i), "hello"))
		signatures[i] = webhook.Sign(secret, []byte(bodies[i]))
	}
	receiver := echo.Webhook()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, bot.WebhookPath, bytes.NewBufferString(bodies[i]))
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("X-Hub-Signature-256", signatures[i])
		answer := httptest.NewRecorder()
		receiver.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			b.Fatal(answer.Code)
		}
		if i%64 == 0 {
			if err := lanes.Settle(ctx); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := lanes.Settle(ctx); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	stop()
	if err := <-served; err != nil {
		b.Fatal(err)
	}
}
