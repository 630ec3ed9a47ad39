package bottest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// What the bot under test is configured with.
const (
	PageID    = "104000000000001"
	appID     = "1517770000000001"
	appSecret = "secret of the app under test"
	token     = "token-of-the-page-under-test"
)

// start is when the clock of every test starts.
var start = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// settleTime bounds how long handlers may take, by the machine's clock.
const settleTime = 10 * time.Second

// stage is what the chats with one bot share: the bot itself, what outlives it, and the talk so far. But for
// what handlers reach, it belongs to the goroutine of the test.
type stage struct {
	t     testing.TB
	graph *sendtest.Graph
	inbox *inbox
	cfg   bot.Config
	log   record // what the bot logged of warnings and errors

	handler bot.Handler
	bot     *bot.Bot
	front   http.Handler
	halt    func() error // stops the bot; nil: it has stopped

	people   []*person
	lines    []string // the talk so far
	events   int      // how many events people have caused
	stamp    int64    // of the last event without a mid
	together *[]item  // what people do at once; nil: each by itself

	mu   sync.Mutex // guards what handlers reach
	now  time.Time
	news []heard // what the bot did and nobody has heard

	comments map[string]string // the PSIDs of those who commented, by the ID of the comment
}

// newStage returns a stage on which no bot has started.
func newStage(tb testing.TB, adjust []func(*bot.Config)) *stage {
	tb.Helper()
	s := &stage{t: tb, now: start}
	s.graph = &sendtest.Graph{
		Token: token, AppSecret: appSecret, PageID: PageID, AppID: appID, RefuseStrangers: true, Now: s.clock,
		OnCall: s.called, OnEvent: s.follow,
	}
	s.graph.Change(func(state *sendtest.State) { state.Owners = make(map[string]string) }) // heed routing
	s.inbox = newInbox(bot.LanesConfig{Now: s.clock})
	s.cfg = bot.Config{
		Token: token, AppSecrets: []string{appSecret}, VerifyToken: "verify", PageID: PageID, AppID: appID,
		HTTP: &http.Client{Transport: inTurn{s.graph.Client().Transport, make(chan struct{}, 1)}},
		Rate: -1, Inbox: s.inbox, Now: s.clock,
		Store: session.NewMemory(session.MemoryConfig{Now: s.clock}),
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Log:   zerolog.New(&s.log).Level(zerolog.WarnLevel),
	}
	for _, change := range adjust {
		change(&s.cfg)
	}
	switch {
	case s.cfg.Inbox != bot.Inbox(s.inbox):
		tb.Fatal("bottest: Config.Inbox is set: a chat keeps what is due in an inbox of its own")
	case s.cfg.Now == nil || !s.cfg.Now().Equal(s.clock()):
		tb.Fatal("bottest: Config.Now is set: a chat has one clock, which Chat.Advance moves")
	}
	told := s.cfg.Refused
	s.cfg.Refused = func(page string, who send.PSID, err error) {
		s.refused(who, err)
		if told != nil {
			told(page, who, err)
		}
	}
	return s
}

// inTurn answers calls by the Graph API, one at a time: only then does it report them in the order in which
// the bot has the answers.
type inTurn struct {
	graph http.RoundTripper
	turn  chan struct{}
}

// RoundTrip answers a call.
func (t inTurn) RoundTrip(r *http.Request) (*http.Response, error) {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	return t.graph.RoundTrip(r)
}

// clock returns the time.
func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// startBot starts a bot on what the one before it has left.
func (s *stage) startBot() {
	s.t.Helper()
	b, err := bot.New(s.cfg, s.handler)
	if err != nil {
		s.t.Fatal(err)
	}
	s.bot = b
	server := echo.New()
	b.Mount(server)
	s.front = server
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	s.halt = func() error {
		stop()
		return <-served
	}
}

// stopBot stops the bot in order, if one runs.
func (s *stage) stopBot() {
	s.t.Helper()
	if s.halt == nil {
		return
	}
	halt := s.halt
	s.halt = nil
	if err := halt(); err != nil {
		s.t.Errorf("the bot did not stop in order: %v", err)
	}
}

// post delivers a webhook body, signed as Meta signs, and waits until it is handled.
func (s *stage) post(body []byte) {
	s.t.Helper()
	if status := s.request(s.t.Context(), body); status != http.StatusOK {
		s.fail(wrong{why: fmt.Sprintf("the bot answered the webhook with %d", status)})
	}
	s.settle()
}

// settle waits until everything due is handled.
func (s *stage) settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), settleTime)
	defer cancel()
	err := s.inbox.settle(ctx)
	s.listen()
	if err != nil {
		s.fail(wrong{why: fmt.Sprintf("the handler has not returned after %s", settleTime)})
	}
}

// advance moves the clock by d, from one time at which something is due to the next, so that each is handled
// at its own time.
func (s *stage) advance(d time.Duration) {
	s.t.Helper()
	end := s.clock().Add(d)
	for {
		at, due := s.inbox.next(end)
		s.mu.Lock()
		s.now = at
		s.mu.Unlock()
		s.settle()
		if !due {
			return
		}
	}
}
