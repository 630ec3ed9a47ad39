package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot/durable"
)

// options are a command line.
type options struct {
	dir, url, name, creds string

	verb           string
	ids            []string
	all, yes, json bool
}

const usage = `usage: deadletters [flags] list [-json]
       deadletters [flags] show ID
       deadletters [flags] replay ID… | replay -all -yes
       deadletters [flags] drop ID…   | drop -all -yes

-all without -yes only says how many there are. One of -dir and -url is needed:
`

// parse reads a command line. What is wrong with it, and help, goes to errs.
func parse(args []string, errs io.Writer) (*options, error) {
	var o options
	flags := o.flags("deadletters")
	err := flags.Parse(args)
	if err == nil {
		err = o.parseVerb(flags.Args())
	}
	if err == nil {
		err = o.check()
	}
	if err == nil {
		return &o, nil
	}
	if !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(errs, line(err.Error()))
	}
	_, _ = io.WriteString(errs, usage)
	flags.SetOutput(errs)
	flags.PrintDefaults()
	return nil, err
}

// flags returns the flags that stand before or behind the verb.
func (o *options) flags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.dir, "dir", o.dir, "the `directory` of a bot's store: its Config.Dir")
	flags.StringVar(&o.url, "url", o.url, "the `address` of the NATS servers: the bot's Config.URL")
	flags.StringVar(&o.name, "name", o.name, "the bot's Config.`Name`, if it has one")
	flags.StringVar(&o.creds, "creds", o.creds, "with -url, a `file` of NATS credentials")
	return flags
}

// parseVerb reads what is to be done.
func (o *options) parseVerb(args []string) error {
	if len(args) == 0 {
		return errors.New("want one of list, show, replay and drop")
	}
	o.verb = args[0]
	flags := o.flags(o.verb)
	switch o.verb {
	case "list":
		flags.BoolVar(&o.json, "json", false, "one JSON object on each line")
	case "show":
	case "replay", "drop":
		flags.BoolVar(&o.all, "all", false, "all dead letters")
		flags.BoolVar(&o.yes, "yes", false, "with -all, do it: without, only say how many there are")
	default:
		return fmt.Errorf("%q is none of list, show, replay and drop", o.verb)
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	o.ids = flags.Args()
	return nil
}

// check returns what is wrong with o.
func (o *options) check() error {
	switch {
	case (o.dir == "") == (o.url == ""):
		return errors.New("want -dir or -url, as the bot has it")
	case o.creds != "" && o.url == "":
		return errors.New("-creds is for -url")
	case o.verb == "list" && len(o.ids) > 0:
		return errors.New("list takes no ID: show ID tells of one")
	case o.verb == "show" && len(o.ids) != 1:
		return errors.New("show takes one ID: list tells the IDs")
	case (o.verb == "replay" || o.verb == "drop") && o.all == (len(o.ids) > 0):
		return fmt.Errorf("%s takes IDs, or -all: list tells the IDs", o.verb)
	}
	return nil
}

// open opens the store, which must be there. What goes wrong on the way is told to errs: damage that
// it finds the bot does not find again.
func (o *options) open(ctx context.Context, errs io.Writer) (*durable.Backend, error) {
	log := zerolog.New(errs).Level(zerolog.ErrorLevel)
	cfg := durable.Config{Dir: o.dir, URL: o.url, Name: o.name, Log: log}
	if o.dir != "" {
		if _, err := fs.Stat(os.DirFS(o.dir), "jetstream"); err != nil {
			return nil, fmt.Errorf("there is no store in %s: -dir is the bot's Config.Dir", o.dir)
		}
	}
	if o.creds != "" {
		cfg.Options = append(cfg.Options, nats.UserCredentials(o.creds))
	}
	return durable.Admin(ctx, cfg)
}
