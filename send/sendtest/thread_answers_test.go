package sendtest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// decodedBody decodes an answer.
func decodedBody[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// idOf returns the id of an answer.
func idOf(t *testing.T, r reply) string {
	t.Helper()
	id := decodedBody[struct{ ID string }](t, r).ID
	if id == "" {
		t.Fatalf("no id: %s", r.body)
	}
	return id
}

// pageOfList is one page of a list.
type pageOfList struct {
	Data   []map[string]any
	Paging struct {
		Cursors struct{ Before, After string }
		Next    string
	}
}

// itemsOf reads a list to its end, page after page, and returns what a field of its items holds.
func itemsOf(t *testing.T, g *sendtest.Graph, path, field string) (values []any) {
	t.Helper()
	begin, query, _ := strings.Cut(path, "?")
	for after := ""; ; {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if after != "" {
			q.Set("after", after)
		}
		got := decodedBody[pageOfList](t, does(t, g, http.MethodGet, begin+"?"+q.Encode(), ""))
		for _, item := range got.Data {
			values = append(values, item[field])
		}
		if got.Paging.Next == "" {
			return values
		}
		after = got.Paging.Cursors.After
	}
}

// TestPersonas: what is created is listed, read, used and deleted.
func TestPersonas(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, PageID: sendtest.DefaultPage}
	id := createPersona(t, g)
	got := decodedBody[map[string]string](t, does(t, g, http.MethodGet, "/"+id, ""))
	if got["id"] != id || got["name"] != "Ana" || got["profile_picture_url"] != "https://cdn.example/a.jpg" {
		t.Errorf("got %v", got)
	}
	g.Change(func(s *sendtest.State) { s.Personas = []string{"6"} })
	if all := itemsOf(t, g, personasPath+"?limit=1", "id"); !slices.Equal(all, []any{"6", id}) {
		t.Errorf("listed %v", all)
	}
	silently(t, g, to(hi+`,"persona_id":"`+id+`"`))
	silently(t, g, to(hi+`,"persona_id":"6"`))
	for _, persona := range []string{id, "6"} {
		if got := does(t, g, http.MethodDelete, "/"+persona, ""); got.body != `{"success":true}` {
			t.Errorf("deleted: %s", got.body)
		}
		if got := call(t, g, request(t, http.MethodGet, "/"+persona+"?fields=id", "", "")); persona == id && last(t, g).Rule != "T05" {
			t.Errorf("after its end: %s", got.body)
		}
	}
	if all := itemsOf(t, g, personasPath, "id"); len(all) != 0 {
		t.Errorf("still there: %v", all)
	}
}

// TestPaging: a list of 60 comes in pages of 25, and backwards.
func TestPaging(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	var want []any
	for range 60 {
		want = append(want, createPersona(t, g))
	}
	before := len(g.Calls())
	if got := itemsOf(t, g, personasPath, "id"); !slices.Equal(got, want) || len(g.Calls())-before != 3 {
		t.Errorf("%d in %d calls", len(got), len(g.Calls())-before)
	}
	first := decodedBody[pageOfList](t, does(t, g, http.MethodGet, personasPath+"?limit=50", ""))
	rest := decodedBody[pageOfList](t, does(t, g, http.MethodGet, personasPath+"?limit=50&after="+first.Paging.Cursors.After, ""))
	back := decodedBody[pageOfList](t, does(t, g, http.MethodGet, personasPath+"?limit=50&before="+rest.Paging.Cursors.Before, ""))
	if len(rest.Data) != 10 || rest.Paging.Next != "" || len(back.Data) != 50 || back.Data[0]["id"] != want[0] {
		t.Errorf("%d, then back to %v", len(rest.Data), back.Data[0])
	}
	for _, bad := range []string{"limit=0", "limit=many", "after=?", "before=x"} {
		call(t, g, request(t, http.MethodGet, personasPath+"?"+bad, "", ""))
		if rule := last(t, g).Rule; rule != "X01" {
			t.Errorf("%s: rule %q", bad, rule)
		}
	}
}

