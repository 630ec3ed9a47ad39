// Command gallery is a bot that shows what a Page can send beside text: pictures, files, templates, requests
// to opt in, and what it hears of them.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bot.Run(ctx, bot.FromEnv(), routes()); err != nil {
		log.Fatal(err)
	}
}

func routes() *router.Router {
	r := router.New()
	r.Use(router.Seen, router.Typing)
	for _, room := range rooms {
		r.Text(room.name, room.enter)
		for _, e := range room.exhibits {
			r.Text(e.name, func(c *bot.Context) error { return c.Send(e.message()) })
		}
	}
	r.Text("Long text", func(c *bot.Context) error { return c.SplitText(story) })
	r.Payload("SHOW:{name}", func(c *bot.Context) error {
		return c.Text("You tapped " + c.Param("name") + ".")
	})
	r.Fallback(lobby)
	hear(r)
	return r
}

// lobby offers the rooms.
func lobby(c *bot.Context) error {
	return c.QuickReplies("Which room?", rooms[0].name, rooms[1].name, rooms[2].name, "Long text")
}

// room is a part of the gallery.
type room struct {
	name     string
	exhibits []exhibit
}

// exhibit is a message to look at.
type exhibit struct {
	name    string
	message func() send.Message
}

// enter offers what is in the room.
func (r room) enter(c *bot.Context) error {
	var names []string
	for _, e := range r.exhibits {
		names = append(names, e.name)
	}
	return c.QuickReplies("This is "+r.name+".", names...)
}
