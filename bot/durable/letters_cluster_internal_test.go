package durable

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

// A letter whose burial met the end of a leader is buried again by whoever has its event then.
func TestLettersAreKeptOnceWhenALeaderEnds(t *testing.T) {
	cluster := natstest.Cluster(t, 3)
	b, err := Open(t.Context(), Config{URL: cluster.URL(), Replicas: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	l := b.Inbox.dead
	const events = 60
	var all sync.WaitGroup
	for n := range events {
		id := fmt.Sprint("m", n)
		all.Go(func() { buryUntilKept(t, l, id) })
	}
	cluster.Stop(cluster.Leader(l.names.letters()))
	all.Wait()
	for n := range events {
		buryUntilKept(t, l, fmt.Sprint("m", n))
	}
	if got := causes(listed(t, l)); len(got) != events {
		t.Errorf("kept are %d of %d events: %q", len(got), events, got)
	}
}

// buryUntilKept buries a letter as often as it takes.
func buryUntilKept(t *testing.T, l *letters, id string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		err := l.bury(t.Context(), someLetter(id, id), "event "+id)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("%s cannot be buried: %v", id, err)
			return
		}
	}
}
