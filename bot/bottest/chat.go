package bottest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// What the bot under test is configured with.
const (
	PageID    = "104000000000001"
	PersonID  = "7100000000000001"
	appID     = "1517770000000001"
	appSecret = "secret of the app under test"
	token     = "token-of-the-page-under-test"
)

// start is when the clock of every Chat starts.
var start = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// settleTime bounds how long a handler may take, by the machine's clock.
const settleTime = 10 * time.Second

// Chat is a person who talks to a bot in a test. The bot is real, from the signed webhook body to the calls
// of the Graph API, which are answered by [sendtest.Graph] without a socket. Bot, windows and Graph share
// one clock, which stands still until [Chat.Advance]. A Chat belongs to the goroutine of its test.
type Chat struct {
	t     testing.TB
	graph *sendtest.Graph
	front http.Handler
	lanes *bot.Lanes

	mu    sync.Mutex // guards what handlers reach: the clock and what the bot did
	now   time.Time
	calls []sendtest.Call

	read     int // how many of calls were expected
	answered int // how many calls there were when the person last did something
	sent     int // how many events the person has caused
	script   []string
	log      record // what the bot logged of warnings and errors
}

// Start starts a bot that answers with h, for a person who has not written yet. Each adjust may change its
// configuration. The bot stops when the test ends.
func Start(tb testing.TB, h bot.Handler, adjust ...func(*bot.Config)) *Chat {
	tb.Helper()
	c := &Chat{t: tb, now: start}
	c.graph = &sendtest.Graph{
		Token: token, AppSecret: appSecret, PageID: PageID, RefuseStrangers: true, Now: c.Now,
		OnCall: c.called,
	}
	c.lanes = bot.NewLanes(bot.LanesConfig{Now: c.Now})
	cfg := bot.Config{
		Token: token, AppSecrets: []string{appSecret}, VerifyToken: "verify", PageID: PageID, AppID: appID,
		HTTP: c.graph.Client(), Rate: -1, Inbox: c.lanes, Now: c.Now,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	cfg.Log = zerolog.New(&c.log).Level(zerolog.WarnLevel)
	for _, change := range adjust {
		change(&cfg)
	}
	b, err := bot.New(cfg, h)
	if err != nil {
		tb.Fatal(err)
	}
	server := echo.New()
	b.Mount(server)
	c.front = server
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	tb.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			tb.Errorf("the bot did not stop in order: %v", err)
		}
	})
	return c
}

// Now returns the time of the chat's clock.
func (c *Chat) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *Chat) called(call sendtest.Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
}

// Say makes the person write text, and returns when the bot has handled all that is due. A handler that
// failed is tried again when the clock moves: see [Chat.Advance].
func (c *Chat) Say(text string) {
	c.t.Helper()
	c.note("> " + text)
	c.act(map[string]any{"message": map[string]any{"mid": c.mid(), "text": text}})
}

// Tap makes the person tap what shows title: a quick reply of the bot's last message, or a button of any
// message. It fails the test if that was not offered. A button that opens a site or dials a number tells the
// bot nothing.
func (c *Chat) Tap(title string) {
	c.t.Helper()
	c.note("> [" + title + "]")
	offer, ok := c.find(title)
	if !ok {
		c.fail("tapped %q, which the bot has not offered", title)
	}
	switch offer.Kind {
	case quickReply:
		c.act(map[string]any{"message": map[string]any{
			"mid": c.mid(), "text": title, "quick_reply": map[string]any{"payload": offer.Payload},
		}})
	case postback:
		c.act(map[string]any{"postback": map[string]any{
			"mid": c.mid(), "title": title, "payload": offer.Payload,
		}})
	}
}

// Expect takes the next message of the bot, and fails the test unless it has this text (or, for a card,
// this title) and offers these quick replies and buttons in this order.
func (c *Chat) Expect(text string, offered ...string) {
	c.t.Helper()
	said, ok := c.next()
	if !ok {
		c.fail("want %s\n got nothing more", quote(text, offered))
	}
	if said.Text != text || !slices.Equal(said.titles(), offered) {
		c.fail("want %s\n got %s", quote(text, offered), said)
	}
}

// ExpectNothing fails the test if the bot has said anything that was not expected. Typing indicators, seen
// marks and reactions are nothing said.
func (c *Chat) ExpectNothing() {
	c.t.Helper()
	if said, ok := c.next(); ok {
		c.fail("want nothing more\n got %s", said)
	}
}

// Advance moves the clock of bot and Graph API, and returns when what has become due is handled.
func (c *Chat) Advance(d time.Duration) {
	c.t.Helper()
	c.note("+ " + d.String())
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
	c.settle()
}

// Fail makes the next message of the bot fail with Meta's code and subcode, such as 551 and 1545041. Typing
// indicators and seen marks before it go through.
func (c *Chat) Fail(code, subcode int) {
	c.note(fmt.Sprintf("! the next message fails with %d/%d", code, subcode))
	c.graph.FailWith(sendtest.Failure{
		Code: code, Subcode: subcode, Match: func(call sendtest.Call) bool { return call.Action == "" },
	})
}

// mid returns the ID of the person's next message.
func (c *Chat) mid() string {
	c.sent++
	return fmt.Sprintf("m_person_%d", c.sent)
}

// act delivers what the person did, signed as Meta signs, and waits until it is handled.
func (c *Chat) act(item map[string]any) {
	c.t.Helper()
	now := c.Now()
	item["sender"] = map[string]any{"id": PersonID}
	item["recipient"] = map[string]any{"id": PageID}
	item["timestamp"] = now.UnixMilli()
	body, err := json.Marshal(map[string]any{"object": "page", "entry": []any{map[string]any{
		"id": PageID, "time": now.UnixMilli(), "messaging": []any{item},
	}}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.graph.Acted(PersonID, now)
	c.mu.Lock()
	c.answered = len(c.calls)
	c.mu.Unlock()
	request := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, bot.WebhookPath,
		bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(appSecret, body))
	answer := httptest.NewRecorder()
	c.front.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		c.fail("the bot answered the webhook with %d", answer.Code)
	}
	c.settle()
}

// settle waits until everything due is handled.
func (c *Chat) settle() {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), settleTime)
	defer cancel()
	if err := c.lanes.Settle(ctx); err != nil {
		c.fail("the handler has not returned after %s", settleTime)
	}
}

// note writes a line of the transcript.
func (c *Chat) note(line string) { c.script = append(c.script, line) }

// fail ends the test with the talk so far, what went wrong, and what the bot logged.
func (c *Chat) fail(format string, args ...any) {
	c.t.Helper()
	c.t.Fatalf("%s\n%s%s", c.transcript(), fmt.Sprintf(format, args...), c.log.shown())
}
