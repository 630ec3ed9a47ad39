package session

import (
	"hash/maphash"
	"sync"
	"time"

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
	seeds  [2]maphash.Seed
	shards []windowShard
}

// windowShard keeps two generations of people. Whoever is recorded goes into the younger; when that is full
// the older is forgotten and the younger becomes the older.
type windowShard struct {
	mu           sync.Mutex
	room         int // of one generation
	young, older map[windowKey]opening
}

// windowKey is a person on a Page, as 128 bits of hash. Like opening it holds no pointer: a hundred thousand
// people are nothing for the garbage collector to look at.
type windowKey [2]uint64

// opening is a window.
type opening struct {
	nanos int64 // since 1970
	by    send.Opener
}

func (o opening) window() send.Window {
	return send.Window{Opened: time.Unix(0, o.nanos).UTC(), By: o.by}
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
	w := &Windows{
		seeds:  [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		shards: make([]windowShard, shards),
	}
	room := max(1, people/shards/2)
	for i := range w.shards {
		w.shards[i] = windowShard{
			room:  room,
			young: make(map[windowKey]opening, room),
			older: make(map[windowKey]opening, room),
		}
	}
	return w
}

// find returns the key of a person on a Page, and the part of w that it belongs to.
func (w *Windows) find(page string, who send.PSID) (windowKey, *windowShard) {
	person := struct {
		page string
		who  send.PSID
	}{page, who}
	key := windowKey{maphash.Comparable(w.seeds[0], person), maphash.Comparable(w.seeds[1], person)}
	return key, &w.shards[key[0]%uint64(len(w.shards))]
}

// RecordInbound records that who opened the messaging window of page. What is remembered never goes
// backwards: it becomes the [Later] of old and new. An unknown window is not recorded, nor is one from before
// 1970, when nobody wrote to a Page.
func (w *Windows) RecordInbound(page string, who send.PSID, window send.Window) {
	if window.Opened.Unix() < 0 {
		return
	}
	key, s := w.find(page, who)
	s.mu.Lock()
	defer s.mu.Unlock()
	known, young := s.young[key]
	if !young {
		known = s.older[key]
	}
	if known != (opening{}) {
		window = Later(known.window(), window)
	}
	if !young && len(s.young) >= s.room {
		clear(s.older)
		s.young, s.older = s.older, s.young
	}
	s.young[key] = opening{nanos: window.Opened.UnixNano(), by: window.By}
}

// Newest returns the newest window of who on page, unknown if none is remembered.
func (w *Windows) Newest(page string, who send.PSID) send.Window {
	key, s := w.find(page, who)
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.young[key]
	if !ok {
		known, ok = s.older[key]
	}
	if !ok {
		return send.Window{}
	}
	return known.window()
}
