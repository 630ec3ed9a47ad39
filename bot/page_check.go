package bot

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// draft is apps and Pages as they are to be.
type draft struct {
	apps    []App
	pages   []Page
	unnamed int     // the Page whose ID is still to be asked for; -1: there is none
	config  *Config // whose fields problems name; nil: a change of a bot
}

// problems returns everything that is wrong with d.
func (d *draft) problems() []error { return append(d.ofApps(), d.ofPages()...) }

func (d *draft) ofApps() []error {
	var problems []error
	ids, secrets := make(map[string]int), make(map[string]int)
	for i, app := range d.apps {
		problem := func(field, format string, args ...any) {
			what := fmt.Errorf(format, args...)
			problems = append(problems, fmt.Errorf("%s %w", d.appField(i, field), what))
		}
		if other, taken := ids[app.ID]; taken && app.ID != "" {
			problem("ID", "is that of %s too", d.app(other))
			continue
		}
		ids[app.ID] = i
		if app.ID == "" && len(d.apps) > 1 {
			problem("ID", "is empty: with several apps, want that of each")
		}
		if len(app.Secrets) == 0 {
			problem("Secrets", "is empty: without one no request of the app could be verified")
		}
		for _, secret := range app.Secrets {
			other, taken := secrets[secret]
			switch {
			case secret == "":
				problem("Secrets", "holds an empty one, with which anybody could sign")
			case taken && other != i:
				problem("Secrets", "holds a secret of %s, so that nobody knows which signed", d.app(other))
			}
			if !taken {
				secrets[secret] = i
			}
		}
	}
	return problems
}

func (d *draft) ofPages() []error {
	var problems []error
	ids, tokens := make(map[string]int), make(map[string]int)
	for i, page := range d.pages {
		problem := func(field, format string, args ...any) {
			what := fmt.Errorf(format, args...)
			problems = append(problems, fmt.Errorf("%s %w", d.pageField(i, field), what))
		}
		other, taken := ids[page.ID]
		switch {
		case page.ID == "" && i != d.unnamed:
			problem("ID", "is empty: want that of the %s", nounOf(page.InstagramLogin))
		case !numeric(page.ID):
			problem("ID", "is %.40q: want a number", page.ID)
		case taken && d.config == nil && d.pages[other].ID == page.ID:
			problem("ID", "is there twice")
		case taken && page.ID != "":
			problem("ID", "is %.40q, which %s has already", page.ID, d.page(other))
		}
		if !taken {
			ids[page.ID] = i
		}
		other, taken = tokens[page.Token]
		switch {
		case page.Token == "":
			problem("Token", "is empty: want the access token of the %s", nounOf(page.InstagramLogin))
		case malformed(page.Token):
			problem("Token", "holds a space or a line break: want it as Meta gave it")
		case taken:
			problem("Token", "is that of %s too: each has its own", d.page(other))
		}
		if !taken {
			tokens[page.Token] = i
		}
		if _, err := appOf(d.apps, page.App); err != nil && len(d.apps) > 0 {
			problem("App", "%w", err)
		}
		problems = append(problems, d.ofLinked(i, ids)...)
	}
	return problems
}

// ofLinked returns what is wrong with the Instagram accounts that are linked to a Page. It notes them in ids.
func (d *draft) ofLinked(i int, ids map[string]int) []error {
	var problems []error
	page, field := d.pages[i], d.pageField(i, "Instagram")
	if page.InstagramLogin && len(page.Instagram) > 0 {
		problems = append(problems, fmt.Errorf("%s is set beside InstagramLogin: "+
			"no account is linked to one that signs in by itself", field))
	}
	for _, id := range page.Instagram {
		other, taken := ids[id]
		switch {
		case id == "":
			problems = append(problems, fmt.Errorf("%s holds an empty ID", field))
		case !numeric(id):
			problems = append(problems, fmt.Errorf("%s holds %.40q: want a number", field, id))
		case taken:
			problems = append(problems, fmt.Errorf("%s holds %.40q, which %s has already",
				field, id, d.page(other)))
		}
		if !taken {
			ids[id] = i
		}
	}
	return problems
}

