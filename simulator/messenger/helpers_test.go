package messenger_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parleybot/parley/simulator/messenger"
)

// TestMain plays a bot, where the simulator under test has started this binary as one, or runs the tests.
func TestMain(m *testing.M) {
	if role := os.Getenv("SIMULATOR_TEST_ROLE"); role != "" {
		os.Exit(play(role))
	}
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for something that should happen at once.
const patience = time.Minute

// running is a simulator in a test.
type running struct {
	t              *testing.T
	sim            *messenger.Simulator
	stdout, stderr *output
	page           chan string // gets the URL when the bot has passed
	result         chan error  // gets what Run has returned
	stop           context.CancelFunc
}

// start runs a simulator. At the end of the test it must stop without an error, unless ended was asked.
func start(t *testing.T, cfg messenger.Config) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r := &running{
		t: t, stdout: newOutput(), stderr: newOutput(), stop: stop,
		page: make(chan string, 1), result: make(chan error, 1),
	}
	cfg.Stdout, cfg.Stderr, cfg.Ready = r.stdout, r.stderr, func(page string) { r.page <- page }
	sim, err := messenger.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.sim = sim
	go func() {
		r.result <- sim.Run(ctx)
		close(r.result)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-r.result; err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
	})
	return r
}

// ready waits until the bot has passed the challenge and returns the URL of the page.
func (r *running) ready() string {
	r.t.Helper()
	select {
	case page := <-r.page:
		r.page <- page
		return page
	case err := <-r.result:
		r.t.Fatalf("Run returned %v before it was ready; standard error: %s", err, r.stderr)
	case <-time.After(patience):
		r.t.Fatalf("not ready; standard error: %s", r.stderr)
	}
	return ""
}

// ended waits until Run returns by itself.
func (r *running) ended() error {
	r.t.Helper()
	select {
	case err := <-r.result:
		return err
	case <-time.After(patience):
		r.t.Fatalf("Run goes on; standard error: %s", r.stderr)
		return nil
	}
}

// setting returns a variable of the environment that was printed for a bot that runs already.
func (r *running) setting(name string) string {
	r.t.Helper()
	printed := r.stdout.await(r.t, name+"=")
	_, value, _ := strings.Cut(printed, name+"=")
	value, _, _ = strings.Cut(value, "\n")
	return value
}

// post does what the page's script does.
func (r *running) post(path, body string) (status int, answer string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.ready()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", "http://"+req.Host)
	return exchange(r.t, req)
}

func (r *running) say(text string) {
	r.t.Helper()
	if err := r.sim.Say(text); err != nil {
		r.t.Fatal(err)
	}
}

// exchange makes a request on a connection of its own.
func exchange(t *testing.T, req *http.Request) (status int, answer string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(req.Context(), patience)
	defer cancel()
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// frame is an event of the page's stream.
type frame struct {
	Status *struct {
		Person, Problem string
		Verified        bool
		Standby         bool
		Welcome         struct{ Menu []struct{ Title string } }
	}
	Entry *struct {
		N       int
		Time    int64
		Person  string
		Refused *struct{ Reason string }
		Clock   *struct{ Millis int64 }
		Webhook *struct {
			Kind, Body, Answer, Problem string
			Done                        bool
			Status                      int
			Millis                      float64
		}
		Call *struct {
			Method, Path, Action, Rule, MID string
			Status                          int
			Params, Answer                  json.RawMessage
		}
	}
}

// follow opens the page's stream and returns the first event that is wanted.
func (r *running) follow(wanted func(frame) bool) frame {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.ready()+"events", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var f frame
		if err := json.Unmarshal([]byte(data), &f); err != nil {
			r.t.Fatalf("the stream sent %s: %v", data, err)
		}
		if wanted(f) {
			return f
		}
	}
	r.t.Fatalf("the stream ended without the event wanted: %v", lines.Err())
	return frame{}
}

// output is a writer that a test can read and wait for.
type output struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// await waits until text was written and returns everything that was.
func (o *output) await(t *testing.T, text string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		o.mu.Lock()
		all, changed := o.text.String(), o.changed
		o.mu.Unlock()
		if strings.Contains(all, text) {
			return all
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("got %q, want it to contain %q", all, text)
		}
	}
}

// listenBot serves h as a bot that runs already and returns the URL of its webhook.
func listenBot(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL + "/webhook"
}

// passing answers the challenge correctly and leaves everything else to h; nil takes every event.
func passing(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
			return
		}
		if h != nil {
			h(w, r)
		}
	}
}
