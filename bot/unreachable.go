package bot

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// stoppedTopic is the subcode of a person who has stopped the notification messages of one topic: others
// still reach them.
//
// Source: Meta, Messenger Platform error codes, 25 June 2026.
const stoppedTopic = 1893015

// reachable returns why no call is made to the person of t, or nil.
func (t *Thread) reachable() error {
	if t.to.ID == "" {
		return nil // whoever is behind a token or a comment is for Meta to know
	}
	found := t.bot.unreachables.Find(t.page, t.to.ID)
	if t.unreachable != nil {
		found = laterOf(*t.unreachable, found)
	}
	if found.Since.IsZero() || t.Window().Opened.After(found.Since) {
		return nil
	}
	code := strconv.Itoa(found.Code)
	if found.Subcode != 0 {
		code += "/" + strconv.Itoa(found.Subcode)
	}
	return fmt.Errorf("%w since %s, when Meta refused with code %s: no call is made until they write again",
		send.ErrUnreachable, found.Since.UTC().Format(time.RFC3339), code)
}

// heedRefusal remembers that the person of t is unreachable if that is what err says of a call that began at
// the given time. It is remembered in memory, as only the person's lane may write their record. The name of a
// persona that was refused is forgotten.
func (t *Thread) heedRefusal(at time.Time, err error) {
	t.heedPersona(err)
	refused, ok := errors.AsType[*send.Error](err)
	if !ok || t.to.ID == "" || !errors.Is(refused, send.ErrUnreachable) || refused.Subcode == stoppedTopic {
		return
	}
	t.bot.unreachables.Record(t.page, t.to.ID, session.Unreachable{
		Since: at, Code: refused.Code, Subcode: refused.Subcode,
	})
	t.bot.log.Debug().Str("person", t.bot.hash(t.to.ID)).Int("code", refused.Code).
		Int("subcode", refused.Subcode).
		Msg("person unreachable: nothing is sent to them until they write again")
}

// heedAct forgets that the person is unreachable if the event in hand is one that they caused, once for all
// its tries: what a try finds out is true for the next.
func (t *turn) heedAct(acted bool) {
	if acted {
		t.record.Unreachable = session.Unreachable{}
		if !t.ledger.heeded {
			t.ledger.heeded = true
			t.bot.unreachables.Forget(t.page, t.person)
		}
	}
	t.noteUnreachable()
}

// noteUnreachable brings what is known of the person to their record.
func (t *turn) noteUnreachable() {
	t.record.Unreachable = laterOf(t.record.Unreachable, t.bot.unreachables.Find(t.page, t.person))
}

// known returns u, nil if it says nothing.
func known(u session.Unreachable) *session.Unreachable {
	if u.Since.IsZero() {
		return nil
	}
	kept := u // not u itself, which would be on the heap in every case
	return &kept
}

// laterOf returns the later of two.
func laterOf(a, b session.Unreachable) session.Unreachable {
	if b.Since.After(a.Since) {
		return b
	}
	return a
}
