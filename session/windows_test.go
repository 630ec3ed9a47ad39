package session_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// opened returns the window that an action opened d after noon; ad the same for an ad.
func opened(d time.Duration) send.Window { return send.Window{Opened: noon.Add(d)} }
func ad(d time.Duration) send.Window     { return send.Window{Opened: noon.Add(d), By: send.ByAd} }

func TestLater(t *testing.T) {
	tests := map[string]struct{ a, b, want send.Window }{
		"both unknown":                          {send.Window{}, send.Window{}, send.Window{}},
		"one unknown":                           {send.Window{}, opened(0), opened(0)},
		"one unknown, the other by an ad":       {send.Window{}, ad(0), ad(0)},
		"the same":                              {opened(0), opened(0), opened(0)},
		"a message after a message":             {opened(0), opened(1), opened(1)},
		"an ad after a message":                 {opened(0), ad(1), ad(1)},
		"an ad at the time of a message":        {opened(0), ad(0), ad(0)},
		"a message a day after an ad":           {ad(0), opened(day), ad(day)},
		"a message just under 6 days after":     {ad(0), opened(6*day - 1), ad(6*day - 1)},
		"a message that outlasts the ad":        {ad(0), opened(6 * day), opened(6 * day)},
		"a message a month after an ad":         {ad(0), opened(30 * day), opened(30 * day)},
		"a second ad":                           {ad(0), ad(day), ad(day)},
		"a message, then one of before, twice":  {opened(day), opened(0), opened(day)},
		"a message, then word of an earlier ad": {opened(day), ad(0), ad(day)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, session.Later(test.a, test.b)); diff != "" {
				t.Errorf("Later(a, b) (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, session.Later(test.b, test.a)); diff != "" {
				t.Errorf("Later(b, a) (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzLater asks the platform's rule: what either window allows, both together allow, at any time and with
// any tag.
func FuzzLater(f *testing.F) {
	f.Add(int64(0), true, int64(5*24), false, int64(6*24+1))
	f.Add(int64(0), false, int64(23), false, int64(25))
	f.Add(int64(0), true, int64(0), false, int64(7*24))
	f.Fuzz(func(t *testing.T, aHours int64, aAd bool, bHours int64, bAd bool, nowHours int64) {
		const year = 365 * 24
		a, b := opened(time.Duration(aHours%year)*time.Hour), opened(time.Duration(bHours%year)*time.Hour)
		if aAd {
			a.By = send.ByAd
		}
		if bAd {
			b.By = send.ByAd
		}
		both := session.Later(a, b)
		if both.Opened.Before(a.Opened) || both.Opened.Before(b.Opened) {
			t.Errorf("opened %s, before one of the two", both.Opened)
		}
		allows := func(w send.Window, tag send.Tag) bool {
			now := noon.Add(time.Duration(nowHours%year) * time.Hour)
			_, _, err := send.Classify(send.Purpose{To: send.ToPerson, Window: w, Tag: tag, Now: now})
			return !errors.Is(err, send.ErrOutsideWindow)
		}
		for _, tag := range []send.Tag{"", send.TagHumanAgent} {
			if (allows(a, tag) || allows(b, tag)) && !allows(both, tag) {
				t.Errorf("tag %q is refused by %v, not by both of %v and %v", tag, both, a, b)
			}
		}
	})
}

func TestWindowsNeverGoBackwards(t *testing.T) {
	w := session.NewWindows(0)
	for _, step := range []struct {
		record, want send.Window
	}{
		{send.Window{}, send.Window{}},
		{opened(0), opened(0)},
		{opened(-time.Hour), opened(0)},
		{send.Window{}, opened(0)},
		{ad(time.Hour), ad(time.Hour)},
		{opened(2 * time.Hour), ad(2 * time.Hour)},
		{opened(10 * day), opened(10 * day)},
		{ad(0), opened(10 * day)},
	} {
		w.RecordInbound("105", "7301", step.record)
		if diff := cmp.Diff(step.want, w.Newest("105", "7301")); diff != "" {
			t.Fatalf("after %v (-want +got):\n%s", step.record, diff)
		}
	}
	for _, stranger := range []struct {
		page string
		who  send.PSID
	}{{"105", "7302"}, {"106", "7301"}, {"1057", "301"}, {"", "1057301"}} {
		if got := w.Newest(stranger.page, stranger.who); got != (send.Window{}) {
			t.Errorf("%v has the window %v of somebody else", stranger, got)
		}
	}
}

// person returns the i-th person.
func person(i int) send.PSID { return send.PSID(fmt.Sprint(7300 + i)) }

func TestWindowsAreBounded(t *testing.T) {
	for _, most := range []int{-1, 0, 1, 2, 3, 100, 4095, 4096, 10_000} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			w, people := session.NewWindows(most), most
			if most <= 0 {
				people = session.DefaultWindows
			}
			people = max(people, 2)
			for i := range 3 * people {
				w.RecordInbound("105", person(i), opened(time.Duration(i)))
			}
			remembered := 0
			for i := range 3 * people {
				switch got := w.Newest("105", person(i)); got {
				case opened(time.Duration(i)):
					remembered++
				case send.Window{}:
				default:
					t.Fatalf("person %d has the window %v", i, got)
				}
			}
			// The shards fill unevenly, hence a little less than half.
			if remembered > people || remembered < people*3/10 {
				t.Errorf("%d remembered, want %d to %d", remembered, people*3/10, people)
			}
			for i := 3*people - people*3/10; i < 3*people; i++ {
				if w.Newest("105", person(i)).Opened.IsZero() {
					t.Fatalf("person %d of %d, one of the last %d, is forgotten", i, 3*people, people*3/10)
				}
			}
		})
	}
}

func TestWindowsIgnoreTheUnknown(t *testing.T) {
	w := session.NewWindows(2)
	w.RecordInbound("105", "1", opened(0))
	for i := range 100 {
		w.RecordInbound("105", person(i), send.Window{})
	}
	if got := w.Newest("105", "1"); got != opened(0) {
		t.Errorf("unknown windows drove out a known one: %v", got)
	}
}

// TestWindowsKeepWhoComesBack lets one person write again while others fill the memory.
func TestWindowsKeepWhoComesBack(t *testing.T) {
	w := session.NewWindows(10)
	w.RecordInbound("105", "1", ad(0))
	for i := range 1000 {
		w.RecordInbound("105", person(i), opened(0))
		if i%4 == 0 {
			w.RecordInbound("105", "1", opened(time.Duration(i)))
		}
	}
	if got, want := w.Newest("105", "1"), ad(996); got != want {
		t.Errorf("window %v, want %v", got, want)
	}
}

func TestWindowsOfManyGoroutines(t *testing.T) {
	w := session.NewWindows(0)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 2000 {
				w.RecordInbound("105", person(i%50), opened(time.Duration(g*2000+i)))
				if got := w.Newest("105", person(i%50)); got.Opened.Before(noon.Add(time.Duration(g*2000 + i))) {
					t.Errorf("window %v after a later one was recorded", got)
				}
			}
		})
	}
	all.Wait()
}

func TestWindowsAllocateNothingForWhoIsKnown(t *testing.T) {
	w, body := session.NewWindows(0), strings.Repeat("7301", 10)
	i := 0
	w.RecordInbound("105", send.PSID(body[:4]), opened(0))
	if allocs := testing.AllocsPerRun(100, func() {
		i++
		w.RecordInbound("105", send.PSID(body[4:8]), opened(time.Duration(i)))
		w.Newest("105", send.PSID(body[8:12]))
	}); allocs != 0 {
		t.Errorf("%v allocations for each, want none", allocs)
	}
}
