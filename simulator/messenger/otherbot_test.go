package messenger_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// otherBot is a bot that is not ours: net/http alone, and Meta's older way of calling, form fields that
// hold JSON and the token in the query.
type otherBot struct {
	t              *testing.T
	server         *httptest.Server
	graph, token   string
	secret, verify string
	seen           chan string // what it heard, "kind: text or payload"
}

func newOtherBot(t *testing.T) *otherBot {
	t.Helper()
	b := &otherBot{t: t, seen: make(chan string, 100), secret: "its app secret", verify: "its verify token"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /webhook", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("hub.verify_token") != b.verify {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	})
	mux.HandleFunc("POST /webhook", b.receive)
	for name, shade := range map[string]color.RGBA{"/blue.png": {72, 118, 190, 255}, "/green.png": {86, 150, 92, 255}} {
		mux.HandleFunc("GET "+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_ = png.Encode(w, picture(shade))
		})
	}
	b.server = httptest.NewServer(mux)
	t.Cleanup(b.server.Close)
	return b
}

// heard waits for what the bot hears next.
func (b *otherBot) heard() string {
	b.t.Helper()
	select {
	case what := <-b.seen:
		return what
	case <-time.After(patience):
		b.t.Fatal("the bot heard nothing more")
		return ""
	}
}

// picture is a gradient of the size that cards have.
func picture(shade color.RGBA) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 382, 200))
	for x := range 382 {
		for y := range 200 {
			img.Set(x, y, color.RGBA{shade.R + uint8(x/8), shade.G + uint8(y/8), shade.B, 255})
		}
	}
	return img
}

func (b *otherBot) receive(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	sum := hmac.New(sha256.New, []byte(b.secret))
	sum.Write(body)
	if r.Header.Get("X-Hub-Signature-256") != "sha256="+hex.EncodeToString(sum.Sum(nil)) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var batch struct {
		Entry []struct {
			Messaging []struct {
				Sender  struct{ ID string }
				Message *struct {
					Echo       bool `json:"is_echo"`
					MID, Text  string
					QuickReply *struct{ Payload string } `json:"quick_reply"`
				}
				Postback *struct{ Title, Payload string }
			}
		}
	}
	if err := json.Unmarshal(body, &batch); err != nil {
		b.t.Errorf("the bot got %s: %v", body, err)
	}
	for _, entry := range batch.Entry {
		for _, item := range entry.Messaging {
			switch {
			case item.Postback != nil:
				b.seen <- "postback: " + item.Postback.Payload
				b.text(item.Sender.ID, "You tapped "+item.Postback.Title)
			case item.Message == nil || item.Message.Echo:
			case item.Message.QuickReply != nil:
				b.seen <- "quick reply: " + item.Message.QuickReply.Payload
				b.text(item.Sender.ID, "Noted: "+item.Message.Text)
			default:
				b.seen <- "message: " + item.Message.Text
				b.answer(w, item.Sender.ID, item.Message.MID, item.Message.Text)
			}
		}
	}
}

const attack = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`

// answer is what the bot says to a text.
func (b *otherBot) answer(w http.ResponseWriter, psid, mid, text string) {
	at := b.server.URL
	switch text {
	case "colours":
		b.send(psid, `{"text":"Which colour?","quick_replies":[
			{"content_type":"text","title":"Blue","payload":"C:BLUE","image_url":"`+at+`/blue.png"},
			{"content_type":"text","title":"Green","payload":"C:GREEN"},{"content_type":"user_email"}]}`)
	case "mugs":
		b.send(psid, `{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[
			{"title":"Blue mug","subtitle":"350 ml, stoneware","image_url":"`+at+`/blue.png",
				"default_action":{"type":"web_url","url":"https://shop.example/blue"},
				"buttons":[{"type":"postback","title":"Buy","payload":"BUY:1"},
					{"type":"web_url","title":"Look","url":"https://shop.example/blue"}]},
			{"title":"Green mug","subtitle":"250 ml","image_url":"`+at+`/green.png",
				"buttons":[{"type":"postback","title":"Buy","payload":"BUY:2"},
					{"type":"phone_number","title":"Call","payload":"+16505551234"}]},
			{"title":"A card with words only","subtitle":"No picture here",
				"buttons":[{"type":"postback","title":"Buy","payload":"BUY:3"}]}]}}}`)
	case "help":
		b.send(psid, `{"attachment":{"type":"template","payload":{"template_type":"button",
			"text":"What can I do for you? You can also just write.","buttons":[
			{"type":"postback","title":"Track order","payload":"TRACK"},
			{"type":"web_url","title":"Website","url":"https://shop.example/"}]}}}`)
	case "media":
		b.send(psid, `{"attachment":{"type":"image","payload":{"url":"`+at+`/green.png"}}}`)
		b.send(psid, `{"attachment":{"type":"file","payload":{"url":"https://shop.example/price%20list.pdf"}}}`)
	case "no pictures":
		for range 2 {
			b.send(psid, `{"attachment":{"type":"image","payload":{"url":"https://pictures.invalid/none.png"}}}`)
		}
	case "typing":
		b.act(psid, "mark_seen", "")
		b.act(psid, "react", `{"message_id":"`+mid+`","reaction":"❤"}`)
		b.act(psid, "typing_on", "")
	case "stop typing":
		b.act(psid, "typing_off", "")
	case "too long":
		b.send(psid, `{"text":"`+strings.Repeat("x", 2001)+`"}`)
	case "attack":
		b.text(psid, attack)
		b.send(psid, `{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[
			{"title":`+quoted(attack)+`,"subtitle":`+quoted(attack)+`,
				"buttons":[{"type":"postback","title":`+quoted(attack)+`,"payload":`+quoted(attack)+`}]}]}},
			"quick_replies":[{"content_type":"text","title":`+quoted(attack)+`,"payload":"x"}]}`)
	case "fail":
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, attack)
	default:
		b.text(psid, "echo: "+text)
	}
}

func (b *otherBot) text(psid, text string) { b.send(psid, `{"text":`+quoted(text)+`}`) }

func (b *otherBot) send(psid, message string) {
	b.call(url.Values{"recipient": {`{"id":"` + psid + `"}`}, "message": {message}, "messaging_type": {"RESPONSE"}})
}

func (b *otherBot) act(psid, action, payload string) {
	form := url.Values{"recipient": {`{"id":"` + psid + `"}`}, "sender_action": {action}}
	if payload != "" {
		form.Set("payload", payload)
	}
	b.call(form)
}

func (b *otherBot) call(form url.Values) {
	target := b.graph + "/v25.0/me/messages?access_token=" + url.QueryEscape(b.token)
	// A test may end, and the simulator with it, while the bot still answers.
	ctx := context.WithoutCancel(b.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Error(err)
		return
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		b.t.Log(err)
		return
	}
	_ = res.Body.Close()
}

func quoted(s string) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return strings.TrimSpace(out.String())
}
