// Package natstest runs NATS servers with JetStream in the process of a test, on ports of the loopback
// interface and in directories of the test. They end with it.
//
//	package durable_test
//
//	import (
//		"testing"
//
//		"github.com/parleybot/parley/bot/durable"
//		"github.com/parleybot/parley/bot/durable/internal/natstest"
//	)
//
//	func TestOpen(t *testing.T) {
//		node := natstest.Server(t)
//		store, err := durable.Open(t.Context(), durable.Config{URL: node.URL()})
//		if err != nil {
//			t.Fatal(err)
//		}
//		defer store.Close()
//		node.Stop() // the store's calls fail now
//		node.Start()
//	}
package natstest
