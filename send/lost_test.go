package send_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for name, doer := range map[string]send.Doer{"by default": nil, "with http.Client": new(http.Client)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			waits := 0
			client := connect(t, server, send.Config{HTTP: doer, Wait: func(context.Context, time.Duration) error {
				waits++
				return nil
			}})
			_, err := client.Send(t.Context(), hello)
			if !errors.Is(err, syscall.ECONNREFUSED) || !send.Retryable(err) || waits != 3 {
				t.Fatalf("Send = %v after %d pauses, want ECONNREFUSED, retryable, after 3", err, waits)
			}
			if errors.Is(err, send.ErrUnsure) || strings.Contains(err.Error(), "/me/messages") {
				t.Errorf("Send = %v is unsure or shows the URL", err)
			}
		})
	}
}

// TestCauseOfTheContext has a Doer that tells nothing of why the context ended.
func TestCauseOfTheContext(t *testing.T) {
	t.Parallel()
	stop := errors.New("shutdown")
	ctx, cancel := context.WithCancelCause(t.Context())
	client, err := send.New(send.Config{Token: "token", HTTP: doer(func(r *http.Request) (*http.Response, error) {
		cancel(stop)
		return nil, r.Context().Err()
	})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Send(ctx, hello); !errors.Is(err, stop) || !errors.Is(err, send.ErrUnsure) {
		t.Errorf("Send = %v, want the cause of the context, and ErrUnsure", err)
	}
}

func TestConnectionClosed(t *testing.T) {
	t.Parallel()
	tests := map[string]http.HandlerFunc{
		"before the request was read": func(http.ResponseWriter, *http.Request) {},
		"after the request was read":  func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) },
		"in the middle of the answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, receiptBody)
			_ = http.NewResponseController(w).Flush()
		},
	}
	for name, handler := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, calls := counted(handler)
			client := connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				handler(w, r)
				panic(http.ErrAbortHandler)
			}), send.Config{})
			_, err := client.Send(t.Context(), hello)
			if !errors.Is(err, send.ErrUnsure) || send.Retryable(err) || calls.Load() != 1 {
				t.Errorf("Send = %v after %d calls, want ErrUnsure after 1", err, calls.Load())
			}
		})
	}
}

// TestStaleConnection has a kept-alive connection that takes no byte of the second call, and then no other:
// nothing of that call can have arrived.
func TestStaleConnection(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, receiptBody) })
	var gone atomic.Bool
	client := connect(t, server, send.Config{HTTP: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if gone.Load() {
				return nil, errors.New("no route")
			}
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			return &goneConn{conn, &gone}, err
		},
	}}})
	if _, err := client.Send(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	gone.Store(true)
	if _, err := client.Send(t.Context(), hello); errors.Is(err, send.ErrUnsure) || !send.Retryable(err) {
		t.Errorf("Send = %v, want a retryable failure", err)
	}
}

// goneConn takes no more bytes once it is gone.
type goneConn struct {
	net.Conn
	gone *atomic.Bool
}

func (c *goneConn) Write(p []byte) (int, error) {
	if c.gone.Load() {
		return 0, syscall.EPIPE
	}
	return c.Conn.Write(p)
}

// TestTimeOuts has answers that come too late: the message may have been delivered, so there is one call
// only.
func TestTimeOuts(t *testing.T) {
	t.Parallel()
	stop := errors.New("shutdown")
	tests := map[string]struct {
		cfg   send.Config
		cause error // of the caller's context
	}{
		"of the HTTP client":      {send.Config{HTTP: &http.Client{Timeout: 50 * time.Millisecond}}, nil},
		"of the caller's context": {send.Config{}, stop},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			late := make(chan struct{})
			handler, calls := counted(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if test.cause != nil {
					cancel(test.cause)
				}
				<-late
			})
			server := serve(t, handler)
			t.Cleanup(func() { close(late) }) // before the server's
			_, err := connect(t, server, test.cfg).Send(ctx, hello)
			if !errors.Is(err, send.ErrUnsure) || send.Retryable(err) || calls.Load() != 1 {
				t.Errorf("Send = %v after %d calls, want ErrUnsure after 1", err, calls.Load())
			}
			if test.cause != nil && !errors.Is(err, test.cause) {
				t.Errorf("Send = %v, want the cause of the context in it", err)
			}
		})
	}
}

// TestOwnTimeOut has a Doer that waits as long as it may, for a caller with and without a later deadline,
// such as that of a bot's handler.
func TestOwnTimeOut(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		message  send.Message
		deadline time.Duration // 0: none
		want     time.Duration
	}{
		"text":              {send.Text("Hi"), 0, 30 * time.Second},
		"text in a handler": {send.Text("Hi"), 2 * time.Minute, 30 * time.Second},
		"picture":           {send.Image(picture), 0, 30 * time.Second},
		"video, fetching":   {send.Video("https://cdn.example/a.mp4"), 0, 105 * time.Second},
		"video in a handler": {
			send.Video("https://cdn.example/a.mp4"), 2 * time.Minute, 105 * time.Second,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, err := send.New(send.Config{Token: "token", HTTP: doer(func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, context.Cause(r.Context())
				})})
				if err != nil {
					t.Fatal(err)
				}
				ctx := t.Context()
				if test.deadline > 0 {
					within, cancel := context.WithTimeout(ctx, test.deadline)
					defer cancel()
					ctx = within
				}
				start := time.Now()
				_, err = client.Send(ctx, send.Request{To: hello.To, Message: test.message})
				if got := time.Since(start); !errors.Is(err, send.ErrUnsure) || got != test.want {
					t.Errorf("Send = %v after %v, want ErrUnsure after %v", err, got, test.want)
				}
				if errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Send = %v blames the caller's deadline", err)
				}
			})
		})
	}
}

// TestTimeOutBeforeAConnection has a connection that is never made: nothing left, so the call is tried again.
func TestTimeOutBeforeAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var dials atomic.Int32
		over := make(chan struct{}) // a dial does not end with the request that wanted it
		defer close(over)
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dials.Add(1)
			<-over
			return nil, errors.New("over")
		}}
		client, err := send.New(send.Config{
			Token: "token", BaseURL: "http://graph.example", Wait: noWait, Tries: 3,
			HTTP: &http.Client{Transport: transport, Timeout: time.Second},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Send(t.Context(), hello); errors.Is(err, send.ErrUnsure) || !send.Retryable(err) {
			t.Errorf("Send = %v, want a retryable failure", err)
		}
		synctest.Wait()
		if dials.Load() != 3 {
			t.Errorf("%d dials, want 3", dials.Load())
		}
	})
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	other, stolen := counted(func(http.ResponseWriter, *http.Request) {})
	elsewhere := serve(t, other)
	client := connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}), send.Config{})
	_, err := client.Send(t.Context(), hello)
	var refused *send.Error
	if !errors.As(err, &refused) || refused.Status != 307 || stolen.Load() != 0 {
		t.Errorf("Send = %v with %d calls elsewhere, want HTTP 307 with 0", err, stolen.Load())
	}
}
