package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/inboxtest"
)

func TestLanesPassTheContract(t *testing.T) {
	inboxtest.RunInBubble(t, func(_ *testing.T, o inboxtest.Options) bot.Inbox {
		return bot.NewLanes(bot.LanesConfig{Capacity: o.Capacity, PerLane: o.PerLane, Now: o.Now})
	})
}

// inLane returns an envelope in a lane; at is when it is due.
func inLane(lane, id string, at ...time.Time) bot.Envelope {
	e := bot.Envelope{ID: id, Key: page + "." + lane, Data: []byte("data of " + id)}
	for _, e.Due = range at {
	}
	return e
}

// lanesRun is a Lanes that is consumed, and what it has handed out.
type lanesRun struct {
	*bot.Lanes
	t    *testing.T
	stop func() error

	mu  sync.Mutex
	ids []string
}

// consumeLanes consumes lanes until the test ends or stop is called, which returns what Consume returned.
func consumeLanes(t *testing.T, lanes *bot.Lanes, h func(d *bot.Delivery) error) *lanesRun {
	t.Helper()
	run := &lanesRun{Lanes: lanes, t: t}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() {
		ended <- lanes.Consume(ctx, func(_ context.Context, d *bot.Delivery) error {
			run.mu.Lock()
			run.ids = append(run.ids, d.ID)
			run.mu.Unlock()
			return h(d)
		})
	}()
	run.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = run.stop() })
	return run
}

func settled(*bot.Delivery) error { return nil }

func settledAfter(do func(d *bot.Delivery)) func(d *bot.Delivery) error {
	return func(d *bot.Delivery) error {
		do(d)
		return nil
	}
}

func (r *lanesRun) publish(batch ...bot.Envelope) {
	r.t.Helper()
	if err := r.Publish(r.t.Context(), batch); err != nil {
		r.t.Fatalf("Publish: %v", err)
	}
}

func (r *lanesRun) settle() {
	r.t.Helper()
	if err := r.Settle(r.t.Context()); err != nil {
		r.t.Fatalf("Settle: %v", err)
	}
}

// handed returns what was handed out so far.
func (r *lanesRun) handed() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.ids, " ")
}

func (r *lanesRun) wantHanded(ids string) {
	r.t.Helper()
	if got := r.handed(); got != ids {
		r.t.Errorf("handed out: %q, want %q", got, ids)
	}
}

func TestLanesSay(t *testing.T) {
	lanes := bot.NewLanes(bot.LanesConfig{})
	if lanes.Redelivers() {
		t.Error("an inbox in memory redelivers nothing after a crash")
	}
	if got := lanes.Promise(); !strings.Contains(got, "lost") {
		t.Errorf("Promise() = %q, want it to say that events can be lost", got)
	}
}

func TestLanesAreConsumedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{}), settled)
		again := func(context.Context, *bot.Delivery) error {
			t.Error("a second Consume got an event")
			return nil
		}
		synctest.Wait()
		if err := r.Consume(t.Context(), again); err == nil {
			t.Error("a second Consume is no error")
		}
		r.publish(inLane("a", "a1"))
		r.settle()
		r.wantHanded("a1")
		if err := r.stop(); err != nil {
			t.Errorf("the first Consume returned %v", err)
		}
		if err := r.Consume(t.Context(), again); err == nil {
			t.Error("a Consume after the first has returned is no error")
		}
	})
}

func TestLanesCountWhatIsDueLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := newClock()
		lanes := bot.NewLanes(bot.LanesConfig{Capacity: 5, PerLane: 3, Now: at.Now})
		r := consumeLanes(t, lanes, settled)
		hour := at.Now().Add(time.Hour)
		r.publish(inLane("a", "a1", hour), inLane("a", "a2", hour), inLane("a", "a3", hour))
		r.publish(inLane("a", "a4", hour)) // exceeds what may be due later
		for i := range 4 {                 // what is due now has room of its own
			r.publish(inLane("a", fmt.Sprint("now", i)))
			r.settle()
		}
		r.publish(inLane("b", "b1", hour), inLane("b", "b2", hour))
		if err := r.Publish(t.Context(), []bot.Envelope{inLane("c", "c1")}); !errors.Is(err, bot.ErrInboxFull) {
			t.Errorf("Publish into a full inbox: %v, want ErrInboxFull", err)
		}
		at.Add(time.Hour)
		r.settle()
		r.publish(inLane("a", "a5", at.Now().Add(time.Hour)), inLane("c", "c1"))
		r.settle()
		at.Add(time.Hour)
		r.settle()
		letters, err := r.DeadLetters().List(t.Context())
		if err != nil || len(letters) != 1 || letters[0].ID != "a4" || letters[0].Cause != bot.CauseOverflow {
			t.Errorf("dead letters %v, %v; want a4, which exceeds its lane", letters, err)
		}
		if err := r.stop(); err != nil {
			t.Errorf("Consume returned %v", err)
		}
	})
}

// What is due later and what the person says have room of their own: neither takes that of the other.
func TestLanesKeepRoomForWhatThePersonSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := newClock()
		lanes := bot.NewLanes(bot.LanesConfig{PerLane: 2, Now: at.Now})
		hour, day := at.Now().Add(time.Hour), at.Now().Add(24*time.Hour)
		first := []bot.Envelope{
			inLane("a", "said1"), inLane("a", "said2"), inLane("a", "later1", hour), inLane("a", "later2", day),
		}
		if err := lanes.Publish(t.Context(), first); err != nil { // nobody handles them yet
			t.Fatal(err)
		}
		r := consumeLanes(t, lanes, settled)
		r.settle()
		at.Add(time.Hour)
		r.settle()
		r.publish(inLane("a", "later3", day)) // in the room of later1
		at.Add(24 * time.Hour)
		r.settle()
		r.wantHanded("said1 said2 later1 later2 later3")
		if letters, err := r.DeadLetters().List(t.Context()); err != nil || len(letters) > 0 {
			t.Errorf("dead letters %v, %v; want none", letters, err)
		}
	})
}

// What has become due still takes no room of what a person says.
func TestLanesWithMuchThatIsDueAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at, busy := newClock(), make(chan struct{})
		lanes := bot.NewLanes(bot.LanesConfig{PerLane: 3, Now: at.Now})
		r := consumeLanes(t, lanes, func(*bot.Delivery) error { <-busy; return nil })
		hour := at.Now().Add(time.Hour)
		r.publish(inLane("a", "a0"), inLane("a", "a1", hour), inLane("a", "a2", hour), inLane("a", "a3", hour))
		at.Add(time.Hour)
		time.Sleep(2 * time.Second) // the inbox looks at the clock
		r.publish(inLane("a", "a4"))
		close(busy)
		r.settle()
		if letters, err := r.DeadLetters().List(t.Context()); err != nil || len(letters) > 0 {
			t.Errorf("dead letters %v, %v; want none", letters, err)
		}
		if err := r.stop(); err != nil {
			t.Errorf("Consume returned %v", err)
		}
	})
}

// TestLanesConfigDefaults fills an inbox and lanes of default size.
func TestLanesConfigDefaults(t *testing.T) {
	const capacity, perLane = 65_536, 256
	lanes := bot.NewLanes(bot.LanesConfig{})
	batch := make([]bot.Envelope, perLane)
	for n := range capacity / perLane {
		for i := range batch {
			batch[i] = inLane(fmt.Sprint(n), fmt.Sprintf("%d.%d", n, i))
		}
		if err := lanes.Publish(t.Context(), batch); err != nil {
			t.Fatalf("Publish of %d events into an inbox with %d: %v", perLane, n*perLane, err)
		}
		if n == 0 {
			if err := lanes.Publish(t.Context(), []bot.Envelope{inLane("0", "surplus")}); err != nil {
				t.Fatalf("Publish into a full lane: %v", err)
			}
		}
	}
	if err := lanes.Publish(t.Context(), []bot.Envelope{inLane("x", "x1")}); !errors.Is(err, bot.ErrInboxFull) {
		t.Errorf("Publish into an inbox with %d events: %v, want ErrInboxFull", capacity, err)
	}
	letters, err := lanes.DeadLetters().List(t.Context())
	if err != nil || len(letters) != 1 || letters[0].ID != "surplus" {
		t.Errorf("dead letters %v, %v; want the one that exceeds its lane of %d", letters, err, perLane)
	}
}

