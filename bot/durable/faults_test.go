package durable_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

// publish publishes the nth event of each key.
func publish(t *testing.T, b *durable.Backend, n int, keys ...string) {
	t.Helper()
	for _, key := range keys {
		e := bot.Envelope{ID: fmt.Sprintf("%s.%d", key, n), Key: key, Data: fmt.Append(nil, n)}
		if err := b.Inbox.Publish(t.Context(), []bot.Envelope{e}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestConsumeEndsWithItsBackend closes backends that have an event in hand: its context ends, and Consume
// says why it returns.
func TestConsumeEndsWithItsBackend(t *testing.T) {
	for name, cfg := range map[string]durable.Config{
		"directory": {Dir: t.TempDir(), Unsynced: true},
		"server":    {URL: natstest.Server(t).URL(), MaxBytes: 64 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			backend, inHand, ended := open(t, cfg), make(chan struct{}), make(chan error, 1)
			publish(t, backend, 1, "105.a")
			go func() {
				ended <- backend.Inbox.Consume(t.Context(), func(ctx context.Context, _ *bot.Delivery) error {
					close(inHand)
					<-ctx.Done()
					return ctx.Err()
				})
			}()
			<-inHand
			backend.Close()
			select {
			case err := <-ended:
				if err == nil {
					t.Error("Consume returned nil although its backend was closed")
				}
			case <-time.After(patience):
				t.Fatal("Consume does not end")
			}
		})
	}
}

// TestEventThatKillsItsProcess lets one event cut its process off whenever it is in hand, with another one
// beside it. The one becomes a dead letter, and the other is handled.
func TestEventThatKillsItsProcess(t *testing.T) {
	cfg := durable.Config{
		URL: natstest.Server(t).URL(), Partitions: 1, Pin: time.Second, Crashes: 3, MaxBytes: 64 << 20,
	}
	publisher := open(t, cfg)
	publish(t, publisher, 1, "105.bad", "105.good")
	handled := make(chan string, 2)
	for life := 1; life <= 3; life++ {
		var i *instance
		opened, both, cut := make(chan struct{}), make(chan struct{}, 2), make(chan struct{})
		i = consume(t, cfg, func(ctx context.Context, d *bot.Delivery) error {
			<-opened
			both <- struct{}{}
			switch {
			case d.Condemned != nil || d.Attempt != 1: // to wait for another one's trial is no attempt
				t.Errorf("life %d: %s is condemned: %v, attempt %d", life, d.ID, d.Condemned, d.Attempt)
			case d.Redelivered != (life > 1):
				t.Errorf("life %d: %s may have been in hand before: %v", life, d.ID, d.Redelivered)
			case life == 3 && d.Key == "105.good": // it is on trial, by itself
				handled <- d.ID
				return nil
			case life == 3 || len(both) == 2:
				i.Close()
				close(cut)
			}
			<-ctx.Done()
			return ctx.Err()
		})
		i.cut = true
		close(opened)
		<-cut
	}
	last := consume(t, cfg, func(_ context.Context, d *bot.Delivery) error {
		if d.Condemned == nil {
			handled <- d.ID
		}
		return d.Condemned
	})
	until(t, "a dead letter", func() bool {
		list, err := last.Inbox.DeadLetters().List(t.Context())
		return err == nil && len(list) == 1 && list[0].ID == "105.bad.1" && list[0].Cause == durable.CauseCrash
	})
	if got := <-handled; got != "105.good.1" {
		t.Errorf("%s was handled, want the innocent", got)
	}
	if n := len(handled); n > 0 {
		t.Errorf("%d more events were handled: %s", n, <-handled)
	}
}

// TestClaimThatWasNotGivenBack makes an instance that has its share the owner of one more partition in what
// is stored, as if it could not write that it gives it back: it reaches who lacks it.
func TestClaimThatWasNotGivenBack(t *testing.T) {
	url := natstest.Server(t).URL()
	cfg := durable.Config{URL: url, Partitions: 8, Pin: 5 * time.Second, MaxBytes: 64 << 20}
	seen := newBook()
	handle := func(_ context.Context, d *bot.Delivery) error {
		seen.note(d)
		return nil
	}
	first, second := consume(t, cfg, handle), consume(t, cfg, handle)
	shared := func() bool { return first.Inbox.Share() == 4 && second.Inbox.Share() == 4 }
	until(t, "two share", shared)

	claims, err := natstest.JetStream(t, url).Stream(t.Context(), "parley-claims")
	if err != nil {
		t.Fatal(err)
	}
	owners := make(map[string][]string) // subjects by owner
	for p := range 8 {
		subject := fmt.Sprintf("parley.claim.partition.%d", p)
		m, err := claims.GetLastMsgForSubject(t.Context(), subject)
		if err != nil {
			t.Fatal(err)
		}
		var c struct{ Owner string }
		if err := json.Unmarshal(m.Data, &c); err != nil {
			t.Fatal(err)
		}
		owners[c.Owner] = append(owners[c.Owner], subject)
	}
	var ids []string
	for id := range owners {
		ids = append(ids, id)
	}
	if len(ids) != 2 {
		t.Fatalf("owners are %v", owners)
	}
	forged := fmt.Appendf(nil, `{"owner":%q}`, ids[0])
	if _, err := natstest.JetStream(t, url).Publish(t.Context(), owners[ids[1]][0], forged); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for n := range 40 { // of all partitions, so that the loss is seen
		keys = append(keys, fmt.Sprintf("105.k%d", n))
	}
	publish(t, first.Backend, 1, keys...)
	seen.await(t, len(keys))
	until(t, "two share again", shared)
	publish(t, first.Backend, 2, keys...)
	seen.await(t, 2*len(keys))
}

// TestStreamIsAnotherOne deletes the stream of the inbox under a bot and makes it anew, empty: what is
// published from then on is handled, though its sequences were there before.
func TestStreamIsAnotherOne(t *testing.T) {
	for name, more := range map[string]int{"with fewer events": 2, "with more events": 9} {
		t.Run(name, func(t *testing.T) {
			url := natstest.Server(t).URL()
			seen, tried := newBook(), false
			i := consume(t, durable.Config{URL: url, Partitions: 2, MaxBytes: 64 << 20},
				func(_ context.Context, d *bot.Delivery) error {
					if d.ID == "105.a.5" && !tried { // it waits while the stream goes
						tried = true
						return &bot.RetryError{At: time.Now().Add(time.Second), Cause: context.Canceled}
					}
					seen.note(d)
					return nil
				})
			for n := range 5 {
				publish(t, i.Backend, n+1, "105.a")
			}
			seen.await(t, 4)
			js := natstest.JetStream(t, url)
			stream, err := js.Stream(t.Context(), "parley-inbox")
			if err != nil {
				t.Fatal(err)
			}
			if err := js.DeleteStream(t.Context(), "parley-inbox"); err != nil {
				t.Fatal(err)
			}
			if _, err := js.CreateStream(t.Context(), stream.CachedInfo().Config); err != nil {
				t.Fatal(err)
			}
			for n := range more {
				publish(t, i.Backend, n+1, "105.b")
			}
			until(t, "the new events are handled", func() bool {
				seen.mu.Lock()
				defer seen.mu.Unlock()
				return seen.last["105.b"] == more
			})
		})
	}
}

// TestRetryWaitsWhilePartitionsMove has events wait for another try for longer than any test when a second
// instance joins and the first one leaves: the second handles them at once, as events that are new.
func TestRetryWaitsWhilePartitionsMove(t *testing.T) {
	cfg := durable.Config{URL: natstest.Server(t).URL(), Partitions: 8, MaxBytes: 64 << 20}
	tried := make(chan struct{}, 40)
	first := consume(t, cfg, func(context.Context, *bot.Delivery) error {
		tried <- struct{}{}
		return &bot.RetryError{At: time.Now().Add(time.Hour), Cause: context.Canceled}
	})
	var keys []string
	for n := range cap(tried) {
		keys = append(keys, fmt.Sprintf("105.k%d", n))
	}
	publish(t, first.Backend, 1, keys...)
	publish(t, first.Backend, 2, keys...) // they wait behind
	for range keys {
		<-tried
	}
	seen := newBook()
	second := consume(t, cfg, func(_ context.Context, d *bot.Delivery) error {
		if d.Attempt != 1 || d.Redelivered {
			t.Errorf("%s: attempt %d, may have been in hand: %v", d.ID, d.Attempt, d.Redelivered)
		}
		seen.note(d)
		return nil
	})
	until(t, "they share", func() bool { return second.Inbox.Share() == 4 })
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	seen.await(t, 2*len(keys))
	seen.check(t)
}
