package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/parleybot/parley/send"
)

// The defaults of a [Mailing].
const (
	// DefaultMailingRate is half of what a Page may send before its inbox stops: over 40 messages a second.
	//
	// Source: Meta, Rate Limiting, 23 March 2026.
	DefaultMailingRate     = 20
	DefaultMailingParallel = 8
)

// MailingKept is how long it is remembered that a mailing with a name has reached somebody, counted from the
// last time that this was written.
const MailingKept = 30 * 24 * time.Hour

// Mailing is a message for many people of one Page: see [Bot.Each].
type Mailing struct {
	// Page is the Page, or the Instagram account, that the people have written to; "" is the only Page.
	Page string

	// Name makes the mailing one that can be taken up again: nobody gets two messages of mailings of one Page
	// with the same name, for the 30 days of [MailingKept]. That is remembered in Config.Store, and so after
	// the end of the process only with a Store that outlives it: [session.Memory], the default, does not,
	// which the log warns of.
	//
	// Defaults to none: nothing is remembered, and who is listed twice gets two messages.
	Name string

	// Message is what is sent. A [send.UtilityMessage] goes out at any time, in a template that Meta has
	// approved. One that Meta is known to refuse fails the call, before any of people is asked for.
	Message send.Message

	// Compose returns what is sent to the person of t, in place of Message. An error leaves the person out,
	// as failed. It is called by several goroutines at a time.
	//
	// Defaults to Message for everybody.
	Compose func(t *Thread) (send.Message, error)

	// Tag is for people whose messaging window is closed: see [Thread.Tag].
	Tag send.Tag

	// Rate is how many messages go out per second, at most half of what the Page may send (Page.Rate,
	// Config.Rate), so that replies always find room; negative: no limit but that.
	//
	// Defaults to 20.
	Rate int

	// Parallel is how many people are written to at the same time.
	//
	// Defaults to 8.
	Parallel int

	// Told is called for each person, one at a time, in no order. It must be quick.
	//
	// Defaults to nothing.
	Told func(Mailed)
}

// Mailed is what became of one person's message.
type Mailed struct {
	// Person is who it was for.
	Person send.PSID
	// Outcome is what became of it.
	Outcome MailOutcome
	// Receipt is Meta's, of this run or, as its MessageID alone, of an earlier one.
	Receipt send.Receipt
	// Err is why it was not sent, as from [Thread.Deliver]; nil if it was.
	Err error
}

// MailOutcome is what became of one person's message.
type MailOutcome uint8

// What may become of one person's message. None but MailSent, MailAlready and MailUnsure have, or may have,
// reached the person.
const (
	MailSent          MailOutcome = iota // accepted by Meta
	MailAlready                          // sent by an earlier run of the same name, or by another just now
	MailOutsideWindow                    // the messaging window is closed: send.ErrOutsideWindow
	MailUnreachable                      // send.ErrUnreachable
	MailNotOwner                         // another app owns the thread: ErrNotOwner
	MailRefused                          // for any other reason, by Meta or before the call
	MailUnsure                           // it may have arrived, now or in an earlier run
	MailFailed                           // no answer, no message composed, or no store
	MailLeft                             // the run has ended before
)

// String returns the outcome in words.
func (o MailOutcome) String() string {
	words := [...]string{
		"sent", "sent already", "outside window", "unreachable", "not owner", "refused", "unsure", "failed",
		"left",
	}
	if int(o) < len(words) {
		return words[o]
	}
	return "unknown"
}

// MailingReport counts what became of the messages of a mailing, by person.
type MailingReport struct {
	Sent, Already                        int
	OutsideWindow, Unreachable, NotOwner int
	Refused, Unsure, Failed              int
	// Left are those whose turn did not come.
	Left int
}

// Total returns how many people were listed.
func (r *MailingReport) Total() int {
	return r.Sent + r.Already + r.OutsideWindow + r.Unreachable + r.NotOwner + r.Refused + r.Unsure +
		r.Failed + r.Left
}

// count counts one person's outcome.
func (r *MailingReport) count(o MailOutcome) {
	counters := [...]*int{
		&r.Sent, &r.Already, &r.OutsideWindow, &r.Unreachable, &r.NotOwner, &r.Refused, &r.Unsure, &r.Failed,
		&r.Left,
	}
	*counters[o]++
}

// Each sends a message to each of people, slowly enough that the Page goes on answering. Every person is
// judged by themselves as by [Bot.Thread]: whose window is closed, who cannot be reached or whose thread
// another app owns gets nothing, without a call. People are taken one by one, as their turn comes, so that
// a million of them need no memory; they may come from a database.
//
// With a name the run can be taken up again. Before each call a record in Config.Store claims the person by
// compare-and-set, after it the record says that the message is sent. So a run that was interrupted by its
// context, and is called again with the same people, sends to nobody twice, and neither do two runs at the
// same time; nor does one that a crash or a restart has interrupted, with a Store that outlives the process.
// Somebody who was claimed when the process ended may have the message or not: they
// are not written to again, and are reported as [MailUnsure], as is whoever another run has in hand right
// now. Who was refused, or got nothing for any other reason, is tried again. The records end after
// [MailingKept].
//
// It ends early, with an error, when ctx ends, when the Page is refused as a whole (a bad token, a block, a
// limit that lasts longer than a call waits: errors of the classes of package send), when the store fails,
// after 25 messages in a row that got no answer, or if 25 are refused for what they are before any is sent.
// People whose turn did not come are then taken to the end, and counted as left. Calls that are in hand are
// finished first, for ten seconds at most. The report is good in every case.
func (b *Bot) Each(ctx context.Context, people iter.Seq[send.PSID], m Mailing) (MailingReport, error) {
	account, page, err := b.namedAccount(m.Page)
	if err != nil {
		return MailingReport{}, err
	}
	m.Page = page
	if people == nil {
		return MailingReport{}, errors.New("bot: each: no people")
	}
	if err := b.checkMailing(&m, account.channel()); err != nil {
		return MailingReport{}, fmt.Errorf("bot: each: %w", err)
	}
	if m.Name != "" {
		b.warnOfMemory()
	}
	run := b.newMailing(m, cmp.Or(account.origin.rate, send.DefaultRate))
	if err := run.toAll(ctx, people); err != nil {
		return run.report, fmt.Errorf("bot: each: %w", err)
	}
	return run.report, nil
}

// checkMailing returns what Meta is known to refuse of the message that everybody is to get.
func (b *Bot) checkMailing(m *Mailing, channel send.Channel) error {
	if m.Compose != nil {
		return nil // each person's is checked when its turn comes
	}
	err := m.Message.Validate(channel)
	if err != nil && (!b.cfg.Retired || !onlyRetired(err)) {
		return err
	}
	if b.cfg.Strict {
		return m.Message.Warnings()
	}
	return nil
}

// onlyRetired reports whether err, of which several may be joined, says no more than that Meta has retired
// something.
func onlyRetired(err error) bool {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return errors.Is(err, send.ErrRetired)
	}
	return !slices.ContainsFunc(joined.Unwrap(), func(one error) bool { return !onlyRetired(one) })
}