// numeric reports whether an ID has but digits. The keys of the Store rest on it: those of people begin with
// the ID of their Page, those of mailings and uploads with a word.
func numeric(id string) bool { return strings.Trim(id, "0123456789") == "" }

// malformed reports whether a token could not be sent.
func malformed(token string) bool {
	return strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}

// nounOf returns what a token is of.
func nounOf(login bool) string {
	if login {
		return "Instagram account"
	}
	return "Page"
}

// simpleApp and simplePage return which field of Config stands for one of its only App, or Page, with its
// variable.
func simpleApp(field string) string {
	if field == "ID" {
		return "AppID (APP_ID)"
	}
	return "AppSecrets (APP_SECRET)"
}

func simplePage(field string) string {
	switch field {
	case "ID":
		return "PageID (PAGE_ID)"
	case "App":
		return "AppID (APP_ID)"
	case "Instagram":
		return "Instagram (INSTAGRAM_ID)"
	}
	return "Token (PAGE_ACCESS_TOKEN)"
}

// appField returns how a problem names a field of an app: Apps[1]: ID.
func (d *draft) appField(i int, field string) string {
	if d.config != nil && d.config.ofApps(i) < 0 {
		return simpleApp(field)
	}
	return d.app(i) + ": " + field
}

// app returns how a problem names an app.
func (d *draft) app(i int) string {
	if d.config == nil && d.apps[i].ID != "" {
		return fmt.Sprintf("the app %.40q", d.apps[i].ID)
	}
	if d.config == nil {
		return "the app"
	}
	if at := d.config.ofApps(i); at >= 0 {
		return fmt.Sprintf("Apps[%d]", at)
	}
	return "the app of AppSecrets"
}

// pageField returns how a problem names a field of a Page: Pages[1]: App.
func (d *draft) pageField(i int, field string) string {
	if d.config != nil && d.config.ofPages(i) < 0 {
		return simplePage(field)
	}
	return d.page(i) + ": " + field
}

// page returns how a problem names a Page.
func (d *draft) page(i int) string {
	what := "the " + nounOf(d.pages[i].InstagramLogin)
	if d.config == nil && d.pages[i].ID != "" {
		return fmt.Sprintf("%s %.40q", what, d.pages[i].ID)
	}
	if d.config == nil {
		return what
	}
	if at := d.config.ofPages(i); at >= 0 {
		return fmt.Sprintf("Pages[%d]", at)
	}
	return what + " of Token"
}

// draft returns all apps and Pages of c: those of the form for one Page first.
func (c *Config) draft() *draft {
	d := &draft{unnamed: -1, config: c}
	if len(c.AppSecrets) > 0 {
		d.apps = append(d.apps, App{ID: c.AppID, Secrets: slices.Clone(c.AppSecrets)})
	}
	for _, a := range c.Apps {
		d.apps = append(d.apps, a.clone())
	}
	if c.Token != "" {
		d.unnamed = 0
		d.pages = append(d.pages, Page{
			ID: c.PageID, Token: c.Token, App: c.AppID, Instagram: slices.Clone(c.Instagram),
			InstagramLogin: c.login(),
		})
	}
	for _, p := range c.Pages {
		d.pages = append(d.pages, p.clone())
	}
	return d
}

// ofApps and ofPages return the place in Apps, or in Pages, of what is at i in a draft; -1: it is that of the
// form for one Page.
func (c *Config) ofApps(i int) int {
	if len(c.AppSecrets) > 0 {
		return i - 1
	}
	return i
}

func (c *Config) ofPages(i int) int {
	if c.Token != "" {
		return i - 1
	}
	return i
}

// login reports whether Token is that of an Instagram account.
func (c *Config) login() bool { return c.InstagramLogin || hostOf(c.GraphURL) == instagramHost }

// errNoApp is why the last app stays.
var errNoApp = errors.New("there would be no app left, so that no request could be verified")
