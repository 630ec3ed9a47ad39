package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleybot/parley/bot"
)

// A tool replays into an inbox that a bot elsewhere consumes.
func TestReplayLetterNeedsNoBot(t *testing.T) {
	lanes := bot.NewLanes(bot.LanesConfig{})
	ctx, cancel := context.WithCancel(t.Context())
	handed := make(chan string)
	ended := make(chan error, 1)
	go func() {
		ended <- lanes.Consume(ctx, func(_ context.Context, d *bot.Delivery) error {
			handed <- d.ID
			if d.ID == "m_1#2" {
				return nil
			}
			return errHandler
		})
	}()
	if err := lanes.Publish(t.Context(), []bot.Envelope{{ID: "m_1", Key: "p.1", Data: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
	wants := func(id string) {
		t.Helper()
		if got := <-handed; got != id {
			t.Errorf("handed out was %q, want %q", got, id)
		}
	}
	replay := func(id string) (anew string) {
		t.Helper()
		for { // the handler may not have returned yet
			anew, err := bot.ReplayLetter(t.Context(), lanes, id)
			if err == nil {
				return anew
			}
			if !errors.Is(err, bot.ErrNoDeadLetter) {
				t.Fatal(err)
			}
		}
	}
	wants("m_1")
	if got := replay("m_1"); got != "m_1#1" {
		t.Errorf("replayed it is %s", got)
	}
	wants("m_1#1")
	if got := replay("m_1#1"); got != "m_1#2" {
		t.Errorf("replayed twice it is %s", got)
	}
	wants("m_1#2")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if left, err := lanes.DeadLetters().List(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	if _, err := bot.ReplayLetter(t.Context(), lanes, "m_1"); !errors.Is(err, bot.ErrNoDeadLetter) {
		t.Errorf("replay of what is not there: %v", err)
	}
}
