//go:build linux

package faults_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// worker is a place for a worker process, which is started again whenever it ends, as a service is.
type worker struct {
	r    *run
	gone chan struct{} // closes when no process is started any more

	mu      sync.Mutex
	order   workOrder
	p       *process
	frozen  bool
	leaving bool
}

// join adds a worker.
func (r *run) join(order workOrder) *worker {
	r.t.Helper()
	w := &worker{r: r, order: order, gone: make(chan struct{})}
	if err := w.start(); err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	r.workers = append(r.workers, w)
	r.mu.Unlock()
	r.kept.Go(w.keep)
	return w
}

// start starts the process of the place.
func (w *worker) start() error {
	order, p, err := w.r.process(w.order)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.order, w.p = order, p
	return nil
}

// process starts a worker's process, and returns what it was told.
func (r *run) process(order workOrder) (workOrder, *process, error) {
	r.mu.Lock()
	r.started++
	order.Worker = r.started
	r.mu.Unlock()
	p, err := spawn(r.t, roleWorker, order,
		"PAGE_ACCESS_TOKEN="+token, "APP_SECRET="+secret, "VERIFY_TOKEN=verify", "PAGE_ID="+page,
		"ADDR=127.0.0.1:0", "GRAPH_URL="+r.meta.urlFor(order.Worker), "SEND_RATE=0", "LOG_FORMAT=json", "LOG_LEVEL=info")
	return order, p, err
}

// keep starts the process again whenever it ends, until it leaves.
func (w *worker) keep() {
	defer close(w.gone)
	for {
		p := w.process()
		select {
		case <-p.done:
		case <-w.r.t.Context().Done():
			p.kill()
			return
		}
		w.mu.Lock()
		leaving := w.leaving
		w.mu.Unlock()
		switch {
		case leaving || w.r.t.Context().Err() != nil:
			return
		case p.code() == exitDeath:
			w.disturb()
		case !p.wasKilled():
			w.r.t.Errorf("%s a worker has ended by itself: %v\n%s", w.r.clock(), p.cmd.ProcessState, p.tail())
			return
		}
		if err := w.start(); err != nil {
			w.r.t.Error(err)
			return
		}
	}
}

func (w *worker) process() *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.p
}

// disturb notes that the worker has not ended, or worked, in an orderly way: what it had in hand may be
// replied to twice.
func (w *worker) disturb() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	w.r.disturbed[w.order.Worker] = true
	w.r.faults++
}

// disturbAll notes that a fault meets every worker.
func (r *run) disturbAll() {
	for _, w := range r.all() {
		w.disturb()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults -= len(r.workers) - 1
}

// kill ends the worker's process as kill -9 does; it is started again at once.
func (w *worker) kill() {
	w.disturb()
	w.r.t.Logf("%s kill -9 of worker %d", w.r.clock(), w.number())
	w.process().kill()
}

func (w *worker) number() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.order.Worker
}

// freeze stops the process for a while, as a virtual machine that is moved stops.
func (w *worker) freeze(d time.Duration) {
	w.r.t.Helper()
	end := time.Now().Add(d)
	w.freezeUntil(d.String()+" have passed", func() bool { return time.Now().After(end) })
}

// memory returns how many bytes of memory the worker has.
func (w *worker) memory() int {
	w.r.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.process().cmd.Process.Pid))
	if err != nil {
		w.r.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		var kibibytes int
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kibibytes); err == nil {
			return kibibytes << 10
		}
	}
	w.r.t.Fatal("no VmRSS in the status of a worker")
	return 0
}

func (w *worker) setFrozen(is bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frozen = is
}

// listens returns where the worker takes deliveries; "": nowhere now.
func (w *worker) listens() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frozen || w.leaving {
		return ""
	}
	return w.p.listens()
}

// leave ends the worker in an orderly way.
func (w *worker) leave() {
	w.r.t.Helper()
	w.r.until("a worker that is to leave is up", func() bool { return w.listens() != "" })
	w.mu.Lock()
	w.leaving = true
	p := w.p
	w.mu.Unlock()
	p.signal(syscall.SIGTERM)
	w.r.until("a worker has left", func() bool {
		select {
		case <-w.gone:
			return true
		default:
			return false
		}
	})
	if p.code() != 0 && !p.wasKilled() {
		w.r.t.Errorf("a worker that was asked to leave ended with %v\n%s", p.cmd.ProcessState, p.tail())
	}
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	for i, other := range w.r.workers {
		if other == w {
			w.r.workers = append(w.r.workers[:i:i], w.r.workers[i+1:]...)
			break
		}
	}
}
