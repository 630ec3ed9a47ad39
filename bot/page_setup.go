package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// setup is the apps and the Pages of a bot at one time. Once it is stored nobody changes it: a change makes
// another one, so that who reads takes no lock.
type setup struct {
	apps  []App
	pages []Page // one at most has no ID: that of Config.Token, until the Graph API has told it

	accounts map[string]*account // by ID, Instagram accounts included
	only     *account            // of the only Page; nil: there are more, or none
	unnamed  *account            // of the Page without ID; nil: there is none
	receiver *webhook.Receiver
}

// account is a Page or an Instagram account, with what answers for it. It never changes.
type account struct {
	page   string // its ID; "": not known yet
	app    string // the ID of its app
	client *send.Client
	origin clientOrigin
}

// clientOrigin is what the client of an account is made of: one made of the same is used on.
type clientOrigin struct {
	token, secret string
	channel       send.Channel
	login         bool
	rate          int
}

// channel is where the account talks to people.
func (a *account) channel() send.Channel { return a.origin.channel }

// index returns where the Page with this ID is, or -1.
func (s *setup) index(id string) int {
	return slices.IndexFunc(s.pages, func(p Page) bool { return p.ID == id })
}

// appOf returns the app with this ID; "" is the only one. The error says what is wrong with the ID.
func appOf(apps []App, id string) (App, error) {
	if id == "" && len(apps) == 1 {
		return apps[0], nil
	}
	i := slices.IndexFunc(apps, func(a App) bool { return a.ID == id })
	switch {
	case id == "":
		return App{}, errors.New("is empty: with several apps, want the ID of the one that it belongs to")
	case i < 0:
		return App{}, fmt.Errorf("is %.40q, which is none of the bot's apps", id)
	}
	return apps[i], nil
}

// firstSetup makes the setup of Config.
func (b *Bot) firstSetup() error {
	b.http = b.cfg.HTTP
	if b.http == nil {
		b.http = send.NewTransport()
	}
	refuse := func(send.Handler) send.Handler {
		return func(context.Context, *send.Outgoing) error { return ErrUnknownPage }
	}
	refusing, err := send.New(send.Config{
		Token: "none", HTTP: noCalls{}, Tries: 1, Middleware: []func(send.Handler) send.Handler{refuse},
	})
	if err != nil {
		return err
	}
	b.nowhere = &account{client: refusing}
	d := b.cfg.draft()
	first := &setup{apps: d.apps, pages: d.pages}
	b.hashKey = []byte(first.apps[0].Secrets[0])
	return b.install(first, new(setup))
}

// noCalls makes no call: not every method of a client goes through its middleware.
type noCalls struct{}

func (noCalls) Do(*http.Request) (*http.Response, error) { return nil, ErrUnknownPage }

// change replaces the setup by one that edit has changed, if that is in order.
func (b *Bot) change(edit func(*setup) error) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	old := b.setup.Load()
	next := &setup{apps: slices.Clone(old.apps), pages: slices.Clone(old.pages)}
	problems := []error{edit(next)}
	d := &draft{apps: next.apps, pages: next.pages, unnamed: -1}
	if old.unnamed != nil {
		d.unnamed = next.index("")
	}
	if err := errors.Join(append(problems, d.problems()...)...); err != nil {
		return err
	}
	return b.install(next, old)
}

// install makes the accounts and the receiver of a setup, and stores it. Accounts of the old one that stay as
// they were are kept, with what their clients know of Meta's limits.
func (b *Bot) install(next, old *setup) error {
	next.accounts = make(map[string]*account, len(next.pages))
	for i, p := range next.pages {
		app, err := appOf(next.apps, p.App)
		if err != nil {
			return fmt.Errorf("App %w", err)
		}
		next.pages[i].App = app.ID // the only one now may not be so later
		origin := clientOrigin{
			token: p.Token, secret: app.Secrets[0], channel: send.Messenger, login: p.InstagramLogin,
			rate: cmp.Or(p.Rate, b.cfg.Rate),
		}
		if p.InstagramLogin {
			origin.channel = send.Instagram
		}
		main, err := b.open(old, p.ID, app.ID, origin)
		if err != nil {
			return err
		}
		if len(next.pages) == 1 {
			next.only = main
		}
		if p.ID == "" {
			next.unnamed = main
		} else {
			next.accounts[p.ID] = main
		}
		origin.channel = send.Instagram
		for _, id := range p.Instagram {
			if next.accounts[id], err = b.open(old, id, app.ID, origin); err != nil {
				return err
			}
		}
	}
	receiver, err := b.receive(next)
	if err != nil {
		return err
	}
	next.receiver = receiver
	b.setup.Store(next)
	return nil
}

// open returns the account with this ID: that of the old setup if nothing of it is different.
func (b *Bot) open(old *setup, page, app string, origin clientOrigin) (*account, error) {
	if kept := old.accounts[page]; kept != nil && kept.app == app && kept.origin == origin {
		return kept, nil
	}
	client, err := send.New(b.client(page, origin))
	if err != nil {
		return nil, err
	}
	return &account{page: page, app: app, client: client, origin: origin}, nil
}

