package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/parleybot/parley/send"
)

// maxID is the longest ID that is written out, in bytes. Meta's own stay far below it; a longer one is
// hashed, so that it fits into the header of every inbox.
const maxID = 512

// ID returns "message:" and the mid.
func (m *Message) ID() string { return identity(m, m.Mid) }

// ID returns "postback:" and the mid.
func (p *Postback) ID() string { return identity(p, p.Mid) }

// ID returns "echo:" and the mid.
func (e *Echo) ID() string { return identity(e, e.Mid) }

// ID returns "delivery:", the person, the watermark and the mids.
func (d *Delivery) ID() string {
	if d.Watermark.IsZero() && len(d.Mids) == 0 {
		return identity(d)
	}
	return identity(d, string(d.Person), millis(d.Watermark), strings.Join(d.Mids, ","))
}

// ID returns "read:", the person, and the watermark or the mid.
func (r *Read) ID() string {
	if r.Mid != "" {
		return identity(r, string(r.Person), r.Mid)
	}
	if r.Watermark.IsZero() {
		return identity(r)
	}
	return identity(r, string(r.Person), millis(r.Watermark))
}

// ID returns "reaction:", the mid of the message, the person, the action and the time.
func (r *Reaction) ID() string {
	if r.Mid == "" {
		return identity(r)
	}
	return identity(r, r.Mid, string(r.Person), r.Action, millis(r.Time))
}

// ID returns "referral:" and a hash of the item.
func (r *Referral) ID() string { return identity(r) }

// ID returns "optin:" and a hash of the item.
func (o *OptIn) ID() string { return identity(o) }

// ID returns "standby:" and the ID of the event inside, so that a copy on standby is never taken for the
// event itself.
func (s *Standby) ID() string { return s.Kind() + ":" + s.Event.ID() }

// ID returns "edit:", the mid and the number of the edit; a hash of the item where that is missing or 0,
// as on Instagram, which would make one of two edits.
func (e *Edit) ID() string {
	if e.Mid == "" || e.Number == 0 {
		return identity(e)
	}
	return identity(e, e.Mid, e.number)
}

// ID returns "unsend:" and the mid.
func (u *Unsend) ID() string { return identity(u, u.Mid) }

// ID returns "response_feedback:", the mid, the person, the feedback and the time.
func (r *ResponseFeedback) ID() string {
	if r.Mid == "" {
		return identity(r)
	}
	return identity(r, r.Mid, string(r.Person), r.Feedback, millis(r.Time))
}

// ID returns "handover:" and a hash of the item.
func (h *Handover) ID() string { return identity(h) }

// ID returns "account_linking:" and a hash of the item.
func (a *AccountLinking) ID() string { return identity(a) }

// ID returns "policy_enforcement:" and a hash of the item.
func (p *PolicyEnforcement) ID() string { return identity(p) }

// ID returns "feedback:" and a hash of the item.
func (f *Feedback) ID() string { return identity(f) }

// ID returns "customer_information:" and a hash of the item.
func (c *CustomerInformation) ID() string { return identity(c) }

// ID returns "cart:" and a hash of the item.
func (c *Cart) ID() string { return identity(c) }

// ID returns "lead_form:" and a hash of the item.
func (l *LeadForm) ID() string { return identity(l) }

// ID returns "coupon:" and a hash of the item.
func (c *Coupon) ID() string { return identity(c) }

// ID returns "game_play:" and a hash of the item.
func (g *GamePlay) ID() string { return identity(g) }

// ID returns "payment:" and a hash of the item.
func (p *Payment) ID() string { return identity(p) }

// ID returns "change:" and a hash of the item.
func (c *Change) ID() string { return identity(c) }

// ID returns "unknown:" and a hash of the item.
func (u *Unknown) ID() string { return identity(u) }

// ID returns "custom:" and the ID that the event was made with.
func (c *Custom) ID() string { return identity(c, c.id) }

// identity joins the kind of e and what makes it one of that kind. Where nothing does, or too much, it is a
// hash.
func identity(e Event, parts ...string) string {
	id := strings.Join(parts, ":")
	if id == "" {
		return e.Kind() + ":" + e.From().digest()
	}
	return bounded(e.Kind(), id)
}

// bounded returns kind and id, or kind and a hash of id where that is too long.
func bounded(kind, id string) string {
	if len(id) > maxID {
		sum := sha256.Sum256([]byte(id))
		id = hex.EncodeToString(sum[:])
	}
	return kind + ":" + id
}

// digest is the SHA-256 of object, entry ID, section and the item's raw bytes, in hex.
func (o Origin) digest() string {
	hash := sha256.New()
	for _, part := range []string{o.wire.object, o.wire.entryID, string(o.wire.section)} {
		hash.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	hash.Write(o.Raw)
	return hex.EncodeToString(hash.Sum(nil))
}

// millis writes t as Meta does, and the zero time as nothing.
func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// Opens returns the messaging window that e opens, and whether it opens one.
//
// Meta documents that a message, a tap, an opt-in by a plugin, a link or ad into the thread and a reaction
// do. It also names comments and posts of visitors; but they allow one private reply each and no more, so
// that a [*Change] opens no window here. Deliveries, reads, edits and account linking do not open it, and
// neither does what the Page or Meta did: echoes, handovers, policy enforcement.
//
// The rest is our reading of it. What a person sent off in the thread opens it as a tap does: a [*Cart], a
// [*Feedback], a [*CustomerInformation], a [*LeadForm], a [*Coupon]. What they did elsewhere, or took back,
// does not: an [*Unsend], a [*GamePlay], a [*ResponseFeedback], a [*Payment]; nor does an own event or an
// [*Unknown]. The copy of a person's event on standby opens it: the window belongs to person and Page,
// whichever app owns the thread. A reaction taken back and an end of notifications count as well, as a
// window that is wrongly held to be closed costs a message, while one wrongly held to be open costs a
// refusal by Meta.
//
// The window's Opened is the event's own time, and zero if it has none.
//
// Source: Meta, Send Messages, 2026.
func Opens(e Event) (send.Window, bool) {
	window := send.Window{Opened: e.From().Time}
	var referral *ReferralDetails
	switch e := e.(type) {
	case *Message:
		referral = e.Referral
	case *Postback:
		referral = e.Referral
	case *Referral:
		referral = &e.ReferralDetails
	case *OptIn, *Reaction, *Cart, *Feedback, *CustomerInformation, *LeadForm, *Coupon:
	case *Standby:
		return Opens(e.Event)
	case *Echo, *Delivery, *Read, *Edit, *Unsend, *Handover, *AccountLinking, *PolicyEnforcement,
		*ResponseFeedback, *GamePlay, *Payment, *Change, *Unknown, *Custom:
		return send.Window{}, false
	}
	if referral.FromAd() {
		window.By = send.ByAd
	}
	return window, true
}
