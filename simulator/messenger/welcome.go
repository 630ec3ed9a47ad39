package messenger

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/parleybot/parley/send/sendtest"
)

// welcome is what the page shows of the Page's Messenger Profile: before anything was said, and beside the
// field that the person writes in.
type welcome struct {
	Greeting    string                  `json:"greeting,omitempty"`
	GetStarted  bool                    `json:"get_started,omitempty"`
	IceBreakers []string                `json:"ice_breakers,omitempty"` // the questions
	Menu        []menuItem              `json:"menu,omitempty"`
	MenuOnly    bool                    `json:"menu_only,omitempty"` // nothing can be written
	Commands    []sendtest.ShownCommand `json:"commands,omitempty"`
}

// menuItem is an item of the persistent menu.
type menuItem struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"` // of a link; else the item sends something
}

// personLocale is the language of the person.
const personLocale = "en_US"

// offers returns what the Page's profile shows to a person.
func (s *Simulator) offers(p *person) sendtest.Welcome {
	return s.graph.Welcome(s.cfg.PageID, p.psid, personLocale)
}

// newWelcome returns what the page shows of w to a person with that profile.
func newWelcome(w sendtest.Welcome, who profile) welcome {
	names := strings.NewReplacer("{{user_first_name}}", who.First, "{{user_last_name}}", who.Last,
		"{{user_full_name}}", who.First+" "+who.Last)
	shown := welcome{
		Greeting: names.Replace(w.Greeting), GetStarted: w.GetStarted.Title != "", MenuOnly: w.MenuOnly,
		Commands: w.Commands,
	}
	for _, question := range w.IceBreakers {
		shown.IceBreakers = append(shown.IceBreakers, question.Title)
	}
	for _, item := range w.Menu {
		shown.Menu = append(shown.Menu, menuItem{Title: item.Title, URL: item.URL})
	}
	return shown
}

// changesWelcome reports whether a call may have changed what people see of the profile.
func changesWelcome(c sendtest.Call) bool {
	edge := path.Base(c.Path)
	return c.Method != http.MethodGet && (edge == "messenger_profile" || edge == "custom_user_settings")
}

// commandIn returns the command that a text begins with, if the Page has it.
//
// Source: Meta, messages, 2026.
func commandIn(text string, commands []sendtest.ShownCommand) (name string, ok bool) {
	name, _, _ = strings.Cut(strings.TrimPrefix(text, "/"), " ")
	return name, strings.HasPrefix(text, "/") &&
		slices.ContainsFunc(commands, func(c sendtest.ShownCommand) bool { return c.Name == name })
}

// opened is what the page sends when the person taps something of the profile.
type opened struct {
	GetStarted bool `json:"get_started"`
	IceBreaker *int `json:"ice_breaker"`
	Menu       *int `json:"menu"`
}

// open lets the person tap o: the bot gets a postback.
//
// Source: Meta, messaging_postbacks, 2026.
func (s *Simulator) open(p *person, o opened) error {
	w := s.offers(p)
	var tapped sendtest.Shown
	switch {
	case (o.GetStarted || o.IceBreaker != nil) && s.hasThread(p):
		return errBegun
	case o.GetStarted:
		tapped = w.GetStarted
	case o.IceBreaker != nil && within(*o.IceBreaker, w.IceBreakers):
		tapped = w.IceBreakers[*o.IceBreaker]
	case o.Menu != nil && within(*o.Menu, w.Menu):
		tapped = w.Menu[*o.Menu]
	}
	if tapped.Title == "" || tapped.URL != "" {
		return errNoTap
	}
	return s.act(p, wireItem{Postback: &wirePostback{
		MID: newMID(), Title: tapped.Title, Payload: tapped.Payload,
	}}, "")
}

// within reports whether i is an index of list.
func within[T any](i int, list []T) bool { return i >= 0 && i < len(list) }
