package sendtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/parleybot/parley/send/sendtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCall shows all that is kept of a call.
func TestCall(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, PageID: "77"}
	body := `{"sender_action":"TYPING_ON","recipient":{"id":"` + psid + `"},"access_token":"secret","appsecret_proof":"p","<&>":1.50}`
	got := post(t, g, body)
	want := sendtest.Call{
		N: 1, Time: noon, Method: http.MethodPost, Path: "/v25.0/me/messages", Host: "graph.example", Page: "77",
		Recipient: psid,
		Params:    []byte(`{"<&>":1.50,"recipient":{"id":"` + psid + `"},"sender_action":"TYPING_ON"}`),
		Action:    "typing_on", Status: 200, Answer: []byte(got.body),
	}
	if diff := cmp.Diff(want, last(t, g)); diff != "" {
		t.Errorf("call (-want +got)\n%s", diff)
	}
}

// TestCallsAreCopies: changing what Calls returns changes nothing.
func TestCallsAreCopies(t *testing.T) {
	g := new(sendtest.Graph)
	post(t, g, to(hi))
	calls := g.Calls()
	calls[0].Params[0], calls[0].Answer[0], calls[0].N = 'x', 'x', 9
	if c := last(t, g); c.Params[0] != '{' || c.Answer[0] != '{' || c.N != 1 {
		t.Errorf("call %+v", c)
	}
}

// TestCallsAreBounded: of 10,003 calls the newest 10,000 are kept, in order.
func TestCallsAreBounded(t *testing.T) {
	g := new(sendtest.Graph)
	const bound, more = 10_000, 3
	for range bound + more {
		silently(t, g, to(`"sender_action":"typing_on"`))
	}
	calls := g.Calls()
	if len(calls) != bound || calls[0].N != more+1 || calls[bound-1].N != bound+more {
		t.Fatalf("%d calls from %d to %d", len(calls), calls[0].N, calls[len(calls)-1].N)
	}
	for i, c := range calls {
		if c.N != calls[0].N+i {
			t.Fatalf("call %d has number %d", i, c.N)
		}
	}
}

// TestConcurrentCalls: every call is judged, kept and reported once, in one order, from any number of goroutines.
func TestConcurrentCalls(t *testing.T) {
	const callers, each = 8, 50
	var reported []int // OnCall is never called twice at a time
	g := &sendtest.Graph{OnCall: func(c sendtest.Call) { reported = append(reported, c.N) }}
	server := httptest.NewServer(g)
	defer server.Close()
	clients := []*http.Client{g.Client(), server.Client()}
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() {
			for n := range each {
				person := fmt.Sprint(1000 + i)
				g.Acted(person, time.Now())
				body := `{"recipient":{"id":"` + person + `"},` + hi + `}`
				r := request(t, http.MethodPost, "/me/messages", "application/json", body)
				r.URL.Scheme, r.URL.Host = "http", server.Listener.Addr().String()
				response, err := clients[n%2].Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				_ = response.Body.Close()
				if response.StatusCode != http.StatusOK {
					t.Errorf("HTTP %d", response.StatusCode)
				}
			}
		})
	}
	wait.Wait()
	server.Close() // over a socket OnCall follows the answer
	mids := map[string]bool{}
	for _, c := range g.Calls() {
		mids[c.MessageID] = true
	}
	if len(mids) != callers*each || len(reported) != callers*each {
		t.Fatalf("%d messages, %d reported, want %d", len(mids), len(reported), callers*each)
	}
	for i, n := range reported {
		if n != i+1 {
			t.Fatalf("reported call %d as number %d", n, i+1)
		}
	}
}

// TestOnCallMayCall: OnCall runs after the answer and without a lock; its own call is reported after it.
func TestOnCallMayCall(t *testing.T) {
	var g *sendtest.Graph
	var order []string
	g = &sendtest.Graph{OnCall: func(c sendtest.Call) {
		order = append(order, fmt.Sprint("start ", c.N))
		if c.N == 1 {
			silently(t, g, to(`"sender_action":"typing_on"`))
			g.Acted(psid, noon)
		}
		order = append(order, fmt.Sprint("end ", len(g.Calls())))
	}}
	silently(t, g, to(hi))
	if diff := cmp.Diff([]string{"start 1", "end 2", "start 2", "end 2"}, order); diff != "" {
		t.Errorf("order (-want +got)\n%s", diff)
	}
}

// TestOnCallMayPanic: the Graph goes on.
func TestOnCallMayPanic(t *testing.T) {
	g := &sendtest.Graph{OnCall: func(c sendtest.Call) {
		if c.N == 1 {
			panic("first")
		}
	}}
	func() {
		defer func() { _ = recover() }()
		silently(t, g, to(hi))
	}()
	silently(t, g, to(hi))
	if n := len(g.Calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
}
