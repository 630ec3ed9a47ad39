//go:build linux

package faults_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// scenario is a fault, and what it happens to.
type scenario struct {
	servers int // NATS servers in processes of their own; 0: one inside of the worker
	workers int
	order   workOrder
	fault   func(r *run, servers []*natsServer)
	calm    bool // nobody is killed: no handler runs again
}

// pinned is how long a worker that is not heard of keeps its people in the scenarios.
const pinned = 2 * time.Second

// handling is the longest that a handler takes where nothing else is said.
const handling = 40 * time.Millisecond

func TestFaults(t *testing.T) {
	scenarios := map[string]scenario{
		"nothing happens": {workers: 1, calm: true},
		"kill -9 of one of two workers": {servers: 1, workers: 2, fault: func(r *run, _ []*natsServer) {
			r.often(func(int) { r.up(); r.any().kill() })
		}},
		"kill -9 of the only process": {workers: 1, fault: func(r *run, _ []*natsServer) {
			r.often(func(int) { r.up(); r.any().kill() })
		}},
		"kill -9 of the only process, unsynced": {
			workers: 1, order: workOrder{Unsynced: true},
			fault: func(r *run, _ []*natsServer) { r.often(func(int) { r.up(); r.any().kill() }) },
		},
		"kill -9 of the server": {servers: 1, workers: 2, fault: func(r *run, servers []*natsServer) {
			r.often(func(int) { r.crash(servers, servers[0], time.Second) })
		}},
		"kill -9 of the leader of a cluster, then of a worker": {
			servers: 3, workers: 2, order: workOrder{Replicas: 3},
			fault: func(r *run, servers []*natsServer) {
				r.often(func(i int) {
					if i%2 == 0 {
						r.crash(servers, r.leader(servers), 2*time.Second)
					} else {
						r.up()
						r.any().kill()
					}
				})
			},
		},
		"rolling restart of a cluster": {
			servers: 3, workers: 2, order: workOrder{Replicas: 3},
			fault: func(r *run, servers []*natsServer) {
				for i := range servers {
					r.at(float64(i+1) / float64(len(servers)+1))
					r.restart(servers, servers[i])
				}
			},
		},
		"a frozen worker": {servers: 1, workers: 2, fault: func(r *run, _ []*natsServer) {
			r.at(0.3)
			r.any().freeze(frozen())
		}},
		"a network that fails": {servers: 1, workers: 1, fault: network},
		"workers join and leave": {servers: 1, workers: 2, calm: true, fault: func(r *run, _ []*natsServer) {
			r.often(func(int) {
				oldest := r.all()[0]
				r.t.Logf("%s a worker joins", r.clock())
				r.join(r.order)
				r.up()
				r.t.Logf("%s worker %d leaves", r.clock(), oldest.number())
				oldest.leave()
			})
		}},
	}
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			s.order.Pin, s.order.Handler = pinned, handling
			r := newRun(t, sized(), s.order)
			servers := r.store(s.servers)
			for range s.workers {
				r.join(r.order)
			}
			r.up()
			r.publish(func() {
				if s.fault != nil {
					s.fault(r, servers)
				}
			})
			r.end()
			v := r.judge()
			r.want(v)
			if s.calm && v.reruns+v.repliedTwice > 0 {
				t.Errorf("%d runs of the handler and %d replies too many, want none", v.reruns, v.repliedTwice)
			}
		})
	}
}

// network has the proxy before the first of two workers do what networks do, each as often as there are
// kills, for longer than a claim lasts and for less.
func network(r *run, servers []*natsServer) {
	r.t.Helper()
	between := r.proxyTo(servers[0])
	through := r.order
	through.URL = between.url()
	far := r.join(through)
	r.up()
	r.often(func(i int) {
		ill := []illness{cut, swallowed, muted}[i%3]
		lasts := []time.Duration{pinned / 4, 2 * pinned}[i%2]
		r.t.Logf("%s %s for %s between worker %d and the server", r.clock(), ill, lasts, far.number())
		far.disturb()
		between.set(ill)
		r.pass(lasts)
		between.set(healthy)
	})
}

// store decides where the store of the workers is: in a directory, or on so many servers, which are started.
func (r *run) store(servers int) []*natsServer {
	r.t.Helper()
	if servers == 0 {
		r.order.Dir = filepath.Join(r.t.TempDir(), "store")
		return nil
	}
	return r.servers(servers)
}

// crash kills one of the servers and starts it again a while later.
func (r *run) crash(all []*natsServer, s *natsServer, after time.Duration) {
	r.t.Helper()
	r.disturbAll()
	s.kill()
	r.pass(after)
	s.start()
	r.recovered(all)
}

// restart ends one of the servers in an orderly way and starts it again, as an upgrade does.
func (r *run) restart(all []*natsServer, s *natsServer) {
	r.t.Helper()
	r.disturbAll()
	s.r.t.Logf("%s SIGTERM of server %s", r.clock(), s.order.Name)
	s.p.signal(syscall.SIGTERM)
	r.until("a server has ended", s.p.ended)
	if s.p.code() != 0 {
		r.t.Errorf("a server that was asked to end did so with %v\n%s", s.p.cmd.ProcessState, s.p.tail())
	}
	s.start()
	r.recovered(all)
}

// frozen is how long a worker is frozen.
func frozen() time.Duration {
	if *full {
		return 15 * time.Second
	}
	return 5 * time.Second
}
