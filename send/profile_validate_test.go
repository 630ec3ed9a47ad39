package send_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
)

func menuOf(items ...send.Button) send.Profile {
	return send.Profile{Menu: []send.Menu{{Items: items}}}
}

func questions(n int) []send.IceBreaker {
	all := make([]send.IceBreaker, n)
	for i := range all {
		all[i] = send.IceBreaker{Question: fmt.Sprint("Q", i), Payload: fmt.Sprint("P", i)}
	}
	return all
}

func commandsOf(all ...send.Command) send.Profile {
	return send.Profile{Commands: []send.Commands{{Commands: all}}}
}

func manyCommands(n int) []send.Command {
	all := make([]send.Command, n)
	for i := range all {
		all[i] = send.Command{Name: fmt.Sprint("c", i), Description: "d"}
	}
	return all
}

func manyDomains(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("https://d%d.example", i)
	}
	return all
}

// profileRefusals are declarations that Meta refuses, by the rules of its pages.
var profileRefusals = map[string]struct {
	profile send.Profile
	channel send.Channel
	want    string
}{
	"greeting, 161 characters":     {send.Profile{Greeting: []send.Greeting{{Text: accents(161)}}}, send.Messenger, "greeting[0].text: 161 characters, at most 160"},
	"greeting without text":        {send.Profile{Greeting: []send.Greeting{{}}}, send.Messenger, "greeting[0].text: missing"},
	"greeting without default":     {send.Profile{Greeting: []send.Greeting{{Locale: "de_DE", Text: "x"}}}, send.Messenger, "greeting: no default locale: one must have locale default"},
	"five ice breakers":            {send.Profile{IceBreakers: []send.IceBreakers{{Questions: questions(5)}}}, send.Messenger, "ice_breakers[0].call_to_actions: 5, at most 4"},
	"ice breakers without default": {send.Profile{IceBreakers: []send.IceBreakers{{Locale: "de_DE", Questions: questions(1)}}}, send.Messenger, "ice_breakers: no default locale: one must have locale default"},
	"ice breaker without question": {send.Profile{IceBreakers: []send.IceBreakers{{Questions: []send.IceBreaker{{Payload: "A"}}}}}, send.Messenger, "ice_breakers[0].call_to_actions[0].question: missing"},
	"ice breaker without payload":  {send.Profile{IceBreakers: []send.IceBreakers{{Questions: []send.IceBreaker{{Question: "A"}}}}}, send.Messenger, "ice_breakers[0].call_to_actions[0].payload: missing"},
	"ice breakers without any":     {send.Profile{IceBreakers: []send.IceBreakers{{}}}, send.Messenger, "ice_breakers[0].call_to_actions: 0, at least 1"},
	"21 menu items":                {menuOf(postbacks(21)...), send.Messenger, "persistent_menu[0].call_to_actions: 21, at most 20"},
	"menu without default":         {send.Profile{Menu: []send.Menu{{Locale: "de_DE"}}}, send.Messenger, "persistent_menu: no default locale: one must have locale default"},
	"menu with two defaults":       {send.Profile{Menu: []send.Menu{{}, {Locale: "default"}}}, send.Messenger, "persistent_menu: 2 for the default locale, want one"},
	"menu title, 31 characters":    {menuOf(send.Postback(accents(31), "A")), send.Messenger, "persistent_menu[0].call_to_actions[0].title: 31 characters, at most 30"},
	"menu item without title":      {menuOf(send.Postback("", "A")), send.Messenger, "persistent_menu[0].call_to_actions[0].title: missing"},
	"menu payload, 1,001":          {menuOf(send.Postback("A", accents(1001))), send.Messenger, "persistent_menu[0].call_to_actions[0].payload: 1,001 characters, at most 1,000"},
	"menu item without payload":    {menuOf(send.Postback("A", "")), send.Messenger, "persistent_menu[0].call_to_actions[0].payload: missing"},
	"menu link without URL":        {menuOf(send.Link("A", "")), send.Messenger, "persistent_menu[0].call_to_actions[0].url: want a URL with a host, such as https://example.com"},
	"menu that calls":              {menuOf(send.Call("A", "+16505551234")), send.Messenger, "persistent_menu[0].call_to_actions[0].type: want postback or web_url: use send.Postback or send.Link"},
	"menu that is nested":          {menuOf(send.Button{Type: "nested", Title: "A"}), send.Messenger, "persistent_menu[0].call_to_actions[0].type: want postback or web_url: use send.Postback or send.Link"},
	"no composer and no items":     {send.Profile{Menu: []send.Menu{{ComposerDisabled: true}}}, send.Messenger, "persistent_menu[0].call_to_actions: 0, at least 1 where the composer is disabled"},
	"a menu, and no Get Started":   {send.Profile{Menu: menuOf(postbacks(1)...).Menu, Remove: []send.ProfileField{send.ProfileGetStarted}}, send.Messenger, "get_started: removed, but the persistent menu needs it"},
	"101 commands":                 {commandsOf(manyCommands(101)...), send.Messenger, "commands[0].commands: 101, at most 100"},
	"no commands":                  {commandsOf(), send.Messenger, "commands[0].commands: 0, at least 1"},
	"command name, 33 characters":  {commandsOf(send.Command{Name: accents(33), Description: "d"}), send.Messenger, "commands[0].commands[0].name: 33 characters, at most 32"},
	"command without name":         {commandsOf(send.Command{Description: "d"}), send.Messenger, "commands[0].commands[0].name: missing"},
	"command with the slash":       {commandsOf(send.Command{Name: "/a", Description: "d"}), send.Messenger, "commands[0].commands[0].name: want it without the slash"},
	"command without description":  {commandsOf(send.Command{Name: "a"}), send.Messenger, "commands[0].commands[0].description: missing"},
	"command description, 65":      {commandsOf(send.Command{Name: "a", Description: accents(65)}), send.Messenger, "commands[0].commands[0].description: 65 characters, at most 64"},
	"51 domains":                   {send.Profile{Domains: manyDomains(51)}, send.Messenger, "whitelisted_domains: 51, at most 50"},
	"domain without https":         {send.Profile{Domains: []string{"http://a.example"}}, send.Messenger, "whitelisted_domains[0]: want https and a domain name, such as https://shop.example"},
	"domain that is an IP":         {send.Profile{Domains: []string{"https://a.example", "https://192.0.2.1"}}, send.Messenger, "whitelisted_domains[1]: want https and a domain name, such as https://shop.example"},
	"domain that is an IPv6":       {send.Profile{Domains: []string{"https://[2001:db8::1]/"}}, send.Messenger, "whitelisted_domains[0]: want https and a domain name, such as https://shop.example"},
	"domain that is an IP.":        {send.Profile{Domains: []string{"https://192.0.2.1./"}}, send.Messenger, "whitelisted_domains[0]: want https and a domain name, such as https://shop.example"},
	"domain localhost":             {send.Profile{Domains: []string{"https://localhost:8080"}}, send.Messenger, "whitelisted_domains[0]: want https and a domain name, such as https://shop.example"},
	"linking without https":        {send.Profile{AccountLinkingURL: "http://a.example"}, send.Messenger, "account_linking_url: want an https URL"},
	"raw, with a field of its own": {send.Profile{Raw: map[string]any{"greeting": nil}}, send.Messenger, "greeting: not in Raw: Profile has a field for it"},
	"raw that is no JSON":          {send.Profile{Raw: map[string]any{"title": func() {}}}, send.Messenger, "title: want a value that encodes to JSON"},
	"home_url":                     {send.Profile{Raw: map[string]any{"home_url": 1}}, send.Messenger, "home_url: Meta removed it with v7.0; nothing replaces it"},
	"set and removed":              {send.Profile{GetStarted: "A", Remove: []send.ProfileField{send.ProfileGetStarted}}, send.Messenger, "get_started: declared, and removed: one of the two"},
	"raw, set and removed":         {send.Profile{Raw: map[string]any{"title": 1}, Remove: []send.ProfileField{"title"}}, send.Messenger, "title: declared, and removed: one of the two"},
	"removed without a name":       {send.Profile{Remove: []send.ProfileField{""}}, send.Messenger, "fields: an empty name among what is removed"},

	"get started on Instagram":      {send.Profile{GetStarted: "A"}, send.Instagram, "get_started: not on Instagram, which has ice_breakers and persistent_menu"},
	"greeting on Instagram":         {send.Profile{Greeting: []send.Greeting{{Text: "A"}}}, send.Instagram, "greeting: not on Instagram, which has ice_breakers and persistent_menu"},
	"commands on Instagram":         {commandsOf(manyCommands(1)...), send.Instagram, "commands: not on Instagram, which has ice_breakers and persistent_menu"},
	"domains on Instagram":          {send.Profile{Domains: manyDomains(1)}, send.Instagram, "whitelisted_domains: not on Instagram, which has ice_breakers and persistent_menu"},
	"linking on Instagram":          {send.Profile{AccountLinkingURL: "https://a.example"}, send.Instagram, "account_linking_url: not on Instagram, which has ice_breakers and persistent_menu"},
	"raw on Instagram":              {send.Profile{Raw: map[string]any{"title": 1}}, send.Instagram, "title: not on Instagram, which has ice_breakers and persistent_menu"},
	"removed greeting on Instagram": {send.Profile{Remove: []send.ProfileField{send.ProfileGreeting}}, send.Instagram, "greeting: not on Instagram, which has ice_breakers and persistent_menu"},
	"no composer on Instagram":      {send.Profile{Menu: []send.Menu{{ComposerDisabled: true, Items: postbacks(1)}}}, send.Instagram, "persistent_menu[0].composer_input_disabled: not on Instagram"},
	"webview height on Instagram":   {menuOf(send.Button{Type: "web_url", Title: "A", URL: "https://a.example", WebviewHeight: "tall"}), send.Instagram, "persistent_menu[0].call_to_actions[0].webview_height_ratio: not on Instagram"},
}

