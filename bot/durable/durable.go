package durable

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Backend is an inbox and a store on one NATS server or cluster.
type Backend struct {
	// Inbox keeps events until they are handled: it goes into bot.Config.Inbox.
	Inbox *Inbox
	// Store keeps people's records: it goes into bot.Config.Store.
	Store *Store

	server *embedded // nil: it is somebody else's
	conn   *nats.Conn
}

// Open opens the store that cfg describes, and makes what of it is not there yet. The caller closes it after
// the bot has ended.
func Open(ctx context.Context, cfg Config) (*Backend, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Backend{}
	if err := b.connect(ctx, &cfg); err != nil {
		return nil, err
	}
	if err := b.open(ctx, cfg); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// connect starts the server of cfg.Dir, if it is set, and connects to it or to cfg.URL.
func (b *Backend) connect(ctx context.Context, cfg *Config) (err error) {
	if cfg.Dir == "" {
		b.conn, err = dial(ctx, cfg)
		return err
	}
	if b.server, err = startEmbedded(ctx, cfg); err != nil {
		return err
	}
	if b.conn, err = b.server.dial(cfg); err != nil {
		b.server.stop()
	}
	return err
}

// open finds the streams, or makes them.
func (b *Backend) open(ctx context.Context, cfg Config) error {
	js, err := jetstream.New(b.conn)
	if err != nil {
		return fmt.Errorf("durable: %w", err)
	}
	if err := checkServer(ctx, b.conn, js); err != nil {
		return err
	}
	n := names{prefix: cfg.Name, partitions: cfg.Partitions}
	s, err := openStreams(ctx, js, &cfg, n)
	if err != nil {
		return err
	}
	b.Store = newStore(js, s.records, n, cfg.Now)
	b.Inbox = newInbox(js, s, n, cfg, b.server)
	return nil
}

// Close closes the connection, and stops the server if it is the process's own. It is called once, after
// the bot has ended.
func (b *Backend) Close() {
	b.conn.Close()
	if b.server != nil {
		b.server.stop()
	}
}
