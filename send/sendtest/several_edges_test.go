package sendtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// TestThingsBelongToAPage: what one Page has created is nothing that another's token can name, not even a person.
func TestThingsBelongToAPage(t *testing.T) {
	g := several()
	for edge, body := range map[string]string{
		"personas":      `{"name":"Ann","profile_picture_url":"https://cdn.example/a.jpg"}`,
		"custom_labels": `{"page_label_name":"guests"}`,
	} {
		made := decodedBody[struct{ ID string }](t, call(t, g, by(t, "one", "", http.MethodPost, "/me/"+edge, body)))
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			call(t, g, by(t, "two", "", method, "/"+made.ID, ""))
			if c := last(t, g); c.Rule != "T05" {
				t.Errorf("%s of another's %s: rule %q", method, edge, c.Rule)
			}
		}
		call(t, g, by(t, "one", "", http.MethodDelete, "/"+made.ID, ""))
		if c := last(t, g); c.Rule != "" {
			t.Errorf("its own: rule %q", c.Rule)
		}
	}
}

// TestNextPage: the address of the next page can be called as it is, with the token.
func TestNextPage(t *testing.T) {
	for name, test := range map[string]struct{ token, path, begin string }{
		"Page":    {"one", "/me/conversations?limit=1&fields=id,updated_time", "https://graph.facebook.com/v25.0/11/"},
		"account": {"one", "/me/conversations?platform=instagram&limit=1", "https://graph.facebook.com/v25.0/" + accountID + "/"},
		"login":   {"three", "/v24.0/me/conversations?limit=1", "https://graph.instagram.com/v24.0/17841400000000002/"},
	} {
		t.Run(name, func(t *testing.T) {
			g := several()
			for _, page := range []string{"11", accountID, "17841400000000002"} {
				g.Account(page).Say("71", "first", noon.Add(-time.Minute))
				g.Account(page).Say("72", "second", noon)
			}
			first := decodedBody[pageOfList](t, call(t, g, by(t, test.token, "", http.MethodGet, test.path, "")))
			if len(first.Data) != 1 || !strings.HasPrefix(first.Paging.Next, test.begin) {
				t.Fatalf("next %q", first.Paging.Next)
			}
			next := decodedBody[pageOfList](t, call(t, g, by(t, test.token, "", http.MethodGet, first.Paging.Next, "")))
			if len(next.Data) != 1 || next.Data[0]["id"] == first.Data[0]["id"] || next.Paging.Next != "" {
				t.Errorf("first %v, next %v", first, next)
			}
			if len(next.Data) == 1 && len(next.Data[0]) != len(first.Data[0]) {
				t.Errorf("other fields: first %v, next %v", first, next)
			}
		})
	}
}

// TestNextMessages: those of a conversation's field messages, with the fields that it had.
func TestNextMessages(t *testing.T) {
	g := several()
	g.Account("11").Say(psid, "one", noon)
	g.Account("11").Say(psid, "two", noon)
	r := by(t, "one", "", http.MethodGet, "/me/conversations?fields=messages.limit(1)%7Bmessage%7D", "")
	var list struct {
		Data []struct{ Messages pageOfList }
	}
	if err := json.Unmarshal([]byte(call(t, g, r).body), &list); err != nil || len(list.Data) != 1 {
		t.Fatal(err, list)
	}
	next := call(t, g, by(t, "one", "", http.MethodGet, list.Data[0].Messages.Paging.Next, ""))
	if got := decodedBody[pageOfList](t, next); len(got.Data) != 1 || got.Data[0]["message"] != "one" {
		t.Errorf("next %s", next.body)
	}
}

// TestPermissionOfNodes: without pages_messaging neither conversations nor what belongs to the Page can be read;
// the Page itself can, and of a person nothing is told.
func TestPermissionOfNodes(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, PageID: sendtest.DefaultPage}
	mid, persona := g.Say(psid, "hello", noon), createPersona(t, g)
	talk := itemsOf(t, g, conversationsPath, "id")[0].(string)
	g.Change(func(s *sendtest.State) { s.Permissions = []string{"pages_manage_metadata"} })
	for path, rule := range map[string]string{
		"/" + mid: "T06", "/" + talk: "T06", "/" + persona: "T06", "/me?fields=id": "", "/" + psid: "",
	} {
		call(t, g, request(t, http.MethodGet, path, "", ""))
		if c := last(t, g); c.Rule != rule {
			t.Errorf("%s: rule %q, want %q", path, c.Rule, rule)
		}
	}
}

// TestAllowOfEdges: the header names what the edge or the node takes.
func TestAllowOfEdges(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, PageID: sendtest.DefaultPage}
	for path, want := range map[string]string{
		"/me/messenger_profile": "DELETE, GET, POST", "/" + createPersona(t, g): "DELETE, GET", "/me": "GET",
	} {
		got := call(t, g, request(t, http.MethodPut, path, "", ""))
		if allow := got.header.Get("Allow"); allow != want || last(t, g).Rule != "T11" {
			t.Errorf("%s: Allow %q, want %q", path, allow, want)
		}
	}
}

