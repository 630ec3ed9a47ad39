package send

import (
	"context"
	"sync"
	"time"
)

// AssetRecord is what an [AssetStore] keeps of one upload.
type AssetRecord struct {
	// ID is the attachment ID.
	ID string
	// Saved is when Meta answered the upload.
	Saved time.Time
}

// AssetStore keeps what [Uploads] has uploaded. Keys are ASCII, at most 200 bytes long if the Page's ID is as
// short as Meta's are. It is safe for concurrent use. It may lose records: the file is uploaded again then.
type AssetStore interface {
	// Load returns the record under key, and whether there is one.
	Load(ctx context.Context, key string) (AssetRecord, bool, error)
	// Save puts r under key, in place of what is there.
	Save(ctx context.Context, key string, r AssetRecord) error
}

// Bounds of what is in memory.
const (
	maxAssetsInMemory = 10_000
	maxForgotten      = 1000
)

// assetMemory is an [AssetStore] in memory.
type assetMemory struct{ records latest[AssetRecord] }

// Load returns the record under key.
func (m *assetMemory) Load(_ context.Context, key string) (AssetRecord, bool, error) {
	r, ok := m.records.get(key)
	return r, ok, nil
}

// Save puts r under key.
func (m *assetMemory) Save(_ context.Context, key string, r AssetRecord) error {
	m.records.put(key, r)
	return nil
}

// latest is a map that keeps its latest keys, at most limit.
type latest[V any] struct {
	limit int

	mu     sync.Mutex
	values map[string]V
	keys   []string // a ring, once it is full
	oldest int      // in keys
}

// get returns the value under key.
func (l *latest[V]) get(key string) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.values[key]
	return v, ok
}

// put puts v under key, which is as old as it was if it is there.
func (l *latest[V]) put(key string, v V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.values == nil {
		l.values = make(map[string]V)
	}
	_, known := l.values[key]
	l.values[key] = v
	switch {
	case known:
	case len(l.keys) < l.limit:
		l.keys = append(l.keys, key)
	default:
		delete(l.values, l.keys[l.oldest])
		l.keys[l.oldest] = key
		l.oldest = (l.oldest + 1) % l.limit
	}
}
