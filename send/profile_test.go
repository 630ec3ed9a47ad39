package send_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// profileEdge is a Graph API that knows the Messenger Profile, as it stands, and writes down what it is asked.
type profileEdge struct {
	mu     sync.Mutex
	stands string            // data of a GET
	answer map[string]string // by method, in place of a success
	calls  []profileCall
}

type profileCall struct{ method, path, fields, platform, body string }

func (e *profileEdge) Do(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	query := r.URL.Query()
	c := profileCall{
		method: r.Method, path: r.URL.Path, fields: query.Get("fields"), platform: query.Get("platform"),
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		c.body = string(body)
	}
	e.calls = append(e.calls, c)
	if said, ok := e.answer[r.Method]; ok {
		return answer(http.StatusOK, said), nil
	}
	if r.Method == http.MethodGet {
		return answer(http.StatusOK, `{"data":[`+e.stands+`]}`), nil
	}
	return answer(http.StatusOK, `{"result":"success"}`), nil
}

// made returns the calls since it was asked last.
func (e *profileEdge) made() []profileCall {
	e.mu.Lock()
	defer e.mu.Unlock()
	calls := e.calls
	e.calls = nil
	return calls
}

func (e *profileEdge) client(t *testing.T, cfg send.Config) *send.Client {
	t.Helper()
	cfg.Token, cfg.HTTP, cfg.Rate, cfg.Wait = "token", e, -1, noWait
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// sameJSON reports bodies that differ as JSON.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if err := errors.Join(json.Unmarshal([]byte(got), &a), json.Unmarshal([]byte(want), &b)); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("JSON differs (-want +got):\n%s", diff)
	}
}

// wholeProfile declares everything there is.
func wholeProfile() send.Profile {
	return send.Profile{
		GetStarted: "START",
		Greeting:   []send.Greeting{{Text: "Hi {{user_first_name}}"}, {Locale: "de_DE", Text: "Hallo"}},
		IceBreakers: []send.IceBreakers{{
			Questions: []send.IceBreaker{{Question: "Where are you?", Payload: "WHERE"}},
		}},
		Menu: []send.Menu{
			{Items: []send.Button{send.Postback("Drinks", "DRINKS"), send.Link("Shop", "https://shop.example")}},
			{Locale: "de_DE", ComposerDisabled: true, Items: []send.Button{send.Postback("Getränke", "DRINKS")}},
		},
		Commands:          []send.Commands{{Commands: []send.Command{{Name: "help", Description: "What I can do"}}}},
		Domains:           []string{"https://shop.example"},
		AccountLinkingURL: "https://shop.example/login",
	}
}

// wholeOnTheWire is wholeProfile in the form of Meta's pages.
const wholeOnTheWire = `{
	"get_started":{"payload":"START"},
	"greeting":[{"locale":"default","text":"Hi {{user_first_name}}"},{"locale":"de_DE","text":"Hallo"}],
	"ice_breakers":[{"locale":"default","call_to_actions":[{"question":"Where are you?","payload":"WHERE"}]}],
	"persistent_menu":[
		{"locale":"default","call_to_actions":[
			{"type":"postback","title":"Drinks","payload":"DRINKS"},
			{"type":"web_url","title":"Shop","url":"https://shop.example"}]},
		{"locale":"de_DE","composer_input_disabled":true,"call_to_actions":[
			{"type":"postback","title":"Getränke","payload":"DRINKS"}]}],
	"commands":[{"locale":"default","commands":[{"name":"help","description":"What I can do"}]}],
	"whitelisted_domains":["https://shop.example"],
	"account_linking_url":"https://shop.example/login"}`

func TestSetProfile(t *testing.T) {
	t.Parallel()
	edge := new(profileEdge)
	declared := wholeProfile()
	if err := edge.client(t, send.Config{}).SetProfile(t.Context(), declared); err != nil {
		t.Fatal(err)
	}
	calls := edge.made()
	if len(calls) != 1 || calls[0].method != http.MethodPost || calls[0].path != "/v25.0/me/messenger_profile" {
		t.Fatalf("calls %+v, want one POST", calls)
	}
	sameJSON(t, calls[0].body, wholeOnTheWire)
	if declared.Menu[0].Locale != "" || declared.Greeting[0].Locale != "" {
		t.Error("SetProfile changed the declaration")
	}
	capitals := send.Profile{Greeting: []send.Greeting{{Locale: "Default", Text: "Hi"}}}
	if err := edge.client(t, send.Config{}).SetProfile(t.Context(), capitals); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, edge.made()[0].body, `{"greeting":[{"locale":"default","text":"Hi"}]}`)
}

