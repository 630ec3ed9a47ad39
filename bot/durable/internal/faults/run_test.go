//go:build linux

package faults_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// run is a scenario at work: Meta, the workers, and what is done to them.
type run struct {
	size

	t      *testing.T
	seed   uint64
	random *rand.Rand // of the faults
	order  workOrder  // of every worker
	meta   *meta
	began  time.Time
	kept   sync.WaitGroup

	mu        sync.Mutex
	workers   []*worker
	started   int          // worker processes so far
	disturbed map[int]bool // the worker processes that were killed, frozen or cut off
	faults    int          // kills and the like
}

// newRun makes a scenario ready. Its store is in memory until its order says otherwise.
func newRun(t *testing.T, s size, order workOrder) *run {
	t.Helper()
	r := &run{size: s, t: t, seed: *seed, order: order, began: time.Now(), disturbed: make(map[int]bool)}
	if r.seed == 0 {
		r.seed = rand.Uint64()
	}
	t.Logf("seed %d: repeat it with -seed=%d", r.seed, r.seed)
	r.random = rand.New(rand.NewPCG(r.seed, 1<<32))
	r.meta = newMeta(t, s.events, s.people)
	dir := t.TempDir()
	r.order.Notes, r.order.DeathsOf = filepath.Join(dir, "notes"), dir
	if err := os.WriteFile(r.order.Notes, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.kept.Wait)
	return r
}

// clock returns how long the scenario has run.
func (r *run) clock() string { return fmt.Sprintf("%6.2fs", time.Since(r.began).Seconds()) }

// until waits for something. It fails if nothing happens at all for as long as something hangs.
func (r *run) until(what string, is func() bool) {
	r.t.Helper()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	var accepted, answered, left int
	progress := time.Now()
	for !is() {
		a, b := r.meta.state()
		if l := r.meta.left(); a != accepted || b != answered || l != left {
			accepted, answered, left, progress = a, b, l, time.Now()
		}
		if time.Since(progress) > hang {
			r.t.Fatalf("waiting until %s: nothing happens, with %d accepted and %d answered\n%s",
				what, accepted, answered, r.tails())
		}
		select {
		case <-poll.C:
		case <-r.t.Context().Done():
			r.t.FailNow()
		}
	}
}

// pass lets time pass.
func (r *run) pass(d time.Duration) {
	r.t.Helper()
	end := time.Now().Add(d)
	r.until("time has passed", func() bool { return time.Now().After(end) })
}

// at waits until such a part of the messages is accepted.
func (r *run) at(part float64) {
	r.t.Helper()
	r.until(fmt.Sprintf("%.0f %% are accepted", 100*part), func() bool {
		accepted, _ := r.meta.state()
		return float64(accepted) >= part*float64(r.events)
	})
}

// often does something at as many random points of the run as there are kills.
func (r *run) often(do func(i int)) {
	r.t.Helper()
	for i := range r.kills {
		r.at((float64(i) + r.random.Float64()) / float64(r.kills))
		do(i)
	}
}

// all returns the workers.
func (r *run) all() []*worker {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clip(r.workers)
}

// any returns one of the workers.
func (r *run) any() *worker {
	all := r.all()
	return all[r.random.IntN(len(all))]
}

// up waits until all workers take deliveries.
func (r *run) up() {
	r.t.Helper()
	r.until("all workers are up", func() bool {
		for _, w := range r.all() {
			if w.listens() == "" {
				return false
			}
		}
		return true
	})
}

// front returns the address of a worker that is up; "": none is.
func (r *run) front(random *rand.Rand) string {
	var up []string
	for _, w := range r.all() {
		if addr := w.listens(); addr != "" {
			up = append(up, addr)
		}
	}
	if len(up) == 0 {
		return ""
	}
	return up[random.IntN(len(up))]
}

// publish has Meta deliver everything, while a fault happens, and waits until all is replied to.
func (r *run) publish(fault func()) {
	r.t.Helper()
	r.deliver(fault)
	r.until("all is replied to", r.meta.done)
}

// deliver has Meta deliver everything, while a fault happens.
func (r *run) deliver(fault func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	wait := r.meta.publish(ctx, r.seed, r.front)
	defer wait()
	defer cancel()
	if fault != nil {
		fault()
	}
	r.until("all is delivered", func() bool {
		accepted, _ := r.meta.state()
		return accepted >= r.messages()
	})
}

// flood has Meta deliver as much as it can for a while. What is not accepted by then is given up.
func (r *run) flood(lasts time.Duration, meanwhile func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	wait := r.meta.publish(ctx, r.seed, r.front)
	defer wait()
	defer cancel()
	defer r.meta.giveUp()
	end := time.Now().Add(lasts)
	r.until("the flood is over", func() bool {
		meanwhile()
		return time.Now().After(end)
	})
}

// messages returns how many messages there are.
func (r *run) messages() int {
	r.meta.mu.Lock()
	defer r.meta.mu.Unlock()
	n := 0
	for _, p := range r.meta.people {
		n += len(p.said)
	}
	return n
}

// end ends all workers in an orderly way.
func (r *run) end() {
	r.t.Helper()
	for _, w := range r.all() {
		w.leave()
	}
}

// tails returns the last words of all workers.
func (r *run) tails() string {
	text := ""
	for _, w := range r.all() {
		text += fmt.Sprintf("worker %d:\n%s\n", w.number(), w.process().tail())
	}
	return text
}
