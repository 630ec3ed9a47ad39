package send_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// pastGraph is a Graph API that answers a path with the next of its answers, the last again and again. It
// answers what it does not know as one without the permission.
type pastGraph struct {
	mu      sync.Mutex
	answers map[string][]string
	calls   []pastCall
}

// pastCall is a call that a pastGraph got: its query or its body, and when it came.
type pastCall struct {
	what  string // method and path, without the version
	query map[string]string
	body  string
	at    time.Time
}

const (
	noPermission = `{"error":{"message":"(#10) no permission","type":"OAuthException","code":10}}`
	goneMessage  = `{"error":{"message":"This Message has been deleted","type":"OAuthException","code":9000001}}`
)

func (g *pastGraph) Do(req *http.Request) (*http.Response, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	call := pastCall{
		what:  req.Method + strings.TrimPrefix(req.URL.Path, "/v25.0"),
		query: map[string]string{}, at: time.Now(),
	}
	for name, values := range req.URL.Query() {
		call.query[name] = values[0]
	}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		call.body = string(body)
	}
	g.calls = append(g.calls, call)
	bodies := g.answers[call.what]
	if len(bodies) == 0 {
		return answer(http.StatusBadRequest, noPermission), nil
	}
	if len(bodies) > 1 {
		g.answers[call.what] = bodies[1:]
	}
	return answer(http.StatusOK, bodies[0]), nil
}

// whats returns what was called.
func (g *pastGraph) whats() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := []string{}
	for _, call := range g.calls {
		all = append(all, call.what)
	}
	return all
}

// client returns a client of g, without limits unless cfg has one.
func (g *pastGraph) client(t *testing.T, cfg send.Config) *send.Client {
	t.Helper()
	cfg.Token, cfg.HTTP = "token", g
	if cfg.Rate == 0 {
		cfg.Rate = -1
	}
	if cfg.Wait == nil {
		cfg.Wait = noWait
	}
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// newPastGraph returns a Graph API with one answer for each path.
func newPastGraph(answers map[string]string) *pastGraph {
	g := &pastGraph{answers: map[string][]string{}}
	for what, body := range answers {
		g.answers[what] = []string{body}
	}
	return g
}

// gather collects a list, and the error that it ends with.
func gather[T any](items func(func(T, error) bool)) ([]T, error) {
	var all []T
	for item, err := range items {
		if err != nil {
			return all, err
		}
		all = append(all, item)
	}
	return all, nil
}

func TestConversations(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(nil)
	graph.answers["GET/me/conversations"] = []string{
		`{"data":[{"id":"t_1","updated_time":"2022-07-12T19:11:07+0000","message_count":12,"unread_count":2,
			"can_reply":true,"snippet":"Hi","participants":{"data":[{"id":7100000000000001,"name":"Ada"},
			{"id":"104000000000001","name":"Shop"}]}}],
			"paging":{"cursors":{"after":"next"},"next":"https://graph.facebook.com/next"}}`,
		`{"data":[{"id":"t_2","updated_time":1657653067}]}`,
	}
	got, err := gather(graph.client(t, send.Config{}).Conversations(t.Context(), send.ConversationQuery{
		Person: "7100000000000001", Folder: "INBOX",
	}))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2022, time.July, 12, 19, 11, 7, 0, time.UTC)
	want := []send.Conversation{{
		ID: "t_1", Updated: at, Messages: 12, Unread: 2, CanReply: true, Snippet: "Hi",
		Participants: []send.Participant{
			{ID: "7100000000000001", Name: "Ada"}, {ID: "104000000000001", Name: "Shop"},
		},
	}, {ID: "t_2", Updated: at}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Conversations (-want +got):\n%s", diff)
	}
	asked := map[string]string{
		"platform": "messenger", "user_id": "7100000000000001", "folder": "INBOX",
		"fields": "id,updated_time,participants,message_count,unread_count,can_reply,snippet",
	}
	if diff := cmp.Diff(asked, graph.calls[0].query); diff != "" {
		t.Errorf("first call (-want +got):\n%s", diff)
	}
	if got := graph.calls[1].query["after"]; got != "next" {
		t.Errorf("second call after %q, want the cursor", got)
	}
}

func TestConversationOnInstagram(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"GET/me/conversations": `{"data":[{"id":"aWdfZAG1","updated_time":"2022-07-12T19:11:07+0000"}]}`,
		"GET/aWdfZAG1":         `{"id":"aWdfZAG1","participants":{"data":[{"username":"ada","id":"1"}]}}`,
	})
	client := graph.client(t, send.Config{Channel: send.Instagram})
	if _, err := gather(client.Conversations(t.Context(), send.ConversationQuery{})); err != nil {
		t.Fatal(err)
	}
	got, err := client.Conversation(t.Context(), "aWdfZAG1")
	want := send.Conversation{ID: "aWdfZAG1", Participants: []send.Participant{{ID: "1", Username: "ada"}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Conversation: %v (-want +got):\n%s", err, diff)
	}
	for _, call := range graph.calls {
		if call.query["fields"] != "id,updated_time,participants" {
			t.Errorf("%s asks for %s, which Instagram does not have", call.what, call.query["fields"])
		}
	}
	if got := graph.calls[0].query["platform"]; got != "instagram" {
		t.Errorf("platform = %q, want instagram", got)
	}
}

