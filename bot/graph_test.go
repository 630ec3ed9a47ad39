package bot_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// A Graph API in trouble, from the front door: what becomes of the event, and how often it was called.
func TestGraphInTrouble(t *testing.T) {
	html := []byte("<html><body>502 Bad Gateway</body></html>")
	refusal := []byte(`{"error":{"message":"(#100) no","type":"OAuthException","code":100,"fbtrace_id":"A"}}`)
	passing := []byte(`{"error":{"message":"(#2) again","type":"OAuthException","code":2,"is_transient":true}}`)
	tests := map[string]struct {
		failures []sendtest.Failure
		calls    int   // of the Graph API
		sent     int   // accepted by it
		class    error // of the error that the handler gets; nil: none
		cause    string
	}{
		"HTML with status 200":            {one(sendtest.Failure{Status: 200, Body: html}), 1, 0, send.ErrUnsure, "no answer"},
		"HTML with status 502, once":      {one(sendtest.Failure{Status: 502, Body: html}), 2, 1, nil, ""},
		"HTML with status 502, always":    {always(sendtest.Failure{Status: 502, Body: html}), 4, 0, nil, "HTTP 502"},
		"500 without a body, once":        {one(sendtest.Failure{Status: 500}), 2, 1, nil, ""},
		"500 without a body, always":      {always(sendtest.Failure{Status: 500}), 4, 0, nil, "HTTP 500"},
		"nothing":                         {one(sendtest.Failure{Drop: true}), 1, 0, send.ErrUnsure, "no answer"},
		"nothing, and the message is out": {one(sendtest.Failure{Drop: true, Accept: true}), 1, 1, send.ErrUnsure, "no answer"},
		"no connection, once":             {one(sendtest.Failure{Refuse: true}), 2, 1, nil, ""},
		"no connection, ever":             {always(sendtest.Failure{Refuse: true}), 4, 0, nil, "connection refused"},
		"200 with an error object":        {one(sendtest.Failure{Status: 200, Body: refusal}), 1, 0, send.ErrInvalid, "(code 100"},
		"200 with an error that passes":   {one(sendtest.Failure{Status: 200, Body: passing}), 2, 1, nil, ""},
		"200 without a message_id":        {one(sendtest.Failure{Status: 200, Body: []byte(`{}`)}), 1, 0, send.ErrUnsure, "message_id"},
		"half an object":                  {one(sendtest.Failure{Status: 200, Body: []byte(`{"recipient_id":`)}), 1, 0, send.ErrUnsure, "JSON"},
		"a rate limit, once":              {one(sendtest.Failure{Code: 613}), 2, 1, nil, ""},
		"429 without Meta's JSON, once":   {one(sendtest.Failure{Status: http.StatusTooManyRequests}), 2, 1, nil, ""},
		"a token that was revoked":        {one(sendtest.Failure{Code: 190, Subcode: 460}), 1, 0, send.ErrUnauthorized, "(code 190/460"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got error
			runs := 0
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				runs++
				got = c.Text("A")
				return got
			}))
			for _, failure := range test.failures {
				s.graph.FailWith(failure)
			}
			s.say("m_1")
			s.again()
			s.again()
			if runs != 1 {
				t.Errorf("%d runs, want 1: package send has tried again already", runs)
			}
			if calls, sent := len(s.graph.Calls()), len(s.texts()); calls != test.calls || sent != test.sent {
				t.Errorf("%d calls and %d messages, want %d and %d", calls, sent, test.calls, test.sent)
			}
			if test.class != nil && !errors.Is(got, test.class) {
				t.Errorf("error %v, want the class %v", got, test.class)
			}
			causes := s.causes()
			if failed := test.cause != ""; failed != (len(causes) == 1) || failed && !strings.Contains(causes[0], test.cause) {
				t.Errorf("dead letters %q, want one with %q, or none", causes, test.cause)
			}
		})
	}
}

func one(f sendtest.Failure) []sendtest.Failure { return []sendtest.Failure{f} }

func always(f sendtest.Failure) []sendtest.Failure {
	return []sendtest.Failure{f, f, f, f, f, f, f, f, f, f, f, f}
}

// A sender action that fails is an error like any other; one that may have been shown is shown again.
func TestGraphInTroubleWithSenderActions(t *testing.T) {
	var got error
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		got = c.Typing()
		return c.Text("A")
	}))
	s.graph.FailWith(sendtest.Failure{Drop: true})
	s.say("m_1")
	if !errors.Is(got, send.ErrUnsure) {
		t.Errorf("error %v, want ErrUnsure", got)
	}
	s.want("A")
	s.wantCauses()
}
