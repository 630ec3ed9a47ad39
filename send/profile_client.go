package send

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// profileEdge is the edge of the Messenger Profile.
const (
	profileEdge = "messenger_profile"
	profilePath = "me/" + profileEdge
)

// Profile returns what stands of the Messenger Profile of the Page: the properties named, or by default all
// that [Profile] has fields for and the channel knows. What is not set is empty. With Channel [Instagram] it
// is that of the Instagram account. Its errors are those of [Client.Graph].
//
// Meta takes 10 calls of the Messenger Profile in 10 minutes for each Page, those of other programs included;
// more are refused with [ErrRateLimited] at once. Such a refusal is not tried again, and stops no other call.
//
// Source: Meta, Messenger Profile, and Rate Limiting, 23 March 2026.
func (c *Client) Profile(ctx context.Context, fields ...ProfileField) (Profile, error) {
	if len(fields) == 0 {
		fields = c.allProfileFields()
	}
	if err := c.checkProfileFields(fields); err != nil {
		return Profile{}, err
	}
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = string(field)
	}
	var answer struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	params := c.platform(map[string]any{"fields": strings.Join(names, ",")})
	if err := c.Graph(ctx, http.MethodGet, profilePath, params, &answer); err != nil {
		return Profile{}, err
	}
	return readProfile(answer.Data), nil
}

// allProfileFields returns the properties that the channel knows.
func (c *Client) allProfileFields() []ProfileField {
	fields := slices.Clone(profileFields)
	if c.cfg.Channel == Instagram {
		fields = slices.DeleteFunc(fields, func(f ProfileField) bool { return !f.onInstagram() })
	}
	return fields
}

// checkProfileFields reports properties that the channel does not have.
func (c *Client) checkProfileFields(fields []ProfileField) error {
	only := Profile{Remove: fields}
	return only.validate(c.cfg.Channel, c.cfg.Retired)
}

// SetProfile writes what p declares, whatever stands, with one POST, and takes away what it removes, with one
// DELETE; without either it makes no call. What does not stand may be removed. Its errors are those of
// [Profile.Validate], before any call, and of [Client.Graph]; after [ErrUnsure] it may be called again, as it
// sets the same once more. For its limit see [Client.Profile].
func (c *Client) SetProfile(ctx context.Context, p Profile) error {
	if err := p.validate(c.cfg.Channel, c.cfg.Retired); err != nil {
		return err
	}
	return c.writeProfile(ctx, p.properties(), p.removed())
}

// DeleteProfile takes properties away, with one DELETE; without any it makes no call. Its errors are those of
// [Client.SetProfile].
func (c *Client) DeleteProfile(ctx context.Context, fields ...ProfileField) error {
	return c.SetProfile(ctx, Profile{Remove: fields})
}

// writeProfile sets properties and takes others away.
func (c *Client) writeProfile(ctx context.Context, set map[string]any, remove []ProfileField) error {
	if len(set) > 0 {
		if err := c.do(ctx, http.MethodPost, profilePath, c.platform(set)); err != nil {
			return err
		}
	}
	if len(remove) == 0 {
		return nil
	}
	return c.do(ctx, http.MethodDelete, profilePath, c.platform(map[string]any{"fields": remove}))
}

// SyncProfile makes the Messenger Profile what want declares: it asks what stands, compares
// ([Profile.Changes]), and writes what differs, and only that, with at most one POST and one DELETE. It
// returns the changes, none if nothing differed. Give it [Profile.For] the channel of the client.
//
// Its errors are those of [Client.SetProfile]; the changes beside an error were wanted, and some may be made.
// Then call it again: it goes on where it stopped. A menu without a Get Started button, neither declared nor
// standing, is refused with a [*FieldError] before it is written.
func (c *Client) SyncProfile(ctx context.Context, want Profile) (ProfileChanges, error) {
	changes, err := c.ProfileChanges(ctx, want)
	if err != nil {
		return changes, err
	}
	set := make(map[string]any)
	for _, field := range changes.fields(http.MethodPost) {
		set[string(field)] = want.property(field)
	}
	return changes, c.writeProfile(ctx, set, changes.fields(http.MethodDelete))
}

// ProfileChanges returns what [Client.SyncProfile] would change, and changes nothing: the dry run. Its errors
// are those of SyncProfile.
func (c *Client) ProfileChanges(ctx context.Context, want Profile) (ProfileChanges, error) {
	if err := want.validate(c.cfg.Channel, c.cfg.Retired); err != nil {
		return nil, err
	}
	asked := slices.Concat(want.declared(), want.removed())
	if len(asked) == 0 {
		return nil, nil
	}
	needs := c.cfg.Channel != Instagram && want.declares(ProfileMenu) && !want.declares(ProfileGetStarted)
	if needs {
		asked = append(asked, ProfileGetStarted)
	}
	standing, err := c.Profile(ctx, asked...)
	if err != nil {
		return nil, err
	}
	changes := want.Changes(standing)
	if needs && standing.GetStarted == "" && slices.Contains(changes.fields(http.MethodPost), ProfileMenu) {
		return changes, &FieldError{
			Field: string(ProfileGetStarted), Problem: "missing: the persistent menu needs it",
		}
	}
	return changes, nil
}
