package router_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// failing returns a configuration that notes what becomes of events that fail for good.
func failing(j *journal) func(*bot.Config) {
	return func(cfg *bot.Config) {
		cfg.OnError = func(c *bot.Context, err error) error {
			j.note("attempt %d failed: %v", c.Attempt(), err)
			return nil
		}
	}
}

// watching returns a middleware that hands each error to see.
func watching(see func(err error)) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			err := next.Handle(c)
			see(err)
			return err
		})
	}
}

func TestRecover(t *testing.T) {
	var j journal
	var log bytes.Buffer
	outside := watching(func(err error) { j.note("outside %t", errors.Is(err, bot.ErrPanic)) })
	inside := watching(func(err error) { j.note("inside %v", err) })
	r := router.New()
	r.Use(outside, router.Recover, inside)
	r.Text("panic", func(*bot.Context) error { panic("the person's words") })
	r.Text("error", func(*bot.Context) error { return bot.Permanent(errors.New("refused")) })
	s := serve(t, r, failing(&j), func(cfg *bot.Config) {
		cfg.Attempts = 1
		cfg.Log = zerolog.New(&log)
	})

	s.mustDeliver(t, text("m_1", "panic"))
	j.want(t, "outside true", "attempt 1 failed: bot: handler panicked with a string")
	if !strings.Contains(log.String(), "middleware_test.go") {
		t.Error("the log has no stack")
	}
	if strings.Contains(log.String(), "the person's words") {
		t.Error("the log has the value of the panic")
	}
	s.mustDeliver(t, text("m_2", "error"))
	j.want(t, "inside refused", "outside false", "attempt 1 failed: refused")
}

func TestSeen(t *testing.T) {
	r := router.New()
	r.Use(router.Seen)
	r.Text("hello", func(c *bot.Context) error { return c.Text("hi") })
	on[*webhook.Reaction](r, new(journal))
	s := serve(t, r)
	s.mustDeliver(t, text("m_1", "hello"))
	s.graph.FailWith(sendtest.Failure{Code: 100})
	s.mustDeliver(t, text("m_2", "Hello"))
	s.mustDeliver(t, text("m_3", "no route"))
	s.mustDeliver(t, reaction)
	if got, want := s.sent(), []string{"(mark_seen)", "hi", "(mark_seen)", "hi"}; !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r := router.New()
		r.Use(router.Log)
		r.Text("my secret", func(*bot.Context) error {
			time.Sleep(2 * time.Second)
			return nil
		})
		r.Fallback(func(*bot.Context) error { return bot.Permanent(errors.New("refused")) })
		s := serve(t, r, failing(new(journal)), func(cfg *bot.Config) { cfg.Log = zerolog.New(&log) })
		synctest.Wait() // the bot has started and logged it
		for _, item := range []string{text("m_1", "My Secret"), text("m_2", "private"), reaction} {
			log.Reset()
			s.mustDeliver(t, item)
			type line struct {
				Message, Kind, Event, Person, Route, Error string
				Took                                       float64
			}
			var got line
			if err := json.Unmarshal(bytes.SplitN(log.Bytes(), []byte("\n"), 2)[0], &got); err != nil {
				t.Fatal(err)
			}
			if got.Person == "" || got.Event == "" {
				t.Errorf("%+v names no event or no person", got)
			}
			got.Person, got.Event = "", ""
			want := map[string]line{
				text("m_1", "My Secret"): {Message: "event handled", Kind: "message", Route: "text", Took: 2000},
				text("m_2", "private"):   {Message: "event handled", Kind: "message", Route: "fallback", Error: "refused"},
				reaction:                 {Message: "event handled", Kind: "reaction", Route: "none"},
			}[item]
			if got != want {
				t.Errorf("logged %+v, want %+v", got, want)
			}
			if words := strings.ToLower(log.String()); strings.Contains(words, "secret") ||
				strings.Contains(words, "private") || strings.Contains(words, personID) {
				t.Errorf("the log tells of the person: %s", words)
			}
		}
	})
}

func TestTimeout(t *testing.T) {
	tests := map[string]struct {
		handle bot.HandlerFunc
		adjust func(*bot.Config)
		want   string
	}{
		"in time": {
			func(*bot.Context) error { time.Sleep(4 * time.Second); return nil }, nil,
			"<nil> false",
		},
		"late but done": {
			func(*bot.Context) error { time.Sleep(6 * time.Second); return nil }, nil,
			"<nil> false",
		},
		"context's error": {
			func(c *bot.Context) error { <-c.Done(); return c.Err() }, nil,
			"router: handler timed out after 5s: context deadline exceeded true",
		},
		"context's cause": {
			func(c *bot.Context) error { <-c.Done(); return context.Cause(c) }, nil,
			"router: handler timed out after 5s: router: handler timed out after 5s true",
		},
		"another error": {
			func(*bot.Context) error { return errors.New("refused") }, nil,
			"refused false",
		},
		"another error, late": {
			func(c *bot.Context) error { <-c.Done(); return errors.New("refused") }, nil,
			"refused false",
		},
		"another deadline": {
			func(c *bot.Context) error {
				ctx, cancel := context.WithTimeout(c, time.Second)
				defer cancel()
				<-ctx.Done()
				return ctx.Err()
			}, nil,
			"context deadline exceeded true",
		},
		"the bot's deadline first": {
			func(c *bot.Context) error { <-c.Done(); return context.Cause(c) },
			func(cfg *bot.Config) { cfg.Timeout = 3 * time.Second },
			"bot: handler timed out true",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var j journal
				r := router.New()
				r.Use(watching(func(err error) {
					j.note("%v %t", err, errors.Is(err, context.DeadlineExceeded))
				}))
				r.Group(router.Timeout(5*time.Second)).Text("hello", test.handle)
				s := serve(t, r, func(cfg *bot.Config) {
					cfg.Attempts = 1
					if test.adjust != nil {
						test.adjust(cfg)
					}
				})
				s.mustDeliver(t, text("m_1", "hello"))
				j.want(t, test.want)
			})
		})
	}
}

// What package send returns is not tried again, as it has tried itself. When the time-out was the cause, it is;
// the message, which may have arrived, is not sent a second time.
func TestTimeoutWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		r := router.New()
		r.Use(router.Timeout(5 * time.Second))
		r.Text("hello", func(c *bot.Context) error {
			j.note("attempt %d", c.Attempt())
			if err := c.Text("one"); err != nil {
				return err
			}
			return c.Text("two")
		})
		s := serve(t, r, failing(&j))
		s.graph.FailWith(sendtest.Failure{Delay: time.Hour})
		s.mustDeliver(t, text("m_1", "hello"))
		j.want(t, "attempt 1")
		s.advance(t, time.Minute)
		j.want(t, "attempt 2")
		if got, want := s.sent(), []string{"one", "two"}; !slices.Equal(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
}
