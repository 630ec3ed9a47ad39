package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// controlFor is how long an app owns a thread without a word of the person. Then nobody does, as far as is
// known, and Meta is asked again.
//
// Source: Meta, Conversation Routing, 24 September 2025.
const controlFor = 24 * time.Hour

// otherApp stands for an app that owns a thread when Meta has not said which.
const otherApp = "other"

// What is entered in the ledger of what a handler has done with the thread: given it away, or anything else.
const (
	gavePrefix = "gave."
	didPrefix  = "did."
	tookPlace  = didPrefix + "take"
)

// PassThread gives the thread to another app: app is its ID, such as [send.PageInbox], "" the Page's default
// app; metadata tells it why. From then on the bot is muted towards the person, as the section on
// conversation routing says, until the thread comes back. To say something and pass the thread in one go
// take [Thread.HandOver].
//
// It needs conversation routing, and that the bot or nobody owns the thread; it may be called on every event
// that has a person. When a handler runs again the thread is not passed again, unless no answer had come. The
// error is [ErrNoRecipient], the context's, or one of [send.Client.PassThread].
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (t *Thread) PassThread(app, metadata string) error {
	return t.changeOwner(gavePrefix+"pass."+app, t.passedTo(app), func(c *send.Client) error {
		return c.PassThread(t.ctx, t.person, app, metadata)
	})
}

// ReleaseThread gives the thread back to nobody: the Page's default app answers what the person says next.
// Only the owner may. When a handler runs again it is not released again. Errors are as those of
// [Thread.PassThread].
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (t *Thread) ReleaseThread() error {
	return t.changeOwner(gavePrefix+"release", "", func(c *send.Client) error {
		return c.ReleaseThread(t.ctx, t.person)
	})
}

// TakeThread takes the thread from the app that owns it, which hears of it with metadata. The Page must have
// a default app, and allow the bot's to take control. From then on the bot may write to the person. When a
// handler runs again it is not taken again. Errors are as those of [Thread.PassThread].
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (t *Thread) TakeThread(metadata string) error {
	return t.changeOwner(tookPlace, "", func(c *send.Client) error {
		return c.TakeThread(t.ctx, t.person, metadata)
	})
}

// RequestThread asks the app that owns the thread to pass it on. The bot stays muted until a
// [webhook.Handover] tells that it did. When a handler runs again it is not asked again. Errors are as those
// of [Thread.PassThread].
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (t *Thread) RequestThread(metadata string) error {
	return t.routed(didPrefix+"request", func(c *send.Client) error {
		return c.RequestThread(t.ctx, t.person, metadata)
	})
}

// ExtendThread keeps the thread for d, seven days at most, in place of 24 hours after the person's last
// message. Only the owner may. Errors are as those of [Thread.PassThread].
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (t *Thread) ExtendThread(d time.Duration) error {
	return t.routed(didPrefix+"extend", func(c *send.Client) error {
		return c.ExtendThread(t.ctx, t.person, d)
	})
}

// ThreadOwner asks Meta who owns the thread, and believes the answer from then on: the bot is muted, or is so
// no more. It needs to know its own app for that ([Config].AppID). Errors are as those of
// [Thread.PassThread].
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (t *Thread) ThreadOwner() (send.ThreadOwner, error) {
	if err := t.controllable(); err != nil {
		return send.ThreadOwner{}, err
	}
	at := t.bot.cfg.Now()
	owner, err := t.client().ThreadOwner(t.ctx, t.person)
	if err != nil {
		return send.ThreadOwner{}, &sendError{err}
	}
	if app, known := t.ownerIn(owner); known && (app != "" || t.ownership(t.person).App != "") {
		t.learnOwner(app, at)
	}
	return owner, nil
}

// ownerIn returns which other app Meta's answer says owns the thread, as the person's record has it; false if
// it does not say.
func (t *Thread) ownerIn(owner send.ThreadOwner) (string, bool) {
	switch ours := t.bot.appOf(t.page); {
	case owner.Idle():
		return "", true
	case owner.App == "":
		return otherApp, true
	case owner.App == ours:
		return "", true
	default:
		return owner.App, ours != ""
	}
}

// passedTo returns which other app owns the thread once it has been passed to app.
func (t *Thread) passedTo(app string) string {
	switch app {
	case "":
		return otherApp // should the bot's be the default app, Meta's webhook says so
	case t.bot.appOf(t.page):
		return ""
	}
	return app
}

// controllable reports why who owns the thread cannot be asked or changed.
func (t *Thread) controllable() error {
	if t.person == "" {
		return ErrNoRecipient
	}
	if err := t.released(); err != nil {
		return err
	}
	return context.Cause(t.ctx)
}

