package sendtest_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send/sendtest"
)

// modern is the shape of today's message IDs: m_ and some 86 base64url characters.
var modern = regexp.MustCompile(`^m_[A-Za-z0-9_-]{86}$`)

// TestAnswers compares the bodies of accepted calls with Meta's. Rules S13, S20 and S21 are among them.
func TestAnswers(t *testing.T) {
	const image = `"message":{"attachment":{"type":"image","payload":{"url":"https://cdn.example/a.jpg"%s}}}`
	recipient := func(key string) string { return `{"recipient":{"` + key + `":"x"},` + hi + `}` }
	tests := map[string]struct {
		body string
		want []string // the keys of the answer, in order
	}{
		"text":                      {message(`{"text":"Hi"}`), []string{"recipient_id", "message_id"}},
		"S13: no messaging type":    {to(hi), []string{"recipient_id", "message_id"}},
		"media":                     {to(fmt.Sprintf(image, "")), []string{"recipient_id", "message_id"}},
		"reusable":                  {to(fmt.Sprintf(image, `,"is_reusable":true`)), []string{"recipient_id", "message_id", "attachment_id"}},
		"reusable as a string":      {to(fmt.Sprintf(image, `,"is_reusable":"true"`)), []string{"recipient_id", "message_id", "attachment_id"}},
		"not reusable":              {to(fmt.Sprintf(image, `,"is_reusable":"false"`)), []string{"recipient_id", "message_id"}},
		"S20: user_ref":             {recipient("user_ref"), []string{"message_id"}},
		"S20: phone_number":         {recipient("phone_number"), []string{"message_id"}},
		"comment":                   {recipient("comment_id"), []string{"recipient_id", "message_id"}},
		"post":                      {recipient("post_id"), []string{"recipient_id", "message_id"}},
		"one-time token":            {recipient("one_time_notif_token"), []string{"recipient_id", "message_id"}},
		"notification token":        {recipient("notification_messages_token"), []string{"recipient_id", "message_id"}},
		"S21: typing_on":            {to(`"sender_action":"typing_on"`), []string{"recipient_id"}},
		"S21: TYPING_OFF":           {to(`"sender_action":"TYPING_OFF"`), []string{"recipient_id"}},
		"S21: mark_seen":            {to(`"sender_action":"mark_seen","persona_id":"1"`), []string{"recipient_id"}},
		"S21: react":                {to(`"sender_action":"react","payload":{"message_id":"m_1","reaction":"😊"}`), []string{"recipient_id"}},
		"S21: unreact":              {to(`"sender_action":"unreact","payload":"{\"message_id\":\"m_1\"}"`), []string{"recipient_id"}},
		"unknown top-level key":     {to(hi + `,"colour":"red"`), []string{"recipient_id", "message_id"}},
		"persona, reply, no push":   {to(hi + `,"persona_id":"1","reply_to":{"mid":"m_1"},"notification_type":"NO_PUSH"`), []string{"recipient_id", "message_id"}},
		"phone number with a name":  {`{"recipient":{"phone_number":"+1 (212) 555-2368","name":{"first_name":"A","last_name":"B"}},` + hi + `}`, []string{"message_id"}},
		"attachment type uppercase": {message(`{"attachment":{"type":"IMAGE","payload":{"url":"https://cdn.example/a.jpg"}}}`), []string{"recipient_id", "message_id"}},
	}
	key := regexp.MustCompile(`"(\w+)":`)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			got := post(t, g, test.body)
			var keys []string
			for _, match := range key.FindAllStringSubmatch(got.body, -1) {
				keys = append(keys, match[1])
			}
			if diff := cmp.Diff(test.want, keys); got.status != http.StatusOK || diff != "" {
				t.Fatalf("HTTP %d %s: keys (-want +got)\n%s", got.status, got.body, diff)
			}
			if c := last(t, g); c.Rule != "" || c.MessageID != got.MessageID || c.Conf != "" || c.Status != 200 {
				t.Errorf("call %+v, want mid %q", c, got.MessageID)
			}
			if got.MessageID != "" && !modern.MatchString(got.MessageID) {
				t.Errorf("message_id %q", got.MessageID)
			}
			if strings.Contains(test.body, psid) && got.RecipientID != psid {
				t.Errorf("recipient_id %q, want %q", got.RecipientID, psid)
			}
			if strings.Contains(got.body, "recipient_id") && strings.Trim(got.RecipientID, "0123456789") != "" {
				t.Errorf("recipient_id %q is no numeric string", got.RecipientID)
			}
		})
	}
}

// TestAccepted sends what is allowed just at its limit, and each template that is available.
func TestAccepted(t *testing.T) {
	for name, body := range accepted() {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			if got := post(t, g, body); got.status != http.StatusOK {
				t.Errorf("refused by %s: %s", last(t, g).Rule, got.body)
			}
		})
	}
}

