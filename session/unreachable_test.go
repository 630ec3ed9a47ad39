package session_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// blockedAt returns what Meta said d after noon: that the person is not available.
func blockedAt(d time.Duration) session.Unreachable {
	return session.Unreachable{Since: noon.Add(d), Code: 551, Subcode: 1545041}
}

func TestUnreachablesRememberTheLatest(t *testing.T) {
	u := session.NewUnreachables(0)
	for _, step := range []struct{ record, want session.Unreachable }{
		{session.Unreachable{}, session.Unreachable{}},
		{blockedAt(0), blockedAt(0)},
		{session.Unreachable{Since: noon.Add(-1), Code: 100}, blockedAt(0)},
		{session.Unreachable{Since: noon, Code: 100}, blockedAt(0)},
		{session.Unreachable{Code: 100}, blockedAt(0)},
		{blockedAt(time.Hour), blockedAt(time.Hour)},
	} {
		u.Record("105", "7301", step.record)
		if got := u.Find("105", "7301"); got != step.want {
			t.Fatalf("after %v: %v, want %v", step.record, got, step.want)
		}
	}
	u.Record("105", "7302", blockedAt(0))
	u.Forget("105", "7301")
	u.Forget("106", "7302")
	for who, want := range map[send.PSID]session.Unreachable{"7301": {}, "7302": blockedAt(0), "7303": {}} {
		if got := u.Find("105", who); got != want {
			t.Errorf("%s: %v, want %v", who, got, want)
		}
	}
}

func TestUnreachablesAreForgottenInBothGenerations(t *testing.T) {
	u := session.NewUnreachables(4)
	u.Record("105", person(0), blockedAt(0))
	u.Record("105", person(1), blockedAt(0)) // full
	u.Record("105", person(2), blockedAt(0))
	u.Record("105", person(0), blockedAt(1)) // in both by now
	u.Forget("105", person(0))
	if got := u.Find("105", person(0)); got != (session.Unreachable{}) {
		t.Errorf("forgotten, and yet %v", got)
	}
}

func TestUnreachablesAreBounded(t *testing.T) {
	for _, most := range []int{-1, 0, 1, 100} {
		u, people := session.NewUnreachables(most), max(most, 2)
		if most <= 0 {
			people = session.DefaultUnreachables
		}
		remembered := 0
		for i := range 3 * people {
			u.Record("105", person(i), blockedAt(0))
		}
		for i := range 3 * people {
			if found := u.Find("105", person(i)) == blockedAt(0); found {
				remembered++
			} else if i >= 3*people-people/2 {
				t.Errorf("of %d: the one before the last %d is forgotten", most, 3*people-i)
			}
		}
		if remembered > people {
			t.Errorf("of %d: %d remembered", most, remembered)
		}
	}
}

func TestUnreachablesOfManyGoroutines(t *testing.T) {
	u := session.NewUnreachables(100)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 500 {
				u.Record(fmt.Sprint(g), person(i%10), blockedAt(time.Duration(i)))
				u.Find(fmt.Sprint(g), person(i%10))
				u.Forget(fmt.Sprint(g), person(i%10))
			}
		})
	}
	all.Wait()
}
