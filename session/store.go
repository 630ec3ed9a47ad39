package session

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrNotFound means that a [Store] has no record under a key, or only one that has expired.
	ErrNotFound = errors.New("session: not found")
	// ErrConflict means that a record is not at the revision that a [Store] was told to replace: somebody
	// else has written or deleted it. Load it again.
	ErrConflict = errors.New("session: conflict")
)

// Record is what a [Store] keeps under a key.
type Record struct {
	// Data is the content. A Store does not look into it.
	Data []byte

	// Revision identifies one write. A Store gives a new one to each Put and never the same again for a
	// key, not even after a Delete or an expiry.
	//
	// Zero stands for no record.
	Revision uint64

	// Expires is when the record ceases to exist, by the clock of the Store's owner: a Get at or after it is
	// [ErrNotFound].
	//
	// Zero: never.
	Expires time.Time
}

// Store keeps records and replaces them by compare-and-set. A read sees every write that was answered
// before it. Every Store passes the contract of package sessiontest. A Store is safe for concurrent use.
//
// A Store copies bytes in and out: the caller may change what it gave, and what it got, without touching
// the record. Keys are any non-empty strings of UTF-8 (dots, spaces and letters of every script occur), and
// no two are the same record.
//
// A Store may also tell whether its records outlive the process, with a method Durable() bool: a bot logs it,
// and warns of what would not survive a restart.
type Store interface {
	// Get returns the record under key, or [ErrNotFound].
	Get(ctx context.Context, key string) (Record, error)

	// Put writes r under key if the record there is at r.Revision, or if r.Revision is zero and there is
	// none (one that has expired is none); else it changes nothing and returns [ErrConflict]. It returns r
	// with its new revision. After any other error the record may have been written or not.
	Put(ctx context.Context, key string, r Record) (Record, error)

	// Delete removes the record under key, whatever its revision. It returns nil if there is none.
	Delete(ctx context.Context, key string) error
}
