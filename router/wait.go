package router

import (
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// ownPrefix begins the names of the router's own events; waitName is the one that a conversation waits with.
const (
	ownPrefix = "router."
	waitName  = ownPrefix + "wait"
)

// startWait begins to wait for the person's answer.
func (d *dialog) startWait(c *bot.Context) error {
	if f := d.levels[0].flow; f.timeout == 0 && len(f.reminders) == 0 {
		if d.wait != nil {
			d.wait.Since = 0 // a deployment has taken the times away
		}
		return nil
	}
	if d.wait == nil {
		d.wait = new(wait)
	}
	d.wait.Since, d.wait.Next, d.changed = at(c.Now()), 0, true
	return d.schedule(c)
}

// schedule sees to it that an own event comes when something is due. One that comes earlier does: it will
// look again. So a person who answers quickly leaves no trail of events behind.
func (d *dialog) schedule(c *bot.Context) error {
	after := d.levels[0].flow.due(d.wait.Next)
	if after == 0 {
		return nil
	}
	due := d.wait.Since + after.Milliseconds()
	if d.wait.ID != "" && d.wait.Due > at(c.Now()) && d.wait.Due <= due {
		return nil
	}
	id, err := c.Emit(waitName, time.UnixMilli(due), nil)
	if err != nil {
		return err
	}
	d.wait.ID, d.wait.Due = id, due
	return nil
}

// due returns after which time something happens, if the next reminder is the one given; 0: never.
func (f *flow) due(next int) time.Duration {
	if next < len(f.reminders) {
		return f.reminders[next].after
	}
	return f.timeout
}

// waitsFor reports whether an own event may be the one that is waited for. It is known by its time: the event
// that an attempt has published and then failed has an ID that nobody has stored.
func (d *dialog) waitsFor(own *webhook.Custom) bool {
	return d.wait != nil && d.wait.Since != 0 && at(own.Time) >= d.wait.Due
}

// overdue reports whether the conversation should have ended by now: the event that would have ended it was
// lost with an inbox in memory, or comes behind this one.
func (d *dialog) overdue(now int64) bool {
	timeout := d.levels[0].flow.timeout
	return timeout > 0 && d.wait != nil && d.wait.Since != 0 && now-d.wait.Since >= timeout.Milliseconds()
}

// clock does what is due: it ends the conversation, or reminds the person, once even if several reminders
// are due.
func (d *dialog) clock(c *bot.Context) error {
	now := max(at(c.Now()), at(c.Event().From().Time)) // the clock of the inbox may be ahead
	if d.overdue(now) {
		return d.timeOut(c)
	}
	f, due := d.levels[0].flow, -1
	for d.wait.Next < len(f.reminders) && now-d.wait.Since >= f.reminders[d.wait.Next].after.Milliseconds() {
		due = d.wait.Next
		d.wait.Next++
	}
	d.changed, d.wait.ID = true, "" // it has come
	if err := d.schedule(c); err != nil || due < 0 {
		return err
	}
	return d.remind(c, &f.reminders[due])
}

// remind sends a reminder and asks the question once more. The time goes on from when it was asked first.
func (d *dialog) remind(c *bot.Context, r *reminder) error {
	epoch := d.epoch
	message := r.say
	if r.ask != nil {
		data, err := d.levels[0].load()
		if err != nil {
			return err
		}
		asked, err := r.ask(c, data)
		if err != nil || d.epoch != epoch {
			return err
		}
		message = &asked
	}
	if message != nil {
		if err := d.say(c, *message); err != nil {
			return err
		}
	}
	return d.prompt(c)
}
