package durable

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

// letters are the dead letters of a [Backend], each a message of their stream.
type letters struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	names  names
}

// buryTries is how often bury looks anew after somebody else buried something with the same ID.
const buryTries = 3

// bury keeps a dead letter. mark stands for the stored event that it was: of several tries to bury the same
// one only one is kept, however far apart they are. An empty mark is a letter that is buried once.
func (l *letters) bury(ctx context.Context, d bot.DeadLetter, mark string) error {
	stored, err := encodeLetter(&d, mark)
	if err != nil {
		return err
	}
	subject := l.names.letter(d.ID)
	if mark == "" {
		if _, err := l.js.Publish(ctx, subject, stored); err != nil {
			return fmt.Errorf("durable: bury: %w", err)
		}
		return nil
	}
	for range buryTries {
		if err = l.buryOnce(ctx, subject, stored, mark); !isConflict(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("durable: bury: %w", err)
	}
	return nil
}

// buryOnce keeps a letter unless the newest one of its subject has its mark. It is written behind the one
// that was looked at or not at all, so that a try whose answer was lost is seen by the next, or refused
// after it.
func (l *letters) buryOnce(ctx context.Context, subject string, stored []byte, mark string) error {
	var newest uint64
	m, err := l.stream.GetLastMsgForSubject(ctx, subject)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
	case err != nil:
		return err
	default:
		if _, marked, err := decodeLetter(m.Data); err == nil && marked == mark {
			return nil
		}
		newest = m.Sequence
	}
	_, err = l.js.Publish(ctx, subject, stored, jetstream.WithExpectLastSequencePerSubject(newest))
	return err
}

// List returns all dead letters, oldest first. One that cannot be read is listed with what is known of it,
// and a cause that says so.
func (l *letters) List(ctx context.Context) ([]bot.DeadLetter, error) {
	info, err := l.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("durable: list the dead letters: %w", err)
	}
	list := make([]bot.DeadLetter, 0, info.State.Msgs)
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		m, err := l.stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("durable: list the dead letters: %w", err)
		}
		d, _, err := decodeLetter(m.Data)
		if err != nil {
			d = damagedLetter(d, m, err)
		}
		list, seq = append(list, d), m.Sequence
	}
	return list, nil
}

// Get returns the newest dead letter with the given ID, or [bot.ErrNoDeadLetter].
func (l *letters) Get(ctx context.Context, id string) (bot.DeadLetter, error) {
	m, err := l.stream.GetLastMsgForSubject(ctx, l.names.letter(id))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return bot.DeadLetter{}, bot.ErrNoDeadLetter
	}
	if err != nil {
		return bot.DeadLetter{}, fmt.Errorf("durable: get a dead letter: %w", err)
	}
	d, _, err := decodeLetter(m.Data)
	if err != nil {
		return bot.DeadLetter{}, err
	}
	return d, nil
}

// Drop forgets the dead letters with the given ID.
func (l *letters) Drop(ctx context.Context, id string) error {
	if err := l.stream.Purge(ctx, jetstream.WithPurgeSubject(l.names.letter(id))); err != nil {
		return fmt.Errorf("durable: drop a dead letter: %w", err)
	}
	return nil
}
