package messenger_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/simulator/messenger"
)

func TestEchoAsMetaSendsIt(t *testing.T) {
	url, posts := recorder(t)
	at := time.UnixMilli(1763715623987)
	r := start(t, messenger.Config{Webhook: url, PageID: "104", Now: func() time.Time { return at }})
	r.ready()
	if err := r.sim.HumanSays("too early"); err == nil || !strings.Contains(err.Error(), "has not written yet") {
		t.Errorf("got %v, want a refusal: there is no thread yet", err)
	}
	r.say("hi")
	next(t, posts).reply(t, http.StatusOK)
	if status, answer := r.post("human", `{"text":"On its way"}`); status != http.StatusNoContent {
		t.Fatalf("got %d %s", status, answer)
	}
	p := next(t, posts)
	p.reply(t, http.StatusOK)
	shown := r.follow(func(f frame) bool {
		return f.Entry != nil && f.Entry.Webhook != nil && f.Entry.Webhook.Kind == "echo" && f.Entry.Webhook.Done
	}).Entry
	_, mid, _ := strings.Cut(p.body, `"mid":"`)
	mid, _, _ = strings.Cut(mid, `"`)
	// The order and the types of Meta's page message_echoes, 2026.
	want := `{"object":"page","entry":[{"id":"104","time":1763715623987,"messaging":[{"sender":{"id":"104"},` +
		`"recipient":{"id":"` + shown.Person + `"},"timestamp":1763715623987,` +
		`"message":{"is_echo":true,"app_id":263902037430900,"mid":"` + mid + `","text":"On its way"}}]}]}`
	if p.body != want {
		t.Errorf("got  %s\nwant %s", p.body, want)
	}
	if len(mid) != 88 || len(shown.Person) != 16 {
		t.Errorf("got the mid %q and the person %q", mid, shown.Person)
	}
	if status, _ := r.post("human", `{"text":""}`); status != http.StatusConflict {
		t.Errorf("an empty answer: got %d", status)
	}
}

// What a human says is a message of the thread: quick replies vanish. It opens no window.
func TestAnswerOfAHumanInTheThread(t *testing.T) {
	r, b := startOther(t)
	r.say("colours")
	colours := r.sent(1)
	b.heard()
	r.advance(25 * time.Hour)
	if err := r.sim.HumanSays("we are closed"); err != nil {
		t.Fatal(err)
	}
	if status, answer := r.post("tap", tapped(colours, "quick_reply", 0)); status != 409 || !strings.Contains(answer, "gone") {
		t.Errorf("got %d %s, want that the quick replies are gone", status, answer)
	}
	person := r.follow(func(f frame) bool { return f.Status != nil }).Status.Person
	b.text(person, "too late")
	r.follow(func(f frame) bool {
		return f.Entry != nil && f.Entry.Call != nil && strings.Contains(string(f.Entry.Call.Answer), strconv.Itoa(2018278))
	})
}
