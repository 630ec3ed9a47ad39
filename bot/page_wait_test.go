package bot

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

// waitingBot returns a bot of which one handler may wait for a limit. What sleeps calls asleep.
func waitingBot(t *testing.T, asleep func(ctx context.Context, b *Bot, d time.Duration)) (*Bot, context.Context) {
	t.Helper()
	var b *Bot
	b, err := New(Config{
		Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify", PageID: "1", Lanes: 4,
		Wait: func(ctx context.Context, d time.Duration) error { asleep(ctx, b, d); return nil },
	}, HandlerFunc(func(*Context) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	handler := b.runs.begin(t.Context())
	t.Cleanup(func() { b.runs.finish(handler) })
	return b, handler
}

// What passes by itself every handler waits for, what takes longer only one in four. So it is whenever a limit
// is reached: those who waited for the last one do not count any more.
func TestHandlersThatWaitForALimit(t *testing.T) {
	for name, test := range map[string]struct {
		d    time.Duration
		want error
	}{
		"as long as what passes": {shortWait, nil},
		"longer":                 {shortWait + 1, errCrowded},
	} {
		t.Run(name, func(t *testing.T) {
			var meanwhile []error
			nested := false
			b, handler := waitingBot(t, func(ctx context.Context, b *Bot, d time.Duration) {
				if !nested {
					nested = true
					meanwhile = append(meanwhile, b.wait(ctx, d), b.wait(ctx, d))
					nested = false
				}
			})
			for episode := range 3 {
				if err := b.wait(handler, test.d); err != nil {
					t.Errorf("the first handler of limit %d: %v", episode, err)
				}
			}
			for _, err := range meanwhile {
				if !errors.Is(err, test.want) {
					t.Errorf("another handler meanwhile: %v, want %v", err, test.want)
				}
			}
			if len(meanwhile) != 6 {
				t.Errorf("%d others, want 6", len(meanwhile))
			}
		})
	}
}

// Whoever is no handler waits, however many handlers do.
func TestJobsThatWaitForALimit(t *testing.T) {
	asked := false
	b, handler := waitingBot(t, func(_ context.Context, b *Bot, d time.Duration) {
		if !asked {
			asked = true
			if err := b.wait(context.WithoutCancel(t.Context()), d); err != nil {
				t.Errorf("a job: %v", err)
			}
		}
	})
	if err := b.wait(handler, time.Minute); err != nil || !asked {
		t.Errorf("the handler: %v", err)
	}
}

// doerFunc answers calls.
type doerFunc func(*http.Request) (*http.Response, error)

func (f doerFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// A call within a handler is overseen as the handler is, and has no timer of its own; any other has one.
func TestCallsOfHandlersAreOverseen(t *testing.T) {
	var inCall context.Context
	b, err := New(Config{
		Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify", PageID: "1",
		HTTP: doerFunc(func(r *http.Request) (*http.Response, error) {
			inCall = r.Context()
			return nil, context.Canceled
		}),
		Wait: func(context.Context, time.Duration) error { return context.Canceled },
	}, HandlerFunc(func(*Context) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	client, err := b.Client("")
	if err != nil {
		t.Fatal(err)
	}
	handler := b.runs.begin(t.Context())
	defer b.runs.finish(handler)
	for name, test := range map[string]struct {
		ctx      context.Context
		overseen bool
	}{"in a handler": {handler, true}, "elsewhere": {t.Context(), false}} {
		inCall = nil
		_ = client.Act(test.ctx, send.Person("7"), send.TypingOn())
		if inCall == nil {
			t.Fatalf("%s: no call", name)
		}
		found, _ := inCall.Value(runKey{}).(*run)
		if overseen := found != nil && found != handler; overseen != test.overseen {
			t.Errorf("%s: overseen %t, want %t", name, overseen, test.overseen)
		}
		if at, ok := inCall.Deadline(); !ok || time.Until(at) > send.DefaultTimeout {
			t.Errorf("%s: deadline %v, %t; want one", name, at, ok)
		}
	}
}
