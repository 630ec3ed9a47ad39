// Command echo is a bot that says what it hears.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/parleybot/parley/bot"
)

var echo = bot.HandlerFunc(func(c *bot.Context) error { return c.Text("echo: " + c.Message()) })

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bot.Run(ctx, bot.FromEnv(), echo); err != nil {
		log.Fatal(err)
	}
}
