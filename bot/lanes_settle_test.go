package bot_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
)

func TestSettle(t *testing.T) {
	tests := map[string]func(r *lanesRun, at *clock, answer *func(d *bot.Delivery) error){
		"nothing was published": func(r *lanesRun, _ *clock, _ *func(*bot.Delivery) error) {
			r.settle()
			r.wantHanded("")
		},
		"what is due": func(r *lanesRun, _ *clock, _ *func(*bot.Delivery) error) {
			r.publish(inLane("a", "a1"), inLane("a", "a2"), inLane("a", "a3"))
			r.settle()
			r.wantHanded("a1 a2 a3")
		},
		"what takes time": func(r *lanesRun, _ *clock, answer *func(*bot.Delivery) error) {
			done := 0
			*answer = settledAfter(func(*bot.Delivery) {
				time.Sleep(time.Minute)
				done++
			})
			r.publish(inLane("a", "a1"), inLane("a", "a2"))
			r.settle()
			if done != 2 {
				r.t.Errorf("%d handlers have returned, want 2", done)
			}
		},
		"what becomes due when the clock moves": func(r *lanesRun, at *clock, _ *func(*bot.Delivery) error) {
			noon := at.Now()
			r.publish(inLane("a", "a2", noon.Add(2*time.Hour)), inLane("a", "a1", noon.Add(time.Hour)))
			r.settle()
			r.wantHanded("")
			at.Add(time.Hour)
			r.settle()
			r.wantHanded("a1")
			at.Add(time.Hour - time.Nanosecond)
			r.settle()
			r.wantHanded("a1")
			at.Add(time.Nanosecond)
			r.settle()
			r.wantHanded("a1 a2")
		},
		"what handlers publish": func(r *lanesRun, at *clock, answer *func(*bot.Delivery) error) {
			next := map[string]bot.Envelope{
				"a1": inLane("b", "b1"), "b1": inLane("a", "a2", at.Now()), "a2": inLane("c", "c1", at.Now().Add(1)),
			}
			*answer = settledAfter(func(d *bot.Delivery) {
				if e, ok := next[d.ID]; ok {
					r.publish(e)
				}
			})
			r.publish(inLane("a", "a1"))
			r.settle()
			r.wantHanded("a1 b1 a2")
		},
		"what is tried again by now": func(r *lanesRun, at *clock, answer *func(*bot.Delivery) error) {
			*answer = func(d *bot.Delivery) error {
				if d.Attempt < 4 {
					return &bot.RetryError{At: at.Now().Add(time.Duration(d.Attempt-2) * time.Second)}
				}
				return nil
			}
			r.publish(inLane("a", "a1"), inLane("a", "a2"))
			r.settle()
			r.wantHanded("a1 a1 a1") // the third try wants a fourth in a second
			at.Add(time.Second)
			r.settle()
			r.wantHanded("a1 a1 a1 a1 a2 a2 a2")
			at.Add(time.Second)
			r.settle()
			r.wantHanded("a1 a1 a1 a1 a2 a2 a2 a2")
		},
		"what is released": func(r *lanesRun, _ *clock, answer *func(*bot.Delivery) error) {
			released := 0
			*answer = func(*bot.Delivery) error {
				if released++; released < 4 {
					return bot.ErrReleased
				}
				return nil
			}
			r.publish(inLane("a", "a1"))
			r.settle()
			r.wantHanded("a1 a1 a1 a1")
		},
		"for several at once": func(r *lanesRun, _ *clock, answer *func(*bot.Delivery) error) {
			hang := make(chan struct{})
			*answer = settledAfter(func(*bot.Delivery) { <-hang })
			r.publish(inLane("a", "a1"))
			var all sync.WaitGroup
			var returned atomic.Int32
			for range 5 {
				all.Go(func() {
					r.settle()
					returned.Add(1)
				})
			}
			synctest.Wait()
			if got := returned.Load(); got > 0 {
				r.t.Errorf("%d calls of Settle returned while an event was in hand", got)
			}
			close(hang)
			all.Wait()
		},
	}
	for name, play := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				at, answer := newClock(), settled
				lanes := bot.NewLanes(bot.LanesConfig{Now: at.Now})
				play(consumeLanes(t, lanes, func(d *bot.Delivery) error { return answer(d) }), at, &answer)
			})
		})
	}
}

func TestSettleEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{}), func(*bot.Delivery) error { <-hang; return nil })
		defer close(hang)
		r.publish(inLane("a", "a1"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := r.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Settle returned %v, want the error of its context", err)
		}
	})
}
