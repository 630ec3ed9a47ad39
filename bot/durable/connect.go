package durable

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// maxPayload is the largest event or record of a server inside the process, in bytes.
const maxPayload = 8 << 20

// dial connects to the servers of cfg.URL.
func dial(_ context.Context, cfg *Config) (*nats.Conn, error) {
	options := append([]nats.Option{nats.Name("parley"), nats.MaxReconnects(-1)}, cfg.Options...)
	conn, err := nats.Connect(cfg.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("durable: connect to NATS: %w", err)
	}
	return conn, nil
}

// checkServer returns why a server cannot keep a store.
func checkServer(_ context.Context, _ *nats.Conn, _ jetstream.JetStream) error { return nil }
