package send_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// after sends a text and returns how long that took, and its error.
func after(ctx context.Context, client *send.Client) (time.Duration, error) {
	start := time.Now()
	_, err := client.Send(ctx, hello)
	return time.Since(start), err
}

// TestPageStops sends after an answer that tells of a limit: the next call waits, whoever makes it.
func TestPageStops(t *testing.T) {
	t.Parallel()
	s, m := time.Second, time.Minute
	one := func(key, value string) http.Header { return http.Header{key: {value}} }
	business := func(fields string) http.Header {
		return one("X-Business-Use-Case-Usage", `{"104000000000001":[{"type":"pages","call_count":3},{"type":"messenger",`+fields+`}]}`)
	}
	tests := map[string]struct {
		header      http.Header
		body        string
		least, most time.Duration // 0: it does not wait
	}{
		"app's limit":              {nil, `{"error":{"code":4}}`, m, 100 * s},
		"account's limit":          {nil, `{"error":{"code":17}}`, m, 100 * s},
		"Page's limit":             {nil, `{"error":{"code":32}}`, m, 100 * s},
		"application limit":        {nil, `{"error":{"code":341}}`, m, 100 * s},
		"this API's limit":         {nil, `{"error":{"code":613}}`, m, 100 * s},
		"Instagram's limit":        {nil, `{"error":{"code":613,"error_subcode":2534040}}`, m, 100 * s},
		"use case Pages":           {nil, `{"error":{"code":80001}}`, m, 100 * s},
		"use case Instagram":       {nil, `{"error":{"code":80002}}`, m, 100 * s},
		"use case Messenger":       {nil, `{"error":{"code":80006}}`, m, 100 * s},
		"with an estimate":         {business(`"estimated_time_to_regain_access":3`), `{"error":{"code":80006}}`, 3 * m, 3*m + s},
		"person's tagged messages": {nil, `{"error":{"code":613,"error_subcode":2018338}}`, 0, 0},
		"phone numbers":            {nil, `{"error":{"code":4,"error_subcode":2018022}}`, 0, 0},
		"person's opt-ins":         {nil, `{"error":{"code":9,"error_subcode":2018352}}`, 0, 0},
		"game's notifications":     {nil, `{"error":{"code":2018144}}`, 0, 0},
		"two notifications":        {nil, `{"error":{"code":4,"error_subcode":2018354}}`, 0, 0},
		"no limit":                 {nil, closedBox, 0, 0},

		"receipt, calls used up":       {business(`"call_count":100`), receiptBody, m, 100 * s},
		"receipt, time used up":        {business(`"total_time":101`), receiptBody, m, 100 * s},
		"receipt, CPU time used up":    {business(`"total_cputime":100.0`), receiptBody, m, 100 * s},
		"receipt, estimate":            {business(`"call_count":7,"estimated_time_to_regain_access":2`), receiptBody, 2 * m, 2*m + s},
		"receipt, 99 %":                {business(`"call_count":99`), receiptBody, 0, 0},
		"receipt, app's calls used up": {one("X-App-Usage", `{"call_count":100,"total_time":2,"total_cputime":2}`), receiptBody, m, 100 * s},
		"receipt, app at 99 %":         {one("X-App-Usage", `{"call_count":99,"total_time":99,"total_cputime":99}`), receiptBody, 0, 0},
		"receipt, odd header":          {one("X-App-Usage", `[{"call_count":100}`), receiptBody, 0, 0},
		"receipt, odd types":           {business(`"total_time":"much","call_count":100`), receiptBody, m, 100 * s},
		"receipt, the first used up": {one("X-Business-Use-Case-Usage",
			`{"1":[{"type":"messenger","call_count":100},{"type":"pages","call_count":1}]}`), receiptBody, m, 100 * s},
		"refusal, used up": {business(`"call_count":100`), closedBox, m, 100 * s},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				page, client := newPage(t, send.Config{Tries: 1}, test.body)
				page.header = test.header
				if took, _ := after(t.Context(), client); took != 0 {
					t.Errorf("the first took %v", took)
				}
				page.answers(receiptBody)
				took, err := after(t.Context(), client)
				if err != nil || took < test.least || took > test.most {
					if test.least > 0 || took > s {
						t.Errorf("Send = %v after %v, want nil after %v to %v", err, took, test.least, test.most)
					}
				}
				if took, err := after(t.Context(), client); err != nil || took > s {
					t.Errorf("then Send = %v after %v, want nil at once", err, took)
				}
			})
		})
	}
}

