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
//
// It reads what was written last, with one replica directly and with more from the server that leads the
// stream of records, and writes by compare-and-set. A call gives up after 5 s, or when its context does. A
// Put that was not answered may have been made: it is not tried again here, but by who knows what to look
// for, as a session does. The server deletes a record a day after it expired.
type Store struct {
	js      jetstream.JetStream
	records jetstream.Stream
	names   names
	now     func() time.Time
	seen    *expiries
}

const (
	// expiresHeader says when a record expires, as time.RFC3339Nano.
	expiresHeader = "Parley-Expires"

	// storeTimeout is how long a call may take. A question is asked again after askAgain: the server that
	// got it may have ceased to lead, and then nobody answers.
	storeTimeout = 5 * time.Second
	askAgain     = time.Second

	// creations is how often Put tries to replace what has expired, while the server deletes it.
	creations = 3
)

func newStore(js jetstream.JetStream, records jetstream.Stream, n names, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{js: js, records: records, names: n, now: now, seen: &expiries{}}
}

// Durable reports true: the records outlive the process. A bot says so when it starts.
func (*Store) Durable() bool { return true }

// Get returns the record under key, or [session.ErrNotFound].
func (s *Store) Get(ctx context.Context, key string) (session.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	r, err := s.last(ctx, key)
	if err != nil {
		return session.Record{}, fmt.Errorf("durable: get a record: %w", err)
	}
	if r.Revision == 0 || s.expired(r.Expires) {
		return session.Record{}, session.ErrNotFound
	}
	return r, nil
}

// Put writes r under key if the record there is at r.Revision, or returns [session.ErrConflict]. Data that is
// larger than the server takes is refused, with [nats.ErrMaxPayload].
func (s *Store) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	put := s.replace
	if r.Revision == 0 {
		put = s.create
	}
	revision, err := put(ctx, key, r)
	switch {
	case errors.Is(err, session.ErrConflict):
		return session.Record{}, session.ErrConflict
	case errors.Is(err, nats.ErrMaxPayload):
		return session.Record{}, fmt.Errorf("durable: put a record of %d bytes: larger than max_payload "+
			"of the server: %w", len(r.Data), err)
	case err != nil:
		return session.Record{}, fmt.Errorf("durable: put a record: %w", err)
	}
	r.Revision = revision
	return r, nil
}

// Delete removes the record under key, if there is one.
func (s *Store) Delete(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if err := s.records.Purge(ctx, jetstream.WithPurgeSubject(s.names.record(key))); err != nil {
		return fmt.Errorf("durable: delete a record: %w", err)
	}
	return nil
}

// expired reports whether a record that expires at the given time has ceased to exist.
func (s *Store) expired(at time.Time) bool { return !at.IsZero() && !s.now().Before(at) }

// last returns the record that lies under key, expired or not, or the zero Record.
func (s *Store) last(ctx context.Context, key string) (session.Record, error) {
	m, err := s.ask(ctx, s.names.record(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return session.Record{}, nil
	}
	if err != nil {
		return session.Record{}, err
	}
	r := session.Record{Data: m.Data, Revision: m.Sequence}
	if written := m.Header.Get(expiresHeader); written != "" {
		if r.Expires, err = time.Parse(time.RFC3339Nano, written); err != nil {
			return session.Record{}, errors.New("its expiry cannot be read: Parley has not written it")
		}
	}
	s.seen.note(r.Revision, r.Expires)
	return r, nil
}

// ask returns the last message of a subject, of several replicas that of the leader, and asks twice if it
// must.
func (s *Store) ask(ctx context.Context, subject string) (*jetstream.RawStreamMsg, error) {
	first, cancel := context.WithTimeout(ctx, askAgain)
	defer cancel()
	m, err := s.records.GetLastMsgForSubject(first, subject)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return s.records.GetLastMsgForSubject(ctx, subject)
	}
	if errors.Is(err, nats.ErrNoResponders) { // direct reads may have been turned off since
		if _, err := s.records.Info(first); err == nil {
			return s.records.GetLastMsgForSubject(ctx, subject)
		}
	}
	return m, err
}

// create writes r where no record is, or one that has expired. A refusal means that nothing was written:
// then, and only then, it looks what is there and may try again.
func (s *Store) create(ctx context.Context, key string, r session.Record) (uint64, error) {
	over := uint64(0)
	for range creations {
		revision, err := s.write(ctx, key, r, over)
		if !errors.Is(err, session.ErrConflict) {
			return revision, err
		}
		old, err := s.last(ctx, key)
		if err != nil {
			return 0, err
		}
		if old.Revision != 0 && !s.expired(old.Expires) {
			return 0, session.ErrConflict
		}
		over = old.Revision
	}
	return 0, session.ErrConflict
}

// replace writes r over the record at r.Revision, unless that has expired.
func (s *Store) replace(ctx context.Context, key string, r session.Record) (uint64, error) {
	expires, known := s.seen.of(r.Revision)
	if !known {
		old, err := s.last(ctx, key)
		if err != nil {
			return 0, err
		}
		if old.Revision != r.Revision {
			return 0, session.ErrConflict
		}
		expires = old.Expires
	}
	if s.expired(expires) {
		return 0, session.ErrConflict
	}
	return s.write(ctx, key, r, r.Revision)
}

// write writes r over what lies at the given revision; zero stands for nothing.
func (s *Store) write(ctx context.Context, key string, r session.Record, over uint64) (uint64, error) {
	m := &nats.Msg{Subject: s.names.record(key), Data: r.Data}
	if !r.Expires.IsZero() {
		m.Header = nats.Header{expiresHeader: {r.Expires.UTC().Format(time.RFC3339Nano)}}
		if keep, ok := keepFor(r.Expires.Sub(s.now())); ok {
			m.Header[jetstream.MsgTTLHeader] = []string{keep}
		}
	}
	ack, err := s.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(over))
	if isConflict(err) {
		return 0, session.ErrConflict
	}
	if err != nil {
		return 0, err
	}
	s.seen.note(ack.Sequence, r.Expires)
	return ack.Sequence, nil
}

// isConflict reports whether a server refused a compare-and-set. A cluster has an error of its own for two
// that meet.
func isConflict(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

const (
	// keptOver is how long a server keeps a record that has expired: its clock is not the bot's.
	keptOver = 24 * time.Hour

	// keptMost is the longest time to live that a server is told: it adds it to nanoseconds since 1970.
	keptMost = 100 * 365 * 24 * time.Hour
)

// keepFor returns the time to live of a record that expires after d, as a server takes it, and false if it
// is to be kept for good. A server counts it from the writing, by its own clock: that only clears away what
// nobody reads any more.
func keepFor(d time.Duration) (string, bool) {
	if d > keptMost {
		return "", false
	}
	return strconv.FormatInt(int64((max(d, 0)+keptOver)/time.Second), 10), true
}
