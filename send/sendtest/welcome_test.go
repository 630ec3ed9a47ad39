package sendtest_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/parleybot/parley/send/sendtest"
)

// TestWelcome: of a profile each person sees what is in their language, else the default; ice breakers instead of
// Get Started, commands instead of the menu, their own menu instead of the Page's.
func TestWelcome(t *testing.T) {
	const page = `{"get_started":{"payload":"START"},
		"greeting":[{"locale":"default","text":"Hi {{user_first_name}}"},{"locale":"de_DE","text":"Hallo"}],
		"persistent_menu":[{"locale":"default","composer_input_disabled":true,"call_to_actions":[
			{"type":"postback","title":"Order","payload":"ORDER"},
			{"type":"web_url","title":"Shop","url":"https://shop.example/"}]},
			{"locale":"de_DE","call_to_actions":[{"type":"postback","title":"Bestellen","payload":"ORDER"}]}]}`
	start := sendtest.Shown{Title: "Get Started", Payload: "START"}
	menu := []sendtest.Shown{{Title: "Order", Payload: "ORDER"}, {Title: "Shop", URL: "https://shop.example/"}}
	german := []sendtest.Shown{{Title: "Bestellen", Payload: "ORDER"}}
	for name, tt := range map[string]struct {
		more, own, locale string
		want              sendtest.Welcome
	}{
		"default": {locale: "en_US", want: sendtest.Welcome{
			Greeting: "Hi {{user_first_name}}", GetStarted: start, Menu: menu, MenuOnly: true,
		}},
		"in their language": {locale: "de_DE", want: sendtest.Welcome{
			Greeting: "Hallo", GetStarted: start, Menu: german,
		}},
		"ice breakers": {
			more: `{"ice_breakers":[{"locale":"default","call_to_actions":[{"question":"Open?","payload":"HOURS"}]},
				{"locale":"fr_FR","call_to_actions":[{"question":"Ouvert ?","payload":"HOURS"}]}]}`,
			locale: "de_DE",
			want: sendtest.Welcome{
				Greeting: "Hallo", GetStarted: start, Menu: german, IceBreakers: []sendtest.Shown{{Title: "Open?", Payload: "HOURS"}},
			},
		},
		"ice breakers without locales": {
			more: `{"ice_breakers":[{"question":"Open?","payload":"HOURS"}]}`, locale: "de_DE",
			want: sendtest.Welcome{
				Greeting: "Hallo", GetStarted: start, Menu: german, IceBreakers: []sendtest.Shown{{Title: "Open?", Payload: "HOURS"}},
			},
		},
		"commands": {
			more:   `{"commands":[{"locale":"default","commands":[{"name":"help","description":"What I do"}]}]}`,
			locale: "de_DE",
			want: sendtest.Welcome{
				Greeting: "Hallo", GetStarted: start,
				Commands: []sendtest.ShownCommand{{Name: "help", Description: "What I do"}},
			},
		},
		"own menu": {
			own: `{"psid":"` + psid + `","persistent_menu":[{"locale":"default","composer_input_disabled":false,
				"call_to_actions":[{"type":"postback","title":"Mine","payload":"MINE"}]}]}`,
			locale: "de_DE",
			want: sendtest.Welcome{
				Greeting: "Hallo", GetStarted: start, Menu: []sendtest.Shown{{Title: "Mine", Payload: "MINE"}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := new(sendtest.Graph)
			for _, set := range []struct{ edge, body string }{
				{"messenger_profile", page}, {"messenger_profile", tt.more}, {"custom_user_settings", tt.own},
			} {
				if set.body == "" {
					continue
				}
				got := call(t, g, request(t, http.MethodPost, "/v25.0/me/"+set.edge, "application/json", set.body))
				if got.status != http.StatusOK {
					t.Fatalf("%s: %s", set.edge, got.body)
				}
			}
			if diff := cmp.Diff(tt.want, g.Welcome("", psid, tt.locale), cmpopts.EquateEmpty()); diff != "" {
				t.Error("want (-), got (+):\n", diff)
			}
		})
	}
	if got := new(sendtest.Graph).Welcome("", psid, "en_US"); cmp.Diff(sendtest.Welcome{}, got, cmpopts.EquateEmpty()) != "" {
		t.Errorf("without a profile: %+v", got)
	}
}
