package bot_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
)

// buryingLanes returns lanes in which every event becomes a dead letter with its ID and attempt as cause.
func buryingLanes(t *testing.T, cfg bot.LanesConfig) *lanesRun {
	t.Helper()
	return consumeLanes(t, bot.NewLanes(cfg), func(d *bot.Delivery) error { return errors.New("cause of " + d.ID) })
}

// bury buries one event after the other.
func (r *lanesRun) bury(ids ...string) {
	r.t.Helper()
	for _, id := range ids {
		r.publish(inLane("a", id))
		r.settle()
	}
}

// letters returns the IDs of the dead letters.
func (r *lanesRun) letters() string {
	r.t.Helper()
	list, err := r.DeadLetters().List(r.t.Context())
	if err != nil {
		r.t.Fatalf("List: %v", err)
	}
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	return fmt.Sprint(ids)
}

func TestLettersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := buryingLanes(t, bot.LanesConfig{DeadLetters: 3})
		r.bury("a1", "a2", "a3")
		if got, want := r.letters(), "[a1 a2 a3]"; got != want {
			t.Errorf("dead letters %s, want %s", got, want)
		}
		for i := range 100 {
			r.bury(fmt.Sprint("b", i))
		}
		if got, want := r.letters(), "[b97 b98 b99]"; got != want {
			t.Errorf("dead letters %s, want %s", got, want)
		}
		if _, err := r.DeadLetters().Get(t.Context(), "b96"); !errors.Is(err, bot.ErrNoDeadLetter) {
			t.Errorf("Get of a dead letter that had to go: %v, want ErrNoDeadLetter", err)
		}
	})
}

func TestLettersAreAThousandByDefault(t *testing.T) {
	r := buryingLanes(t, bot.LanesConfig{PerLane: 2000})
	for i := range 1001 {
		r.publish(inLane("a", fmt.Sprint("a", i)))
	}
	r.settle()
	list, err := r.DeadLetters().List(t.Context())
	if err != nil || len(list) != 1000 || list[0].ID != "a1" || list[999].ID != "a1000" {
		t.Errorf("%d dead letters, %v; want a1 to a1000", len(list), err)
	}
}

func TestLettersAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := buryingLanes(t, bot.LanesConfig{DeadLetters: 4})
		r.bury("a1", "a2", "a1", "a3")
		if err := r.DeadLetters().Drop(t.Context(), "a1"); err != nil {
			t.Errorf("Drop: %v", err)
		}
		if got, want := r.letters(), "[a2 a3]"; got != want {
			t.Errorf("dead letters %s after all called a1 were dropped, want %s", got, want)
		}
		r.bury("a4", "a5")
		if got, want := r.letters(), "[a2 a3 a4 a5]"; got != want {
			t.Errorf("dead letters %s, want %s: there was room", got, want)
		}
	})
}

func TestLetterTellsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := newClock()
		r := buryingLanes(t, bot.LanesConfig{Now: at.Now})
		r.bury("a1")
		at.Add(time.Hour)
		r.bury("a1", "a2")
		got, err := r.DeadLetters().Get(t.Context(), "a1")
		if err != nil || !got.Time.Equal(at.Now()) || got.Cause != "cause of a1" || got.Attempts != 1 ||
			string(got.Data) != "data of a1" || got.Key != page+".a" {
			t.Errorf("Get returned %+v, %v; want the one of %s", got, err, at.Now())
		}
	})
}

func TestLettersListIsACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := buryingLanes(t, bot.LanesConfig{})
		r.bury("a1", "a2")
		list, err := r.DeadLetters().List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		list[0] = bot.DeadLetter{}
		_ = append(list[:1], bot.DeadLetter{})
		r.bury("a3")
		if got, want := r.letters(), "[a1 a2 a3]"; got != want {
			t.Errorf("dead letters %s after a list was changed, want %s", got, want)
		}
	})
}

// TestLettersAreSafe reads and drops dead letters while others are added, for the race detector.
func TestLettersAreSafe(t *testing.T) {
	r := buryingLanes(t, bot.LanesConfig{DeadLetters: 10})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 200 {
				id := fmt.Sprint("a", i)
				if d, err := r.DeadLetters().Get(t.Context(), id); err == nil && d.Cause != "cause of "+id {
					t.Errorf("Get(%q) returned the cause %q", id, d.Cause)
				}
				if err := r.DeadLetters().Drop(t.Context(), fmt.Sprint("a", i/2)); err != nil {
					t.Errorf("Drop: %v", err)
				}
				if list, err := r.DeadLetters().List(t.Context()); err != nil || len(list) > 10 {
					t.Errorf("List returned %d dead letters, %v; want 10 at most", len(list), err)
				}
			}
		})
	}
	for i := range 200 {
		r.bury(fmt.Sprint("a", i))
	}
	all.Wait()
}
