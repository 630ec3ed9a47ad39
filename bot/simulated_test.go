package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// Twenty reminders, each due in 25 hours: that they come at once and not when the inbox looks at the clock
// by itself, which it does once a second, shows in the time that they take together.
func TestBotFollowsTheClockOfASimulator(t *testing.T) {
	const moves, step = 20, 25 * time.Hour
	sim := newSimulator(t, at(1, time.Hour))
	came := make(chan time.Time, moves)
	var seen sync.Map
	s := inSimulator(t, sim, bot.HandlerFunc(func(c *bot.Context) error {
		// Where the next move comes while the record is saved, that has expired, and the handler runs again.
		_, again := seen.LoadOrStore(c.EventID(), true)
		if _, ok := c.Event().(*webhook.Custom); ok && !again {
			came <- c.Now()
		}
		return nil
	}))
	if first, second := <-sim.asked, <-sim.asked; first != 0 || second != 1 {
		t.Errorf("the bot asks having seen %d, then %d: it began before it knew the time", first, second)
	}
	began := time.Now()
	for i := range moves {
		now := time.Now().Add(time.Hour + time.Duration(i)*step)
		due := now.Add(step - time.Minute)
		if _, err := s.Emit(t.Context(), page, person, "reminder", due, nil); err != nil {
			t.Fatal(err)
		}
		sim.lay(i+1, at(i+2, time.Hour+time.Duration(i+1)*step))
		select {
		case got := <-came:
			if got.Before(due) || got.After(due.Add(2*time.Minute)) {
				t.Errorf("reminder %d came at %s, want %s", i, got, due)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("reminder %d has not come", i)
		}
		sim.await(i + 2) // the move was taken over
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the bot took %s over %d moves", took, moves)
	}
}

func TestClockOfASimulatorNeverGoesBack(t *testing.T) {
	sim := newSimulator(t, at(7, 48*time.Hour))
	now := make(chan time.Time, 1)
	s := inSimulator(t, sim, bot.HandlerFunc(func(c *bot.Context) error { now <- c.Now(); return nil }))
	sim.await(7)
	sim.lay(7, at(1, 0)) // another simulator stands there now
	sim.await(1)
	s.post(batch(time.Now(), "messaging", text(time.Now(), person, "m_1", "hi")))
	if ahead := time.Until(<-now); ahead < 47*time.Hour {
		t.Errorf("the bot's clock is ahead by %s, want still 48 h", ahead)
	}
}

func TestBotDoesNotBeginWithoutItsSimulator(t *testing.T) {
	tests := map[string]struct{ answer, want string }{
		"gone":               {"", "refused"},
		"an error":           {"500", "it answered 500"},
		"a redirect":         {"302", "it answered 302"},
		"no JSON":            {"<html>", "not the JSON expected"},
		"too long an answer": {`{"version":1,"offset_ms":0}` + strings.Repeat(" ", 5000) + "!", ""},
		"before now":         {`{"version":1,"offset_ms":-1}`, "makes no sense"},
		"another millennium": {`{"version":1,"offset_ms":31536000000000}`, "makes no sense"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sim := newSimulator(t, test.answer)
			if test.answer == "" {
				sim.server.Close()
			}
			cfg := fromEnv(t, simulated(sim.server.URL+"/"+simulatorToken, sim.server.URL))
			cfg.PageID, cfg.Log = page, zerolog.Nop()
			b, err := bot.New(cfg, silent)
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
			if test.want == "" { // the rest of what is too long is not read
				go func() { sim.await(1); stop() }()
			}
			err = b.Serve(ctx)
			stop()
			if test.want == "" {
				if err != nil {
					t.Errorf("Serve: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "SIMULATOR_URL") || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("Serve: %v, want an error with SIMULATOR_URL and %q", err, test.want)
			}
			if strings.Contains(err.Error(), simulatorToken) {
				t.Errorf("%v\ntells the token", err)
			}
		})
	}
}

func TestSimulatorThatHasGoneIsLoggedOnce(t *testing.T) {
	var log buffer
	sim := newSimulator(t, at(1, 0))
	sim.lay(1, "500")
	inSimulator(t, sim, silent, logTo(&log))
	for range 5 { // it is asked again and again
		sim.await(1)
	}
	if n := strings.Count(log.String(), "the simulator has gone"); n != 1 {
		t.Errorf("logged %d times, want once:\n%s", n, &log)
	}
	sim.lay(1, at(2, time.Hour))
	sim.await(2)
	log.mustContain(t, "for development only", "the simulator is back")
	log.mustNotContain(t, simulatorToken)
}

// A simulator that does not wait before it answers is not asked in a hurry.
func TestSimulatorThatDoesNotWait(t *testing.T) {
	sim := newSimulator(t, at(1, 0))
	sim.lay(1, at(1, 0))
	inSimulator(t, sim, silent)
	began := time.Now()
	for range 4 {
		sim.await(1)
	}
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("asked four times within %s", took)
	}
}

func TestClockOfTheDeveloperComesFirst(t *testing.T) {
	sim := newSimulator(t, at(1, time.Hour))
	own := newClock()
	now := make(chan time.Time, 1)
	s := inSimulator(t, sim, bot.HandlerFunc(func(c *bot.Context) error { now <- c.Now(); return nil }),
		func(cfg *bot.Config) { cfg.Now = own.Now })
	s.post(batch(own.Now(), "messaging", text(own.Now(), person, "m_1", "hi")))
	if got := <-now; !got.Equal(own.Now()) {
		t.Errorf("the bot's time is %s, want that of Config.Now", got)
	}
	select {
	case <-sim.asked:
		t.Error("the bot asks a clock that it does not follow")
	default:
	}
}

// slow is an inbox of somebody else's.
type slow struct{ bot.Inbox }

func TestInboxWithAClockOfItsOwnIsNamed(t *testing.T) {
	tests := map[string]struct {
		inbox bot.Inbox
		own   bool
	}{
		"none":                             {nil, false},
		"lanes":                            {bot.NewLanes(bot.LanesConfig{Parallel: 2}), false},
		"lanes with a clock":               {bot.NewLanes(bot.LanesConfig{Now: time.Now}), true},
		"somebody else's, such as durable": {slow{bot.NewLanes(bot.LanesConfig{})}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var log buffer
			sim := newSimulator(t, at(1, 0))
			inSimulator(t, sim, silent, logTo(&log), func(cfg *bot.Config) { cfg.Inbox = test.inbox })
			sim.await(1)
			if got := strings.Contains(log.String(), "wakes by a clock of its own"); got != test.own {
				t.Errorf("warned: %t, want %t", got, test.own)
			}
		})
	}
}

