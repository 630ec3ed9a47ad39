package send_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// counted counts the requests that handler gets.
func counted(handler http.HandlerFunc) (http.HandlerFunc, *atomic.Int32) {
	calls := new(atomic.Int32)
	return func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		handler(w, r)
	}, calls
}

func TestTries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		answer string
		tries  int
		want   int32
	}{
		"passing failure":               {500, `{"error":{"code":2}}`, 0, 4},
		"passing failure, three tries":  {500, `{"error":{"code":1200}}`, 3, 3},
		"passing failure, one try":      {500, `{"error":{"code":1200}}`, 1, 1},
		"transient":                     {400, `{"error":{"code":4711,"is_transient":true}}`, 0, 4},
		"gateway":                       {502, "<html>", 0, 4},
		"rate limit":                    {400, `{"error":{"code":613}}`, 0, 4},
		"a file not fetched: once more": {400, `{"error":{"code":100,"error_subcode":2018008}}`, 0, 2},
		"the same with one try":         {400, `{"error":{"code":100,"error_subcode":2018008}}`, 1, 1},
		"unknown, once more":            {400, `{"error":{"code":1,"error_subcode":99}}`, 0, 2},
		"outside the window":            {400, `{"error":{"code":10,"error_subcode":2018278}}`, 0, 1},
		"unreachable":                   {400, `{"error":{"code":551}}`, 0, 1},
		"wrong token":                   {401, `{"error":{"code":190}}`, 0, 1},
		"unsure by Meta's word":         {500, `{"error":{"code":1,"error_subcode":1357046,"is_transient":true}}`, 0, 1},
		"HTML under 200":                {200, "<html>", 0, 1},
		"redirect":                      {307, "", 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, calls := counted(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.answer)
			})
			client := connect(t, serve(t, handler), send.Config{Tries: test.tries})
			if _, err := client.Send(t.Context(), hello); err == nil {
				t.Error("Send = nil error")
			}
			if calls.Load() != test.want {
				t.Errorf("%d calls, want %d", calls.Load(), test.want)
			}
		})
	}
}

// TestRetrySucceeds has the whole body in every try.
func TestRetrySucceeds(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(string(body), `"text":"Hi"`) {
			t.Errorf("body %q, %v", body, err)
		}
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, receiptBody)
	})
	receipt, err := connect(t, server, send.Config{}).Send(t.Context(), hello)
	if err != nil || receipt.MessageID != "m_1" || calls.Load() != 3 {
		t.Errorf("Send = %+v, %v after %d calls; want a receipt after 3", receipt, err, calls.Load())
	}
}

// pauses runs a call that fails each time with answer, and returns how long it waited between the tries.
func pauses(t *testing.T, tries int, header http.Header, answer string) []time.Duration {
	t.Helper()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, answer)
	})
	var waits []time.Duration
	client := connect(t, server, send.Config{Tries: tries, Wait: func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}})
	if _, err := client.Send(t.Context(), hello); err == nil {
		t.Fatal("Send = nil error")
	}
	return waits
}

// TestBackOff has each pause within its bounds: half as long again as the one before, half of it jitter; a minute
// at least at a rate limit.
func TestBackOff(t *testing.T) {
	t.Parallel()
	type bounds struct{ least, most time.Duration }
	ms, s := time.Millisecond, time.Second
	tests := map[string]struct {
		answer string
		want   []bounds
	}{
		"passing": {`{"error":{"code":2}}`, []bounds{
			{250 * ms, 750 * ms}, {375 * ms, 1125 * ms}, {562 * ms, 1688 * ms}, {843 * ms, 2532 * ms},
		}},
		"rate limit": {`{"error":{"code":32}}`, []bounds{
			{60 * s, 100 * s}, {90 * s, 150 * s}, {135 * s, 225 * s}, {180 * s, 300 * s}, {180 * s, 300 * s},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			firsts := map[time.Duration]bool{}
			for range 20 {
				waits := pauses(t, len(test.want)+1, nil, test.answer)
				if len(waits) != len(test.want) {
					t.Fatalf("%d pauses, want %d", len(waits), len(test.want))
				}
				firsts[waits[0]] = true
				for i, d := range waits {
					if d < test.want[i].least || d > test.want[i].most {
						t.Errorf("pause %d = %v, want %v to %v", i, d, test.want[i].least, test.want[i].most)
					}
				}
			}
			if len(firsts) < 10 {
				t.Errorf("%d different first pauses of 20: no jitter", len(firsts))
			}
		})
	}
}

func TestBackOffByMetasEstimate(t *testing.T) {
	t.Parallel()
	usage := func(minutes string) http.Header {
		return http.Header{"X-Business-Use-Case-Usage": {
			`{"1":[{"type":"messenger","estimated_time_to_regain_access":` + minutes + `}]}`,
		}}
	}
	waits := pauses(t, 2, usage("3"), `{"error":{"code":80006}}`)
	if len(waits) != 1 || waits[0] <= 3*time.Minute || waits[0] > 3*time.Minute+time.Second {
		t.Errorf("pauses = %v, want 3 minutes and a little", waits)
	}
	if waits := pauses(t, 4, usage("60"), `{"error":{"code":80006}}`); len(waits) != 0 {
		t.Errorf("pauses = %v, want none: an hour is the caller's to wait", waits)
	}
}

func TestContextEndsRetries(t *testing.T) {
	t.Parallel()
	stop := errors.New("shutdown")
	handler, calls := counted(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	server := serve(t, handler)
	t.Run("in a pause", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		client := connect(t, server, send.Config{Wait: func(ctx context.Context, _ time.Duration) error {
			cancel(stop)
			return ctx.Err()
		}})
		calls.Store(0)
		var refused *send.Error
		if _, err := client.Send(ctx, hello); !errors.As(err, &refused) || calls.Load() != 1 {
			t.Errorf("Send = %v after %d calls, want the refusal after 1", err, calls.Load())
		}
	})
	t.Run("before the call", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stop)
		calls.Store(0)
		for _, rate := range []int{-1, 300} {
			_, err := connect(t, server, send.Config{Rate: rate}).Send(ctx, hello)
			if !errors.Is(err, stop) || errors.Is(err, send.ErrUnsure) || calls.Load() != 0 {
				t.Errorf("Send = %v after %d calls, want the cause after 0", err, calls.Load())
			}
		}
	})
	t.Run("a pause beyond the deadline is not begun", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		client := connect(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"error":{"code":4}}`)
		}), send.Config{Wait: func(context.Context, time.Duration) error {
			t.Error("waits for a minute, with 30 s left")
			return nil
		}})
		if _, err := client.Send(ctx, hello); !errors.Is(err, send.ErrRateLimited) {
			t.Errorf("Send = %v, want ErrRateLimited", err)
		}
	})
}

func TestWaitHeedsItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls int
		client, err := send.New(send.Config{Token: "token", HTTP: doer(func(*http.Request) (*http.Response, error) {
			calls++
			return answer(http.StatusBadGateway, ""), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		start := time.Now()
		if _, err := client.Send(ctx, hello); err == nil || calls != 1 || time.Since(start) != 100*time.Millisecond {
			t.Errorf("Send = %v after %d calls and %v, want one call and 100ms", err, calls, time.Since(start))
		}
	})
}

// answer is a response of a fake transport.
func answer(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}
