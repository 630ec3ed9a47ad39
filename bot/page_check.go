package bot

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// checkSetup returns everything that is wrong with apps and Pages. What Config.check has found wrong with the
// form for one Page, it does not name again: a Page without ID is that one.
func checkSetup(apps []App, pages []Page) []error {
	return append(checkApps(apps), checkPages(apps, pages)...)
}

func checkApps(apps []App) []error {
	var problems []error
	if len(apps) == 0 {
		problems = append(problems, errors.New("there is no app, so that no request could be verified"))
	}
	owners, ids := make(map[string]string), make(map[string]bool)
	for i, app := range apps {
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("%s %w", nameOfApp(app, i), fmt.Errorf(format, args...)))
		}
		switch {
		case ids[app.ID]:
			problem("is there twice")
			continue
		case app.ID == "" && len(apps) > 1:
			problem("has no ID: with several apps, want one of each (AppID for that of AppSecrets)")
		case len(app.Secrets) == 0:
			problem("has no secret, so that no request of it could be verified")
		}
		ids[app.ID] = true
		for _, secret := range app.Secrets {
			owner, taken := owners[secret]
			switch {
			case secret == "":
				problem("has an empty secret, with which anybody could sign")
			case taken && owner != app.ID:
				problem("has a secret of the app %.40q, so that nobody knows which signed", owner)
			}
			owners[secret] = app.ID
		}
	}
	return problems
}

func checkPages(apps []App, pages []Page) []error {
	var problems []error
	ids, tokens := make(map[string]bool), make(map[string]string)
	for i, page := range pages {
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("%s %w", nameOfPage(page, i), fmt.Errorf(format, args...)))
		}
		if ids[page.ID] {
			problem("is there twice, or has no ID")
			continue
		}
		ids[page.ID] = true
		other, taken := tokens[page.Token]
		switch {
		case page.Token == "":
			problem("has no Token: want its access token")
		case malformed(page.Token):
			problem("has a Token with a space or a line break: want it as Meta gave it")
		case taken:
			problem("has the Token of the Page %.40q: each has its own", other)
		}
		tokens[page.Token] = page.ID
		if _, err := appOf(apps, page.App); err != nil && len(apps) > 0 {
			problem("%w", err)
		}
		if page.InstagramLogin && len(page.Instagram) > 0 {
			problem("has both InstagramLogin and Instagram: such an account has none that is linked to it")
		}
		for _, id := range page.Instagram {
			switch {
			case id == "":
				problem("has an empty ID in Instagram")
			case ids[id]:
				problem("has the Instagram account %.40q, which is there twice", id)
			}
			ids[id] = true
		}
	}
	return problems
}

// malformed reports whether a token could not be sent.
func malformed(token string) bool {
	return strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}

// nameOfApp returns how a problem names an app.
func nameOfApp(app App, i int) string {
	if app.ID == "" {
		return fmt.Sprintf("the app number %d", i+1)
	}
	return fmt.Sprintf("the app %.40q", app.ID)
}

// nameOfPage returns how a problem names a Page.
func nameOfPage(page Page, i int) string {
	if page.ID == "" {
		return fmt.Sprintf("the Page number %d", i+1)
	}
	return fmt.Sprintf("the Page %.40q", page.ID)
}

// apps returns all apps of c: that of AppSecrets and those of Apps.
func (c *Config) apps() []App {
	var apps []App
	if len(c.AppSecrets) > 0 {
		apps = append(apps, App{ID: c.AppID, Secrets: slices.Clone(c.AppSecrets)})
	}
	for _, a := range c.Apps {
		apps = append(apps, a.clone())
	}
	return apps
}

// pages returns all Pages of c: that of Token and those of Pages.
func (c *Config) pages() []Page {
	var pages []Page
	if c.Token != "" {
		pages = append(pages, Page{
			ID: c.PageID, Token: c.Token, App: c.AppID, Instagram: slices.Clone(c.Instagram),
			InstagramLogin: c.InstagramLogin || hostOf(c.GraphURL) == instagramHost,
		})
	}
	for _, p := range c.Pages {
		pages = append(pages, p.clone())
	}
	return pages
}
