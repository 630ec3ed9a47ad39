package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/send"
)

const (
	// profileTimeout bounds the calls that compare and change the Messenger Profile of one account.
	profileTimeout = 30 * time.Second

	// profilesAtOnce is how many accounts are seen to at the same time.
	profilesAtOnce = 8
)

// ProfileChanges returns what the bot would change of the Messenger Profile of a Page or an Instagram
// account, so that it is as declared; "" is the only Page. It makes one call, which counts towards the 10
// that Meta takes in 10 minutes, and changes nothing. Without a declaration there are no changes. Of several
// Instagram accounts that are linked to one Page only the first has the profile: of any other the error is of
// class send.ErrInvalid, without a call. Otherwise it is of class [ErrUnknownPage], or one of
// [send.Client.ProfileChanges]. It is safe for concurrent use.
func (b *Bot) ProfileChanges(ctx context.Context, page string) (send.ProfileChanges, error) {
	found, err := b.accountOf(page)
	if err != nil {
		return nil, err
	}
	for _, p := range b.setup.Load().pages {
		if p.ID != found.page && !slices.Contains(p.Instagram, found.page) {
			continue
		}
		profile := cmp.Or(p.Profile, b.cfg.Profile)
		if profile == nil {
			return nil, nil
		}
		if at := slices.Index(p.Instagram, found.page); at > 0 {
			return nil, &laterAccountError{page: p.ID, account: found.page, first: p.Instagram[0]}
		}
		return found.client.ProfileChanges(ctx, profile.For(found.channel()))
	}
	return nil, nil
}

// laterAccountError says that an Instagram account is not the one whose profile a Page's token is for.
type laterAccountError struct{ page, account, first string }

func (e *laterAccountError) Error() string {
	return fmt.Sprintf("bot: Messenger Profile: of the Instagram accounts that are linked to the Page %.40q "+
		"only the first, %.40q, has it, and not %.40q", e.page, e.first, e.account)
}

func (e *laterAccountError) Is(target error) bool { return target == send.ErrInvalid }

// SetMenu gives the person a persistent menu of their own, in place of the Page's: see
// [send.Client.SetPersonMenu], also for its errors and for how often Meta takes it. It is no message: neither
// window nor ledger applies, and it is set again when the handler runs again. Messenger only.
func (t *Thread) SetMenu(menus ...send.Menu) error {
	return t.ownMenu(func(c *send.Client) error { return c.SetPersonMenu(t.ctx, t.person, menus...) })
}

// DeleteMenu takes the person's own menu away, so that they see that of the Page again. It is otherwise as
// [Thread.SetMenu].
func (t *Thread) DeleteMenu() error {
	return t.ownMenu(func(c *send.Client) error { return c.DeletePersonMenu(t.ctx, t.person) })
}

func (t *Thread) ownMenu(call func(*send.Client) error) error {
	if err := t.controllable(); err != nil {
		return err
	}
	if err := call(t.client()); err != nil {
		return &sendError{err}
	}
	return nil
}

// recheckProfiles has the profiles of accounts that are new seen to.
func (b *Bot) recheckProfiles() {
	select {
	case b.newProfiles <- struct{}{}:
	default: // somebody has asked already
	}
}

// declaration is a profile, and an account that is to have it.
type declaration struct {
	account *account
	profile *send.Profile
}

// declarations returns the profiles of all accounts that have one. Of the Instagram accounts of a Page it is
// the first: the Graph API takes the Page's token for the account that is linked to it.
func (b *Bot) declarations() []declaration {
	now := b.setup.Load()
	var found []declaration
	for _, p := range now.pages {
		profile := cmp.Or(p.Profile, b.cfg.Profile)
		if profile == nil {
			continue
		}
		found = append(found, declaration{cmp.Or(now.accounts[p.ID], now.unnamed), profile})
		if len(p.Instagram) > 0 {
			found = append(found, declaration{now.accounts[p.Instagram[0]], profile})
		}
	}
	return found
}

