package send

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
)

// defaultLocale is the locale of people whose own is not there.
const defaultLocale = "default"

// localeOf returns a locale as it stands on the wire.
func localeOf(locale string) string {
	if locale == "" || strings.EqualFold(locale, defaultLocale) {
		return defaultLocale
	}
	return locale
}

// properties returns what p declares as it stands on the wire.
func (p *Profile) properties() map[string]any {
	all := make(map[string]any)
	maps.Copy(all, p.Raw)
	for _, field := range profileFields {
		if p.declares(field) {
			all[string(field)] = p.property(field)
		}
	}
	return all
}

// property returns one property that p declares as it stands on the wire.
func (p *Profile) property(field ProfileField) any {
	switch field {
	case ProfileGetStarted:
		return map[string]any{"payload": p.GetStarted}
	case ProfileGreeting:
		return localized(p.Greeting, func(g *Greeting) *string { return &g.Locale })
	case ProfileIceBreakers:
		return localized(p.IceBreakers, func(i *IceBreakers) *string { return &i.Locale })
	case ProfileMenu:
		return wireMenus(p.Menu)
	case ProfileCommands:
		return localized(p.Commands, func(c *Commands) *string { return &c.Locale })
	case ProfileDomains:
		return p.Domains
	case ProfileAccountLinkingURL:
		return p.AccountLinkingURL
	}
	return p.Raw[string(field)]
}

// wireMenus returns menus as they stand on the wire.
func wireMenus(menus []Menu) []Menu {
	return localized(menus, func(m *Menu) *string { return &m.Locale })
}

// localized returns a copy of items each of which names its locale.
func localized[T any](items []T, locale func(*T) *string) []T {
	named := make([]T, len(items))
	for i := range items {
		named[i] = items[i]
		at := locale(&named[i])
		*at = localeOf(*at)
	}
	return named
}

// readProfile returns the profile in the data of an answer, whose properties may be in one object or in
// several. What cannot be read is left empty.
func readProfile(data []map[string]json.RawMessage) Profile {
	var p Profile
	for _, item := range data {
		if questions, ok := item["call_to_actions"]; ok { // newer ice breakers stand by themselves
			var set IceBreakers
			_ = decode(questions, &set.Questions)
			_ = decode(item["locale"], &set.Locale)
			p.IceBreakers = append(p.IceBreakers, set)
			continue
		}
		for name, value := range item {
			p.read(ProfileField(name), value)
		}
	}
	return p
}

// read takes in one property of an answer.
func (p *Profile) read(field ProfileField, value json.RawMessage) {
	switch field {
	case ProfileGetStarted:
		var button struct {
			Payload string `json:"payload"`
		}
		_ = decode(value, &button)
		p.GetStarted = button.Payload
	case ProfileGreeting:
		_ = decode(value, &p.Greeting)
	case ProfileIceBreakers:
		p.IceBreakers = readIceBreakers(value)
	case ProfileMenu:
		_ = decode(value, &p.Menu)
	case ProfileCommands:
		_ = decode(value, &p.Commands)
	case ProfileDomains:
		_ = decode(value, &p.Domains)
	case ProfileAccountLinkingURL:
		_ = decode(value, &p.AccountLinkingURL)
	default:
		if p.Raw == nil {
			p.Raw = make(map[string]any)
		}
		p.Raw[string(field)] = value
	}
}

// readIceBreakers reads both formats: the older one is a list of questions, without locales.
func readIceBreakers(value json.RawMessage) []IceBreakers {
	var items []struct {
		IceBreakers
		IceBreaker
	}
	_ = decode(value, &items)
	var sets []IceBreakers
	var older []IceBreaker
	for _, item := range items {
		if item.IceBreaker != (IceBreaker{}) {
			older = append(older, item.IceBreaker)
		} else {
			sets = append(sets, item.IceBreakers)
		}
	}
	if len(older) > 0 {
		sets = append(sets, IceBreakers{Locale: defaultLocale, Questions: older})
	}
	return sets
}

// jsonOf returns v as JSON for people to read.
func jsonOf(v any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return ""
	}
	return string(bytes.TrimSpace(text.Bytes()))
}
