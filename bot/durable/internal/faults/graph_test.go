//go:build linux

package faults_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// workerPath begins the paths of the Graph API that a worker process calls, which tell who it is.
const workerPath = "/worker-%d"

// urlFor returns the address of the Graph API for a worker process.
func (m *meta) urlFor(worker int) string { return m.server.URL + fmt.Sprintf(workerPath, worker) }

// ServeHTTP is the Graph API. It notes who sends a reply, and kills the process that sends one into a trap:
// the reply is accepted, and its answer is never read.
func (m *meta) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var worker int
	if _, err := fmt.Sscanf(r.URL.Path, workerPath+"/", &worker); err != nil {
		m.t.Errorf("a call of the Graph API at %s: %v", r.URL.Path, err)
		http.NotFound(w, r)
		return
	}
	r.URL.Path = strings.TrimPrefix(r.URL.Path, fmt.Sprintf(workerPath, worker))
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/messages") {
		m.graph.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil { // the worker has gone
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	kill := m.sends(worker, body)
	if kill == nil {
		m.graph.ServeHTTP(w, r)
		return
	}
	m.graph.ServeHTTP(httptest.NewRecorder(), r)
	kill(worker)
}

// sends notes that a worker sends a reply. It returns how to kill the worker if that is a trap.
func (m *meta) sends(worker int, body []byte) (kill func(worker int)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, to, isReminder, err := m.answers(body)
	if err != nil {
		m.t.Error(err)
		return nil
	}
	if isReminder {
		return nil
	}
	first := len(to.from) == 0
	to.from = append(to.from, worker)
	if m.trap == nil || !first {
		return nil
	}
	to.caught = true
	kill, m.trap = m.trap, nil
	return kill
}

// setTrap has the worker killed that sends the next reply to a message that has none.
func (m *meta) setTrap(kill func(worker int)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trap = kill
}

// isSet reports whether nobody has been caught in the trap yet.
func (m *meta) isSet() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.trap != nil
}

// caught returns how many messages have caught a worker in a trap.
func (m *meta) caught() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	caught := 0
	for _, p := range m.people {
		for _, one := range p.said {
			if one.caught {
				caught++
			}
		}
	}
	return caught
}
