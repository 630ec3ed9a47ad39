package send_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// departures sends n messages at once, in a bubble whose Graph API answers at once, and returns when each call went
// out, since the first.
func departures(t *testing.T, cfg send.Config, n int, message send.Message) []time.Duration {
	t.Helper()
	var mu sync.Mutex
	var times []time.Duration
	start := time.Now()
	cfg.Token = "token"
	cfg.HTTP = doer(func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		times = append(times, time.Since(start))
		return answer(http.StatusOK, receiptBody), nil
	})
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if _, err := client.Send(t.Context(), send.Request{To: hello.To, Message: message}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return times
}

func TestRate(t *testing.T) {
	t.Parallel()
	video := send.Video("https://cdn.example/a.mp4")
	audio := send.Audio("https://cdn.example/a.mp3")
	tests := map[string]struct {
		rate      int
		message   send.Message
		n         int
		perSecond int // 0: no limit
	}{
		"the default":            {0, send.Text("Hi"), 900, 300},
		"a rate":                 {40, send.Text("Hi"), 120, 40},
		"video":                  {0, video, 30, 10},
		"audio":                  {0, audio, 30, 10},
		"audio at a lower rate":  {5, audio, 15, 5},
		"a picture is not video": {40, send.Image(picture), 120, 40},
		"none":                   {-1, send.Text("Hi"), 1000, 0},
		"none, also for video":   {-1, video, 1000, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				times := departures(t, send.Config{Rate: test.rate}, test.n, test.message)
				last := times[len(times)-1]
				if test.perSecond == 0 {
					if last != 0 {
						t.Errorf("the last went out after %v, want at once", last)
					}
					return
				}
				for i := test.perSecond; i < len(times); i++ {
					if gap := times[i] - times[i-test.perSecond]; gap < time.Second-time.Microsecond {
						t.Fatalf("calls %d to %d went out within %v, want a second", i-test.perSecond, i, gap)
					}
				}
				if most := time.Duration(test.n/test.perSecond) * time.Second; last > most {
					t.Errorf("the last went out after %v, want within %v", last, most)
				}
			})
		})
	}
}

func TestActionsCountAgainstTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, err := send.New(send.Config{Token: "token", Rate: 1, HTTP: doer(func(*http.Request) (*http.Response, error) {
			return answer(http.StatusOK, receiptBody), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := client.Act(t.Context(), hello.To, send.TypingOn()); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Send(t.Context(), hello); err != nil || time.Since(start) != time.Second {
			t.Errorf("Send = %v after %v, want nil after 1s", err, time.Since(start))
		}
	})
}

func TestNoTurnBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]send.Message{"text": send.Text("Hi"), "audio": send.Audio(picture)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				client, err := send.New(send.Config{Token: "token", Rate: 1, HTTP: doer(func(*http.Request) (*http.Response, error) {
					calls++
					return answer(http.StatusOK, receiptBody), nil
				})})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				request := send.Request{To: hello.To, Message: message}
				if _, err := client.Send(ctx, request); err != nil {
					t.Fatal(err)
				}
				_, err = client.Send(ctx, request)
				if !errors.Is(err, send.ErrRateLimited) || calls != 1 || time.Until(deadline(ctx)) != 50*time.Millisecond {
					t.Errorf("Send = %v after %d calls, want ErrRateLimited at once after 1", err, calls)
				}
			})
		})
	}
}

func deadline(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}

// TestKeepsConnections counts the connections of many calls: one call after the other needs one connection.
func TestKeepsConnections(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status  int
		answer  string
		chunked bool
	}{
		"receipts":          {200, receiptBody, false},
		"receipts, chunked": {200, receiptBody, true},
		"refusals":          {400, `{"error":{"code":10,"error_subcode":2018278}}`, false},
		"HTML":              {404, "<html>no</html>", false},
		"nothing":           {404, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opened atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				if test.chunked {
					_ = http.NewResponseController(w).Flush()
				}
				_, _ = io.WriteString(w, test.answer)
			}))
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					opened.Add(1)
				}
			}
			server.Start()
			t.Cleanup(server.Close)
			client := connect(t, server, send.Config{Tries: 1})
			for range 50 {
				if _, err := client.Send(t.Context(), hello); (err == nil) != (test.status == 200) {
					t.Fatal(err)
				}
			}
			if opened.Load() != 1 {
				t.Errorf("%d connections for 50 calls, want 1", opened.Load())
			}
		})
	}
}

// TestConcurrentSends shares one client among many goroutines.
func TestConcurrentSends(t *testing.T) {
	t.Parallel()
	client := answering(t, 200, nil, []byte(receiptBody))
	question := send.Carousel(cards(3)...).WithAnswers("A", "B")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				request := send.Request{To: hello.To, Message: question.WithMetadata("m")}
				if _, err := client.Send(t.Context(), request); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	calls := 0
	client, err := send.New(send.Config{Token: "token", HTTP: doer(func(*http.Request) (*http.Response, error) {
		calls++
		return nil, errors.New("called")
	})})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		err  error
		want string
	}{
		"no person":   {client.Act(t.Context(), send.Recipient{}, send.TypingOn()), "send: recipient: empty: use send.Person or its like"},
		"no action":   {client.Act(t.Context(), hello.To, send.Action{}), "send: sender_action: missing: use send.TypingOn or its like"},
		"no mid":      {client.Act(t.Context(), hello.To, send.Unreact("")), "send: payload.message_id: missing: want the mid of the message to unreact"},
		"no reaction": {client.Act(t.Context(), hello.To, send.React("m_1", "")), "send: payload.reaction: missing: want an emoji"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.err == nil || test.err.Error() != test.want || !errors.Is(test.err, send.ErrInvalid) {
				t.Errorf("Act = %v, want %s", test.err, test.want)
			}
		})
	}
	if _, err := client.Send(t.Context(), send.Request{}); !errors.Is(err, send.ErrInvalid) || calls != 0 {
		t.Errorf("Send = %v with %d calls, want ErrInvalid with 0", err, calls)
	}
}
