package durable

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/session"
)

// Store is the [session.Store] of a [Backend]. It is safe for concurrent use.
type Store struct {
	js      jetstream.JetStream
	records jetstream.Stream
	names   names
	now     func() time.Time
}

// expiresHeader says when a record expires, in milliseconds.
const expiresHeader = "Parley-Expires"

func newStore(js jetstream.JetStream, records jetstream.Stream, n names, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{js: js, records: records, names: n, now: now}
}

// Durable reports true.
func (*Store) Durable() bool { return true }

// Get returns the record under key, or [session.ErrNotFound].
func (s *Store) Get(ctx context.Context, key string) (session.Record, error) {
	m, err := s.records.GetLastMsgForSubject(ctx, s.names.record(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return session.Record{}, session.ErrNotFound
	}
	if err != nil {
		return session.Record{}, fmt.Errorf("durable: get a record: %w", err)
	}
	r := session.Record{Data: m.Data, Revision: m.Sequence}
	if at, err := strconv.ParseInt(m.Header.Get(expiresHeader), 10, 64); err == nil {
		r.Expires = time.UnixMilli(at)
	}
	if !r.Expires.IsZero() && !s.now().Before(r.Expires) {
		return session.Record{}, session.ErrNotFound
	}
	return r, nil
}

// Put writes r if its revision is that of the record.
func (s *Store) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	m := &nats.Msg{Subject: s.names.record(key), Data: r.Data}
	if !r.Expires.IsZero() {
		m.Header = nats.Header{expiresHeader: {strconv.FormatInt(r.Expires.UnixMilli(), 10)}}
	}
	ack, err := s.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(r.Revision))
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return session.Record{}, session.ErrConflict
	}
	if err != nil {
		return session.Record{}, fmt.Errorf("durable: put a record: %w", err)
	}
	r.Revision = ack.Sequence
	return r, nil
}

// Delete removes the record under key.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.records.Purge(ctx, jetstream.WithPurgeSubject(s.names.record(key))); err != nil {
		return fmt.Errorf("durable: delete a record: %w", err)
	}
	return nil
}
