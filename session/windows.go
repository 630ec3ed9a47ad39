package session

import (
	"hash/maphash"
	"strings"
	"sync"

	"github.com/parleybot/parley/send"
)

// Later returns what two windows of one person are together: opened when the later one was, and by an ad if
// the earlier one stays open longer than the later. The result never closes before a or b does, so nothing
// is refused that either of them allows. An unknown window changes nothing. The order of a and b does not
// matter.
//
// It errs towards Meta's judgement: a person who comes from an ad and goes on writing keeps a window opened
// by an ad, which is surely open for 24 hours after their last action and unknown until 7 days after it.
func Later(a, b send.Window) send.Window {
	if a.Opened.Before(b.Opened) {
		a, b = b, a
	}
	if b.Closes().After(a.Closes()) {
		a.By = b.By
	}
	return a
}

// DefaultWindows is how many people a [Windows] remembers unless told otherwise.
const DefaultWindows = 100_000

// windowShards is the number of independently locked parts of a Windows with room for many people.
const windowShards = 64

// Windows remembers the newest messaging window of each person, in a bounded memory without I/O. The
// webhook receiver records into it, so that a handler in flight sees a window that opened since it began.
// It is safe for concurrent use, and starts no goroutine.
type Windows struct {
	seed   maphash.Seed
	shards []windowShard
}

// windowShard keeps two generations of people. Whoever is recorded goes into the younger; when that is full
// the older is forgotten and the younger becomes the older.
type windowShard struct {
	mu           sync.Mutex
	room         int // of one generation
	young, older map[windowKey]*send.Window
}

// windowKey is a person on a Page.
type windowKey struct {
	page string
	who  send.PSID
}

// NewWindows returns a Windows that remembers at most people, and for sure about the half of them that
// wrote last. Zero or less stands for [DefaultWindows]; the least is two.
func NewWindows(people int) *Windows {
	if people <= 0 {
		people = DefaultWindows
	}
	shards := windowShards
	if people < 64*windowShards {
		shards = 1
	}
	w := &Windows{seed: maphash.MakeSeed(), shards: make([]windowShard, shards)}
	for i := range w.shards {
		w.shards[i] = windowShard{
			room:  max(1, people/shards/2),
			young: make(map[windowKey]*send.Window),
			older: make(map[windowKey]*send.Window),
		}
	}
	return w
}

// shard returns the part of w that k belongs to.
func (w *Windows) shard(k windowKey) *windowShard {
	return &w.shards[maphash.Comparable(w.seed, k)%uint64(len(w.shards))]
}

// RecordInbound records that who opened the messaging window of page. What is remembered never goes
// backwards: it becomes the [Later] of old and new. An unknown window is not recorded.
func (w *Windows) RecordInbound(page string, who send.PSID, window send.Window) {
	if window.Opened.IsZero() {
		return
	}
	key := windowKey{page, who}
	s := w.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.young[key]; known != nil {
		*known = Later(*known, window) // not by the key, whose strings may be parts of a whole request body
		return
	}
	if known := s.older[key]; known != nil {
		window = Later(*known, window)
	}
	if len(s.young) >= s.room {
		clear(s.older)
		s.young, s.older = s.older, s.young
	}
	fresh := window // a copy, so that a person who is known costs no allocation
	s.young[windowKey{strings.Clone(page), send.PSID(strings.Clone(string(who)))}] = &fresh
}

// Newest returns the newest window of who on page, unknown if none is remembered.
func (w *Windows) Newest(page string, who send.PSID) send.Window {
	key := windowKey{page, who}
	s := w.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.young[key]
	if known == nil {
		known = s.older[key]
	}
	if known == nil {
		return send.Window{}
	}
	return *known
}
