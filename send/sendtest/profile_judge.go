package sendtest

import (
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Limits of the Messenger Profile. Source: Meta, Persistent Menu; Ice Breakers; Commands; Greeting;
// Whitelisted Domains, 2026.
const (
	menuItemLimit      = 20
	menuTitleLimit     = 30
	breakerLimit       = 4
	commandLimit       = 100
	commandNameLimit   = 32
	commandDetailLimit = 64
	greetingLimit      = 160
	domainLimit        = 50
)

// property is one of the properties of a Messenger Profile.
type property struct {
	name      string
	judge     func(*judge, value) // nil: it can be read only
	instagram bool                // Instagram has it too
}

// properties are those that Meta names, in the order in which they are judged.
//
// Source: Meta, Messenger Profile reference, 2026.
func properties() []property {
	return []property{
		{name: "get_started", judge: (*judge).getStarted},
		{name: "greeting", judge: (*judge).greeting},
		{name: "ice_breakers", judge: (*judge).iceBreakers, instagram: true},
		{name: "persistent_menu", judge: (*judge).menus, instagram: true},
		{name: "commands", judge: (*judge).commands},
		{name: "whitelisted_domains", judge: (*judge).domains},
		{name: "account_linking_url", judge: (*judge).linkingURL},
		{name: "description", judge: (*judge).string},
		{name: "title", judge: (*judge).string},
		{name: "home_url", judge: (*judge).retiredProperty},
		{name: "target_audience", judge: (*judge).retiredProperty},
		{name: "platform"},
		{name: "subject_to_new_eu_privacy_rules"},
	}
}

// done is the answer to a change of the profile. Source: Meta, Messenger Profile reference, 2026.
type done struct {
	Result string `json:"result"`
}

// listOf answers a list without pages.
func listOf(items ...any) any {
	if items == nil {
		items = []any{}
	}
	return map[string]any{"data": items}
}

// setProfile is POST to the edge messenger_profile: only what is given is written.
func (j *judge) setProfile(*Call) any {
	d, given := j.data(), map[string]any{}
	j.profileRate()
	for _, p := range properties() {
		v := value{"", j.params.values}.at(p.name)
		if v.absent() || p.judge == nil {
			continue
		}
		if d.instagram && !p.instagram {
			j.refuse(notOnInstagram)
		}
		p.judge(j, v)
		given[p.name] = v.v
	}
	if len(given) == 0 {
		j.refuse(profileEmpty)
	}
	started := given["get_started"] != nil || d.profile["get_started"] != nil
	if given["persistent_menu"] != nil && !started && !d.instagram {
		j.refuse(getStartedFirst)
	}
	if j.refused != nil {
		return nil
	}
	if d.profile == nil {
		d.profile = map[string]any{}
	}
	maps.Copy(d.profile, given)
	return done{"success"}
}

// readProfile is GET of the edge messenger_profile. Without fields, which Meta's samples always have, it
// answers all that stands.
func (j *judge) readProfile(*Call) any {
	j.profileRate()
	fields := j.propertyNames("fields")
	stands := map[string]any{}
	for name, v := range j.data().profile {
		if slices.Contains(fields, name) || len(fields) == 0 {
			stands[name] = v
		}
	}
	breakers, _ := stands["ice_breakers"].([]any)
	switch {
	case len(stands) == 0:
		return listOf()
	case len(fields) == 1 && len(breakers) > 0 && !(value{"", breakers[0]}).at("call_to_actions").absent():
		return listOf(breakers...) // this property comes without its name in the newer of its forms
	}
	return listOf(stands)
}

// deleteProfile is DELETE of the edge messenger_profile.
func (j *judge) deleteProfile(*Call) any {
	j.profileRate()
	d, fields := j.data(), value{"", j.params.values}.at("fields")
	j.require(missingPart, fields)
	names := j.propertyNames("fields")
	if len(names) == 0 {
		j.refuse(profileEmpty)
	}
	if slices.Contains(names, "get_started") && !slices.Contains(names, "persistent_menu") &&
		d.profile["persistent_menu"] != nil && !d.instagram {
		j.refuse(getStartedKept)
	}
	if j.refused != nil {
		return nil
	}
	for _, name := range names {
		delete(d.profile, name)
	}
	return done{"success"}
}

// propertyNames returns the properties that a parameter lists, and refuses those that are none.
func (j *judge) propertyNames(parameter string) []string {
	var names []string
	for _, name := range (value{"", j.params.values}).at(parameter).texts() {
		name.v = name.word()
		known := slices.IndexFunc(properties(), func(p property) bool { return p.name == name.text() })
		switch {
		case known < 0:
			var all []string
			for _, p := range properties() {
				all = append(all, p.name)
			}
			j.oneOfFold(enumerated, name, all...)
		case j.data().instagram && !properties()[known].instagram:
			j.refuse(notOnInstagram)
		}
		names = append(names, name.text())
	}
	return names
}

func (j *judge) getStarted(v value) {
	if j.object(v) {
		j.keys(v, "payload")
		j.require(missingPart, v.at("payload"))
		j.postback(v.at("payload"))
	}
}

// localized returns the elements of a property that has one for each language, and refuses under r unless
// just one is the default.
func (j *judge) localized(r rule, list value) []value {
	items, defaults := j.list(list), 0
	for i, item := range items {
		if !j.object(item) {
			return items[:i]
		}
		j.require(missingPart, item.at("locale"))
		j.string(item.at("locale"))
		if item.at("locale").text() == "default" {
			defaults++
		}
	}
	if defaults != 1 {
		j.refuse(r, "Param "+list.name+" must have one element of the locale default")
	}
	return items
}

func (j *judge) greeting(v value) {
	for _, g := range j.localized(greetingBad, v) {
		j.keys(g, "locale", "text")
		j.require(missingPart, g.at("text"))
		j.filled(g.at("text"))
		j.most(greetingLong, g.at("text"), greetingLimit)
	}
}

// menus judges a persistent menu, that of the Page or that of a person.
func (j *judge) menus(v value) {
	for _, m := range j.localized(menuBad, v) {
		j.keys(m, "locale", "composer_input_disabled", "call_to_actions", "disabled_surfaces")
		disabled, list := m.at("composer_input_disabled"), m.at("call_to_actions")
		if j.data().instagram && !disabled.absent() {
			j.refuse(notOnInstagram)
		}
		items := j.list(list)
		switch {
		case disabled.isTrue() && len(items) == 0:
			j.refuse(menuBad, "Param "+list.name+" is required where the composer is disabled")
		case len(items) > menuItemLimit:
			j.refuse(menuMany, list.name)
		}
		for _, item := range items {
			j.menuItem(item)
		}
	}
}

func (j *judge) menuItem(item value) {
	if !j.object(item) {
		return
	}
	kind, title := item.at("type"), item.at("title")
	if kind.word() == "nested" {
		j.refuse(menuBad, "Nested menus are not supported any more")
	}
	j.keys(item, "type", "title", "url", "payload", "webview_height_ratio", "messenger_extensions",
		"fallback_url", "webview_share_button")
	j.require(missingPart, kind, title)
	j.oneOfFold(menuItemType, kind, "postback", "web_url")
	j.filled(title)
	j.most(menuLong, title, menuTitleLimit)
	if j.data().instagram && !item.at("webview_height_ratio").absent() {
		j.refuse(notOnInstagram)
	}
	if kind.word() == "postback" {
		j.postback(item.at("payload"))
	} else {
		j.webURL(item)
	}
}

// iceBreakers judges questions in the older form, or those of each language in the newer one.
func (j *judge) iceBreakers(v value) {
	older, newer := 0, 0
	for _, b := range j.list(v) {
		if !j.object(b) {
			return
		}
		if b.at("call_to_actions").absent() {
			older++
		} else {
			newer++
		}
	}
	switch {
	case older > 0 && newer > 0:
		j.refuse(breakersBad, "Param "+v.name+" must have one format")
	case older > 0:
		j.questions(v)
		return
	}
	for _, b := range j.localized(breakersBad, v) {
		j.keys(b, "locale", "call_to_actions")
		j.questions(b.at("call_to_actions"))
	}
}

func (j *judge) questions(list value) {
	questions := j.list(list)
	switch {
	case len(questions) == 0:
		j.refuse(breakersBad, "Param "+list.name+" must be non-empty")
	case len(questions) > breakerLimit:
		j.refuse(breakersMany, list.name)
	}
	for _, q := range questions {
		if !j.object(q) {
			return
		}
		j.keys(q, "question", "payload")
		j.require(missingPart, q.at("question"), q.at("payload"))
		j.filled(q.at("question"))
	}
}

func (j *judge) commands(v value) {
	for _, c := range j.localized(commandsBad, v) {
		j.keys(c, "locale", "commands")
		list := c.at("commands")
		commands := j.list(list)
		switch {
		case len(commands) == 0:
			j.refuse(commandsBad, "Param "+list.name+" must be non-empty")
		case len(commands) > commandLimit:
			j.refuse(commandsMany, list.name)
		}
		for _, one := range commands {
			if !j.object(one) {
				return
			}
			name, detail := one.at("name"), one.at("description")
			j.keys(one, "name", "description")
			j.require(missingPart, name, detail)
			j.filled(name)
			j.filled(detail)
			j.most(commandsLong, name, commandNameLimit)
			j.most(commandsLong, detail, commandDetailLimit)
			if strings.HasPrefix(name.text(), "/") {
				j.refuse(commandsBad, "Param "+name.name+" must not begin with a slash")
			}
		}
	}
}

func (j *judge) domains(v value) {
	domains := j.list(v)
	if len(domains) > domainLimit {
		j.refuse(domainsMany, v.name)
	}
	for _, d := range domains {
		_, err := netip.ParseAddr(hostOf(d.text()))
		if !isHTTPS(d.text()) || err == nil { // localhost has no dot
			j.refuse(domainsBad, d.name)
		}
	}
}

func (j *judge) linkingURL(v value) {
	if !isHTTPS(v.text()) {
		j.refuse(linkingHTTPS, v.name)
	}
}

func (j *judge) retiredProperty(v value) { j.refuse(retiredEntry, v.name) }

// Profile returns what stands of the Messenger Profile of a Page or an Instagram account, as one JSON object
// with a key for each property; nil if nothing stands or the Graph has no such Page. An empty ID is the first
// Page's. To be told of changes, watch for calls to messenger_profile in Graph.OnCall.
func (g *Graph) Profile(page string) json.RawMessage {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.pageOf(page)
	if d == nil || len(d.profile) == 0 {
		return nil
	}
	return canonical(d.profile)
}

// PersonMenu returns the persistent menu that a person alone has, in the form of the property
// persistent_menu; nil if there is none.
func (g *Graph) PersonMenu(page, psid string) json.RawMessage {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.pageOf(page)
	if d == nil || d.menus[psid] == nil {
		return nil
	}
	return canonical(d.menus[psid])
}
