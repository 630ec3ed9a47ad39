package durable_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
	"github.com/parleybot/parley/session"
)

// connectFails opens a store that cannot be opened, and checks that the error has all parts.
func connectFails(t *testing.T, cfg durable.Config, parts ...string) {
	t.Helper()
	b, err := durable.Open(t.Context(), cfg)
	if err == nil {
		b.Close()
		t.Fatal("it can be opened")
	}
	for _, part := range append(parts, "durable: ") {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not tell of %q: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error has a credential: %v", err)
	}
}

func TestServerThatCannotKeepAStoreIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		server []string
		config durable.Config
		says   []string
	}{
		"no JetStream": {
			server: []string{"jetstream: disabled"}, says: []string{"not enabled", "jetstream block", "-js"},
		},
		"an account without JetStream": {
			server: []string{`accounts: {BOT: {users: [{user: bot, password: secret}]}}`},
			config: durable.Config{Options: []nats.Option{nats.UserInfo("bot", "secret")}},
			says:   []string{"not enabled for account", "Options"},
		},
		"small messages": {
			server: []string{"max_payload: 64KB"}, says: []string{"65536", "max_payload", "1048576"},
		},
		"wrong credentials": {
			server: []string{`authorization: {user: bot, password: other}`},
			config: durable.Config{Options: []nats.Option{nats.UserInfo("bot", "secret")}},
			says:   []string{"Authorization Violation", "credentials", "127.0.0.1"},
		},
		"no cluster": {
			config: durable.Config{Replicas: 3}, says: []string{"Replicas 3", "Replicas to 1"},
		},
		"no room for the limits": {
			config: durable.Config{MaxBytes: 1 << 50}, says: []string{"MaxBytes", "storage"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.config.URL = natstest.Server(t, test.server...).URL()
			connectFails(t, test.config, test.says...)
		})
	}
}

func TestClusterTooSmall(t *testing.T) {
	connectFails(t, durable.Config{URL: natstest.Cluster(t, 3).URL(), Replicas: 5}, "Replicas 5", "Replicas smaller")
}

func TestAccountWithLittleStorageIsWarnedOf(t *testing.T) {
	node := natstest.Server(t,
		`accounts: {BOT: {jetstream: {max_file: 100MB}, users: [{user: bot, password: x}]}}`)
	var lines serverLines
	b, err := durable.Open(t.Context(), durable.Config{
		URL: node.URL(), Options: []nats.Option{nats.UserInfo("bot", "x")}, Log: lines.logger(),
	})
	if err == nil {
		b.Close()
	}
	if text := lines.String(); !strings.Contains(text, "storage is less than MaxBytes") {
		t.Errorf("logged: %s", text)
	}
}

func TestAddressThatIsNone(t *testing.T) {
	for name, address := range map[string]string{
		"a port that is none": "nats://bot:secret@localhost:port",
		"no host":             "nats://",
		"the second of two":   "nats://localhost:4222,nats://bot:secret@:%zz",
	} {
		t.Run(name, func(t *testing.T) {
			connectFails(t, durable.Config{URL: address}, "URL", "nats://host:4222")
		})
	}
}

func TestNobodyListens(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	connectFails(t, durable.Config{URL: "nats://bot:secret@" + address}, address, "see that a server runs there")
}

// A host that accepts and says nothing holds Open no longer than its context.
func TestConnectingEndsWithContext(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := listener.Accept()
		cancel()
		if err == nil {
			_, _ = conn.Read(make([]byte, 1)) // until the other side closes
			_ = conn.Close()
		}
	}()
	_, err = durable.Open(ctx, durable.Config{URL: "nats://" + listener.Addr().String()})
	if err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
		t.Errorf("Open: %v", err)
	}
}

func TestConnectionComesBack(t *testing.T) {
	node := natstest.Server(t)
	var lines serverLines
	var heard int
	b := open(t, durable.Config{URL: node.URL(), Log: lines.logger(), Options: []nats.Option{
		nats.ReconnectHandler(func(*nats.Conn) { heard++ }), nats.MaxReconnects(1),
		nats.ReconnectWait(50 * time.Millisecond),
	}})
	serverPublish(t, b, 1)
	node.Stop()
	serverEventually(t, "the loss is logged", func() bool {
		return strings.Contains(lines.String(), "connection to NATS is lost")
	})
	if err := b.Inbox.Publish(t.Context(), []bot.Envelope{serverEvent(1, 1)}); err == nil {
		t.Error("an event is taken without a server")
	}
	node.Start()
	serverEventually(t, "an event is taken", func() bool {
		return b.Inbox.Publish(t.Context(), []bot.Envelope{serverEvent(1, 2)}) == nil
	})
	serverEventually(t, "the return is logged", func() bool {
		return strings.Contains(lines.String(), "connected to NATS again")
	})
	b.Close()
	if heard == 0 {
		t.Error("the developer's own handler is not called")
	}
}

// A server's refusal quotes the subject, and with it the person.
func TestMissingPermissionIsLoggedWithoutThePerson(t *testing.T) {
	node := natstest.Server(t, `authorization: {users: [{user: bot, password: x, permissions: {`+
		`publish: {deny: "parley.record.>"}}}]}`)
	var lines serverLines
	b := open(t, durable.Config{
		URL: node.URL(), Options: []nats.Option{nats.UserInfo("bot", "x")}, Log: lines.logger(),
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := b.Store.Put(ctx, "105.7301", session.Record{Data: []byte("{}")})
		ended <- err
	}()
	serverEventually(t, "the refusal is logged", func() bool {
		return strings.Contains(lines.String(), "permissions violation")
	})
	cancel()
	if err := <-ended; err == nil || strings.Contains(err.Error(), "7301") {
		t.Errorf("Put: %v", err)
	}
	if strings.Contains(lines.String(), "7301") {
		t.Errorf("the log names the person: %s", lines.String())
	}
}
