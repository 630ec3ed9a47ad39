package messenger_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/simulator/messenger"
)

// startOther runs a simulator for a bot that is not ours and tells the bot what it has to know.
func startOther(t *testing.T) (*running, *otherBot) {
	t.Helper()
	bot := newOtherBot(t)
	r := start(t, messenger.Config{
		Webhook: bot.server.URL + "/webhook", AppSecret: bot.secret, VerifyToken: bot.verify,
	})
	bot.graph, bot.token = r.setting("GRAPH_URL"), r.setting("PAGE_ACCESS_TOKEN")
	r.ready()
	return r, bot
}

// sent waits for the nth message of the bot and returns its mid.
func (r *running) sent(n int) string {
	r.t.Helper()
	count := 0
	return r.follow(func(f frame) bool {
		if f.Entry != nil && f.Entry.Call != nil && f.Entry.Call.MID != "" {
			count++
		}
		return count == n
	}).Entry.Call.MID
}

func TestTaps(t *testing.T) {
	r, bot := startOther(t)
	r.say("colours")
	r.say("mugs")
	colours, mugs := r.sent(1), r.sent(2)
	r.say("colours")
	again := r.sent(3)
	r.say("help")
	help := r.sent(4)
	r.say("colours")
	newest := r.sent(5)
	for range 5 {
		bot.heard()
	}
	tests := []struct {
		name, body string
		status     int
		want       string // what the bot hears, or what the page is told
	}{
		{"quick reply of an older message", tapped(colours, "quick_reply", 0), 409, "these quick replies are gone"},
		{"quick reply of a newer message", tapped(again, "quick_reply", 0), 409, "these quick replies are gone"},
		{"no such quick reply", tapped(newest, "quick_reply", 3), 409, "offered nothing there"},
		{"quick reply before the first", tapped(newest, "quick_reply", -1), 409, "offered nothing there"},
		{"quick reply that asks for the e-mail address", tapped(newest, "quick_reply", 2), 204, "quick reply: person@example.com"},
		{"quick reply once more", tapped(newest, "quick_reply", 0), 409, "these quick replies are gone"},
		{"button of an older card", tapped(mugs, "element", 1, "button", 0), 204, "postback: BUY:2"},
		{"the same button again", tapped(mugs, "element", 1, "button", 0), 204, "postback: BUY:2"},
		{"button of a button template", tapped(help, "button", 0), 204, "postback: TRACK"},
		{"link", tapped(help, "button", 1), 409, "offered nothing there"},
		{"phone number", tapped(mugs, "element", 1, "button", 1), 409, "offered nothing there"},
		{"no such element", tapped(mugs, "element", 3, "button", 0), 409, "offered nothing there"},
		{"element before the first", tapped(mugs, "element", -1, "button", 0), 409, "offered nothing there"},
		{"no such button", tapped(mugs, "element", 2, "button", 1), 409, "offered nothing there"},
		{"element without a button", tapped(mugs, "element", 2), 409, "offered nothing there"},
		{"unknown message", tapped("m_unknown", "button", 0), 409, "offered nothing there"},
		{"no message", `{"button":0}`, 409, "offered nothing there"},
	}
	for _, tt := range tests { // in this order
		status, answer := r.post("tap", tt.body)
		if status != tt.status {
			t.Errorf("%s: got %d %s, want %d", tt.name, status, answer, tt.status)
			continue
		}
		if status == http.StatusNoContent {
			answer = bot.heard()
		}
		if !strings.Contains(answer, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, answer, tt.want)
		}
	}
}

// tapped is the body that the page posts for a tap.
func tapped(mid string, place ...any) string {
	body := fmt.Sprintf(`{"mid":%q`, mid)
	for i := 0; i < len(place); i += 2 {
		body += fmt.Sprintf(`,%q:%v`, place[i], place[i+1])
	}
	return body + "}"
}

func TestTapAsMetaSendsIt(t *testing.T) {
	r, bot := startOther(t)
	r.say("colours")
	colours := r.sent(1)
	r.post("tap", tapped(colours, "quick_reply", 1))
	r.say("mugs")
	mugs := r.sent(3)
	r.post("tap", tapped(mugs, "element", 0, "button", 0))
	for range 4 {
		bot.heard()
	}
	for kind, want := range map[string]string{
		"quick reply": `"text":"Green","quick_reply":{"payload":"C:GREEN"}}}]}]}`,
		"postback":    `"title":"Buy","payload":"BUY:1"}}]}]}`,
	} {
		got := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Webhook != nil && f.Entry.Webhook.Kind == kind })
		if !strings.HasSuffix(got.Entry.Webhook.Body, want) {
			t.Errorf("got %s, want it to end with %s", got.Entry.Webhook.Body, want)
		}
	}
}

func TestRefusedCallIsShownWithItsRule(t *testing.T) {
	r, _ := startOther(t)
	r.say("too long")
	got := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Call != nil }).Entry.Call
	const want = "Length of param message[text] must be less than or equal to 2000"
	if got.Status != 400 || got.Rule == "" || !strings.Contains(string(got.Answer), want) {
		t.Errorf("got status %d, rule %q, answer %s; want %q", got.Status, got.Rule, got.Answer, want)
	}
	if strings.Contains(string(got.Params), "access_token") {
		t.Error("the inspector shows the Page token")
	}
}

func TestStrangersCannotBeWrittenTo(t *testing.T) {
	r, bot := startOther(t)
	bot.text("7100000000000001", "Buy our mugs")
	got := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Call != nil }).Entry.Call
	if got.Status != 400 || !strings.Contains(string(got.Answer), "2018001") {
		t.Errorf("got %d %s, want 100/2018001", got.Status, got.Answer)
	}
}
