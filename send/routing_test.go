package send_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// The calls as Meta documents them. Source: Meta, Conversation Routing, 24 September 2025.
func TestRoutingCalls(t *testing.T) {
	t.Parallel()
	const to = `"recipient":{"id":"7100000000000001"}`
	tests := map[string]struct {
		do   func(c *send.Client) error
		want string
	}{
		"pass": {
			func(c *send.Client) error { return c.PassThread(t.Context(), person, send.PageInbox, "why") },
			`POST /me/pass_thread_control {"metadata":"why",` + to + `,"target_app_id":"263902037430900"}`,
		},
		"pass to the default app": {
			func(c *send.Client) error { return c.PassThread(t.Context(), person, "", "") },
			`POST /me/pass_thread_control {` + to + `}`,
		},
		"take": {
			func(c *send.Client) error { return c.TakeThread(t.Context(), person, "why") },
			`POST /me/take_thread_control {"metadata":"why",` + to + `}`,
		},
		"request": {
			func(c *send.Client) error { return c.RequestThread(t.Context(), person, "") },
			`POST /me/request_thread_control {` + to + `}`,
		},
		"release": {
			func(c *send.Client) error { return c.ReleaseThread(t.Context(), person) },
			`POST /me/release_thread_control {` + to + `}`,
		},
		"extend": {
			func(c *send.Client) error { return c.ExtendThread(t.Context(), person, 7*24*time.Hour) },
			`POST /me/extend_thread_control {"duration":604800,` + to + `}`,
		},
		"extend by the least": {
			func(c *send.Client) error { return c.ExtendThread(t.Context(), person, time.Second) },
			`POST /me/extend_thread_control {"duration":1,` + to + `}`,
		},
		"owner": {
			func(c *send.Client) error { _, err := c.ThreadOwner(t.Context(), person); return err },
			`GET /me/thread_owner recipient=7100000000000001`,
		},
		"status": {
			func(c *send.Client) error { _, err := c.RoutingStatus(t.Context()); return err },
			`GET /me fields=messaging_feature_status`,
		},
		"receivers": {
			func(c *send.Client) error {
				for _, err := range c.SecondaryReceivers(t.Context()) {
					return err
				}
				return nil
			},
			`GET /me/secondary_receivers fields=id%2Cname`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stub := &routingStub{answer: `{"success":true}`}
			if err := test.do(stub.client(t, send.Messenger)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(stub.calls, []string{test.want}) {
				t.Errorf("calls %q, want %q", stub.calls, test.want)
			}
		})
	}
}

// What cannot be meant is refused before a call.
func TestRoutingRefusedBeforeACall(t *testing.T) {
	t.Parallel()
	stub := &routingStub{answer: `{"success":true}`}
	c, ctx := stub.client(t, send.Messenger), t.Context()
	_, noOwner := c.ThreadOwner(ctx, "")
	for name, err := range map[string]error{
		"nobody's thread":    c.PassThread(ctx, "", "17", ""),
		"nobody's owner":     noOwner,
		"longer than 7 d":    c.ExtendThread(ctx, person, 7*24*time.Hour+time.Second),
		"less than a second": c.ExtendThread(ctx, person, time.Second-1),
	} {
		if field, ok := errors.AsType[*send.FieldError](err); !ok || !errors.Is(err, send.ErrInvalid) {
			t.Errorf("%s: %v (%v), want a FieldError", name, err, field)
		}
	}
	if len(stub.calls) > 0 {
		t.Errorf("calls %q", stub.calls)
	}
}

