package bottest

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// Reads makes the person open the thread: the bot hears that everything until now has been read, if its
// handler has a route for reads.
func (c *Chat) Reads() {
	c.t.Helper()
	c.apart("Reads")
	c.note(readsLine)
	c.graph.Read(c.who.psid)
	c.settle()
}

// follow delivers what Meta sends by itself: the echo and the delivery of a message, the read of
// [Chat.Reads], and what becomes of the control of a thread. It runs in the goroutine of whoever caused it:
// the test, or a handler, which must not wait for what it causes.
func (s *stage) follow(body []byte) {
	events, err := webhook.Decode(body)
	if err != nil || len(events) != 1 {
		s.t.Errorf("bottest: %d events in a webhook body, %v", len(events), err)
		return
	}
	if !s.wants(events[0].Kind()) {
		return
	}
	if status := s.request(context.Background(), body); status != http.StatusOK {
		s.t.Errorf("bottest: the bot answered the webhook of a %s with %d", events[0].Kind(), status)
	}
}

// wants reports whether the bot would do something with such an event: its handler has a route for it, an
// echo may be that of a human, or the control of a thread has changed.
func (s *stage) wants(kind string) bool {
	if kind == (*webhook.Handover)(nil).Kind() {
		return true
	}
	if kind == (*webhook.Echo)(nil).Kind() && s.cfg.HumanPause > 0 {
		return true
	}
	inspector, ok := s.handler.(bot.Inspector)
	return ok && inspector.Wants(kind)
}

// request makes the webhook request for body, signed as Meta signs, and returns the status of its answer.
func (s *stage) request(ctx context.Context, body []byte) int {
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, bot.WebhookPath, bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(appSecret, body))
	answer := httptest.NewRecorder()
	s.front.ServeHTTP(answer, request)
	return answer.Code
}