// TestStopBeyondPatience refuses at once, and says how long the stop lasts.
func TestStopBeyondPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{Tries: 1}, receiptBody)
		page.header = http.Header{"X-Business-Use-Case-Usage": {`{"1":[{"estimated_time_to_regain_access":20}]}`}}
		if _, err := after(t.Context(), client); err != nil {
			t.Fatalf("Send = %v, want a receipt: only later calls are stopped", err)
		}
		page.answers(receiptBody)
		page.calls()
		took, err := after(t.Context(), client)
		refused, ok := errors.AsType[*send.Error](err)
		if !ok || !errors.Is(err, send.ErrRateLimited) || took != 0 || page.calls() != 0 || !refused.NoCall {
			t.Fatalf("Send = %v after %v, want ErrRateLimited at once", err, took)
		}
		if d := refused.RetryAfter; d < 20*time.Minute || d > 20*time.Minute+time.Second || !send.Retryable(err) {
			t.Errorf("RetryAfter = %v, want 20 minutes", d)
		}
		const text = "send: graph: all that Meta allows is used up: no call was made"
		if err.Error() != text || refused.Explain().Scope != send.ScopePage {
			t.Errorf("Send = %v, want %s", err, text)
		}
		time.Sleep(16 * time.Minute)
		took, err = after(t.Context(), client)
		if err != nil || took < 3*time.Minute || took > 5*time.Minute {
			t.Errorf("Send = %v after %v, want the rest of the stop", err, took)
		}
	})
}

// TestStopBeyondTheDeadline refuses at once what would end before the stop does.
func TestStopBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{Tries: 1}, `{"error":{"code":613,"message":"(#613) Slow down"}}`)
		_, _ = after(t.Context(), client)
		page.calls()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		took, err := after(ctx, client)
		if !errors.Is(err, send.ErrRateLimited) || took != 0 || page.calls() != 0 {
			t.Errorf("Send = %v after %v, want ErrRateLimited at once", err, took)
		}
		if want := "send: graph: (#613) Slow down (code 613): no call was made"; err.Error() != want {
			t.Errorf("Send = %v, want %s", err, want)
		}
		stop := errors.New("shutdown")
		going, end := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { end(stop) })
		if took, err := after(going, client); !errors.Is(err, stop) || took != time.Second || page.calls() != 0 {
			t.Errorf("Send = %v after %v, want the cause of the context after 1s", err, took)
		}
	})
}

// TestStopHoldsEverybody lets nobody out while the Page is stopped, and then one after the other.
func TestStopHoldsEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{Rate: 10}, `{"error":{"code":32}}`)
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := client.Send(t.Context(), hello); err != nil {
				t.Errorf("the call that was refused is tried again: %v", err)
			}
		})
		synctest.Wait()
		page.answers(receiptBody)
		page.calls()
		for range 30 {
			all.Go(func() {
				if _, err := client.Send(t.Context(), hello); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Minute - time.Second)
		if n := page.calls(); n != 0 {
			t.Errorf("%d calls in the stop", n)
		}
		all.Wait()
		page.mu.Lock()
		defer page.mu.Unlock()
		times := page.times
		if !slices.IsSortedFunc(times, time.Time.Compare) || len(times) != 31 {
			t.Fatalf("%d calls, want 31 in order", len(times))
		}
		for i := 10; i < len(times); i++ {
			if gap := times[i].Sub(times[i-10]); gap < time.Second-time.Microsecond {
				t.Fatalf("calls %d to %d went out within %v, want a second", i-10, i, gap)
			}
		}
	})
}

// TestStopsGrow stops longer each time, but once for a crowd that is refused at the same time.
func TestStopsGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{Tries: 1, Rate: -1}, `{"error":{"code":613}}`)
		page.delay = time.Second
		s := time.Second
		for _, want := range []struct{ least, most time.Duration }{
			{60 * s, 100 * s}, {90 * s, 150 * s}, {135 * s, 225 * s}, {180 * s, 300 * s}, {180 * s, 300 * s},
		} {
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() { _, _ = client.Send(t.Context(), hello) })
			}
			all.Wait()
			if n := page.calls(); n != 20 {
				t.Fatalf("%d calls, want 20", n)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
			_, err := client.Send(ctx, hello)
			cancel()
			e, ok := errors.AsType[*send.Error](err)
			if !ok || e.RetryAfter < want.least || e.RetryAfter > want.most {
				t.Fatalf("stopped for %v (%v), want %v to %v", e.RetryAfter, err, want.least, want.most)
			}
			time.Sleep(e.RetryAfter)
		}
		page.answers(receiptBody)
		page.sends(t, client, nil, 1)
		page.answers(`{"error":{"code":613}}`)
		page.sends(t, client, send.ErrRateLimited, 1)
		page.answers(receiptBody)
		if took, err := after(t.Context(), client); err != nil || took > 101*s+s {
			t.Errorf("Send = %v after %v: a success makes stops short again", err, took)
		}
	})
}

