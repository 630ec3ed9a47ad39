package sendtest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send/sendtest"
)

const igsid = "8800000000000001"

// several returns a Graph with two Pages of two apps, of which the first has a linked account, and an account of
// Instagram Login.
func several() *sendtest.Graph {
	return &sendtest.Graph{Now: atNoon, Pages: []sendtest.Page{
		{ID: "11", Token: "one", AppID: "501", AppSecret: "secret1", Instagram: []string{accountID}},
		{ID: "22", Token: "two", AppID: "502", AppSecret: "secret2"},
		{ID: "17841400000000002", Token: "three", InstagramLogin: true},
	}}
}

// by makes a request with a token, and a proof made with a secret unless that is empty.
func by(t *testing.T, token, secret, method, address, body string) *http.Request {
	t.Helper()
	if !strings.Contains(address, "://") {
		address = "https://graph.example" + address
	}
	if secret != "" {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(token))
		join := "?"
		if strings.Contains(address, "?") {
			join = "&"
		}
		address += join + "appsecret_proof=" + hex.EncodeToString(mac.Sum(nil))
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// TestTokensAndPages: the token says what "me" is, the path may name no other Page, and the proof is made with the
// secret of the token's app.
func TestTokensAndPages(t *testing.T) {
	const face, insta = "https://graph.facebook.com/v25.0", "https://graph.instagram.com/v25.0"
	for name, test := range map[string]struct {
		token, secret, address, rule, page string
	}{
		"me of the first":             {"one", "", "/me/messages", "", "11"},
		"me of the second":            {"two", "", "/v25.0/me/messages", "", "22"},
		"own ID":                      {"two", "", "/22/messages", "", "22"},
		"another Page's ID":           {"two", "", "/11/messages", "T05", "11"},
		"linked account of another":   {"two", "", "/" + accountID + "/messages", "T05", accountID},
		"nobody's ID":                 {"one", "", "/33/messages", "T05", "33"},
		"nobody's token":              {"four", "", "/me/messages", "T02", ""},
		"own proof":                   {"two", "secret2", "/me/messages", "", "22"},
		"another app's proof":         {"two", "secret1", "/me/messages", "T07", "22"},
		"linked account":              {"one", "secret1", "/" + accountID + "/messages", "", accountID},
		"account of its own":          {"three", "", "/17841400000000002/messages", "", "17841400000000002"},
		"Page at its host":            {"one", "", face + "/me/messages", "", "11"},
		"linked account at the host":  {"one", "", face + "/" + accountID + "/messages", "", accountID},
		"login at its host":           {"three", "", insta + "/me/messages", "", "17841400000000002"},
		"Page at Instagram's host":    {"one", "", insta + "/me/messages", "T02", "11"},
		"login at Facebook's host":    {"three", "", face + "/me/messages", "T02", "17841400000000002"},
		"linked at Instagram's host":  {"one", "", insta + "/" + accountID + "/messages", "T02", accountID},
		"login on a loopback address": {"three", "", "http://127.0.0.1:1/me/messages", "", "17841400000000002"},
	} {
		t.Run(name, func(t *testing.T) {
			g := several()
			got := call(t, g, by(t, test.token, test.secret, http.MethodPost, test.address, to(hi)))
			c := last(t, g)
			if c.Rule != test.rule || c.Page != test.page {
				t.Errorf("rule %q, Page %q; want %q, %q: %s", c.Rule, c.Page, test.rule, test.page, got.body)
			}
			if u, err := url.Parse(test.address); err == nil && u.Host != "" && c.Host != u.Host {
				t.Errorf("host %q, want %q", c.Host, u.Host)
			}
		})
	}
}

// TestMeOfEachToken: GET /me answers the ID of the token's Page.
func TestMeOfEachToken(t *testing.T) {
	for token, want := range map[string]string{"one": "11", "two": "22", "three": "17841400000000002"} {
		got := call(t, several(), by(t, token, "", http.MethodGet, "/me?fields=id", ""))
		if got.body != `{"id":"`+want+`"}` {
			t.Errorf("%s: %s", token, got.body)
		}
	}
	got := call(t, several(), by(t, "three", "", http.MethodGet, "/me?fields=user_id", ""))
	if got.body != `{"id":"17841400000000002","user_id":"17841400000000002"}` {
		t.Errorf("user_id: %s", got.body)
	}
}

// TestProofOfEachPage: with RequireProof every Page's calls need one.
func TestProofOfEachPage(t *testing.T) {
	g := several()
	g.RequireProof = true
	call(t, g, by(t, "two", "", http.MethodPost, "/me/messages", to(hi)))
	if c := last(t, g); c.Rule != "T08" {
		t.Errorf("rule %q", c.Rule)
	}
}

// TestOwnFieldsAreOneMorePage: Token or PageID beside Pages; the secret and the app are the Pages' defaults.
func TestOwnFieldsAreOneMorePage(t *testing.T) {
	g := &sendtest.Graph{
		Now: atNoon, Token: "zero", AppSecret: "shared", Pages: []sendtest.Page{{ID: "11", Token: "one"}},
	}
	for token, want := range map[string]string{"zero": sendtest.DefaultPage, "one": "11"} {
		call(t, g, by(t, token, "shared", http.MethodPost, "/me/messages", to(hi)))
		if c := last(t, g); c.Rule != "" || c.Page != want {
			t.Errorf("%s: rule %q, Page %q", token, c.Rule, c.Page)
		}
	}
	call(t, g, by(t, "one", "shared", http.MethodPost, "/5/messages", to(hi)))
	if c := last(t, g); c.Rule != "T05" {
		t.Errorf("with Pages any ID is no Page: rule %q", c.Rule)
	}
	g = &sendtest.Graph{Now: atNoon, AppSecret: "shared", Pages: []sendtest.Page{{ID: "11"}}}
	call(t, g, by(t, "any", "", http.MethodPost, "/me/messages", to(hi)))
	if c := last(t, g); c.Rule != "T02" {
		t.Errorf("no Page has this token: rule %q", c.Rule)
	}
}

// TestPeopleBelongToAPage: what is said of one Page holds for no other.
func TestPeopleBelongToAPage(t *testing.T) {
	type says func(sendtest.Account)
	for name, test := range map[string]struct {
		of   says
		body string
		rule string
	}{
		"blocked":    {func(a sendtest.Account) { a.Block(psid) }, to(hi), "W13"},
		"window":     {func(a sendtest.Account) { a.Acted(psid, noon.Add(-25*time.Hour)) }, to(hi), "W01"},
		"state":      {func(a sendtest.Account) { a.Change(func(s *sendtest.State) { s.Restricted = true }) }, to(hi), "W17"},
		"token":      {func(a sendtest.Account) { a.Change(func(s *sendtest.State) { s.TokenRevoked = true }) }, to(hi), "T04"},
		"catalog":    {func(a sendtest.Account) { a.AddProduct("1") }, template(`{"template_type":"product","elements":[{"id":"2"}]}`), "P24"},
		"attachment": {func(a sendtest.Account) { a.AddAttachment("77", "video") }, withAttachment("image", "77"), "P27"},
	} {
		t.Run(name, func(t *testing.T) {
			g := several()
			g.Account("22").AddAttachment("77", "")
			test.of(g.Account("11"))
			for token, want := range map[string]string{"one": test.rule, "two": ""} {
				call(t, g, by(t, token, "", http.MethodPost, "/me/messages", test.body))
				if c := last(t, g); c.Rule != want {
					t.Errorf("%s: rule %q, want %q", token, c.Rule, want)
				}
			}
		})
	}
	g := several()
	g.Account("11").Block(psid)
	g.Account("11").Unblock(psid)
	if call(t, g, by(t, "one", "", http.MethodPost, "/me/messages", to(hi))); last(t, g).Rule != "" {
		t.Errorf("unblocked: rule %q", last(t, g).Rule)
	}
}

// TestLinkedAccount: a person announced at the linked account is on Instagram, everybody else on Messenger; events
// name the account.
func TestLinkedAccount(t *testing.T) {
	var events []string
	g := several()
	g.OnEvent = func(body []byte) { events = append(events, string(body)) }
	g.Account(accountID).Acted(igsid, noon)
	long := `"message":{"text":"` + letters(1001) + `"}`
	toAccount := func(more string) string { return strings.Replace(to(more), psid, igsid, 1) }
	for name, test := range map[string]struct{ path, body, rule, page string }{
		"a person of the account":      {"/me/messages", toAccount(hi), "", accountID},
		"under the Page's ID":          {"/11/messages", toAccount(hi), "", accountID},
		"by Instagram's limits":        {"/me/messages", toAccount(long), "P30", accountID},
		"a person of the Page":         {"/me/messages", to(long), "", "11"},
		"under the account's ID":       {"/" + accountID + "/messages", to(long), "P30", accountID},
		"platform is not for messages": {"/me/messages?platform=telegram", to(hi), "", "11"},
	} {
		t.Run(name, func(t *testing.T) {
			events = nil
			call(t, g, by(t, "one", "", http.MethodPost, test.path, test.body))
			c := last(t, g)
			if c.Rule != test.rule || c.Page != test.page {
				t.Errorf("rule %q, Page %q; want %q, %q", c.Rule, c.Page, test.rule, test.page)
			}
			instagram := test.page == accountID
			for _, e := range events {
				if strings.Contains(e, `"object":"instagram"`) != instagram {
					t.Errorf("event %s", e)
				}
			}
			if test.rule == "" && len(events) == 0 {
				t.Error("no event")
			}
		})
	}
	events = nil
	g.Account(accountID).Read(igsid)
	g.Account("22").Read(psid)
	if len(events) != 2 || !strings.Contains(events[0], `"id":"`+accountID+`"`) || !strings.Contains(events[1], `"id":"22"`) {
		t.Errorf("reads %s", events)
	}
}

// TestExceptionOfInstagram: errors of graph.instagram.com have a type of their own.
func TestExceptionOfInstagram(t *testing.T) {
	for token, want := range map[string]string{"one": "OAuthException", "three": "IGApiException"} {
		got := call(t, several(), by(t, token, "", http.MethodPost, "/me/messages", to(`"message":{}`)))
		if got.Error.Type != want || got.Error.Subcode != 2018034 {
			t.Errorf("%s: %s", token, got.body)
		}
	}
}

// TestAccountUnknown: a test that mistypes an ID hears of it.
func TestAccountUnknown(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	several().Account("12")
}

// TestBatchOfSeveralPages: each item with a token of its own is that Page's, its proof that of its own token; the
// others are the batch's.
func TestBatchOfSeveralPages(t *testing.T) {
	item := func(token, secret string) map[string]string {
		one := sending("hi")
		form, _ := url.ParseQuery(one["body"])
		if token != "" {
			form.Set("access_token", token)
			mac := hmac.New(sha256.New, []byte(secret))
			mac.Write([]byte(token))
			form.Set("appsecret_proof", hex.EncodeToString(mac.Sum(nil)))
		}
		one["body"] = form.Encode()
		return one
	}
	bare := item("two", "")
	form, _ := url.ParseQuery(bare["body"])
	form.Del("appsecret_proof")
	bare["body"] = form.Encode()
	g := several()
	g.RequireProof = true
	r := by(t, "one", "secret1", http.MethodPost, "/", `{"batch":`+batchOf(
		t, item("", ""), item("two", "secret2"), item("two", "secret1"), bare, item("one", "secret1"),
	)+`}`)
	var answers []itemReply
	response, err := g.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(response.Body).Decode(&answers); err != nil || len(answers) != 5 {
		t.Fatal(err, answers)
	}
	var got []string
	for _, c := range g.Calls() {
		got = append(got, fmt.Sprint(c.Page, " ", c.Rule))
	}
	if diff := cmp.Diff([]string{"11 ", "22 ", "22 T07", "22 T08", "11 "}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestManyPages: 100 Pages at once, each by its own token.
func TestManyPages(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, RequireProof: true}
	for i := range 100 {
		g.Pages = append(g.Pages, sendtest.Page{
			ID: fmt.Sprint(1000 + i), Token: fmt.Sprint("token", i), AppSecret: fmt.Sprint("secret", i%3),
		})
	}
	done := make(chan struct{})
	for i := range 100 {
		go func() {
			defer func() { done <- struct{}{} }()
			r := by(t, fmt.Sprint("token", i), fmt.Sprint("secret", i%3), http.MethodPost, "/me/messages", to(hi))
			response, err := g.Client().Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_ = response.Body.Close()
		}()
	}
	for range 100 {
		<-done
	}
	pages := map[string]bool{}
	for _, c := range g.Calls() {
		if c.Rule != "" {
			t.Errorf("%s: rule %q", c.Page, c.Rule)
		}
		pages[c.Page] = true
	}
	if len(pages) != 100 {
		t.Errorf("%d Pages", len(pages))
	}
}

// TestRatesOfEachPage: limits are counted for each Page, and for each account.
func TestRatesOfEachPage(t *testing.T) {
	now := noon
	g := several()
	g.Now, g.Limits = func() time.Time { return now }, true
	read := func(token, query string) string {
		call(t, g, by(t, token, "", http.MethodGet, "/me/messenger_profile"+query, ""))
		return last(t, g).Rule
	}
	for range 10 {
		read("one", "")
	}
	got := []string{read("one", ""), read("two", ""), read("one", "?platform=instagram")}
	now = now.Add(10*time.Minute - 1)
	got = append(got, read("one", ""))
	now = now.Add(1)
	got = append(got, read("one", ""))
	if want := []string{"E09", "", "", "E09", ""}; !slices.Equal(got, want) {
		t.Errorf("rules %q, want %q", got, want)
	}
	send := func(token string) string {
		call(t, g, by(t, token, "", http.MethodPost, "/me/messages", to(hi)))
		return last(t, g).Rule
	}
	for range 300 {
		send("one")
	}
	got = []string{send("one"), send("two")}
	now = now.Add(time.Second)
	got = append(got, send("one"))
	if want := []string{"E16", "", ""}; !slices.Equal(got, want) {
		t.Errorf("rules %q, want %q", got, want)
	}
}

// TestLinkedAccountOfOtherEdges: other edges name the person in other parameters.
func TestLinkedAccountOfOtherEdges(t *testing.T) {
	for name, test := range map[string]struct{ method, path, body string }{
		"person":     {http.MethodGet, "/" + igsid + "?fields=username", ""},
		"owner":      {http.MethodGet, "/me/thread_owner?recipient=" + igsid, ""},
		"pass":       {http.MethodPost, "/me/pass_thread_control", `{"recipient":{"id":"` + igsid + `"}}`},
		"moderation": {http.MethodPost, "/me/moderate_conversations", `{"user_ids":[{"id":"` + igsid + `"}],"actions":["BLOCK_USER"]}`},
		"talk":       {http.MethodGet, "/me/conversations?user_id=" + igsid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := several()
			g.Account(accountID).Acted(igsid, noon)
			got := call(t, g, by(t, "one", "", test.method, test.path, test.body))
			if c := last(t, g); c.Page != accountID {
				t.Errorf("Page %q, want %q: %s", c.Page, accountID, got.body)
			}
		})
	}
}
