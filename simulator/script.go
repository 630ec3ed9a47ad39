package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/simulator/messenger"
)

// performance is what -script asks for.
type performance struct {
	files []string
	pace  messenger.Pace
}

// bind lets flags set p.
func (p *performance) bind(flags *flag.FlagSet) {
	flags.Func("script", "chat script to play: a `file`, or several; the bot's command stands behind --",
		func(file string) error {
			p.files = append(p.files, file)
			return nil
		})
	flags.DurationVar(&p.pace.Quiet, "quiet", 500*time.Millisecond,
		"with -script: the `time` of silence after which the bot has said everything")
	flags.DurationVar(&p.pace.Patience, "patience", 10*time.Second,
		"with -script: the `time` of silence after which what is expected does not come any more")
}

// parse reads the arguments. With -script, what is no flag is one more file, up to the -- before the command;
// without it, what is no flag begins the command.
func (p *performance) parse(flags *flag.FlagSet, args []string, cfg *messenger.Config) error {
	before, command := args, []string(nil)
	if at := slices.Index(args, "--"); at >= 0 {
		before, command = args[:at], args[at:]
	}
	if err := flags.Parse(before); err != nil {
		return err
	}
	for len(p.files) > 0 && flags.NArg() > 0 {
		p.files = append(p.files, flags.Arg(0))
		if err := flags.Parse(flags.Args()[1:]); err != nil {
			return err
		}
	}
	if flags.NArg() == 0 && len(command) > 0 {
		command = command[1:]
	}
	cfg.Command = slices.Concat(flags.Args(), command)
	return nil
}

// run plays the scripts and returns the exit code. The report goes to stdout; what the bot and the simulator
// say besides it, to standard error.
func (p *performance) run(ctx context.Context, cfg messenger.Config, stdout io.Writer) int {
	stderr := cfg.Stderr
	cfg.Stdout = stderr
	scripts, err := p.read(cfg)
	var sim *messenger.Simulator
	if err == nil {
		sim, err = messenger.New(cfg)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "%v\nRun the simulator with -h to see how it is used.\n", err)
		return 2
	}
	if err := sim.Play(ctx, scripts, p.pace, stdout); err != nil {
		_, _ = fmt.Fprintln(stderr, "simulator:", err)
		return 1
	}
	return 0
}

// read reads every script, and says at once what is wrong with them.
func (p *performance) read(cfg messenger.Config) ([]*script.Script, error) {
	var (
		scripts []*script.Script
		errs    []error
	)
	if len(cfg.Command) == 0 && cfg.Webhook == "" {
		errs = append(errs, errors.New("no bot to play with: write its command behind the files and --, "+
			"as in -script a.chat b.chat -- go run ./examples/menu"))
	}
	if p.pace.Quiet <= 0 || p.pace.Patience <= 0 {
		errs = append(errs, errors.New("-quiet and -patience are times above 0, such as 500ms"))
	}
	for _, file := range p.files {
		source, err := os.ReadFile(file) //nolint:gosec // the file that was asked for
		if err != nil {
			errs = append(errs, err)
			continue
		}
		one, err := script.Parse(filepath.ToSlash(file), source)
		errs, scripts = append(errs, err), append(scripts, one)
	}
	return scripts, errors.Join(errs...)
}
