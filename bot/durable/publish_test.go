package durable_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

// TestPublishToAServerThatIsAway wants an error, not an acknowledgement, and events again once it is back.
func TestPublishToAServerThatIsAway(t *testing.T) {
	server := natstest.Server(t)
	backend := open(t, durable.Config{URL: server.URL(), MaxBytes: 64 << 20})
	publish(t, backend, 1, "105.a")
	server.Stop()
	batch := []bot.Envelope{{ID: "b", Key: "105.b", Data: []byte("1")}, {ID: "c", Key: "105.c", Data: []byte("1")}}
	for _, events := range [][]bot.Envelope{batch[:1], batch} {
		began := time.Now()
		if err := backend.Inbox.Publish(t.Context(), events); err == nil {
			t.Errorf("Publish of %d events returned nil while the server was away", len(events))
		}
		t.Logf("refused after %s", time.Since(began))
	}
	server.Start()
	until(t, "events are taken again", func() bool {
		return backend.Inbox.Publish(t.Context(), batch) == nil
	})
}

// TestPublishWhatIsTooLarge wants an error that says what to do, and that is no lack of room.
func TestPublishWhatIsTooLarge(t *testing.T) {
	backend := open(t, durable.Config{Dir: t.TempDir(), Unsynced: true})
	large := []bot.Envelope{{ID: "a", Key: "105.a", Data: make([]byte, 8<<20)}}
	if err := backend.Inbox.Publish(t.Context(), large); err == nil || errors.Is(err, bot.ErrInboxFull) {
		t.Errorf("Publish of 8 MiB returned %v", err)
	}
}

// TestConsumeTwice consumes at the same time, which is refused, and one after the other.
func TestConsumeTwice(t *testing.T) {
	backend := open(t, durable.Config{Dir: t.TempDir(), Unsynced: true})
	for n := range 3 {
		key := fmt.Sprintf("105.k%d", n)
		publish(t, backend, 1, key)
		ctx, cancel := context.WithCancel(t.Context())
		handle := func(_ context.Context, d *bot.Delivery) error {
			if d.Key != key || d.Redelivered {
				t.Errorf("run %d: got %s, which may have been in hand: %v", n, d.ID, d.Redelivered)
			}
			if err := backend.Inbox.Consume(ctx, nil); err == nil {
				t.Error("a second Consume began while the first was at work")
			}
			cancel()
			return nil
		}
		if err := backend.Inbox.Consume(ctx, handle); err != nil {
			t.Errorf("run %d: %v", n, err)
		}
		if n := backend.Inbox.Share(); n != 0 {
			t.Errorf("it has %d partitions after Consume has returned", n)
		}
	}
}

// TestEchoesReachOtherInstances tells of an echo until the other instance has heard it: the first may come
// before the server knows who listens.
func TestEchoesReachOtherInstances(t *testing.T) {
	url := natstest.Server(t).URL()
	teller := open(t, durable.Config{URL: url, Name: "one", MaxBytes: 32 << 20, DeadBytes: 8 << 20})
	hearer := open(t, durable.Config{URL: url, Name: "one", MaxBytes: 32 << 20, DeadBytes: 8 << 20})
	stranger := open(t, durable.Config{URL: url, Name: "two", MaxBytes: 32 << 20, DeadBytes: 8 << 20})
	heard := make(chan string, 1000)
	hearer.Inbox.HearEchoes(func(metadata, mid string) { heard <- metadata + " is " + mid })
	until(t, "the echo is heard", func() bool {
		stranger.Inbox.ShareEcho("strange", "m_0")
		teller.Inbox.ShareEcho("parley:1", "m_1")
		return len(heard) > 0
	})
	if got := <-heard; got != "parley:1 is m_1" {
		t.Errorf("heard that %s", got)
	}
}