// TestEventsNameThePage: where any ID is the Page's, an event has that of the Page that wrote to the person.
func TestEventsNameThePage(t *testing.T) {
	g := &sendtest.Graph{Subscribed: []string{"messaging_handovers"}}
	_, events := clocked(g)
	call(t, g, request(t, http.MethodPost, "/5/messages", "application/json", to(hi)))
	body := `{"recipient":{"id":"` + psid + `"},"target_app_id":"` + self + `","metadata":"mine"}`
	does(t, g, http.MethodPost, "/5/pass_thread_control", body)
	g.Take(psid, otherApp)
	g.HandBack(psid)
	g.Request(psid, otherApp)
	if len(*events) != 4 {
		t.Fatalf("got %q", *events)
	}
	for _, event := range *events {
		if !strings.Contains(event, `"id":"5"`) || strings.Contains(event, sendtest.DefaultPage) {
			t.Errorf("event %s", event)
		}
	}
	if !strings.Contains((*events)[0], `"metadata":"mine"`) {
		t.Errorf("without its metadata: %s", (*events)[0])
	}
}

// TestPrivateReplyOfAnAccount: a comment that a test has announced at the linked account is one on Instagram.
func TestPrivateReplyOfAnAccount(t *testing.T) {
	g := several()
	g.Account(accountID).Change(func(s *sendtest.State) {
		s.Comments = map[string]sendtest.Comment{"99": {Closed: true}}
	})
	got := call(t, g, by(t, "one", "", http.MethodPost, "/me/messages", `{"recipient":{"comment_id":"99"},`+hi+`}`))
	if got.Error.Subcode != 2534025 || last(t, g).Page != accountID {
		t.Errorf("got %s", got.body)
	}
}

// TestTemplateOfTheStateAnew: one that a call creates replaces that of the state with its name and language.
func TestTemplateOfTheStateAnew(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) {
		s.Utilities = []sendtest.Utility{{Name: "order", Language: "en", Body: []string{"", ""}}, {Name: "order", Language: "de"}}
	})
	does(t, g, http.MethodPost, "/me/message_templates", `{"name":"order","language":"en","category":"UTILITY",`+
		`"components":[{"type":"BODY","text":"Order {{1}} is here."}]}`)
	if got := itemsOf(t, g, "/me/message_templates", "language"); len(got) != 2 {
		t.Errorf("languages %v", got)
	}
	silently(t, g, message(`{"template":{"name":"order","language":{"code":"en"},`+
		`"components":[{"type":"body","parameters":[{"type":"text","text":"1"}]}]}}`))
}

// TestDefaultsOfPages: a Page without an app or a secret has those of the Graph, and with Pages no Page takes every
// ID.
func TestDefaultsOfPages(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, Token: "zero", AppID: "500", AppSecret: "shared", Pages: []sendtest.Page{
		{ID: "11", Token: "one"}, {ID: "22", Token: "two", AppID: "502"},
	}}
	call(t, g, by(t, "one", "wrong", http.MethodGet, "/me", ""))
	if c := last(t, g); c.Rule != "T07" {
		t.Errorf("wrong proof: rule %q", c.Rule)
	}
	call(t, g, by(t, "one", "", http.MethodPost, "/me/subscribed_apps", `{"subscribed_fields":["messages"]}`))
	if got := call(t, g, by(t, "one", "", http.MethodGet, "/me/subscribed_apps", "")); !strings.Contains(got.body, `"id":"500"`) {
		t.Errorf("app: %s", got.body)
	}
	call(t, g, by(t, "zero", "", http.MethodPost, "/5/messages", to(hi)))
	if c := last(t, g); c.Rule != "T05" {
		t.Errorf("an ID of nobody: rule %q", c.Rule)
	}
	for path, rule := range map[string]string{"/500/subscriptions": "", "/502/subscriptions": "T02"} {
		call(t, g, by(t, "500|shared", "", http.MethodGet, path, ""))
		if c := last(t, g); c.Rule != rule {
			t.Errorf("%s: rule %q, want %q", path, c.Rule, rule)
		}
	}
}

