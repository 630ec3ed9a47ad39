package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
)

func TestStop(t *testing.T) {
	type lanesTest struct {
		before  func(r *lanesRun, at *clock) // with the answer of each handler as answer says
		answer  func(r *lanesRun, at *clock, d *bot.Delivery) error
		handed  string
		left    string // what the error says; empty: no error
		letters int
	}
	later := func(at *clock) error { return &bot.RetryError{At: at.Now().Add(time.Second)} }
	tests := map[string]lanesTest{
		"nothing is left": {
			before: func(*lanesRun, *clock) {},
		},
		"what is due is handled": {
			before: func(r *lanesRun, _ *clock) {
				r.publish(inLane("a", "a1"), inLane("a", "a2"), inLane("a", "a3"))
			},
			answer: func(*lanesRun, *clock, *bot.Delivery) error { time.Sleep(time.Second); return nil },
			handed: "a1 a2 a3",
		},
		"what became due since the last look is handled": {
			before: func(r *lanesRun, at *clock) {
				r.publish(inLane("a", "a1", at.Now().Add(time.Hour)))
				synctest.Wait()
				at.Add(time.Hour)
			},
			handed: "a1",
		},
		"what handlers publish meanwhile is handled": {
			before: func(r *lanesRun, _ *clock) { r.publish(inLane("a", "a1")) },
			answer: func(r *lanesRun, at *clock, d *bot.Delivery) error {
				time.Sleep(time.Second)
				if d.ID == "a1" {
					r.publish(inLane("a", "a2"), inLane("a", "a3", at.Now().Add(time.Hour)))
				}
				return nil
			},
			handed: "a1 a2", left: "1",
		},
		"what is not due is left": {
			before: func(r *lanesRun, at *clock) {
				r.publish(inLane("a", "a1", at.Now().Add(time.Hour)), inLane("b", "b1", at.Now().Add(1)))
				r.publish(inLane("a", "a2"))
			},
			handed: "a2", left: "2",
		},
		"what waits for its next try is left and its lane goes on": {
			before: func(r *lanesRun, at *clock) {
				r.publish(inLane("a", "a1"), inLane("a", "a2"), inLane("a", "a3", at.Now().Add(time.Hour)))
				r.settle()
				r.wantHanded("a1")
			},
			answer: func(_ *lanesRun, at *clock, d *bot.Delivery) error {
				if d.ID == "a1" {
					return later(at)
				}
				return nil
			},
			handed: "a1 a2", left: "2",
		},
		"what wants another try meanwhile is left and its lane goes on": {
			before: func(r *lanesRun, _ *clock) { r.publish(inLane("a", "a1"), inLane("a", "a2")) },
			answer: func(_ *lanesRun, at *clock, d *bot.Delivery) error {
				time.Sleep(time.Second)
				if d.ID == "a1" {
					return later(at)
				}
				return nil
			},
			handed: "a1 a2", left: "1",
		},
		"what is released meanwhile is left": {
			before: func(r *lanesRun, _ *clock) {
				r.publish(inLane("a", "a1"), inLane("a", "a2"), inLane("a", "a3"))
			},
			answer: func(*lanesRun, *clock, *bot.Delivery) error { time.Sleep(time.Second); return bot.ErrReleased },
			handed: "a1 a2 a3", left: "3",
		},
		"what was released before is handed out once more": {
			before: func(r *lanesRun, _ *clock) {
				r.publish(inLane("a", "a1"))
				synctest.Wait()
			},
			answer: func(*lanesRun, *clock, *bot.Delivery) error { return bot.ErrReleased },
			handed: "a1 a1", left: "1",
		},
		"what fails meanwhile is buried": {
			before:  func(r *lanesRun, _ *clock) { r.publish(inLane("a", "a1")) },
			answer:  func(*lanesRun, *clock, *bot.Delivery) error { time.Sleep(time.Second); return errHandler },
			handed:  "a1",
			letters: 1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				at := newClock()
				var r *lanesRun
				r = consumeLanes(t, bot.NewLanes(bot.LanesConfig{Now: at.Now}), func(d *bot.Delivery) error {
					if test.answer == nil {
						return nil
					}
					return test.answer(r, at, d)
				})
				test.before(r, at)
				err := r.stop()
				if got := test.left != ""; errors.Is(err, bot.ErrLeft) != got || err != nil != got {
					t.Errorf("Consume returned %v, want ErrLeft: %t", err, got)
				}
				if err != nil && !strings.HasSuffix(err.Error(), ": "+test.left) {
					t.Errorf("Consume returned %q, want %s left", err, test.left)
				}
				r.wantHanded(test.handed)
				if letters, _ := r.DeadLetters().List(t.Context()); len(letters) != test.letters {
					t.Errorf("%d dead letters, want %d", len(letters), test.letters)
				}
				if err := r.Publish(t.Context(), []bot.Envelope{inLane("z", "z1")}); err == nil {
					t.Error("Publish kept an event that nobody will handle")
				}
			})
		})
	}
}

// TestStopCountsWhatIsLeft stops an inbox in which each of many lanes waits for a retry.
func TestStopCountsWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := newClock()
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{Now: at.Now}), func(*bot.Delivery) error {
			return &bot.RetryError{At: at.Now().Add(time.Hour)}
		})
		for i := range 100 {
			lane := fmt.Sprint("l", i)
			r.publish(inLane(lane, lane+".1"), inLane(lane, lane+".2"), inLane(lane, lane+".3", at.Now().Add(time.Hour)))
		}
		r.settle()
		if err := r.stop(); !errors.Is(err, bot.ErrLeft) || !strings.HasSuffix(err.Error(), ": 300") {
			t.Errorf("Consume returned %v, want 300 events left", err)
		}
	})
}

// TestStopDrainsInParallel publishes for ten lanes while the inbox drains.
func TestStopDrainsInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *lanesRun
		r = consumeLanes(t, bot.NewLanes(bot.LanesConfig{}), func(d *bot.Delivery) error {
			time.Sleep(time.Second)
			if d.ID == "a1" {
				for i := range 10 {
					r.publish(inLane(fmt.Sprint(i), fmt.Sprint("b", i)))
				}
			}
			return nil
		})
		r.publish(inLane("a", "a1"))
		synctest.Wait()
		start := time.Now()
		if err := r.stop(); err != nil {
			t.Errorf("Consume returned %v", err)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("to drain took %s, want 2s", took)
		}
	})
}

// TestClockMovesWhileLanesDrain moves the clock to where what was given up would be due.
func TestClockMovesWhileLanesDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at, hang := newClock(), make(chan struct{})
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{Now: at.Now}), func(d *bot.Delivery) error {
			if d.ID == "a1" {
				return &bot.RetryError{At: at.Now().Add(time.Hour)}
			}
			<-hang
			return nil
		})
		r.publish(inLane("a", "a1"), inLane("a", "a2"), inLane("b", "b1"), inLane("b", "b2", at.Now().Add(time.Hour)))
		synctest.Wait()
		stopped := make(chan error)
		go func() { stopped <- r.stop() }()
		synctest.Wait() // what waits for the clock has been given up
		at.Add(2 * time.Hour)
		go close(hang)
		r.settle()
		if err := <-stopped; !errors.Is(err, bot.ErrLeft) || !strings.HasSuffix(err.Error(), ": 2") {
			t.Errorf("Consume returned %v, want 2 events left", err)
		}
		if got := strings.Fields(r.handed()); len(got) != 3 {
			t.Errorf("handed out: %q, want a1, b1 and a2", got)
		}
	})
}
