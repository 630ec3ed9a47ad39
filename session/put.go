package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// putWait is the pause before a Put is tried again. It doubles each time, up to putWaitMost: seven tries in
// three seconds.
const (
	putWait     = 50 * time.Millisecond
	putWaitMost = 1600 * time.Millisecond
)

// put writes r under key and returns its revision. Only the Put itself is tried again, never what led to
// it: after an answer that got lost the record may be written, and then it is r that lies there.
func put(ctx context.Context, store Store, key string, r Record) (uint64, error) {
	for wait := putWait; ; wait *= 2 {
		kept, err := store.Put(ctx, key, r)
		if err == nil {
			return kept.Revision, nil
		}
		if conflict := errors.Is(err, ErrConflict); conflict && wait == putWait {
			return 0, fmt.Errorf("session: save: %w", err)
		}
		if revision, known := written(ctx, store, key, r); known && revision != 0 {
			return revision, nil
		} else if known {
			return 0, fmt.Errorf("session: save: %w", ErrConflict)
		}
		if wait > putWaitMost || !sleep(ctx, wait) {
			return 0, fmt.Errorf("session: save: %w", err)
		}
	}
}

// written reads back what became of a Put of r. It returns the revision if r was written, zero if something
// else was, and false if neither is known yet.
func written(ctx context.Context, store Store, key string, r Record) (revision uint64, known bool) {
	now, err := store.Get(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound):
		return 0, r.Revision != 0
	case err != nil || now.Revision == r.Revision:
		return 0, false
	case bytes.Equal(now.Data, r.Data):
		return now.Revision, true
	}
	return 0, true
}

// sleep waits for d and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
