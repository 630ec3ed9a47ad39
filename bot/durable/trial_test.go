package durable_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

// TestTrials begins with what others have written who died: events with strikes. Suspects with two run by
// themselves, and that is written down; those with Config.Crashes become dead letters, and what has more is
// not even handed out.
func TestTrials(t *testing.T) {
	const tried, condemned, buried, again = 6, 7, 8, 9 // sequences, the first of them from 1 on
	url := natstest.Server(t).URL()
	cfg := durable.Config{URL: url, Partitions: 1, Crashes: 4, MaxBytes: 64 << 20}
	publisher, js := open(t, cfg), natstest.JetStream(t, url)
	for seq := range buried {
		publish(t, publisher, 1, fmt.Sprintf("105.p%d", seq+1))
	}
	inbox, err := js.Stream(t.Context(), "parley-inbox")
	if err != nil {
		t.Fatal(err)
	}
	claims, err := js.Stream(t.Context(), "parley-claims")
	if err != nil {
		t.Fatal(err)
	}
	strikes := map[int]int{condemned: 4, buried: 5, again: 2}
	for seq := range tried {
		strikes[seq+1] = 2
	}
	left, err := json.Marshal(map[string]any{
		"stream": inbox.CachedInfo().Created.UnixNano(), "base": 100, "strikes": strikes,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "parley.claim.partition.0", left); err != nil {
		t.Fatal(err)
	}

	var inHand atomic.Int64
	handled := make(chan string, tried+1)
	i := consume(t, cfg, func(ctx context.Context, d *bot.Delivery) error {
		others := inHand.Add(1) - 1
		defer inHand.Add(-1)
		m, err := claims.GetLastMsgForSubject(ctx, "parley.claim.partition.0")
		if err != nil {
			return err
		}
		var c struct{ Trial int }
		if err := json.Unmarshal(m.Data, &c); err != nil {
			return err
		}
		var n int
		_, _ = fmt.Sscanf(d.Key, "105.p%d", &n)
		want := n
		if n > again {
			want = 0
		}
		if d.Condemned == nil && (others != 0 || c.Trial != want) || d.Attempt != 1 || !d.Redelivered || n == buried {
			t.Errorf("%s: attempt %d, redelivered %v, beside %d others, on trial is %d, want %d",
				d.ID, d.Attempt, d.Redelivered, others, c.Trial, want)
		}
		if d.Condemned == nil {
			handled <- d.ID
		}
		if n == again {
			return &bot.RetryError{At: time.Now().Add(time.Hour), Cause: context.Canceled}
		}
		return d.Condemned
	})
	for range tried {
		<-handled
	}
	until(t, "two dead letters", func() bool {
		list, err := i.Inbox.DeadLetters().List(t.Context())
		attempts := make(map[string]int)
		for _, d := range list {
			if d.Cause == durable.CauseCrash {
				attempts[d.ID] = d.Attempts
			}
		}
		return err == nil && len(list) == 2 && attempts["105.p7.1"] == 4 && attempts["105.p8.1"] == 5
	})
	publish(t, publisher, 1, "105.p9") // it wants another try, and is not on trial until then
	<-handled
	publish(t, publisher, 1, "105.p10") // a suspect with one strike, as Base says
	<-handled
}
