package durable

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

// letters are the dead letters of a [Backend].
type letters struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	names  names
}

// bury keeps a dead letter. mark makes one of several tries of the same: empty, it is no retry.
func (l *letters) bury(ctx context.Context, d bot.DeadLetter, mark string) error { return nil }

// List returns all dead letters, oldest first.
func (l *letters) List(ctx context.Context) ([]bot.DeadLetter, error) { return nil, nil }

// Get returns the newest dead letter with the given ID.
func (l *letters) Get(ctx context.Context, id string) (bot.DeadLetter, error) {
	return bot.DeadLetter{}, bot.ErrNoDeadLetter
}

// Drop forgets the dead letters with the given ID.
func (l *letters) Drop(ctx context.Context, id string) error { return nil }
