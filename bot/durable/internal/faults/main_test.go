//go:build linux

package faults_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

var (
	full = flag.Bool("full", false, "50,000 events of 2,000 people and 25 kills in each scenario")
	seed = flag.Uint64("seed", 0, "the seed of all that is random; 0: another one each time")
	logs = flag.String("logs", "", "the directory for what the processes say; empty: it is not kept")
)

// The variables that make this program one of the processes of a scenario.
const (
	roleVariable  = "FAULTS_ROLE"
	orderVariable = "FAULTS_ORDER"
	roleWorker    = "worker"
	roleServer    = "server"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case roleWorker:
		os.Exit(play(work))
	case roleServer:
		os.Exit(play(keepStreams))
	}
	goleak.VerifyTestMain(m)
}

// play does what a process is for until it is asked to end, and returns its exit code.
func play[Order any](part func(context.Context, Order) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var order Order
	err := json.Unmarshal([]byte(os.Getenv(orderVariable)), &order)
	if err == nil {
		err = part(ctx, order)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// size is how much happens in a scenario.
type size struct {
	events, people, kills int
}

// sized returns the size of a scenario: CI's, unless a flag says otherwise.
func sized() size {
	switch {
	case *full:
		return size{events: 50_000, people: 2_000, kills: 25}
	case testing.Short() || raced:
		return size{events: 500, people: 50, kills: 2}
	}
	return size{events: 5_000, people: 200, kills: 5}
}
