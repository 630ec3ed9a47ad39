package durable

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

// CauseCrash is the cause of a dead letter that was in hand whenever its process died.
const CauseCrash = "crash: the process died while it was handled"

// Inbox is the [bot.Inbox] of a [Backend]. It is safe for concurrent use.
type Inbox struct {
	js      jetstream.JetStream
	streams *streams
	names   names
	cfg     Config
	server  *embedded // nil: it is somebody else's
	dead    *letters
}

func newInbox(js jetstream.JetStream, s *streams, n names, cfg Config, server *embedded) *Inbox {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Inbox{
		js: js, streams: s, names: n, cfg: cfg, server: server,
		dead: &letters{js: js, stream: s.letters, names: n},
	}
}

// Promise says what an acknowledgement means.
func (i *Inbox) Promise() string {
	switch {
	case i.server == nil:
		return "events are kept by the NATS server, as it is configured, until they are handled"
	case i.cfg.Unsynced:
		return "events are kept in a directory until they are handled; a loss of power may take the last two minutes"
	}
	return "events are on the disk until they are handled"
}

// Redelivers reports true: what was in hand at a crash is handed out again.
func (*Inbox) Redelivers() bool { return true }

// DeadLetters returns the events that were given up.
func (i *Inbox) DeadLetters() bot.DeadLetters { return i.dead }

// Publish keeps the batch.
func (i *Inbox) Publish(ctx context.Context, batch []bot.Envelope) error {
	for n := range batch {
		stored, err := encode(&batch[n])
		if err != nil {
			return err
		}
		kind := kindNow
		if batch[n].Due.After(i.cfg.Now()) {
			kind = kindDue
		}
		if _, err := i.js.Publish(ctx, i.names.event(batch[n].Key, kind), stored); err != nil {
			return fmt.Errorf("durable: publish: %w", err)
		}
	}
	return nil
}

// Consume hands out events until ctx ends.
func (i *Inbox) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	return errors.New("durable: not yet")
}
