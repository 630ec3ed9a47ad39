package session

import (
	"time"

	"github.com/parleybot/parley/send"
)

// Unreachable says that no message reaches a person: they have blocked the Page, deleted the thread, or are
// not known to it. That ends when they write again.
//
// Source: Meta, Messenger Platform error codes, 25 June 2026.
type Unreachable struct {
	// Since is when Meta said so.
	//
	// Zero if the person can be reached, as far as is known.
	Since time.Time
	// Code and Subcode are Meta's numbers for the reason; Subcode is 0 if there was none.
	Code, Subcode int
}

// unreachableFor is how long it is remembered of a person who never writes again. Then a Store need not keep
// them any more, and Meta is asked once more.
const unreachableFor = 365 * 24 * time.Hour

// DefaultUnreachables is how many people an [Unreachables] remembers unless told otherwise.
const DefaultUnreachables = 10_000

func (u Unreachable) since() time.Time { return u.Since }

// Unreachables remembers who was found to be unreachable, in a bounded memory without I/O: by those who may
// not write the person's record, and until the lane that may does so. It is safe for concurrent use, and
// starts no goroutine.
type Unreachables struct{ latest latest[Unreachable] }

// NewUnreachables returns an Unreachables that remembers at most people, and for sure the half of them that
// were recorded last. Zero or less stands for [DefaultUnreachables]; the least is two.
func NewUnreachables(people int) *Unreachables {
	if people <= 0 {
		people = DefaultUnreachables
	}
	return &Unreachables{latest[Unreachable]{people: newRecent[Unreachable](people, 1, 0)}}
}

// Record remembers that no message of page reaches who. A later Since replaces an earlier one, and not the
// other way round.
func (u *Unreachables) Record(page string, who send.PSID, found Unreachable) {
	u.latest.record(page, who, found)
}

// Find returns since when no message of page reaches who, the zero value if that is not remembered.
func (u *Unreachables) Find(page string, who send.PSID) Unreachable { return u.latest.find(page, who) }

// Forget forgets that no message of page reaches who.
func (u *Unreachables) Forget(page string, who send.PSID) { u.latest.forget(page, who) }