// TestLateEstimate comes with an answer to a call from before the stop: it makes the stop longer, never shorter.
func TestLateEstimate(t *testing.T) {
	t.Parallel()
	estimate := func(minutes string) http.Header {
		return http.Header{"X-Business-Use-Case-Usage": {`{"1":[{"estimated_time_to_regain_access":` + minutes + `}]}`}}
	}
	tests := map[string]struct {
		late, first http.Header
		want        time.Duration
	}{
		"longer":  {estimate("4"), nil, 4*time.Minute + 10*time.Second},
		"shorter": {estimate("1"), estimate("3"), 3 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				page, client := newPage(t, send.Config{Tries: 1, Rate: -1}, receiptBody)
				page.delay, page.header = 10*time.Second, test.late
				start := time.Now()
				var all sync.WaitGroup
				all.Go(func() { _, _ = client.Send(t.Context(), hello) })
				synctest.Wait()
				page.answers(`{"error":{"code":613}}`)
				page.mu.Lock()
				page.delay, page.header = 0, test.first
				page.mu.Unlock()
				page.sends(t, client, send.ErrRateLimited, 2)
				page.answers(receiptBody)
				all.Wait()
				_, err := client.Send(t.Context(), hello)
				if took := time.Since(start); err != nil || took < test.want || took > test.want+time.Second {
					t.Errorf("Send = %v after %v, want it after %v", err, took, test.want)
				}
			})
		})
	}
	t.Run("longer, while a call waits", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			page, client := newPage(t, send.Config{Tries: 1, Rate: -1}, receiptBody)
			page.delay, page.header = 10*time.Second, estimate("4")
			start := time.Now()
			var all sync.WaitGroup
			all.Go(func() { _, _ = client.Send(t.Context(), hello) })
			synctest.Wait()
			page.answers(`{"error":{"code":613}}`)
			page.mu.Lock()
			page.delay = 0
			page.mu.Unlock()
			page.sends(t, client, send.ErrRateLimited, 2)
			page.answers(receiptBody)
			_, err := client.Send(t.Context(), hello)
			if took := time.Since(start); err != nil || took < 4*time.Minute+10*time.Second {
				t.Errorf("Send = %v after %v, want it after the estimate", err, took)
			}
			all.Wait()
		})
	})
}

// TestRefusalOutlastsPatience gives Meta's refusal to the call that got it, not what later calls get.
func TestRefusalOutlastsPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{}, `{"error":{"code":80006}}`)
		page.header = http.Header{"X-Business-Use-Case-Usage": {`{"1":[{"estimated_time_to_regain_access":60}]}`}}
		took, err := after(t.Context(), client)
		refused, ok := errors.AsType[*send.Error](err)
		if !ok || refused.NoCall || refused.Code != 80006 || refused.RetryAfter != time.Hour || took != 0 {
			t.Errorf("Send = %+v after %v, want Meta's refusal at once", err, took)
		}
	})
}

// TestStopByAnotherClock follows Config.Now and Config.Wait, as a bot in a simulator does.
func TestStopByAnotherClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var waited time.Duration
	page, client := newPage(t, send.Config{
		Tries: 1, Now: func() time.Time { return now },
		Wait: func(_ context.Context, d time.Duration) error { waited += d; return nil },
	}, `{"error":{"code":613}}`)
	page.sends(t, client, send.ErrRateLimited, 1)
	page.answers(receiptBody)
	page.sends(t, client, nil, 1)
	if waited < time.Minute {
		t.Errorf("waited %v, want a minute", waited)
	}
	page.answers(badToken)
	page.sends(t, client, send.ErrUnauthorized, 1)
	page.answers(receiptBody)
	page.sends(t, client, send.ErrUnauthorized, 0)
	now = now.Add(time.Minute)
	page.sends(t, client, nil, 1)
}
