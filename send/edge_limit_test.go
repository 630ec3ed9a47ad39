package send_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

// TestProfileLimit has Meta take no more calls of an edge: the call fails at once, with what to do, and
// messages go on.
func TestProfileLimit(t *testing.T) {
	t.Parallel()
	calls := map[string]func(*send.Client, context.Context) error{
		"Profile": func(c *send.Client, ctx context.Context) error { _, err := c.Profile(ctx); return err },
		"SetProfile": func(c *send.Client, ctx context.Context) error {
			return c.SetProfile(ctx, send.Profile{GetStarted: "A"})
		},
		"DeleteProfile": func(c *send.Client, ctx context.Context) error { return c.DeleteProfile(ctx, send.ProfileMenu) },
		"SyncProfile": func(c *send.Client, ctx context.Context) error {
			_, err := c.SyncProfile(ctx, wholeProfile())
			return err
		},
		"PersonMenu":       func(c *send.Client, ctx context.Context) error { _, err := c.PersonMenu(ctx, person); return err },
		"SetPersonMenu":    func(c *send.Client, ctx context.Context) error { return c.SetPersonMenu(ctx, person, send.Menu{}) },
		"DeletePersonMenu": func(c *send.Client, ctx context.Context) error { return c.DeletePersonMenu(ctx, person) },
		"Graph": func(c *send.Client, ctx context.Context) error {
			return c.Graph(ctx, http.MethodGet, "104000000000001/messenger_profile", nil, nil)
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			waits := 0
			p, client := newPage(t, send.Config{Rate: -1, Wait: func(context.Context, time.Duration) error {
				waits++
				return nil
			}}, `{"error":{"message":"(#613) Calls to this api have exceeded the rate limit.","code":613}}`)
			err := call(client, t.Context())
			if n := p.calls(); !errors.Is(err, send.ErrRateLimited) || n != 1 || waits != 0 {
				t.Fatalf("%v after %d calls and %d waits, want ErrRateLimited after one", err, n, waits)
			}
			if advice := send.Advice(err); !strings.Contains(advice, "10 of these calls in 10 minutes") {
				t.Errorf("Advice = %q", advice)
			}
			if x := errorIn(t, err).Explain(); x.Scope != send.ScopeRequest || x.Retry != send.RetryLater {
				t.Errorf("Explain = %+v, want a limit of this call alone", x)
			}
			p.answers(receiptBody)
			p.sends(t, client, nil, 1)
			if waits != 0 {
				t.Error("a message waits for the limit of the Messenger Profile")
			}
		})
	}
}

// errorIn returns the refusal in err.
func errorIn(t *testing.T, err error) *send.Error {
	t.Helper()
	refused, ok := errors.AsType[*send.Error](err)
	if !ok {
		t.Fatalf("%v is no *send.Error", err)
	}
	return refused
}

// TestOtherLimitsOfTheProfile are the Page's: they stop it as they do for every other call.
func TestOtherLimitsOfTheProfile(t *testing.T) {
	t.Parallel()
	waits := 0
	wait := func(context.Context, time.Duration) error { waits++; return nil }
	p, client := newPage(t, send.Config{Rate: -1, Tries: 1, Wait: wait}, `{"error":{"code":32}}`)
	_, err := client.Profile(t.Context())
	if x := errorIn(t, err).Explain(); x.Scope != send.ScopePage {
		t.Errorf("Explain = %+v, want a limit of the Page", x)
	}
	p.answers(receiptBody)
	if _, err := client.Send(t.Context(), hello); err != nil || waits != 1 {
		t.Errorf("Send = %v after %d waits, want one wait", err, waits)
	}
	p.answers(`{"error":{"code":613}}`)
	_, err = client.Send(t.Context(), hello)
	if x := errorIn(t, err).Explain(); x.Scope != send.ScopePage {
		t.Errorf("Explain = %+v of a message's limit, want the Page's", x)
	}
}

// TestConversationLimit: a limit of the Conversations API, which another program may have used up, passes within
// seconds and stops no message.
func TestConversationLimit(t *testing.T) {
	t.Parallel()
	var waits []time.Duration
	wait := func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}
	p, client := newPage(t, send.Config{Rate: -1, Wait: wait}, `{"error":{"message":"x","code":613}}`)
	_, err := client.LastInbound(t.Context(), person)
	if n := p.calls(); !errors.Is(err, send.ErrRateLimited) || n != send.DefaultTries || len(waits) != n-1 {
		t.Fatalf("%v after %d calls and the waits %v", err, n, waits)
	}
	if slices.Max(waits) > 10*time.Second {
		t.Errorf("waits %v", waits)
	}
	if x := errorIn(t, err).Explain(); x.Scope != send.ScopeRequest || !strings.Contains(x.Advice, "2 of these calls") {
		t.Errorf("Explain = %+v, want a limit of this call alone", x)
	}
	waits = nil
	p.answers(receiptBody)
	p.sends(t, client, nil, 1)
	if len(waits) != 0 {
		t.Error("a message waits for the limit of the Conversations API")
	}
}