// TestProfiles: which fields of a person are told.
func TestProfiles(t *testing.T) {
	ana := map[string]any{"first_name": "Ana", "locale": "fr_FR", "timezone": 5.5, "username": "ana", "profile_pic": nil}
	known := func(s *sendtest.State) { s.Profiles = map[string]map[string]any{psid: ana, "8": {}} }
	tests := map[string]struct {
		graph  *sendtest.Graph
		path   string
		change func(*sendtest.State)
		want   string
	}{
		"no access":           {nil, psid + "?fields=first_name", func(*sendtest.State) {}, `{}`},
		"empty":               {nil, "8?fields=first_name", known, `{}`},
		"a field":             {nil, psid + "?fields=first_name", known, `{"first_name":"Ana","id":"` + psid + `"}`},
		"a field without":     {nil, psid + "?fields=last_name", known, `{"id":"` + psid + `"}`},
		"of a Page with ID":   {&sendtest.Graph{PageID: "1"}, psid + "?fields=first_name", known, `{"first_name":"Ana","id":"` + psid + `"}`},
		"null":                {nil, psid + "?fields=profile_pic,id", known, `{"id":"` + psid + `","profile_pic":null}`},
		"with permissions":    {nil, psid + "?fields=locale,timezone", known, `{"id":"` + psid + `","locale":"fr_FR","timezone":5.5}`},
		"other channel":       {nil, psid + "?fields=username,first_name", known, `{"first_name":"Ana","id":"` + psid + `"}`},
		"Instagram":           {&sendtest.Graph{Instagram: true}, psid + "?fields=username,first_name", known, `{"id":"` + psid + `","username":"ana"}`},
		"nobody said anybody": {&sendtest.Graph{PageID: "1"}, "7?fields=name", func(*sendtest.State) {}, `{}`},
		"without permission": {nil, psid + "?fields=locale,timezone", func(s *sendtest.State) {
			known(s)
			s.Permissions = []string{"pages_messaging", "pages_user_locale"}
		}, `{"id":"` + psid + `","locale":"fr_FR"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := test.graph
			if g == nil {
				g = new(sendtest.Graph)
			}
			g.Now = atNoon
			g.Change(test.change)
			if got := does(t, g, http.MethodGet, "/v25.0/"+test.path, ""); got.body != test.want {
				t.Errorf("got %s, want %s", got.body, test.want)
			}
			if c := last(t, g); c.Recipient != strings.Split(test.path, "?")[0] {
				t.Errorf("Recipient %q", c.Recipient)
			}
		})
	}
}

// TestStrangersHaveNoProfile: the ID of nobody whom the Page knows names nothing.
func TestStrangersHaveNoProfile(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, PageID: "1", RefuseStrangers: true}
	call(t, g, request(t, http.MethodGet, "/7?fields=first_name", "", ""))
	if c := last(t, g); c.Rule != "T05" {
		t.Errorf("rule %q: %s", c.Rule, c.Answer)
	}
}

// TestAccountLinking: a token is exchanged for five minutes, and an account unlinked.
func TestAccountLinking(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, PageID: "9"}
	g.Change(func(s *sendtest.State) {
		s.LinkingTokens = map[string]sendtest.LinkingToken{
			"ARQ": {PSID: psid, Issued: noon.Add(-5 * time.Minute)}, "ever": {PSID: "8"},
		}
	})
	for token, want := range map[string]string{"ARQ": psid, "ever": "8"} {
		got := does(t, g, http.MethodGet, "/me?fields=recipient&account_linking_token="+token, "")
		if got.body != `{"id":"9","recipient":"`+want+`"}` {
			t.Errorf("%s: %s", token, got.body)
		}
	}
	got := does(t, g, http.MethodPost, "/me/unlink_accounts", `{"psid":"`+psid+`"}`)
	if got.body != `{"result":"unlink account success"}` || last(t, g).Recipient != psid {
		t.Errorf("unlink: %s", got.body)
	}
}

// TestLabels: created, listed, put on people and taken off.
func TestLabels(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	guests := idOf(t, does(t, g, http.MethodPost, labelsPath, `{"page_label_name":"guests"}`))
	if again := idOf(t, does(t, g, http.MethodPost, labelsPath, `{"page_label_name":"guests"}`)); again != guests {
		t.Errorf("a second label of the same name: %s", again)
	}
	idOf(t, does(t, g, http.MethodPost, labelsPath, `{"page_label_name":"staff"}`))
	user := `{"user":"` + psid + `"}`
	for range 2 {
		does(t, g, http.MethodPost, "/"+guests+"/label", user)
	}
	of := "/" + psid + "/custom_labels?fields=page_label_name"
	if got := itemsOf(t, g, of, "page_label_name"); !slices.Equal(got, []any{"guests"}) {
		t.Errorf("of the person: %v", got)
	}
	if got := itemsOf(t, g, "/7/custom_labels", "id"); len(got) != 0 {
		t.Errorf("of another person: %v", got)
	}
	if got := itemsOf(t, g, labelsPath+"?fields=page_label_name", "page_label_name"); !slices.Equal(got, []any{"guests", "staff"}) {
		t.Errorf("of the Page: %v", got)
	}
	does(t, g, http.MethodDelete, "/"+guests+"/label?user="+psid, "")
	if got := itemsOf(t, g, of, "id"); len(got) != 0 {
		t.Errorf("taken off: %v", got)
	}
	if got := does(t, g, http.MethodGet, "/"+guests, ""); got.body != `{"id":"`+guests+`","page_label_name":"guests"}` {
		t.Errorf("read: %s", got.body)
	}
	does(t, g, http.MethodDelete, "/"+guests, "")
	call(t, g, request(t, http.MethodPost, "/"+guests+"/label", "application/json", user))
	if c := last(t, g); c.Rule != "T05" {
		t.Errorf("a label that was deleted: rule %q", c.Rule)
	}
}

// TestModeration: ten people and two actions are accepted.
func TestModeration(t *testing.T) {
	for name, test := range map[string]struct {
		graph *sendtest.Graph
		body  string
	}{
		"Messenger": {new(sendtest.Graph), `{"user_ids":` + times(10, `{"id":"1"}`) + `,"actions":["BAN_USER","MOVE_TO_SPAM"]}`},
		"Instagram": {&sendtest.Graph{Instagram: true}, `{"user_ids":[{"id":"1"}],"actions":["UNBLOCK_USER"]}`},
	} {
		if got := does(t, test.graph, http.MethodPost, moderationPath, test.body); got.body != `{"success":true}` {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

// TestNotificationTokens: those of people are listed, and need not wait after the call for testers.
func TestNotificationTokens(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) {
		s.Tokens = map[string]sendtest.Token{
			"a": {PSID: psid, Topic: "news", Next: noon.Add(time.Hour), Expires: noon.Add(2 * time.Hour)}, "b": {PSID: psid}, "c": {},
		}
	})
	const path, field = "/me/notification_message_tokens", "notification_messages_token"
	if got := itemsOf(t, g, path, field); !slices.Equal(got, []any{"a", "b"}) {
		t.Errorf("listed %v", got)
	}
	if got := itemsOf(t, g, path+"?do_not_return_duplicates=true", field); !slices.Equal(got, []any{"a"}) {
		t.Errorf("without duplicates: %v", got)
	}
	got := decodedBody[pageOfList](t, does(t, g, http.MethodGet, path, "")).Data[0]
	if got["topic_title"] != "news" || got["recipient_id"] != psid ||
		got["token_expiry_timestamp"] != float64(noon.Add(2*time.Hour).UnixMilli()) {
		t.Errorf("got %v", got)
	}
	send := `{"recipient":{"notification_messages_token":"a"},` + hi + `}`
	post(t, g, send)
	if c := last(t, g); c.Rule != "W19" {
		t.Fatalf("too early: rule %q", c.Rule)
	}
	does(t, g, http.MethodPost, devSupportPath, `{"recipient":{"notification_messages_token":"a"},"developer_action":"ENABLE_FOLLOWUP_MESSAGE"}`)
	silently(t, g, send)
}

// TestPrivateReplies: one for each comment and each post, for seven days.
func TestPrivateReplies(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) {
		s.Comments = map[string]sendtest.Comment{"c_1": {Made: noon.Add(-7 * day)}, "c_2": {}}
	})
	for _, id := range []string{`"comment_id":"c_1"`, `"comment_id":"c_2"`, `"comment_id":"c_3"`, `"post_id":"p_1"`} {
		silently(t, g, `{"recipient":{`+id+`},`+hi+`}`)
	}
	if got := post(t, g, `{"recipient":{"post_id":"p_1"},`+hi+`}`); got.Error.Code != 10900 {
		t.Errorf("a post twice: %s", got.body)
	}
}
