package durable

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// maxPayload is the largest event or record of a server inside the process, in bytes.
	maxPayload = 8 << 20
	// connectLimit is how long connecting may take, and then again finding out what the server can do.
	connectLimit = 10 * time.Second
)

// dial connects to the servers of cfg.URL.
func dial(ctx context.Context, cfg *Config) (*nats.Conn, error) {
	hosts, err := hostsOf(cfg.URL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	first := &dialer{}
	defer first.begin(ctx)()
	options := append([]nats.Option{
		nats.Name("parley"), nats.SetCustomDialer(first),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, 500*time.Millisecond),
		// a connection may be cut in one direction
		nats.PingInterval(cfg.Pin / 2), nats.MaxPingsOutstanding(2),
	}, cfg.Options...)
	conn, err := nats.Connect(cfg.URL, append(options, lasting(cfg)...)...)
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil:
		err = errors.Join(err, context.Cause(ctx))
	}
	return nil, fmt.Errorf("durable: connect to NATS at %s: %w: see that a server runs there, "+
		"and that URL and Options have its address and credentials", hosts, err)
}

// hostsOf returns the hosts of a list of addresses, without the credentials in them.
func hostsOf(addresses string) (string, error) {
	var hosts []string
	for n, address := range strings.Split(addresses, ",") {
		address = strings.TrimSpace(address)
		if !strings.Contains(address, "://") {
			address = "nats://" + address
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" { // the error quotes the address
			return "", fmt.Errorf("durable: config: URL: address %d is none: "+
				"want one like nats://host:4222", n+1)
		}
		hosts = append(hosts, u.Host)
	}
	return strings.Join(hosts, ", "), nil
}

// lasting are the options of a connection that reconnects for ever, publishes nothing late, and logs what
// happens to it.
func lasting(cfg *Config) []nats.Option {
	log := cfg.Log
	return []nats.Option{
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(false),
		nats.ReconnectBufSize(-1),
		func(o *nats.Options) error {
			lost, back, failed := o.DisconnectedErrCB, o.ReconnectedCB, o.AsyncErrorCB
			o.DisconnectedErrCB = func(c *nats.Conn, err error) {
				if err != nil { // nil: it was closed
					log.Warn().Str("error", unquoted(err)).Msg("durable: the connection to NATS is lost")
				}
				if lost != nil {
					lost(c, err)
				}
			}
			o.ReconnectedCB = func(c *nats.Conn) {
				log.Info().Str("server", c.ConnectedServerName()).Msg("durable: connected to NATS again")
				if back != nil {
					back(c)
				}
			}
			o.AsyncErrorCB = func(c *nats.Conn, s *nats.Subscription, err error) {
				log.Error().Str("error", unquoted(err)).
					Msg("durable: the connection to NATS reports an error")
				if failed != nil {
					failed(c, s, err)
				}
			}
			return nil
		},
	}
}

// unquoted returns what an error says up to what it quotes: a subject names a person, and what the client of
// NATS cannot read may be of an event.
func unquoted(err error) string {
	text := err.Error()
	if quote := strings.IndexAny(text, `'"`); quote >= 0 {
		text = strings.TrimRight(text[:quote], ": ")
	}
	return text
}

// dialer dials within the context of whoever waits for the first connection; what reconnects later has only
// the time limit of the connection.
type dialer struct {
	mu    sync.Mutex
	ctx   context.Context
	stops []func() bool
}

// begin has connections end with ctx until the function it returns is called.
func (d *dialer) begin(ctx context.Context) (end func()) {
	d.ctx = ctx
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.ctx = nil
		for _, stop := range d.stops {
			stop()
		}
		d.stops = nil
	}
}

// Dial connects to one server.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	d.mu.Lock()
	ctx := d.ctx
	d.mu.Unlock()
	if ctx == nil {
		ctx = context.Background()
	}
	within, cancel := context.WithTimeout(ctx, nats.DefaultTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(within, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx != nil {
		d.stops = append(d.stops, context.AfterFunc(d.ctx, func() { _ = conn.Close() }))
	}
	return conn, nil
}

// dialDir connects to the server of another process through the socket in the directory that it has.
func dialDir(cfg *Config) (*nats.Conn, error) {
	path := filepath.Join(cfg.Dir, socketName)
	options := append(lasting(cfg), nats.SetCustomDialer(unixDialer(path)))
	conn, err := nats.Connect("nats://127.0.0.1", options...)
	if err != nil {
		return nil, fmt.Errorf("durable: connect to the process that has directory %s through %s: %w",
			cfg.Dir, socketName, err)
	}
	return conn, nil
}

// unixDialer dials the socket of its path, whatever it is asked for.
type unixDialer string

// Dial connects to the socket.
func (d unixDialer) Dial(string, string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), nats.DefaultTimeout)
	defer cancel()
	return new(net.Dialer).DialContext(ctx, "unix", string(d))
}
