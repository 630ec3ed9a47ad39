package bot

import (
	"context"
	"errors"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/send"
)

// Graph makes a call of the Graph API that Parley has no method for, with the token of the only Page: see
// [send.Client.Graph]. It is safe for concurrent use. With several Pages take [Bot.Client] of one of them;
// the error is then of class [ErrUnknownPage].
func (b *Bot) Graph(ctx context.Context, method, path string, params map[string]any, result any) error {
	client, err := b.Client("")
	if err != nil {
		return err
	}
	return client.Graph(ctx, method, path, params, result)
}

// Graph makes a call of the Graph API as [Bot.Graph] does, with the token of the event's Page. It is made
// again when the handler runs again.
func (c *Context) Graph(method, path string, params map[string]any, result any) error {
	if err := c.client().Graph(c, method, path, params, result); err != nil {
		return &sendError{err}
	}
	return nil
}

// circuit returns what logs that the calls of an account stop, and that they go on again.
func (b *Bot) circuit(page string, channel send.Channel) func(open bool, cause error) {
	return func(open bool, cause error) {
		if !open {
			b.log.Info().Str("page", page).Stringer("channel", channel).
				Msg("Meta takes calls of this Page again")
			return
		}
		b.counts.stops.Add(1)
		line := note(b.log.Error().Str("page", page).Stringer("channel", channel), cause)
		line.Msg("Meta refuses every call of this Page: none is made, but for a try now and then")
	}
}

// note adds to a line of the log what failed; if Meta refused, with what it is called and what to do.
func note(line *zerolog.Event, err error) *zerolog.Event {
	line = line.Err(err)
	if refused, ok := errors.AsType[*send.Error](err); ok {
		found := refused.Explain()
		line = line.Str("name", found.Name).Str("advice", found.Advice)
	}
	return line
}
