package session_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/parleybot/parley/session"
)

func TestIDsRemembered(t *testing.T) {
	const age = 36 * time.Hour
	tests := map[string]struct {
		events int
		every  time.Duration // between two events
		later  time.Duration // from the last of them to one more
		want   int           // of the events
	}{
		"few and old":            {10, 0, 30 * day, 10},
		"64 of long ago":         {64, 0, 30 * day, 63},
		"more, 36 hours ago":     {300, 0, age, 300},
		"more, a second older":   {300, 0, age + time.Second, 63},
		"more than 512 at once":  {600, 0, 0, 511},
		"one each hour":          {200, time.Hour, time.Hour, 63},
		"one each minute":        {2000, time.Minute, time.Minute, 511},
		"one each quarter":       {1000, 15 * time.Minute, 15 * time.Minute, 36 * 4},
		"the clock is set back":  {100, 0, -day, 100},
		"long after a busy hour": {512, time.Second, 40 * time.Hour, 63},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var p session.Person
			now := noon
			id := func(i int) string { return fmt.Sprint("message:m_", i) }
			for i := range test.events {
				now = noon.Add(time.Duration(i) * test.every)
				p.MarkHandled(id(i), now)
			}
			p.MarkHandled("message:last", now.Add(test.later))
			for i := range test.events {
				if got, want := p.Handled(id(i)), i >= test.events-test.want; got != want {
					t.Fatalf("event %d of %d handled: %t, want %t", i, test.events, got, want)
				}
			}
			if !p.Handled("message:last") {
				t.Error("the last event is not among those handled")
			}
		})
	}
}

func TestIDIsRememberedOnce(t *testing.T) {
	var p session.Person
	for range 3 {
		p.MarkHandled("message:m_1", noon)
	}
	if got := p.IDs(); got != 1 {
		t.Errorf("%d ids, want 1", got)
	}
}

func TestIDsSurviveTheEndOfTheirSeconds(t *testing.T) {
	var p session.Person
	for _, at := range []time.Time{{}, time.Unix(-1, 0), time.Unix(1<<32, 0)} {
		p.MarkHandled("message:m_"+at.String(), at)
		if !p.Handled("message:m_" + at.String()) {
			t.Errorf("not handled at %s", at)
		}
	}
}

// TestMarkHandledLeavesTheRecordAlone marks two persons that were loaded from the same bytes.
func TestMarkHandledLeavesTheRecordAlone(t *testing.T) {
	data := unhex(t, golden)
	a, err := session.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	b, err := session.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	a.MarkHandled("message:a", noon)
	b.MarkHandled("message:b", noon)
	if a.Handled("message:b") || b.Handled("message:a") || !a.Handled("message:a") {
		t.Error("two persons share their ids")
	}
}
