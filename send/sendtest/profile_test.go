package sendtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// TestProfile: only what is given is written, only what is asked for is answered, only what is named is deleted.
func TestProfile(t *testing.T) {
	const path = profilePath + "?fields=get_started,greeting,persistent_menu"
	g := &sendtest.Graph{Now: atNoon}
	if got := does(t, g, http.MethodGet, path, ""); got.body != `{"data":[]}` || g.Profile("") != nil {
		t.Errorf("at first %s, %s", got.body, g.Profile(""))
	}
	got := does(t, g, http.MethodPost, profilePath, menuOf("["+menuItem+"]"))
	does(t, g, http.MethodPost, profilePath, `{"greeting":[{"locale":"default","text":"Hi {{user_first_name}}"}]}`)
	does(t, g, http.MethodPost, profilePath, `{"get_started":{"payload":"AGAIN"},"account_linking_url":"https://a.example/link",`+
		`"whitelisted_domains":["https://shop.example/"],"commands":[{"locale":"default","commands":[{"name":"a","description":"b"}]}]}`)
	if got.body != `{"result":"success"}` {
		t.Errorf("answer %s", got.body)
	}
	const menu = `"persistent_menu":[{"call_to_actions":[{"payload":"HELP","title":"Help","type":"postback"}],"locale":"default"}]`
	const want = `{"data":[{"get_started":{"payload":"AGAIN"},"greeting":[{"locale":"default","text":"Hi {{user_first_name}}"}],` + menu + `}]}`
	if got := does(t, g, http.MethodGet, path, ""); got.body != want {
		t.Errorf("got  %s\nwant %s", got.body, want)
	}
	if got := string(g.Profile(sendtest.DefaultPage)); !strings.Contains(got, menu) || !strings.Contains(got, `"commands"`) {
		t.Errorf("Profile %s", got)
	}
	got = does(t, g, http.MethodDelete, profilePath, `{"fields":["GET_STARTED","persistent_menu","home_url","greeting"]}`)
	does(t, g, http.MethodDelete, profilePath+"?fields=commands,whitelisted_domains", "")
	if got.body != `{"result":"success"}` || string(g.Profile("")) != `{"account_linking_url":"https://a.example/link"}` {
		t.Errorf("answer %s, left %s", got.body, g.Profile(""))
	}
}

// TestProfileUnchangedByRefusals: what is refused writes nothing, not even what is right of it.
func TestProfileUnchangedByRefusals(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	call(t, g, request(t, http.MethodPost, profilePath, "application/json", `{`+getStarted+`,"account_linking_url":"shop"}`))
	if g.Profile("") != nil {
		t.Errorf("stands: %s", g.Profile(""))
	}
}

// TestIceBreakers: the newer form is answered without its name, the older one with it.
func TestIceBreakers(t *testing.T) {
	const question = `{"payload":"WHERE","question":"Where?"}`
	for name, test := range map[string]struct{ list, query, want string }{
		"newer": {
			`[{"call_to_actions":[` + question + `],"locale":"default"}]`, "?fields=ice_breakers",
			`{"data":[{"call_to_actions":[` + question + `],"locale":"default"}]}`,
		},
		"newer among others": {
			`[{"call_to_actions":[` + question + `],"locale":"default"}]`, "?fields=ice_breakers,greeting",
			`{"data":[{"ice_breakers":[{"call_to_actions":[` + question + `],"locale":"default"}]}]}`,
		},
		"older": {`[` + question + `]`, "?fields=ice_breakers", `{"data":[{"ice_breakers":[` + question + `]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			does(t, g, http.MethodPost, profilePath, `{"ice_breakers":`+test.list+`}`)
			if got := does(t, g, http.MethodGet, profilePath+test.query, ""); got.body != test.want {
				t.Errorf("got  %s\nwant %s", got.body, test.want)
			}
		})
	}
}

// TestProfileOfTheLinkedAccount: platform says whose profile it is; Instagram needs no Get Started button.
func TestProfileOfTheLinkedAccount(t *testing.T) {
	g := several()
	body := strings.Replace(menuOf("["+menuItem+"]"), getStarted, `"platform":"instagram"`, 1)
	got := call(t, g, by(t, "one", "", http.MethodPost, "/11/messenger_profile", body))
	if got.status != http.StatusOK || last(t, g).Page != accountID {
		t.Errorf("Page %s: %s", last(t, g).Page, got.body)
	}
	if g.Profile("11") != nil || g.Profile(accountID) == nil || g.Profile("99") != nil {
		t.Errorf("Page %s, account %s", g.Profile("11"), g.Profile(accountID))
	}
}

// TestPersonMenu: a person's menu stands beside the Page's.
func TestPersonMenu(t *testing.T) {
	const path = settingsPath + "?psid=" + psid
	g := &sendtest.Graph{Now: atNoon}
	if got := does(t, g, http.MethodGet, path, ""); got.body != `{"data":[]}` {
		t.Errorf("at first %s", got.body)
	}
	const own = `[{"call_to_actions":[],"locale":"default"}]`
	got := does(t, g, http.MethodPost, settingsPath, `{"psid":"`+psid+`","persistent_menu":`+own+`}`)
	does(t, g, http.MethodPost, profilePath, menuOf("["+menuItem+"]"))
	const page = `"page_level_persistent_menu":[{"call_to_actions":[{"payload":"HELP","title":"Help","type":"postback"}],"locale":"default"}]`
	if stands := does(t, g, http.MethodGet, path, ""); got.body != `{"result":"success"}` ||
		stands.body != `{"data":[{`+page+`,"user_level_persistent_menu":`+own+`}]}` {
		t.Errorf("answers %s, %s", got.body, stands.body)
	}
	if string(g.PersonMenu("", psid)) != own || g.PersonMenu("", "1") != nil || g.PersonMenu("99x", psid) != nil {
		t.Errorf("PersonMenu %s", g.PersonMenu("", psid))
	}
	does(t, g, http.MethodDelete, path+`&params=["persistent_menu"]`, "")
	if stands := does(t, g, http.MethodGet, path, ""); stands.body != `{"data":[{`+page+`}]}` || g.PersonMenu("", psid) != nil {
		t.Errorf("after delete %s", stands.body)
	}
}

// TestWhitelistedByProfile: once the profile lists domains, they are the whitelisted ones.
func TestWhitelistedByProfile(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	does(t, g, http.MethodPost, profilePath, `{"whitelisted_domains":["https://shop.example"]}`)
	for host, rule := range map[string]string{"shop.example": "", "other.example": "P15"} {
		post(t, g, buttons(`[{"type":"web_url","title":"a","url":"https://`+host+`/a","messenger_extensions":true}]`))
		if c := last(t, g); c.Rule != rule {
			t.Errorf("%s: rule %q", host, c.Rule)
		}
	}
}
