package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parleybot/parley/send"
)

var (
	// ErrDamaged means that the bytes of a record are not what [Person.Save] wrote.
	ErrDamaged = errors.New("session: record damaged")
	// ErrVersion means that a record was written by a version of Parley that this one does not know.
	ErrVersion = errors.New("session: record of an unknown version")
)

// Person is a person's one record, decoded: the framework's half (window, thread owner, how long the bot is
// muted, whether no message reaches the person, what Meta says about them, ids of events handled, ledger,
// events called back), the session values and the frames of the conversation. Only the lane of that person
// writes it; a lane without a person (a user_ref, a comment) has one too, with the framework's half alone. A
// Person is not safe for concurrent use.
type Person struct {
	// Window is the newest messaging window the lane knows of.
	Window send.Window

	// Owner is the id of the app that owns the thread, if that is another one, or a word for it if Meta has
	// not told which: "" if the thread is the bot's own or nobody's, or if that is unknown. The Page's inbox
	// is an app too.
	Owner string

	// OwnerSince is since when the thread has had its Owner, or none: what is older does not change it.
	//
	// Zero if nothing was ever heard of an owner.
	OwnerSince time.Time

	// About is what was found out about the person, in a form of whoever found out. Save drops it if it is
	// longer than 4 KiB. Replace it as a whole: the bytes it was loaded with must not be changed.
	About []byte

	// Muted is until when the bot keeps silent towards this person, because a human answers them.
	//
	// Zero if it need not.
	Muted time.Time

	// Unreachable is since when no message reaches this person: until they write again.
	//
	// Zero if they can be reached, as far as is known.
	Unreachable Unreachable

	// Ledger tells what the event in hand has already sent.
	Ledger []Entry

	// Revoked are the ids of own events that were called back before they were due, the latest last. Save
	// keeps the last 64.
	Revoked []string

	// Frames is where the person is in a conversation, in a form of the router's own; nil outside of one.
	// Replace it as a whole: the bytes it was loaded with must not be changed.
	Frames []byte

	// Expires is when the session values and the frames in the Store expire. Save sets it; to change it has
	// no effect.
	//
	// Zero if there are none.
	Expires time.Time

	key      string
	revision uint64
	ids      ids
	hashed   string // the id that was hashed last
	hashOf   [hashSize]byte
	stored   half     // what the Store holds of the handler's half
	session  *Session // nil until somebody asks for it
}

// half is the handler's half of a record: it changes only when a handler succeeds.
type half struct {
	values  []byte // names and JSON in turn, in the order of the names
	frames  []byte
	expires time.Time
}

// Entry is one message that the event in hand has sent.
type Entry struct {
	// Event is the id of the event.
	Event string
	// Key tells the message from the others of the event.
	Key string
	// Recipient, Mid and Attachment are the receipt: recipient_id, message_id and attachment_id.
	Recipient, Mid, Attachment string
	// Unsure says that the request may have arrived, but no receipt did.
	Unsure bool
}

const (
	// maxRevoked is how many events called back are kept.
	maxRevoked = 64
	// maxAbout is the greatest length of Person.About, in bytes.
	maxAbout = 4 << 10
)

// Load reads the person under key from store. An absent record gives an empty Person, and session values
// and frames that have expired at now are left out; the framework's half outlives them.
//
// A record that does not decode gives [ErrDamaged] together with an empty Person, whose Save replaces it;
// one of a version yet unknown gives [ErrVersion]. Other errors are those of store.
func Load(ctx context.Context, store Store, key string, now time.Time) (*Person, error) {
	r, err := store.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return &Person{key: key}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("session: load: %w", err)
	}
	p, err := decode(r.Data)
	if errors.Is(err, ErrDamaged) {
		return &Person{key: key, revision: r.Revision}, err
	}
	if err != nil {
		return nil, err
	}
	p.key, p.revision = key, r.Revision
	if !p.Expires.IsZero() && !now.Before(p.Expires) {
		p.stored, p.Frames, p.Expires = half{}, nil, time.Time{}
	}
	return p, nil
}

// Handled reports whether the event called id is among those that were handled.
func (p *Person) Handled(id string) bool { return p.ids.has(p.hash(id)) }

// MarkHandled adds the event called id, handled at now, to those that were. At least the last 64 are
// remembered, and all of the last 36 hours up to 512: for so long Meta may deliver a webhook again.
func (p *Person) MarkHandled(id string, now time.Time) { p.ids = p.ids.with(p.hash(id), now) }

// hash returns the hash of id, which is asked for when an event begins and when it ends.
func (p *Person) hash(id string) [hashSize]byte {
	if p.hashed != id {
		p.hashed, p.hashOf = id, hash(id)
	}
	return p.hashOf
}

// Session returns the session values, with the changes made to them since the Person was loaded, saved or
// discarded.
func (p *Person) Session() *Session {
	if p.session == nil {
		p.session = &Session{stored: p.stored.values}
	}
	return p.session
}

// Discard forgets the changes of session values and frames, so that the next try of a handler starts from
// what is stored. A Session that was handed out before has nothing to do with the Person any more.
func (p *Person) Discard() {
	p.session, p.Frames = nil, p.stored.frames
}

// Save writes the whole record with one compare-and-set, after a handler that succeeded. Session values and
// frames expire ttl after now, the rest lives at least as long as Meta may deliver an event again (36
// hours), as the window can matter (7 days) and as the bot is muted; that a person is unreachable is kept for
// a year.
//
// [ErrConflict] means that somebody else has written the record: load it anew. An answer of the Store that
// got lost is no conflict: Save reads back, knows its own write, and else puts again, for a few seconds at
// most. After any error load the Person anew before using it on.
func (p *Person) Save(ctx context.Context, store Store, now time.Time, ttl time.Duration) error {
	next := half{values: p.stored.values, frames: p.Frames}
	if p.session != nil {
		next.values = p.session.merged()
	}
	if len(next.values)+len(next.frames) > 0 {
		next.expires = now.Add(ttl)
	}
	if err := p.write(ctx, store, now, next); err != nil {
		return err
	}
	p.stored, p.session = next, nil
	p.Expires = next.expires
	return nil
}

// SaveFramework writes the framework's half like [Person.Save] and leaves the session values and the frames
// in the Store as they are: after a handler that failed, and for the ledger while one runs. The changes
// made so far are kept in the Person; a Save that follows writes them.
func (p *Person) SaveFramework(ctx context.Context, store Store, now time.Time) error {
	return p.write(ctx, store, now, p.stored)
}

// write puts the record with h as its handler's half.
func (p *Person) write(ctx context.Context, store Store, now time.Time, h half) error {
	if n := len(p.Revoked); n > maxRevoked {
		p.Revoked = p.Revoked[n-maxRevoked:]
	}
	if len(p.About) > maxAbout {
		p.About = nil
	}
	revision, err := put(ctx, store, p.key, Record{
		Data:     p.encode(h),
		Revision: p.revision,
		Expires:  p.outlives(now, h),
	})
	if err != nil {
		return err
	}
	p.revision = revision
	return nil
}

// outlives returns when nothing of the record matters any more.
func (p *Person) outlives(now time.Time, h half) time.Time {
	last := now.Add(idAge)
	if h.expires.After(last) {
		last = h.expires
	}
	if p.Muted.After(last) {
		last = p.Muted
	}
	if since := p.Unreachable.Since; !since.IsZero() && since.Add(unreachableFor).After(last) {
		last = since.Add(unreachableFor)
	}
	if w := p.Window.Opened; !w.IsZero() && w.Add(send.AgentWindow).After(last) {
		last = w.Add(send.AgentWindow)
	}
	return last
}
