package send

import (
	"maps"
	"slices"
	"strings"
)

// Profile is the Messenger Profile of a Page, or what a program declares of it: how the Page greets people
// and what it offers before, and beside, what they write. What is not declared, because it is nil or "", is
// left as it stands; what Remove names is taken away. A locale is one such as "de_DE"; "" is "default",
// which people get whose locale is not there.
//
// Give it to [Client.SyncProfile], or to a bot's Config.Profile. It is a value; nothing here changes what its
// slices hold.
//
// Source: Meta, Messenger Profile, 2026.
type Profile struct {
	// GetStarted is the payload of the button Get Started, which a person taps to begin the first thread. A
	// persistent menu needs it. Messenger only.
	GetStarted string

	// Greeting is what people read before their first thread. Messenger only.
	Greeting []Greeting

	// IceBreakers are questions that a person may begin with; they stand in place of Get Started.
	IceBreakers []IceBreakers

	// Menu is the persistent menu, beside the composer. A change of it can take 24 hours until people see it,
	// and commands hide it.
	Menu []Menu

	// Commands are what people may write after a slash. Messenger only.
	Commands []Commands

	// Domains are the sites that may use Messenger Extensions and plugins: at most 50 addresses with https,
	// by domain names. Their order means nothing. Messenger only.
	Domains []string

	// AccountLinkingURL is the https address of the login page for account linking. Messenger only.
	AccountLinkingURL string

	// Raw are properties that have no field here, by their names on the wire, with values that encode to
	// JSON. "home_url", which Meta removed with v7.0, and "target_audience" are refused with [ErrRetired]
	// unless [Config].Retired is set; nothing replaces them.
	Raw map[string]any

	// Remove names the properties that must not stand. None of them may be declared too.
	Remove []ProfileField
}

// ProfileField is the name of a property of the Messenger Profile on the wire.
//
// Source: Meta, Messenger Profile, 2026.
type ProfileField string

// The properties of [Profile].
const (
	ProfileGetStarted        ProfileField = "get_started"
	ProfileGreeting          ProfileField = "greeting"
	ProfileIceBreakers       ProfileField = "ice_breakers"
	ProfileMenu              ProfileField = "persistent_menu"
	ProfileCommands          ProfileField = "commands"
	ProfileDomains           ProfileField = "whitelisted_domains"
	ProfileAccountLinkingURL ProfileField = "account_linking_url"
)

// profileFields are all properties in the order in which they may be set; they are taken away in the other:
// a menu needs Get Started, and a link of the menu with Messenger Extensions the domain.
var profileFields = []ProfileField{
	ProfileGetStarted, ProfileGreeting, ProfileDomains, ProfileAccountLinkingURL, ProfileIceBreakers,
	ProfileMenu, ProfileCommands,
}

// onInstagram reports whether Instagram has the property.
func (f ProfileField) onInstagram() bool { return f == ProfileIceBreakers || f == ProfileMenu }

// Greeting is the greeting in one locale. One of them must be for "default".
//
// Source: Meta, Messenger Profile, Greeting, 2026.
type Greeting struct {
	Locale string `json:"locale"`
	// Text is at most 160 characters. In it {{user_first_name}}, {{user_last_name}} and {{user_full_name}}
	// stand for the person's name.
	Text string `json:"text"`
}

// IceBreakers are the ice breakers in one locale: at most four. One of them must be for "default".
//
// Source: Meta, Messenger Profile, Ice Breakers, 2026.
type IceBreakers struct {
	Locale    string       `json:"locale"`
	Questions []IceBreaker `json:"call_to_actions"`
}

// IceBreaker is a question that a person may begin with. Its tap comes back as a postback.
type IceBreaker struct {
	Question string `json:"question"`
	Payload  string `json:"payload"`
}

