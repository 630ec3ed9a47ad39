package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// fixture is a receiver whose surroundings keep what they are told.
type fixture struct {
	*webhook.Receiver
	mu      sync.Mutex
	fails   error // what Accept returns
	log     []string
	refused []error
}

type sinkFunc func(context.Context, []webhook.Event) error

func (f sinkFunc) Accept(ctx context.Context, events []webhook.Event) error { return f(ctx, events) }

func (f *fixture) Accept(_ context.Context, events []webhook.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(events) == 0 {
		f.log = append(f.log, "accept nothing")
	}
	for _, e := range events {
		f.log = append(f.log, fmt.Sprintf("accept %s by %s", e.ID(), e.From().App))
	}
	return f.fails
}

func (f *fixture) RecordInbound(page string, who send.PSID, w send.Window) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, fmt.Sprintf("record %s %s %d %d", page, who, w.Opened.UnixMilli(), w.By))
}

// clock is what time it is for a fixture.
var clock = time.UnixMilli(1763715700000)

func newFixture(t *testing.T, change func(*webhook.Config)) *fixture {
	t.Helper()
	f := new(fixture)
	config := webhook.Config{
		VerifyToken: "verify",
		Apps:        []webhook.App{{ID: "A", Secrets: []string{"secret"}}},
		Sink:        f,
		Recorder:    f,
		Now:         func() time.Time { return clock },
		Refused:     func(_ int, err error) { f.refused = append(f.refused, err) },
		UnknownPage: func(page string) { f.log = append(f.log, "unknown "+page) },
	}
	if change != nil {
		change(&config)
	}
	r, err := webhook.NewReceiver(config)
	if err != nil {
		t.Fatal(err)
	}
	f.Receiver = r
	return f
}

// post sends body with the headers given.
func (f *fixture) post(body string, header http.Header) *httptest.ResponseRecorder {
	return f.do(http.MethodPost, "/webhook", strings.NewReader(body), header)
}

func (f *fixture) do(method, target string, body io.Reader, header http.Header) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(context.Background(), method, target, body)
	req.Header = header
	w := httptest.NewRecorder()
	f.ServeHTTP(w, req)
	return w
}

// signed is the header of a body that a secret signed.
func signed(secret, body string) http.Header {
	return http.Header{webhook.HeaderSignature: {webhook.Sign(secret, []byte(body))}}
}

func TestReceiverChallenge(t *testing.T) {
	f := newFixture(t, nil)
	good := url.Values{
		"hub.mode": {"subscribe"}, "hub.verify_token": {"verify"}, "hub.challenge": {"1158201444"},
	}
	tests := map[string]struct {
		key, value string // changed in good; an empty value removes the key
		status     int
		body       string
	}{
		"right":              {"", "", 200, "1158201444"},
		"a long challenge":   {"hub.challenge", "99999999999999999999999999", 200, "99999999999999999999999999"},
		"a script":           {"hub.challenge", "<script> + &", 200, "<script> + &"},
		"a wrong token":      {"hub.verify_token", "Verify", 403, "Forbidden"},
		"the token and more": {"hub.verify_token", "verify ", 403, "Forbidden"},
		"no token":           {"hub.verify_token", "", 403, "Forbidden"},
		"no mode":            {"hub.mode", "", 400, "Bad Request"},
		"another mode":       {"hub.mode", "unsubscribe", 400, "Bad Request"},
		"no challenge":       {"hub.challenge", "", 400, "Bad Request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			query := url.Values{}
			for key := range good {
				query.Set(key, good.Get(key))
			}
			if test.value != "" {
				query.Set(test.key, test.value)
			} else {
				query.Del(test.key)
			}
			w := f.do(http.MethodGet, "/webhook?"+query.Encode(), nil, nil)
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, test.status, test.body)
			}
			if got := w.Header().Get("Content-Type"); got != "text/plain; charset=utf-8" {
				t.Errorf("content type %q", got)
			}
			if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("content type options %q", got)
			}
		})
	}
	for _, query := range []string{"", "?hub.mode=%zz", "?x=1;y=2"} {
		if w := f.do(http.MethodGet, "/webhook"+query, nil, nil); w.Code != http.StatusBadRequest {
			t.Errorf("%q: %d", query, w.Code)
		}
	}
}

