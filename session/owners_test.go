package session_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

func TestOwnersRememberTheLatest(t *testing.T) {
	o := session.NewOwners(0)
	inbox := session.Ownership{App: "263902037430900", Since: noon}
	back := session.Ownership{Since: noon.Add(time.Hour)}
	for _, step := range []struct{ record, want session.Ownership }{
		{session.Ownership{}, session.Ownership{}},
		{session.Ownership{App: "17"}, session.Ownership{}},
		{inbox, inbox},
		{session.Ownership{App: "17", Since: noon.Add(-1)}, inbox},
		{session.Ownership{App: "17", Since: noon}, inbox},
		{back, back},
	} {
		o.Record("105", "7301", step.record)
		if got := o.Find("105", "7301"); got != step.want {
			t.Fatalf("after %v: %v, want %v", step.record, got, step.want)
		}
	}
	o.Record("105", "7302", inbox)
	for who, want := range map[send.PSID]session.Ownership{"7301": {}, "7302": {}, "7303": {}} {
		if got := o.Find("106", who); got != want {
			t.Errorf("%s of another Page: %v, want %v", who, got, want)
		}
	}
}

func TestOwnersAreBounded(t *testing.T) {
	for _, most := range []int{-1, 0, 1, 100} {
		o, people := session.NewOwners(most), max(most, 2)
		if most <= 0 {
			people = session.DefaultOwners
		}
		remembered := 0
		for i := range 3 * people {
			o.Record("105", person(i), session.Ownership{App: "17", Since: noon})
		}
		for i := range 3 * people {
			if o.Find("105", person(i)).App == "17" {
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

func TestOwnersOfManyGoroutines(t *testing.T) {
	o := session.NewOwners(100)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 500 {
				o.Record(fmt.Sprint(g), person(i%10), session.Ownership{Since: noon.Add(time.Duration(i))})
				o.Find(fmt.Sprint(g), person(i%10))
			}
		})
	}
	all.Wait()
}

func TestOwnershipOfARecord(t *testing.T) {
	var p session.Person
	want := session.Ownership{App: "17", Since: noon}
	p.SetOwnership(want)
	if p.Owner != "17" || !p.OwnerSince.Equal(noon) || p.Ownership() != want {
		t.Errorf("owner %q since %v, %v; want %v", p.Owner, p.OwnerSince, p.Ownership(), want)
	}
}