// client returns the configuration of the client of an account.
func (b *Bot) client(page string, origin clientOrigin) send.Config {
	c := &b.cfg
	return send.Config{
		Token: origin.token, AppSecret: origin.secret, Channel: origin.channel, InstagramLogin: origin.login,
		BaseURL: graphURL(c.GraphURL, origin.login), Version: c.GraphVersion, HTTP: b.http, Rate: origin.rate,
		Strict: c.Strict, Retired: c.Retired, TrustTemplates: c.TrustTemplates, Middleware: c.Outgoing,
		Wait: b.wait, Limit: b.runs.call, Circuit: b.circuit(page, origin.channel), Now: c.Now,
	}
}

// The hosts of the Graph API: which one it is depends on the token.
//
// Source: Meta, Instagram Platform, 2026.
const (
	facebookHost  = "graph.facebook.com"
	instagramHost = "graph.instagram.com"
)

// graphURL returns the address of the Graph API for one kind of token: configured unless that is Meta's host
// for the other kind; "" is Meta's own.
func graphURL(configured string, login bool) string {
	host := hostOf(configured)
	if login && host == facebookHost || !login && host == instagramHost {
		return ""
	}
	return configured
}

// hostOf returns the host of a URL in lower case, or "".
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// adviceForeign is what to do about a request that an app has signed for a Page of another.
const adviceForeign = "set Page.App of the Page to the app that signed, or unsubscribe the Page from that app"

// receive returns the receiver for the events of a setup. As long as the ID of a Page is not known, its app
// takes every Page that no app has.
func (b *Bot) receive(s *setup) (*webhook.Receiver, error) {
	apps := make([]webhook.App, len(s.apps))
	at := make(map[string]*webhook.App, len(s.apps))
	for i, a := range s.apps {
		apps[i] = webhook.App{ID: a.ID, Secrets: a.Secrets, Pages: []string{}}
		at[a.ID] = &apps[i]
	}
	for id, account := range s.accounts {
		at[account.app].Pages = append(at[account.app].Pages, id)
	}
	if s.unnamed != nil {
		at[s.unnamed.app].AnyPage = true
	}
	return webhook.NewReceiver(webhook.Config{
		VerifyToken: b.cfg.VerifyToken,
		Apps:        apps,
		MaxBody:     b.cfg.MaxBody,
		AllowSHA1:   b.cfg.AllowSHA1,
		Now:         b.cfg.Now,
		Recorder:    b.windows,
		Sink:        b,
		Refused: func(status int, err error) {
			line := b.log.Warn().Int("status", status).Err(err)
			if errors.Is(err, webhook.ErrForeignPage) {
				line = line.Str("advice", adviceForeign)
			}
			line.Msg("webhook request refused")
		},
		UnknownPage: b.unknownPage,
	})
}

// accountOf returns the account of a Page or an Instagram account; "" is that of the only Page. While the ID
// of a Page is not known, every ID that is no other's may be its.
func (b *Bot) accountOf(page string) (*account, error) {
	now := b.setup.Load()
	if found := now.accounts[page]; found != nil {
		return found, nil
	}
	switch {
	case page == "" && now.only != nil:
		return now.only, nil
	case page == "":
		return nil, fmt.Errorf("%w: it has %d, name one of them", ErrUnknownPage, len(now.pages))
	case now.unnamed != nil:
		return now.unnamed, nil
	}
	return nil, fmt.Errorf("%w: %.40q", ErrUnknownPage, page)
}

// namedAccount returns the account of a Page as accountOf does, with its ID, under which people are known.
func (b *Bot) namedAccount(page string) (*account, string, error) {
	found, err := b.accountOf(page)
	if err != nil {
		return nil, "", err
	}
	if page = cmp.Or(page, found.page); page == "" {
		return nil, "", fmt.Errorf("%w yet: its ID is asked for when the bot serves, unless PAGE_ID is set",
			ErrUnknownPage)
	}
	return found, page, nil
}

// channelOf returns the channel of a Page or an Instagram account.
func (b *Bot) channelOf(page string) send.Channel {
	if found, err := b.accountOf(page); err == nil {
		return found.channel()
	}
	return send.Messenger
}

// appOf returns the ID of the app of a Page or an Instagram account; "": it is not known.
func (b *Bot) appOf(page string) string {
	if found, err := b.accountOf(page); err == nil {
		return found.app
	}
	return ""
}

// home returns the account that an event came to. One that names no Page is of the only Page, if its app has
// signed it, and else gets an account that makes no call.
func (b *Bot) home(event webhook.Event) (*account, error) {
	from := event.From()
	found, err := b.accountOf(from.Page)
	if from.Page == "" && (err != nil || from.App != "" && from.App != found.app) {
		return b.nowhere, nil
	}
	return found, err
}

// homeless makes a dead letter of an event whose Page the bot does not have.
func (b *Bot) homeless(d *Delivery, event webhook.Event, err error) error {
	b.counts.buried.Add(1)
	b.log.Error().Str("page", event.From().Page).Str("event", b.nameOf(d.ID, event)).Err(err).
		Msg("event becomes a dead letter")
	return fmt.Errorf("the Page was removed, or never the bot's: %w: replay the event once it is added", err)
}
