package send_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// TestNoChanges has what stands mean the same as what is declared.
func TestNoChanges(t *testing.T) {
	t.Parallel()
	item := func(keys string) string {
		return `{"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"web_url","title":"Shop",` + keys + `}]}]}`
	}
	shop := send.Profile{Menu: []send.Menu{{Items: []send.Button{send.Link("Shop", "https://shop.example")}}}}
	tests := map[string]struct {
		want   send.Profile
		stands string
	}{
		"nothing declared":       {send.Profile{}, wholeOnTheWire},
		"the same":               {wholeProfile(), wholeOnTheWire},
		"more than is declared":  {send.Profile{GetStarted: "START"}, wholeOnTheWire},
		"removed and not there":  {send.Profile{Remove: []send.ProfileField{send.ProfileMenu}}, `{"persistent_menu":[]}`},
		"locales in other order": {send.Profile{Greeting: []send.Greeting{{Locale: "de_DE", Text: "Hallo"}, {Text: "Hi"}}}, `{"greeting":[{"locale":"default","text":"Hi"},{"locale":"de_DE","text":"Hallo"}]}`},
		"domains in other order": {
			send.Profile{Domains: []string{"https://b.example", "https://A.example"}},
			`{"whitelisted_domains":["https://a.example/","https://b.example/"]}`,
		},
		"a type in capitals": {
			menuOf(send.Button{Type: "POSTBACK", Title: "A", Payload: "A"}),
			`{"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"A","payload":"A"}]}]}`,
		},
		"a domain twice": {
			send.Profile{Domains: []string{"https://a.example", "https://a.example/"}},
			`{"whitelisted_domains":["https://a.example/"]}`,
		},
		"default in capitals":        {send.Profile{Greeting: []send.Greeting{{Locale: "Default", Text: "Hi"}}}, `{"greeting":[{"locale":"default","text":"Hi"}]}`},
		"the slash of an address":    {shop, item(`"url":"https://shop.example/"`)},
		"a height that is default":   {shop, item(`"url":"https://shop.example","webview_height_ratio":"full"`)},
		"a share button as always":   {shop, item(`"url":"https://shop.example","webview_share_button":"show","messenger_extensions":false`)},
		"a key that nobody knows":    {shop, item(`"url":"https://shop.example","new":{"a":1}`)},
		"a composer that is enabled": {shop, `{"persistent_menu":[{"locale":"default","composer_input_disabled":false,"disabled_surfaces":[],"call_to_actions":[{"type":"web_url","title":"Shop","url":"https://shop.example"}]}]}`},
		"ice breakers of old": {
			send.Profile{IceBreakers: []send.IceBreakers{{Questions: []send.IceBreaker{{Question: "A?", Payload: "A"}}}}},
			`{"ice_breakers":[{"question":"A?","payload":"A"}]}`,
		},
		"what is raw": {send.Profile{Raw: map[string]any{"title": map[string]int{"b": 1, "a": 2}}}, `{"title":{"a":2, "b":1}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := &profileEdge{stands: test.stands}
			// where the menu alone is declared, Get Started stands
			if test.want.GetStarted == "" && len(test.want.Menu) > 0 {
				edge.stands += `,{"get_started":{"payload":"START"}}`
			}
			changes, err := edge.client(t, send.Config{}).SyncProfile(t.Context(), test.want)
			if err != nil || len(changes) != 0 || changes.String() != "no changes" {
				t.Errorf("SyncProfile = %q, %v; want no changes", changes, err)
			}
			for _, call := range edge.made() {
				if call.method != http.MethodGet {
					t.Errorf("%s %s, want nothing written", call.method, call.body)
				}
			}
		})
	}
}

// TestSyncProfile writes what differs, and only that.
func TestSyncProfile(t *testing.T) {
	t.Parallel()
	menu := func(items ...send.Button) []send.Menu { return []send.Menu{{Items: items}} }
	const stands = `{"get_started":{"payload":"START"},"greeting":[{"locale":"default","text":"Hi"},{"locale":"fr_FR","text":"Salut"}],` +
		`"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"A","payload":"A"},{"type":"postback","title":"B","payload":"B"}]}]}`
	tests := map[string]struct {
		want    send.Profile
		stands  string
		changes string
		post    string // "": none
		deletes string
	}{
		"everything is new": {
			send.Profile{Menu: menu(send.Postback("A", "A")), GetStarted: "START"},
			``,
			"get_started: new \"START\"\npersistent_menu (default): new [{\"type\":\"postback\",\"title\":\"A\",\"payload\":\"A\"}]",
			`{"get_started":{"payload":"START"},"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"A","payload":"A"}]}]}`, ``,
		},
		"one property of two": {
			send.Profile{GetStarted: "START", Greeting: []send.Greeting{{Text: "Hi & <b>"}, {Locale: "de_DE", Text: "Hallo"}}},
			stands,
			"greeting (default): \"Hi\" → \"Hi & <b>\"\ngreeting (de_DE): new \"Hallo\"\ngreeting (fr_FR): gone, was \"Salut\"",
			`{"greeting":[{"locale":"default","text":"Hi & <b>"},{"locale":"de_DE","text":"Hallo"}]}`, ``,
		},
		"the order of items": {
			send.Profile{Menu: menu(send.Postback("B", "B"), send.Postback("A", "A"))},
			stands,
			`persistent_menu (default): [{"type":"postback","title":"A","payload":"A"},{"type":"postback","title":"B","payload":"B"}]` +
				` → [{"type":"postback","title":"B","payload":"B"},{"type":"postback","title":"A","payload":"A"}]`,
			`{"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"B","payload":"B"},{"type":"postback","title":"A","payload":"A"}]}]}`, ``,
		},
		"the composer": {
			send.Profile{Menu: []send.Menu{{ComposerDisabled: true, Items: []send.Button{send.Postback("A", "A")}}}},
			`{"get_started":{"payload":"S"},"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"A","payload":"A"}]}]}`,
			`persistent_menu (default): [{"type":"postback","title":"A","payload":"A"}]` +
				` → {"composer_input_disabled":true,"call_to_actions":[{"type":"postback","title":"A","payload":"A"}]}`,
			`{"persistent_menu":[{"locale":"default","composer_input_disabled":true,"call_to_actions":[{"type":"postback","title":"A","payload":"A"}]}]}`, ``,
		},
		"something goes": {
			send.Profile{Remove: []send.ProfileField{send.ProfileGetStarted, send.ProfileCommands, send.ProfileMenu}},
			stands,
			`persistent_menu (default): gone, was [{"type":"postback","title":"A","payload":"A"},{"type":"postback","title":"B","payload":"B"}]` +
				"\nget_started: gone, was \"START\"",
			``, `["persistent_menu","get_started"]`,
		},
		"one comes, one goes": {
			send.Profile{AccountLinkingURL: "https://a.example", Remove: []send.ProfileField{send.ProfileGreeting}},
			stands,
			"account_linking_url: new \"https://a.example/\"\ngreeting (default): gone, was \"Hi\"\ngreeting (fr_FR): gone, was \"Salut\"",
			`{"account_linking_url":"https://a.example"}`, `["greeting"]`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := &profileEdge{stands: test.stands}
			client := edge.client(t, send.Config{})
			planned, err := client.ProfileChanges(t.Context(), test.want)
			if err != nil {
				t.Fatal(err)
			}
			if dry := edge.made(); len(dry) != 1 || dry[0].method != http.MethodGet {
				t.Errorf("the dry run made %+v, want one GET", dry)
			}
			changes, err := client.SyncProfile(t.Context(), test.want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.changes, changes.String()); diff != "" || planned.String() != changes.String() {
				t.Errorf("changes (-want +got):\n%s\nthe dry run said %s", diff, planned)
			}
			var post, deletes string
			calls := edge.made()
			for _, call := range calls {
				switch call.method {
				case http.MethodPost:
					post += call.body
				case http.MethodDelete:
					deletes += call.fields
				}
			}
			if post != "" || test.post != "" {
				sameJSON(t, post, test.post)
			}
			if deletes != test.deletes {
				t.Errorf("DELETE %s, want %s", deletes, test.deletes)
			}
			if last := calls[len(calls)-1]; test.deletes != "" && last.method != http.MethodDelete {
				t.Errorf("the last call is %s, want what is removed after what is set", last.method)
			}
		})
	}
}

// TestMenuNeedsGetStarted refuses a menu without the button, before it is written.
func TestMenuNeedsGetStarted(t *testing.T) {
	t.Parallel()
	want := send.Profile{Menu: []send.Menu{{Items: []send.Button{send.Postback("A", "A")}}}}
	edge := new(profileEdge)
	changes, err := edge.client(t, send.Config{}).SyncProfile(t.Context(), want)
	var wrong *send.FieldError
	if !errors.As(err, &wrong) || wrong.Field != "get_started" || len(changes) != 1 {
		t.Errorf("SyncProfile = %v, %v; want the field get_started, and the change", changes, err)
	}
	if calls := edge.made(); len(calls) != 1 || calls[0].fields != "persistent_menu,get_started" {
		t.Errorf("calls %+v, want one GET that asks for get_started too", calls)
	}
	edge = &profileEdge{stands: `{"get_started":{"payload":"A"}}`}
	if _, err := edge.client(t, send.Config{}).SyncProfile(t.Context(), want); err != nil || len(edge.made()) != 2 {
		t.Errorf("SyncProfile = %v where the button stands", err)
	}
	edge = &profileEdge{stands: `{"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"A","payload":"A"}]}]}`}
	if _, err := edge.client(t, send.Config{}).SyncProfile(t.Context(), want); err != nil || len(edge.made()) != 1 {
		t.Errorf("SyncProfile = %v where the menu stands already", err)
	}
	edge = new(profileEdge) // Instagram has no such button
	if _, err := edge.client(t, send.Config{Channel: send.Instagram}).SyncProfile(t.Context(), want); err != nil {
		t.Errorf("SyncProfile = %v on Instagram", err)
	}
}

// TestSyncProfileFails returns the changes beside the error of the call that failed.
func TestSyncProfileFails(t *testing.T) {
	t.Parallel()
	want := send.Profile{GetStarted: "A", Remove: []send.ProfileField{send.ProfileGreeting}}
	for method, calls := range map[string]int{http.MethodGet: 1, http.MethodPost: 2, http.MethodDelete: 3} {
		edge := &profileEdge{
			stands: `{"greeting":[{"locale":"default","text":"Hi"}]}`,
			answer: map[string]string{method: `{"error":{"code":200}}`},
		}
		changes, err := edge.client(t, send.Config{}).SyncProfile(t.Context(), want)
		if made := len(edge.made()); !errors.Is(err, send.ErrPermission) || made != calls || (len(changes) == 0) != (calls == 1) {
			t.Errorf("%s refused: %v, %v after %d calls, want ErrPermission after %d", method, changes, err, made, calls)
		}
	}
}

// TestProfileChange is exported with what a program needs to show a change in its own way.
func TestProfileChange(t *testing.T) {
	t.Parallel()
	got := send.Profile{
		Greeting: []send.Greeting{{Locale: "de_DE", Text: "Hallo"}}, Remove: []send.ProfileField{send.ProfileDomains},
	}.Changes(send.Profile{Domains: []string{"https://a.example"}})
	want := send.ProfileChanges{
		{Method: "POST", Field: send.ProfileGreeting, Locale: "de_DE", New: `"Hallo"`},
		{Method: "DELETE", Field: send.ProfileDomains, Old: `["https://a.example/"]`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Changes (-want +got):\n%s", diff)
	}
	odd := send.Profile{Raw: map[string]any{"title": json.RawMessage("{")}}
	if err := odd.Validate(send.Messenger); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Validate = %v, want what is no JSON refused", err)
	}
}