// keepProfiles makes the Messenger Profiles what was declared, at once and when Pages are added, until ctx
// ends.
func (b *Bot) keepProfiles(ctx context.Context) {
	seen := make(map[*account]*send.Profile)
	for {
		var due []declaration
		due, seen = b.dueProfiles(seen)
		b.warnOfPayloads(due)
		var working sync.WaitGroup
		free := make(chan struct{}, profilesAtOnce)
		for _, d := range due {
			free <- struct{}{}
			working.Go(func() {
				defer func() { <-free }()
				b.syncProfile(ctx, d)
			})
		}
		working.Wait()
		select {
		case <-b.newProfiles:
		case <-ctx.Done():
			return
		}
	}
}

// dueProfiles returns the declarations that were not seen to, and with them all that are then.
func (b *Bot) dueProfiles(
	seen map[*account]*send.Profile,
) (due []declaration, all map[*account]*send.Profile) {
	all = make(map[*account]*send.Profile)
	for _, d := range b.declarations() {
		if seen[d.account] != d.profile {
			due = append(due, d)
		}
		all[d.account] = d.profile
	}
	return due, all
}

// warnOfPayloads names what people can tap in the profiles, and nothing routes.
func (b *Bot) warnOfPayloads(due []declaration) {
	routed, ok := b.handler.(interface {
		Routes(payload, title string) bool
	})
	if !ok {
		return
	}
	var warned []*send.Profile
	for _, d := range due {
		if slices.Contains(warned, d.profile) {
			continue
		}
		warned = append(warned, d.profile)
		for _, tap := range d.profile.Postbacks() {
			if !routed.Routes(tap.Payload, tap.Title) {
				b.log.Warn().Str("payload", tap.Payload).Str("title", tap.Title).
					Msg("nothing routes this payload of the Messenger Profile: add a route for it")
			}
		}
	}
}

// syncProfile compares the profile of one account with what was declared, changes what differs unless it is a
// dry run, and logs it. That it fails keeps nobody from being answered.
func (b *Bot) syncProfile(ctx context.Context, d declaration) {
	bounded, cancel := context.WithTimeout(ctx, profileTimeout)
	defer cancel()
	log := b.log.With().Str("page", d.account.page).Stringer("channel", d.account.channel()).Logger()
	want := d.profile.For(d.account.channel())
	sync, said := d.account.client.SyncProfile, "Messenger Profile changed"
	if b.cfg.ProfileDryRun {
		sync, said = d.account.client.ProfileChanges, "Messenger Profile would be changed: dry run"
	}
	changes, err := sync(bounded, want)
	switch {
	case ctx.Err() != nil:
		return // the bot stops, and does this when it starts again
	case err != nil:
		log.Error().Err(err).Str("advice", send.Advice(err)).
			Msg("Messenger Profile not as declared: the bot serves all the same, and tries at its next start")
		return
	case len(changes) == 0:
		log.Info().Msg("Messenger Profile is as declared")
	}
	for _, change := range changes {
		logChange(log.Info(), change).Msg(said)
	}
}

func logChange(line *zerolog.Event, change send.ProfileChange) *zerolog.Event {
	line = line.Str("property", string(change.Field))
	if change.Locale != "" {
		line = line.Str("locale", change.Locale)
	}
	return line.Str("old", change.Old).Str("new", change.New)
}

// checkProfiles returns what Meta is known to refuse of the profiles that c declares.
func (c *Config) checkProfiles(d *draft) []error {
	problems := checkProfile("Profile", c.Profile, c.Retired)
	for i, p := range d.pages {
		problems = append(problems, checkProfile(d.pageField(i, "Profile"), p.Profile, c.Retired)...)
	}
	return problems
}

// checkProfile returns what Meta is known to refuse of a profile, which may be nil.
func checkProfile(name string, declared *send.Profile, retired bool) []error {
	if declared == nil {
		return nil
	}
	if err := declared.Validate(send.Messenger); err != nil && (!retired || !onlyRetired(err)) {
		return []error{fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}
