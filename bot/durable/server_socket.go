package durable

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// socketName is the file in the directory of a store through which another process of the same account
	// reaches its server.
	socketName = "nats.sock"
	// mostGuests is how many connections there are through it at a time.
	mostGuests = 16
)

// socket lets another process, the operator's command, use the server in this one.
type socket struct {
	listener net.Listener
	server   *embedded
	seats    chan struct{}
	running  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
}

// listen opens the socket of a directory. Without one, as when its path is too long, all else goes on: nil.
func listen(cfg *Config, e *embedded) *socket {
	path := filepath.Join(cfg.Dir, socketName)
	_ = os.Remove(path) // of a process that was killed: the lock says that there is none
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "unix", path)
	if err == nil {
		if err = os.Chmod(path, 0o600); err != nil {
			_ = listener.Close()
		}
	}
	if err != nil {
		cfg.Log.Warn().Err(err).Int("length", len(path)).
			Msg("durable: no socket in the directory: " +
				"the command for dead letters works while the bot is stopped")
		return nil
	}
	s := &socket{
		listener: listener, server: e, seats: make(chan struct{}, mostGuests),
		conns: make(map[net.Conn]struct{}),
	}
	s.running.Go(s.accept)
	return s
}

// accept serves connections until the socket is closed.
func (s *socket) accept() {
	for {
		guest, err := s.listener.Accept()
		if err != nil {
			if s.isClosed() {
				return
			}
			time.Sleep(lockEvery) // no descriptors are left, perhaps
			continue
		}
		select {
		case s.seats <- struct{}{}:
			s.running.Go(func() {
				defer func() { <-s.seats }()
				s.serve(guest)
			})
		default:
			_ = guest.Close()
		}
	}
}

// serve connects a guest with the server until one of them ends.
func (s *socket) serve(guest net.Conn) {
	defer s.drop(guest)
	if !s.note(guest) {
		return
	}
	host, err := s.server.InProcessConn()
	if err != nil {
		return
	}
	defer s.drop(host)
	if !s.note(host) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(guest, host)
		_ = guest.Close()
	})
	_, _ = io.Copy(host, guest)
	_ = host.Close()
	back.Wait()
}

// note keeps a connection to be closed with the socket; false: that is closed already.
func (s *socket) note(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
	return !s.closed
}

func (s *socket) drop(c net.Conn) {
	_ = c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

func (s *socket) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// close ends all connections and removes the socket.
func (s *socket) close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.closed = true
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	_ = s.listener.Close()
	s.running.Wait()
}
