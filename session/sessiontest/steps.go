package sessiontest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parleybot/parley/session"
)

// only is the key of clauses that need one alone.
const only = "105.7301"

// steps talks to a Store and keeps the first thing that is wrong; after that it does nothing more.
type steps struct {
	ctx   context.Context
	store session.Store
	err   error
}

// fail keeps what is wrong unless something was before.
func (s *steps) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// put writes a record that must be accepted, and returns it with its new revision.
func (s *steps) put(key string, r session.Record) session.Record {
	if s.err != nil {
		return r
	}
	kept, err := s.store.Put(s.ctx, key, r)
	switch {
	case err != nil:
		s.fail("Put(%s) at revision %d: %w", short(key), r.Revision, err)
	case kept.Revision == 0:
		s.fail("Put(%s) returned revision 0, which stands for no record", short(key))
	case kept.Revision == r.Revision:
		s.fail("Put(%s) returned revision %d, which it replaced", short(key), r.Revision)
	}
	r.Revision = kept.Revision
	return r
}

// create writes a record where none may be.
func (s *steps) create(key, data string, expires time.Time) session.Record {
	return s.put(key, session.Record{Data: []byte(data), Expires: expires})
}

// conflicts tries a Put under the key only that must be refused.
func (s *steps) conflicts(why string, r session.Record) {
	if s.err != nil {
		return
	}
	_, err := s.store.Put(s.ctx, only, r)
	switch {
	case err == nil:
		s.fail("Put(%s) %s was accepted, want ErrConflict", short(only), why)
	case !errors.Is(err, session.ErrConflict), errors.Is(err, session.ErrNotFound):
		s.fail("Put(%s) %s: %w, want ErrConflict", short(only), why, err)
	}
}

// is reads a record that must be want, byte for byte.
func (s *steps) is(key, when string, want session.Record) session.Record {
	if s.err != nil {
		return want
	}
	got, err := s.store.Get(s.ctx, key)
	switch {
	case err != nil:
		s.fail("Get(%s) %s: %w", short(key), when, err)
	case !bytes.Equal(got.Data, want.Data):
		s.fail("Get(%s) %s: %s, want %s", short(key), when, short(string(got.Data)), short(string(want.Data)))
	case got.Revision != want.Revision:
		s.fail("Get(%s) %s: revision %d, want %d", short(key), when, got.Revision, want.Revision)
	case !got.Expires.Equal(want.Expires):
		s.fail("Get(%s) %s: expires %s, want %s", short(key), when, got.Expires, want.Expires)
	}
	return got
}

// absent reads a record that must not be there.
func (s *steps) absent(key, when string) {
	if s.err != nil {
		return
	}
	_, err := s.store.Get(s.ctx, key)
	switch {
	case err == nil:
		s.fail("Get(%s) %s found a record, want ErrNotFound", short(key), when)
	case !errors.Is(err, session.ErrNotFound), errors.Is(err, session.ErrConflict):
		s.fail("Get(%s) %s: %w, want ErrNotFound", short(key), when, err)
	}
}

// remove deletes a record, or nothing.
func (s *steps) remove(key string) {
	if s.err != nil {
		return
	}
	if err := s.store.Delete(s.ctx, key); err != nil {
		s.fail("Delete(%s): %w", short(key), err)
	}
}

// short returns s quoted, and its length alone if it is long.
func short(s string) string {
	if len(s) > 40 {
		return fmt.Sprintf("%q… (%d bytes)", s[:16], len(s))
	}
	return fmt.Sprintf("%q", s)
}
