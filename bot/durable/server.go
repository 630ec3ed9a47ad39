package durable

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// embedded is a NATS server inside the process.
type embedded struct {
	server *server.Server
}

// startTimeout is how long a server may take to recover what it has stored.
const startTimeout = time.Minute

// startEmbedded starts a server on cfg.Dir, which no other process has.
func startEmbedded(_ context.Context, cfg *Config) (*embedded, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: cfg.Name, DontListen: true, JetStream: true, StoreDir: cfg.Dir, NoSigs: true,
		SyncAlways: !cfg.Unsynced, MaxPayload: maxPayload,
	})
	if err != nil {
		return nil, fmt.Errorf("durable: start the server in the process: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(startTimeout) {
		s.Shutdown()
		return nil, errors.New("durable: the server in the process does not become ready")
	}
	return &embedded{server: s}, nil
}

// dial connects to the server.
func (e *embedded) dial(*Config) (*nats.Conn, error) {
	conn, err := nats.Connect("", nats.InProcessServer(e.server), nats.MaxReconnects(-1))
	if err != nil {
		return nil, fmt.Errorf("durable: connect to the server in the process: %w", err)
	}
	return conn, nil
}

// stop stops the server and waits for it.
func (e *embedded) stop() {
	e.server.Shutdown()
	e.server.WaitForShutdown()
}

// room reports whether there is room for more events.
func (e *embedded) room() bool { return true }
