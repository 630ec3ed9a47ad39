//go:build linux

package faults_test

import "testing"

// A suite that finds nothing wrong with a bot that loses events and sends twice would show nothing.
func TestTheSuiteSeesWhatIsWrong(t *testing.T) {
	small := size{events: 500, people: 50, kills: 2}

	t.Run("events in memory are lost by kill -9", func(t *testing.T) {
		r := newRun(t, small, workOrder{Handler: handling, Parallel: 8})
		r.join(r.order)
		r.up()
		r.deliver(func() { r.often(func(int) { r.up(); r.any().kill() }) })
		r.up()
		r.end()
		if v := r.judge(); v.lost == 0 {
			t.Error("nothing is lost, want what was in memory at a kill")
		}
	})

	t.Run("a handler that replies twice", func(t *testing.T) {
		r := newRun(t, small, workOrder{Twice: true})
		r.join(r.order)
		r.up()
		r.publish(nil)
		r.end()
		if v := r.judge(); v.repliedTwice != small.events || v.unexplained != small.events {
			t.Errorf("%d replies twice, %d of them without a reason, want %d", v.repliedTwice, v.unexplained, small.events)
		}
	})
}
