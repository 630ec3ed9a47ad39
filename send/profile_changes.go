package send

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ProfileChange is what has to change of one property of the Messenger Profile, in one locale.
type ProfileChange struct {
	// Method is the call that makes the change: "POST", or "DELETE" for a property that must not stand.
	Method string
	// Field is the property.
	Field ProfileField
	// Locale is the locale, such as "default"; "" for a property without locales.
	Locale string
	// Old is what stands, and New what is wanted, as JSON without the locale. "" is nothing.
	Old, New string
}

// String returns the change as a line, such as
//
//	greeting (default): "Hello" → "Hi {{user_first_name}}"
func (c ProfileChange) String() string {
	name := string(c.Field)
	if c.Locale != "" {
		name += " (" + c.Locale + ")"
	}
	switch {
	case c.Old == "":
		return name + ": new " + c.New
	case c.New == "":
		return name + ": gone, was " + c.Old
	}
	return name + ": " + c.Old + " → " + c.New
}

// ProfileChanges are all changes that make a Messenger Profile what was declared, in the order in which they
// are made: what is set, then what is taken away.
type ProfileChanges []ProfileChange

// String returns the changes as lines, "no changes" if there are none.
func (c ProfileChanges) String() string {
	if len(c) == 0 {
		return "no changes"
	}
	lines := make([]string, len(c))
	for i := range c {
		lines[i] = c[i].String()
	}
	return strings.Join(lines, "\n")
}

// fields returns the properties that are changed by calls of method, in order.
func (c ProfileChanges) fields(method string) []ProfileField {
	var fields []ProfileField
	for i := range c {
		if c[i].Method == method && !slices.Contains(fields, c[i].Field) {
			fields = append(fields, c[i].Field)
		}
	}
	return fields
}

// Changes compares what p declares with what stands, and returns what has to change: nothing, if what stands
// means the same. The order of locales and of domains means nothing, that of menu items, questions and
// commands does. What Meta adds by itself, such as webview_height_ratio "full", is no difference. It makes no
// call.
func (p Profile) Changes(standing Profile) ProfileChanges {
	var changes ProfileChanges
	for _, field := range p.declared() {
		changes = changes.compare(http.MethodPost, field, standing.entries(field), p.entries(field))
	}
	for _, field := range p.removed() {
		changes = changes.compare(http.MethodDelete, field, standing.entries(field), nil)
	}
	return changes
}

// compare appends what has to change of a property, the default locale first.
func (c ProfileChanges) compare(
	method string, field ProfileField, old, wanted map[string]string,
) ProfileChanges {
	locales := make(map[string]bool, len(old)+len(wanted))
	for locale := range old {
		locales[locale] = true
	}
	for locale := range wanted {
		locales[locale] = true
	}
	for _, locale := range slices.SortedFunc(maps.Keys(locales), compareLocales) {
		if old[locale] != wanted[locale] {
			c = append(c, ProfileChange{method, field, locale, old[locale], wanted[locale]})
		}
	}
	return c
}

// compareLocales puts the default locale first.
func compareLocales(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == defaultLocale:
		return -1
	case b == defaultLocale:
		return 1
	}
	return strings.Compare(a, b)
}

// entries returns a property by its locales, "" for one without, as JSON that is equal for what means the
// same. It is empty if the property is not there.
func (p *Profile) entries(field ProfileField) map[string]string {
	found := make(map[string]string)
	add := func(locale string, v any) { found[localeOf(locale)] = jsonOf(v) }
	switch field {
	case ProfileGreeting:
		for _, g := range p.Greeting {
			add(g.Locale, g.Text)
		}
	case ProfileIceBreakers:
		for _, set := range p.IceBreakers {
			add(set.Locale, set.Questions)
		}
	case ProfileMenu:
		for _, menu := range p.Menu {
			add(menu.Locale, menu.plain())
		}
	case ProfileCommands:
		for _, set := range p.Commands {
			add(set.Locale, set.Commands)
		}
	default:
		if v := p.single(field); v != nil {
			found[""] = jsonOf(v)
		}
	}
	return found
}

// single returns a property without locales in a form that is equal for what means the same; nil if it is not
// there.
func (p *Profile) single(field ProfileField) any {
	switch {
	case !p.declares(field):
		return plainRaw(p.Raw[string(field)])
	case field == ProfileGetStarted:
		return p.GetStarted
	case field == ProfileAccountLinkingURL:
		return plainURL(p.AccountLinkingURL)
	}
	domains := make([]string, len(p.Domains))
	for i, domain := range p.Domains {
		domains[i] = plainURL(domain)
	}
	slices.Sort(domains)
	return slices.Compact(domains)
}

// plain returns what a menu is besides its locale, without what Meta's own defaults say.
func (m *Menu) plain() any {
	items := make([]Button, len(m.Items))
	for i, item := range m.Items {
		item.Type = strings.ToLower(item.Type)
		item.URL, item.FallbackURL = plainURL(item.URL), plainURL(item.FallbackURL)
		if item.WebviewHeight == "full" {
			item.WebviewHeight = ""
		}
		if item.ShareButton == "show" {
			item.ShareButton = ""
		}
		items[i] = item
	}
	if !m.ComposerDisabled {
		return items
	}
	return struct {
		ComposerDisabled bool     `json:"composer_input_disabled"`
		Items            []Button `json:"call_to_actions"`
	}{true, items}
}

// plainURL returns an address in the one form of all that mean the same host and path.
func plainURL(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return address
	}
	parsed.Host = strings.ToLower(parsed.Host)
	if parsed.Path == "" {
		parsed.Path = "/"
	}
	return parsed.String()
}

// plainRaw returns v as JSON holds it; nil if it does not.
func plainRaw(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var plain any
	_ = json.Unmarshal(text, &plain) // it has just been written
	return plain
}
