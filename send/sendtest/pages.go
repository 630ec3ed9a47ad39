package sendtest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The hosts that serve one kind of token each. Source: Meta, Postman collections, 2025.
const (
	facebookHost  = "graph.facebook.com"
	instagramHost = "graph.instagram.com"
)

// Page is one of several Pages that a Graph serves, or an Instagram professional account that has no Page.
// People, attachments, the Messenger Profile, limits and all [State] belong to it alone.
//
// Source: Meta, Send API, v25.0; Securing Graph API Requests, 2026; Instagram API with Instagram Login, 2026.
type Page struct {
	// ID is the numeric ID of the Page, with InstagramLogin that of the Instagram professional account.
	ID string

	// Token is its access token. It decides what "me" is; used with the ID of another Page it is refused
	// (T05). A Page without one is one that no call can reach.
	Token string

	// AppID is the app that the token belongs to. AppSecret is the key that an appsecret_proof is checked
	// with.
	//
	// Default to those of the Graph.
	AppID, AppSecret string

	// Instagram are the IDs of the Instagram professional accounts that are linked to the Page. The Page's
	// token is theirs too. A call is one for a linked account, and is judged by Instagram's rules, if its
	// path names the account, if its parameter platform is instagram (the first account then), or if it is
	// about a person, or about a comment of [State], whom the test has announced there:
	//
	//	graph.Account("17841400000000001").Acted(igsid, at)
	Instagram []string

	// InstagramLogin says that ID is an Instagram professional account, and Token its own from Instagram
	// Login. Such a token is good at graph.instagram.com only, all others at graph.facebook.com only; any
	// other host, such as that of a test server, takes all.
	InstagramLogin bool
}

// pageData is what belongs to one Page, or to one Instagram account. The Graph's lock guards it.
type pageData struct {
	id          string
	token       string
	app, secret string
	anyToken    bool // nobody said which
	anyID       bool
	instagram   bool        // Instagram's rules
	login       bool        // a token of Instagram Login
	linked      []*pageData // Instagram accounts

	people      map[string]*person
	attachments map[string]attachment
	products    map[string]bool
	spent       map[string]bool // one-time tokens that were used
	state       State
	profile     map[string]any         // the Messenger Profile, by property
	menus       map[string]any         // the persistent menus of single people, by PSID
	counted     map[string][]time.Time // calls that count against a limit, by what the limit is for
	subscribed  []string               // webhook fields
	edges       edgeData
	handed      time.Time // the newest event about the control of a thread
	installed   bool      // a program has subscribed the app, or removed it
}

// pages returns what belongs to each Page, in the order of their announcement, without linked accounts. It
// needs the lock.
func (g *Graph) pages() []*pageData {
	if g.data == nil {
		g.data = g.announced()
	}
	if g.hasOwn() {
		own := g.data[0]
		own.id, own.token, own.secret = cmp.Or(g.PageID, DefaultPage), g.Token, g.AppSecret
		own.app, own.instagram = cmp.Or(g.AppID, DefaultApp), g.Instagram
		own.anyToken, own.anyID = g.Token == "", g.PageID == "" && len(g.Pages) == 0
	}
	return g.data
}

// hasOwn reports whether the fields of the Graph are those of a Page.
func (g *Graph) hasOwn() bool { return len(g.Pages) == 0 || g.Token != "" || g.PageID != "" }

// announced returns what belongs to the Pages at first; nothing is known of the Graph's own yet.
func (g *Graph) announced() []*pageData {
	var all []*pageData
	if g.hasOwn() {
		all = append(all, &pageData{})
	}
	for _, p := range g.Pages {
		d := &pageData{
			id: p.ID, token: p.Token, instagram: p.InstagramLogin, login: p.InstagramLogin,
			app: cmp.Or(p.AppID, g.AppID, DefaultApp), secret: cmp.Or(p.AppSecret, g.AppSecret),
		}
		for _, id := range p.Instagram {
			d.linked = append(d.linked, &pageData{
				id: id, token: p.Token, app: d.app, secret: d.secret, instagram: true,
			})
		}
		all = append(all, d)
	}
	return all
}

