package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// running is a bot that Run serves on a port of its own, with a Graph API behind another.
type running struct {
	t     *testing.T
	graph *sendtest.Graph
	log   *buffer
	base  string
	stop  context.CancelFunc
	ended chan error
}

// run starts a bot with Run and returns once it listens.
func run(t *testing.T, h bot.Handler, adjust ...func(*bot.Config)) *running {
	t.Helper()
	r := &running{t: t, graph: &sendtest.Graph{PageID: page}, log: new(buffer), ended: make(chan error, 1)}
	server := httptest.NewServer(r.graph)
	t.Cleanup(server.Close)
	cfg := bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Addr: "127.0.0.1:0",
		GraphURL: server.URL,
	}
	for _, change := range adjust {
		change(&cfg)
	}
	listening := make(chan string, 1)
	cfg.Log = zerolog.New(io.MultiWriter(r.log, listenWriter(listening)))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	r.stop = stop
	go func() { r.ended <- bot.Run(ctx, cfg, h) }()
	select {
	case addr := <-listening:
		r.base = "http://" + addr
	case err := <-r.ended:
		t.Fatalf("Run: %v", err)
	}
	t.Cleanup(stop)
	return r
}

// listenWriter takes the address from the log.
type listenWriter chan string

func (w listenWriter) Write(p []byte) (int, error) {
	var line struct{ Message, Addr string }
	if json.Unmarshal(p, &line) == nil && line.Message == "listening" {
		w <- line.Addr
	}
	return len(p), nil
}

