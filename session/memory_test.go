package session_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/session/sessiontest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	for _, shards := range []int{0, 1, 3} {
		t.Run(fmt.Sprint("shards ", shards), func(t *testing.T) {
			sessiontest.Run(t, func(_ *testing.T, now func() time.Time) session.Store {
				return session.NewMemory(session.MemoryConfig{Now: now, Shards: shards})
			})
		})
	}
}

// fill puts n records into m, all of which expire at expires.
func fill(t *testing.T, m *session.Memory, n int, expires time.Time) {
	t.Helper()
	for i := range n {
		r := session.Record{Data: []byte("data"), Expires: expires}
		if _, err := m.Put(t.Context(), fmt.Sprint(expires, i), r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSweepTakesWhatHasExpired(t *testing.T) {
	now := &clock{noon}
	m := session.NewMemory(session.MemoryConfig{Now: now.Now, Shards: 2})
	fill(t, m, 1000, noon.Add(time.Hour))
	fill(t, m, 100, noon.Add(time.Hour+1))
	fill(t, m, 10, time.Time{})
	for _, step := range []struct {
		at          time.Time
		swept, left int
	}{
		{noon.Add(time.Hour - 1), 0, 1110},
		{noon.Add(time.Hour), 1000, 110},
		{noon.Add(time.Hour), 0, 110},
		{noon.Add(week), 100, 10},
	} {
		now.now = step.at
		if swept := m.Sweep(t.Context()); swept != step.swept || m.Len() != step.left {
			t.Errorf("at %s: %d swept, %d left, want %d and %d", step.at, swept, m.Len(), step.swept, step.left)
		}
	}
}

// TestSweepKeepsToWhatIsThere writes, moves and deletes at random, and compares with a map after each sweep.
func TestSweepKeepsToWhatIsThere(t *testing.T) {
	now, dice := &clock{noon}, rand.New(rand.NewPCG(1, 2))
	m := session.NewMemory(session.MemoryConfig{Now: now.Now, Shards: 2})
	want := make(map[string]session.Record)
	for range 20_000 {
		key := fmt.Sprint(dice.IntN(200))
		switch dice.IntN(20) {
		case 0:
			now.now = now.now.Add(time.Minute)
			m.Sweep(t.Context())
			maps.DeleteFunc(want, func(_ string, r session.Record) bool {
				return !r.Expires.IsZero() && !now.now.Before(r.Expires)
			})
			if m.Len() != len(want) {
				t.Fatalf("%d records after a sweep, want %d", m.Len(), len(want))
			}
		case 1, 2, 3:
			if err := m.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
			delete(want, key)
		default:
			r := session.Record{Revision: want[key].Revision}
			if n := dice.IntN(60); n > 0 {
				r.Expires = now.now.Add(time.Duration(n) * time.Minute)
			}
			r, err := m.Put(t.Context(), key, r)
			if err != nil {
				t.Fatal(err)
			}
			want[key] = r
		}
	}
	for key, r := range want {
		if got, err := m.Get(t.Context(), key); err != nil || got.Revision != r.Revision {
			t.Errorf("record %s: revision %d, %v, want %d", key, got.Revision, err, r.Revision)
		}
	}
}

func TestSweepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := &clock{noon}
		m := session.NewMemory(session.MemoryConfig{Now: now.Now, Shards: 1})
		fill(t, m, 10_000, noon.Add(time.Hour))
		now.now = noon.Add(time.Hour)

		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Microsecond)
		defer cancel()
		some := m.Sweep(ctx)
		if some == 0 || some+m.Len() != 10_000 || m.Len() == 0 {
			t.Errorf("%d swept, %d left in the middle", some, m.Len())
		}
		if swept := m.Sweep(ctx); swept != 0 {
			t.Errorf("%d swept after the context had ended", swept)
		}
		if swept := m.Sweep(t.Context()); swept != 10_000-some || m.Len() != 0 {
			t.Errorf("%d swept, %d left at last", swept, m.Len())
		}
	})
}

// TestSweepSparesWhatIsWrittenAnew sweeps while records that have expired are created again and again.
func TestSweepSparesWhatIsWrittenAnew(t *testing.T) {
	m := session.NewMemory(session.MemoryConfig{Now: func() time.Time { return noon }, Shards: 1})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 500 {
				key := fmt.Sprint(w, ".", i)
				born := session.Record{Data: []byte("old"), Expires: noon}
				if _, err := m.Put(t.Context(), key, born); err != nil {
					t.Error(err)
				}
				if _, err := m.Put(t.Context(), key, session.Record{Data: []byte("new")}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		for range 50 {
			m.Sweep(t.Context())
		}
	}()
	writers.Wait()
	<-swept
	for w := range 4 {
		for i := range 500 {
			if r, err := m.Get(t.Context(), fmt.Sprint(w, ".", i)); err != nil || string(r.Data) != "new" {
				t.Fatalf("record %d.%d: %q, %v", w, i, r.Data, err)
			}
		}
	}
}

func TestRunSweepsUntilItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := session.NewMemory(session.MemoryConfig{})
		fill(t, m, 100, time.Now().Add(90*time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- m.Run(ctx) }()

		time.Sleep(time.Minute) // the first sweep
		synctest.Wait()
		if got := m.Len(); got != 100 {
			t.Errorf("%d records half a minute before they expire", got)
		}
		time.Sleep(time.Minute) // the second
		synctest.Wait()
		if got := m.Len(); got != 0 {
			t.Errorf("%d records after the sweep", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestRunSweepsAsOftenAsItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := session.NewMemory(session.MemoryConfig{SweepEvery: time.Second})
		fill(t, m, 1, time.Now())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second+1)
		defer cancel()
		if err := m.Run(ctx); err != nil || m.Len() != 0 {
			t.Errorf("Run: %v; %d records left", err, m.Len())
		}
	})
}

func TestMemoryHeedsTheContext(t *testing.T) {
	m := newMemory(&clock{noon})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, getErr := m.Get(ctx, "k")
	_, putErr := m.Put(ctx, "k", session.Record{})
	for name, err := range map[string]error{"Get": getErr, "Put": putErr, "Delete": m.Delete(ctx, "k")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
}

func TestMemoryIsNotDurable(t *testing.T) {
	var store session.Store = session.NewMemory(session.MemoryConfig{})
	told, ok := store.(interface{ Durable() bool })
	if !ok || told.Durable() {
		t.Error("a Memory does not say that its records end with the process")
	}
}
