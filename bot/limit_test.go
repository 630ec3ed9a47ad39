package bot_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// silentGraph never answers.
type silentGraph struct{}

func (silentGraph) Do(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, context.Cause(r.Context())
}

// A Graph API that does not answer holds a handler up for 30 seconds, and a video for 105, not for as long as the
// handler may run.
func TestCallsOfAHandlerAreBounded(t *testing.T) {
	tests := map[string]struct {
		message send.Message
		want    time.Duration
	}{
		"text":  {send.Text("Hi"), 30 * time.Second},
		"video": {send.Video("https://cdn.example/a.mp4"), 105 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took := make(chan time.Duration, 1)
				s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
					took <- unanswered(t, func() error { return c.Send(test.message) })
					return nil
				}), func(cfg *bot.Config) { cfg.HTTP = silentGraph{} })
				s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_1", "hello")))
				if got := <-took; got < test.want || got > test.want+time.Second {
					t.Errorf("the call took %v, want %v, to the second", got, test.want)
				}
			})
		})
	}
}

// Nobody oversees a thread that belongs to no handler, such as one of a bot that does not serve yet.
func TestCallsOutsideOfHandlersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, err := bot.New(bot.Config{
			Token: "t", AppSecrets: []string{secret}, VerifyToken: "v", PageID: page, HTTP: silentGraph{},
		}, bot.HandlerFunc(func(*bot.Context) error { return nil }))
		if err != nil {
			t.Fatal(err)
		}
		thread, err := b.Thread(t.Context(), page, person)
		if err != nil {
			t.Fatal(err)
		}
		if got := unanswered(t, func() error { return thread.Text("Hi") }); got != 30*time.Second {
			t.Errorf("the call took %v, want 30s", got)
		}
	})
}

// unanswered returns how long a call took that nobody answered.
func unanswered(t *testing.T, call func() error) time.Duration {
	t.Helper()
	start := time.Now()
	if err := call(); !errors.Is(err, send.ErrUnsure) {
		t.Errorf("call = %v, want ErrUnsure", err)
	}
	return time.Since(start)
}