func TestReceiverMethods(t *testing.T) {
	f := newFixture(t, nil)
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodOptions, "X"} {
		w := f.do(method, "/webhook", nil, nil)
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, POST" {
			t.Errorf("%s: %d, allows %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestReceiverAccepts(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"a message": {
			wrap(`{` + parties + `"message":{"mid":"m"}}`), "record 1 7 1763715600000 0, accept message:m by A",
		},
		"a message from an ad": {
			wrap(`{` + parties + `"message":{"mid":"m","referral":{"source":"ADS"}}}`),
			"record 1 7 1763715600000 1, accept message:m by A",
		},
		"a message from the future": {
			wrap(`{"sender":{"id":"7"},"timestamp":1863715600000,"message":{"mid":"m"}}`),
			"record 1 7 1763715700000 0, accept message:m by A",
		},
		"a message without a time": {
			`{"entry":[{"id":"1","messaging":[{"sender":{"id":"7"},"message":{"mid":"m"}}]}]}`,
			"record 1 7 1763715700000 0, accept message:m by A",
		},
		"a message of nobody": {wrap(`{"message":{"mid":"m"}}`), "accept message:m by A"},
		"an echo":             {wrap(`{` + parties + `"message":{"mid":"m","is_echo":true}}`), "accept echo:m by A"},
		"a batch": {
			wrap(`{` + parties + `"postback":{"mid":"p"}},{` + parties + `"read":{"mid":"m"}}`),
			"record 1 7 1763715600000 0, accept postback:p by A, accept read:7:m by A",
		},
		"a copy on standby": {
			`{"entry":[{"id":"1","standby":[{` + parties + `"message":{"mid":"m"}}]}]}`,
			"record 1 7 1763715600000 0, accept standby:message:m by A",
		},
		"nothing": {`{"object":"page","entry":[]}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil)
			w := f.post(test.body, signed("secret", test.body))
			if w.Code != http.StatusOK || w.Body.String() != "" {
				t.Errorf("%d %q", w.Code, w.Body)
			}
			if got := strings.Join(f.log, ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if len(f.refused) != 0 {
				t.Errorf("refused %v", f.refused)
			}
		})
	}
}

func TestReceiverRefuses(t *testing.T) {
	good := wrap(`{` + parties + `"message":{"mid":"m"}}`)
	big := wrap(`{"message":{"text":"` + strings.Repeat("x", 2<<20) + `"}}`)
	nested := wrap(strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000))
	tests := map[string]struct {
		body   string
		header http.Header
		status int
		reason error // nil: any
	}{
		"no signature":    {good, nil, 403, webhook.ErrSignature},
		"wrong signature": {good, signed("other", good), 403, webhook.ErrSignature},
		"short signature": {
			good,
			http.Header{webhook.HeaderSignature: {webhook.Sign("secret", []byte(good))[:50]}},
			403, webhook.ErrSignature,
		},
		"upper-case signature": {
			good,
			http.Header{webhook.HeaderSignature: {strings.ToUpper(webhook.Sign("secret", []byte(good)))}},
			403, webhook.ErrSignature,
		},
		"SHA-1 only":                {good, signedSHA1("secret", good), 403, webhook.ErrSignature},
		"not JSON, badly signed":    {"{", nil, 403, webhook.ErrSignature},
		"not JSON":                  {"{", signed("secret", "{"), 400, webhook.ErrMalformed},
		"an empty object":           {"{}", signed("secret", "{}"), 400, webhook.ErrMalformed},
		"a list":                    {"[]", signed("secret", "[]"), 400, webhook.ErrMalformed},
		"nothing":                   {"", signed("secret", ""), 400, webhook.ErrMalformed},
		"10,000 levels":             {nested, signed("secret", nested), 400, webhook.ErrMalformed},
		"2 MiB":                     {big, signed("secret", big), 413, nil},
		"2 MiB without a signature": {big, nil, 413, nil},
	}
	for name, test := range tests {
		for _, known := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, length known: %v", name, known), func(t *testing.T) {
				f := newFixture(t, nil)
				var body io.Reader = strings.NewReader(test.body)
				if !known {
					body = io.MultiReader(body)
				}
				w := f.do(http.MethodPost, "/webhook", body, test.header)
				if w.Code != test.status || w.Body.String() != http.StatusText(test.status) {
					t.Errorf("%d %q, want %d", w.Code, w.Body, test.status)
				}
				if len(f.refused) != 1 || test.reason != nil && !errors.Is(f.refused[0], test.reason) {
					t.Errorf("reasons %v, want one %v", f.refused, test.reason)
				}
				if len(f.log) != 0 {
					t.Errorf("handed on: %v", f.log)
				}
			})
		}
	}
}

func TestReceiverMaxBody(t *testing.T) {
	body := wrap(`{}`)
	for size, status := range map[int64]int{int64(len(body)): 200, int64(len(body)) - 1: 413, 1 << 62: 200} {
		f := newFixture(t, func(c *webhook.Config) { c.MaxBody = size })
		for _, reader := range []io.Reader{strings.NewReader(body), io.MultiReader(strings.NewReader(body))} {
			if w := f.do(http.MethodPost, "/", reader, signed("secret", body)); w.Code != status {
				t.Errorf("limit %d, body %d: %d, want %d", size, len(body), w.Code, status)
			}
		}
	}
}

// unreadable is a body that must not be read.
type unreadable struct{ *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.Error("the body was read")
	return 0, io.EOF
}

func TestReceiverTooLongIsNotRead(t *testing.T) {
	f := newFixture(t, nil)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhook", unreadable{t})
	req.ContentLength = 1<<20 + 1
	w := httptest.NewRecorder()
	if f.ServeHTTP(w, req); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", w.Code)
	}
}

func TestReceiverBodyCutOff(t *testing.T) {
	body := wrap(`{}`)
	f := newFixture(t, nil)
	for _, length := range []int64{int64(len(body)) + 1, 1 << 20} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhook", strings.NewReader(body))
		req.Header = signed("secret", body)
		req.ContentLength = length
		w := httptest.NewRecorder()
		if f.ServeHTTP(w, req); w.Code != http.StatusBadRequest {
			t.Errorf("%d of %d bytes: %d", len(body), length, w.Code)
		}
	}
	if len(f.log) != 0 || len(f.refused) != 2 {
		t.Errorf("log %v, refused %v", f.log, f.refused)
	}
}

func TestReceiverSinkFails(t *testing.T) {
	f := newFixture(t, nil)
	f.fails = errors.New("full")
	body := wrap(`{` + parties + `"message":{"mid":"m"}}`)
	if w := f.post(body, signed("secret", body)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if len(f.refused) != 1 || !errors.Is(f.refused[0], f.fails) {
		t.Errorf("reasons %v", f.refused)
	}
	f.fails = nil // Meta sends the same again
	if w := f.post(body, signed("secret", body)); w.Code != http.StatusOK {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestReceiverSinkHangs(t *testing.T) {
	for timeout, want := range map[time.Duration]time.Duration{0: 3 * time.Second, time.Minute: time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t, func(c *webhook.Config) {
				c.AcceptTimeout = timeout
				c.Sink = sinkFunc(func(ctx context.Context, _ []webhook.Event) error {
					<-ctx.Done()
					return ctx.Err()
				})
			})
			body := wrap(`{}`)
			start := time.Now()
			w := f.post(body, signed("secret", body))
			if took := time.Since(start); w.Code != http.StatusServiceUnavailable || took != want {
				t.Errorf("%d after %s, want 503 after %s", w.Code, took, want)
			}
		})
	}
}

func TestReceiverConcurrently(t *testing.T) {
	f := newFixture(t, nil)
	server := httptest.NewServer(f)
	defer server.Close()
	var posts sync.WaitGroup
	for i := range 8 {
		posts.Go(func() {
			for j := range 20 {
				body := wrap(fmt.Sprintf(`{%s"message":{"mid":"m_%d_%d"}}`, parties, i, j))
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				req.Header = signed("secret", body)
				resp, err := server.Client().Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
					t.Errorf("%d, error %v", resp.StatusCode, err)
				}
			}
		})
	}
	posts.Wait()
	if got := len(f.log); got != 2*8*20 {
		t.Errorf("%d calls", got)
	}
}