func TestThreadOwnerAnswers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 3, 9, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		answer string
		want   send.ThreadOwner
	}{
		"idle":                {`{"data":[]}`, send.ThreadOwner{}},
		"no data":             {`{}`, send.ThreadOwner{}},
		"app as text":         {`{"data":[{"thread_owner":{"app_id":"12345678910"}}]}`, send.ThreadOwner{App: "12345678910"}},
		"app as number":       {`{"data":[{"thread_owner":{"app_id":9007199254740993,"expiration":1793696400}}]}`, send.ThreadOwner{App: "9007199254740993", Expires: at}},
		"others, as text":     {`{"data":[{"thread_owner":{"expiration":"1793696400"}}]}`, send.ThreadOwner{Expires: at}},
		"milliseconds":        {`{"data":[{"thread_owner":{"expiration":1793696400000}}]}`, send.ThreadOwner{Expires: at}},
		"as a date":           {`{"data":[{"thread_owner":{"app_id":"1","expiration":"2026-11-03T09:00:00+0000"}}]}`, send.ThreadOwner{App: "1", Expires: at}},
		"an object":           {`{"data":[{"thread_owner":{"app_id":{},"expiration":[]}}]}`, send.ThreadOwner{}},
		"zero":                {`{"data":[{"thread_owner":{"app_id":"0","expiration":0}}]}`, send.ThreadOwner{}},
		"no owner":            {`{"data":[{"thread_owner":null}]}`, send.ThreadOwner{}},
		"null and other form": {`{"data":[{"thread_owner":{"app_id":null,"expiration":"tomorrow"}}]}`, send.ThreadOwner{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stub := &routingStub{answer: test.answer}
			got, err := stub.client(t, send.Messenger).ThreadOwner(t.Context(), person)
			if err != nil || got.App != test.want.App || !got.Expires.Equal(test.want.Expires) {
				t.Errorf("%+v, %v; want %+v", got, err, test.want)
			}
			if got.Idle() != (test.want == send.ThreadOwner{}) {
				t.Errorf("Idle %t of %+v", got.Idle(), got)
			}
		})
	}
}

// Source: Meta, Conversation Routing, 24 September 2025: the sample of messaging_feature_status.
func TestRoutingStatus(t *testing.T) {
	t.Parallel()
	stub := &routingStub{answer: `{"messaging_feature_status":{"hop_v2":false,"msgr_multi_app":true,"ig_multi_app":false},"id":"1"}`}
	got, err := stub.client(t, send.Messenger).RoutingStatus(t.Context())
	if err != nil || got != (send.RoutingStatus{Messenger: true}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSecondaryReceivers(t *testing.T) {
	t.Parallel()
	stub := &routingStub{answer: `{"data":[{"id":17,"name":"Desk"},{"id":"263902037430900","name":"Page Inbox"}]}`}
	var got []send.Receiver
	for receiver, err := range stub.client(t, send.Instagram).SecondaryReceivers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, receiver)
	}
	if want := []send.Receiver{{"17", "Desk"}, {send.PageInbox, "Page Inbox"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !strings.Contains(stub.calls[0], "platform=instagram") {
		t.Errorf("call %q without the platform", stub.calls[0])
	}
}

// What the strict fake says of who may: refusals by rule id, and success where Meta gives it.
func TestRoutingByGraph(t *testing.T) {
	t.Parallel()
	const app, other = "1517770000000001", "17"
	graph := &sendtest.Graph{AppID: app, Strict: true}
	graph.Change(func(s *sendtest.State) { s.Owners = map[string]string{string(person): app} })
	c, ctx := newClient(t, graph), t.Context()
	for _, step := range []struct {
		name string
		do   func() error
		want string // the rule that refuses
	}{
		{"extend", func() error { return c.ExtendThread(ctx, person, time.Hour) }, ""},
		{"pass", func() error { return c.PassThread(ctx, person, other, "why") }, ""},
		{"pass what one has no more", func() error { return c.PassThread(ctx, person, other, "") }, "E11"},
		{"release what one has no more", func() error { return c.ReleaseThread(ctx, person) }, "E11"},
		{"extend what one has no more", func() error { return c.ExtendThread(ctx, person, time.Hour) }, "E11"},
		{"take without a default app", func() error { return c.TakeThread(ctx, person, "") }, "E10"},
	} {
		err := step.do()
		calls := graph.Calls()
		if rule := calls[len(calls)-1].Rule; (err != nil) != (step.want != "") || rule != step.want {
			t.Errorf("%s: %v by rule %q, want %q", step.name, err, rule, step.want)
		}
	}
	owner, err := c.ThreadOwner(ctx, person)
	if err != nil || owner.App != "" || owner.Idle() {
		t.Errorf("owner %+v, %v; want another app", owner, err)
	}
}

// routingStub answers every call alike, and notes it.
type routingStub struct {
	answer string
	calls  []string
}

func (s *routingStub) client(t *testing.T, channel send.Channel) *send.Client {
	t.Helper()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/"+send.DefaultVersion)
		said := r.URL.RawQuery
		if r.Method == http.MethodPost {
			sent, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			said = string(sent)
		}
		s.calls = append(s.calls, r.Method+" "+path+" "+said)
		_, _ = w.Write([]byte(s.answer))
	})
	return connect(t, server, send.Config{Channel: channel})
}