func TestRefusedProfiles(t *testing.T) {
	t.Parallel()
	for name, test := range profileRefusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.profile.Validate(test.channel)
			if err == nil || err.Error() != "send: "+test.want || !errors.Is(err, send.ErrInvalid) {
				t.Fatalf("Validate = %v, want %s", err, test.want)
			}
			edge := new(profileEdge)
			client := edge.client(t, send.Config{Channel: test.channel})
			if err := client.SetProfile(t.Context(), test.profile); !errors.Is(err, send.ErrInvalid) {
				t.Errorf("SetProfile = %v, want ErrInvalid", err)
			}
			if _, err := client.SyncProfile(t.Context(), test.profile); !errors.Is(err, send.ErrInvalid) {
				t.Errorf("SyncProfile = %v, want ErrInvalid", err)
			}
			if calls := edge.made(); len(calls) != 0 {
				t.Errorf("calls %+v, want none", calls)
			}
		})
	}
}

// acceptedProfiles are at the limits, or beyond what Meta is not known to refuse.
var acceptedProfiles = map[string]send.Profile{
	"nothing":                    {},
	"everything":                 wholeProfile(),
	"160 characters of greeting": {Greeting: []send.Greeting{{Text: accents(160)}}},
	"four ice breakers":          {IceBreakers: []send.IceBreakers{{Locale: "default", Questions: questions(4)}}},
	"a long question":            {IceBreakers: []send.IceBreakers{{Questions: []send.IceBreaker{{Question: accents(200), Payload: accents(1001)}}}}},
	"a long Get Started":         {GetStarted: accents(1001)},
	"a locale without items":     {Menu: []send.Menu{{Items: postbacks(1)}, {Locale: "zh_CN"}}},
	"20 menu items":              menuOf(postbacks(20)...),
	"30 characters of title":     menuOf(send.Postback(accents(30), accents(1000))),
	"a menu link without https":  menuOf(send.Link("A", "http://a.example")),
	"a tall menu link":           menuOf(send.Button{Type: "web_url", Title: "A", URL: "https://a.example", WebviewHeight: "tall"}),
	"type in capitals":           menuOf(send.Button{Type: "POSTBACK", Title: "A", Payload: "A"}),
	"100 commands":               commandsOf(manyCommands(100)...),
	"a command at its limits":    commandsOf(send.Command{Name: accents(32), Description: accents(64)}),
	"commands without default":   {Commands: []send.Commands{{Locale: "de_DE", Commands: manyCommands(1)}}},
	"a slash within a command":   commandsOf(send.Command{Name: "a/b", Description: "d"}),
	"50 domains":                 {Domains: manyDomains(50)},
	"a raw property":             {Raw: map[string]any{"title": "A"}},
	"an old property goes":       {Remove: []send.ProfileField{"home_url"}},
}

func TestAcceptedProfiles(t *testing.T) {
	t.Parallel()
	for name, profile := range acceptedProfiles {
		if err := profile.Validate(send.Messenger); err != nil {
			t.Errorf("%s: Validate = %v, want nil", name, err)
		}
		if err := profile.For(send.Instagram).Validate(send.Instagram); err != nil {
			t.Errorf("%s: Validate = %v for what of it is on Instagram, want nil", name, err)
		}
	}
}

// TestProfileErrorsQuoteNothing: errors are logged, and a declaration may hold what its author would not.
func TestProfileErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	const secret = "https://SECRET"
	err := send.Profile{
		Greeting: []send.Greeting{{Locale: secret, Text: strings.Repeat(secret, 20)}}, Domains: []string{secret},
		AccountLinkingURL: "x" + secret, Menu: []send.Menu{{Locale: secret, Items: []send.Button{{Type: secret, Title: secret}}}},
	}.Validate(send.Messenger)
	if err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("Validate = %v, want errors that quote nothing", err)
	}
}
