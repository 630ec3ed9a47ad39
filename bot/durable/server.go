package durable

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// embedded is a NATS server inside the process: the store of a directory that no other process has. A server
// that could not write is started anew by itself.
type embedded struct {
	cfg    *Config
	lock   *os.File
	socket *socket

	mu     sync.Mutex
	server *server.Server // nil: it is being started anew

	down, full atomic.Bool
	ailing     bool // the last look found it ill; of the goroutine that watches

	end      context.CancelFunc
	watching sync.WaitGroup
}

// startTimeout is how long a server may take to recover what it has stored.
const startTimeout = time.Minute

// startEmbedded starts a server on cfg.Dir, which no other process has.
func startEmbedded(ctx context.Context, cfg *Config) (*embedded, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("durable: make the directory of the store: %w", err)
	}
	lock, err := lockDir(ctx, cfg)
	if err != nil {
		return nil, err
	}
	e := &embedded{cfg: cfg, lock: lock}
	if err := mend(cfg, server.VERSION); err != nil {
		_ = lock.Close() // it lets go of the directory
		return nil, err
	}
	if e.server, err = launch(cfg); err != nil {
		_ = lock.Close()
		return nil, err
	}
	e.socket = listen(cfg, e)
	e.measure()
	e.warnOfSpace()
	watch, end := context.WithCancel(context.WithoutCancel(ctx))
	e.end = end
	e.watching.Go(func() { e.watch(watch) })
	return e, nil
}

// launch starts a server and waits until it has recovered what is stored.
func launch(cfg *Config) (*server.Server, error) {
	log := &serverLog{log: cfg.Log}
	s, err := server.NewServer(&server.Options{
		ServerName: cfg.Name, DontListen: true, JetStream: true, StoreDir: cfg.Dir, NoSigs: true, NoLog: true,
		SyncAlways: !cfg.Unsynced, MaxPayload: maxPayload, JetStreamMaxStore: noLimit,
	})
	if err != nil {
		return nil, fmt.Errorf("durable: start the server in the process: %w", err)
	}
	s.SetLoggerV2(log, false, false, false)
	s.Start()
	if err := whyNotReady(s, cfg, log); err != nil {
		halt(s)
		return nil, err
	}
	return s, nil
}

// noLimit is the storage of a server inside the process, in bytes: the file system is its limit.
const noLimit = 1 << 60

// whyNotReady returns why a server that was started cannot be used. A stream that could not be recovered is
// never made anew: what it holds would be lost in silence.
func whyNotReady(s *server.Server, cfg *Config, log *serverLog) error {
	if why := log.fatal(); why != "" {
		return fmt.Errorf("durable: the server in the process does not start: %s", why)
	}
	if !s.ReadyForConnections(startTimeout) {
		return errors.New("durable: the server in the process does not become ready")
	}
	if why := illness(s, cfg); why != "" {
		return fmt.Errorf("durable: the store of %s is damaged: %s: "+
			"move the directory away and restore a backup", cfg.Dir, why)
	}
	return nil
}

// illness returns why a server does not keep what it is given; empty: it does. Streams of others do not
// count.
func illness(s *server.Server, cfg *Config) string {
	n := names{prefix: cfg.Name}
	for _, ill := range s.Healthz(&server.HealthzOptions{Details: true}).Errors {
		if ill.Stream == "" || n.owns(ill.Stream) {
			return ill.Error
		}
	}
	return ""
}

// halt stops a server and waits for it.
func halt(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// errDown says that the server in the process is not there at the moment.
var errDown = errors.New("durable: the server in the process is being started anew")

// InProcessConn returns a connection to the server that runs at the moment.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil {
		return nil, errDown
	}
	return e.server.InProcessConn()
}

// dial connects to the server. The connection survives that the server is started anew.
func (e *embedded) dial(cfg *Config) (*nats.Conn, error) {
	conn, err := nats.Connect("", append(lasting(cfg), nats.InProcessServer(e),
		nats.ReconnectWait(100*time.Millisecond), nats.ReconnectJitter(50*time.Millisecond, 0))...)
	if err != nil {
		return nil, fmt.Errorf("durable: connect to the server in the process: %w", err)
	}
	return conn, nil
}

// stop stops the server and waits for it, notes what the directory holds, and lets go of it.
func (e *embedded) stop() {
	e.end()
	e.watching.Wait()
	e.socket.close()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server != nil {
		halt(e.server)
		e.server = nil
		noteSizes(e.cfg)
	}
	_ = e.lock.Close()
}

// room reports whether there is room for more events: the disk takes them, and the reserve for records and
// dead letters is left.
func (e *embedded) room() bool { return !e.full.Load() && !e.down.Load() }
