package durable

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// life is what happens to one partition, as its owners write it down.
type life struct{ claim claim }

func (l *life) run(seqs ...uint64) {
	for _, seq := range seqs {
		if l.claim.isSuspect(kindNow, seq) {
			l.claim.hold(kindNow, seq)
		} else {
			l.claim.Mark = max(l.claim.Mark, seq)
		}
	}
}

func (l *life) die()  { l.claim = l.claim.taken("next", 0, true) }
func (l *life) move() { l.claim = l.claim.taken("next", 0, false) }

// TestClaimStrikes has an owner die again and again, and wants the strikes to fall on those in hand.
func TestClaimStrikes(t *testing.T) {
	tests := map[string]struct {
		happens func(l *life)
		want    map[uint64]int // strikes by sequence
	}{
		"nothing was in hand": {func(l *life) { l.die() }, map[uint64]int{1: 0, 9: 0}},
		"all below the mark are struck once": {
			func(l *life) { l.run(3, 7); l.die() },
			map[uint64]int{1: 1, 3: 1, 7: 1, 8: 0},
		},
		"of the suspects those in hand are struck again": {
			func(l *life) { l.run(3, 7); l.die(); l.run(3, 5); l.die() },
			map[uint64]int{3: 2, 4: 1, 5: 2, 7: 1, 8: 0},
		},
		"a new event beside a suspect is struck for the first time": {
			func(l *life) { l.run(3); l.die(); l.run(3, 9); l.die() },
			map[uint64]int{3: 2, 9: 1, 10: 0},
		},
		"on trial it alone is struck": {
			func(l *life) {
				l.run(3, 5)
				l.die()
				l.run(3, 5)
				l.die()
				l.run(3, 5)
				l.claim.Trial = 5
				l.die()
			},
			map[uint64]int{3: 2, 5: 3},
		},
		"what is settled is forgotten": {
			func(l *life) { l.run(3, 5); l.die(); l.run(3, 5); l.claim.forget(3); l.die() },
			map[uint64]int{3: 1, 5: 2}, // 3 is not stored any more
		},
		"who loses its claim and lives strikes nothing": {
			func(l *life) { l.run(3); l.die(); l.run(3); l.move(); l.move() },
			map[uint64]int{3: 1},
		},
		"who outlives its trial is not struck when another one dies": {
			func(l *life) {
				l.run(3)
				l.die()
				l.run(3)
				l.die()
				l.run(3)
				l.claim.try(3)
				l.claim.try(0)
				l.die()
			},
			map[uint64]int{3: 2},
		},
		"who leaves in good order strikes nothing": {
			func(l *life) { l.run(3, 5); l.claim = l.claim.released(); l.die() },
			map[uint64]int{3: 0, 5: 0},
		},
		"the strikes of suspects stay after an orderly end": {
			func(l *life) {
				l.run(3)
				l.die()
				l.run(3)
				l.die()
				l.claim = l.claim.released()
				l.die()
			},
			map[uint64]int{2: 1, 3: 2},
		},
		"before the first that is stored nothing is known": {
			func(l *life) { l.run(3, 5); l.die(); l.run(3, 5); l.die(); l.claim.prune(4) },
			map[uint64]int{5: 2},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := life{claim: claim{Owner: "first"}}
			test.happens(&l)
			for seq, want := range test.want {
				if got := l.claim.strikes(kindNow, seq); got != want {
					t.Errorf("event %d has %d strikes, want %d: %+v", seq, got, want, l.claim)
				}
			}
			again, err := decodeClaim(l.claim.encode())
			if err != nil || !maps.Equal(again.Strikes, l.claim.Strikes) || again.Base != l.claim.Base {
				t.Errorf("stored and read it is %+v, %v; want %+v", again, err, l.claim)
			}
		})
	}
}

// An event that was due later is no suspect for the place where it is stored, which is old by then.
func TestClaimOfWhatIsDueLater(t *testing.T) {
	l := life{claim: claim{Owner: "first"}}
	l.run(50)
	l.die()
	if l.claim.isSuspect(kindDue, 7) || !l.claim.isSuspect(kindNow, 7) {
		t.Errorf("%+v: want 7 to be a suspect only as an event that was to be handled at once", l.claim)
	}
	l.claim.hold(kindDue, 7)
	l.die()
	if n := l.claim.strikes(kindDue, 7); n != 1 {
		t.Errorf("%+v: 7 has %d strikes, want one, as it was in hand once", l.claim, n)
	}
	l.claim.hold(kindDue, 7)
	l.die()
	if n := l.claim.strikes(kindDue, 7); n != 2 {
		t.Errorf("%+v: 7 has %d strikes, want two", l.claim, n)
	}
}

// The strikes of one stream are not those of another, whose events have the same sequences.
func TestClaimOfAnotherStream(t *testing.T) {
	l := life{claim: claim{Owner: "first"}}
	l.run(50)
	l.die()
	l.run(7)
	if c := l.claim.taken("next", 1, true); c.isSuspect(kindNow, 7) || c.Stream != 1 {
		t.Errorf("%+v: want nothing of the stream before", c)
	}
}

func TestQuota(t *testing.T) {
	for instances := 1; instances <= 9; instances++ {
		var ids []string
		for n := range instances {
			ids = append(ids, fmt.Sprintf("i%d", (n*7)%instances))
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		for _, partitions := range []int{1, 2, 7, 32} {
			sum, least, most := 0, partitions, 0
			for _, id := range ids {
				n := quota(partitions, slices.Clone(ids), id)
				sum, least, most = sum+n, min(least, n), max(most, n)
			}
			if sum != partitions || most-least > 1 {
				t.Errorf("%d instances share %d partitions: %d in all, %d to %d each", len(ids), partitions, sum, least, most)
			}
		}
	}
	if n := quota(32, []string{"a", "b"}, "c"); n != 0 {
		t.Errorf("an instance that is not alive is to have %d partitions", n)
	}
}
