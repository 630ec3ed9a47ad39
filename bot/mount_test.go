package bot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// config returns the configuration of a bot that nothing is missing from.
func config(graph *sendtest.Graph) bot.Config {
	return bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Rate: -1, HTTP: graph.Client(),
	}
}

// signed returns a request with a body of the webhook.
func signed(t *testing.T, body string) *http.Request {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, bot.WebhookPath, strings.NewReader(body))
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, []byte(body)))
	return request
}

// status returns the status that h answers with.
func status(h http.Handler, request *http.Request) int {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, request)
	return answer.Code
}

// Somebody's echo has routes of its own; the bot's stand beside them. What comes before Serve waits for it,
// and what comes after it is refused, because nobody would handle it.
func TestMountOnSomebodysEcho(t *testing.T) {
	handled := make(chan string, 10)
	b, err := bot.New(config(new(sendtest.Graph)), bot.HandlerFunc(func(c *bot.Context) error {
		handled <- c.Message()
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "somebody's") })
	b.Mount(e)
	get := func(path string) int {
		return status(e, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	}
	early := batch(time.Now(), "messaging", text(time.Now(), person, "m_1", "early"))
	if got := status(e, signed(t, early)); got != http.StatusOK {
		t.Errorf("webhook before Serve: %d, want 200", got)
	}
	if got := get(bot.ReadyPath); got != http.StatusServiceUnavailable {
		t.Errorf("readyz before Serve: %d, want 503", got)
	}
	if get("/") != http.StatusOK || get(bot.HealthPath) != http.StatusOK {
		t.Error("a route is gone")
	}

	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	if got := <-handled; got != "early" {
		t.Errorf("handled %q, want what came before Serve", got)
	}
	eventually(t, "the bot is ready", func() bool { return get(bot.ReadyPath) == http.StatusOK })
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v, want nil", err)
	}
	if got := get(bot.ReadyPath); got != http.StatusServiceUnavailable {
		t.Errorf("readyz after Serve: %d, want 503", got)
	}
	late := batch(time.Now(), "messaging", text(time.Now(), person, "m_2", "late"))
	if got := status(e, signed(t, late)); got != http.StatusServiceUnavailable {
		t.Errorf("webhook after Serve: %d, want 503, so that Meta delivers again", got)
	}
}

func TestWebhookWithoutEcho(t *testing.T) {
	b, err := bot.New(config(new(sendtest.Graph)), silent)
	if err != nil {
		t.Fatal(err)
	}
	if got := status(b.Webhook(), signed(t, batch(time.Now(), "messaging"))); got != http.StatusOK {
		t.Errorf("status %d, want 200", got)
	}
}

func TestServeTwice(t *testing.T) {
	s := serve(t, silent)
	s.say("m_1")
	if err := s.Serve(t.Context()); err == nil {
		t.Error("no error")
	}
}

// A handler that heeds no context cannot be stopped: Serve says so and does not wait for ever.
func TestStopLeavesAHandlerThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		b, err := bot.New(config(new(sendtest.Graph)), bot.HandlerFunc(func(*bot.Context) error {
			<-release
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		accept(t, b, batch(time.Now(), "messaging", text(time.Now(), person, "m_1", "hi")))
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- b.Serve(ctx) }()
		synctest.Wait()
		begun := time.Now()
		stop()
		if err := <-served; err == nil || !strings.Contains(err.Error(), "does not end") {
			t.Errorf("Serve: %v, want an error that says that a handler is left", err)
		}
		if took := time.Since(begun); took < 20*time.Second || took > 30*time.Second {
			t.Errorf("Serve took %s, want Config.Drain and a little", took)
		}
		close(release)
	})
}

func TestSecondSecretWhileItIsRotated(t *testing.T) {
	s := serve(t, silent, func(cfg *bot.Config) { cfg.AppSecrets = []string{"the new one", secret} })
	s.say("m_1")
}

