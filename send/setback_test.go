package send_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// TestClockSetBack lets neither a stop nor an open circuit last longer than when it began, though the clock
// that they are judged by was set back a day.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		failure sendtest.Failure
		class   error
		lasts   time.Duration
	}{
		"a short stop": {sendtest.Failure{Code: 4}, nil, 0}, // the call waits
		"a long stop": {sendtest.Failure{Code: 80006, Header: map[string][]string{
			"X-Business-Use-Case-Usage": {`{"1":[{"estimated_time_to_regain_access":20}]}`},
		}}, send.ErrRateLimited, 20*time.Minute + time.Second},
		"the circuit": {sendtest.Failure{Code: 190}, send.ErrUnauthorized, time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
			graph := new(sendtest.Graph)
			client, err := send.New(send.Config{
				Token: "token", HTTP: graph.Client(), Rate: -1, Tries: 1,
				Now:  func() time.Time { return now },
				Wait: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			graph.FailWith(test.failure)
			if _, err := client.Send(t.Context(), hello); err == nil {
				t.Fatal("Send = nil, want the failure")
			}
			now = now.Add(-24 * time.Hour)
			if _, err := client.Send(t.Context(), hello); !errors.Is(err, test.class) {
				t.Errorf("Send = %v, want %v", err, test.class)
			}
			now = now.Add(test.lasts)
			if _, err := client.Send(t.Context(), hello); err != nil {
				t.Errorf("Send = %v after %v, want nil", err, test.lasts)
			}
		})
	}
}
