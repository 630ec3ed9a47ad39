package bot

import (
	"fmt"
	"slices"
)

// App is a Meta app that the bot's Pages belong to. See Config.Apps and [Bot.AddApp].
type App struct {
	// ID is the app's ID: echoes of messages that it has sent carry it. Required where there are several
	// apps.
	ID string

	// Secrets are its app secrets: one, or the new and the old one while it is rotated. The signatures of
	// its webhooks may be by any of them; the first is the key of appsecret_proof. No two apps share one.
	// Required.
	Secrets []string
}

// clone returns a copy that shares nothing with a.
func (a App) clone() App {
	a.Secrets = slices.Clone(a.Secrets)
	return a
}

// AddApp adds an app, or replaces the one with this ID, whose secret is rotated: its Pages then prove
// their calls with the first of the new secrets. It may be called while the bot serves, as [Bot.AddPage]. The
// error names everything that is wrong, and then nothing has changed.
func (b *Bot) AddApp(a App) error {
	err := b.change(func(s *setup) error {
		if i := slices.IndexFunc(s.apps, func(other App) bool { return other.ID == a.ID }); i >= 0 {
			s.apps[i] = a.clone()
		} else {
			s.apps = append(s.apps, a.clone())
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("bot: add app: %w", err)
	}
	return nil
}

// RemoveApp removes an app that no Page of the bot belongs to any more, and is not the last one. From then on
// its webhooks are refused with 403. It may be called while the bot serves, as [Bot.RemovePage].
func (b *Bot) RemoveApp(id string) error {
	err := b.change(func(s *setup) error {
		i := slices.IndexFunc(s.apps, func(a App) bool { return a.ID == id })
		if i < 0 {
			return fmt.Errorf("the bot has no app %.40q", id)
		}
		for _, p := range s.pages {
			if p.App == id {
				what := nounOf(p.InstagramLogin)
				return fmt.Errorf("the %s %.40q belongs to the app %.40q: remove the %s first",
					what, p.ID, id, what)
			}
		}
		s.apps = slices.Delete(s.apps, i, i+1)
		if len(s.apps) == 0 {
			return errNoApp
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("bot: remove app: %w", err)
	}
	return nil
}
