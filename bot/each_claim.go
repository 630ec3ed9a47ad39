package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// What a mailing's record of a person says: claimed, and what tells the claim from others follows; or sent,
// and the mid follows.
const (
	claimedPrefix = "claimed:"
	sentPrefix    = "sent:"
)

// claimTimeout bounds what is written after a call, also when the run has ended meanwhile.
const claimTimeout = 10 * time.Second

// errClaimed says that a message may have been sent by an earlier run.
var errClaimed = fmt.Errorf("%w: an earlier run ended in the middle of it, or another one is at it",
	send.ErrUnsure)

// claim is the record of a mailing that a person gets one message, and no more.
type claim struct {
	key    string
	record session.Record
}

// key returns the key of one person's record. A lane's begins with the ID of a Page, which has no letters.
func (m *mailing) key(who send.PSID) string {
	return "mailing." + m.Page + "." + string(who) + "." + m.Name
}

// look reports whether a run has claimed the person, as is then in c.
func (m *mailing) look(ctx context.Context, c *claim) (bool, error) {
	found, err := m.bot.cfg.Store.Get(ctx, c.key)
	if errors.Is(err, session.ErrNotFound) {
		return false, nil
	}
	c.record = found
	return err == nil, err
}

// hold claims the person; it reports whether another run did before, as is then in c.
func (m *mailing) hold(c *claim) (bool, error) {
	data := claimedPrefix + rand.Text() // who is listed twice is claimed twice
	// Not with the context of the run: a claim that is cut short may be written, and nobody would know.
	kept, failed := m.put(m.calls, c, data)
	if failed == nil {
		c.record = kept
		return false, nil
	}
	found, err := m.look(m.calls, c)
	switch {
	case err != nil:
		return false, errors.Join(failed, err)
	case found && string(c.record.Data) == data:
		return false, nil // it was written, and the answer got lost
	case !found && !errors.Is(failed, session.ErrConflict): // else another run has just given its claim up
		return false, failed
	}
	return true, nil
}

// put writes what a record says, over what c holds.
func (m *mailing) put(ctx context.Context, c *claim, data string) (session.Record, error) {
	return m.bot.cfg.Store.Put(ctx, c.key, session.Record{
		Data: []byte(data), Revision: c.record.Revision, Expires: m.bot.cfg.Now().Add(MailingKept),
	})
}

// claimed returns what becomes of somebody whom a run has claimed before, or who cannot be claimed, because
// the store failed: then the run ends, for it could not be taken up again.
func (m *mailing) claimed(ctx context.Context, done Mailed, c claim, err error) Mailed {
	if err != nil {
		done.Outcome, done.Err = MailLeft, err
		if ctx.Err() == nil {
			done.Outcome = MailFailed
			m.stop(err)
		}
		return done
	}
	if mid, sent := strings.CutPrefix(string(c.record.Data), sentPrefix); sent {
		done.Outcome, done.Receipt = MailAlready, send.Receipt{RecipientID: done.Person, MessageID: mid}
		return done
	}
	done.Outcome, done.Err = MailUnsure, errClaimed
	return done
}

// settle writes what became of a message: that it is sent, or that the person may be claimed anew. What may
// have arrived stays claimed, and so does what cannot be written.
func (m *mailing) settle(ctx context.Context, c claim, done Mailed) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimTimeout)
	defer cancel()
	var err error
	switch done.Outcome {
	case MailUnsure:
		return
	case MailSent:
		_, err = m.put(ctx, &c, sentPrefix+done.Receipt.MessageID)
	default:
		err = m.bot.cfg.Store.Delete(ctx, c.key)
	}
	if err != nil {
		m.bot.log.Warn().Err(err).Str("person", m.bot.hash(done.Person)).Stringer("outcome", done.Outcome).
			Msg("a mailing's record could not be written: the next run of its name is unsure of this person")
	}
}