// TestHangingLanesDoNotBlockPublish hangs as many handlers as there are workers by default.
func TestHangingLanesDoNotBlockPublish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const parallel = 64
		hang := make(chan struct{})
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{}), func(d *bot.Delivery) error {
			if strings.HasPrefix(d.ID, "hangs") {
				<-hang
			}
			return nil
		})
		for i := range parallel {
			r.publish(inLane(fmt.Sprint(i), fmt.Sprint("hangs", i)))
		}
		synctest.Wait()
		for i := range 1000 {
			r.publish(inLane(fmt.Sprint(i), fmt.Sprint("waits", i)))
		}
		synctest.Wait()
		if got := len(strings.Fields(r.handed())); got != parallel {
			t.Errorf("%d events were handed out while %d hung, want no more", got, parallel)
		}
		close(hang)
		r.settle()
		if got := len(strings.Fields(r.handed())); got != parallel+1000 {
			t.Errorf("%d events were handed out, want %d", got, parallel+1000)
		}
	})
}

// TestLanesTakeTurns serves one lane after the other, however much one of them holds.
func TestLanesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lanes := bot.NewLanes(bot.LanesConfig{Parallel: 1})
		err := lanes.Publish(t.Context(), []bot.Envelope{
			inLane("a", "a1"), inLane("a", "a2"), inLane("a", "a3"), inLane("b", "b1"), inLane("c", "c1"), inLane("b", "b2"),
		})
		if err != nil {
			t.Fatal(err)
		}
		r := consumeLanes(t, lanes, settled)
		r.settle()
		r.wantHanded("a1 b1 c1 a2 b2 a3")
	})
}

// TestReleasedEventRests releases an event again and again, which must not keep the machine busy.
func TestReleasedEventRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		released := 0
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{}), func(*bot.Delivery) error {
			if released++; released > 1000 {
				return errHandler
			}
			return bot.ErrReleased
		})
		r.publish(inLane("a", "a1"))
		time.Sleep(time.Second)
		synctest.Wait()
		if released > 20 {
			t.Errorf("an event was released %d times in a second", released)
		}
		if err := r.stop(); !errors.Is(err, bot.ErrLeft) {
			t.Errorf("Consume returned %v, want ErrLeft", err)
		}
	})
}

// TestLanesWakeInTime follows the machine's clock, which needs no look every second.
func TestLanesWakeInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var woken []time.Duration
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{}), func(*bot.Delivery) error {
			woken = append(woken, time.Since(start))
			return nil
		})
		synctest.Wait()
		var want []time.Duration
		for _, ms := range []int{1300, 700, 1700, 40, 0} { // not in order: the earliest changes
			after := time.Duration(ms) * time.Millisecond
			r.publish(inLane("a", fmt.Sprint(ms), start.Add(after)))
			want = append(want, after)
			synctest.Wait()
		}
		slices.Sort(want)
		time.Sleep(time.Hour)
		synctest.Wait()
		if !slices.Equal(woken, want) {
			t.Errorf("handed out after %v, want %v", woken, want)
		}
	})
}

// TestLanesLookAtAnInjectedClock moves a clock that stood still just before something was due.
func TestLanesLookAtAnInjectedClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := newClock()
		var looks atomic.Int32
		now := func() time.Time {
			looks.Add(1)
			return at.Now()
		}
		r := consumeLanes(t, bot.NewLanes(bot.LanesConfig{Now: now}), settled)
		r.publish(inLane("a", "a1", at.Now().Add(time.Nanosecond)), inLane("b", "b1", at.Now().Add(time.Hour)))
		time.Sleep(time.Second)
		if got := looks.Load(); got > 1100 {
			t.Errorf("%d looks in a second", got)
		}
		r.wantHanded("")
		at.Add(time.Nanosecond)
		time.Sleep(time.Second)
		synctest.Wait()
		r.wantHanded("a1")
		at.Add(time.Hour)
		time.Sleep(time.Second)
		synctest.Wait()
		r.wantHanded("a1 b1")
	})
}
