package bot

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// ownerName is the framework's own event that brings what is known of a thread's owner to the person's
// record.
const ownerName = ownPrefix + "owner"

// clocksApart is how much Meta's clock may differ from the bot's: a thread that is passed back at once is
// passed back, even if by the clocks that was before it was passed on.
const clocksApart = time.Minute

// outOfOrder is how much two events of one lane may disagree with the order in which they came: the later one
// counts, even if by its time it is the earlier one.
const outOfOrder = time.Second

// OwnsThread reports whether the bot may answer in the thread: it is false if another app, or a human in the
// Page's inbox, owned it when the event came, as far as is known, and on a [webhook.Handover] that names
// another app as the new owner. Messages then fail with [ErrNotOwner], and a router takes only the routes of
// the event's type, and those of the bot's own events. It does not change
// while the event is handled, also if the handler gives the thread away and runs again.
func (c *Context) OwnsThread() bool {
	_, standby := c.turn.event.(*webhook.Standby)
	return !standby && !c.turn.theirs
}

// heedOwner notes in the person's record which app owns the thread, as memory and the event in hand say;
// before is the messaging window without the event.
func (t *turn) heedOwner(before send.Window) {
	if t.person == "" {
		return
	}
	t.noteOwner()
	gave := t.ledger.did(gavePrefix)
	if !gave && !t.ledger.did(tookPlace) { // else the event is older than what its own handler has done
		t.heedHandover(before)
	}
	since := t.record.OwnerSince
	if since.IsZero() || lapsed(since, t.record.Window, t.began) {
		t.record.Owner = ""
	}
	t.theirs = t.record.Owner != "" && !gave
	if e, ok := t.event.(*webhook.Handover); ok {
		app, told := t.ownerAfter(e)
		t.theirs = t.theirs || told && app != ""
	}
}

// ownerAfter returns which other app e says owns the thread from then on, "" being the bot's own; false if it
// says nothing of that.
func (t *turn) ownerAfter(e *webhook.Handover) (app string, told bool) {
	ours := t.bot.appOf(t.page)
	switch {
	case e.Action == webhook.HandoverPass && (e.NewOwner == "" || ours == ""),
		e.NewOwner != "" && e.NewOwner == ours:
		return "", true
	case e.Action == webhook.HandoverPass, e.Action == webhook.HandoverTake:
		return cmp.Or(e.NewOwner, otherApp), true
	}
	return "", false
}

// heedHandover notes what the event in hand says of the thread's owner. Meta tells of a pass only the new
// owner, and of a take only the one before; what the person says comes outside of standby only to the owner,
// or to the default app when there is none.
//
// Source: Meta, messaging_handovers, and Conversation Routing, 24 September 2025.
func (t *turn) heedHandover(before send.Window) {
	at := t.event.From().Time
	if at.IsZero() || at.After(t.began) {
		at = t.began
	}
	switch e := t.event.(type) {
	case *webhook.Handover:
		switch app, told := t.ownerAfter(e); {
		case told && app == "":
			t.setOwner("", at, clocksApart)
			t.endPause(at)
		case told:
			t.setOwner(app, at, outOfOrder)
		}
	case *webhook.Message, *webhook.Postback:
		if t.record.Owner != "" { // what they said just before the bot gave the thread away changes nothing
			t.setOwner("", at, 0)
		}
	case *webhook.Standby: // some other app has it, whichever
	default:
		if t.record.Owner != "" && lapsed(t.record.OwnerSince, before, at) {
			t.setOwner("", at, 0) // it had expired, and a window that opens now does not bring it back
		}
	}
}

// setOwner notes which other app owns the thread from the given time on; "": none. What is older by more than
// tolerance than what is known changes nothing, nor, without tolerance, what is as old.
func (t *turn) setOwner(app string, at time.Time, tolerance time.Duration) {
	known := t.record.OwnerSince
	if latest := at.Add(tolerance); latest.Before(known) || tolerance == 0 && latest.Equal(known) {
		return
	}
	found := session.Ownership{App: app, Since: after(at, known)}
	t.record.SetOwnership(found)
	t.bot.owners.Record(t.page, t.person, found)
	t.bot.log.Debug().Str("event", t.bot.nameOf(t.id, t.event)).Bool("muted", app != "").
		Msg("the thread has another owner")
}

// noteOwner brings what is known of the thread's owner to the person's record.
func (t *turn) noteOwner() {
	if t.person == "" {
		return
	}
	t.adopt(t.bot.owners.Find(t.page, t.person))
}

// adopt brings what was found out to the person's record, if it is newer.
func (t *turn) adopt(found session.Ownership) {
	if found.Since.After(t.record.OwnerSince) {
		t.record.SetOwnership(found)
	}
}

// toldOwner reports whether an own event is the framework's, which says who owns the thread.
func (t *turn) toldOwner(own *webhook.Custom) bool {
	if own.Name != ownerName {
		return false
	}
	var found session.Ownership
	if json.Unmarshal(own.Data, &found) == nil {
		t.adopt(found)
	}
	return true
}

// reserve returns the place of what a handler does with the thread, and whether an earlier try did it.
func (l *ledger) reserve(name string) (place string, done bool) {
	if l.counts == nil {
		l.counts = make(tally)
	}
	l.counts[name]++
	place = name + "#" + strconv.Itoa(l.counts[name])
	_, done = l.earlier[place]
	return place, done
}

// did reports whether an earlier try of the event has done with the thread what begins with prefix.
func (l *ledger) did(prefix string) bool {
	for place := range l.earlier {
		if strings.HasPrefix(place, prefix) {
			return true
		}
	}
	return false
}

// knownOwner returns o, nil if it says nothing.
func knownOwner(o session.Ownership) *session.Ownership {
	if o.Since.IsZero() {
		return nil
	}
	kept := o // not o itself, which would be on the heap in every case
	return &kept
}
