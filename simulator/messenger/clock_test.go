package messenger_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/simulator/messenger"
	"github.com/parleybot/parley/webhook"
)

// playParley is a bot of Parley's: it says what it hears, and reminds of it after the time that it is told.
func playParley() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg := bot.FromEnv()
	cfg.HumanPause = 30 * time.Minute
	err := bot.Run(ctx, cfg, bot.HandlerFunc(func(c *bot.Context) error {
		switch e := c.Event().(type) {
		case *webhook.Custom:
			return c.Text("reminder at " + c.Now().UTC().Format(time.DateOnly))
		case *webhook.Message:
			if d, err := time.ParseDuration(e.Text); err == nil {
				if _, err := c.Emit("reminder", c.Now().Add(d), nil); err != nil {
					return err
				}
			}
			return c.Text("heard " + e.Text)
		default:
			return nil
		}
	}))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// startParley runs a simulator and a bot of Parley's as a process of its own.
func startParley(t *testing.T) *running {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the bot is stopped by a signal")
	}
	r := start(t, messenger.Config{Command: command(t, "parley")})
	r.ready()
	return r
}

func (r *running) advance(d time.Duration) {
	r.t.Helper()
	if err := r.sim.Advance(r.t.Context(), d); err != nil {
		r.t.Fatal(err)
	}
}

// hears waits until the bot has sent a text.
func (r *running) hears(text string) {
	r.t.Helper()
	r.follow(func(f frame) bool {
		return f.Entry != nil && f.Entry.Call != nil && f.Entry.Call.MID != "" &&
			strings.Contains(string(f.Entry.Call.Params), fmt.Sprintf("%q", text))
	})
}

func TestReminderComesWhenTheClockIsMoved(t *testing.T) {
	r := startParley(t)
	r.stderr.await(t, "lives by the clock of a simulator")
	began := time.Now()
	r.say("23h")
	r.hears("heard 23h")
	r.advance(23 * time.Hour)
	r.hears("reminder at " + began.Add(23*time.Hour).UTC().Format(time.DateOnly))

	r.say("25h") // what the person does is dated by the same clock: it opens the window anew
	r.hears("heard 25h")
	r.advance(25 * time.Hour)
	refused := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Refused != nil })
	if got := refused.Entry; got.Refused.Reason != "window closed" || len(got.Person) != 16 {
		t.Errorf("the bot's refusal is shown as %+v to %q, want that the window is closed", got.Refused, got.Person)
	}
	var order []string
	r.follow(func(f frame) bool {
		switch {
		case f.Entry == nil:
		case f.Entry.Clock != nil:
			order = append(order, (time.Duration(f.Entry.Clock.Millis) * time.Millisecond).String())
		case f.Entry.Refused != nil:
			order = append(order, "refused")
		}
		return len(order) == 3
	})
	if want := []string{"23h0m0s", "25h0m0s", "refused"}; !slices.Equal(order, want) {
		t.Errorf("the journal has %q, want %q", order, want)
	}
}

func TestHumanPauseInTheSimulator(t *testing.T) {
	t.Setenv("LOG_LEVEL", "debug") // which tells when a message is settled without an answer
	r := startParley(t)
	r.say("hello")
	r.hears("heard hello")
	if err := r.sim.HumanSays("I take over"); err != nil {
		t.Fatal(err)
	}
	r.say("thank you")
	r.stderr.await(t, "event not handled: a human answers this person")
	r.advance(30 * time.Minute)
	r.say("bot?")
	r.hears("heard bot?")
	var texts []string
	r.follow(func(f frame) bool {
		if f.Entry != nil && f.Entry.Call != nil {
			texts = append(texts, string(f.Entry.Call.Params))
		}
		return strings.Contains(strings.Join(texts, ""), "heard bot?")
	})
	if len(texts) != 2 {
		t.Errorf("the bot has sent %q, want nothing while a human answers", texts)
	}
}

// A bot in another language does not follow, and is not waited for; the window closes for it all the same.
func TestClockOfTheGraphAPI(t *testing.T) {
	r, b := startOther(t)
	r.say("hello")
	b.heard()
	person := r.follow(func(f frame) bool { return f.Status != nil }).Status.Person
	before := time.Now().Truncate(time.Millisecond) // as events are dated
	r.advance(25 * time.Hour)
	b.text(person, "too late")
	const outside = "2018278" // Source: Meta, Messenger Platform error codes, 25 June 2026
	r.follow(func(f frame) bool {
		return f.Entry != nil && f.Entry.Call != nil && strings.Contains(string(f.Entry.Call.Answer), outside)
	})
	r.say("late")
	b.heard()
	said := r.follow(func(f frame) bool {
		return f.Entry != nil && f.Entry.Webhook != nil && strings.Contains(f.Entry.Webhook.Body, `"late"`)
	}).Entry
	if ahead := time.UnixMilli(said.Time).Sub(before); ahead < 25*time.Hour || ahead > 26*time.Hour {
		t.Errorf("the event is dated %s ahead, want 25 h", ahead)
	}
	if !strings.Contains(said.Webhook.Body, fmt.Sprintf(`"timestamp":%d`, said.Time)) {
		t.Errorf("body %s is not dated %d", said.Webhook.Body, said.Time)
	}
}

func TestAdvanceOnThePage(t *testing.T) {
	r, _ := startOther(t)
	for body, want := range map[string]int{
		`{"millis":3600000}`:              http.StatusNoContent,
		`{"millis":-1}`:                   http.StatusConflict,
		`{"millis":9223372036854775807}`:  http.StatusConflict,
		`{"millis":-9223372036854775808}`: http.StatusConflict,
		`{"millis":"an hour"}`:            http.StatusBadRequest,
	} {
		if got, answer := r.post("advance", body); got != want {
			t.Errorf("%s: got %d %s, want %d", body, got, answer, want)
		}
	}
	moved := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Clock != nil }).Entry.Clock
	if moved.Millis != 3600000 {
		t.Errorf("the journal has a move of %d ms, want an hour", moved.Millis)
	}
}
