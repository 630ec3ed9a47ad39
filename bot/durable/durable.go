package durable

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Backend is an inbox and a store on one NATS server or cluster. It is safe for concurrent use.
type Backend struct {
	// Inbox keeps events until they are handled: it goes into bot.Config.Inbox.
	Inbox *Inbox
	// Store keeps people's records: it goes into bot.Config.Store.
	Store *Store

	server *embedded // nil: it is somebody else's
	conn   *nats.Conn
	closed sync.Once
}

// Open opens the store that cfg describes, and makes what of it is not there yet. The caller closes it after
// the bot has ended.
//
// A second process on Config.Dir is refused. So is a server that is too old, has no JetStream or takes too
// small messages, and a stream with settings that differ from cfg: each error says what to do. Open waits at
// most ten seconds for a connection, half a minute for a cluster to find its leader, and longer only while a
// server of Config.Dir recovers what it has stored.
func Open(ctx context.Context, cfg Config) (*Backend, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Backend{}
	if err := b.connect(ctx, &cfg); err != nil {
		return nil, err
	}
	if err := b.open(ctx, cfg, openStreams); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Admin opens a store that is there already, to look at its dead letters and replay them, also while a bot
// has it: one of Config.Dir is reached through the process that has the directory. It makes and changes no
// stream, and takes the number of partitions from the store. Its Inbox is not for consuming.
func Admin(ctx context.Context, cfg Config) (*Backend, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Backend{}
	err = b.connect(ctx, &cfg)
	if errors.Is(err, errTaken) {
		b.conn, err = dialDir(&cfg)
	}
	if err != nil {
		return nil, err
	}
	if err := b.open(ctx, cfg, findStreams); err != nil {
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

// open checks the server, and gets the streams by find, which may correct cfg.
func (b *Backend) open(
	ctx context.Context, cfg Config,
	find func(context.Context, jetstream.JetStream, *Config) (*streams, error),
) error {
	js, err := jetstream.New(b.conn)
	if err != nil {
		return fmt.Errorf("durable: %w", err)
	}
	if err := checkServer(ctx, &cfg, b.conn, js); err != nil {
		return err
	}
	s, err := find(ctx, js, &cfg)
	if err != nil {
		return err
	}
	n := names{prefix: cfg.Name, partitions: cfg.Partitions}
	clock := newClock(cfg.Now)
	b.Store = newStore(js, s.records, n, clock.now)
	b.Inbox = newInbox(js, s, n, cfg, clock, b.server)
	return nil
}

// Close closes the connection, and stops the server if it is the process's own. It is called after the bot
// has ended; what still runs on the Inbox or the Store ends with an error. A second call does nothing.
func (b *Backend) Close() {
	b.closed.Do(func() {
		b.conn.Close()
		if b.server != nil {
			b.server.stop()
		}
	})
}