// TestConversationMessages reads a list of which Meta shows one message whole, lists one with its ID only, and one
// that is too old.
func TestConversationMessages(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"GET/t_1": `{"id":"t_1","messages":{"data":[
			{"id":"m_3","created_time":"2022-07-12T19:11:09+0000","from":{"id":"7100000000000001","name":"Ada"},
			"to":{"data":[{"id":"104000000000001"}]},"message":"Hi","reply_to":{"mid":"m_2"},
			"attachments":{"data":[{"id":"9","mime_type":"image/jpeg","name":"a.jpg","size":12,
			"image_data":{"url":"https://cdn.example/a.jpg"}}]}},
			{"id":"m_2","created_time":"2022-07-12T19:11:08+0000"},
			{"id":"m_1","created_time":"2022-07-12T19:11:07+0000"}]}}`,
		"GET/m_2": `{"id":"m_2","created_time":"2022-07-12T19:11:08+0000","from":{"id":104000000000001},"message":"Yes?","reply_to":{"id":"m_1"}}`,
		"GET/m_1": goneMessage,
	})
	got, err := gather(graph.client(t, send.Config{}).ConversationMessages(t.Context(), "t_1"))
	if err != nil {
		t.Fatal(err)
	}
	second := func(n int) time.Time { return time.Date(2022, time.July, 12, 19, 11, n, 0, time.UTC) }
	raw := `{"id":"9","mime_type":"image/jpeg","name":"a.jpg","size":12,
			"image_data":{"url":"https://cdn.example/a.jpg"}}`
	want := []send.PastMessage{{
		ID: "m_3", Time: second(9), From: send.Participant{ID: "7100000000000001", Name: "Ada"}, Text: "Hi",
		To: []send.Participant{{ID: "104000000000001"}}, ReplyTo: "m_2",
		Attachments: []send.PastAttachment{{
			MIMEType: "image/jpeg", Name: "a.jpg", Size: 12, URL: "https://cdn.example/a.jpg", Raw: []byte(raw),
		}},
	}, {
		ID: "m_2", Time: second(8), From: send.Participant{ID: "104000000000001"}, Text: "Yes?", ReplyTo: "m_1",
	}, {
		ID: "m_1", Time: second(7), Gone: true,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ConversationMessages (-want +got):\n%s", diff)
	}
	calls := []string{"GET/t_1", "GET/m_2", "GET/m_1"}
	if diff := cmp.Diff(calls, graph.whats()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestConversationMessagesFail(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"GET/t_1": `{"id":"t_1","messages":{"data":[{"id":"m_2"},{"id":"m_1","from":{"id":"1"}}]}}`,
	})
	got, err := gather(graph.client(t, send.Config{}).ConversationMessages(t.Context(), "t_1"))
	if len(got) != 0 || !errors.Is(err, send.ErrPermission) {
		t.Errorf("ConversationMessages = %v, %v; want it to end with what Meta refuses", got, err)
	}
	if want := []string{"GET/t_1", "GET/m_2"}; !slices.Equal(graph.whats(), want) {
		t.Errorf("calls %v, want none after the error", graph.whats())
	}
	if _, err := graph.client(t, send.Config{}).PastMessage(t.Context(), ""); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("PastMessage of no mid: %v, want send.ErrInvalid", err)
	}
	if _, err := graph.client(t, send.Config{}).Conversation(t.Context(), "t_1/x"); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Conversation of a path: %v, want send.ErrInvalid", err)
	}
	if n := len(graph.whats()); n != 2 {
		t.Errorf("%d calls, want none for an ID that is none", n)
	}
}

func TestPastMessageGone(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{"GET/m_1": goneMessage})
	_, err := graph.client(t, send.Config{}).PastMessage(t.Context(), "m_1")
	if refused, ok := errors.AsType[*send.Error](err); !ok || refused.Code != 9000001 {
		t.Errorf("PastMessage = %v, want Meta's 9000001", err)
	}
}

