// Command pizza is a pizzeria in a chat, with its orders in memory. What is said there stands in package
// pizzeria, which command durable runs on a store that outlives the process.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/examples/pizza/pizzeria"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bot.Run(ctx, bot.FromEnv(), pizzeria.Routes()); err != nil {
		log.Fatal(err)
	}
}