func TestSetProfileRemoves(t *testing.T) {
	t.Parallel()
	edge := new(profileEdge)
	client := edge.client(t, send.Config{})
	err := client.SetProfile(t.Context(), send.Profile{
		AccountLinkingURL: "https://shop.example", Remove: []send.ProfileField{send.ProfileGetStarted, send.ProfileMenu},
	})
	calls := edge.made()
	if err != nil || len(calls) != 2 || calls[0].method != http.MethodPost || calls[1].method != http.MethodDelete {
		t.Fatalf("calls %+v, %v; want a POST and a DELETE", calls, err)
	}
	sameJSON(t, calls[0].body, `{"account_linking_url":"https://shop.example"}`)
	sameJSON(t, calls[1].fields, `["persistent_menu","get_started"]`) // what needs the other goes first
	if err := client.SetProfile(t.Context(), send.Profile{}); err != nil || len(edge.made()) != 0 {
		t.Errorf("an empty declaration: %v, want no call", err)
	}
}

func TestDeleteProfile(t *testing.T) {
	t.Parallel()
	edge := new(profileEdge)
	client := edge.client(t, send.Config{})
	if err := client.DeleteProfile(t.Context(), "home_url", send.ProfileGreeting); err != nil {
		t.Fatal(err)
	}
	calls := edge.made()
	if len(calls) != 1 || calls[0].method != http.MethodDelete || calls[0].body != "" {
		t.Fatalf("calls %+v, want one DELETE", calls)
	}
	sameJSON(t, calls[0].fields, `["home_url","greeting"]`)
	if err := client.DeleteProfile(t.Context()); err != nil || len(edge.made()) != 0 {
		t.Errorf("nothing to delete: %v, want no call", err)
	}
	edge.answer = map[string]string{http.MethodDelete: `{"success":"true"}`}
	if err := client.DeleteProfile(t.Context(), send.ProfileMenu); err != nil {
		t.Errorf("DeleteProfile = %v for success as a word", err)
	}
	for said, good := range map[string]bool{
		`{"success":true}`: true, `true`: true, `"true"`: true, `{"result":"success"}`: true,
		`{"success":false}`: false, `{"success":"false"}`: false, `false`: false,
	} {
		edge.answer = map[string]string{http.MethodDelete: said}
		if err := client.DeleteProfile(t.Context(), send.ProfileMenu); (err == nil) != good {
			t.Errorf("DeleteProfile = %v for %s", err, said)
		}
	}
}

func TestReadProfile(t *testing.T) {
	t.Parallel()
	whole := wholeProfile()
	whole.Greeting[0].Locale, whole.IceBreakers[0].Locale = "default", "default"
	whole.Menu[0].Locale, whole.Commands[0].Locale = "default", "default"
	questions := send.Profile{IceBreakers: []send.IceBreakers{{
		Locale: "default", Questions: []send.IceBreaker{{Question: "Where?", Payload: "WHERE"}, {Question: "When?", Payload: "WHEN"}},
	}}}
	list := `[{"question":"Where?","payload":"WHERE"},{"question":"When?","payload":"WHEN"}]`
	tests := map[string]struct {
		data string
		want send.Profile
	}{
		"nothing set":        {``, send.Profile{}},
		"everything":         {wholeOnTheWire, whole},
		"in several objects": {`{"get_started":{"payload":"A"}},{"account_linking_url":"https://a.example"}`, send.Profile{GetStarted: "A", AccountLinkingURL: "https://a.example"}},

		"ice breakers, the older format":         {`{"ice_breakers":` + list + `}`, questions},
		"ice breakers, the newer format":         {`{"ice_breakers":[{"call_to_actions":` + list + `,"locale":"default"}]}`, questions},
		"ice breakers that stand by themselves":  {`{"call_to_actions":` + list + `,"locale":"default"}`, questions},
		"a property of another type":             {`{"get_started":7,"account_linking_url":"https://a.example"}`, send.Profile{AccountLinkingURL: "https://a.example"}},
		"a locale's text of another type":        {`{"greeting":[{"locale":"default","text":5}]}`, send.Profile{Greeting: []send.Greeting{{Locale: "default"}}}},
		"a property that nobody here knows well": {`{"subject_to_new_eu_privacy_rules":true}`, send.Profile{Raw: map[string]any{"subject_to_new_eu_privacy_rules": json.RawMessage("true")}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := &profileEdge{stands: test.data}
			got, err := edge.client(t, send.Config{}).Profile(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Profile (-want +got):\n%s", diff)
			}
		})
	}
}

