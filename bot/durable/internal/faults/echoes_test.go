//go:build linux

package faults_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"
)

// How long after a reply Meta delivers its echo, and how many echoes it delivers at the same time.
const (
	soonestEcho = 5 * time.Millisecond
	latestEcho  = 50 * time.Millisecond
	echoers     = 32
)

// A process dies just after Meta has accepted its reply, and before the ledger has it. Without echoes each of
// these goes out once more; where echoes are subscribed, none does.
func TestTheGap(t *testing.T) {
	scenarios := map[string]struct {
		servers, workers int
		echoes           bool
	}{
		"of the only process":              {workers: 1},
		"of the only process, with echoes": {workers: 1, echoes: true},
		"of one of two workers":            {servers: 1, workers: 2},
		"of one of two workers, with echoes": {
			servers: 1, workers: 2, echoes: true,
		},
	}
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			// Small: with echoes what may have been in hand at a kill waits five seconds, all of it together.
			size := size{events: 200, people: 100, kills: 1}
			if *full {
				size.kills = 5
			}
			r := newRun(t, size, workOrder{Pin: pinned, Handler: handling})
			if s.echoes {
				defer r.meta.echo(r)()
			}
			r.store(s.servers)
			for range s.workers {
				r.join(r.order)
			}
			r.up()
			r.publish(func() { r.often(func(int) { r.up(); r.killInGap() }) })
			r.end()
			v := r.judge()
			r.want(v)
			r.judgeGap(&v, s.echoes)
		})
	}
}

// killInGap kills the worker that sends the next reply, and waits until it has.
func (r *run) killInGap() {
	r.t.Helper()
	r.meta.setTrap(func(number int) {
		if w := r.place(number); w != nil {
			w.kill()
		}
	})
	r.until("a worker is killed that has just sent a reply", func() bool { return !r.meta.isSet() })
}

// judgeGap compares the replies that went out twice with those whose process died in the gap: at the least
// those that were caught, at the most all of which it is not known that the ledger had them.
func (r *run) judgeGap(v *verdict, echoes bool) {
	r.t.Helper()
	caught := r.meta.caught()
	r.t.Logf("%d replies were caught in the gap, and %d more may have been: %d went out twice, %d of them "+
		"after their echo had come in", caught, v.gap-caught, v.repliedTwice, r.meta.despite)
	switch {
	case caught != r.kills:
		r.t.Errorf("%d replies were caught in the gap, want %d", caught, r.kills)
	case echoes && r.meta.despite > 0:
		r.t.Errorf("%d replies went out twice although a bot had their echo, want none", r.meta.despite)
	case !echoes && (v.repliedTwice < caught || v.repliedTwice > v.gap):
		r.t.Errorf("%d replies went out twice, want %d to %d", v.repliedTwice, caught, v.gap)
	}
}

// echo subscribes the Page to the echoes of what bots send, and has Meta deliver these. It is called before
// there are bots, and returns what ends the deliveries.
func (m *meta) echo(r *run) (end func()) {
	r.t.Helper()
	type delivery struct {
		body []byte
		at   time.Time
	}
	deliveries := make(chan delivery, 2*r.events)
	m.graph.OnEvent = func(body []byte) { deliveries <- delivery{body, time.Now()} }
	m.subscribe(r.t, "messages,message_echoes")
	ctx, cancel := context.WithCancel(r.t.Context())
	transport := &http.Transport{MaxIdleConnsPerHost: echoers}
	var working sync.WaitGroup
	for i := range echoers {
		p := &publisher{
			meta: m, front: r.front, client: &http.Client{Transport: transport, Timeout: patience},
			random: rand.New(rand.NewPCG(r.seed, uint64(publishers+i))),
		}
		working.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case d := <-deliveries:
					p.echo(ctx, d.body, d.at)
				}
			}
		})
	}
	return func() {
		cancel()
		working.Wait()
		transport.CloseIdleConnections()
	}
}

// subscribe subscribes the Page to fields.
func (m *meta) subscribe(t *testing.T, fields string) {
	t.Helper()
	query := url.Values{"subscribed_fields": {fields}, "access_token": {token}}
	target := m.server.URL + "/worker-0/v25.0/" + page + "/subscribed_apps?" + query.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := m.server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the Page cannot be subscribed: %s", answer.Status)
	}
}

// echo delivers the echo of a message that was sent at the given time, until it is answered 200.
func (p *publisher) echo(ctx context.Context, body []byte, sent time.Time) {
	later := soonestEcho + time.Duration(p.random.Int64N(int64(latestEcho-soonestEcho)))
	for wait := time.Until(sent.Add(later)); ctx.Err() == nil; wait = 50 * time.Millisecond {
		pause := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if addr := p.front(p.random); addr != "" && p.post(ctx, addr, body) == http.StatusOK {
			p.meta.echoed(body)
			return
		}
	}
}

// echoed notes that a bot has the echo of a reply.
func (m *meta) echoed(body []byte) {
	var delivered struct {
		Entry []struct {
			Messaging []struct {
				Recipient, Message json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(body, &delivered); err != nil {
		m.t.Error(err)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, entry := range delivered.Entry {
		for _, one := range entry.Messaging {
			params, err := json.Marshal(map[string]any{"recipient": one.Recipient, "message": one.Message})
			if err != nil {
				m.t.Error(err)
				return
			}
			_, to, _, err := m.answers(params)
			if err != nil {
				m.t.Error(err)
				return
			}
			to.echoed = true
		}
	}
}
