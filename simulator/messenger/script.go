package messenger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/parleybot/parley/bot/bottest/script"
)

// Pace says how long a script waits for a bot, which does not say when it has said everything.
type Pace struct {
	// Quiet is for how long nothing may happen before nothing more is expected to come: since the bot
	// answered a webhook or made a call, or the clock was moved.
	//
	// Defaults to 500 ms: a bot on the same machine that has more to say at once does so within a few
	// milliseconds, and it costs half a second for each act of the script.
	Quiet time.Duration

	// Patience is for how long nothing may happen while something is expected.
	//
	// Defaults to 10 s.
	Patience time.Duration
}

// errMisfit says that a script, or several, did not fit.
var errMisfit = errors.New("messenger: not every script fits")

// Play starts the Graph API and, if the configuration names one, the bot, as [Simulator.Run] does, plays the
// scripts one after the other, each with people of its own, and ends the bot. The clock is one for all: what
// a script moves stays moved. It writes to report, for each script by its name, whether it fits, and a diff
// where it does not.
//
// It fails when a script does not fit, for all that makes Run fail, also when the bot ends, and when ctx ends
// before all scripts were played. A Simulator runs or plays once.
func (s *Simulator) Play(ctx context.Context, scripts []*script.Script, pace Pace, report io.Writer) error {
	pace.Quiet = cmp.Or(max(pace.Quiet, 0), 500*time.Millisecond)
	pace.Patience = max(cmp.Or(max(pace.Patience, 0), 10*time.Second), pace.Quiet)
	s.play = func(ctx context.Context, bot *callback) error {
		return s.playAll(ctx, bot, scripts, pace, report)
	}
	return s.run(ctx)
}

// playAll plays scripts until one ends with the bot.
func (s *Simulator) playAll(
	ctx context.Context, bot *callback, scripts []*script.Script, pace Pace, report io.Writer,
) error {
	misfits := 0
	for _, one := range scripts {
		began := time.Now() // the machine's clock: what the developer waits for
		err := script.Run(ctx, newPlayer(s, bot, pace), one)
		if gone := s.mourn(ctx, err); gone != nil {
			_, _ = fmt.Fprintf(report, "FAIL  %s\n%v\n", one.Name(), err)
			return gone
		}
		if err != nil {
			misfits++
			_, _ = fmt.Fprintf(report, "FAIL  %s\n%v\n\n", one.Name(), err)
			continue
		}
		_, _ = fmt.Fprintf(report, "ok    %s  (%d acts, %.1fs)\n",
			one.Name(), one.Acts(), time.Since(began).Seconds())
	}
	if misfits > 0 {
		return fmt.Errorf("%w: %d of %d do not", errMisfit, misfits, len(scripts))
	}
	return nil
}

// mourn returns why there is nothing more to play, if the bot has ended or ctx has. A bot that broke off is
// given a moment to be found dead.
func (s *Simulator) mourn(ctx context.Context, err error) error {
	if errors.Is(err, errBrokeOff) {
		moment := time.NewTimer(2 * time.Second) // longer than its output may stay open after it
		defer moment.Stop()
		select {
		case <-ctx.Done():
		case <-moment.C:
		}
	}
	if ctx.Err() == nil {
		return nil
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return errors.New("messenger: stopped before every script was played")
}
