package send_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// through returns a client of graph with middleware.
func through(tb testing.TB, graph *sendtest.Graph, middleware ...func(send.Handler) send.Handler) *send.Client {
	tb.Helper()
	client, err := send.New(send.Config{
		Token: "token", HTTP: graph.Client(), Rate: -1, Wait: noWait, Middleware: middleware,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return client
}

// TestMiddlewareOrder runs each once around all tries, the first outermost.
func TestMiddlewareOrder(t *testing.T) {
	t.Parallel()
	var trail []string
	mark := func(name string) func(send.Handler) send.Handler {
		return func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error {
				trail = append(trail, name)
				err := next(ctx, o)
				trail = append(trail, "/"+name)
				return err
			}
		}
	}
	graph := new(sendtest.Graph)
	graph.FailNext(1200, 0)
	client := through(t, graph, mark("a"), mark("b"))
	if _, err := client.Send(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(trail, " "); got != "a b /b /a" || len(graph.Calls()) != 2 {
		t.Errorf("ran %q around %d calls, want a b /b /a around 2", got, len(graph.Calls()))
	}
}

// TestMiddlewareSees what a call is, its receipt and its error, once and without what happens to single tries.
func TestMiddlewareSees(t *testing.T) {
	t.Parallel()
	var seen send.Outgoing
	var failed error
	graph := new(sendtest.Graph)
	client := through(t, graph, func(next send.Handler) send.Handler {
		return func(ctx context.Context, o *send.Outgoing) error {
			failed = next(ctx, o)
			seen = *o
			return failed
		}
	})
	receipt, err := client.Send(t.Context(), hello)
	if err != nil || seen.Method != "POST" || seen.Path != "me/messages" || seen.To != hello.To ||
		seen.Request.Message.Text != "Hi" || seen.Receipt != receipt || receipt.MessageID == "" {
		t.Errorf("saw %+v of %+v, %v", seen, receipt, err)
	}
	if err := client.Act(t.Context(), hello.To, send.TypingOn()); err != nil || seen.Request != nil ||
		seen.Action != send.TypingOn() || seen.To != hello.To || seen.Path != "me/messages" {
		t.Errorf("saw %+v of Act, %v", seen, err)
	}
	var me struct {
		ID string `json:"id"`
	}
	params := map[string]any{"fields": "id"}
	if err := client.Graph(t.Context(), http.MethodGet, "me", params, &me); err != nil || me.ID != sendtest.DefaultPage ||
		seen.Method != "GET" || seen.Path != "me" || seen.Params["fields"] != "id" {
		t.Errorf("saw %+v of Graph, %v, %v", seen, me, err)
	}
	if _, err := client.Send(t.Context(), send.Request{}); err == nil || !errors.Is(failed, send.ErrInvalid) {
		t.Errorf("saw %v, want the problem of %v", failed, err)
	}
	graph.FailNext(551, 0)
	if _, err := client.Send(t.Context(), hello); !errors.Is(err, send.ErrUnreachable) || !errors.Is(failed, err) {
		t.Errorf("saw %v, want %v", failed, err)
	}
}

// TestMiddlewareChanges replaces, refuses and answers.
func TestMiddlewareChanges(t *testing.T) {
	t.Parallel()
	quiet := errors.New("quiet hours")
	tests := map[string]struct {
		handler func(send.Handler) send.Handler
		sent    string // a piece of what arrives; "": nothing does
		mid     string
		err     error
	}{
		"another request": {func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error {
				r := *o.Request
				r.Message = send.Text("Ahoy")
				o.Request = &r
				return next(ctx, o)
			}
		}, `"text":"Ahoy"`, "", nil},
		"a request that Meta would refuse": {func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error {
				o.Request = new(send.Request)
				return next(ctx, o)
			}
		}, "", "", send.ErrInvalid},
		"refused": {func(send.Handler) send.Handler {
			return func(_ context.Context, o *send.Outgoing) error {
				o.Receipt.MessageID = "m_none"
				return quiet
			}
		}, "", "", quiet},
		"answered": {func(send.Handler) send.Handler {
			return func(_ context.Context, o *send.Outgoing) error {
				o.Receipt.MessageID = "m_dry"
				return nil
			}
		}, "", "m_dry", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := new(sendtest.Graph)
			receipt, err := through(t, graph, test.handler).Send(t.Context(), hello)
			if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Errorf("Send = %v, want %v", err, test.err)
			}
			if err != nil && receipt != (send.Receipt{}) {
				t.Errorf("Send = %+v beside an error", receipt)
			}
			if test.mid != "" && receipt.MessageID != test.mid {
				t.Errorf("Send = %+v, want %s", receipt, test.mid)
			}
			calls := graph.Calls()
			if (len(calls) == 0) != (test.sent == "") {
				t.Fatalf("%d calls", len(calls))
			}
			if len(calls) > 0 && !strings.Contains(string(calls[0].Params), test.sent) {
				t.Errorf("arrived: %s, want %s", calls[0].Params, test.sent)
			}
		})
	}
	if hello.Message.Text != "Hi" {
		t.Error("the caller's request was changed")
	}
}

// TestMiddlewareOutsideTheCircuit sees the calls that are not made.
func TestMiddlewareOutsideTheCircuit(t *testing.T) {
	t.Parallel()
	var held atomic.Int32
	graph := new(sendtest.Graph)
	graph.FailNext(190, 0)
	client := through(t, graph, func(next send.Handler) send.Handler {
		return func(ctx context.Context, o *send.Outgoing) error {
			err := next(ctx, o)
			if refused, ok := errors.AsType[*send.Error](err); ok && refused.NoCall {
				held.Add(1)
			}
			return err
		}
	})
	for range 3 {
		_, _ = client.Send(t.Context(), hello)
	}
	if held.Load() != 2 || len(graph.Calls()) != 1 {
		t.Errorf("%d of 3 held back, %d calls; want 2 and 1", held.Load(), len(graph.Calls()))
	}
}

// TestMiddlewareAndNoAction refuses an empty sender action as without middleware, before a call.
func TestMiddlewareAndNoAction(t *testing.T) {
	t.Parallel()
	graph := new(sendtest.Graph)
	client := through(t, graph, func(next send.Handler) send.Handler { return next })
	err := client.Act(t.Context(), hello.To, send.Action{})
	if _, ok := errors.AsType[*send.FieldError](err); !ok || len(graph.Calls()) != 0 {
		t.Errorf("Act = %v after %d calls, want a FieldError without a call", err, len(graph.Calls()))
	}
}
