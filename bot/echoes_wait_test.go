package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
)

// isAboutFields reports whether a call asks which fields a Page is subscribed to.
func isAboutFields(call sendtest.Call) bool {
	return call.Method == http.MethodGet && strings.HasSuffix(call.Path, "/subscribed_apps")
}

// Neither an echo nor the answer whether there will be one is waited for so long that the handler comes to
// nothing.
func TestWaitForAnEchoLeavesTime(t *testing.T) {
	hangs := sendtest.Failure{Delay: time.Hour, Match: isAboutFields}
	tests := map[string]struct {
		timeout  time.Duration
		failures []sendtest.Failure
		took     time.Duration
	}{
		"much time":                        {0, nil, 5 * time.Second},
		"little time":                      {4 * time.Second, nil, 2 * time.Second},
		"much time, and Meta is silent":    {0, []sendtest.Failure{hangs}, 5 * time.Second},
		"little time, and Meta is silent":  {4 * time.Second, []sendtest.Failure{hangs}, 2 * time.Second},
		"as much as an echo may take":      {5 * time.Second, nil, 2500 * time.Millisecond},
		"less time than handlers ever get": {time.Second, nil, 500 * time.Millisecond},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runs := 0
				s, _ := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error {
					runs++
					return c.Text("A")
				}), func(cfg *bot.Config) { cfg.Timeout = test.timeout })
				s.subscribe("message_echoes")
				for _, failure := range test.failures {
					s.graph.FailWith(failure)
				}
				began := time.Now()
				s.say("m_1")
				if took := time.Since(began); took != test.took || runs != 1 {
					t.Errorf("%d runs in %s, want one in %s", runs, took, test.took)
				}
				s.want("A")
			})
		})
	}
}

// All that was in hand at a crash waits once, from when it came to this instance.
func TestWaitForEchoesOfManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, inbox := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("A") }))
		s.subscribe("message_echoes")
		inbox.since = time.Now().Add(-2 * time.Second)
		for i, want := range []time.Duration{3 * time.Second, 0, 0} {
			began := time.Now()
			s.say(fmt.Sprintf("m_%d", i))
			if took := time.Since(began); took != want {
				t.Errorf("event %d was handled after %s, want %s", i, took, want)
			}
		}
		s.want("A", "A", "A")
	})
}

// An echo that comes in is the proof that echoes do, although there were none when Meta was asked.
func TestEchoesThatAreSubscribedToLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := serveRedelivered(t, onlyMessages(bot.HandlerFunc(func(c *bot.Context) error { return c.Text("A") })))
		for _, want := range []time.Duration{0, 5 * time.Second} {
			began := time.Now()
			s.say("m_" + want.String())
			if took := time.Since(began); took != want {
				t.Errorf("handled after %s, want %s", took, want)
			}
			s.deliver(ownEcho(s.clock.Now(), "parley:another", "m_2"))
		}
	})
}

// Whoever loses their claim while Meta is asked has no answer, and leaves the question to the next.
func TestFieldsAreAskedForAfterALostClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lose context.CancelFunc
		runs := 0
		s, inbox := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error {
			if runs++; runs == 1 {
				time.AfterFunc(time.Second, lose)
			}
			return c.Text("A")
		}))
		inbox.claim = func(ctx context.Context) context.Context {
			ctx, lose = context.WithCancel(ctx)
			return ctx
		}
		s.subscribe("message_echoes")
		s.graph.FailWith(sendtest.Failure{Delay: time.Hour, Match: isAboutFields})
		began := time.Now()
		s.say("m_1")
		if took := time.Since(began); took < 6*time.Second || runs != 2 {
			t.Errorf("%d runs in %s, want the second to wait for its echo", runs, took)
		}
		s.want("A")
	})
}

// That another app of the Page gets its echoes is of no use.
func TestEchoesOfAnotherApp(t *testing.T) {
	for app, want := range map[string]time.Duration{"999": 0, "": 5 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s, _ := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("A") }),
				func(cfg *bot.Config) { cfg.AppID = app })
			s.subscribe("message_echoes")
			began := time.Now()
			s.say("m_1")
			if took := time.Since(began); took != want {
				t.Errorf("as app %q handled after %s, want %s", app, took, want)
			}
		})
	}
}
