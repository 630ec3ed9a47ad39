package bot_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// The apps of a fleet: three.
func appNumber(i int) string   { return fmt.Sprintf("151777000000000%d", i) }
func appSecretOf(i int) string { return fmt.Sprintf("secret_of_app_%d", i) }

// The Pages of a fleet.
func pageNumber(i int) string  { return fmt.Sprintf("1040000000%05d", i) }
func pageTokenOf(i int) string { return fmt.Sprintf("EAAtoken%d", i) }

// fleetApps returns the apps of a fleet.
func fleetApps() []bot.App {
	var apps []bot.App
	for i := range 3 {
		apps = append(apps, bot.App{ID: appNumber(i), Secrets: []string{appSecretOf(i)}})
	}
	return apps
}

// fleetPage returns a Page of a fleet, of the app i%3.
func fleetPage(i int) bot.Page {
	return bot.Page{ID: pageNumber(i), Token: pageTokenOf(i), App: appNumber(i % 3)}
}

// fleetPages returns n Pages.
func fleetPages(n int) []bot.Page {
	var pages []bot.Page
	for i := range n {
		pages = append(pages, fleetPage(i))
	}
	return pages
}

// knownPages returns the same Pages as the Graph API knows them.
func knownPages(pages ...bot.Page) []sendtest.Page {
	var known []sendtest.Page
	for _, p := range pages {
		secret := ""
		for i := range 3 {
			if p.App == appNumber(i) {
				secret = appSecretOf(i)
			}
		}
		known = append(known, sendtest.Page{
			ID: p.ID, Token: p.Token, AppID: p.App, AppSecret: secret,
			Instagram: p.Instagram, InstagramLogin: p.InstagramLogin,
		})
	}
	return known
}

// wireCall is what a call of the Graph API looked like on the wire.
type wireCall struct{ host, path, token, proof, to, text string }

// wiretap records each call before a fake answers it.
type wiretap struct {
	next  send.Doer
	mu    sync.Mutex
	calls []wireCall
}

func (w *wiretap) Do(r *http.Request) (*http.Response, error) {
	call := wireCall{
		host: r.URL.Host, path: r.URL.Path, token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "),
		proof: r.URL.Query().Get("appsecret_proof"),
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		var params struct {
			Proof     string `json:"appsecret_proof"`
			Recipient struct {
				ID string `json:"id"`
			} `json:"recipient"`
			Message struct {
				Text string `json:"text"`
			} `json:"message"`
		}
		if json.Unmarshal(body, &params) == nil && params.Proof != "" {
			call.proof = params.Proof
		}
		call.to, call.text = params.Recipient.ID, params.Message.Text
	}
	w.mu.Lock()
	w.calls = append(w.calls, call)
	w.mu.Unlock()
	return w.next.Do(r)
}

// seen returns the calls so far.
func (w *wiretap) seen() []wireCall {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// proofOf returns the appsecret_proof as Meta defines it.
func proofOf(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// serveFleet starts a bot with Pages and apps, and without the form for one Page. What it calls is recorded.
func serveFleet(
	t *testing.T, h bot.Handler, pages []bot.Page, adjust ...func(*bot.Config),
) (*harness, *wiretap) {
	t.Helper()
	tap := new(wiretap)
	graph := &sendtest.Graph{Pages: knownPages(pages...), RequireProof: true}
	tap.next = graph.Client()
	s := serve(t, h, append([]func(*bot.Config){func(cfg *bot.Config) {
		graph.Now = cfg.Now
		cfg.Token, cfg.AppSecrets, cfg.PageID = "", nil, ""
		cfg.Pages, cfg.Apps, cfg.HTTP = pages, fleetApps(), tap
	}}, adjust...)...)
	s.graph = graph
	return s, tap
}

// entryOf returns an entry of a Page with one message.
func entryOf(at time.Time, page, person, mid, words string) string {
	return fmt.Sprintf(`{"id":%q,"time":%d,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,`+
		`"message":{"mid":%q,"text":%q}}]}`, page, at.UnixMilli(), person, page, at.UnixMilli(), mid, words)
}

// bodyOf returns a webhook body with entries.
func bodyOf(object string, entries ...string) string {
	return fmt.Sprintf(`{"object":%q,"entry":[%s]}`, object, strings.Join(entries, ","))
}

// postSigned delivers a body with the signature of a secret.
func (s *harness) postSigned(secret, body string) int {
	s.t.Helper()
	request := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, bot.WebhookPath, strings.NewReader(body))
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, []byte(body)))
	answer := httptest.NewRecorder()
	s.front.ServeHTTP(answer, request)
	return answer.Code
}

// sayTo delivers a message to a Page of a fleet, signed by its app, and waits until it is handled.
func (s *harness) sayTo(i int, mid string) {
	s.t.Helper()
	body := bodyOf("page", entryOf(s.clock.Now(), pageNumber(i), person, mid, mid))
	if status := s.postSigned(appSecretOf(i%3), body); status != http.StatusOK {
		s.t.Fatalf("status %d, want 200", status)
	}
	s.settle()
}

// echoes answers with what was said, and where.
var echoes = bot.HandlerFunc(func(c *bot.Context) error { return c.Text(c.Page() + " " + c.Message()) })

// wantClass compares the class of an error.
func wantClass(t *testing.T, what string, err, class error) {
	t.Helper()
	if class == nil && err != nil || class != nil && !errors.Is(err, class) {
		t.Errorf("%s: %v, want %v", what, err, class)
	}
}

// saidList notes what handlers, many at a time, have heard.
type saidList struct {
	mu   sync.Mutex
	said []string
}

// noting returns a handler that notes the words of a message before handle gets it.
func (l *saidList) noting(handle func(*bot.Context) error) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		l.mu.Lock()
		l.said = append(l.said, c.Message())
		l.mu.Unlock()
		return handle(c)
	})
}

// want compares what was heard since want was called last, in any order.
func (l *saidList) want(t *testing.T, want ...string) {
	t.Helper()
	l.mu.Lock()
	got := l.said
	l.said = nil
	l.mu.Unlock()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
}
