package sendtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// TestSubscribedApps: what is subscribed is listed, and from then on events come of these fields alone.
func TestSubscribedApps(t *testing.T) {
	var events []string
	g := &sendtest.Graph{Now: atNoon, OnEvent: func(body []byte) { events = append(events, string(body)) }}
	sends := func() int {
		events = nil
		post(t, g, to(hi))
		return len(events)
	}
	if n := sends(); n != 2 {
		t.Errorf("at first %d events, want echo and delivery", n)
	}
	if got := does(t, g, http.MethodGet, appsPath, ""); got.body != `{"data":[]}` {
		t.Errorf("at first %s", got.body)
	}
	got := does(t, g, http.MethodPost, appsPath+"?subscribed_fields=messages,message_echoes", "")
	if got.body != `{"success":"true"}` {
		t.Errorf("answer %s", got.body)
	}
	if n := sends(); n != 1 || !strings.Contains(events[0], `"is_echo":true`) {
		t.Errorf("subscribed: %s", events)
	}
	const app = `{"data":[{"category":"Business","id":"1517770000000001","link":"https:\/\/app.example\/",` +
		`"name":"App 1517770000000001","subscribed_fields":["messages","message_echoes"]}]}`
	if got := does(t, g, http.MethodGet, appsPath, ""); got.body != strings.ReplaceAll(app, `\/`, `/`) {
		t.Errorf("listed %s", got.body)
	}
	if got := does(t, g, http.MethodDelete, appsPath, ""); got.body != `{"success":true}` || sends() != 0 {
		t.Errorf("answer %s, then events %s", got.body, events)
	}
}

// TestSubscriptionsOfInstagram: the fields have names of their own there.
func TestSubscriptionsOfInstagram(t *testing.T) {
	g := several()
	for token, rules := range map[string][2]string{"two": {"X02", ""}, "three": {"", "X02"}} {
		for i, field := range []string{"messaging_seen", "message_reads"} {
			call(t, g, by(t, token, "", http.MethodPost, "/me/subscribed_apps", `{"subscribed_fields":["`+field+`"]}`))
			if c := last(t, g); c.Rule != rules[i] {
				t.Errorf("%s %s: rule %q, want %q", token, field, c.Rule, rules[i])
			}
		}
	}
}

// TestAppSubscriptions: with the token of the app, for each object.
func TestAppSubscriptions(t *testing.T) {
	g := several()
	const path, token = "/v25.0/502/subscriptions", "502|secret2"
	do := func(method, query, body string) string {
		got := call(t, g, by(t, token, "", method, path+query, body))
		if c := last(t, g); c.Rule != "" || c.Page != "" {
			t.Errorf("rule %q, Page %q", c.Rule, c.Page)
		}
		return got.body
	}
	got := do(http.MethodPost, "", `{"object":"page","callback_url":"https://bot.example/a","verify_token":"v","fields":["messages"]}`)
	do(http.MethodPost, "", `{"object":"user","callback_url":"https://bot.example/b","verify_token":"v","fields":"email"}`)
	if got != `{"success":true}` {
		t.Errorf("answer %s", got)
	}
	const page = `{"object":"page","callback_url":"https://bot.example/a","active":true,"fields":["messages"]}`
	want := `{"data":[` + page + `,` + strings.NewReplacer("/a", "/b", "messages", "email", `"page"`, `"user"`).Replace(page) + `]}`
	if got := do(http.MethodGet, "", ""); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	do(http.MethodDelete, "?object=user", "")
	if got := do(http.MethodGet, "", ""); got != `{"data":[`+page+`]}` {
		t.Errorf("left %s", got)
	}
	do(http.MethodDelete, "", "")
	if got := do(http.MethodGet, "", ""); got != `{"data":[]}` {
		t.Errorf("left %s", got)
	}
}