// pageOf returns what belongs to the Page or the linked account of an ID, nil if there is none; the first
// Page if the ID is empty. It needs the lock.
func (g *Graph) pageOf(id string) *pageData {
	for _, d := range g.pages() {
		if id == "" || d.id == id || d.anyID && isID(id) {
			return d
		}
		if linked := d.account(id); linked != nil {
			return linked
		}
	}
	return nil
}

// account returns what belongs to a linked account, nil if there is none of that ID.
func (d *pageData) account(id string) *pageData {
	i := slices.IndexFunc(d.linked, func(l *pageData) bool { return l.id == id })
	if i < 0 {
		return nil
	}
	return d.linked[i]
}

// callerOf returns the Page whose token a call has, nil if it is nobody's. It needs the lock.
func (g *Graph) callerOf(token string) *pageData {
	var open *pageData
	for _, d := range g.pages() {
		switch {
		case token != "" && d.token == token:
			return d
		case d.anyToken:
			open = d
		}
	}
	return open
}

// servedAt reports whether the token of a Page is good at a host. What a Graph without Pages is for, nobody
// says: with Instagram it may be either.
func (d *pageData) servedAt(host string) bool {
	switch host {
	case facebookHost:
		return !d.login
	case instagramHost:
		return d.instagram
	}
	return true
}

// data returns what belongs to the Page or the Instagram account that the call is for.
func (j *judge) data() *pageData { return j.owner }

// identify finds the Page whose token the call has and the account that it is for. It needs the lock.
func (j *judge) identify(c *Call, at place) {
	j.caller = j.graph.callerOf(j.params.token)
	j.owner = j.caller
	if j.owner == nil {
		j.owner = &pageData{}
		if all := j.graph.pages(); len(all) == 1 {
			j.owner = all[0]
		}
	}
	if linked := j.linked(at); linked != nil {
		j.owner = linked
	}
	j.node = at.node
	kind := j.kindOf(at)
	if kind == appNodes {
		j.identifyApp()
	}
	switch {
	case at.node == "" && at.edge == "", kind == appNodes:
	case isID(at.node) && (kind == pageNodes && j.owner.anyID || kind == unknownNode):
		c.Page = at.node
	default:
		c.Page = j.owner.id
	}
	j.page = c.Page
}

// identifyApp finds the app whose token the call has: that of one of its Pages stands for it.
func (j *judge) identifyApp() {
	for _, d := range j.graph.pages() {
		app, secret, _ := strings.Cut(j.params.token, "|")
		if app == j.node && app == d.app && (secret == d.secret || d.secret == "") {
			j.caller, j.owner = d, d
		}
	}
}

// isApp reports whether a path names an app. It needs the lock.
func (j *judge) isApp(at place) bool {
	return onApp[at.edge] != nil && isID(at.node) && (j.owner.anyID ||
		slices.ContainsFunc(j.graph.pages(), func(d *pageData) bool { return d.app == at.node }))
}

// linked returns the linked account that the call is for, nil if it is for none.
func (j *judge) linked(at place) *pageData {
	d, call := j.owner, value{"", j.params.values}
	if len(d.linked) == 0 {
		return nil
	}
	if named := d.account(at.node); named != nil {
		return named
	}
	if call.at("platform").word() == instagram {
		return d.linked[0]
	}
	recipient := decoded(call.at("recipient"))
	ids := []string{
		recipient.at("id").text(), recipient.text(), call.at("psid").text(), call.at("user").text(),
		call.at("user_id").text(), at.node,
	}
	for _, moderated := range call.at("user_ids").items() {
		ids = append(ids, moderated.at("id").text())
	}
	for _, l := range d.linked {
		if _, listed := l.state.Comments[recipient.at("comment_id").text()]; listed {
			return l
		}
		for _, id := range ids {
			if _, known := l.thing(id); known {
				return l
			}
		}
	}
	return nil
}

// instagram is the value of the parameter platform. Source: Meta, Instagram, Ice Breakers, 2026.
const instagram = "instagram"
