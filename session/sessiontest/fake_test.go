package sessiontest_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/parleybot/parley/session"
)

// fault is one way in which a fake is broken.
type fault string

const (
	none               fault = "none"
	lastWriteWins      fault = "the last write wins"
	checkThenAct       fault = "the revision is checked before the lock for the write is taken"
	createsTwice       fault = "revision 0 overwrites"
	updatesNothing     fault = "an update of nothing creates"
	writesThenChecks   fault = "a refused Put has written"
	sameRevision       fault = "an update keeps the revision"
	restartsRevisions  fault = "revisions begin again after a deletion"
	expiryIgnored      fault = "expiry is ignored"
	expiryLate         fault = "a record is there at the instant it expires"
	machineClock       fault = "expiry is judged by the machine's clock"
	expiryOfCreation   fault = "an update does not move the expiry"
	expiryLost         fault = "an update takes the expiry away"
	expiredIsInTheWay  fault = "an expired record cannot be created anew"
	expiredIsUpdated   fault = "an expired record can be updated"
	revisionsExpire    fault = "revisions begin again after an expiry"
	aliasesIn          fault = "the caller's bytes are kept"
	aliasesOut         fault = "the kept bytes are given away"
	aliasesReaders     fault = "all readers get the same copy"
	cutsData           fault = "data is cut at 64 KiB"
	emptyIsAbsent      fault = "empty data is no record"
	foldsCase          fault = "keys are lower-cased"
	foldsDots          fault = "dots in keys are replaced"
	cutsKeys           fault = "keys are cut at 255 bytes"
	deletesPrefix      fault = "Delete takes every key that begins so"
	deletesNothing     fault = "Delete does nothing"
	deleteNotFound     fault = "Delete of nothing is an error"
	forgets            fault = "no more than 500 records are kept"
	plainNotFound      fault = "absence has an error of its own"
	plainConflict      fault = "a conflict has an error of its own"
	cancelledHalfWrite fault = "a Put whose context ended writes half the data"
	cancelledLoss      fault = "a Put whose context ended loses the record"
	cancelledLie       fault = "a Put whose context ended says that it wrote"
)

var errPlain = errors.New("fake: refused")

// fake is a Store with one fault. It has no data races, so that only the contract can find it out.
type fake struct {
	fault fault
	now   func() time.Time

	mu       sync.Mutex
	records  map[string]session.Record
	order    []string
	revision uint64
	copies   map[uint64][]byte
}

func newFake(f fault, now func() time.Time) *fake {
	if f == machineClock {
		now = time.Now
	}
	return &fake{fault: f, now: now, records: make(map[string]session.Record), copies: make(map[uint64][]byte)}
}

func (f *fake) is(fault fault) bool { return f.fault == fault }

func (f *fake) key(key string) string {
	switch {
	case f.is(foldsCase):
		return strings.ToLower(key)
	case f.is(foldsDots):
		return strings.ReplaceAll(key, ".", "_")
	case f.is(cutsKeys):
		return key[:min(len(key), 255)]
	}
	return key
}

// live returns the record under key unless it has expired. The caller holds mu.
func (f *fake) live(key string) (session.Record, bool) {
	r, ok := f.records[key]
	if !ok || f.is(emptyIsAbsent) && len(r.Data) == 0 {
		return session.Record{}, false
	}
	now := f.now()
	gone := !r.Expires.IsZero() && !now.Before(r.Expires)
	if f.is(expiryLate) {
		gone = !r.Expires.IsZero() && now.After(r.Expires)
	}
	if gone && !f.is(expiryIgnored) {
		return session.Record{}, false
	}
	return r, true
}

func (f *fake) Get(_ context.Context, key string) (session.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.live(f.key(key))
	switch {
	case !ok && f.is(plainNotFound):
		return r, errPlain
	case !ok:
		return r, session.ErrNotFound
	case f.is(aliasesOut):
		return r, nil
	case f.is(aliasesReaders):
		if f.copies[r.Revision] == nil {
			f.copies[r.Revision] = bytes.Clone(r.Data)
		}
		r.Data = f.copies[r.Revision]
		return r, nil
	}
	r.Data = bytes.Clone(r.Data)
	return r, nil
}

// refused reports whether a Put of r must not be. The caller holds mu.
func (f *fake) refused(key string, r session.Record) bool {
	old, ok := f.live(key)
	kept, stored := f.records[key]
	switch {
	case f.is(lastWriteWins), f.is(createsTwice) && r.Revision == 0, f.is(updatesNothing) && !ok:
		return false
	case f.is(expiredIsInTheWay) && stored:
		old = kept
	case f.is(expiredIsUpdated) && stored && r.Revision == kept.Revision:
		return false
	}
	return old.Revision != r.Revision
}

// write keeps r. The caller holds mu.
func (f *fake) write(key string, r session.Record) session.Record {
	old, stored := f.records[key]
	_, alive := f.live(key)
	switch {
	case f.is(expiryOfCreation) && alive:
		r.Expires = old.Expires
	case f.is(expiryLost) && alive:
		r.Expires = time.Time{}
	}
	f.revision++
	switch {
	case f.is(restartsRevisions), f.is(revisionsExpire) && stored && !alive:
		r.Revision++
	case f.is(sameRevision) && alive:
		r.Revision = old.Revision
	default:
		r.Revision = f.revision
	}
	if f.is(cutsData) {
		r.Data = r.Data[:min(len(r.Data), 64<<10)]
	}
	if !f.is(aliasesIn) {
		r.Data = bytes.Clone(r.Data)
	}
	f.records[key] = r
	if f.order = append(f.order, key); f.is(forgets) && len(f.order) > 500 {
		delete(f.records, f.order[0])
		f.order = f.order[1:]
	}
	return r
}

func (f *fake) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	key = f.key(key)
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil {
		return r, f.abandon(ctx, key, r)
	}
	refused := f.refused(key, r)
	if f.is(checkThenAct) {
		f.mu.Unlock()
		for range 20 {
			runtime.Gosched()
		}
		f.mu.Lock()
	}
	if refused {
		if old, ok := f.records[key]; ok && f.is(writesThenChecks) {
			old.Data = bytes.Clone(r.Data)
			f.records[key] = old
		}
		if f.is(plainConflict) {
			return r, errPlain
		}
		return r, session.ErrConflict
	}
	return f.write(key, r), nil
}

// abandon is a Put whose context has ended. The caller holds mu.
func (f *fake) abandon(ctx context.Context, key string, r session.Record) error {
	switch {
	case f.is(cancelledHalfWrite):
		r.Data = r.Data[:len(r.Data)/2]
		f.write(key, r)
	case f.is(cancelledLoss):
		delete(f.records, key)
	case f.is(cancelledLie):
		return nil
	}
	return ctx.Err()
}

func (f *fake) Delete(_ context.Context, key string) error {
	key = f.key(key)
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.records[key]; !ok && f.is(deleteNotFound) {
		return session.ErrNotFound
	}
	for other := range f.records {
		if f.is(deletesPrefix) && strings.HasPrefix(other, key) {
			delete(f.records, other)
		}
	}
	if !f.is(deletesNothing) {
		delete(f.records, key)
	}
	return nil
}
