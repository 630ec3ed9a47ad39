package session

import (
	"bytes"
	"context"
	"hash/maphash"
	"runtime"
	"sync"
	"time"

	"github.com/patrickmn/go-cache"
)

// MemoryConfig configures a [Memory]. The zero value works.
type MemoryConfig struct {
	// Now is the clock that judges Record.Expires.
	//
	// Defaults to time.Now.
	Now func() time.Time

	// Shards is the number of independently locked parts.
	//
	// Defaults to 256, enough for millions of records.
	Shards int

	// SweepEvery is the pause between two sweeps of [Memory.Run].
	//
	// Defaults to one minute.
	SweepEvery time.Duration
}

// Memory is a [Store] in the memory of the process: what it holds is lost when the process ends. It is safe
// for concurrent use. An expired record is not found at once, but its memory is only freed by
// [Memory.Sweep] or [Memory.Run].
type Memory struct {
	now    func() time.Time
	every  time.Duration
	seed   maphash.Seed
	shards []*shard
}

// shard is one part of a Memory. Readers go to the cache alone, so that no sweep holds them up; writers
// hold mu, since the cache has no compare-and-set.
type shard struct {
	cache    *cache.Cache
	mu       sync.Mutex
	expiring expiring // the entries that expire, the next one first: a sweep looks at no other
	revision uint64   // of the last write in this shard: never given twice
}

// entry is a record in the cache. A write replaces it by another; look and place alone change, under mu.
type entry struct {
	key      string
	data     []byte
	revision uint64
	expires  time.Time
	look     int64 // when a sweep looks at it, in nanoseconds since 1970: no later than it expires
	place    int   // in expiring, or nowhere
}

// expired reports whether e has ceased to exist at now.
func (e *entry) expired(now time.Time) bool {
	return !e.expires.IsZero() && !now.Before(e.expires)
}

const (
	// deletesAtOnce is how many expired records a sweep deletes before it lets others run, and a shard's
	// writers in: some thirty microseconds' worth.
	deletesAtOnce = 16
	// sweepPause follows after every deletesAtMost. A sweep that keeps a processor busy holds up readers by
	// whole time slices, whatever locks it takes: with it a million records take three seconds.
	sweepPause    = time.Millisecond
	deletesAtMost = 512
)

// NewMemory returns an empty Memory. It starts no goroutine: whoever owns it runs [Memory.Run].
func NewMemory(cfg MemoryConfig) *Memory {
	m := &Memory{now: cfg.Now, every: cfg.SweepEvery, seed: maphash.MakeSeed()}
	if m.now == nil {
		m.now = time.Now
	}
	if m.every <= 0 {
		m.every = time.Minute
	}
	n := cfg.Shards
	if n <= 0 {
		n = 256
	}
	m.shards = make([]*shard, n)
	for i := range m.shards {
		// Neither go-cache's clock nor its janitor: the one cannot be injected, the other cannot be stopped
		// and holds the lock for a whole sweep.
		m.shards[i] = &shard{cache: cache.New(cache.NoExpiration, 0)}
	}
	return m
}

// Durable returns false: the records end with the process. A bot says so when it starts.
func (*Memory) Durable() bool { return false }

// shard returns the part of m that key belongs to.
func (m *Memory) shard(key string) *shard {
	return m.shards[maphash.String(m.seed, key)%uint64(len(m.shards))]
}

// peek returns the entry under key, expired or not, or nil.
func (s *shard) peek(key string) *entry {
	item, _ := s.cache.Get(key)
	e, _ := item.(*entry)
	return e
}

// Get returns a copy of the record under key, or [ErrNotFound].
func (m *Memory) Get(ctx context.Context, key string) (Record, error) {
	if err := ctx.Err(); err != nil {
		return Record{}, err
	}
	e := m.shard(key).peek(key)
	if e == nil || e.expired(m.now()) {
		return Record{}, ErrNotFound
	}
	return Record{Data: bytes.Clone(e.data), Revision: e.revision, Expires: e.expires}, nil
}

// Put writes a copy of r under key if the record there is at r.Revision, or returns [ErrConflict].
func (m *Memory) Put(ctx context.Context, key string, r Record) (Record, error) {
	if err := ctx.Err(); err != nil {
		return Record{}, err
	}
	fresh := &entry{key: key, data: bytes.Clone(r.Data), expires: r.Expires.Round(0)}
	s := m.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.peek(key)
	var revision uint64
	if old != nil && !old.expired(m.now()) {
		revision = old.revision
	}
	if r.Revision != revision {
		return Record{}, ErrConflict
	}
	s.revision++
	fresh.revision = s.revision
	s.expiring.replace(old, fresh)
	s.cache.Set(key, fresh, cache.NoExpiration)
	r.Revision = fresh.revision
	return r, nil
}

// Delete removes the record under key, if there is one.
func (m *Memory) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := m.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.peek(key); e != nil {
		s.expiring.remove(e)
		s.cache.Delete(key)
	}
	return nil
}

// Len returns the number of records, those that have expired and are not swept yet included.
func (m *Memory) Len() int {
	n := 0
	for _, s := range m.shards {
		n += s.cache.ItemCount()
	}
	return n
}

// Run sweeps every MemoryConfig.SweepEvery until ctx ends, and then returns nil. Its owner waits for it.
func (m *Memory) Run(ctx context.Context) error {
	tick := time.NewTicker(m.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			m.Sweep(ctx)
		}
	}
}

// Sweep frees the memory of the records that have expired, shard by shard, and returns how many there were.
// It takes its time, some three seconds for a million of them, so as to hold up nobody. It ends early when
// ctx does.
func (m *Memory) Sweep(ctx context.Context) int {
	swept, rested, now := 0, 0, m.now()
	for _, s := range m.shards {
		for n := deletesAtOnce; n == deletesAtOnce; {
			if ctx.Err() != nil {
				return swept
			}
			n = s.sweep(now)
			swept += n
			if swept-rested < deletesAtMost {
				runtime.Gosched()
				continue
			}
			rested = swept
			sleep(ctx, sweepPause)
		}
	}
	return swept
}

// sweep deletes up to deletesAtOnce of the entries that have expired at now and returns how many it did.
func (s *shard) sweep(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	deleted := 0
	for deleted < deletesAtOnce {
		e := s.expiring.next(now)
		switch {
		case e == nil:
			return deleted
		case !e.expired(now):
			s.expiring.put(e)
		default:
			s.expiring.remove(e)
			s.cache.Delete(e.key)
			deleted++
		}
	}
	return deleted
}
