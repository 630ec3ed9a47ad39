package messenger_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/simulator/internal/browsertest"
)

// last waits for the nth webhook and returns its body.
func (r *running) last(n int) string {
	r.t.Helper()
	count := 0
	return r.follow(func(f frame) bool {
		if f.Entry != nil && f.Entry.Webhook != nil && f.Entry.N > count {
			count = f.Entry.N
			n--
		}
		return n == 0
	}).Entry.Webhook.Body
}

// TestControl: while a colleague has the thread, the bot gets what the person does as standby, a tap without its
// payload; when it is handed back, the bot hears of that and answers again.
func TestControl(t *testing.T) {
	r, bot := startOther(t)
	for _, path := range []string{"takeover", "handback"} {
		if status, answer := r.post(path, `{}`); status != http.StatusConflict {
			t.Errorf("%s before the person has written: got %d %s", path, status, answer)
		}
	}
	r.say("help")
	help := r.sent(1)
	r.post("takeover", `{}`)
	r.say("hello?")
	if got := r.last(2); !strings.Contains(got, `"standby":[{`) || strings.Contains(got, "messaging") {
		t.Errorf("a message while a colleague has the thread: %s", got)
	}
	r.post("tap", tapped(help, "button", 0))
	if got := r.last(3); !strings.Contains(got, `"standby":[{`) || !strings.HasSuffix(got, `"title":"Track order"}}]}]}`) {
		t.Errorf("a tap while a colleague has the thread: %s", got)
	}
	r.post("handback", `{}`)
	if got := r.last(4); !strings.Contains(got, `"pass_thread_control":{`) || !strings.Contains(got, "263902037430900") {
		t.Errorf("handed back: %s", got)
	}
	r.say("colours")
	if got := r.last(5); !strings.Contains(got, `"messaging":[{`) {
		t.Errorf("a message to the bot: %s", got)
	}
	r.post("takeover", `{}`)
	if got := r.last(6); !strings.Contains(got, `"take_thread_control":{`) {
		t.Errorf("taken over from the bot: %s", got)
	}
	bot.heard()
}

// TestControlOnThePage: the page knows whether the bot only listens, also where the bot itself has passed the thread
// on, and when control has expired.
func TestControlOnThePage(t *testing.T) {
	r, bot := startOther(t)
	r.say("hello")
	r.sent(1)
	person := r.follow(func(f frame) bool { return f.Status != nil }).Status.Person
	bot.tell("pass_thread_control", `{"recipient":{"id":"`+person+`"},"target_app_id":"263902037430900"}`)
	r.follow(func(f frame) bool { return f.Status != nil && f.Status.Standby })
	if status, answer := r.post("advance", `{"millis":90000000}`); status != http.StatusNoContent {
		t.Fatalf("got %d %s", status, answer)
	}
	r.follow(func(f frame) bool { return f.Status != nil && !f.Status.Standby })
	r.say("still there?")
	if got := r.last(2); !strings.Contains(got, `"messaging":[{`) {
		t.Errorf("when control has expired: %s", got)
	}
}

func TestControlInABrowser(t *testing.T) {
	r, _ := startOther(t)
	b := browsertest.Open(t, r.ready())
	b.Say("hello")
	b.Last("page", "echo: hello")
	b.Same("document.querySelector('#control').textContent", "Take over")
	b.Click("#control", 0)
	b.Until("document.querySelector('#control').textContent === 'Hand back to the bot'")
	b.Say("are you there?")
	b.Until("document.querySelector('.mark').textContent === 'Delivered, the bot only listens'")
	b.Screenshot("standby")
	b.Click("#control", 0)
	b.Until("[...document.querySelectorAll('#log .time')].at(-1)?.textContent === 'The thread was passed to the bot'")
	b.Say("and now?")
	b.Last("page", "echo: and now?")
	b.Size(360, 740)
	b.Same("document.documentElement.scrollWidth <= innerWidth", "true")
	b.Screenshot("standby-phone")
	b.Reload()
	b.Until("document.querySelectorAll('.message').length === 5")
	b.Quiet()
}
