package natstest

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// account is where the streams of a server without accounts lie.
const account = "$G"

// Group is a cluster of servers. Its methods fail the test that made it; they are for one goroutine.
type Group struct {
	// Nodes are the servers.
	Nodes []*Node
}

// Cluster starts a cluster of size servers, and returns when it can keep streams on all of them. Each of
// extra is one more line of the configuration of every server.
func Cluster(tb testing.TB, size int, extra ...string) *Group {
	tb.Helper()
	ports := freePorts(tb, size)
	routes := make([]string, size)
	for i, port := range ports {
		routes[i] = fmt.Sprintf("nats://127.0.0.1:%d", port)
	}
	g := &Group{}
	for i, port := range ports {
		lines := fmt.Sprintf("cluster: {name: parley, listen: \"127.0.0.1:%d\", routes: [%s]}",
			port, strings.Join(routes, ", "))
		lines += "\n" + strings.Join(extra, "\n")
		g.Nodes = append(g.Nodes, newNode(tb, fmt.Sprintf("n%d", i), lines))
	}
	g.settle(tb)
	return g
}

// URL returns the addresses of all servers, separated by commas.
func (g *Group) URL() string {
	urls := make([]string, len(g.Nodes))
	for i, n := range g.Nodes {
		urls[i] = n.URL()
	}
	return strings.Join(urls, ",")
}

// Leader returns the index of the server that leads a stream, and waits until there is one.
func (g *Group) Leader(stream string) int {
	leader := -1
	tb := g.Nodes[0].tb
	tb.Helper()
	eventually(tb, "a leader of stream "+stream, func() bool {
		for i, n := range g.Nodes {
			if n.server != nil && n.server.JetStreamIsStreamLeader(account, stream) {
				leader = i
			}
		}
		return leader >= 0
	})
	return leader
}

// Current waits until every server that runs has all of a stream.
func (g *Group) Current(stream string) {
	tb := g.Nodes[0].tb
	tb.Helper()
	eventually(tb, "stream "+stream+" on every server", func() bool {
		for _, n := range g.Nodes {
			if n.server != nil && !n.server.JetStreamIsStreamCurrent(account, stream) {
				return false
			}
		}
		return true
	})
}

// Stop stops the server with index i; what it leads goes to another one.
func (g *Group) Stop(i int) { g.Nodes[i].Stop() }

// Start starts the server with index i on its port and directory. If most servers run then, it waits until
// all of these know what streams there are.
func (g *Group) Start(i int) {
	tb := g.Nodes[i].tb
	tb.Helper()
	g.Nodes[i].Start()
	if g.running() > len(g.Nodes)/2 {
		g.settle(tb)
	}
}

// running returns how many servers run.
func (g *Group) running() int {
	running := 0
	for _, n := range g.Nodes {
		if n.server != nil {
			running++
		}
	}
	return running
}

// settle waits until one server leads and knows all others that run, and each of these follows it.
func (g *Group) settle(tb testing.TB) {
	tb.Helper()
	running := g.running()
	eventually(tb, "a cluster with a leader", func() bool {
		leaders := 0
		for _, n := range g.Nodes {
			switch {
			case n.server == nil:
				continue
			case !n.server.JetStreamIsCurrent():
				return false
			case n.server.JetStreamIsLeader() && len(n.server.JetStreamClusterPeers()) >= running:
				leaders++
			}
		}
		return leaders == 1
	})
}

// freePorts returns ports that nobody listens to.
func freePorts(tb testing.TB, count int) []int {
	tb.Helper()
	ports := make([]int, count)
	var config net.ListenConfig
	for i := range ports {
		listener, err := config.Listen(tb.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatalf("natstest: %v", err)
		}
		defer listener.Close() // together: so they differ
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports
}
