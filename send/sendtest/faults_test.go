package sendtest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// TestFailNext checks text, type and HTTP status of errors on demand, and that each is used once, in order.
func TestFailNext(t *testing.T) {
	tests := map[string]struct {
		code, subcode int
		status        int
		kind, says    string
		transient     bool
	}{
		"window":         {10, 2018278, 400, "OAuthException", "(#10) " + outside + " " + policy, false},
		"Instagram":      {10, 2534022, 403, "IGApiException", outside, false},
		"app limit":      {4, 0, 400, "OAuthException", "(#4) Application request limit reached", true},
		"Page limit":     {32, 0, 400, "OAuthException", "(#32) Page request limit reached", false},
		"rate limit":     {613, 0, 400, "OAuthException", "(#613) Calls to this api have exceeded the rate limit.", false},
		"temporary":      {1200, 2018024, 500, "OAuthException", "(#1200) Temporary send message failure. Please try again later.", true},
		"unexpected":     {2, 0, 500, "OAuthException", "An unexpected error has occurred. Please retry your request later.", true},
		"token":          {190, 0, 400, "OAuthException", "Invalid OAuth access token - Cannot parse access token", false},
		"unavailable":    {551, 1545041, 400, "OAuthException", "(#551) This person isn't available right now.", false},
		"object":         {100, 33, 400, "GraphMethodException", "Unsupported post request. Object with ID 'me' does not exist, cannot be loaded due to missing permissions, or does not support this operation", false},
		"subcode unseen": {190, 999, 400, "OAuthException", "Invalid OAuth access token - Cannot parse access token", false},
		"code unseen":    {4711, 5, 400, "OAuthException", "(#4711) An error occurred", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := new(sendtest.Graph)
			g.FailNext(test.code, test.subcode)
			g.FailNext(368, 0)
			got := post(t, g, to(hi))
			e := got.Error
			if got.status != test.status || e.Type != test.kind || e.Message != test.says ||
				e.Code != test.code || e.Subcode != test.subcode || e.Transient != test.transient {
				t.Errorf("HTTP %d %s", got.status, got.body)
			}
			if c := last(t, g); c.Rule != "fault" || c.MessageID != "" || c.Status != test.status {
				t.Errorf("call %+v", c)
			}
			if got := post(t, g, to(hi)); got.Error.Code != 368 {
				t.Errorf("second failure: %s", got.body)
			}
			if got := post(t, g, to(hi)); got.status != 200 {
				t.Errorf("after both: %s", got.body)
			}
		})
	}
}

