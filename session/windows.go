package session

import (
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
type Windows struct{ people recent[opening] }

// opening is a window. Like its key it holds no pointer.
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
	return &Windows{newRecent[opening](people, shards, max(1, people/shards/2))}
}

// RecordInbound records that who opened the messaging window of page. What is remembered never goes
// backwards: it becomes the [Later] of old and new. An unknown window is not recorded, nor is one from before
// 1970, when nobody wrote to a Page.
func (w *Windows) RecordInbound(page string, who send.PSID, window send.Window) {
	if window.Opened.Unix() < 0 {
		return
	}
	key, people := w.people.find(page, who)
	people.mu.Lock()
	defer people.mu.Unlock()
	if known := people.get(key); known != (opening{}) {
		window = Later(known.window(), window)
	}
	people.put(key, opening{nanos: window.Opened.UnixNano(), by: window.By})
}

// Newest returns the newest window of who on page, unknown if none is remembered.
func (w *Windows) Newest(page string, who send.PSID) send.Window {
	key, people := w.people.find(page, who)
	people.mu.Lock()
	known := people.get(key)
	people.mu.Unlock()
	if known == (opening{}) {
		return send.Window{}
	}
	return known.window()
}
