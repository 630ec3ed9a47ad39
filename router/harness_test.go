package router_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/goleak"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

const (
	pageID   = "104000000000001"
	personID = "7100000000000001"
	secret   = "app_secret_for_tests"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is the time of all events, and of the bot until it is advanced.
var now = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// harness is a bot at work: webhook bodies go in at its front door, and what it sends is judged by a fake Graph
// API. It is for the events that a bottest.Chat does not send.
type harness struct {
	*bot.Bot
	graph *sendtest.Graph
	lanes *bot.Lanes
	front http.Handler
	items int
	stamp time.Duration // since now, of the items

	passed atomic.Int64 // nanoseconds since now
}

// newHarness starts a bot and returns it with what stops it. It needs no test, so that Examples have it too.
func newHarness(h bot.Handler, adjust ...func(*bot.Config)) (*harness, func() error) {
	s := new(harness)
	at := func() time.Time { return now.Add(time.Duration(s.passed.Load())) }
	s.graph = &sendtest.Graph{PageID: pageID, Now: at}
	s.lanes = bot.NewLanes(bot.LanesConfig{Now: at})
	cfg := bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: pageID, Rate: -1,
		HTTP: s.graph.Client(), Now: at, Inbox: s.lanes,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, change := range adjust {
		change(&cfg)
	}
	var err error
	if s.Bot, err = bot.New(cfg, h); err != nil {
		return nil, func() error { return err }
	}
	server := echo.New()
	s.Mount(server)
	s.front = server
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	return s, func() error {
		stop()
		return <-served
	}
}

// serve starts a bot that stops when the test ends.
func serve(t *testing.T, h bot.Handler, adjust ...func(*bot.Config)) *harness {
	t.Helper()
	s, stop := newHarness(h, adjust...)
	if s == nil {
		t.Fatal(stop())
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s
}

// deliver delivers an item: the event key of a messaging object. It returns when the event is handled.
func (s *harness) deliver(item string) error { return s.deliverIn("messaging", item) }

// deliverIn delivers an item in a section of its entry.
func (s *harness) deliverIn(section, item string) error {
	s.items++
	body := []byte(fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":%d,%q:[`+
		`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,%s}]}]}`,
		pageID, now.UnixMilli(), section, personID, pageID, now.Add(s.stamp).UnixMilli()+int64(s.items), item))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, bot.WebhookPath, bytes.NewReader(body))
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, body))
	answer := httptest.NewRecorder()
	s.front.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		return fmt.Errorf("the webhook was answered with %d", answer.Code)
	}
	return s.lanes.Settle(ctx)
}

// mustDeliver delivers an item and fails the test if that fails.
func (s *harness) mustDeliver(t *testing.T, item string) {
	t.Helper()
	if err := s.deliver(item); err != nil {
		t.Fatal(err)
	}
}

// advance moves the bot's clock and waits until what has become due is handled.
func (s *harness) advance(t *testing.T, d time.Duration) {
	t.Helper()
	s.passed.Add(int64(d))
	if err := s.lanes.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// sent returns what the bot has sent: texts, and sender actions in brackets.
func (s *harness) sent() []string {
	var sent []string
	for _, call := range s.graph.Calls() {
		var params struct {
			Message struct {
				Text string `json:"text"`
			} `json:"message"`
		}
		switch {
		case call.Action != "":
			sent = append(sent, "("+call.Action+")")
		case json.Unmarshal(call.Params, &params) == nil:
			sent = append(sent, params.Message.Text)
		}
	}
	return sent
}

// text returns the item of a typed text; mid makes it one of its own.
func text(mid, words string) string { return fmt.Sprintf(`"message":{"mid":%q,"text":%q}`, mid, words) }

// quickReply returns the item of a tap on a quick reply.
func quickReply(mid, title, payload string) string {
	return fmt.Sprintf(`"message":{"mid":%q,"text":%q,"quick_reply":{"payload":%q}}`, mid, title, payload)
}

// postback returns the item of a tap on a button.
func postback(mid, title, payload string) string {
	return fmt.Sprintf(`"postback":{"mid":%q,"title":%q,"payload":%q}`, mid, title, payload)
}

// The items of other events.
const (
	picture  = `"message":{"mid":"m_picture","attachments":[{"type":"image","payload":{"url":"https://x.test/1"}}]}`
	reaction = `"reaction":{"mid":"m_1","action":"react","reaction":"love","emoji":"\u2764"}`
	referral = `"referral":{"ref":"summer","source":"SHORTLINK","type":"OPEN_THREAD"}`
	optIn    = `"optin":{"type":"notification_messages","payload":"hello","notification_messages_token":"t"}`
	delivery = `"delivery":{"mids":["m_1"],"watermark":1762074000000}`
	read     = `"read":{"watermark":1762074000000}`
	edit     = `"message_edit":{"mid":"m_1","text":"hello","num_edit":1}`
	ownEcho  = `"message":{"mid":"m_echo","is_echo":true,"text":"hello"}`
)

// journal is what handlers and middleware note, from any goroutine.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}

// take returns the lines since it was last called.
func (j *journal) take() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := j.lines
	j.lines = nil
	return lines
}

// noting returns a handler that notes its name and the params that it has.
func (j *journal) noting(name string, params ...string) bot.HandlerFunc {
	return func(c *bot.Context) error {
		line := name
		for _, param := range params {
			line += " " + param + "=" + c.Param(param)
		}
		j.note("%s", line)
		return nil
	}
}

// around returns a middleware that notes when it is entered and left.
func (j *journal) around(name string) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			j.note("%s in", name)
			defer j.note("%s out", name)
			return next.Handle(c)
		})
	}
}

// want fails the test unless the lines noted since the last call are these.
func (j *journal) want(t *testing.T, lines ...string) {
	t.Helper()
	if got := j.take(); !slices.Equal(got, lines) {
		t.Errorf("got %q, want %q", got, lines)
	}
}
