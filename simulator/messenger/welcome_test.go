package messenger_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parleybot/parley/simulator/internal/browsertest"
)

// declare declares something of the Messenger Profile.
func (b *otherBot) declare(body string) {
	b.t.Helper()
	b.tell("messenger_profile", body)
}

// tell makes a call of the Graph API that must be accepted.
func (b *otherBot) tell(edge, body string) {
	b.t.Helper()
	target := b.graph + "/v25.0/me/" + edge + "?access_token=" + url.QueryEscape(b.token)
	ctx := context.WithoutCancel(b.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if status, answer := exchange(b.t, req); status != http.StatusOK {
		b.t.Fatalf("%d %s", status, answer)
	}
}

const wholeProfile = `{
	"get_started": {"payload": "START"},
	"greeting": [{"locale": "default", "text": "Hello {{user_first_name}}!"}, {"locale": "de_DE", "text": "Hallo!"}],
	"persistent_menu": [
		{"locale": "default", "composer_input_disabled": false, "call_to_actions": [
			{"type": "postback", "title": "Order", "payload": "ORDER"},
			{"type": "web_url", "title": "Website", "url": "https://shop.example/"}]},
		{"locale": "de_DE", "composer_input_disabled": false, "call_to_actions": [
			{"type": "postback", "title": "Bestellen", "payload": "ORDER"}]}]}`

const twoQuestions = `{"ice_breakers": [{"locale": "default", "call_to_actions": [
	{"question": "When are you open?", "payload": "HOURS"}, {"question": "Where are you?", "payload": "PLACE"}]}]}`

// TestWelcome: what the profile shows can be tapped, in a new thread or at any time, and the bot gets a postback.
func TestWelcome(t *testing.T) {
	r, bot := startOther(t)
	refused := func(what, body string) {
		t.Helper()
		if status, answer := r.post("open", body); status != http.StatusConflict {
			t.Errorf("%s: got %d %s", what, status, answer)
		}
	}
	refused("get started without a profile", `{"get_started":true}`)
	refused("menu without a profile", `{"menu":0}`)
	bot.declare(wholeProfile)
	bot.declare(twoQuestions)
	for what, body := range map[string]string{
		"link of the menu": `{"menu":1}`, "no such item": `{"menu":2}`, "item before the first": `{"menu":-1}`,
		"no such question": `{"ice_breaker":2}`, "nothing": `{}`,
	} {
		refused(what, body)
	}
	r.post("open", `{"menu":0}`)
	if got := bot.heard(); got != "postback: ORDER" {
		t.Errorf("menu: the bot heard %q", got)
	}
	refused("get started in a thread that has begun", `{"get_started":true}`)
	refused("question in a thread that has begun", `{"ice_breaker":0}`)
	r.post("open", `{"menu":0}`)
	if got := bot.heard(); got != "postback: ORDER" {
		t.Errorf("menu again: the bot heard %q", got)
	}
}

// TestWelcomeAsMetaSendsIt: a tap is a postback with the title of what was tapped.
func TestWelcomeAsMetaSendsIt(t *testing.T) {
	for name, tt := range map[string]struct{ profile, tap, want string }{
		"get started": {wholeProfile, `{"get_started":true}`, `"title":"Get Started","payload":"START"}}]}]}`},
		"ice breaker": {twoQuestions, `{"ice_breaker":1}`, `"title":"Where are you?","payload":"PLACE"}}]}]}`},
		"get started beside ice breakers": {
			strings.TrimSuffix(wholeProfile, "}") + "," + strings.TrimPrefix(twoQuestions, "{"), `{"get_started":true}`,
			`"title":"Get Started","payload":"START"}}]}]}`,
		},
		"menu": {wholeProfile, `{"menu":0}`, `"title":"Order","payload":"ORDER"}}]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			r, bot := startOther(t)
			bot.declare(tt.profile)
			r.post("open", tt.tap)
			got := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Webhook != nil })
			if !strings.HasSuffix(got.Entry.Webhook.Body, tt.want) {
				t.Errorf("got %s, want it to end with %s", got.Entry.Webhook.Body, tt.want)
			}
		})
	}
}

// TestOwnMenu: a person's own menu is shown as soon as it stands.
func TestOwnMenu(t *testing.T) {
	r, bot := startOther(t)
	bot.declare(wholeProfile)
	r.say("hello")
	person := r.follow(func(f frame) bool { return f.Status != nil }).Status.Person
	bot.tell("custom_user_settings", `{"psid":"`+person+`","persistent_menu":[{"locale":"default",
		"call_to_actions":[{"type":"postback","title":"Only mine","payload":"MINE"}]}]}`)
	r.follow(func(f frame) bool {
		return f.Status != nil && len(f.Status.Welcome.Menu) == 1 && f.Status.Welcome.Menu[0].Title == "Only mine"
	})
}

// TestCommands: a command of the profile is marked in the message that begins with it, no other word is.
func TestCommands(t *testing.T) {
	r, bot := startOther(t)
	bot.declare(`{"commands":[{"locale":"default","commands":[
		{"name":"hotels","description":"Find a room"}]}]}`)
	for text, marked := range map[string]bool{"/hotels in Lyon": true, "/hotel": false, "hotels": false} {
		r.say(text)
		got := r.follow(func(f frame) bool {
			return f.Entry != nil && f.Entry.Webhook != nil &&
				strings.Contains(f.Entry.Webhook.Body, `"text":"`+strings.ReplaceAll(text, "/", `\/`)+`"`)
		})
		if strings.Contains(got.Entry.Webhook.Body, `"commands":[{"name":"`) != marked {
			t.Errorf("%s: %s", text, got.Entry.Webhook.Body)
		}
	}
}

func TestWelcomeInABrowser(t *testing.T) {
	r, bot := startOther(t)
	bot.declare(wholeProfile)
	b := browsertest.Open(t, r.ready())
	b.Until("!document.querySelector('#get-started').hidden")
	b.Same("document.querySelector('#greeting').textContent", "Hello Robin!")
	b.Same("document.querySelector('#text').hidden", "true")
	b.Same("document.querySelector('#show-menu').hidden", "true")
	b.Screenshot("get-started")
	bot.declare(twoQuestions)
	b.Until("document.querySelectorAll('#ice-breakers .chip').length === 2")
	b.Same("document.querySelector('#get-started').hidden", "true")
	b.Same("document.querySelector('#text').hidden", "false")
	b.Click("#show-menu", 0)
	b.Until("document.querySelectorAll('#menu .menu-item').length === 2 && !document.querySelector('#menu').hidden")
	b.Same("document.querySelector('#show-menu').getAttribute('aria-expanded')", "true")
	b.Same("document.querySelector('a.menu-item').getAttribute('href')", "https://shop.example/")
	b.Same("document.querySelector('a.menu-item').rel", "noopener noreferrer")
	b.Screenshot("ice-breakers-and-menu")
	b.Size(360, 740)
	b.Dark(true)
	b.Same("document.documentElement.scrollWidth <= innerWidth", "true")
	b.Screenshot("ice-breakers-and-menu-phone")
	b.Dark(false)
	b.Size(1280, 800)

	b.Same("document.querySelector('#instead').hidden", "false")
	b.Click("#ice-breakers .chip", 0)
	b.Last("person", "When are you open?")
	b.Last("page", "You tapped When are you open?")
	b.Until("document.querySelector('#ice-breakers').hidden && document.querySelector('#greeting').hidden")
	if got := bot.heard(); got != "postback: HOURS" {
		t.Errorf("the bot heard %q", got)
	}
	b.Click("#menu button.menu-item", 0)
	b.Last("person", "Order")
	b.Until("document.querySelector('#menu').hidden")

	bot.declare(`{"persistent_menu":[{"locale":"default",
		"composer_input_disabled":true,"call_to_actions":[{"type":"postback","title":"Only this","payload":"ONLY"}]}]}`)
	b.Until("document.querySelector('#text').hidden && !document.querySelector('#menu').hidden")
	b.Screenshot("menu-only")
	bot.declare(`{"commands":[{"locale":"default","commands":[
		{"name":"hotels","description":"Find a room"},{"name":"help","description":"What I can do"}]}]}`)
	b.Until("!document.querySelector('#text').hidden && document.querySelector('#show-menu').hidden")
	b.JS("(f => { f.value = '/ho'; f.dispatchEvent(new Event('input')); })(document.querySelector('#text'))")
	b.Until("document.querySelectorAll('#commands .menu-item').length === 1")
	b.Screenshot("commands")
	b.Click("#commands .menu-item", 0)
	b.Same("document.querySelector('#text').value", "/hotels ")
	b.Quiet()
}

// TestPersonsProfile: the bot can read who the person is.
func TestPersonsProfile(t *testing.T) {
	r, bot := startOther(t)
	person := r.follow(func(f frame) bool { return f.Status != nil }).Status.Person
	target := bot.graph + "/v25.0/" + person + "?fields=first_name&access_token=" + url.QueryEscape(bot.token)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := exchange(t, req); status != http.StatusOK || !strings.Contains(answer, `"first_name":"Robin"`) {
		t.Errorf("got %d %s", status, answer)
	}
}
