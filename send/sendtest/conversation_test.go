package sendtest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// TestConversations: what people have said and what was sent to them, newest conversation first.
func TestConversations(t *testing.T) {
	g := &sendtest.Graph{PageID: sendtest.DefaultPage, RefuseStrangers: true}
	now, _ := clocked(g)
	said := g.Say(psid, "hello", noon.Add(-time.Minute))
	g.Say("8", "is anybody there?", noon.Add(-time.Hour))
	*now = noon.Add(time.Second)
	sent := post(t, g, to(`"message":{"text":"Hi"},"reply_to":{"mid":"`+said+`"}`)).MessageID

	got := itemsOf(t, g, conversationsPath+"?platform=messenger", "updated_time")
	if !slices.Equal(got, []any{"2026-11-21T12:00:01+0000", "2026-11-21T11:00:00+0000"}) {
		t.Errorf("conversations of %v", got)
	}
	ids := itemsOf(t, g, conversationsPath+"?user_id="+psid, "id")
	if len(ids) != 1 || !strings.HasPrefix(ids[0].(string), "t_") {
		t.Fatalf("conversations %v", ids)
	}
	for _, none := range []string{"?user_id=9", "?folder=spam"} {
		if got := itemsOf(t, g, conversationsPath+none, "id"); len(got) != 0 {
			t.Errorf("%s: %v", none, got)
		}
	}
	if got := itemsOf(t, g, conversationsPath+"?folder=INBOX", "id"); len(got) != 2 {
		t.Errorf("inbox: %v", got)
	}
	fields := "messages.limit(1){id,from,to,message,reply_to},message_count,snippet,can_reply,participants"
	want := fmt.Sprintf(`{"can_reply":true,"id":%q,"message_count":2,"messages":{"data":[{"from":{"id":%[2]q},"id":%q,`+
		`"message":"Hi","reply_to":{"mid":%q},"to":{"data":[{"id":%q}]}}],"paging"`,
		ids[0], sendtest.DefaultPage, sent, said, psid)
	path := "/" + ids[0].(string)
	read := does(t, g, http.MethodGet, path+"?fields="+fields, "").body
	if !strings.HasPrefix(read, want) ||
		!strings.HasSuffix(read, `"participants":{"data":[{"id":"`+psid+`"},{"id":"`+sendtest.DefaultPage+`"}]},"snippet":"Hi"}`) {
		t.Errorf("got  %s\nwant %s", read, want)
	}
	if got := itemsOf(t, g, path+"/messages?limit=1&fields=id", "id"); !slices.Equal(got, []any{sent, said}) {
		t.Errorf("messages %v", got)
	}
	if got := does(t, g, http.MethodGet, path, "").body; got != fmt.Sprintf(`{"id":%q,"updated_time":"2026-11-21T12:00:01+0000"}`, ids[0]) {
		t.Errorf("got %s", got)
	}
}

// TestMessages: one message, with what was asked for.
func TestMessages(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	said := g.Say(psid, "hello", noon.Add(-time.Minute))
	fields := "?fields=created_time,from,to,message"
	want := `{"created_time":"2026-11-21T11:59:00+0000","from":{"id":"` + psid + `"},"id":"` + said +
		`","message":"hello","to":{"data":[{"id":"` + sendtest.DefaultPage + `"}]}}`
	if got := does(t, g, http.MethodGet, "/"+said+fields, ""); got.body != want || last(t, g).Recipient != psid {
		t.Errorf("got %s", got.body)
	}
	for kind, want := range map[string]string{
		"image": `{"image_data":{"url":"https://cdn.example/a"},"mime_type":"image/jpeg"}`,
		"video": `{"mime_type":"video/mp4","video_data":{"url":"https://cdn.example/a"}}`,
		"file":  `{"file_url":"https://cdn.example/a","mime_type":"application/octet-stream"}`,
	} {
		sent := post(t, g, message(`{"attachment":{"type":"`+kind+`","payload":{"url":"https://cdn.example/a"}}}`)).MessageID
		got := does(t, g, http.MethodGet, "/"+sent+"?fields=attachments", "").body
		if got != `{"attachments":{"data":[`+want+`]},"id":"`+sent+`"}` {
			t.Errorf("%s: %s", kind, got)
		}
	}
	for _, unknown := range []string{"/m_nobody", "/t_nobody", "/aWdfnobody"} {
		call(t, g, request(t, http.MethodGet, unknown, "", ""))
		if rule := last(t, g).Rule; rule != "T05" {
			t.Errorf("%s: rule %q", unknown, rule)
		}
	}
}

