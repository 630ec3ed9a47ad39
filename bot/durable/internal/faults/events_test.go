//go:build linux

package faults_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A day's events are delivered again after a restart: nothing is handled or replied to again.
func TestEverythingIsDeliveredAgain(t *testing.T) {
	r := newRun(t, sized(), workOrder{Pin: pinned})
	r.store(0)
	r.join(r.order)
	r.up()
	r.publish(nil)
	r.end()

	r.join(r.order)
	r.up()
	for _, p := range r.meta.people {
		p.again = slices.Clip(p.said)
		p.say() // it is delivered after all others, and so is handled after them
		r.meta.await(1)
	}
	r.publish(nil)
	r.end()
	v := r.judge()
	r.want(v)
	if r.meta.repeated < r.events || v.reruns+v.repliedTwice > 0 {
		t.Errorf("of %d deliveries again, %d were handled and %d replied to again, want at least %d, and none",
			r.meta.repeated, v.reruns, v.repliedTwice, r.events)
	}
}

// An event that ends the process each time becomes a dead letter; those beside it do not.
func TestAnEventThatKills(t *testing.T) {
	const crashes, culprits = 4, 4 // crashes: the default
	s := sized()
	s.events = 5 * s.people
	r := newRun(t, s, workOrder{Pin: pinned, Handler: handling, Deaths: -1})
	for i := range culprits {
		r.meta.doom(i*7, 1+i, wordDie)
	}
	r.store(0)
	r.join(r.order)
	r.up()
	r.publish(nil)
	r.end()
	v := r.judge()
	r.want(v)
	t.Logf("%d deaths of %d culprits, each of which is given up after %d", r.deaths(), culprits, crashes)
	if v.dead != culprits {
		t.Errorf("%d dead letters, want %d", v.dead, culprits)
	}
}

// An event that has killed the process, though not often enough, is handled in the end.
func TestAnEventThatKillsOnce(t *testing.T) {
	s := sized()
	s.events /= 2
	r := newRun(t, s, workOrder{Pin: pinned, Handler: handling, Deaths: 1})
	for i := range 3 {
		r.meta.people[i*5].said[2+i].word = wordDie
	}
	r.store(1)
	r.join(r.order)
	r.join(r.order)
	r.up()
	r.publish(nil)
	r.up()
	r.end()
	v := r.judge()
	r.want(v)
	if r.deaths() != 3 || v.dead != 0 {
		t.Errorf("%d deaths and %d dead letters, want 3 and none", r.deaths(), v.dead)
	}
}

// deaths returns how often messages have ended a process.
func (r *run) deaths() int {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.order.DeathsOf, "*-*"))
	if err != nil {
		r.t.Fatal(err)
	}
	total := 0
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			r.t.Fatal(err)
		}
		total += int(info.Size())
	}
	return total
}

// Events whose handler always fails become dead letters, and everybody else goes on.
func TestEventsThatAlwaysFail(t *testing.T) {
	const failing = 20
	r := newRun(t, sized(), workOrder{Pin: pinned})
	for i := range failing {
		r.meta.doom(i, 2+i%5, wordFail)
	}
	r.store(0)
	r.join(r.order)
	r.up()
	r.publish(nil)
	r.end()
	v := r.judge()
	r.want(v)
	if v.dead != failing || v.reruns+v.repliedTwice > 0 {
		t.Errorf("%d dead letters, %d runs and %d replies too many, want %d, and none",
			v.dead, v.reruns, v.repliedTwice, failing)
	}
}
