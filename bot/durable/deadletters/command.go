package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/parleybot/parley/bot"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUnconfirmed says that -yes is missing.
var errUnconfirmed = errors.New("not confirmed")

// run runs a command line and returns its exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return exitDone
	}
	if err != nil {
		return exitUsage
	}
	store, err := o.open(ctx, errs)
	if err != nil {
		fmt.Fprintln(errs, line(err.Error()))
		return exitFailed
	}
	defer store.Close()
	return (&command{inbox: store.Inbox, out: out, errs: errs}).run(ctx, o)
}

// command does what a command line says to the dead letters of an inbox.
type command struct {
	inbox     bot.Inbox
	out, errs io.Writer
}

// run returns the exit code.
func (c *command) run(ctx context.Context, o *options) int {
	var err error
	switch o.verb {
	case "list":
		err = c.list(ctx, o.json)
	case "show":
		err = c.show(ctx, o.ids[0])
	case "replay":
		err = c.each(ctx, o, c.replay)
	case "drop":
		err = c.each(ctx, o, c.drop)
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUnconfirmed):
		fmt.Fprintln(c.errs, err)
		return exitUsage
	}
	fmt.Fprintln(c.errs, line(err.Error()))
	return exitFailed
}

// list prints all dead letters.
func (c *command) list(ctx context.Context, asJSON bool) error {
	letters, err := c.inbox.DeadLetters().List(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(c.out, letters)
	}
	return printTable(c.out, letters)
}

// show prints one dead letter.
func (c *command) show(ctx context.Context, id string) error {
	letter, err := c.inbox.DeadLetters().Get(ctx, id)
	if err != nil {
		return helped(id, err)
	}
	return printLetter(c.out, &letter)
}

// each does something to the letters that o names, one after the other. It tells of each that fails, goes on
// with the others, and returns an error in the end.
func (c *command) each(ctx context.Context, o *options, do func(context.Context, string) error) error {
	ids := o.ids
	if o.all {
		var err error
		if ids, err = c.all(ctx, o); err != nil {
			return err
		}
	}
	failed := 0
	for _, id := range ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := do(ctx, id); err != nil {
			fmt.Fprintln(c.errs, line(helped(id, err).Error()))
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d failed", failed, len(ids))
	}
	return nil
}

// all returns the IDs of all dead letters, each once, the oldest first.
func (c *command) all(ctx context.Context, o *options) ([]string, error) {
	letters, err := c.inbox.DeadLetters().List(ctx)
	if err != nil {
		return nil, err
	}
	if !o.yes {
		return nil, fmt.Errorf("%w: the number of dead letters is %d: %s -all -yes does it",
			errUnconfirmed, len(letters), o.verb)
	}
	var ids []string
	seen := make(map[string]bool, len(letters))
	for i := range letters {
		if id := letters[i].ID; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// replay publishes a dead letter anew.
func (c *command) replay(ctx context.Context, id string) error {
	anew, err := bot.ReplayLetter(ctx, c.inbox, id)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "replayed %s as %s\n", line(id), line(anew))
	return err
}

// drop forgets a dead letter.
func (c *command) drop(ctx context.Context, id string) error {
	letters := c.inbox.DeadLetters()
	if _, err := letters.Get(ctx, id); errors.Is(err, bot.ErrNoDeadLetter) {
		return err
	}
	if err := letters.Drop(ctx, id); err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.out, "dropped %s\n", line(id))
	return err
}

// helped returns an error about a letter with what to do.
func helped(id string, err error) error {
	switch {
	case errors.Is(err, bot.ErrNoDeadLetter):
		return fmt.Errorf("%s: there is no such dead letter: list tells the IDs", id)
	case errors.Is(err, bot.ErrInboxFull):
		return fmt.Errorf("%s: the inbox is full, the dead letter is kept: replay it later", id)
	}
	return fmt.Errorf("%s: %w", id, err)
}
