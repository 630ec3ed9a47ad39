package durable_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

// patience is how long these tests wait for what must happen, so that a slow machine does not fail them.
const patience = time.Minute

// book keeps what several instances have handled. It is safe for concurrent use.
type book struct {
	mu      sync.Mutex
	handled map[string]int // how often, by ID
	last    map[string]int // the newest number of each lane
	wrong   []string
	changed chan struct{}
}

func newBook() *book {
	return &book{handled: make(map[string]int), last: make(map[string]int), changed: make(chan struct{}, 1)}
}

func (b *book) note(d *bot.Delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var n int
	_, _ = fmt.Sscanf(string(d.Data), "%d", &n)
	b.handled[d.ID]++
	if n != b.last[d.Key]+1 {
		b.wrong = append(b.wrong, fmt.Sprintf("%s after %d", d.ID, b.last[d.Key]))
	}
	b.last[d.Key] = n
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// await waits until n events were handled.
func (b *book) await(t *testing.T, n int) {
	t.Helper()
	deadline := time.After(patience)
	for {
		b.mu.Lock()
		have := len(b.handled)
		b.mu.Unlock()
		if have >= n {
			return
		}
		select {
		case <-b.changed:
		case <-deadline:
			t.Fatalf("%d events handled, want %d", have, n)
		}
	}
}

// check wants each event handled once, those of a lane in order.
func (b *book) check(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, n := range b.handled {
		if n != 1 {
			t.Errorf("%s was handled %d times", id, n)
		}
	}
	if len(b.wrong) > 0 {
		t.Errorf("out of order: %q", b.wrong)
	}
}

// instance is one that consumes until it is stopped.
type instance struct {
	*durable.Backend
	stop func() error
	cut  bool // its backend is closed before it is stopped
}

// consume lets an instance of its own consume the store of cfg.
func consume(t *testing.T, cfg durable.Config, h func(context.Context, *bot.Delivery) error) *instance {
	t.Helper()
	i := &instance{Backend: open(t, cfg)}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- i.Inbox.Consume(ctx, h) }()
	i.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := i.stop(); (err != nil) != i.cut {
			t.Errorf("Consume returned %v; its backend was closed before: %v", err, i.cut)
		}
	})
	return i
}

// until waits for what must be so soon.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("after %s not: %s", patience, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// crowd publishes the events of some people, in rounds, until it is stopped, and returns how many.
func crowd(t *testing.T, b *durable.Backend, people int) (stop func() int) {
	t.Helper()
	ending, n := make(chan struct{}), make(chan int)
	go func() {
		for round := 1; ; round++ {
			for p := range people {
				e := bot.Envelope{
					ID: fmt.Sprintf("%d.%d", p, round), Key: fmt.Sprintf("105.p%d", p), Data: fmt.Append(nil, round),
				}
				if err := b.Inbox.Publish(t.Context(), []bot.Envelope{e}); err != nil {
					t.Errorf("Publish: %v", err)
				}
			}
			select {
			case <-ending:
				n <- round * people
				return
			default:
			}
		}
	}()
	return func() int {
		close(ending)
		return <-n
	}
}

// TestInstancesJoinAndLeave lets a second and a third instance join under load, and leave again: the
// partitions are shared, and no event is handed out twice or out of order.
func TestInstancesJoinAndLeave(t *testing.T) {
	cfg := durable.Config{
		URL: natstest.Server(t).URL(), Partitions: 8, Pin: 5 * time.Second, MaxBytes: 64 << 20, PerLane: 1 << 20,
	}
	seen := newBook()
	handle := func(_ context.Context, d *bot.Delivery) error {
		if d.Redelivered {
			t.Errorf("%s was handed out as one that may have been in hand before", d.ID)
		}
		seen.note(d)
		return nil
	}
	publisher := open(t, cfg)
	stop := crowd(t, publisher, 20)
	first := consume(t, cfg, handle)
	until(t, "one has all", func() bool { return first.Inbox.Share() == 8 })
	second := consume(t, cfg, handle)
	until(t, "two share", func() bool { return first.Inbox.Share() == 4 && second.Inbox.Share() == 4 })
	third := consume(t, cfg, handle)
	until(t, "three share", func() bool {
		a, b, c := first.Inbox.Share(), second.Inbox.Share(), third.Inbox.Share()
		return a+b+c == 8 && max(a, b, c)-min(a, b, c) == 1
	})
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	until(t, "two share what the third had", func() bool {
		return second.Inbox.Share() == 4 && third.Inbox.Share() == 4
	})
	if err := third.stop(); err != nil {
		t.Error(err)
	}
	until(t, "one has all again", func() bool { return second.Inbox.Share() == 8 })
	seen.await(t, stop())
	seen.check(t)
}

// TestInstanceIsCutOff closes the connection of an instance that has an event in hand: the context of its
// handler ends before the other instance gets the event, as one that may have been in hand.
func TestInstanceIsCutOff(t *testing.T) {
	cfg := durable.Config{URL: natstest.Server(t).URL(), Partitions: 4, Pin: 2 * time.Second, MaxBytes: 64 << 20}
	inHand, lost := make(chan struct{}), make(chan struct{})
	first := consume(t, cfg, func(ctx context.Context, _ *bot.Delivery) error {
		close(inHand)
		<-ctx.Done()
		close(lost)
		return nil
	})
	publisher := open(t, cfg)
	events := []bot.Envelope{
		{ID: "a1", Key: "105.a", Data: []byte("1")}, {ID: "a2", Key: "105.a", Data: []byte("2")},
	}
	if err := publisher.Inbox.Publish(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	<-inHand
	seen, again := newBook(), make(chan bool, 2)
	second := consume(t, cfg, func(_ context.Context, d *bot.Delivery) error {
		select {
		case <-lost:
		default:
			t.Error("an event was handed out while another instance had it in hand")
		}
		seen.note(d)
		again <- d.Redelivered
		return nil
	})
	until(t, "the second has its share", func() bool { return second.Inbox.Share() > 0 })
	first.cut = true
	first.Close()
	seen.await(t, 2)
	seen.check(t)
	if !<-again {
		t.Error("the event that was in hand came again as if it were new")
	}
	until(t, "the second has all", func() bool { return second.Inbox.Share() == 4 })
}
