package session

import (
	"time"

	"github.com/parleybot/parley/send"
)

// Ownership says which other app owns the thread with a person.
//
// Source: Meta, Conversation Routing, 24 September 2025.
type Ownership struct {
	// App is the id of the app, as [Person].Owner: "" if the thread is the bot's own or nobody's, or if that
	// is unknown.
	App string
	// Since is since when that is so.
	//
	// Zero if nothing was ever heard of an owner.
	Since time.Time
}

func (o Ownership) since() time.Time { return o.Since }

// Ownership returns what p knows of the owner of the thread.
func (p *Person) Ownership() Ownership { return Ownership{App: p.Owner, Since: p.OwnerSince} }

// SetOwnership replaces what p knows of the owner of the thread.
func (p *Person) SetOwnership(o Ownership) { p.Owner, p.OwnerSince = o.App, o.Since }

// DefaultOwners is how many people an [Owners] remembers unless told otherwise.
const DefaultOwners = 10_000

// Owners remembers which threads got another owner, in a bounded memory without I/O: by those who may not
// write the person's record, and until the lane that may does so. It is safe for concurrent use, and starts
// no goroutine.
type Owners struct{ latest latest[Ownership] }

// NewOwners returns an Owners that remembers at most people, and for sure the half of them that were recorded
// last. Zero or less stands for [DefaultOwners]; the least is two.
func NewOwners(people int) *Owners {
	if people <= 0 {
		people = DefaultOwners
	}
	return &Owners{latest[Ownership]{people: newRecent[Ownership](people, 1, 0)}}
}

// Record remembers who owns the thread of page with who. A later Since replaces an earlier one, and not the
// other way round.
func (o *Owners) Record(page string, who send.PSID, found Ownership) {
	o.latest.record(page, who, found)
}

// Find returns who owns the thread of page with who, the zero value if that is not remembered.
func (o *Owners) Find(page string, who send.PSID) Ownership { return o.latest.find(page, who) }
