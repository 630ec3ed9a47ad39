package bot

import (
	"strconv"
	"testing"
	"time"
)

// Of an inbox that outlives the process the newest ledgers are kept, of one in memory all.
func TestLedgersAreBounded(t *testing.T) {
	for name, stored := range map[string]bool{"stored": true, "in memory": false} {
		t.Run(name, func(t *testing.T) {
			l := newLedgers()
			for i := range mostLedgers + 10 {
				l.keep(&ledger{event: strconv.Itoa(i), stored: stored, messages: 1})
			}
			l.keep(&ledger{event: "11", stored: stored, messages: 2}) // the newest now, and once
			want := mostLedgers + 10
			if stored {
				want = mostLedgers
			}
			if len(l.events) != want || l.order.Len() != want {
				t.Errorf("%d and %d ledgers kept, want %d", len(l.events), l.order.Len(), want)
			}
			for event, messages := range map[string]int{"9": 1, "10": 1, "11": 2, strconv.Itoa(mostLedgers + 9): 1} {
				if stored && event == "9" {
					messages = 0 // the oldest are gone
				}
				if got := l.take(event, stored).messages; got != messages {
					t.Errorf("the ledger of %s has %d messages, want %d", event, got, messages)
				}
				if got := l.take(event, stored).messages; got != 0 {
					t.Errorf("the ledger of %s was taken twice", event)
				}
			}
		})
	}
}

// Echoes are remembered for ten minutes, and 10,000 at most.
func TestEchoesAreBounded(t *testing.T) {
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	e := newEchoes(func() time.Time { return now })
	name := func(i int) string { return metadataPrefix + strconv.Itoa(i) }
	for i := range mostEchoes + 10 {
		e.note(name(i), "m_"+strconv.Itoa(i))
		e.note(name(i), "m_again")
	}
	if len(e.heard) != mostEchoes || len(e.order) != mostEchoes {
		t.Errorf("%d and %d echoes remembered, want %d", len(e.heard), len(e.order), mostEchoes)
	}
	for i, want := range map[int]string{9: "", 10: "m_10", mostEchoes + 9: "m_" + strconv.Itoa(mostEchoes+9)} {
		if mid, err := e.await(t.Context(), name(i), 0); mid != want || err != nil {
			t.Errorf("echo %d: mid %q (%v), want %q", i, mid, err, want)
		}
	}
	now = now.Add(echoAge)
	e.note(name(-1), "m_late")
	if len(e.heard) != mostEchoes {
		t.Errorf("%d echoes remembered after ten minutes, want %d", len(e.heard), mostEchoes)
	}
	now = now.Add(1)
	e.note(name(-2), "m_later")
	if len(e.heard) != 2 || len(e.order) != 2 {
		t.Errorf("%d and %d echoes remembered after more, want 2", len(e.heard), len(e.order))
	}
	if len(e.waiting) != 0 {
		t.Errorf("%d wait for echoes, want none", len(e.waiting))
	}
}
