package sendtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send/sendtest"
)

const (
	page     = sendtest.DefaultPage
	noonText = "1795262400000" // noon in milliseconds
)

// followed sends a call and returns the webhook bodies that follow it.
func followed(t *testing.T, g *sendtest.Graph, body string) (events []string, mid string) {
	t.Helper()
	g.Now = atNoon
	g.OnEvent = func(body []byte) { events = append(events, string(body)) }
	mid = post(t, g, body).MessageID
	return events, mid
}

// webhook returns a body with one event of a Page.
func webhook(object, page, from, to, event string) string {
	return `{"entry":[{"id":"` + page + `","messaging":[{` + event + `,"recipient":{"id":"` + to + `"},"sender":{"id":"` +
		from + `"},"timestamp":` + noonText + `}],"time":` + noonText + `}],"object":"` + object + `"}`
}

// TestEventsAfterSend: the echo of a message and then its delivery, as Meta's pages print them.
func TestEventsAfterSend(t *testing.T) {
	g := &sendtest.Graph{AppID: "1517770000000009"}
	events, mid := followed(t, g, message(`{"text":"\u00e4 👋 a/b <&>\u007f\u0080\uffff\ud800\udc00","metadata":"order-42"}`))
	want := []string{
		webhook("page", page, page, psid, `"message":{"app_id":1517770000000009,"is_echo":true,"metadata":"order-42","mid":"`+
			mid+`","text":"\u00e4 \ud83d\udc4b a\/b <&>`+"\x7f"+`\u0080\uffff\ud800\udc00"}`),
		webhook("page", page, psid, page, `"delivery":{"mids":["`+mid+`"],"watermark":`+noonText+`}`),
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestEchoes: what an echo says of each kind of message.
func TestEchoes(t *testing.T) {
	media := func(kind, payload string) string {
		return message(`{"attachment":{"type":"` + kind + `","payload":` + payload + `}}`)
	}
	const element = `{"buttons":[{"payload":"Y","title":"Yes","type":"postback"}],"title":"Mug"}`
	for name, test := range map[string]struct{ body, want string }{
		"no metadata":                {to(hi), `"text":"Hi"`},
		"image":                      {media("IMAGE", `{"url":"https://cdn.example/a.jpg","is_reusable":true}`), `"attachments":[{"payload":{"url":"https:\/\/cdn.example\/a.jpg"},"type":"image"}]`},
		"saved image":                {media("image", `{"attachment_id":"5"}`), `"attachments":[{"payload":{"url":"https:\/\/scontent.example\/5"},"type":"image"}]`},
		"several":                    {message(`{"attachments":[{"type":"image","payload":{"url":"https://cdn.example/a"}},{"type":"image","payload":{"url":"https://cdn.example/b"}}]}`), `"attachments":[{"payload":{"url":"https:\/\/cdn.example\/a"},"type":"image"},{"payload":{"url":"https:\/\/cdn.example\/b"},"type":"image"}]`},
		"sticker":                    {message(`{"sticker_id":"369239263222822"}`), `"attachments":[{"payload":{"sticker_id":369239263222822,"url":"https:\/\/scontent.example\/369239263222822"},"type":"sticker"}]`},
		"template":                   {generic(`[` + element + `]`), `"attachments":[{"payload":{"elements":[` + element + `],"template_type":"generic"},"type":"template"}]`},
		"template, payload a string": {media("template", `"{'template_type':'generic','elements':[`+strings.ReplaceAll(element, `"`, `'`)+`]}"`), `"attachments":[{"payload":{"elements":[` + element + `],"template_type":"generic"},"type":"template"}]`},
		"media template":             {template(`{"template_type":"media","elements":[{"media_type":"image","attachment_id":"5"}]}`), `"attachments":[{"payload":{"elements":[{"attachment_id":5,"media_type":"image"}],"template_type":"media"},"title":"","type":"template","url":"https:\/\/www.facebook.com\/commerce\/update\/"}]`},
		"dynamic text":               {message(`{"dynamic_text":{"text":"Hi, {{first_name}}!","fallback_text":"Hi"}}`), `"text":"Hi, {{first_name}}!"`},
		"reply":                      {to(hi + `,"reply_to":{"mid":"m_1"}`), `"reply_to":{"is_self_reply":false,"mid":"m_1"},"text":"Hi"`},
	} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Subscribed: []string{"message_echoes"}}
			g.AddAttachment("5", "image")
			events, mid := followed(t, g, test.body)
			said := `"app_id":1517770000000001,"is_echo":true,"mid":"` + mid + `"`
			want := webhook("page", page, page, psid, `"message":{`+said+`,`+test.want+`}`)
			if before, ok := strings.CutPrefix(test.want, `"attachments"`); ok {
				want = webhook("page", page, page, psid, `"message":{"app_id":1517770000000001,"attachments"`+before+
					`,"is_echo":true,"mid":"`+mid+`"}`)
			}
			if diff := cmp.Diff([]string{want}, events); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestEchoOfOwn: a saved image comes back under the address that it came from, a reply to the Page's own message says
// so, and an uploaded file has some address.
func TestEchoOfOwn(t *testing.T) {
	g := &sendtest.Graph{Subscribed: []string{"message_echoes"}}
	saveImage(t, g)
	id := decode(t, string(last(t, g).Answer)).(map[string]any)["attachment_id"].(string)
	events, _ := followed(t, g, message(`{"attachment":{"type":"image","payload":{"attachment_id":"`+id+`"}}}`))
	if len(events) != 1 || !strings.Contains(events[0], `"url":"https:\/\/cdn.example\/a.jpg"`) {
		t.Errorf("saved: %s", events)
	}
	events, _ = followed(t, g, to(hi+`,"reply_to":{"mid":"`+last(t, g).MessageID+`"}`))
	if len(events) != 1 || !strings.Contains(events[0], `"is_self_reply":true`) {
		t.Errorf("reply: %s", events)
	}
	events = nil
	g.OnEvent = func(body []byte) { events = append(events, string(body)) }
	call(t, g, upload("image", "image/png", 1)(t))
	if len(events) != 1 || !strings.Contains(events[0], `"url":"https:\/\/scontent.example\/m_`) {
		t.Errorf("file: %s", events)
	}
}

// TestNothingFollows: what has no echo, and what was refused.
func TestNothingFollows(t *testing.T) {
	for name, body := range map[string]string{
		"action":       to(`"sender_action":"typing_on"`),
		"react":        to(`"sender_action":"react","payload":{"message_id":"m","reaction":"love"}`),
		"user_ref":     `{"recipient":{"user_ref":"r"},` + hi + `}`,
		"phone_number": `{"recipient":{"phone_number":"+1"},` + hi + `}`,
		"refused":      `{}`,
	} {
		if events, _ := followed(t, new(sendtest.Graph), body); events != nil {
			t.Errorf("%s: %s", name, events)
		}
	}
	g := new(sendtest.Graph)
	g.FailNext(2, 0)
	if events, _ := followed(t, g, to(hi)); events != nil {
		t.Errorf("failed: %s", events)
	}
	g.FailWith(sendtest.Failure{Code: 2, Accept: true})
	if events, _ := followed(t, g, to(hi)); len(events) != 2 {
		t.Errorf("failed, but sent: %s", events)
	}
	if events, _ := followed(t, new(sendtest.Graph), `{"recipient":{"comment_id":"c"},`+hi+`}`); len(events) != 2 {
		t.Errorf("comment: %s", events)
	}
}

// TestSubscribed: only what the Page is subscribed to arrives.
func TestSubscribed(t *testing.T) {
	for _, test := range []struct {
		instagram bool
		fields    []string
		want      string
	}{
		{false, nil, "echo delivery read"},
		{false, []string{}, ""},
		{false, []string{"messages", "message_echoes"}, "echo"},
		{false, []string{"message_deliveries"}, "delivery"},
		{false, []string{"message_reads"}, "read"},
		{true, nil, "echo read"},
		{true, []string{"messages"}, "echo"},
		{true, []string{"messaging_seen", "message_deliveries"}, "read"},
	} {
		var kinds []string
		g := &sendtest.Graph{Instagram: test.instagram, Subscribed: test.fields, Now: atNoon}
		g.OnEvent = func(body []byte) {
			for word, kind := range map[string]string{`"is_echo"`: "echo", `"delivery"`: "delivery", `"read"`: "read"} {
				if strings.Contains(string(body), word) {
					kinds = append(kinds, kind)
				}
			}
		}
		post(t, g, to(hi))
		g.Read(psid)
		if got := strings.Join(kinds, " "); got != test.want {
			t.Errorf("Instagram %t, %v: %q, want %q", test.instagram, test.fields, got, test.want)
		}
	}
}

// TestRead: a read of Messenger has a watermark, one of Instagram the mid of the newest message to the person.
func TestRead(t *testing.T) {
	var events []string
	g := &sendtest.Graph{PageID: "77", Now: atNoon, Subscribed: []string{"message_reads", "messaging_seen"}}
	g.OnEvent = func(body []byte) { events = append(events, string(body)) }
	g.Read(psid)
	want := webhook("page", "77", psid, "77", `"read":{"watermark":`+noonText+`}`)
	if diff := cmp.Diff([]string{want}, events); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	events, g.Instagram = nil, true
	g.Read(psid)
	if events != nil {
		t.Errorf("nothing was sent to read: %s", events)
	}
	post(t, g, to(hi))
	mid := call(t, g, request(t, http.MethodPost, "/77/messages", "application/json", to(hi))).MessageID
	post(t, g, `{"recipient":{"id":"5"},`+hi+`}`)
	post(t, g, to(`"sender_action":"typing_on"`))
	g.Read(psid)
	want = webhook("instagram", "77", psid, "77", `"read":{"mid":"`+mid+`"}`)
	if diff := cmp.Diff([]string{want}, events); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	events = nil
	private := post(t, g, `{"recipient":{"comment_id":"c"},`+hi+`}`)
	g.Read(private.RecipientID)
	want = webhook("instagram", "77", private.RecipientID, "77", `"read":{"mid":"`+private.MessageID+`"}`)
	if diff := cmp.Diff([]string{want}, events); diff != "" {
		t.Errorf("private reply (-want +got)\n%s", diff)
	}
}

// TestEchoOnInstagram: neither app_id nor metadata, a mid of Instagram's form, and the account's own kinds of
// attachments.
func TestEchoOnInstagram(t *testing.T) {
	for body, want := range map[string]string{
		message(`{"text":"Hi","metadata":"m"}`):                                            `{"is_echo":true,"mid":"%s","text":"Hi"}`,
		message(`{"attachment":{"type":"like_heart"}}`):                                    `{"attachments":[{"type":"like_heart"}],"is_echo":true,"mid":"%s"}`,
		message(`{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"180"}}}`):            `{"attachments":[{"payload":{"id":180},"type":"ig_post"}],"is_echo":true,"mid":"%s"}`,
		message(`{"attachment":{"type":"MEDIA_SHARE","payload":{"attachment_id":"181"}}}`): `{"attachments":[{"payload":{"id":181},"type":"ig_post"}],"is_echo":true,"mid":"%s"}`,
	} {
		events, mid := followed(t, &sendtest.Graph{Instagram: true}, body)
		if !strings.HasPrefix(mid, "aWdf") {
			t.Errorf("mid %q", mid)
		}
		said := webhook("instagram", page, page, psid, `"message":`+fmt.Sprintf(want, mid))
		if diff := cmp.Diff([]string{said}, events); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// TestEventsAfterCall: OnEvent runs after OnCall of the call that it follows, without a lock.
func TestEventsAfterCall(t *testing.T) {
	var g *sendtest.Graph
	var order []string
	g = &sendtest.Graph{
		Now: atNoon,
		OnCall: func(c sendtest.Call) {
			order = append(order, fmt.Sprint("call ", c.N))
			if c.N == 1 {
				silently(t, g, to(hi))
			}
		},
		OnEvent: func([]byte) {
			order = append(order, fmt.Sprint("event, ", len(g.Calls())))
			if len(order) < 6 {
				g.Acted(psid, noon)
			}
		},
	}
	silently(t, g, to(hi))
	want := []string{"call 1", "event, 2", "event, 2", "call 2", "event, 2", "event, 2"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestSign compares with published vectors: keys app_secret_for_tests and sesame.
func TestSign(t *testing.T) {
	const body = `{"object":"page","entry":[{"id":"1","time":1700000000000,"messaging":[{"sender":{"id":"2"},"recipient":` +
		`{"id":"1"},"timestamp":1699999999990,"message":{"mid":"m_x","text":"\u00e4\u00f6\u00e5 \ud83d\udc4b a\/b"}}]}]}`
	for _, vector := range []struct{ secret, body, want string }{
		{"sesame", "hello world", "sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17"},
		{"app_secret_for_tests", body, "sha256=267d54adfc8fec1844a2646324d6cbb0a983c8fcdf7dc68f373fef59e6ece258"},
	} {
		if got := sendtest.Sign(vector.secret, []byte(vector.body)).Get("X-Hub-Signature-256"); got != vector.want {
			t.Errorf("%s: %s", vector.secret, got)
		}
	}
	// RFC 2202, test case 2.
	header := sendtest.Sign("Jefe", []byte("what do ya want for nothing?"))
	if got := header.Get("X-Hub-Signature"); got != "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" {
		t.Errorf("%s", got)
	}
	if got := header.Get("Content-Type"); got != "application/json" {
		t.Errorf("%s", got)
	}
}
