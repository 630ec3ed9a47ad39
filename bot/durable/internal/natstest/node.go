package natstest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// patience is how long anything may take: it is there to end a test that hangs, not to measure.
const patience = time.Minute

// Node is one NATS server with JetStream. Its methods fail the test that made it; they are for one goroutine.
type Node struct {
	tb     testing.TB
	config string // without the port
	port   int    // -1: the kernel chooses, once
	server *server.Server
}

// Server starts a server of its own: what a bot calls external. Each of extra is one more line of its
// configuration, as in a file of nats-server: "max_payload: 64KB".
func Server(tb testing.TB, extra ...string) *Node {
	tb.Helper()
	return newNode(tb, "alone", extra...)
}

// newNode starts a server, and stops it when the test ends.
func newNode(tb testing.TB, name string, extra ...string) *Node {
	tb.Helper()
	n := &Node{tb: tb, port: -1, config: fmt.Sprintf(
		"server_name: %s\njetstream: {store_dir: %q, max_mem_store: 64MB, max_file_store: 4GB}\n%s\n",
		name, tb.TempDir(), strings.Join(extra, "\n"))}
	n.Start()
	tb.Cleanup(n.Stop)
	return n
}

// URL returns the address of the server. It stays when the server is stopped and started again.
func (n *Node) URL() string { return fmt.Sprintf("nats://127.0.0.1:%d", n.port) }

// Start starts the server on its port and directory, and returns when it accepts connections. It does nothing
// if it runs.
func (n *Node) Start() {
	n.tb.Helper()
	if n.server != nil {
		return
	}
	n.begin()
	if !n.server.ReadyForConnections(patience) {
		n.tb.Fatal("natstest: the server does not become ready")
	}
	n.port = n.server.Addr().(*net.TCPAddr).Port
}

// begin starts the server and does not wait for it.
func (n *Node) begin() {
	n.tb.Helper()
	options := &server.Options{}
	config := fmt.Sprintf("listen: \"127.0.0.1:%d\"\n%s", n.port, n.config)
	if err := options.ProcessConfigString(config); err != nil {
		n.tb.Fatalf("natstest: %v", err)
	}
	options.NoLog, options.NoSigs = true, true
	var err error
	if n.server, err = server.NewServer(options); err != nil {
		n.tb.Fatalf("natstest: %v", err)
	}
	n.server.Start()
}

// Stop stops the server and waits for it. It does nothing if it does not run.
func (n *Node) Stop() {
	if n.server == nil {
		return
	}
	n.server.Shutdown()
	n.server.WaitForShutdown()
	n.server = nil
}

// eventually waits until holds, and fails the test if it never does.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	look, giveUp := time.NewTicker(5*time.Millisecond), time.NewTimer(patience)
	defer look.Stop()
	defer giveUp.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-giveUp.C:
			tb.Fatalf("natstest: %s: not within %s", what, patience)
		}
	}
}