// Menu is the persistent menu in one locale. One of them, and only one, must be for "default".
//
// Source: Meta, Messenger Profile, Persistent Menu, 2026.
type Menu struct {
	Locale string `json:"locale"`
	// ComposerDisabled hides the composer, so that people can only tap. It needs Items. Messenger only.
	ComposerDisabled bool `json:"composer_input_disabled,omitempty"`
	// Items are at most 20, five by Meta's advice, made by [Postback] and [Link], with titles of at most 30
	// characters. On Instagram a link has no WebviewHeight.
	Items []Button `json:"call_to_actions,omitempty"`
}

// Commands are the commands in one locale: at most 100.
//
// Source: Meta, Messenger Profile, Commands, 2026.
type Commands struct {
	Locale   string    `json:"locale"`
	Commands []Command `json:"commands"`
}

// Command is what a person may write after a slash. It comes as a text, with the slash.
type Command struct {
	// Name is 1 to 32 characters, without the slash.
	Name string `json:"name"`
	// Description is 1 to 64 characters.
	Description string `json:"description"`
}

// For returns what of p there is on channel: on Instagram the ice breakers and the menu, without
// ComposerDisabled and the heights of webviews.
//
// Source: Meta, Messenger Profile on Instagram, 2026.
func (p Profile) For(channel Channel) Profile {
	if channel != Instagram {
		return p
	}
	there := Profile{IceBreakers: p.IceBreakers, Menu: slices.Clone(p.Menu)}
	for i := range there.Menu {
		m := &there.Menu[i]
		m.ComposerDisabled, m.Items = false, slices.Clone(m.Items)
		for j := range m.Items {
			m.Items[j].WebviewHeight = ""
		}
	}
	for _, field := range p.Remove {
		if field.onInstagram() {
			there.Remove = append(there.Remove, field)
		}
	}
	return there
}

// Postbacks returns what people can tap that comes back to the bot as a postback: Get Started, which has no
// title here, the ice breakers, and the postbacks of the menu. Equal ones of several locales come once for
// each title.
func (p Profile) Postbacks() []Button {
	var found []Button
	add := func(b Button) {
		if !slices.Contains(found, b) {
			found = append(found, b)
		}
	}
	if p.GetStarted != "" {
		add(Postback("", p.GetStarted))
	}
	for _, set := range p.IceBreakers {
		for _, q := range set.Questions {
			add(Postback(q.Question, q.Payload))
		}
	}
	for _, menu := range p.Menu {
		for _, item := range menu.Items {
			if item.is(postback) {
				add(Postback(item.Title, item.Payload))
			}
		}
	}
	return found
}

// declares reports whether p has something to say of a property.
func (p *Profile) declares(field ProfileField) bool {
	switch field {
	case ProfileGetStarted:
		return p.GetStarted != ""
	case ProfileGreeting:
		return len(p.Greeting) > 0
	case ProfileIceBreakers:
		return len(p.IceBreakers) > 0
	case ProfileMenu:
		return len(p.Menu) > 0
	case ProfileCommands:
		return len(p.Commands) > 0
	case ProfileDomains:
		return len(p.Domains) > 0
	case ProfileAccountLinkingURL:
		return p.AccountLinkingURL != ""
	}
	return false
}

// declared returns the properties that p declares, in the order in which they may be set.
func (p *Profile) declared() []ProfileField {
	var fields []ProfileField
	for _, field := range profileFields {
		if p.declares(field) {
			fields = append(fields, field)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Raw)) {
		if !slices.Contains(fields, ProfileField(name)) {
			fields = append(fields, ProfileField(name))
		}
	}
	return fields
}

// removed returns the properties that must not stand, in the order in which they may be taken away.
func (p *Profile) removed() []ProfileField {
	place := func(field ProfileField) int {
		if i := slices.Index(profileFields, field); i >= 0 {
			return i
		}
		return len(profileFields)
	}
	fields := slices.Clone(p.Remove)
	slices.SortFunc(fields, func(a, b ProfileField) int {
		if d := place(b) - place(a); d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
	return slices.Compact(fields)
}
