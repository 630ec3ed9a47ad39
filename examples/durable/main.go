// Command durable is the pizzeria of command pizza on a store that outlives the process: whoever is in the
// middle of an order when the bot is killed goes on where they were when it is back.
//
//	go run ./examples/durable                                         in the directory data
//	go run ./examples/durable -nats nats://127.0.0.1:4222             on a NATS server, with others like it
//	go run ./examples/durable -nats nats://a,nats://b,nats://c -replicas 3    on a cluster of three
//
// To see it without a Page, start the simulator in a terminal, and leave it there:
//
//	go run ./simulator -webhook http://127.0.0.1:8080/webhook
//
// In another one paste the settings that it prints behind set -a, build the bot, and start it:
//
//	set -a
//	<the settings>
//	go build -o /tmp/pizzeria ./examples/durable
//	/tmp/pizzeria -dir /tmp/pizzas
//
// Order half a pizza, kill the bot with kill -9 in a third terminal (pidof pizzeria tells its number), start
// it again in the second one, and go on. A simulator that is started anew is another Page, unless -page-id
// says which: what then still waits for the Page before becomes a dead letter.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/examples/pizza/pizzeria"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, place(), pizzeria.Routes()); err != nil {
		log.Fatal(err)
	}
}

// run serves h, and keeps events and orders at the place until they are done with.
func run(ctx context.Context, place durable.Config, h bot.Handler) error {
	store, err := durable.Open(ctx, place)
	if err != nil {
		return err
	}
	defer store.Close()
	cfg := bot.FromEnv()
	cfg.Inbox, cfg.Store = store.Inbox, store.Store
	return bot.Run(ctx, cfg, h)
}

// place returns where the flags say that everything is kept.
func place() (cfg durable.Config) {
	flag.StringVar(&cfg.Dir, "dir", "data", "`directory` of a store of this machine")
	flag.StringVar(&cfg.URL, "nats", "", "`URL` of a NATS server, in place of the directory")
	flag.IntVar(&cfg.Replicas, "replicas", 1, "how many `servers` of a NATS cluster keep everything")
	flag.Parse()
	if cfg.URL != "" {
		cfg.Dir = ""
	}
	cfg.Log = bot.FromEnv().Log
	return cfg
}
