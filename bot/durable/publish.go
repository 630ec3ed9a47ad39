package durable

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

const (
	// publishTimeout bounds a Publish: Meta is answered within three seconds.
	publishTimeout = 2 * time.Second
	// publishersMost is how many Publish calls may be on their way to the server; others wait.
	publishersMost = 256
)

// Publish keeps the batch, or returns [bot.ErrInboxFull] if there is no room and another error if the server
// does not answer, within 2 seconds in any case. After an error some of the batch may be kept: of one person
// never a later event without the earlier ones.
func (i *Inbox) Publish(ctx context.Context, batch []bot.Envelope) error {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	select {
	case i.publishing <- struct{}{}:
		defer func() { <-i.publishing }()
	case <-ctx.Done():
		return fmt.Errorf("%w: the store is too slow", bot.ErrInboxFull)
	}
	if len(batch) == 1 {
		return i.keep(ctx, &batch[0])
	}
	return i.keepLanes(ctx, batch)
}

// keepLanes keeps the envelopes of each key one after the other, and those of different keys at the same
// time.
func (i *Inbox) keepLanes(ctx context.Context, batch []bot.Envelope) error {
	lanes := make(map[string][]*bot.Envelope, len(batch))
	for n := range batch {
		lanes[batch[n].Key] = append(lanes[batch[n].Key], &batch[n])
	}
	var all sync.WaitGroup
	failed := make(chan error, len(lanes))
	for _, lane := range lanes {
		all.Go(func() {
			for _, e := range lane {
				if err := i.keep(ctx, e); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	var errs []error
	for err := range failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// keep keeps one envelope, or makes it a dead letter if its lane is full.
func (i *Inbox) keep(ctx context.Context, e *bot.Envelope) error {
	if i.server != nil && !i.server.room() {
		return fmt.Errorf("%w: the disk is nearly full", bot.ErrInboxFull)
	}
	stored, err := encode(e)
	if err != nil {
		return err
	}
	if most := i.js.Conn().MaxPayload() - letterRoom; int64(len(stored)) > most {
		return fmt.Errorf("durable: an event of %d bytes: the server takes %d: raise its max_payload",
			len(stored), most)
	}
	kind := kindNow
	if e.Due.After(i.clock.now()) {
		kind = kindDue
	}
	_, err = i.js.Publish(ctx, i.names.event(e.Key, kind), stored)
	switch refused := refusal(err); {
	case err == nil:
		return nil
	case refused == laneFull:
		letter := bot.DeadLetter{Envelope: *e, Cause: bot.CauseOverflow, Time: i.clock.now()}
		i.cfg.Log.Error().Str("cause", bot.CauseOverflow).Msg("event becomes a dead letter")
		return i.dead.bury(ctx, letter, "")
	case refused == inboxFull:
		return bot.ErrInboxFull
	}
	return fmt.Errorf("durable: publish: %w", err)
}

// room says what a server lacks room for.
type room int

const (
	enough room = iota
	laneFull
	inboxFull
)

// The error codes of nats-server that tell of a lack of room.
const (
	codeStoreFailed      = 10077 // a limit of the stream, named in the text
	codeNoResources      = 10023
	codeNoStorage        = 10047
	codeAccountResources = 10002
)

// refusal returns what the server says that there is no room for.
func refusal(err error) room {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return enough
	}
	switch api.ErrorCode {
	case codeStoreFailed:
		switch {
		case strings.Contains(api.Description, "per subject"):
			return laneFull
		case strings.Contains(api.Description, "maximum"):
			return inboxFull
		}
	case codeNoResources, codeNoStorage, codeAccountResources:
		return inboxFull
	}
	return enough
}
