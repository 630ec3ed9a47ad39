package sendtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

const psid = "7100000000000001"

// noon is when the tests take place, after the retirement of the three tags.
var noon = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// reply is any answer of the Graph.
type reply struct {
	status int
	header http.Header
	body   string

	RecipientID  string `json:"recipient_id"`
	MessageID    string `json:"message_id"`
	AttachmentID string `json:"attachment_id"`
	Error        struct {
		Message   string
		Type      string
		Code      int
		Subcode   int    `json:"error_subcode"`
		Transient bool   `json:"is_transient"`
		Trace     string `json:"fbtrace_id"`
	}
}

// call does a request through the socketless client.
func call(t *testing.T, g *sendtest.Graph, r *http.Request) reply {
	t.Helper()
	response, err := g.Client().Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := reply{status: response.StatusCode, header: response.Header, body: string(body)}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("answer is no JSON: %v: %s", err, body)
	}
	return got
}

// request makes a request with a token in its header; an empty contentType sets none.
func request(t *testing.T, method, path, contentType, body string) *http.Request {
	t.Helper()
	target := "https://graph.example" + path
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer token")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// post sends a JSON body to /me/messages.
func post(t *testing.T, g *sendtest.Graph, body string) reply {
	t.Helper()
	return call(t, g, request(t, http.MethodPost, "/v25.0/me/messages", "application/json", body))
}

// last returns the newest call.
func last(t *testing.T, g *sendtest.Graph) sendtest.Call {
	t.Helper()
	calls := g.Calls()
	if len(calls) == 0 {
		t.Fatal("no call")
	}
	return calls[len(calls)-1]
}

// to returns a call to a person with these further parameters.
func to(more string) string { return `{"recipient":{"id":"` + psid + `"},` + more + `}` }

// message returns a response to a person with this message object.
func message(object string) string { return to(`"messaging_type":"RESPONSE","message":` + object) }

// template returns a response with a template of this payload.
func template(payload string) string {
	return message(`{"attachment":{"type":"template","payload":` + payload + `}}`)
}

// buttons returns a button template with these buttons.
func buttons(list string) string {
	return template(`{"template_type":"button","text":"Pick","buttons":` + list + `}`)
}

// generic returns a generic template with these elements.
func generic(list string) string {
	return template(`{"template_type":"generic","elements":` + list + `}`)
}

// times returns an array of n copies of item.
func times(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

const hi = `"message":{"text":"Hi"}`

// spend uses up the one-time token of oneTime.
func spend(t *testing.T, g *sendtest.Graph) { t.Helper(); silently(t, g, oneTime) }

// saveImage makes the Graph save an image, whose ID is the first of its kind.
func saveImage(t *testing.T, g *sendtest.Graph) {
	t.Helper()
	silently(t, g, message(`{"attachment":{"type":"image","payload":{"url":"https://cdn.example/a.jpg","is_reusable":true}}}`))
}

// silently sends a JSON body that the Graph accepts.
func silently(t *testing.T, g *sendtest.Graph, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	g.ServeHTTP(w, request(t, http.MethodPost, "/me/messages", "application/json", body))
	if w.Code != http.StatusOK {
		t.Fatal(w.Body.String())
	}
}
