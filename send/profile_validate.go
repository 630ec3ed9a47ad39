package send

import (
	"encoding/json"
	"errors"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of the Messenger Profile; lengths in characters.
//
// Sources: Meta, Messenger Profile with its pages Greeting, Ice Breakers, Persistent Menu, Commands and
// Whitelisted Domains, 2026.
const (
	maxGreeting           = 160
	maxIceBreakers        = 4
	maxMenuItems          = 20
	maxMenuTitle          = 30
	maxCommands           = 100
	maxCommandName        = 32
	maxCommandDescription = 64
	maxDomains            = 50
)

// Validate reports everything in p that Meta is known to refuse on channel, as joined [*FieldError]s, or nil;
// what Meta has retired is of the class [ErrRetired]. Whether a menu has the Get Started button that it needs
// it cannot know, if that is not declared: [Client.SyncProfile] looks. It makes no call.
func (p Profile) Validate(channel Channel) error { return p.validate(channel, false) }

// validate is Validate, but lets pass what Meta has retired if retired is set.
func (p *Profile) validate(channel Channel, retired bool) error {
	r := &report{channel: channel, retired: retired}
	for _, field := range p.declared() {
		if channel == Instagram && !field.onInstagram() {
			r.add(string(field), "not on Instagram, which has ice_breakers and persistent_menu")
		}
	}
	r.greeting(p.Greeting)
	r.iceBreakers(p.IceBreakers)
	r.menus(p.Menu)
	r.commandSets(p.Commands)
	r.domains(p.Domains)
	if p.AccountLinkingURL != "" && !https(p.AccountLinkingURL) {
		r.add(string(ProfileAccountLinkingURL), "want an https URL")
	}
	r.rawProfile(p)
	r.removes(p)
	return errors.Join(r.errs...)
}

// defaults reports a list of which none, or more than one where only one may be, is for the default locale.
func (r *report) defaults(field ProfileField, locales []string, single bool) {
	n := 0
	for _, locale := range locales {
		if localeOf(locale) == defaultLocale {
			n++
		}
	}
	switch {
	case len(locales) == 0:
	case n == 0:
		r.add(string(field), "no default locale: one must have locale default")
	case n > 1 && single:
		r.add(string(field), "%d for the default locale, want one", n)
	}
}

func (r *report) greeting(all []Greeting) {
	locales := make([]string, len(all))
	for i := range all {
		locales[i] = all[i].Locale
		r.enter(string(ProfileGreeting), i)
		r.want("text", all[i].Text)
		r.atMost("text", all[i].Text, maxGreeting)
		r.leave()
	}
	r.defaults(ProfileGreeting, locales, false)
}

func (r *report) iceBreakers(all []IceBreakers) {
	locales := make([]string, len(all))
	for i := range all {
		locales[i] = all[i].Locale
		r.enter(string(ProfileIceBreakers), i)
		r.count("call_to_actions", len(all[i].Questions), 1, maxIceBreakers)
		for j, q := range all[i].Questions {
			r.enter("call_to_actions", j)
			r.want("question", q.Question)
			r.want("payload", q.Payload)
			r.leave()
		}
		r.leave()
	}
	r.defaults(ProfileIceBreakers, locales, false)
}

// menus reports what is wrong with the menus of a Page or of a person.
func (r *report) menus(all []Menu) {
	locales := make([]string, len(all))
	for i := range all {
		locales[i] = all[i].Locale
		r.enter(string(ProfileMenu), i)
		r.menu(&all[i])
		r.leave()
	}
	r.defaults(ProfileMenu, locales, true)
}

func (r *report) menu(m *Menu) {
	switch {
	case m.ComposerDisabled && r.channel == Instagram:
		r.add("composer_input_disabled", "not on Instagram")
	case m.ComposerDisabled && len(m.Items) == 0:
		r.add("call_to_actions", "0, at least 1 where the composer is disabled")
	}
	r.count("call_to_actions", len(m.Items), 0, maxMenuItems)
	for i := range m.Items {
		r.enter("call_to_actions", i)
		r.menuItem(&m.Items[i])
		r.leave()
	}
}

func (r *report) menuItem(b *Button) {
	r.want("title", b.Title)
	r.atMost("title", b.Title, maxMenuTitle)
	switch {
	case b.is(postback):
		r.want("payload", b.Payload)
		r.atMost("payload", b.Payload, MaxPayload)
	case b.is(webURL):
		r.link("url", b)
		if r.channel == Instagram && b.WebviewHeight != "" {
			r.add("webview_height_ratio", "not on Instagram")
		}
	default:
		r.add("type", "want postback or web_url: use send.Postback or send.Link")
	}
}

func (r *report) commandSets(all []Commands) {
	for i := range all {
		r.enter(string(ProfileCommands), i)
		r.count("commands", len(all[i].Commands), 1, maxCommands)
		for j, command := range all[i].Commands {
			r.enter("commands", j)
			r.want("name", command.Name)
			r.atMost("name", command.Name, maxCommandName)
			if strings.HasPrefix(command.Name, "/") {
				r.add("name", "want it without the slash")
			}
			r.want("description", command.Description)
			r.atMost("description", command.Description, maxCommandDescription)
			r.leave()
		}
		r.leave()
	}
}

func (r *report) domains(all []string) {
	r.count(string(ProfileDomains), len(all), 0, maxDomains)
	for i, domain := range all {
		if !isDomain(domain) {
			r.enter(string(ProfileDomains), i)
			r.add("", "want https and a domain name, such as https://shop.example")
			r.leave()
		}
	}
}

// isDomain reports whether address has the scheme https and a full domain name, which neither an IP address
// nor localhost is.
func isDomain(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || !https(address) {
		return false
	}
	host := strings.TrimSuffix(parsed.Hostname(), ".")
	_, notIP := netip.ParseAddr(host)
	return notIP != nil && strings.Contains(host, ".") && !strings.HasSuffix(host, ".localhost")
}

// rawProfile reports raw properties that are retired, that no JSON holds, or that are declared twice.
func (r *report) rawProfile(p *Profile) {
	for _, name := range slices.Sorted(maps.Keys(p.Raw)) {
		switch name {
		case "home_url":
			r.retire(name, ErrRetired, "Meta removed it with v7.0; nothing replaces it")
		case "target_audience":
			r.retire(name, ErrRetired, "Meta removed it; nothing replaces it")
		}
		if slices.Contains(profileFields, ProfileField(name)) {
			r.add(name, "not in Raw: Profile has a field for it")
		}
		if _, err := json.Marshal(p.Raw[name]); err != nil || !utf8.ValidString(name) {
			r.add(name, "want a value that encodes to JSON")
		}
	}
}

// removes reports properties that must not stand although they are declared, or needed.
func (r *report) removes(p *Profile) {
	for _, field := range p.removed() {
		switch {
		case field == "":
			r.add("fields", "an empty name among what is removed")
		case slices.Contains(p.declared(), field):
			r.add(string(field), "declared, and removed: one of the two")
		case r.channel == Instagram && !field.onInstagram():
			r.add(string(field), "not on Instagram, which has ice_breakers and persistent_menu")
		case field == ProfileGetStarted && p.declares(ProfileMenu):
			r.add(string(field), "removed, but the persistent menu needs it")
		}
	}
}