func TestRefusalsAreToldToTheSimulator(t *testing.T) {
	closed := func(c *bot.Context) error { return c.Thread().Text("late") }
	tests := map[string]struct {
		fail  sendtest.Failure
		send  func(c *bot.Context) error
		class error // nil: not told
	}{
		"sent":             {send: func(c *bot.Context) error { return c.Text("hi") }},
		"window closed":    {send: closed, class: send.ErrOutsideWindow},
		"tag retired":      {send: func(c *bot.Context) error { return c.Thread().Tag("ACCOUNT_UPDATE").Text("x") }, class: send.ErrTagRetired},
		"invalid":          {send: func(c *bot.Context) error { return c.Text("") }, class: send.ErrInvalid},
		"refused by Meta":  {fail: sendtest.Failure{Code: 10, Subcode: 2018278}, send: func(c *bot.Context) error { return c.Text("hi") }},
		"no answer at all": {fail: sendtest.Failure{Drop: true}, send: func(c *bot.Context) error { return c.Text("hi") }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sim := newSimulator(t, at(1, 0))
			result := make(chan error, 1)
			var chained []error
			s := inSimulator(t, sim, bot.HandlerFunc(func(c *bot.Context) error {
				err := test.send(c)
				if test.class != nil {
					select { // before the handler goes on
					case got := <-sim.told:
						want := fmt.Sprintf(`application/json {"person":%q,"reason":%q}`, person, script.Reason(err))
						if got != want {
							t.Errorf("told %s, want %s", got, want)
						}
					default:
						t.Error("not told")
					}
				}
				result <- err
				return nil
			}), func(cfg *bot.Config) {
				cfg.Refused = func(_ string, _ send.PSID, err error) { chained = append(chained, err) }
			})
			said := time.Now()
			if errors.Is(test.class, send.ErrOutsideWindow) || errors.Is(test.class, send.ErrTagRetired) {
				said = said.Add(-48 * time.Hour)
			}
			s.graph.FailWith(test.fail)
			s.post(batch(said, "messaging", text(said, person, "m_1", "hi")))
			err := <-result
			if test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("error %v, want one of %v", err, test.class)
			}
			if test.class != nil && len(chained) != 1 {
				t.Errorf("the developer's Config.Refused was told %d times, want once", len(chained))
			}
			select {
			case got := <-sim.told:
				t.Errorf("told %s too", got)
			default:
			}
		})
	}
}

// A simulator that has gone does not keep a handler.
func TestRefusalWithoutASimulator(t *testing.T) {
	sim := newSimulator(t, at(1, 0))
	result := make(chan error, 1)
	s := inSimulator(t, sim, bot.HandlerFunc(func(c *bot.Context) error {
		result <- c.Text("")
		return nil
	}))
	sim.await(1)
	sim.server.CloseClientConnections()
	_ = sim.server.Listener.Close()
	s.post(batch(time.Now(), "messaging", text(time.Now(), person, "m_1", "hi")))
	if err := <-result; !errors.Is(err, send.ErrInvalid) {
		t.Errorf("error %v, want ErrInvalid", err)
	}
}

// Serve leaves nothing behind: no connection to a simulator that goes on, no one who follows its clock.
func TestServeLeavesTheSimulator(t *testing.T) {
	sim := newSimulator(t, at(1, 0))
	before := goleak.IgnoreCurrent()
	t.Run("stopped", func(t *testing.T) {
		refused := make(chan error, 1)
		s := inSimulator(t, sim, bot.HandlerFunc(func(c *bot.Context) error { refused <- c.Text(""); return nil }))
		s.post(batch(time.Now(), "messaging", text(time.Now(), person, "m_1", "hi")))
		if err := <-refused; !errors.Is(err, send.ErrInvalid) {
			t.Errorf("error %v, want ErrInvalid", err)
		}
	})
	goleak.VerifyNone(t, before)
	t.Run("broken", func(t *testing.T) {
		cfg := fromEnv(t, simulated(sim.server.URL+"/"+simulatorToken, sim.server.URL))
		cfg.PageID, cfg.Log, cfg.Inbox = page, zerolog.Nop(), shut{bot.NewLanes(bot.LanesConfig{})}
		b, err := bot.New(cfg, silent)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		if err := b.Serve(ctx); !errors.Is(err, errShut) || ctx.Err() != nil {
			t.Errorf("Serve: %v, want that of the inbox at once", err)
		}
	})
	goleak.VerifyNone(t, before)
}

// shut is an inbox that hands out nothing.
type shut struct{ bot.Inbox }

var errShut = errors.New("shut")

func (shut) Consume(context.Context, func(context.Context, *bot.Delivery) error) error {
	return errShut
}