// TestOldMessages: of a conversation the newest 20 are shown; older ones are listed by ID and time.
func TestOldMessages(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	mids := sayMany(g, 150)
	id := itemsOf(t, g, conversationsPath, "id")[0].(string)
	texts := itemsOf(t, g, "/"+id+"/messages?fields=message", "message")
	if len(texts) != 100 || texts[19] != "hello" || texts[20] != nil {
		t.Errorf("%d, the 20th %v, the 21st %v", len(texts), texts[19], texts[20])
	}
	does(t, g, http.MethodGet, "/"+mids[130], "")
	call(t, g, request(t, http.MethodGet, "/"+mids[129], "", ""))
	if rule := last(t, g).Rule; rule != "E15" {
		t.Errorf("the 21st: rule %q", rule)
	}
	nested := decodedBody[struct{ Messages pageOfList }](t, does(t, g, http.MethodGet, "/"+id+"?fields=messages", "")).Messages
	if len(nested.Data) != 25 || nested.Paging.Next == "" || nested.Data[0]["id"] != mids[149] {
		t.Errorf("%d messages, next %q", len(nested.Data), nested.Paging.Next)
	}
}

// TestSayOpensTheWindow: what is said counts as an act, may be replied to, and stands where its time says.
func TestSayOpensTheWindow(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, RefuseStrangers: true}
	g.Change(func(s *sendtest.State) { s.Mids = map[string]string{} })
	late := g.Say(psid, "late", noon)
	early := g.Say(psid, "early", noon.Add(-2*day))
	silently(t, g, to(hi+`,"reply_to":{"mid":"`+late+`"}`))
	id := itemsOf(t, g, conversationsPath, "id")[0].(string)
	mids := itemsOf(t, g, "/"+id+"/messages", "id")
	if mids[0] == late || mids[1] != late || mids[2] != early {
		t.Errorf("got %v", mids)
	}
	ig := &sendtest.Graph{Now: atNoon, Instagram: true}
	if mid := ig.Say(psid, "hello", noon); !strings.HasPrefix(mid, "aWdf") {
		t.Errorf("mid %s", mid)
	}
	if got := itemsOf(t, ig, conversationsPath+"?platform=instagram", "id"); len(got) != 1 {
		t.Errorf("Instagram: %v", got)
	}
}

// TestConversationsOfAnAccount: those of a linked Instagram account are asked for by the platform, and read by
// their IDs.
func TestConversationsOfAnAccount(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, Pages: []sendtest.Page{{ID: "1", Token: "token", Instagram: []string{accountID}}}}
	mid := g.Account(accountID).Say("9", "hello", noon)
	if got := itemsOf(t, g, conversationsPath, "id"); len(got) != 0 {
		t.Errorf("of the Page: %v", got)
	}
	id := itemsOf(t, g, conversationsPath+"?platform=instagram", "id")[0].(string)
	does(t, g, http.MethodGet, "/"+id+"?fields=messages", "")
	if does(t, g, http.MethodGet, "/"+mid, ""); last(t, g).Page != accountID {
		t.Errorf("Call.Page is %s", last(t, g).Page)
	}
}

// TestConversationLimit: two calls a second, again after it.
func TestConversationLimit(t *testing.T) {
	g := &sendtest.Graph{Limits: true}
	now, _ := clocked(g)
	mid := g.Say(psid, "hello", noon)
	does(t, g, http.MethodGet, "/"+mid, "")
	does(t, g, http.MethodGet, conversationsPath, "")
	call(t, g, request(t, http.MethodGet, "/"+mid, "", ""))
	if rule := last(t, g).Rule; rule != "E28" {
		t.Errorf("third call: rule %q", rule)
	}
	*now = noon.Add(time.Second)
	does(t, g, http.MethodGet, "/"+mid, "")
}
