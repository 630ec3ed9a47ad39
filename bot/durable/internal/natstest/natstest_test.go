package natstest_test

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestServerKeepsItsPortAndStreams stops a server and starts it again: what a connection and a stream had is there.
func TestServerKeepsItsPortAndStreams(t *testing.T) {
	node := natstest.Server(t, "max_payload: 64KB")
	js := natstest.JetStream(t, node.URL())
	conn := js.Conn()
	if got := conn.MaxPayload(); got != 64<<10 {
		t.Errorf("the largest payload is %d, want that of the configuration, %d", got, 64<<10)
	}
	keep(t, js, 1)
	before := node.URL()
	node.Stop()
	node.Start()
	if node.URL() != before {
		t.Errorf("the address was %s and is %s", before, node.URL())
	}
	js = natstest.JetStream(t, node.URL())
	isKept(t, js)
}

// TestClusterMovesLeaders stops the leader of a stream: another one leads it, and the first follows when it is back.
func TestClusterMovesLeaders(t *testing.T) {
	group := natstest.Cluster(t, 3)
	js := natstest.JetStream(t, group.URL())
	keep(t, js, 3)
	first := group.Leader("kept")
	group.Stop(first)
	if second := group.Leader("kept"); second == first {
		t.Fatalf("server %d leads, and it is stopped", first)
	}
	isKept(t, js)
	group.Start(first)
	group.Current("kept")
	for i := range group.Nodes {
		if i != first {
			group.Stop(i)
		}
	}
	for i := range group.Nodes {
		group.Start(i)
	}
	group.Leader("kept")
	isKept(t, js)
}

// keep makes a stream and keeps one message in it.
func keep(t *testing.T, js jetstream.JetStream, replicas int) {
	t.Helper()
	_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "kept", Replicas: replicas})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "kept", []byte("one")); err != nil {
		t.Fatal(err)
	}
}

// isKept wants the message of keep. It asks until it is answered.
func isKept(t *testing.T, js jetstream.JetStream) {
	t.Helper()
	for {
		stream, err := js.Stream(t.Context(), "kept")
		if err != nil && t.Context().Err() == nil {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		m, err := stream.GetMsg(t.Context(), 1)
		if err == nil && string(m.Data) == "one" {
			return
		}
		if t.Context().Err() != nil {
			t.Fatalf("the message: %v", err)
		}
	}
}