// TestFailWith answers what no Graph API should, but gateways do.
func TestFailWith(t *testing.T) {
	tests := map[string]struct {
		failure          sendtest.Failure
		status           int
		contentType, say string
		answer           string // as the call shows it
	}{
		"HTML": {
			sendtest.Failure{Status: 502, Body: []byte("<html>")},
			502, "text/html; charset=utf-8", "<html>",
			`"<html>"`,
		},
		"500, nothing": {sendtest.Failure{Status: 500}, 500, "text/html; charset=utf-8", "", ""},
		"200, nothing": {sendtest.Failure{Body: []byte{}}, 200, "text/html; charset=utf-8", "", ""},
		"200 with an error": {
			sendtest.Failure{Body: []byte(`{"error":{"code":36000}}`)},
			200, "application/json; charset=UTF-8",
			`{"error":{"code":36000}}`, `{"error":{"code":36000}}`,
		},
		"half an object": {
			sendtest.Failure{Body: []byte(`{"recip`)}, 200, "text/html; charset=utf-8", `{"recip`, `"{\"recip"`,
		},
		"own type": {
			sendtest.Failure{Status: 503, Header: http.Header{"content-type": {"text/plain"}}, Body: []byte("no")},
			503, "text/plain", "no", `"no"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := new(sendtest.Graph)
			g.FailWith(test.failure)
			response, err := g.Client().Do(request(t, http.MethodPost, "/me/messages", "application/json", to(hi)))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			kind := response.Header.Get("Content-Type")
			if response.StatusCode != test.status || kind != test.contentType || string(body) != test.say {
				t.Errorf("HTTP %d %s %q", response.StatusCode, kind, body)
			}
			if c := last(t, g); c.Rule != "fault" || string(c.Answer) != test.answer || (c.Answer == nil) != (test.answer == "") || c.MessageID != "" {
				t.Errorf("call %+v, answer %s", c, c.Answer)
			}
		})
	}
}

// TestFailHeaders gives an error of Meta's the headers of a rate limit and another status.
func TestFailHeaders(t *testing.T) {
	g := new(sendtest.Graph)
	g.FailWith(sendtest.Failure{Code: 613, Status: 429, Header: http.Header{"X-App-Usage": {`{"call_count":100}`}}})
	got := post(t, g, to(hi))
	if got.status != 429 || got.Error.Code != 613 || got.header.Get("X-App-Usage") != `{"call_count":100}` {
		t.Errorf("HTTP %d %v %s", got.status, got.header, got.body)
	}
}

// TestFailMatch leaves a sender action alone and fails the message after it.
func TestFailMatch(t *testing.T) {
	g := new(sendtest.Graph)
	g.FailWith(sendtest.Failure{Code: 2, Match: func(c sendtest.Call) bool { return c.Action == "" }})
	if got := post(t, g, to(`"sender_action":"TYPING_ON"`)); got.status != 200 {
		t.Errorf("typing: %s", got.body)
	}
	if got := post(t, g, to(hi)); got.Error.Code != 2 {
		t.Errorf("message: %s", got.body)
	}
}

// TestFailAccept hides the answer of a message that was sent; what a rule refuses is refused all the same.
func TestFailAccept(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.FailWith(sendtest.Failure{Status: 500, Accept: true, Match: func(c sendtest.Call) bool { return c.Recipient != "" }})
	response, err := g.Client().Do(request(t, http.MethodPost, "/me/messages", "application/json", to(hi)))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if c := last(t, g); response.StatusCode != 500 || c.MessageID == "" || c.Rule != "fault" {
		t.Errorf("HTTP %d, call %+v", response.StatusCode, c)
	}
	g.FailWith(sendtest.Failure{Status: 500, Accept: true})
	if got := post(t, g, `{}`); got.Error.Message != "(#100) The parameter recipient is required" {
		t.Errorf("%s", got.body)
	}
}

// TestDrop closes the connection, without a socket and with one.
func TestDrop(t *testing.T) {
	for name, accept := range map[string]bool{"not processed": false, "processed": true} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			server := httptest.NewServer(g)
			defer server.Close()
			for _, client := range []*http.Client{g.Client(), server.Client()} {
				g.FailWith(sendtest.Failure{Drop: true, Accept: accept})
				r := request(t, http.MethodPost, "/me/messages", "application/json", to(hi))
				r.URL.Scheme, r.URL.Host = "http", server.Listener.Addr().String()
				response, err := client.Do(r)
				if err == nil {
					_ = response.Body.Close()
					t.Fatalf("answered with HTTP %d", response.StatusCode)
				}
				if !errors.Is(err, io.EOF) {
					t.Errorf("got %v, want EOF", err)
				}
				if c := last(t, g); (c.MessageID != "") != accept || c.Status != 0 || c.Answer != nil {
					t.Errorf("call %+v", c)
				}
			}
		})
	}
}

// TestTraceTellsWhatWasWritten: a client that asks httptrace whether its request went out must hear the truth.
func TestTraceTellsWhatWasWritten(t *testing.T) {
	for name, test := range map[string]struct {
		failure sendtest.Failure
		written bool
		err     error
	}{
		"dropped": {sendtest.Failure{Drop: true}, true, io.EOF},
		"refused": {sendtest.Failure{Refuse: true}, false, syscall.ECONNREFUSED},
	} {
		t.Run(name, func(t *testing.T) {
			g := new(sendtest.Graph)
			g.FailWith(test.failure)
			written := false
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				WroteRequest: func(httptrace.WroteRequestInfo) { written = true },
			})
			r := request(t, http.MethodPost, "/me/messages", "application/json", to(hi)).WithContext(ctx)
			response, err := g.Client().Do(r)
			if err == nil {
				_ = response.Body.Close()
			}
			if !errors.Is(err, test.err) || written != test.written {
				t.Errorf("error %v, written %t; want %v, %t", err, written, test.err, test.written)
			}
		})
	}
}

// TestDelay: a slow answer is a true one, unless the caller gives up first; the message is sent either way.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := new(sendtest.Graph)
		g.FailWith(sendtest.Failure{Delay: 5 * time.Second})
		start := time.Now()
		if got := post(t, g, to(hi)); got.status != 200 || time.Since(start) != 5*time.Second {
			t.Errorf("HTTP %d after %v", got.status, time.Since(start))
		}

		g.FailWith(sendtest.Failure{Delay: time.Minute})
		client := g.Client()
		client.Timeout = 10 * time.Second
		response, err := client.Do(request(t, http.MethodPost, "/me/messages", "application/json", to(hi)))
		if err == nil {
			_ = response.Body.Close()
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want a time-out", err)
		}
		if c := last(t, g); c.MessageID == "" || c.Status != 0 || c.Rule != "" {
			t.Errorf("call %+v", c)
		}
	})
}

// TestCancelledContext: nothing happens for a caller who has gone already.
func TestCancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g := new(sendtest.Graph)
	r := request(t, http.MethodPost, "/me/messages", "application/json", to(hi)).WithContext(ctx)
	response, err := g.Client().Do(r)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, context.Canceled) || len(g.Calls()) != 0 {
		t.Errorf("error %v, %d calls", err, len(g.Calls()))
	}
}

// TestCancelledUpload: a body that waits for more ends with its context, and was no call.
func TestCancelledUpload(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	body, more := io.Pipe()
	defer func() { _ = more.Close() }()
	g := new(sendtest.Graph)
	r := request(t, http.MethodPost, "/me/messages", "application/json", "").WithContext(ctx)
	r.Body, r.ContentLength = body, -1
	go func() {
		_, _ = io.WriteString(more, "{")
		cancel()
	}()
	response, err := g.Client().Do(r)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, context.Canceled) || len(g.Calls()) != 0 {
		t.Errorf("error %v, %d calls", err, len(g.Calls()))
	}
}

// TestBody: a request needs no body, and one that it has is closed.
func TestBody(t *testing.T) {
	g := new(sendtest.Graph)
	r := request(t, http.MethodGet, "/me?fields=id", "", "")
	r.Body = nil
	if got := call(t, g, r); got.status != http.StatusOK {
		t.Errorf("%s", got.body)
	}
	body := &closed{Reader: strings.NewReader(to(hi))}
	r = request(t, http.MethodPost, "/me/messages", "application/json", "")
	r.Body = body
	if got := call(t, g, r); got.status != http.StatusOK || !body.closed {
		t.Errorf("closed %t: %s", body.closed, got.body)
	}
}

type closed struct {
	io.Reader
	closed bool
}

func (c *closed) Close() error { c.closed = true; return nil }

// TestBrokenBody: a body that cannot be read to its end is malformed.
func TestBrokenBody(t *testing.T) {
	g := new(sendtest.Graph)
	r := request(t, http.MethodPost, "/me/messages", "application/json", "")
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"recipient":`), brokenReader{}))
	if got := call(t, g, r); got.Error.Code != 100 || last(t, g).Rule != "T10" {
		t.Errorf("%s", got.body)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