// TestInstagramAccepts sends what an Instagram account can.
func TestInstagramAccepts(t *testing.T) {
	for name, body := range map[string]string{
		"1,000 bytes":   message(`{"text":"` + strings.Repeat("é", 500) + `"}`),
		"heart":         message(`{"attachment":{"type":"like_heart"}}`),
		"post":          message(`{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"1"}}}`),
		"post by ID":    message(`{"attachment":{"type":"MEDIA_SHARE","payload":{"attachment_id":"1"}}}`),
		"phone number":  message(`{"text":"a","quick_replies":[` + quick + `,{"content_type":"user_phone_number"}]}`),
		"comment":       `{"recipient":{"comment_id":"1"},` + hi + `}`,
		"generic":       generic(`[{"title":"Mug","buttons":[` + postback + `]}]`),
		"product":       template(`{"template_type":"product","elements":[{"id":"1"}]}`),
		"notifications": template(`{"template_type":"notification_messages","elements":[{"title":"T","payload":"P"}]}`),
		"react":         to(`"sender_action":"react","payload":{"message_id":"m","reaction":"love"}`),
	} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Instagram: true, Now: atNoon}
			if got := post(t, g, body); got.status != http.StatusOK {
				t.Errorf("refused by %s: %s", last(t, g).Rule, got.body)
			}
		})
	}
}

// TestSavedAttachment sends an image again by the ID that its first send was answered with, up to 90 days later.
func TestSavedAttachment(t *testing.T) {
	now := noon
	g := &sendtest.Graph{Now: func() time.Time { return now }}
	saved := post(t, g, message(`{"attachment":{"type":"image","payload":{"url":"https://cdn.example/a.jpg","is_reusable":true}}}`))
	byID := func(kind string) reply {
		return post(t, g, message(`{"attachment":{"type":"`+kind+`","payload":{"attachment_id":"`+saved.AttachmentID+`"}}}`))
	}
	now = noon.Add(90 * day)
	if got := byID("image"); got.status != http.StatusOK || got.AttachmentID != "" {
		t.Errorf("image: %s", got.body)
	}
	if got := byID("audio"); got.Error.Subcode != 2018047 {
		t.Errorf("as audio: %s", got.body)
	}
	got := post(t, g, template(`{"template_type":"media","elements":[{"media_type":"image","attachment_id":"`+saved.AttachmentID+`"}]}`))
	if got.status != http.StatusOK {
		t.Errorf("media template: %s", got.body)
	}
}

func TestKnownAttachmentAndProduct(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.AddAttachment("5", "")
	g.AddProduct("6")
	for _, body := range []string{
		message(`{"attachment":{"type":"video","payload":{"attachment_id":5}}}`),
		template(`{"template_type":"product","elements":[{"id":"6"}]}`),
	} {
		if got := post(t, g, body); got.status != http.StatusOK {
			t.Errorf("%s: %s", body, got.body)
		}
	}
}

func TestMessageIDs(t *testing.T) {
	seen := map[string]bool{}
	var first []string
	for range 2 {
		g := &sendtest.Graph{Now: atNoon}
		var ids []string
		for range 100 {
			ids = append(ids, post(t, g, to(hi)).MessageID)
		}
		for _, id := range ids {
			seen[id] = true
		}
		if first != nil && !cmp.Equal(first, ids) {
			t.Error("another Graph gave other IDs for the same calls")
		}
		first = ids
	}
	if len(seen) != 100 {
		t.Errorf("%d different IDs for 100 messages", len(seen))
	}
}

func TestHeaders(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	for path, version := range map[string]string{"/v21.0/me/messages": "v21.0", "/me/messages": "v25.0"} {
		got := call(t, g, request(t, http.MethodPost, path, "application/json", to(hi)))
		if v := got.header.Get("Facebook-Api-Version"); v != version {
			t.Errorf("%s: facebook-api-version %q, want %q", path, v, version)
		}
		if got.header.Get("X-Fb-Trace-Id") == "" {
			t.Errorf("%s: no x-fb-trace-id", path)
		}
		if kind := got.header.Get("Content-Type"); kind != "application/json; charset=UTF-8" {
			t.Errorf("%s: Content-Type %q", path, kind)
		}
	}
}

// TestAllow: only POST is allowed on /messages.
func TestAllow(t *testing.T) {
	got := call(t, new(sendtest.Graph), request(t, http.MethodGet, "/me/messages", "", ""))
	if allow := got.header.Get("Allow"); allow != http.MethodPost {
		t.Errorf("Allow %q", allow)
	}
	if got := post(t, new(sendtest.Graph), `{}`); got.header.Get("Allow") != "" {
		t.Error("Allow on an answer to POST")
	}
}

// TestPage asks who the token belongs to.
func TestPage(t *testing.T) {
	for name, test := range map[string]struct {
		graph      *sendtest.Graph
		path, want string
	}{
		"me":            {&sendtest.Graph{PageID: "77"}, "/v25.0/me?fields=id", `{"id":"77"}`},
		"me by default": {new(sendtest.Graph), "/me?fields=id", `{"id":"` + sendtest.DefaultPage + `"}`},
		"spaces, modifiers": {
			&sendtest.Graph{PageID: "77"}, "/v25.0/77?fields=id,%20name.limit(1)", `{"id":"77","name":"Page 77"}`,
		},
		"by ID": {&sendtest.Graph{PageID: "77"}, "/v25.0/77?fields=id,name", `{"id":"77","name":"Page 77"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := call(t, test.graph, request(t, http.MethodGet, test.path, "", ""))
			if got.status != http.StatusOK || got.body != test.want {
				t.Errorf("HTTP %d %s, want %s", got.status, got.body, test.want)
			}
		})
	}
}
