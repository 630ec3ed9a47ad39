package sendtest

import (
	"encoding/json"
	"slices"
)

// Welcome is what Messenger shows to one person of a Page's Messenger Profile: in a thread in which nothing
// was said yet the greeting, and the ice breakers or else the Get Started button; at any time the commands,
// or else the persistent menu.
//
// Source: Meta, Messenger Profile, 2026: ice breakers take precedence over Get Started, and commands hide the
// menu.
type Welcome struct {
	// Greeting is the text with its macros, such as {{user_first_name}}; empty if there is none.
	Greeting string
	// GetStarted is the button with that name; its Title is empty if none was declared. It is not shown where
	// there are ice breakers.
	GetStarted Shown
	// IceBreakers are questions, and Menu the items of the persistent menu.
	IceBreakers, Menu []Shown
	// MenuOnly says that the person cannot write.
	MenuOnly bool
	// Commands are what the person can write with a slash before it.
	Commands []ShownCommand
}

// Shown is something of a profile that can be tapped. What has no URL sends a postback.
type Shown struct{ Title, Payload, URL string }

// ShownCommand is a command of a profile.
type ShownCommand struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// getStartedTitle is the title of the postback that the Get Started button sends.
//
// Source: Meta, messaging_postbacks, 2026.
const getStartedTitle = "Get Started"

// Welcome returns what Messenger shows to a person of the profile of a Page, or of an Instagram account, in
// a language such as "en_US": what is declared for that locale, else the default. An empty page is the first
// one.
func (g *Graph) Welcome(page, psid, locale string) Welcome {
	var stands shownProfile
	_ = json.Unmarshal(g.Profile(page), &stands) // it has been judged; nil is no profile
	var menus []shownMenu
	if json.Unmarshal(g.PersonMenu(page, psid), &menus) != nil || len(menus) == 0 {
		menus = stands.Menu
	}
	greeting, _ := inLocale(stands.Greeting, locale, func(x shownGreeting) string { return x.Locale })
	commands, _ := inLocale(stands.Commands, locale, func(x shownCommands) string { return x.Locale })
	menu, _ := inLocale(menus, locale, func(x shownMenu) string { return x.Locale })
	w := Welcome{
		Greeting: greeting.Text, IceBreakers: stands.questions(locale), Commands: commands.Commands,
	}
	if stands.GetStarted.Payload != "" {
		w.GetStarted = Shown{Title: getStartedTitle, Payload: stands.GetStarted.Payload}
	}
	if len(w.Commands) == 0 {
		w.MenuOnly = menu.Disabled
		for _, item := range menu.Items {
			w.Menu = append(w.Menu, Shown(item))
		}
	}
	return w
}

// shownProfile is a profile on the wire, as far as it is shown.
type shownProfile struct {
	GetStarted struct {
		Payload string `json:"payload"`
	} `json:"get_started"`
	Greeting    []shownGreeting  `json:"greeting"`
	IceBreakers []shownQuestions `json:"ice_breakers"`
	Menu        []shownMenu      `json:"persistent_menu"`
	Commands    []shownCommands  `json:"commands"`
}

type shownGreeting struct {
	Locale string `json:"locale"`
	Text   string `json:"text"`
}

// shownQuestions is either some ice breakers with a locale, or in the older form one without.
type shownQuestions struct {
	shownQuestion

	Locale    string          `json:"locale"`
	Questions []shownQuestion `json:"call_to_actions"`
}

type shownQuestion struct {
	Question string `json:"question"`
	Payload  string `json:"payload"`
}

type shownMenu struct {
	Locale   string `json:"locale"`
	Disabled bool   `json:"composer_input_disabled"`
	Items    []struct {
		Title   string `json:"title"`
		Payload string `json:"payload"`
		URL     string `json:"url"`
	} `json:"call_to_actions"`
}

type shownCommands struct {
	Locale   string         `json:"locale"`
	Commands []ShownCommand `json:"commands"`
}

// questions returns the ice breakers in a language.
func (p shownProfile) questions(locale string) []Shown {
	var asked []shownQuestion
	for _, x := range p.IceBreakers {
		if x.Question != "" {
			asked = append(asked, x.shownQuestion)
		}
	}
	if chosen, ok := inLocale(p.IceBreakers, locale, func(x shownQuestions) string { return x.Locale }); ok {
		asked = chosen.Questions
	}
	shown := make([]Shown, len(asked))
	for i, q := range asked {
		shown[i] = Shown{Title: q.Question, Payload: q.Payload}
	}
	return shown
}

// inLocale returns the one of list that is in a language, else that of the default, if there is one.
func inLocale[T any](list []T, locale string, of func(T) string) (found T, ok bool) {
	for _, wanted := range []string{locale, "default"} {
		if i := slices.IndexFunc(list, func(x T) bool { return of(x) == wanted }); i >= 0 {
			return list[i], true
		}
	}
	return found, false
}
