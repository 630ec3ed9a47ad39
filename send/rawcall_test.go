package send_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

func TestGraphOnTheWire(t *testing.T) {
	t.Parallel()
	params := map[string]any{
		"name": "Ann & <Bob>", "actions": []string{"BAN_USER"}, "limit": 7, "on": true, "to": person,
		"raw": json.RawMessage(`{"a":1}`), "appsecret_proof": "of somebody else",
	}
	query := url.Values{
		"name": {"Ann & <Bob>"}, "actions": {`["BAN_USER"]`}, "limit": {"7"}, "on": {"true"}, "to": {string(person)},
		"raw": {`{"a":1}`}, "appsecret_proof": {vectorProof},
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			client, last := hear(t, send.Config{Token: vectorToken, AppSecret: vectorSecret}, `{"success":true}`)
			var result struct {
				Success bool `json:"success"`
			}
			if err := client.Graph(t.Context(), method, "me/personas", params, &result); err != nil || !result.Success {
				t.Fatalf("Graph = %v, %+v", err, result)
			}
			path, got, _ := strings.Cut(last.target, "?")
			if last.method != method || path != "/v25.0/me/personas" {
				t.Errorf("%s %s, want %s /v25.0/me/personas", last.method, path, method)
			}
			if last.header.Get("Authorization") != "Bearer "+vectorToken || strings.Contains(last.target, vectorToken) {
				t.Errorf("the token is in %s or not in the header", last.target)
			}
			if method != http.MethodPost {
				if values, err := url.ParseQuery(got); err != nil || !cmp.Equal(values, query) || len(last.body) != 0 {
					t.Errorf("query %s, body %q", cmp.Diff(values, query), last.body)
				}
				return
			}
			var body map[string]any
			if err := json.Unmarshal(last.body, &body); err != nil || last.header.Get("Content-Type") != "application/json" {
				t.Fatalf("%s %s: %v", last.header.Get("Content-Type"), last.body, err)
			}
			want := map[string]any{
				"name": "Ann & <Bob>", "actions": []any{"BAN_USER"}, "limit": 7.0, "on": true, "to": string(person),
				"raw": map[string]any{"a": 1.0}, "appsecret_proof": vectorProof,
			}
			if !cmp.Equal(body, want) || got != "" {
				t.Errorf("query %q, body %s", got, cmp.Diff(body, want))
			}
		})
	}
	t.Cleanup(func() { // after all three
		if params["appsecret_proof"] != "of somebody else" {
			t.Error("the caller's parameters were changed")
		}
	})
}

func TestGraphRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, path string
		params       map[string]any
		field        string
	}{
		"no method":       {"", "me", nil, "method"},
		"PUT":             {"PUT", "me", nil, "method"},
		"lower case":      {"get", "me", nil, "method"},
		"no path":         {"GET", "", nil, "path"},
		"leading slash":   {"GET", "/me", nil, "path"},
		"trailing slash":  {"GET", "me/", nil, "path"},
		"host":            {"GET", "//evil.example/me", nil, "path"},
		"URL":             {"GET", "https://evil.example/me", nil, "path"},
		"up":              {"GET", "../v2.6/me", nil, "path"},
		"up, in between":  {"GET", "me/../1", nil, "path"},
		"up, escaped":     {"GET", "me/%2e%2e/1", nil, "path"},
		"dot":             {"GET", "./me", nil, "path"},
		"backslash":       {"GET", `me\..\x`, nil, "path"},
		"query":           {"GET", "me?fields=id", nil, "path"},
		"fragment":        {"GET", "me#x", nil, "path"},
		"space":           {"GET", "me /x", nil, "path"},
		"line break":      {"GET", "me\r\nHost: x", nil, "path"},
		"a token as well": {"GET", "me", map[string]any{"access_token": "x"}, "access_token"},
	}
	handler, calls := counted(func(http.ResponseWriter, *http.Request) {})
	client := connect(t, serve(t, handler), send.Config{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := client.Graph(t.Context(), test.method, test.path, test.params, nil)
			field, ok := errors.AsType[*send.FieldError](err)
			if !ok || field.Field != test.field || !errors.Is(err, send.ErrInvalid) || calls.Load() != 0 {
				t.Errorf("Graph = %v after %d calls, want one of %s", err, calls.Load(), test.field)
			}
		})
	}
	for name, params := range map[string]map[string]any{"GET": {"f": func() {}}, "POST": {"f": make(chan int)}} {
		if err := client.Graph(t.Context(), name, "me", params, nil); err == nil || calls.Load() != 0 {
			t.Errorf("%s = %v, want an error of encoding", name, err)
		}
	}
}

