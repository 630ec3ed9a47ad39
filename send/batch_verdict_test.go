package send_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// batchHeld reports whether the last result is a refusal without a call.
func batchHeld(t *testing.T, results []send.BatchResult, err error) bool {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	refused, ok := errors.AsType[*send.Error](results[len(results)-1].Err)
	return ok && refused.NoCall
}

// TestBatchLimitAmongOthers holds the other Page back, whatever its calls beside the one that found the limit say.
func TestBatchLimitAmongOthers(t *testing.T) {
	t.Parallel()
	for name, said := range map[string][2]string{
		"refused before": {batchClosed, batchLimit}, "taken after": {batchLimit, batchReceipt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var opened []string
				answers := []string{batchAnswers(batchReceipt, said[0], said[1]), batchAnswers(batchReceipt)}
				client, other := pair(t, &answers, &opened)
				its := send.BatchSend(hello).By(other)
				if r, err := client.Batch(t.Context(), send.BatchSend(hello), its, its); err != nil {
					t.Fatalf("Batch = %v, %v", r, err)
				}
				if r, err := client.Batch(t.Context(), send.BatchSend(hello), its); !batchHeld(t, r, err) {
					t.Errorf("%+v, want the other Page held back", r)
				}
			})
		})
	}
}

// TestBatchLimitAgain holds the other Page back each time that its limit is reached.
func TestBatchLimitAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var opened []string
		answers := []string{
			batchAnswers(batchReceipt, batchLimit), batchAnswers(batchReceipt, batchLimit), batchAnswers(batchReceipt),
		}
		client, other := pair(t, &answers, &opened)
		batch := func() bool {
			t.Helper()
			r, err := client.Batch(t.Context(), send.BatchSend(hello), send.BatchSend(hello).By(other))
			return batchHeld(t, r, err)
		}
		if batch() {
			t.Error("held back before the limit")
		}
		time.Sleep(time.Hour)
		if batch() || len(answers) != 1 {
			t.Error("held back an hour after the limit")
		}
		if !batch() {
			t.Error("not held back after the second time")
		}
	})
}

// TestBatchTurnsOfEach waits for the turns of each call under the limits of its own client.
func TestBatchTurnsOfEach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := doer(func(*http.Request) (*http.Response, error) {
			return answer(http.StatusOK, batchAnswers(batchReceipt, batchReceipt, batchReceipt, batchReceipt, batchReceipt)), nil
		})
		client, err := send.New(send.Config{Token: vectorToken, HTTP: all, Rate: -1})
		if err != nil {
			t.Fatal(err)
		}
		other, err := send.New(send.Config{Token: otherToken, HTTP: all, Rate: 2})
		if err != nil {
			t.Fatal(err)
		}
		its, start := send.BatchSend(hello).By(other), time.Now()
		if _, err := client.Batch(t.Context(), send.BatchSend(hello), its, its, its, its); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < time.Second || took > 3*time.Second {
			t.Errorf("4 calls at 2 per second took %v", took)
		}
	})
}

// TestBatchTrusted does not ask for the templates of a client that trusts them; a batch has as long as a video.
func TestBatchTrusted(t *testing.T) {
	t.Parallel()
	var got time.Duration
	calls := 0
	client, err := send.New(send.Config{
		Token: "token", Rate: -1, TrustTemplates: true,
		Limit: func(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
			got = d
			return context.WithTimeoutCause(ctx, d, cause)
		},
		HTTP: doer(func(*http.Request) (*http.Response, error) {
			calls++
			return answer(http.StatusOK, batchAnswers(batchReceipt)), nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := client.Batch(t.Context(), send.BatchSend(utility("unknown", "en")))
	if err != nil || r[0].Err != nil || calls != 1 || got != 105*time.Second {
		t.Errorf("Batch = %+v, %v within %v, after %d calls", r, err, got, calls)
	}
}

// again is middleware that makes a call once more, after a while.
func again(after time.Duration) []func(send.Handler) send.Handler {
	return []func(send.Handler) send.Handler{func(next send.Handler) send.Handler {
		return func(ctx context.Context, o *send.Outgoing) error {
			first := next(ctx, o)
			time.Sleep(after)
			return errors.Join(first, next(ctx, o))
		}
	}}
}

// TestBatchTwiceWithoutABody takes nothing of the first answers where the second ones say less.
func TestBatchTwiceWithoutABody(t *testing.T) {
	t.Parallel()
	bodies := []string{batchAnswers(batchReceipt), `[{"code":200}]`}
	client, err := send.New(send.Config{
		Token: "token", Rate: -1, Middleware: again(0), HTTP: doer(func(*http.Request) (*http.Response, error) {
			next := bodies[0]
			bodies = bodies[1:]
			return answer(http.StatusOK, next), nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := client.Batch(t.Context(), send.BatchSend(hello)); err != nil || r[0].Err == nil || r[0].Receipt.MessageID != "" {
		t.Errorf("Batch = %+v, %v; want no message of the first answers", r, err)
	}
}

// TestBatchTwiceLost learns nothing of the other Page from a batch whose second try was lost: the next probe comes
// as soon as after the first refusal.
func TestBatchTwiceLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var opened []string
		bodies := []string{batchAnswers(batchReceipt, batchToken), `<html>`, batchAnswers(batchReceipt, batchReceipt)}
		_, other := pair(t, new([]string), &opened)
		network := doer(func(*http.Request) (*http.Response, error) {
			next := bodies[0]
			bodies = bodies[1:]
			return answer(http.StatusOK, next), nil
		})
		twice, err := send.New(send.Config{Token: vectorToken, Rate: -1, HTTP: network, Middleware: again(61 * time.Second)})
		if err != nil {
			t.Fatal(err)
		}
		once, err := send.New(send.Config{Token: vectorToken, Rate: -1, HTTP: network})
		if err != nil {
			t.Fatal(err)
		}
		calls := []send.BatchCall{send.BatchSend(hello), send.BatchSend(hello).By(other)}
		if _, err := twice.Batch(t.Context(), calls...); !errors.Is(err, send.ErrUnsure) || len(opened) != 1 {
			t.Fatalf("Batch = %v, %v; want ErrUnsure, and the circuit as it was", err, opened)
		}
		time.Sleep(61 * time.Second)
		if r, err := once.Batch(t.Context(), calls...); err != nil || r[1].Err != nil || len(opened) != 2 {
			t.Errorf("Batch = %+v, %v, %v; want a probe that closes the circuit", r, err, opened)
		}
	})
}
