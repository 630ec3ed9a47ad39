package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/parleybot/parley/simulator/messenger"
)

const usage = `The simulator is Messenger on your own machine: a chat page, a fake Graph API, signed webhooks.

  go run ./simulator [flags] -- command [arguments]
        starts the command as your bot and tells it, in its environment, what it has to know:
        PAGE_ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN, PAGE_ID, APP_ID, ADDR and PORT (where to listen),
        GRAPH_URL, GRAPH_VERSION, SIMULATOR_URL (whose clock a bot of Parley follows). Its webhook is
        expected at /webhook.
        Example: go run ./simulator -- go run ./examples/pizza

  go run ./simulator [flags] -webhook URL
        talks to a bot that runs already, in any language; prints the same settings for it. Give fixed
        addresses and secrets to keep them the same from run to run.

  go run ./simulator -script FILE... [flags] -- command [arguments]
        starts the command as your bot, plays the chat scripts in the files to it, and ends: with exit
        code 0 if the bot says what they expect, 1 if it does not, with a diff, or if the bot ends, 2 if
        a file cannot be read or is written wrongly. With -webhook URL instead of the command, for a bot
        that runs already. The grammar: bot/bottest/script/GRAMMAR.md
        Example: go run ./simulator -script examples/menu/testdata/*.chat -- go run ./examples/menu

Flags:
`

func main() {
	// A reader of standard output that has gone must not end the simulator before it has ended the bot.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole command. It returns the exit code: 0 when ctx has ended it or every script fits, 1 when
// something went wrong, 2 when it was called wrongly.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cfg := messenger.Config{Stdout: stdout, Stderr: stderr}
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	bind(flags, &cfg)
	var show performance
	show.bind(flags)
	switch err := show.parse(flags, args, &cfg); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if len(show.files) > 0 {
		return show.run(ctx, cfg, stdout)
	}
	sim, err := messenger.New(cfg)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "simulator: %v\nRun it with -h to see how it is used.\n", err)
		return 2
	}
	if err := sim.Run(ctx); err != nil {
		_, _ = fmt.Fprintln(stderr, "simulator:", err)
		return 1
	}
	return 0
}

// bind lets flags set the configuration.
func bind(flags *flag.FlagSet, cfg *messenger.Config) {
	flags.StringVar(&cfg.Webhook, "webhook", "", "`URL` of the webhook of a bot that runs already")
	flags.StringVar(&cfg.Addr, "addr", "",
		"loopback `address` of the chat page (default: a free port of 127.0.0.1)")
	flags.StringVar(&cfg.GraphAddr, "graph-addr", "",
		"loopback `address` of the fake Graph API (default: a free port of 127.0.0.1)")
	flags.StringVar(&cfg.AppSecret, "app-secret", "", "`key` of the signatures (default: random)")
	flags.StringVar(&cfg.VerifyToken, "verify-token", "",
		"`token` of the webhook challenge (default: random)")
	flags.StringVar(&cfg.PageToken, "page-token", "", "Page access `token` of the Send API (default: random)")
	flags.StringVar(&cfg.PageID, "page-id", "", "`ID` of the Page, a number (default: random)")
	flags.StringVar(&cfg.AppID, "app-id", "", "`ID` of the bot's app, a number (default: random)")
}
