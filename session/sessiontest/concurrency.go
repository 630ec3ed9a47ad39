package sessiontest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/parleybot/parley/session"
)

const (
	// writers is how many goroutines write at once, and rounds how often each does.
	writers, rounds = 8, 50
	// triesMost is how often one increment is tried: each refusal means that another one succeeded.
	triesMost = 10 * writers * rounds
)

// concurrencyClauses say what holds when several write at once, or stop waiting.
func concurrencyClauses() []clause {
	return []clause{
		{"increments by many lose nothing", increments},
		{"one of many creates", creations},
		{"a context that has ended does no harm", endedContext},
	}
}

// increments lets several writers count in one record.
func increments(ctx context.Context, s session.Store, _ *clock) error {
	errs := make([]error, writers)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for range rounds {
				if errs[i] = increment(ctx, s, "counter"); errs[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	r, err := s.Get(ctx, "counter")
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	if got, want := string(r.Data), strconv.Itoa(writers*rounds); got != want {
		return fmt.Errorf("%s increments were accepted, %q are in the record", want, got)
	}
	return nil
}

// increment adds one to the number under key by compare-and-set.
func increment(ctx context.Context, s session.Store, key string) error {
	for range triesMost {
		r, err := s.Get(ctx, key)
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			return fmt.Errorf("get: %w", err)
		}
		n := 0
		if err == nil {
			if n, err = strconv.Atoi(string(r.Data)); err != nil {
				return fmt.Errorf("the record is torn: %w", err)
			}
		}
		r.Data = []byte(strconv.Itoa(n + 1))
		if _, err = s.Put(ctx, key, r); err == nil {
			return nil
		}
		if !errors.Is(err, session.ErrConflict) {
			return fmt.Errorf("put: %w", err)
		}
	}
	return fmt.Errorf("%d tries of one increment were refused", triesMost)
}

// creations lets several writers create each of several records at once.
func creations(ctx context.Context, s session.Store, _ *clock) error {
	for round := range rounds {
		key := "created." + strconv.Itoa(round)
		errs := make([]error, writers)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = s.Put(ctx, key, session.Record{Data: []byte(strconv.Itoa(i))})
			})
		}
		all.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				return fmt.Errorf("%d and %d both created %s", winner, i, key)
			case err == nil:
				winner = i
			case !errors.Is(err, session.ErrConflict):
				return fmt.Errorf("put: %w", err)
			}
		}
		r, err := s.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("get: %w", err)
		}
		if string(r.Data) != strconv.Itoa(winner) {
			return fmt.Errorf("%d created %s, but %q is in the record", winner, key, r.Data)
		}
	}
	return nil
}

// endedContext uses a Store with a context that has ended: each call either does the whole thing or nothing.
func endedContext(ctx context.Context, store session.Store, now *clock) error {
	ended, end := context.WithCancel(ctx)
	end()
	s := &steps{ctx: ctx, store: store}
	old := s.create(only, "one", never)
	next := session.Record{Data: []byte("two"), Revision: old.Revision, Expires: now.Now().Add(time.Hour)}
	old = s.wholly(ended, only, "an update", old, next)
	old.Data = []byte("three")
	old = s.put(only, old)
	if s.err == nil {
		if err := store.Delete(ended, only); err == nil {
			s.absent(only, "after a Delete that succeeded")
			s.create(only, "four", never)
		} else if _, err := store.Get(ctx, only); !errors.Is(err, session.ErrNotFound) {
			s.is(only, "after a Delete that failed", old)
		}
	}
	created := s.wholly(ended, "new", "a creation", session.Record{}, session.Record{Data: []byte("five")})
	created.Data = []byte("six")
	s.is("new", "after it was used on", s.put("new", created))
	return s.err
}

// wholly puts next over old under ended and returns which of them is there; any other record is wrong.
func (s *steps) wholly(ended context.Context, key, what string, old, next session.Record) session.Record {
	if s.err != nil {
		return old
	}
	kept, putErr := s.store.Put(ended, key, next)
	got, err := s.store.Get(s.ctx, key)
	switch {
	case putErr == nil:
		next.Revision = kept.Revision
		return s.is(key, "after "+what+" that succeeded", next)
	case errors.Is(err, session.ErrNotFound) && old.Revision == 0:
		return old
	case err == nil && got.Revision != old.Revision:
		next.Revision = got.Revision
		return s.is(key, "after "+what+" that failed and yet was made", next)
	}
	return s.is(key, "after "+what+" that failed", old)
}
