// Package durable keeps a bot's events and people's records on NATS JetStream, so that nothing that was
// acknowledged to Meta is lost with the process: in a directory of one machine, by a server inside the process,
// or on a cluster that several instances of the bot share.
//
//	package main
//
//	import (
//		"context"
//		"log"
//
//		"github.com/parleybot/parley/bot"
//		"github.com/parleybot/parley/bot/durable"
//	)
//
//	func main() {
//		ctx := context.Background()
//		store, err := durable.Open(ctx, durable.Config{Dir: "data"})
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer store.Close()
//		cfg := bot.FromEnv()
//		cfg.Inbox, cfg.Store = store.Inbox, store.Store
//		echo := bot.HandlerFunc(func(c *bot.Context) error { return c.Text("echo: " + c.Message()) })
//		if err := bot.Run(ctx, cfg, echo); err != nil {
//			log.Print(err)
//		}
//	}
package durable