// Events of a Page that is nobody's are acknowledged, or Meta would deliver them for hours; they reach no
// handler.
func TestEventsOfAForeignPage(t *testing.T) {
	var log buffer
	var events heard
	s := serve(t, events.handler(func(*bot.Context) error { return nil }), logTo(&log))
	foreign := strings.ReplaceAll(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_1", "hi")),
		page, "104000000000002")
	for range 3 {
		if got := s.post(foreign); got != http.StatusOK {
			t.Errorf("status %d, want 200", got)
		}
	}
	s.settle()
	events.want(t)
	if n := strings.Count(log.String(), "104000000000002"); n != 1 {
		t.Errorf("the Page is logged %d times, want once:\n%s", n, &log)
	}
}

// An Instagram account that is linked to the Page is ours too.
func TestEventsOfAnInstagramAccount(t *testing.T) {
	const account = "17841400000000001"
	var events heard
	s := serve(t, events.handler(func(c *bot.Context) error { return c.Text("Hi") }),
		func(cfg *bot.Config) { cfg.Instagram = []string{account} })
	body := strings.ReplaceAll(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_1", "hi")), page, account)
	s.post(strings.Replace(body, `"page"`, `"instagram"`, 1))
	s.settle()
	events.want(t, "hi")
	s.want("Hi")
}

// picky is a handler that tells which kinds of events it has routes for.
type picky struct {
	bot.Handler
	wants string
}

func (picky) Map() []byte              { return []byte(`{}`) }
func (p picky) Wants(kind string) bool { return kind == p.wants }

// Receipts come for each message. Those that nobody wants are not worth a place in the inbox; other events
// are handed over whatever the handler says, because a fallback may take them.
func TestReceiptsThatNobodyWants(t *testing.T) {
	tests := map[string]struct {
		wants string
		want  []string
	}{
		"none":       {"", []string{"echo", "message"}},
		"deliveries": {"delivery", []string{"delivery", "echo", "message"}},
		"reads":      {"read", []string{"read", "echo", "message"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var kinds []string
			s := serve(t, picky{bot.HandlerFunc(func(c *bot.Context) error {
				kinds = append(kinds, c.Event().Kind())
				return nil
			}), test.wants})
			items := s.unanswered()
			s.deliver(items["delivery"], items["read"], items["echo"], text(s.clock.Now(), person, "m_2", "hi"))
			if fmt.Sprint(kinds) != fmt.Sprint(test.want) {
				t.Errorf("handled %v, want %v", kinds, test.want)
			}
		})
	}
}

func TestReceiptsGoToAHandlerThatDoesNotTell(t *testing.T) {
	handled := 0
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { handled++; return nil }))
	items := s.unanswered()
	s.deliver(items["delivery"], items["read"])
	if handled != 2 {
		t.Errorf("%d receipts handled, want 2", handled)
	}
}

// broken is an inbox whose storage fails.
type broken struct{ *bot.Lanes }

func (broken) Publish(context.Context, []bot.Envelope) error { return errors.New("disk full") }

func TestInboxThatCannotKeepEvents(t *testing.T) {
	s := serve(t, silent, func(cfg *bot.Config) {
		cfg.Inbox = broken{bot.NewLanes(bot.LanesConfig{Now: cfg.Now})}
	})
	if got := s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_1", "hi"))); got != 503 {
		t.Errorf("status %d, want 503, so that Meta delivers again", got)
	}
	if _, err := s.Emit(t.Context(), page, person, "name", s.clock.Now(), nil); err == nil {
		t.Error("Emit promised what the inbox has not kept")
	}
}

// What is stored may be from another version, or damaged: it becomes a dead letter and keeps nobody waiting.
func TestEnvelopeThatCannotBeRead(t *testing.T) {
	var events heard
	s := serve(t, events.handler(func(*bot.Context) error { return nil }))
	if err := s.lanes.Publish(t.Context(), []bot.Envelope{{
		ID: "message:m_0", Key: page + "." + person, Data: []byte("rubbish"),
	}}); err != nil {
		t.Fatal(err)
	}
	s.say("m_1")
	events.want(t, "m_1")
	if causes := s.causes(); len(causes) != 1 || !strings.Contains(causes[0], "cannot be read") {
		t.Errorf("dead letters %q, want the one that cannot be read", causes)
	}
}
