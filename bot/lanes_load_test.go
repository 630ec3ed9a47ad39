package bot_test

import (
	"context"
	"fmt"
	"hash/maphash"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
)

// TestLanesForgetPersons handles an event for each of many persons, who must leave nothing behind.
func TestLanesForgetPersons(t *testing.T) {
	const persons = 50_000
	r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{}), settled)
	heap := func() uint64 {
		r.settle()
		r.mu.Lock()
		r.ids = nil
		r.mu.Unlock()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for i := range persons {
		r.publish(inLane(fmt.Sprint("person", i), "message:m_1"))
		if i%100 == 0 {
			r.settle()
		}
	}
	if grown := int64(heap()) - int64(before); grown > persons*20 {
		t.Errorf("%d bytes are left of %d persons", grown, persons)
	}
}

// TestLanesUnderStress lets many events be handled, retried, released and buried while the clock moves and
// more are published, and wants each to end once.
func TestLanesUnderStress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const publishers, each = 8, 500
		at, seed := newClock(), maphash.MakeSeed()
		var mu sync.Mutex
		ended := make(map[string]int)
		released := make(map[string]bool)
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{Now: at.Now, Parallel: 4, PerLane: 8000}), func(d *bot.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			what := maphash.String(seed, d.ID) % 10
			switch {
			case what == 0 && !released[d.ID]:
				released[d.ID] = true
				return bot.ErrReleased
			case what < 4 && d.Attempt < int(what)+1:
				return &bot.RetryError{At: at.Now().Add(time.Duration(what-1) * time.Millisecond)}
			case what == 4:
				ended[d.ID] += 1000
				return errHandler
			}
			ended[d.ID]++
			return nil
		})
		var all sync.WaitGroup
		for p := range publishers {
			all.Go(func() {
				for i := range each {
					due := at.Now().Add(time.Duration(i%7-3) * time.Millisecond)
					r.publish(inLane(fmt.Sprint(i%13), fmt.Sprintf("%d.%d", p, i), due))
					if i%10 == 0 {
						at.Add(time.Millisecond)
						r.settle()
					}
				}
			})
		}
		all.Wait()
		for range 500 { // one lane may hold many that are retried, one after the other
			at.Add(time.Hour)
			r.settle()
		}
		if err := r.stop(); err != nil {
			t.Errorf("Consume returned %v", err)
		}
		buried := 0
		for id, n := range ended {
			if n != 1 && n != 1000 {
				t.Errorf("%s ended %d times", id, n)
			}
			buried += n / 1000
		}
		letters, err := r.DeadLetters().List(t.Context())
		if err != nil || len(letters) != buried || len(ended) != publishers*each {
			t.Errorf("%d events ended, want %d; %d dead letters, %v, want %d",
				len(ended), publishers*each, len(letters), err, buried)
		}
	})
}

// BenchmarkLanes publishes and handles one event, of one of 1,000 persons.
func BenchmarkLanes(b *testing.B) {
	const people = 1000
	keys, ids := make([]string, people), make([]string, people)
	for i := range people {
		keys[i], ids[i] = fmt.Sprintf("%s.%d", page, 7300+i), fmt.Sprintf("message:m_%d", i)
	}
	lanes := bot.NewLanes(bot.LanesConfig{})
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- lanes.Consume(ctx, func(context.Context, *bot.Delivery) error { return nil })
	}()
	data := []byte(`{"object":"page"}`)
	settle := func() {
		if err := lanes.Settle(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		i := n % people
		if err := lanes.Publish(ctx, []bot.Envelope{{ID: ids[i], Key: keys[i], Data: data}}); err != nil {
			b.Fatal(err)
		}
		if i == people-1 {
			settle()
		}
	}
	settle()
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
