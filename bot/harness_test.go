package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/goleak"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

const (
	page   = "104000000000001"
	person = "7100000000000001"
	secret = "app_secret_for_tests"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// harness is a bot at work: bodies go in at its front door, and what it sends is judged by a fake Graph API.
type harness struct {
	*bot.Bot
	t     *testing.T
	graph *sendtest.Graph
	lanes *bot.Lanes
	front http.Handler
	clock *clock
}

// serve starts a bot and stops it when the test ends.
func serve(t *testing.T, h bot.Handler, adjust ...func(*bot.Config)) *harness {
	t.Helper()
	at := newClock()
	graph := &sendtest.Graph{PageID: page, Now: at.Now}
	s := &harness{t: t, graph: graph, clock: at}
	cfg := bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Rate: -1,
		HTTP: graph.Client(), Now: at.Now,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, change := range adjust {
		change(&cfg)
	}
	if cfg.Inbox == nil {
		s.lanes = bot.NewLanes(bot.LanesConfig{Now: at.Now, Parallel: cfg.Lanes})
		cfg.Inbox = s.lanes
	}
	var err error
	if s.Bot, err = bot.New(cfg, h); err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	s.Mount(e)
	s.front = e
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s
}

// post delivers a body and returns the status of the answer.
func (s *harness) post(body string) int {
	s.t.Helper()
	request := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, bot.WebhookPath, bytes.NewBufferString(body))
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, []byte(body)))
	answer := httptest.NewRecorder()
	s.front.ServeHTTP(answer, request)
	return answer.Code
}

// deliver delivers items of one entry, and waits until what is due is handled.
func (s *harness) deliver(items ...string) {
	s.t.Helper()
	if status := s.post(batch(s.clock.Now(), "messaging", items...)); status != http.StatusOK {
		s.t.Fatalf("status %d, want 200", status)
	}
	s.settle()
}

// settle waits until everything due is handled.
func (s *harness) settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	if err := s.lanes.Settle(ctx); err != nil {
		s.t.Fatal(err)
	}
}

// texts returns the texts that the Graph API has accepted, in order.
func (s *harness) texts() []string {
	var texts []string
	for _, call := range s.graph.Calls() {
		if call.MessageID != "" {
			texts = append(texts, textOf(call))
		}
	}
	return texts
}

func textOf(call sendtest.Call) string {
	var params struct {
		Message struct {
			Text string `json:"text"`
		} `json:"message"`
	}
	if json.Unmarshal(call.Params, &params) != nil {
		return "?"
	}
	return params.Message.Text
}

// batch returns a body with one entry.
func batch(now time.Time, section string, items ...string) string {
	list := ""
	for i, item := range items {
		if i > 0 {
			list += ","
		}
		list += item
	}
	return fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":%d,%q:[%s]}]}`, page, now.UnixMilli(), section, list)
}

// text returns a message as an item.
func text(now time.Time, from, mid, words string) string {
	return item(now, from, fmt.Sprintf(`"message":{"mid":%q,"text":%q}`, mid, words))
}

// item returns an item with the given event key.
func item(now time.Time, from, event string) string {
	return fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,%s}`,
		from, page, now.UnixMilli(), event)
}
