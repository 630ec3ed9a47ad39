//go:build linux

package faults_test

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync"
)

// proxy stands between a worker and a NATS server, and does to their connection what a network does.
type proxy struct {
	listener net.Listener
	server   string
	working  sync.WaitGroup

	mu    sync.Mutex
	ill   illness
	links map[*link]bool
}

// illness is what a proxy does to connections.
type illness int

const (
	healthy   illness = iota
	cut               // all connections are closed, and no other is made
	swallowed         // what the server answers is lost
	muted             // what the worker says is lost
)

func (i illness) String() string {
	return [...]string{"healthy", "the connection cut", "answers lost", "calls lost"}[i]
}

// link is one connection through a proxy.
type link struct {
	worker, server net.Conn
	lossy          bool // something was lost: the rest makes no sense
}

// proxyTo starts a proxy before a server.
func (r *run) proxyTo(s *natsServer) *proxy {
	r.t.Helper()
	listener, err := new(net.ListenConfig).Listen(r.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	p := &proxy{
		listener: listener, server: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.order.Port)),
		links: make(map[*link]bool),
	}
	p.working.Go(p.accept)
	r.t.Cleanup(func() {
		p.set(cut)
		listener.Close()
		p.working.Wait()
	})
	return p
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		worker, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.connect(worker)
	}
}

// connect connects a worker with the server.
func (p *proxy) connect(worker net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ill == cut {
		worker.Close()
		return
	}
	server, err := new(net.Dialer).DialContext(context.Background(), "tcp", p.server)
	if err != nil {
		worker.Close()
		return
	}
	l := &link{worker: worker, server: server}
	p.links[l] = true
	p.working.Go(func() { p.pump(l, worker, server, swallowed) })
	p.working.Go(func() { p.pump(l, server, worker, muted) })
}

// pump carries from one end to the other, save while the proxy has the illness that loses it.
func (p *proxy) pump(l *link, to io.Writer, from io.Reader, loses illness) {
	defer p.drop(l)
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if p.lost(l, loses) {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// lost reports whether what has just been read is lost.
func (p *proxy) lost(l *link, loses illness) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ill == loses {
		l.lossy = true
		return true
	}
	return false
}

// drop ends a connection.
func (p *proxy) drop(l *link) {
	l.worker.Close()
	l.server.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// set gives the proxy an illness. A connection that has lost something does not outlive its end.
func (p *proxy) set(ill illness) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ill = ill
	for l := range p.links {
		if ill == cut || ill == healthy && l.lossy {
			l.worker.Close()
			l.server.Close()
		}
	}
}