// TestProfileFields asks for all properties of a channel, or for those that are named.
func TestProfileFields(t *testing.T) {
	t.Parallel()
	edge := new(profileEdge)
	client := edge.client(t, send.Config{})
	_, first := client.Profile(t.Context())
	_, second := client.Profile(t.Context(), send.ProfileMenu, "home_url")
	_, third := edge.client(t, send.Config{Channel: send.Instagram}).Profile(t.Context())
	_, fourth := edge.client(t, send.Config{InstagramLogin: true}).Profile(t.Context(), send.ProfileMenu)
	if err := errors.Join(first, second, third, fourth); err != nil {
		t.Fatal(err)
	}
	get := func(fields, platform string) profileCall {
		return profileCall{method: http.MethodGet, path: "/v25.0/me/messenger_profile", fields: fields, platform: platform}
	}
	want := []profileCall{
		get("get_started,greeting,whitelisted_domains,account_linking_url,ice_breakers,persistent_menu,commands", ""),
		get("persistent_menu,home_url", ""),
		get("ice_breakers,persistent_menu", "instagram"),
		get("persistent_menu", ""),
	}
	if diff := cmp.Diff(want, edge.made(), cmp.AllowUnexported(profileCall{})); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	_, err := edge.client(t, send.Config{Channel: send.Instagram}).Profile(t.Context(), send.ProfileGreeting)
	if !errors.Is(err, send.ErrInvalid) || len(edge.made()) != 0 {
		t.Errorf("Profile(greeting) on Instagram = %v, want ErrInvalid before the call", err)
	}
}

func TestProfileOnInstagram(t *testing.T) {
	t.Parallel()
	whole := wholeProfile()
	whole.Menu[0].Items[1].WebviewHeight = "tall"
	whole.Remove = []send.ProfileField{send.ProfileGreeting}
	whole.Raw = map[string]any{"title": "x"}
	if err := whole.Validate(send.Instagram); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Validate = %v, want what Instagram lacks", err)
	}
	there := whole.For(send.Instagram)
	for name, cfg := range map[string]send.Config{
		"instagram": {Channel: send.Instagram}, "": {InstagramLogin: true},
	} {
		edge := new(profileEdge)
		if err := edge.client(t, cfg).SetProfile(t.Context(), there); err != nil {
			t.Fatal(err)
		}
		platform := ""
		if name != "" {
			platform = `"platform":"instagram",`
		}
		sameJSON(t, edge.made()[0].body, `{`+platform+`
			"ice_breakers":[{"locale":"default","call_to_actions":[{"question":"Where are you?","payload":"WHERE"}]}],
			"persistent_menu":[
				{"locale":"default","call_to_actions":[
					{"type":"postback","title":"Drinks","payload":"DRINKS"},
					{"type":"web_url","title":"Shop","url":"https://shop.example"}]},
				{"locale":"de_DE","call_to_actions":[{"type":"postback","title":"Getränke","payload":"DRINKS"}]}]}`)
		if err := edge.client(t, cfg).DeleteProfile(t.Context(), send.ProfileMenu); err != nil {
			t.Fatal(err)
		}
		if got := edge.made()[0]; got.platform != name || got.fields != `["persistent_menu"]` {
			t.Errorf("DELETE %+v, want platform %q", got, name)
		}
	}
	if whole.Menu[0].Items[1].WebviewHeight != "tall" || !whole.Menu[1].ComposerDisabled {
		t.Error("For changed what it was called on")
	}
	if same := whole.For(send.Messenger); cmp.Diff(whole, same) != "" {
		t.Error("For(Messenger) is not all of it")
	}
}

func TestProfilePostbacks(t *testing.T) {
	t.Parallel()
	p := wholeProfile()
	p.Menu[1].Items = append(p.Menu[1].Items, send.Postback("Drinks", "DRINKS"))
	want := []send.Button{
		send.Postback("", "START"), send.Postback("Where are you?", "WHERE"), send.Postback("Drinks", "DRINKS"),
		send.Postback("Getränke", "DRINKS"),
	}
	if diff := cmp.Diff(want, p.Postbacks()); diff != "" {
		t.Errorf("Postbacks (-want +got):\n%s", diff)
	}
	if none := (send.Profile{}).Postbacks(); len(none) != 0 {
		t.Errorf("Postbacks of nothing: %v", none)
	}
}

func TestRetiredProfile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"home_url", "target_audience"} {
		p := send.Profile{Raw: map[string]any{name: map[string]any{"in_test": true}}}
		if err := p.Validate(send.Messenger); !errors.Is(err, send.ErrRetired) || !errors.Is(err, send.ErrInvalid) {
			t.Errorf("Validate(%s) = %v, want ErrRetired", name, err)
		}
		edge := new(profileEdge)
		if err := edge.client(t, send.Config{}).SetProfile(t.Context(), p); !errors.Is(err, send.ErrRetired) {
			t.Errorf("SetProfile(%s) = %v, want ErrRetired", name, err)
		}
		if _, err := edge.client(t, send.Config{}).SyncProfile(t.Context(), p); !errors.Is(err, send.ErrRetired) {
			t.Errorf("SyncProfile(%s) = %v, want ErrRetired", name, err)
		}
		if n := len(edge.made()); n != 0 {
			t.Errorf("%d calls for %s, want none", n, name)
		}
		if err := edge.client(t, send.Config{Retired: true}).SetProfile(t.Context(), p); err != nil {
			t.Errorf("SetProfile(%s) = %v with Config.Retired", name, err)
		}
		if calls := edge.made(); len(calls) != 1 || !strings.Contains(calls[0].body, `"in_test":true`) {
			t.Errorf("calls %+v, want one with %s", calls, name)
		}
	}
}
