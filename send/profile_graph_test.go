package send_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// TestProfileByGraph sets what may be set at the fake Graph API, which must take it, and finds it standing.
func TestProfileByGraph(t *testing.T) {
	t.Parallel()
	// what Meta is not known to refuse, and the fake does
	stricter := []string{"a long question", "a long Get Started", "commands without default"}
	for name, profile := range acceptedProfiles {
		if slices.Contains(stricter, name) {
			continue
		}
		for _, channel := range []send.Channel{send.Messenger, send.Instagram} {
			want := profile.For(channel)
			if want.GetStarted == "" && len(want.Menu) > 0 && channel == send.Messenger {
				want.GetStarted = "START"
			}
			graph := &sendtest.Graph{Instagram: channel == send.Instagram}
			client := clientOf(t, graph, send.Config{Channel: channel})
			first, err := client.SyncProfile(t.Context(), want)
			if err != nil {
				t.Errorf("%s on %s: SyncProfile = %v", name, channel, err)
				continue
			}
			before := len(graph.Calls())
			second, err := client.SyncProfile(t.Context(), want)
			if made := len(graph.Calls()) - before; err != nil || len(second) != 0 || made > 1 {
				t.Errorf("%s on %s: the second SyncProfile = %v, %v with %d calls; want nothing to do after\n%s",
					name, channel, second, err, made, first)
			}
		}
	}
}