// get returns the status and the body of a GET.
func (r *running) get(path string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.base+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// post posts a signed body and returns the status.
func (r *running) post(body string) int {
	r.t.Helper()
	return postTo(r.t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, r.base, body)
}

// end stops the bot and returns what Run returned.
func (r *running) end() error {
	r.stop()
	return <-r.ended
}

// eventually waits for something that another goroutine brings about.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for tick := time.Tick(time.Millisecond); !done(); {
		select {
		case <-tick:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestRun(t *testing.T) {
	before := goleak.IgnoreCurrent()
	answered := make(chan error, 1)
	r := run(t, bot.HandlerFunc(func(c *bot.Context) error {
		err := c.Text("echo: " + c.Message())
		answered <- err
		return err
	}))
	query := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {"verify"}, "hub.challenge": {"1158201444"}}
	if status, body := r.get(bot.WebhookPath + "?" + query.Encode()); status != 200 || body != "1158201444" {
		t.Errorf("challenge: %d %q, want 200 and the challenge", status, body)
	}
	query.Set("hub.verify_token", "wrong")
	if status, _ := r.get(bot.WebhookPath + "?" + query.Encode()); status != http.StatusForbidden {
		t.Errorf("challenge with a wrong token: %d, want 403", status)
	}
	if status, body := r.get(bot.HealthPath); status != 200 || body != "ok" {
		t.Errorf("healthz: %d %q", status, body)
	}
	eventually(t, "the bot is ready", func() bool { status, _ := r.get(bot.ReadyPath); return status == 200 })
	if status := r.post(batch(time.Now(), "messaging", text(time.Now(), person, "m_1", "hi"))); status != 200 {
		t.Errorf("webhook: %d, want 200", status)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if calls := r.graph.Calls(); len(calls) != 1 || textOf(calls[0]) != "echo: hi" || calls[0].Status != 200 {
		t.Errorf("calls %+v, want the answer", calls)
	}
	if err := r.end(); err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
	// the Graph API still listens, and nobody keeps a connection to it
	if err := goleak.Find(before, goleak.IgnoreAnyFunction("net/http/httptest.(*Server).goServe.func1")); err != nil {
		t.Error(err)
	}
}

func TestRunWithAPortInUse(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = bot.Run(t.Context(), bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Addr: taken.Addr().String(),
	}, silent)
	if err == nil || !strings.Contains(err.Error(), "address already in use") || !strings.Contains(err.Error(), "ADDR") {
		t.Errorf("error %v, want one that names the trouble and the way out", err)
	}
}

func TestRunWithAWrongConfiguration(t *testing.T) {
	err := bot.Run(t.Context(), bot.Config{}, silent)
	if err == nil || !strings.Contains(err.Error(), "PAGE_ACCESS_TOKEN") {
		t.Errorf("error %v, want what is missing", err)
	}
}

// Without PAGE_ID the bot asks once, and is not ready before it has the answer. Then events of other Pages
// are not its.
func TestPageIsAskedAtStart(t *testing.T) {
	gate := make(chan struct{})
	handled := make(chan string, 10)
	r := run(t, bot.HandlerFunc(func(c *bot.Context) error { handled <- c.Page(); return nil }),
		func(cfg *bot.Config) { cfg.PageID, cfg.HTTP = "", gated{gate} })
	if status, _ := r.get(bot.ReadyPath); status != http.StatusServiceUnavailable {
		t.Errorf("readyz before the Page is known: %d, want 503", status)
	}
	if status, _ := r.get(bot.HealthPath); status != http.StatusOK {
		t.Errorf("healthz before the Page is known: %d, want 200", status)
	}
	close(gate)
	eventually(t, "the bot is ready", func() bool { status, _ := r.get(bot.ReadyPath); return status == 200 })
	now := time.Now()
	foreign := strings.ReplaceAll(batch(now, "messaging", text(now, person, "m_1", "hi")), page, "104000000000002")
	for _, body := range []string{foreign, foreign, batch(now, "messaging", text(now, person, "m_2", "hi"))} {
		if status := r.post(body); status != 200 {
			t.Errorf("status %d, want 200", status)
		}
	}
	if got := <-handled; got != page {
		t.Errorf("handled an event of the Page %s, want %s", got, page)
	}
	if n := strings.Count(r.log.String(), "104000000000002"); n != 1 {
		t.Errorf("the foreign Page is logged %d times, want once:\n%s", n, r.log)
	}
	if asked := r.graph.Calls(); len(asked) != 1 || asked[0].Method != http.MethodGet {
		t.Errorf("%d calls, want the question alone", len(asked))
	}
	if err := r.end(); err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
}

// gated does no call before its gate is opened.
type gated struct{ gate chan struct{} }

func (g gated) Do(r *http.Request) (*http.Response, error) {
	select {
	case <-g.gate:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
}

func TestWrongTokenIsFoundAtStart(t *testing.T) {
	graph := &sendtest.Graph{PageID: page, Token: "right"}
	server := httptest.NewServer(graph)
	defer server.Close()
	err := bot.Run(t.Context(), bot.Config{
		Token: "wrongtoken", AppSecrets: []string{secret}, VerifyToken: "verify", Addr: "127.0.0.1:0", GraphURL: server.URL,
	}, silent)
	if !errors.Is(err, send.ErrUnauthorized) || !strings.Contains(err.Error(), "PAGE_ACCESS_TOKEN") ||
		strings.Contains(err.Error(), "wrongtoken") {
		t.Errorf("error %v, want ErrUnauthorized that names the variable and not the token", err)
	}
}

// Ctrl-C while the Graph API does not answer is an orderly stop.
func TestStopBeforeThePageIsKnown(t *testing.T) {
	r := run(t, silent, func(cfg *bot.Config) { cfg.PageID, cfg.HTTP = "", gated{make(chan struct{})} })
	if err := r.end(); err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
}

// A handler in flight finishes and is answered before Run returns.
func TestStopLetsAHandlerFinish(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	r := run(t, bot.HandlerFunc(func(c *bot.Context) error {
		close(begun)
		<-finish
		return errors.Join(c.Err(), c.Text("finished"))
	}))
	now := time.Now()
	r.post(batch(now, "messaging", text(now, person, "m_1", "hi")))
	<-begun
	r.stop()
	eventually(t, "the listener is closed", func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.base, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-r.ended:
		t.Fatalf("Run returned %v before the handler had", err)
	default:
	}
	close(finish)
	if err := <-r.ended; err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
	if calls := r.graph.Calls(); len(calls) != 1 || textOf(calls[0]) != "finished" {
		t.Errorf("calls %+v, want the answer", calls)
	}
}

// A handler that takes longer than Config.Drain is told why its context ends, and its event is counted as
// lost.
func TestStopCutsOffASlowHandler(t *testing.T) {
	begun := make(chan struct{})
	cause := make(chan error, 1)
	var sent error
	r := run(t, bot.HandlerFunc(func(c *bot.Context) error {
		close(begun)
		<-c.Done()
		sent = c.Text("too late")
		cause <- context.Cause(c)
		return nil
	}), func(cfg *bot.Config) { cfg.Drain = 10 * time.Millisecond })
	now := time.Now()
	r.post(batch(now, "messaging", text(now, person, "m_1", "hi")))
	<-begun
	if err := r.end(); err != nil {
		t.Errorf("Run: %v, want nil", err)
	}
	if err := <-cause; !errors.Is(err, bot.ErrShutdown) {
		t.Errorf("cause %v, want ErrShutdown", err)
	}
	if !errors.Is(sent, bot.ErrShutdown) || len(r.graph.Calls()) != 0 {
		t.Errorf("error %v and %d calls, want ErrShutdown and none", sent, len(r.graph.Calls()))
	}
	r.log.mustContain(t, "lost")
}
