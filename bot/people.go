package bot

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/parleybot/parley/send"
)

// How long a profile is kept in the person's record, and one that says nothing. Meta does not say how long
// the URL of a picture is good; both are our choice.
const (
	profileFor      = 24 * time.Hour
	emptyProfileFor = time.Hour
)

// about is what is kept of a person in their record.
type about struct {
	Asked   time.Time          `json:"asked"`
	Profile send.PersonProfile `json:"profile,omitzero"`
}

// good reports whether a need not be asked for again.
func (a about) good(now time.Time) bool {
	age, kept, told := now.Sub(a.Asked), profileFor, a.Profile
	told.ID = "" // it says nothing that was not known
	if told == (send.PersonProfile{}) {
		kept = emptyProfileFor
	}
	return age >= 0 && age < kept
}

// Profile returns what Meta tells of the person: their name and picture, on Instagram their username as well.
// See [send.PersonProfile]. It asks Meta once, and again after 24 hours, because the URL of the picture
// expires; in between the person's record has it.
//
// That Meta tells nothing, or refuses to, is no error: the profile is empty then, and it is asked for again
// after an hour. So is that of an event which names no person. The error is one of
// [send.Client.PersonProfile] that is not about this person, such as a limit or a bad token. Other fields,
// which need a permission of their own, are for that method.
//
// Source: Meta, User Profile API, 2026.
func (c *Context) Profile() (send.PersonProfile, error) {
	if c.person == "" {
		return send.PersonProfile{}, nil
	}
	record, now := c.turn.record, c.Now()
	var known about
	if json.Unmarshal(record.About, &known) == nil && known.good(now) {
		return known.Profile, nil
	}
	profile, err := c.client().PersonProfile(c, c.person)
	if err != nil && !withheld(err) {
		return send.PersonProfile{}, &sendError{err}
	}
	kept, err := json.Marshal(about{Asked: now.UTC(), Profile: profile})
	if err == nil {
		record.About = kept
	}
	return profile, nil
}

// notVisible is the subcode of an object that a token may not see.
//
// Source: Meta, Graph API, Handling Errors; User Profile API, 2026.
const notVisible = 33

// withheld reports whether err is Meta's refusal to tell of one person.
func withheld(err error) bool {
	refused, ok := errors.AsType[*send.Error](err)
	return ok && (errors.Is(refused, send.ErrUnreachable) || errors.Is(refused, send.ErrPermission) ||
		refused.Subcode == notVisible)
}

// AsNamed returns a view whose messages come from the persona with this name, the first of the Page if there
// are several. The bot asks Meta for the name, again after an hour, and after Meta has refused a message of
// that persona. Without such a persona messages fail with send.ErrNoPersona, before a call; that there is
// none is asked again after a minute. Messenger only.
//
// Source: Meta, Personas, 2026.
func (t *Thread) AsNamed(persona string) *Thread {
	view := *t
	if t.refusal != nil {
		return &view
	}
	name := name{t.page, personaName, persona}
	id, err := t.bot.names.find(t.ctx, t.bot.cfg.Now, name, func() (string, error) {
		found, err := t.client().PersonaNamed(t.ctx, persona)
		if errors.Is(err, send.ErrNoPersona) {
			return "", nil
		}
		return found.ID, err
	})
	if err == nil && id == "" {
		err = send.ErrNoPersona
	}
	if err != nil {
		view.refusal = &sendError{err}
	}
	view.persona = id
	return &view
}

// heedPersona forgets the name of t's persona if err is Meta's refusal of what was sent: the persona may be
// gone.
func (t *Thread) heedPersona(err error) {
	if t.persona != "" && invalid(err) {
		t.bot.names.forget(t.page, personaName, t.persona)
	}
}

// invalid reports whether err is Meta's refusal of a call as wrong in itself.
func invalid(err error) bool {
	refused, ok := errors.AsType[*send.Error](err)
	return ok && errors.Is(refused, send.ErrInvalid)
}