// TestProfileRefusedByGraph has the fake refuse, by the rule named, what the client refuses before a call.
func TestProfileRefusedByGraph(t *testing.T) {
	t.Parallel()
	started := `"get_started":{"payload":"A"},`
	tests := map[string]struct{ refusal, params string }{
		"E05 no default":   {"menu without default", `{` + started + `"persistent_menu":[{"locale":"de_DE"}]}`},
		"E05 two defaults": {"menu with two defaults", `{` + started + `"persistent_menu":[{"locale":"default"},{"locale":"default"}]}`},
		"E05 21 items":     {"21 menu items", `{` + started + `"persistent_menu":[{"locale":"default","call_to_actions":[` + strings.TrimSuffix(strings.Repeat(`{"type":"postback","title":"A","payload":"A"},`, 21), ",") + `]}]}`},
		"E05 title":        {"menu title, 31 characters", `{` + started + `"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"postback","title":"` + accents(31) + `","payload":"A"}]}]}`},
		"E05 nested":       {"menu that is nested", `{` + started + `"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"nested","title":"A","call_to_actions":[]}]}]}`},
		"E05 type":         {"menu that calls", `{` + started + `"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"phone_number","title":"A","payload":"+1"}]}]}`},
		"E05 no composer":  {"no composer and no items", `{` + started + `"persistent_menu":[{"locale":"default","composer_input_disabled":true}]}`},
		"E06 five":         {"five ice breakers", `{"ice_breakers":[{"locale":"default","call_to_actions":[` + strings.TrimSuffix(strings.Repeat(`{"question":"A","payload":"A"},`, 5), ",") + `]}]}`},
		"E06 no default":   {"ice breakers without default", `{"ice_breakers":[{"locale":"de_DE","call_to_actions":[{"question":"A","payload":"A"}]}]}`},
		"E07 name":         {"command name, 33 characters", `{"commands":[{"locale":"default","commands":[{"name":"` + accents(33) + `","description":"d"}]}]}`},
		"E07 slash":        {"command with the slash", `{"commands":[{"locale":"default","commands":[{"name":"/a","description":"d"}]}]}`},
		"E07 description":  {"command description, 65", `{"commands":[{"locale":"default","commands":[{"name":"a","description":"` + accents(65) + `"}]}]}`},
		"E07 none":         {"no commands", `{"commands":[{"locale":"default","commands":[]}]}`},
		"E08 https":        {"domain without https", `{"whitelisted_domains":["http://a.example"]}`},
		"E08 IP":           {"domain that is an IP", `{"whitelisted_domains":["https://192.0.2.1"]}`},
		"E08 localhost":    {"domain localhost", `{"whitelisted_domains":["https://localhost:8080"]}`},
		"E20 greeting":     {"greeting, 161 characters", `{"greeting":[{"locale":"default","text":"` + accents(161) + `"}]}`},
		"E21 linking":      {"linking without https", `{"account_linking_url":"http://a.example"}`},
		"E22 home_url":     {"home_url", `{"home_url":{"url":"https://a.example"}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusal, known := profileRefusals[test.refusal]
			if !known || refusal.profile.Validate(refusal.channel) == nil {
				t.Fatalf("the client does not refuse %q", test.refusal)
			}
			var params map[string]any
			if err := json.Unmarshal([]byte(test.params), &params); err != nil {
				t.Fatal(err)
			}
			graph := new(sendtest.Graph)
			err := newClient(t, graph).Graph(t.Context(), http.MethodPost, "me/messenger_profile", params, nil)
			calls := graph.Calls()
			if rule, _, _ := strings.Cut(name, " "); !errors.Is(err, send.ErrInvalid) || calls[0].Rule != rule {
				t.Errorf("Graph = %v by rule %q, want ErrInvalid by %s", err, calls[0].Rule, rule)
			}
		})
	}
}

// TestMenuWithoutGetStartedByGraph: E04, in Meta's words, if the caller did not ask first.
func TestMenuWithoutGetStartedByGraph(t *testing.T) {
	t.Parallel()
	graph := new(sendtest.Graph)
	client := newClient(t, graph)
	menu := menuOf(send.Postback("A", "A"))
	err := client.SetProfile(t.Context(), menu)
	if refused := errorIn(t, err); refused.Subcode != 2018145 || graph.Calls()[0].Rule != "E04" {
		t.Errorf("SetProfile = %v, want 2018145 by rule E04", err)
	}
	menu.GetStarted = "START"
	if err := client.SetProfile(t.Context(), menu); err != nil {
		t.Fatalf("SetProfile = %v with the button in the same call", err)
	}
	if err := client.DeleteProfile(t.Context(), send.ProfileGetStarted); err == nil || graph.Calls()[2].Rule != "E04" {
		t.Errorf("DeleteProfile = %v, want E04 while the menu stands", err)
	}
	gone := send.Profile{Remove: []send.ProfileField{send.ProfileGetStarted, send.ProfileMenu}}
	if changes, err := client.SyncProfile(t.Context(), gone); err != nil || len(changes) != 2 || graph.Profile("") != nil {
		t.Errorf("SyncProfile = %v, %v; %s stands, want nothing", changes, err, graph.Profile(""))
	}
}

// TestProfileLimitByGraph makes the eleventh call in ten minutes (E09), and one later.
func TestProfileLimitByGraph(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	graph := &sendtest.Graph{Now: func() time.Time { return now }}
	client := newClient(t, graph)
	for i := range 10 {
		if _, err := client.Profile(t.Context()); err != nil {
			t.Fatalf("call %d: %v", i+1, err)
		}
	}
	if _, err := client.Profile(t.Context()); !errors.Is(err, send.ErrRateLimited) || len(graph.Calls()) != 11 || graph.Calls()[10].Rule != "E09" {
		t.Errorf("call 11: %v after %d calls, want ErrRateLimited by E09, once", err, len(graph.Calls()))
	}
	if err := client.SetPersonMenu(t.Context(), person, send.Menu{Items: postbacks(1)}); err != nil {
		t.Errorf("SetPersonMenu = %v: it has a limit of its own", err)
	}
	if _, err := client.Send(t.Context(), hello); err != nil {
		t.Errorf("Send = %v, want messages to go on", err)
	}
	now = now.Add(10*time.Minute + time.Second)
	if _, err := client.Profile(t.Context()); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
}

func TestPersonMenuByGraph(t *testing.T) {
	t.Parallel()
	graph := new(sendtest.Graph)
	client := newClient(t, graph)
	if got, err := client.PersonMenu(t.Context(), person); err != nil || got != nil {
		t.Errorf("PersonMenu = %v, %v; want none", got, err)
	}
	menu := menuOf(send.Postback("Orders", "ORDERS")).Menu[0]
	if err := client.SetPersonMenu(t.Context(), person, menu); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, string(graph.PersonMenu("", string(person))),
		`[{"locale":"default","call_to_actions":[{"type":"postback","title":"Orders","payload":"ORDERS"}]}]`)
	got, err := client.PersonMenu(t.Context(), person)
	if err != nil || len(got) != 1 || got[0].Items[0] != menu.Items[0] {
		t.Errorf("PersonMenu = %v, %v; want what was set", got, err)
	}
	if err := client.DeletePersonMenu(t.Context(), person); err != nil || graph.PersonMenu("", string(person)) != nil {
		t.Errorf("DeletePersonMenu = %v, want it gone", err)
	}
}

// TestProfileCorpus reads profiles that others have set, holds them to what the index says, and sets them.
func TestProfileCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpusFolder(t), "send", "*-messenger-profile-*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var sample struct {
			Method string
			Body   json.RawMessage
		}
		if err := json.Unmarshal(raw, &sample); err != nil {
			t.Fatal(err)
		}
		if sample.Method != http.MethodPost {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			edge := &profileEdge{stands: string(sample.Body)}
			client := edge.client(t, send.Config{})
			p, err := client.Profile(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			name, refusal := filepath.Base(file), p.Validate(send.Messenger)
			switch nested := strings.HasPrefix(name, "026-"); { // Meta ended nested menus with v8.0
			case strings.Contains(name, "invalid"), nested:
				if !errors.Is(refusal, send.ErrInvalid) {
					t.Errorf("Validate = %v, want it refused", refusal)
				}
				return
			case strings.Contains(name, "home-url"), strings.Contains(name, "target-audience"):
				if !errors.Is(refusal, send.ErrRetired) {
					t.Errorf("Validate = %v, want ErrRetired", refusal)
				}
				return
			case refusal != nil:
				t.Fatalf("Validate = %v, want it accepted", refusal)
			}
			if err := clientOf(t, new(sendtest.Graph), send.Config{}).SetProfile(t.Context(), withStart(p)); err != nil {
				t.Errorf("the fake: SetProfile = %v", err)
			}
			if changes := p.Changes(p); len(changes) != 0 {
				t.Errorf("Changes = %v against itself", changes)
			}
		})
	}
}

// withStart returns p with the button that its menu needs.
func withStart(p send.Profile) send.Profile {
	if p.GetStarted == "" && len(p.Menu) > 0 {
		p.GetStarted = "START"
	}
	return p
}