// routed does something with the thread: once for each event, however often its handler runs.
func (t *Thread) routed(name string, do func(c *send.Client) error) error {
	if err := t.controllable(); err != nil {
		return err
	}
	var place string
	if t.turn != nil {
		var done bool
		if place, done = t.turn.ledger.reserve(name + "." + string(t.person)); done {
			return nil
		}
	}
	if err := do(t.client()); err != nil {
		return &sendError{err}
	}
	if t.turn != nil {
		t.turn.enter(t.ctx, &outbound{place: place})
	}
	return nil
}

// changeOwner does something with the thread after which the app called owner has it, "" being the bot's own
// or none.
func (t *Thread) changeOwner(name, owner string, do func(c *send.Client) error) error {
	return t.routed(name, func(c *send.Client) error {
		at := t.bot.cfg.Now() // the thread's next owner may act before the answer is here
		if err := do(c); err != nil {
			return err
		}
		t.learnOwner(owner, at)
		return nil
	})
}

// handedOver notes that a message has handed the thread on.
func (t *Thread) handedOver(at time.Time, control send.ThreadControl) {
	if t.to.ID == "" {
		return // Meta tells whom it went to; what they say next comes as it will
	}
	if control.Type == send.ControlPass {
		t.learnOwner(t.passedTo(control.AppID), at)
	} else {
		t.learnOwner("", at)
	}
}

// learnOwner remembers which other app owns the thread from the given time on; "": none. It is remembered in
// memory, and by the lane, which alone may write the person's record.
func (t *Thread) learnOwner(app string, at time.Time) {
	found := session.Ownership{App: app, Since: after(at, t.ownership(t.person).Since)}
	t.bot.owners.Record(t.page, t.person, found)
	t.bot.log.Debug().Str("person", t.bot.hash(t.person)).Bool("muted", app != "").
		Msg("the thread has another owner")
	if t.turn != nil && t.turn.person == t.person {
		t.turn.noteOwner()
		return
	}
	ctx := context.WithoutCancel(t.ctx)
	if _, err := t.bot.emit(ctx, t.page, t.person, ownerName, found.Since, found); err != nil {
		t.bot.log.Warn().Err(err).Str("person", t.bot.hash(t.person)).
			Msg("who owns a thread was not stored: after a restart Meta tells")
	}
}

// after returns at, or the least time after known if that is later.
func after(at, known time.Time) time.Time {
	if at.After(known) {
		return at
	}
	return known.Add(1)
}

// ownership returns what is known of who owns the thread with a person.
func (t *Thread) ownership(who send.PSID) session.Ownership {
	found := t.bot.owners.Find(t.page, who)
	if t.owner != nil && who == t.person && !found.Since.After(t.owner.Since) {
		return *t.owner
	}
	return found
}

// owned returns why no call is made in a thread that another app owns, or nil.
func (t *Thread) owned() error {
	if t.to.ID == "" {
		return nil // whoever is behind a token or a comment is for Meta to know
	}
	owner := t.ownership(t.to.ID)
	if owner.App == "" || lapsed(owner.Since, t.Window(), t.bot.cfg.Now()) {
		return nil
	}
	return fmt.Errorf("%w since %s: no call is made until it comes back", ErrNotOwner,
		owner.Since.UTC().Format(time.RFC3339))
}

// lapsed reports whether an app has lost a thread by now that it got at since, because the person has been
// silent.
func lapsed(since time.Time, w send.Window, now time.Time) bool {
	last := since
	if w.Opened.After(last) {
		last = w.Opened
	}
	return now.Sub(last) >= controlFor
}

// heedOwned marks a refusal because another app owns the thread as [ErrNotOwner], and remembers it of a call
// that began at the given time. It returns every other error as it is.
func (t *Thread) heedOwned(at time.Time, err error) error {
	refused, ok := errors.AsType[*send.Error](err)
	if !ok || !isOwned(refused) {
		return err
	}
	if t.to.ID != "" {
		t.learnOwner(otherApp, at)
	}
	return &notOwnerError{err}
}

// isOwned reports whether Meta refused because another app owns the thread.
//
// Source: Meta, Messenger Platform error codes, 25 June 2026.
func isOwned(refused *send.Error) bool {
	return refused.Code == 10 && refused.Subcode == 2018300 ||
		refused.Code == 100 && refused.Subcode == 2534037
}

// notOwnerError is a refusal by Meta that is of the class [ErrNotOwner] too.
type notOwnerError struct{ cause error }

func (e *notOwnerError) Error() string        { return e.cause.Error() }
func (e *notOwnerError) Unwrap() error        { return e.cause }
func (e *notOwnerError) Is(target error) bool { return target == ErrNotOwner }
