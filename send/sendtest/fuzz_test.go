package sendtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parleybot/parley/send/sendtest"
)

// FuzzParseRelaxed: it never panics; what is JSON means the same; what it returns can be written as JSON.
func FuzzParseRelaxed(f *testing.F) {
	for _, seed := range []string{
		`{'id':'7100'}`, `{id:7100}`, `{"a":[1,2.5e3,"\u00e9"]}`, `{'a':'\ud83d\ude00'`, `[[[`, `{a:true,}`, "'\xff'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := sendtest.ParseRelaxed(text)
		if json.Valid([]byte(text)) && (err != nil || !reflect.DeepEqual(got, decode(t, text))) {
			t.Fatalf("%q is JSON, got %v, %v", text, got, err)
		}
		if err != nil {
			return
		}
		written, err := json.Marshal(got)
		if err != nil {
			t.Fatalf("%q gave %v: %v", text, got, err)
		}
		again, err := sendtest.ParseRelaxed(string(written))
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%q gave %v, which read again gave %v, %v", text, got, again, err)
		}
	})
}

// FuzzServeHTTP: whatever is sent, the answer is JSON of Meta's shape, and the same as that to the same call; what
// follows is ASCII and JSON.
func FuzzServeHTTP(f *testing.F) {
	f.Add("POST", "/v25.0/me/messages?access_token=t", "application/json", message(`{"text":"Hi"}`))
	f.Add("POST", "/me/messages", "application/json", buttons(times(4, postback)))
	f.Add("POST", "/me/messages", "application/json", template(receiptPayload))
	f.Add("POST", "/me/messages", "application/json", template(gridPayload))
	f.Add("POST", "/me/messages", "application/json", feedback)
	f.Add("POST", "/1/messages", formType, "recipient={'id':'1'}&message={text:hi}")
	f.Add("POST", "/1/messages", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=recipient\r\n\r\n{}\r\n--x--")
	f.Add("POST", "/?access_token=t", formType, "batch=[{'method':'POST','relative_url':'me/messages','body':'recipient={id:1}'}]")
	f.Add("POST", "/me/messages", "application/json", message(`{"sticker_id":"007"}`))
	f.Add("GET", "/me?fields=id", "", "")
	for _, body := range []string{
		menuOf("[" + menuItem + "]"), `{"ice_breakers":[{"call_to_actions":[{"question":"a","payload":"b"}],"locale":"default"}]}`,
		`{"commands":[{"locale":"default","commands":[{"name":"a","description":"b"}]}],"whitelisted_domains":["https://a.example"]}`,
	} {
		f.Add("POST", "/me/messenger_profile", "application/json", body)
	}
	f.Add("POST", "/me/message_templates", "application/json", `{"name":"a","language":"en","category":"UTILITY",`+
		`"components":[{"type":"BODY","text":"a {{1}} b"},{"type":"BUTTONS","buttons":[{"type":"URL","text":"a","url":"b{{1}}"}]}]}`)
	f.Add("POST", "/me/moderate_conversations", "application/json", `{"user_ids":[{"id":"1"}],"actions":["BLOCK_USER"]}`)
	f.Add("POST", "/me/extend_thread_control", "application/json", `{"recipient":{"id":"1"},"duration":60}`)
	f.Add("POST", "/1/subscriptions", formType, "object=page&callback_url=https://a.example&verify_token=v&fields=messages,standby")
	f.Add("GET", "/me/custom_labels?limit=1&after=MQ&fields=a.limit(2){b,c}", "", "")
	f.Add("GET", "/me/thread_owner?recipient=1", "", "")
	f.Add("PUT", "//", "text/plain", "\xff")
	f.Add("", "0", "", "") // an empty method means GET
	f.Fuzz(func(t *testing.T, method, target, contentType, body string) {
		address, err := url.Parse(target)
		if err != nil {
			return
		}
		var answers [2]string
		for i := range answers {
			g := &sendtest.Graph{Now: atNoon, Strict: true, OnEvent: func(body []byte) {
				var event struct{ Object string }
				if err := json.Unmarshal(body, &event); err != nil || event.Object != "page" {
					t.Errorf("event %s: %v", body, err)
				}
				if i := strings.IndexFunc(string(body), func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
					t.Errorf("event %q is not ASCII", body)
				}
			}}
			r := &http.Request{
				Method: method, URL: address, Body: io.NopCloser(strings.NewReader(body)),
				Header: http.Header{"Content-Type": {contentType}, "Authorization": {"Bearer t"}},
			}
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			answers[i] = w.Body.String()
			if json.Valid(w.Body.Bytes()) && answers[i][0] == '[' {
				continue // a batch, each of whose calls is as any other
			}
			var got reply
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%s: %q", err, w.Body)
			}
			if (w.Code == http.StatusOK) == (got.Error.Code != 0) {
				t.Fatalf("HTTP %d %s", w.Code, w.Body)
			}
			if c := last(t, g); !json.Valid(c.Params) || !json.Valid(c.Answer) || (c.Rule == "") != (w.Code == 200) {
				t.Fatalf("call %+v", c)
			}
		}
		if answers[0] != answers[1] {
			t.Fatalf("two answers to one call:\n%s\n%s", answers[0], answers[1])
		}
	})
}
