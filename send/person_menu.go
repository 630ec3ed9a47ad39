package send

import (
	"context"
	"errors"
	"net/http"
)

// personMenuEdge is the edge of the menus of single people.
const (
	personMenuEdge = "custom_user_settings"
	personMenuPath = "me/" + personMenuEdge
)

// PersonMenu returns the persistent menu that one person has of their own; nil if they have none, and see
// that of the Page. Messenger only. Its errors are those of [Client.Graph].
//
// Meta takes 10 calls in 10 minutes for each person; more are refused with [ErrRateLimited] at once. Such a
// refusal is not tried again, and stops no other call. For people in Europe and Japan Meta may refuse these
// menus with [ErrUnreachable].
//
// Source: Meta, Messenger Profile, User-Level Persistent Menu, and Rate Limiting, 23 March 2026.
func (c *Client) PersonMenu(ctx context.Context, person PSID) ([]Menu, error) {
	if err := c.checkPersonMenu(person); err != nil {
		return nil, err
	}
	var answer struct {
		Data []struct {
			Menus []Menu `json:"user_level_persistent_menu"`
		} `json:"data"`
	}
	params := map[string]any{"psid": string(person)}
	if err := c.Graph(ctx, http.MethodGet, personMenuPath, params, &answer); err != nil {
		return nil, err
	}
	for _, item := range answer.Data {
		if len(item.Menus) > 0 {
			return item.Menus, nil
		}
	}
	return nil, nil
}

// SetPersonMenu gives one person a persistent menu of their own, in place of the Page's, with the rules of
// [Profile].Menu. Messenger only; the Page needs a Get Started button. Its errors are [*FieldError]s before
// any call, and those of [Client.Graph]; after [ErrUnsure] it may be called again, as it sets the same once
// more. For its limit see [Client.PersonMenu].
func (c *Client) SetPersonMenu(ctx context.Context, person PSID, menus ...Menu) error {
	if err := c.checkPersonMenu(person); err != nil {
		return err
	}
	r := &report{channel: c.cfg.Channel}
	if len(menus) == 0 {
		r.add(string(ProfileMenu), "0, at least 1; DeletePersonMenu takes the menu away")
	}
	r.menus(menus)
	if err := errors.Join(r.errs...); err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, personMenuPath, map[string]any{
		"psid": string(person), string(ProfileMenu): wireMenus(menus),
	})
}

// DeletePersonMenu takes away the menu that one person has of their own, who sees that of the Page again.
// Messenger only. Its errors are those of [Client.SetPersonMenu].
func (c *Client) DeletePersonMenu(ctx context.Context, person PSID) error {
	if err := c.checkPersonMenu(person); err != nil {
		return err
	}
	return c.do(ctx, http.MethodDelete, personMenuPath, map[string]any{
		"psid": string(person), "params": []ProfileField{ProfileMenu},
	})
}

// checkPersonMenu reports a channel without menus of people, and a person who is none.
func (c *Client) checkPersonMenu(person PSID) error {
	if err := c.messengerOnly(personMenuEdge); err != nil {
		return err
	}
	if !digits(string(person)) {
		return &FieldError{Field: "psid", Problem: "want the digits of a page-scoped ID"}
	}
	return nil
}