func TestLastInbound(t *testing.T) {
	t.Parallel()
	at := time.Date(2022, time.July, 12, 19, 11, 7, 0, time.UTC)
	const (
		ours   = `{"id":"m_9","created_time":"2022-07-12T20:00:00+0000","from":{"id":"104000000000001"}}`
		theirs = `{"id":"m_8","created_time":"2022-07-12T19:11:07+0000","from":{"id":"7100000000000001"}}`
		older  = `{"id":"m_7","created_time":"2022-07-12T18:00:00+0000","from":{"id":"7100000000000001"}}`
		bare   = `{"id":"m_8","created_time":"2022-07-12T19:11:07+0000"}`
		newer  = `{"id":"m_6","created_time":"2022-07-12T19:30:00+0000"}`
	)
	tests := map[string]struct {
		listed []string
		want   time.Time
		calls  []string // after the first
	}{
		"the newest":                   {[]string{theirs, older}, at, nil},
		"after messages of the Page":   {[]string{ours, theirs, older}, at, nil},
		"in any order":                 {[]string{older, theirs, ours}, at, nil},
		"one that is shown by its ID":  {[]string{ours, bare, older}, at, []string{"GET/m_8"}},
		"one that is gone is no proof": {[]string{newer, theirs}, at, []string{"GET/m_6"}},
		"only the Page's":              {[]string{ours}, time.Time{}, nil},
		"nothing":                      {nil, time.Time{}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := newPastGraph(map[string]string{
				"GET/me/conversations": `{"data":[{"id":"t_1","messages":{"data":[` + strings.Join(test.listed, ",") + `]}}]}`,
				"GET/m_8":              theirs,
				"GET/m_6":              goneMessage,
			})
			got, err := graph.client(t, send.Config{}).LastInbound(t.Context(), "7100000000000001")
			if err != nil || !got.Equal(test.want) {
				t.Errorf("LastInbound = %v, %v; want %v", got, err, test.want)
			}
			if calls := graph.whats()[1:]; !slices.Equal(calls, test.calls) {
				t.Errorf("calls after the first: %v, want %v", calls, test.calls)
			}
			want := map[string]string{
				"platform": "messenger", "user_id": "7100000000000001", "fields": "messages.limit(20){id,created_time,from}",
			}
			if diff := cmp.Diff(want, graph.calls[0].query); diff != "" {
				t.Errorf("first call (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLastInboundOfNobody(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{"GET/me/conversations": `{"data":[]}`})
	at, err := graph.client(t, send.Config{}).LastInbound(t.Context(), "7100000000000001")
	if err != nil || !at.IsZero() {
		t.Errorf("LastInbound = %v, %v; want none", at, err)
	}
	_, err = graph.client(t, send.Config{}).LastInbound(t.Context(), "")
	if !errors.Is(err, send.ErrInvalid) || len(graph.whats()) != 1 {
		t.Errorf("LastInbound of no person: %v after %v; want send.ErrInvalid before a call", err, graph.whats())
	}
}

// TestConversationRate asks for 20 people at once, and sends 300 messages meanwhile, in a bubble whose Graph API
// answers at once.
func TestConversationRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		graph := newPastGraph(map[string]string{
			"GET/me/conversations": `{"data":[]}`, "POST/me/messages": receiptBody,
		})
		client := graph.client(t, send.Config{Rate: send.DefaultRate})
		start := time.Now()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := client.LastInbound(t.Context(), "7100000000000001"); err != nil {
					t.Error(err)
				}
			})
		}
		for range 300 {
			all.Go(func() {
				if _, err := client.Send(t.Context(), hello); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		var asked []time.Duration
		for _, call := range graph.calls {
			switch since := call.at.Sub(start); {
			case call.what == "GET/me/conversations":
				asked = append(asked, since)
			case since > 1100*time.Millisecond:
				t.Errorf("a message waited %v for the conversations", since)
			}
		}
		slices.Sort(asked)
		for i := 2; i < len(asked); i++ {
			if asked[i]-asked[i-2] < time.Second-time.Millisecond {
				t.Errorf("calls %d to %d within %v, want at most 2 per second", i-2, i, asked[i]-asked[i-2])
			}
		}
		if total := asked[len(asked)-1]; total > 11*time.Second {
			t.Errorf("20 calls took %v, want no more than 11 s", total)
		}
	})
}

// TestConversationRateUnlimited asks more often than Meta takes, without a limit.
func TestConversationRateUnlimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		graph := newPastGraph(map[string]string{"GET/me/conversations": `{"data":[]}`})
		client, start := graph.client(t, send.Config{Rate: -1}), time.Now()
		for range 20 {
			if _, err := client.LastInbound(t.Context(), "7100000000000001"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("20 calls took %v with a negative Rate, want no limit", took)
		}
	})
}

// TestConversationRateHeedsContext has no turn before the context ends.
func TestConversationRateHeedsContext(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{"GET/me/conversations": `{"data":[]}`})
	client := graph.client(t, send.Config{Rate: 300})
	if _, err := client.LastInbound(t.Context(), "7100000000000001"); err != nil {
		t.Fatal(err)
	}
	hurried, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := client.LastInbound(hurried, "7100000000000001"); !errors.Is(err, send.ErrRateLimited) {
		t.Errorf("LastInbound = %v, want send.ErrRateLimited: no turn before the deadline", err)
	}
}