// TestPeopleOfAnAccount: a person is named by other parameters too, and one with a profile is known.
func TestPeopleOfAnAccount(t *testing.T) {
	g := several()
	g.RefuseStrangers = true
	g.Account(accountID).Acted(igsid, noon)
	g.Account("11").Change(func(s *sendtest.State) { s.Profiles = map[string]map[string]any{psid: {"first_name": "Ann"}} })
	for _, test := range []struct{ method, path, body, rule, page string }{
		{http.MethodPost, "/me/custom_user_settings", `{"psid":"` + igsid + `"}`, "X04", accountID},
		{http.MethodPost, "/me/unlink_accounts", `{"psid":"` + igsid + `"}`, "X04", accountID},
		{http.MethodGet, "/me/thread_owner?recipient=" + igsid, "", "", accountID},
		{http.MethodGet, "/" + psid + "?fields=first_name", "", "", "11"},
		{http.MethodGet, "/7100000000000009?fields=first_name", "", "T05", "7100000000000009"},
	} {
		got := call(t, g, by(t, "one", "", test.method, test.path, test.body))
		if c := last(t, g); c.Rule != test.rule || c.Page != test.page {
			t.Errorf("%s: rule %q, Page %q; want %q, %q: %s", test.path, c.Rule, c.Page, test.rule, test.page, got.body)
		}
	}
	label := idOf(t, call(t, g, by(t, "one", "", http.MethodPost, "/"+accountID+"/custom_labels", `{"page_label_name":"a"}`)))
	call(t, g, by(t, "one", "", http.MethodPost, "/"+label+"/label", `{"user":"`+igsid+`"}`))
	if c := last(t, g); c.Rule != "" || c.Page != accountID {
		t.Errorf("label: rule %q, Page %q", c.Rule, c.Page)
	}
}

// TestPagesAround: the addresses around a page have one cursor, and a page before another is as long as asked for.
func TestPagesAround(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		does(t, g, http.MethodPost, "/me/custom_labels", `{"page_label_name":"`+name+`"}`)
	}
	type page struct {
		Data []struct {
			Name string `json:"page_label_name"`
		}
		Paging struct{ Next, Previous string }
	}
	names := func(p page) (all string) {
		for _, label := range p.Data {
			all += label.Name
		}
		return all
	}
	follow := func(address string) page {
		return decodedBody[page](t, call(t, g, by(t, "token", "", http.MethodGet, address, "")))
	}
	first := follow("/me/custom_labels?limit=2")
	second := follow(first.Paging.Next)
	third := follow(second.Paging.Next)
	back := follow(third.Paging.Previous)
	if got := names(first) + " " + names(second) + " " + names(third) + " " + names(back); got != "ab cd e cd" {
		t.Errorf("got %q", got)
	}
	if back.Paging.Next != second.Paging.Next || back.Paging.Previous != second.Paging.Previous {
		t.Errorf("around the second page: %+v, coming back: %+v", second.Paging, back.Paging)
	}
}

// TestGivenIDs: what is created never gets the ID of something that a test has announced.
func TestGivenIDs(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, PageID: sendtest.DefaultPage}
	id := createPersona(t, g)
	g = &sendtest.Graph{Now: atNoon, PageID: sendtest.DefaultPage}
	g.Acted(id, noon)
	if again := createPersona(t, g); again == id {
		t.Errorf("%s is a person's", id)
	}
}

// TestShortExtension: an extension does not end control before it would end without.
func TestShortExtension(t *testing.T) {
	g := &sendtest.Graph{}
	clocked(g)
	g.HandBack(psid)
	does(t, g, http.MethodPost, control("extend"), `{"recipient":{"id":"`+psid+`"},"duration":60}`)
	if got := ownerOf(t, g); got != shownOwner(self, noon.Add(day)) {
		t.Errorf("owner %s", got)
	}
}

// TestInstagramLeniency: permissions are not judged there, and an own comment is refused in Instagram's words.
func TestInstagramLeniency(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, Instagram: true}
	g.Change(func(s *sendtest.State) {
		s.Permissions, s.Comments = []string{}, map[string]sendtest.Comment{"99": {Own: true}}
	})
	silently(t, g, to(hi))
	if got := post(t, g, `{"recipient":{"comment_id":"99"},`+hi+`}`); got.Error.Subcode != 2534025 {
		t.Errorf("got %s", got.body)
	}
}

// TestCountOfMessages: a conversation counts those too that it does not keep.
func TestCountOfMessages(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	for range 120 {
		g.Say(psid, "hello", noon)
	}
	if got := itemsOf(t, g, conversationsPath+"?fields=message_count", "message_count"); len(got) != 1 || got[0] != 120.0 {
		t.Errorf("got %v", got)
	}
	if got := itemsOf(t, g, conversationsPath+"?folder=page_done", "id"); len(got) != 0 {
		t.Errorf("another folder: %v", got)
	}
}

// TestMenuRateOfEachPerson: 10 calls in 10 minutes to the menu of a person, to that of another as many.
func TestMenuRateOfEachPerson(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	rule := func(psid string) string {
		call(t, g, request(t, http.MethodGet, "/me/custom_user_settings?psid="+psid, "", ""))
		return last(t, g).Rule
	}
	for range 10 {
		rule("71")
	}
	if got := rule("71") + " " + rule("72"); got != "E09 " {
		t.Errorf("rules %q", got)
	}
}

// TestTwoDefaults: of a property with locales just one element is the default.
func TestTwoDefaults(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	call(t, g, request(t, http.MethodPost, profilePath, "application/json", `{"greeting":`+
		times(2, `{"locale":"default","text":"Hi"}`)+`}`))
	if c := last(t, g); c.Rule != "E20" {
		t.Errorf("rule %q", c.Rule)
	}
}