// TestCopiesAreToldApart stores two events with one ID: each has a Copy of its own, the same in every try.
func TestCopiesAreToldApart(t *testing.T) {
	backend, copies := open(t, durable.Config{Dir: t.TempDir(), Unsynced: true}), make(chan string, 4)
	publish(t, backend, 1, "105.a", "105.a")
	ctx, cancel := context.WithCancel(t.Context())
	err := backend.Inbox.Consume(ctx, func(_ context.Context, d *bot.Delivery) error {
		copies <- d.Copy
		if d.Attempt == 1 {
			return &bot.RetryError{Cause: context.Canceled}
		}
		if len(copies) == cap(copies) {
			cancel()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a, again, b, bAgain := <-copies, <-copies, <-copies, <-copies
	if a == "" || a != again || b != bAgain || a == b {
		t.Errorf("copies are %q, %q, %q, %q: want two of each", a, again, b, bAgain)
	}
}

// TestDueEventsOutliveTheProcess opens a store again with events that are due later, of which some are late
// by then: they come in the order of their times, and none before.
func TestDueEventsOutliveTheProcess(t *testing.T) {
	var clock atomic.Pointer[time.Time]
	start := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	clock.Store(&start)
	cfg := durable.Config{Dir: t.TempDir(), Unsynced: true, Now: func() time.Time { return *clock.Load() }}
	before := open(t, cfg)
	var events []bot.Envelope
	for _, hours := range []int{3, 1, 2, 4, 1} {
		events = append(events, bot.Envelope{
			ID: fmt.Sprintf("%dh.%d", hours, len(events)), Key: "105.a", Data: []byte("{}"),
			Header: map[string]string{"note": "kept"}, Due: start.Add(time.Duration(hours) * time.Hour),
		})
	}
	if err := before.Inbox.Publish(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	before.Close()

	got := make(chan string, 9)
	late := start.Add(2 * time.Hour)
	clock.Store(&late)
	after := consume(t, cfg, func(_ context.Context, d *bot.Delivery) error {
		if d.Due.After(*clock.Load()) || string(d.Data) != "{}" || d.Header["note"] != "kept" {
			t.Errorf("at %s got %+v", clock.Load(), d.Envelope)
		}
		got <- d.ID
		return nil
	})
	want := []string{"1h.1", "1h.4", "2h.2", "3h.0", "4h.3"}
	if ids := []string{<-got, <-got, <-got}; !slices.Equal(ids, want[:3]) {
		t.Errorf("late are %q, want %q", ids, want[:3])
	}
	end := start.Add(24 * time.Hour)
	clock.Store(&end)
	if ids := []string{<-got, <-got}; !slices.Equal(ids, want[3:]) {
		t.Errorf("then come %q, want %q", ids, want[3:])
	}
	if err := after.stop(); err != nil {
		t.Error(err)
	}
	if len(got) > 0 {
		t.Errorf("%s came once more", <-got)
	}
}

// TestDueEventsMove lets partitions with many events that are due at once move before they are.
func TestDueEventsMove(t *testing.T) {
	var clock atomic.Pointer[time.Time]
	start := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	clock.Store(&start)
	cfg := durable.Config{
		URL: natstest.Server(t).URL(), Partitions: 8, Ahead: 1, MaxBytes: 64 << 20,
		Now: func() time.Time { return *clock.Load() },
	}
	seen := newBook()
	handle := func(_ context.Context, d *bot.Delivery) error {
		if d.Redelivered {
			t.Errorf("%s may have been in hand", d.ID)
		}
		seen.note(d)
		return nil
	}
	first := consume(t, cfg, handle)
	var events []bot.Envelope
	for n := range 400 {
		key := fmt.Sprintf("105.k%d", n)
		events = append(events, bot.Envelope{ID: key, Key: key, Data: []byte("1"), Due: start.Add(time.Hour)})
	}
	if err := first.Inbox.Publish(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	second := consume(t, cfg, handle)
	until(t, "two share", func() bool { return first.Inbox.Share() == 4 && second.Inbox.Share() == 4 })
	due := start.Add(time.Hour)
	clock.Store(&due)
	seen.await(t, len(events))
	seen.check(t)
}
