// Command echo is a bot to measure a store with: it answers each text with itself, and keeps everything where
// its flags say. It takes the environment of bot.FromEnv besides.
//
//	echo                               in memory
//	echo -dir /var/tmp                 in a new directory in /var/tmp, on the disk before it is acknowledged
//	echo -dir /var/tmp -unsynced       likewise, left to the operating system
//	echo -dir data -keep               in the directory data itself, with what is in it
//	echo -nats nats://127.0.0.1:4222   on a NATS server
//
// With -fill it writes so many records of people into the store and ends.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
)

// settings are what the flags say.
type settings struct {
	store durable.Config
	keep  bool
	fill  int
	pprof string
}

func main() {
	var s settings
	flag.StringVar(&s.store.Dir, "dir", "", "`directory` in which a store of this machine is made")
	flag.BoolVar(&s.keep, "keep", false, "the directory is the store itself, and stays")
	flag.BoolVar(&s.store.Unsynced, "unsynced", false, "leave it to the operating system when to write")
	flag.StringVar(&s.store.URL, "nats", "", "`URL` of a NATS server")
	flag.StringVar(&s.store.Name, "name", "", "`beginning` of the names of the streams")
	flag.IntVar(&s.store.Replicas, "replicas", 0, "how many `servers` of a cluster keep everything")
	flag.IntVar(&s.store.Partitions, "partitions", 0, "into how many `shares` people are divided")
	flag.IntVar(&s.fill, "fill", 0, "write so many `records` and end")
	flag.StringVar(&s.pprof, "pprof", "", "loopback `address` of net/http/pprof")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := s.run(ctx, os.Stderr)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func (s *settings) run(ctx context.Context, stderr io.Writer) (err error) {
	if s.pprof != "" {
		defer profile(ctx, s.pprof)()
	}
	cfg := bot.FromEnv()
	if s.store.Dir == "" && s.store.URL == "" {
		return bot.Run(ctx, cfg, echo)
	}
	if s.store.Dir != "" && !s.keep {
		if s.store.Dir, err = os.MkdirTemp(s.store.Dir, "parley-echo-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(s.store.Dir) }()
	}
	s.store.Log = cfg.Log
	began := time.Now()
	store, err := durable.Open(ctx, s.store)
	if err != nil {
		return err
	}
	defer store.Close()
	_, _ = fmt.Fprintf(stderr, "echo: the store is open after %s\n", time.Since(began))
	if s.fill > 0 {
		return fill(ctx, store.Store, s.fill)
	}
	cfg.Inbox, cfg.Store = store.Inbox, store.Store
	return bot.Run(ctx, cfg, echo)
}

var echo = bot.HandlerFunc(func(c *bot.Context) error { return c.Text("echo: " + c.Message()) })

// profile serves net/http/pprof until the function that it returns is called.
func profile(ctx context.Context, addr string) (stop func()) {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.ListenAndServe(); ctx.Err() == nil {
			log.Print("pprof: ", err)
		}
	}()
	return func() {
		_ = server.Close() // nobody reads a profile of what has ended
		<-done
	}
}