func TestGraphPaths(t *testing.T) {
	t.Parallel()
	client, last := hear(t, send.Config{}, `{}`)
	for _, path := range []string{"me", "104000000000001/personas", "t_10/messages", "m_Ab-_", "mid.$cAAJ:41d1", "act_1/messages"} {
		if err := client.Graph(t.Context(), http.MethodGet, path, nil, nil); err != nil || last.target != "/v25.0/"+path {
			t.Errorf("%s went to %s, %v", path, last.target, err)
		}
	}
}

func TestGraphAnswers(t *testing.T) {
	t.Parallel()
	type result struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	}
	tests := map[string]struct {
		method string
		status int
		answer string
		want   result
		text   string // of the error
		class  error
	}{
		"fields":              {"GET", 200, `{"id":"1","count":2,"more":[]}`, result{"1", 2}, "", nil},
		"a field of odd type": {"GET", 200, `{"id":1,"count":2}`, result{"", 2}, "", nil},
		"another shape":       {"GET", 200, `[7100000000000001]`, result{}, "send: the answer does not fit the result", nil},
		"refused":             {"GET", 400, `{"error":{"message":"x","code":100,"error_subcode":33}}`, result{}, "send: graph: x (code 100/33)", send.ErrInvalid},
		"HTML, reading":       {"GET", 200, `<html>`, result{}, foreign + "(HTTP 200)", nil},
		"HTML, changing":      {"POST", 200, `<html>`, result{}, unsure + "HTTP 200 without Meta's JSON", send.ErrUnsure},
		"HTML, deleting":      {"DELETE", 200, `<html>`, result{}, unsure + "HTTP 200 without Meta's JSON", send.ErrUnsure},
		"error under 200":     {"POST", 200, `{"error":{"code":190}}`, result{}, "send: graph: (code 190)", send.ErrUnauthorized},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got result
			err := answering(t, test.status, nil, []byte(test.answer)).Graph(t.Context(), test.method, "me", nil, &got)
			if (err == nil) != (test.text == "") || (err != nil && err.Error() != test.text) || got != test.want {
				t.Errorf("Graph = %+v, %v; want %+v, %s", got, err, test.want, test.text)
			}
			if test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("Graph = %v, want %v", err, test.class)
			}
		})
	}
}

// TestGraphTries asks again after a lost answer, and never does anything twice.
func TestGraphTries(t *testing.T) {
	t.Parallel()
	lost := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id"`)
	}
	down := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	tests := map[string]struct {
		method  string
		handler http.HandlerFunc
		calls   int32
		unsure  bool
	}{
		"GET, lost":            {"GET", lost, 4, false},
		"GET, half an answer":  {"GET", half, 4, false},
		"GET, gateway":         {"GET", down, 4, false},
		"POST, lost":           {"POST", lost, 1, true},
		"POST, half an answer": {"POST", half, 1, true},
		"POST, gateway":        {"POST", down, 4, false},
		"DELETE, lost":         {"DELETE", lost, 1, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, calls := counted(test.handler)
			err := connect(t, serve(t, handler), send.Config{}).Graph(t.Context(), test.method, "me", nil, nil)
			// net/http itself asks once more over a new connection if a kept-alive one breaks
			if err == nil || errors.Is(err, send.ErrUnsure) != test.unsure || calls.Load() < test.calls {
				t.Errorf("Graph = %v after %d calls, want unsure %t after %d", err, calls.Load(), test.unsure, test.calls)
			}
			if test.unsure && calls.Load() != 1 {
				t.Errorf("%d calls, want 1", calls.Load())
			}
		})
	}
}

// TestFieldsInTheAnswer keeps the whole answer where more was asked for.
func TestFieldsInTheAnswer(t *testing.T) {
	t.Parallel()
	const body = `{"recipient_id":"7100000000000001","message_id":"m_1","name":"Shop","id":104000000000001}`
	client, last := hear(t, send.Config{}, body)
	r := hello
	r.Fields = []string{"id", "name"}
	receipt, err := client.Send(t.Context(), r)
	if err != nil || receipt.Node != body || receipt.MessageID != "m_1" {
		t.Errorf("Send = %+v, %v; want the answer in Node", receipt, err)
	}
	if !strings.Contains(string(last.body), `"fields":"id,name"`) {
		t.Errorf("body %s, want the fields in it", last.body)
	}
	if receipt, err := client.Send(t.Context(), hello); err != nil || receipt.Node != "" {
		t.Errorf("Send = %+v, %v; want no Node", receipt, err)
	}
}
