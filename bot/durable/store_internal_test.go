package durable

import (
	"testing"
	"time"
)

// TestKeepFor says what a server is told: whole seconds, a day more than is left. A number it could not add to
// its clock (nats-server counts nanoseconds in 63 bits) it is not told.
func TestKeepFor(t *testing.T) {
	const year = 365 * 24 * time.Hour
	tests := map[string]struct {
		left time.Duration
		want string
	}{
		"an hour":          {time.Hour, "90000"},
		"nothing":          {0, "86400"},
		"less":             {-2 * 365 * 24 * time.Hour, "86400"},
		"a nanosecond":     {1, "86400"},
		"a second and one": {time.Second + 1, "86401"},
		"100 years":        {100 * year, "3153686400"},
		"more":             {100*year + 1, ""},
		"the longest":      {1<<63 - 1, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := keepFor(test.left); got != test.want || ok != (test.want != "") {
				t.Errorf("keepFor(%s) = %q, %t; want %q", test.left, got, ok, test.want)
			}
		})
	}
}

// TestExpiriesForgetTheOldest notes more revisions than there is room for.
func TestExpiriesForgetTheOldest(t *testing.T) {
	var seen expiries
	at := func(revision uint64) time.Time { return time.Unix(int64(revision), 0) }
	for revision := uint64(1); revision <= seenMost+1; revision++ {
		seen.note(revision, at(revision))
	}
	if _, known := seen.of(1); known {
		t.Error("the oldest revision is known, and another one is in its place")
	}
	for _, revision := range []uint64{2, seenMost, seenMost + 1} {
		if got, known := seen.of(revision); !known || !got.Equal(at(revision)) {
			t.Errorf("revision %d expires %s, %t; want %s", revision, got, known, at(revision))
		}
	}
	if _, known := seen.of(seenMost + 2); known {
		t.Error("a revision is known that was never noted")
	}
}

// TestClockHeeds gives a clock to one that has none and to one that has.
func TestClockHeeds(t *testing.T) {
	at := func(unix int64) func() time.Time { return func() time.Time { return time.Unix(unix, 0) } }
	own, without := newClock(at(1)), newClock(nil)
	if passed := time.Since(without.now()); passed < 0 || passed > time.Hour {
		t.Errorf("a clock of nobody is %s off the machine's", passed)
	}
	if own.heed(at(2)) || !without.heed(at(2)) {
		t.Error("heed says of which clock it is wrongly")
	}
	if got := own.now().Unix(); got != 1 {
		t.Errorf("a clock that was given is at %d, want its own time, 1", got)
	}
	if got := without.now().Unix(); got != 2 {
		t.Errorf("a clock that was not given is at %d, want that of what it heeds, 2", got)
	}
}
