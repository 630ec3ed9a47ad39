//go:build linux

package faults_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// serverOrder is what a process that is a NATS server is told.
type serverOrder struct {
	Name    string
	Dir     string
	Port    int
	Cluster int   // the port for the other servers of the cluster; 0: there is none
	Routes  []int // the ports of all servers of the cluster
}

// keepStreams is a NATS server with JetStream, made of a configuration as an operator writes it: servers of a
// cluster whose options are built by hand have lost their leader after restarts.
func keepStreams(ctx context.Context, o serverOrder) error {
	path := filepath.Join(o.Dir, o.Name+".conf")
	if err := os.WriteFile(path, []byte(o.text()), 0o600); err != nil {
		return err
	}
	options, err := server.ProcessConfigFile(path)
	if err != nil {
		return err
	}
	options.NoSigs, options.NoLog = true, true
	s, err := server.NewServer(options)
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(hang) {
		return errors.New("faults: the NATS server does not become ready")
	}
	<-ctx.Done()
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// text returns the configuration of the server.
func (o *serverOrder) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "server_name: %s\nlisten: \"127.0.0.1:%d\"\n", o.Name, o.Port)
	fmt.Fprintf(&b, "jetstream: {store_dir: %q}\n", filepath.Join(o.Dir, o.Name))
	if o.Cluster != 0 {
		routes := make([]string, len(o.Routes))
		for i, port := range o.Routes {
			routes[i] = fmt.Sprintf("\"nats://127.0.0.1:%d\"", port)
		}
		fmt.Fprintf(&b, "cluster: {name: faults, listen: \"127.0.0.1:%d\", routes: [%s]}\n",
			o.Cluster, strings.Join(routes, ", "))
	}
	return b.String()
}

// natsServer is a NATS server in a process of its own.
type natsServer struct {
	r     *run
	order serverOrder
	p     *process
}

func (s *natsServer) url() string { return fmt.Sprintf("nats://127.0.0.1:%d", s.order.Port) }

// start starts the server, again if it is down.
func (s *natsServer) start() { s.p = startProcess(s.r.t, roleServer, s.order) }

// kill ends the server as kill -9 does.
func (s *natsServer) kill() {
	s.r.t.Logf("%s kill -9 of server %s", s.r.clock(), s.order.Name)
	s.p.kill()
}

// servers starts count servers, a cluster if there are several, and waits until streams can be kept on all.
func (r *run) servers(count int) []*natsServer {
	r.t.Helper()
	ports := freePorts(r.t, 2*count)
	all := make([]*natsServer, count)
	dir := r.t.TempDir()
	for i := range all {
		order := serverOrder{Name: fmt.Sprintf("n%d", i), Dir: dir, Port: ports[i]}
		if count > 1 {
			order.Cluster, order.Routes = ports[count+i], ports[count:]
		}
		all[i] = &natsServer{r: r, order: order}
		all[i].start()
	}
	urls := make([]string, len(all))
	for i, s := range all {
		urls[i] = s.url()
	}
	r.order.URL = strings.Join(urls, ",")
	r.recovered(all)
	return all
}

// recovered waits until the servers can keep streams on all of them.
func (r *run) recovered(all []*natsServer) {
	r.t.Helper()
	r.until("the servers keep streams", func() bool {
		for _, s := range all {
			if s.p.ended() {
				s.start() // another program had the port for a moment
			}
		}
		return keepsStreams(r.t.Context(), r.order.URL, len(all))
	})
}

// keepsStreams reports whether a stream can be made on so many servers.
func keepsStreams(ctx context.Context, url string, replicas int) bool {
	conn, err := nats.Connect(url)
	if err != nil {
		return false
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	cfg := jetstream.StreamConfig{Name: "trial", Subjects: []string{"trial"}, Replicas: replicas}
	if _, err := js.CreateOrUpdateStream(ctx, cfg); err != nil {
		return false
	}
	_, err = js.Publish(ctx, "trial", nil)
	return err == nil
}

// leader returns the server of a cluster that leads the stream of the inbox.
func (r *run) leader(all []*natsServer) *natsServer {
	r.t.Helper()
	var found *natsServer
	r.until("the inbox has a leader", func() bool {
		conn, err := nats.Connect(r.order.URL)
		if err != nil {
			return false
		}
		defer conn.Close()
		js, err := jetstream.New(conn)
		if err != nil {
			return false
		}
		ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Second)
		defer cancel()
		stream, err := js.Stream(ctx, "parley-inbox")
		if err != nil {
			return false
		}
		for _, s := range all {
			if cluster := stream.CachedInfo().Cluster; cluster != nil && cluster.Leader == s.order.Name {
				found = s
			}
		}
		return found != nil
	})
	return found
}
