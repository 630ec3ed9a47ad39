package send_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// ownContext is the key under which a context asks for middleware that makes one of its own.
type ownContext struct{}

func withOwnContext(next send.Handler) send.Handler {
	return func(ctx context.Context, o *send.Outgoing) error {
		if ctx.Value(ownContext{}) != nil {
			ctx = context.Background()
		}
		return next(ctx, o)
	}
}

// TestConversationRateLeavesOthers: what middleware asks besides takes no turn of the Conversations API.
func TestConversationRateLeavesOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		graph := newPastGraph(map[string]string{"GET/me/conversations": `{"data":[]}`, "GET/me": `{"id":"1"}`})
		var client *send.Client
		client = graph.client(t, send.Config{
			Rate: send.DefaultRate,
			Middleware: []func(send.Handler) send.Handler{func(next send.Handler) send.Handler {
				return func(ctx context.Context, o *send.Outgoing) error {
					for range 4 {
						if o.Path == "me/conversations" {
							if err := client.Graph(ctx, http.MethodGet, "me", nil, nil); err != nil {
								return err
							}
						}
					}
					return next(ctx, o)
				}
			}},
		})
		start := time.Now()
		if _, err := gather(client.Conversations(t.Context(), send.ConversationQuery{})); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 100*time.Millisecond {
			t.Errorf("one call of the Conversations API, and four others, took %v", took)
		}
	})
}

// TestConversationRateOfEach holds every way into the Conversations API to the 2 calls per second that Meta takes.
// Source: Meta, Rate Limiting, 23 March 2026.
func TestConversationRateOfEach(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(t *testing.T, c *send.Client) error{
		"a conversation": func(t *testing.T, c *send.Client) error {
			t.Helper()
			_, err := c.Conversation(t.Context(), "t_1")
			return err
		},
		"its messages": func(t *testing.T, c *send.Client) error {
			t.Helper()
			_, err := gather(c.ConversationMessages(t.Context(), "t_1"))
			return err
		},
		"a message": func(t *testing.T, c *send.Client) error {
			t.Helper()
			_, err := c.PastMessage(t.Context(), "m_1")
			return err
		},
		"the list": func(t *testing.T, c *send.Client) error {
			t.Helper()
			_, err := gather(c.Conversations(t.Context(), send.ConversationQuery{}))
			return err
		},
		"the last inbound time": func(t *testing.T, c *send.Client) error {
			t.Helper()
			_, err := c.LastInbound(t.Context(), "7100000000000001")
			return err
		},
		"a call that the package has no method for": func(t *testing.T, c *send.Client) error {
			t.Helper()
			return c.Graph(t.Context(), http.MethodGet, "me/conversations", nil, nil)
		},
		"middleware with a context of its own": func(t *testing.T, c *send.Client) error {
			t.Helper()
			_, err := gather(c.Conversations(context.WithValue(t.Context(), ownContext{}, true), send.ConversationQuery{}))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				graph := newPastGraph(map[string]string{
					"GET/me/conversations": `{"data":[]}`, "GET/t_1": `{"id":"t_1"}`, "GET/m_1": `{"id":"m_1"}`,
				})
				client, start := graph.client(t, send.Config{
					Rate: send.DefaultRate, Middleware: []func(send.Handler) send.Handler{withOwnContext},
				}), time.Now()
				for range 3 {
					if err := ask(t, client); err != nil {
						t.Fatal(err)
					}
				}
				if took := time.Since(start); took < time.Second-time.Millisecond || len(graph.calls) != 3 {
					t.Errorf("%d calls took %v, want the third after a second", len(graph.calls), took)
				}
			})
		})
	}
}

// TestConversationMessagesEndOnce ends with the first error, also for a caller who goes on.
func TestConversationMessagesEndOnce(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"GET/t_1": `{"id":"t_1","messages":{"data":[{"id":"m_1"},{"id":"m_2"},{"id":"m_3"}]}}`,
	})
	n := 0
	for _, err := range graph.client(t, send.Config{}).ConversationMessages(t.Context(), "t_1") {
		if n++; err == nil {
			t.Error("no error of a message that Meta refuses")
		}
	}
	if n != 1 || len(graph.calls) != 2 {
		t.Errorf("%d messages after %d calls, want the first error and no more", n, len(graph.calls))
	}
}

// TestPastMediaURLs finds where a medium is, whatever its kind.
func TestPastMediaURLs(t *testing.T) {
	t.Parallel()
	for kind, told := range map[string]string{
		"image": `"image_data":{"url":"https://cdn.example/image"}`,
		"video": `"video_data":{"url":"https://cdn.example/video"}`,
		"file":  `"file_url":"https://cdn.example/file"`,
	} {
		graph := newPastGraph(map[string]string{
			"GET/m_1": `{"id":"m_1","attachments":{"data":[{"id":"9",` + told + `}]}}`,
		})
		m, err := graph.client(t, send.Config{}).PastMessage(t.Context(), "m_1")
		if err != nil || len(m.Attachments) != 1 || m.Attachments[0].URL != "https://cdn.example/"+kind {
			t.Errorf("%s: %+v, %v", kind, m.Attachments, err)
		}
	}
}
