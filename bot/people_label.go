package bot

import (
	"context"

	"github.com/parleybot/parley/send"
)

// Label puts the label with this name on the person, for the people who work in the Page's inbox; the person
// does not see it. A label that the Page does not have is created. It does no harm when a handler runs again.
// The error is [ErrNoRecipient] if nobody is named, else one of [send.Client.Label] and
// [send.Client.CreateLabel].
//
// Source: Meta, Custom Labels, 2026.
func (t *Thread) Label(label string) error {
	return t.setLabel(label, t.client().Label, func(key name) (string, error) {
		return t.bot.names.find(t.ctx, t.bot.cfg.Now, key, func() (string, error) {
			id, err := t.findLabel(label)
			if err == nil && id == "" {
				return t.client().CreateLabel(t.ctx, label)
			}
			return id, err
		})
	})
}

// Unlabel takes the label with this name off the person. That there is none is no error. Its errors are those
// of [Thread.Label].
//
// Source: Meta, Custom Labels, 2026.
func (t *Thread) Unlabel(label string) error {
	return t.setLabel(label, t.client().Unlabel, func(key name) (string, error) {
		if id, ok := t.bot.names.look(t.bot.cfg.Now(), key); ok {
			return id, nil
		}
		return t.findLabel(label)
	})
}

// setLabel does something with the label of a name and the person, unless there is none. If Meta does not
// know the label any more, its name is asked for anew, once.
func (t *Thread) setLabel(
	label string, set func(ctx context.Context, id string, psid send.PSID) error,
	find func(key name) (string, error),
) error {
	if t.person == "" {
		return ErrNoRecipient
	}
	key := name{t.page, labelName, label}
	for again := true; ; again = false {
		id, err := find(key)
		if err == nil && id != "" {
			err = set(t.ctx, id, t.person)
		}
		switch {
		case err == nil:
			return nil
		case again && id != "" && invalid(err):
			t.bot.names.forget(key.page, key.kind, id)
		default:
			return &sendError{err}
		}
	}
}

// findLabel asks for the ID of the label with a name, "" if there is none.
func (t *Thread) findLabel(label string) (string, error) {
	for found, err := range t.client().Labels(t.ctx) {
		if err != nil || found.Name == label {
			return found.ID, err
		}
	}
	return "", nil
}
