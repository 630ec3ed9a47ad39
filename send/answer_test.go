package send_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

// TestBadAnswers has a Graph API that answers anything but what it should.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 2<<20)
	tests := map[string]struct {
		status    int
		answer    string
		want      string
		class     error
		retryable bool
	}{
		"HTML under 200":  {200, "<html>Sorry</html>", unsure + "HTTP 200 without Meta's JSON", send.ErrUnsure, false},
		"nothing":         {200, "", unsure + "HTTP 200 without Meta's JSON", send.ErrUnsure, false},
		"half an object":  {200, `{"recipient_id":"71`, unsure + "HTTP 200 without Meta's JSON", send.ErrUnsure, false},
		"an array":        {200, "[]", unsure + "HTTP 200 without Meta's JSON", send.ErrUnsure, false},
		"null":            {200, "null", unsure + "the answer has no message_id", send.ErrUnsure, false},
		"an empty object": {200, "{}", unsure + "the answer has no message_id", send.ErrUnsure, false},
		"2 MiB of JSON":   {200, `{"message_id":"` + big + `"}`, unsure + "HTTP 200 without Meta's JSON", send.ErrUnsure, false},
		"2 MiB under 500": {500, big, foreign + "(HTTP 500)", nil, true},
		"HTML under 500":  {500, "<html>Sorry</html>", foreign + "(HTTP 500)", nil, true},
		"500, no body":    {500, "", foreign + "(HTTP 500)", nil, true},
		"502":             {502, "Bad Gateway", foreign + "(HTTP 502)", nil, true},
		"429":             {429, "slow down", foreign + "(HTTP 429)", send.ErrRateLimited, true},
		"404":             {404, "Not Found", foreign + "(HTTP 404)", nil, false},
		"400, other JSON": {400, `{"reason":"no"}`, foreign + "(HTTP 400)", nil, false},
		"error under 200": {
			200, `{"error":{"message":"The image size is too large.","code":36000}}`,
			"send: graph: The image size is too large. (code 36000)", send.ErrInvalid, false,
		},
		"error of Instagram under 403": {
			403, `{"error":{"message":"This message is sent outside of allowed window.","code":10,"error_subcode":2534022}}`,
			"send: graph: This message is sent outside of allowed window. (code 10/2534022)", send.ErrOutsideWindow, false,
		},
		"permanent error under 500": {
			500, `{"error":{"message":"(#100) x","code":100}}`, "send: graph: (#100) x (code 100)", send.ErrInvalid, false,
		},
		"transient error of no known code": {
			400, `{"error":{"code":4711,"is_transient":true,"fbtrace_id":"T"}}`, "send: graph: (code 4711, trace T)", nil, true,
		},
		"error without a code": {400, `{"error":{"message":"Too many"}}`, "send: graph: Too many (HTTP 400)", nil, false},
		"error with odd types": {
			400, `{"error":{"message":7,"code":190,"error_subcode":"460","is_transient":"no"}}`,
			"send: graph: (code 190)", send.ErrUnauthorized, false,
		},
		"error that is a string": {400, `{"error":"invalid_request"}`, foreign + "(HTTP 400)", nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := answering(t, test.status, nil, []byte(test.answer)).Send(t.Context(), hello)
			if err == nil || err.Error() != test.want {
				t.Fatalf("Send = %v, want %s", err, test.want)
			}
			if test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("Send = %v, want class %v", err, test.class)
			}
			if send.Retryable(err) != test.retryable {
				t.Errorf("Retryable = %t, want %t", !test.retryable, test.retryable)
			}
		})
	}
}

const (
	unsure  = "send: no answer, the message may have been delivered: "
	foreign = "send: graph: an answer without Meta's JSON "
)

// TestLongAnswer announces more bytes than anybody should read at once.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	body := `{"message_id":"` + strings.Repeat("x", 2<<20) + `"}`
	header := http.Header{"Content-Length": {strconv.Itoa(len(body))}}
	if _, err := answering(t, 200, header, []byte(body)).Send(t.Context(), hello); !errors.Is(err, send.ErrUnsure) {
		t.Errorf("Send = %v, want ErrUnsure", err)
	}
}

func TestErrorFields(t *testing.T) {
	t.Parallel()
	header := http.Header{
		"X-Fb-Trace-Id": {"A9x_"},
		"X-Business-Use-Case-Usage": {`{"104000000000001":[` +
			`{"type":"messenger","call_count":100,"estimated_time_to_regain_access":7},` +
			`{"type":"pages","call_count":1,"estimated_time_to_regain_access":2}]}`},
	}
	const body = `{"error":{"message":"(#613) Calls to this api have exceeded the rate limit.",` +
		`"type":"OAuthException","code":613,"error_subcode":2534040,"is_transient":true}}`
	_, err := answering(t, 403, header, []byte(body)).Send(t.Context(), hello)
	want := send.Error{
		Status: 403, Code: 613, Subcode: 2534040, Type: "OAuthException", TraceID: "A9x_", Transient: true,
		Message: "(#613) Calls to this api have exceeded the rate limit.", RetryAfter: 7 * time.Minute,
	}
	var refused *send.Error
	if !errors.As(err, &refused) || *refused != want {
		t.Errorf("Send = %+v, want %+v", refused, want)
	}
}

func TestRetryAfterNeedsARateLimit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ code, usage string }{
		"another error":   {"100", `{"1":[{"estimated_time_to_regain_access":7}]}`},
		"no usage":        {"613", ""},
		"malformed usage": {"613", "{"},
		"nothing to wait": {"613", `{"1":[{"estimated_time_to_regain_access":0}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"X-Business-Use-Case-Usage": {test.usage}}
			_, err := answering(t, 400, header, []byte(`{"error":{"code":`+test.code+`}}`)).Send(t.Context(), hello)
			var refused *send.Error
			if !errors.As(err, &refused) || refused.RetryAfter != 0 {
				t.Errorf("Send = %+v, want RetryAfter 0", refused)
			}
		})
	}
}

// TestTokenIsKept looks for the token wherever a Graph API that repeats it could bring it to light.
func TestTokenIsKept(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		answer string
	}{
		"refusal":   {400, `{"error":{"message":"Malformed access token ` + vectorToken + `","type":"` + vectorToken + `","code":190,"fbtrace_id":"` + vectorToken + `"}}`},
		"HTML":      {500, "<html>" + vectorToken},
		"under 200": {200, vectorToken},
		"odd type":  {200, `{"message_id":{"` + vectorToken + `":1}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"X-Fb-Trace-Id": {vectorToken}}
			client := answering(t, test.status, header, []byte(test.answer))
			_, sent := client.Send(t.Context(), hello)
			_, asked := client.PageID(t.Context())
			for _, err := range []error{sent, asked, client.Act(t.Context(), hello.To, send.TypingOn())} {
				if err != nil && strings.Contains(err.Error(), vectorToken) {
					t.Errorf("%v shows the token", err)
				}
				var refused *send.Error
				if errors.As(err, &refused) && strings.Contains(refused.Type+refused.Message+refused.TraceID, vectorToken) {
					t.Errorf("%+v holds the token", *refused)
				}
			}
			if sent == nil {
				t.Error("Send = nil error")
			}
		})
	}
}
