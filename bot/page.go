package bot

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parleybot/parley/send"
)

// ErrUnknownPage is the class of errors about a Page or an Instagram account that the bot does not have, and
// of calls for the only Page of a bot that has several, or none, or has still to ask for its ID.
var ErrUnknownPage = errors.New("bot: the bot has no such Page")

// Page is a Page that the bot answers for, with the Instagram accounts that are linked to it, or an Instagram
// account that signs in by itself. See Config.Pages and [Bot.AddPage].
type Page struct {
	// ID is the ID of the Page: what entry.id of its webhooks says. Required.
	ID string

	// Token is the access token of the Page, which no other Page has. Required.
	Token string

	// App is the ID of the app that Token belongs to. The app's webhooks are the only ones that may bring
	// events of the Page, and its first secret is the key of appsecret_proof.
	//
	// Defaults to the only app that the bot has when the Page is added.
	App string

	// Instagram are the IDs of the Instagram professional accounts that are linked to the Page. They are
	// answered with Token at graph.facebook.com, under limits of their own.
	Instagram []string

	// InstagramLogin says that there is no Page: ID is the ID of an Instagram professional account, and Token
	// its own, from the Instagram API with Instagram Login. Its calls go to graph.instagram.com.
	//
	// Source: Meta, Instagram Platform, 2026.
	InstagramLogin bool

	// Rate is how many messages go out per second for the Page, and for each of its Instagram accounts;
	// negative: no limit.
	//
	// Defaults to Config.Rate.
	Rate int

	// Profile is the Messenger Profile of the Page, and of the Instagram account that is linked to it: of
	// several the first, as the Graph API takes the Page's token for one account alone. Once it is given it
	// must not be changed.
	//
	// Defaults to Config.Profile.
	Profile *send.Profile
}

// clone returns a copy that shares nothing with p but its Profile.
func (p Page) clone() Page {
	p.Instagram = slices.Clone(p.Instagram)
	return p
}

// AddPage adds a Page, or replaces the one with this ID: with a new token, other limits, another app. It may
// be called while the bot serves, from any goroutine. Events that are being handled are finished with what
// they began with; those that wait, and calls of a [Thread] that belongs to no event, take what is new. It
// makes no call; the time it takes grows with the number of Pages, so that those known at the start belong
// into Config.Pages. The error names everything that is wrong, and then nothing has changed.
func (b *Bot) AddPage(p Page) error {
	err := b.change(func(s *setup) error {
		if i := s.index(p.ID); i >= 0 && p.ID != "" {
			s.pages[i] = p.clone()
		} else {
			s.pages = append(s.pages, p.clone())
		}
		return errors.Join(checkProfile("its Profile", p.Profile, b.cfg.Retired)...)
	})
	if err != nil {
		return fmt.Errorf("bot: add Page: %w", err)
	}
	b.unknown.Delete(p.ID)
	for _, id := range p.Instagram {
		b.unknown.Delete(id)
	}
	b.recheckProfiles()
	return nil
}

// RemovePage removes a Page and the Instagram accounts that are linked to it. It may be called while the bot
// serves, from any goroutine. What is being handled is finished. Events that wait become dead letters with a
// cause that says so, and can be replayed with [Bot.Replay] once the Page has been added again; those that
// Meta still sends are acknowledged, counted and dropped. The error is of class [ErrUnknownPage].
func (b *Bot) RemovePage(id string) error {
	err := b.change(func(s *setup) error {
		i := s.index(id)
		if id == "" || i < 0 {
			return fmt.Errorf("%w: %.40q", ErrUnknownPage, id)
		}
		s.pages = slices.Delete(s.pages, i, i+1)
		return nil
	})
	if err != nil && !errors.Is(err, ErrUnknownPage) {
		return fmt.Errorf("bot: remove Page: %w", err)
	}
	return err
}

// Pages returns the IDs of the bot's Pages, and of the Instagram accounts that sign in by themselves, in the
// order in which they were added. Linked Instagram accounts are not among them, nor is a Page whose ID is
// still to be asked for at start.
func (b *Bot) Pages() []string {
	var ids []string
	for _, p := range b.setup.Load().pages {
		if p.ID != "" {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Client returns the client of a Page or an Instagram account, with all edges of the Graph API; "" is the
// only Page of the bot. Its limits and its circuit are those that the bot's messages are under. Ask for
// it anew for each job: a Page that is replaced gets another one. The error is of class [ErrUnknownPage].
func (b *Bot) Client(page string) (*send.Client, error) {
	found, err := b.accountOf(page)
	if err != nil {
		return nil, err
	}
	return found.client, nil
}

// Client returns the client that the messages of t go through, with all edges of the Graph API. That of a
// [Context] stays the same while the event is handled. Messages belong to t and not to its client: it knows
// neither ledger nor messaging window. Once the Page of t has been removed, calls fail with an error of class
// [ErrUnknownPage].
func (t *Thread) Client() *send.Client { return t.client() }

// client returns what makes the calls of the Page of t.
func (t *Thread) client() *send.Client {
	if t.turn != nil {
		return t.turn.account.client
	}
	found, err := t.bot.accountOf(t.page)
	if err != nil {
		return t.bot.nowhere.client
	}
	return found.client
}
