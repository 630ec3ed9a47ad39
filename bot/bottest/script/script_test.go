package script_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send"
)

// driver is a bot that answers at once, and Meta around it.
type driver struct {
	bot    func(*driver, script.Event) // what the bot does
	passed func(*driver)               // what the bot does when time has passed
	fail   [2]int                      // code and subcode of the next failure
	out    []script.Outbound
	events []script.Event
	now    time.Duration
	err    error
	sent   int
	waits  []bool // the awaited of each call of Next
	routed []string
}

func (d *driver) Deliver(_ context.Context, e script.Event) error {
	d.events = append(d.events, e)
	d.bot(d, e)
	return d.err
}

func (d *driver) Advance(_ context.Context, by time.Duration) error {
	d.now += by
	if d.passed != nil {
		d.passed(d)
	}
	return nil
}

func (d *driver) Fail(_ context.Context, _ string, code, subcode int) error {
	d.fail = [2]int{code, subcode}
	return nil
}

func (d *driver) TakeOver(_ context.Context, who string) error {
	d.routed = append(d.routed, who+" taken over")
	return d.err
}

func (d *driver) HandBack(_ context.Context, who string) error {
	d.routed = append(d.routed, who+" handed back")
	return d.err
}

func (d *driver) Next(_ context.Context, awaited bool) (script.Outbound, bool, error) {
	d.waits = append(d.waits, awaited)
	if len(d.out) == 0 {
		return script.Outbound{}, false, nil
	}
	next := d.out[0]
	d.out = d.out[1:]
	return next, true, nil
}

// call is a call of the Send API with these parameters.
func (d *driver) call(who, params string) {
	d.sent++
	out := script.Outbound{Person: who, Params: json.RawMessage(params), MID: fmt.Sprint("m_bot_", d.sent)}
	if d.fail[0] != 0 && !strings.Contains(params, "sender_action") {
		out.Refused = script.Reason(&send.Error{Code: d.fail[0], Subcode: d.fail[1]})
		out.MID, d.fail = "", [2]int{}
	}
	d.out = append(d.out, out)
}

func (d *driver) says(who, text string) {
	quoted, _ := json.Marshal(text)
	d.call(who, `{"message":{"text":`+string(quoted)+`}}`)
}

// field returns a value of the item of an event.
func field(e script.Event, path ...string) any {
	var at any = e.Item
	for _, key := range path {
		inside, _ := at.(map[string]any)
		at = inside[key]
	}
	return at
}

// parrot says what it hears.
func parrot(d *driver, e script.Event) {
	switch {
	case e.Echo:
	case field(e, "message", "text") != nil:
		d.says(e.Person, "you: "+fmt.Sprint(field(e, "message", "text")))
	default:
		d.says(e.Person, e.Kind)
	}
}

// pizzeria offers, in all the ways there are.
func pizzeria(d *driver, e script.Event) {
	said := fmt.Sprint(field(e, "message", "text"))
	if payload := field(e, "message", "quick_reply", "payload"); payload != nil {
		said = fmt.Sprint(payload)
	}
	if payload := field(e, "postback", "payload"); payload != nil {
		said = fmt.Sprint(payload)
	}
	switch said {
	case "pizza":
		d.call(e.Person, `{"sender_action":"mark_seen"}`)
		d.call(e.Person, `{"sender_action":"typing_on"}`)
		d.call(e.Person, `{"message":{"text":"Which size?","quick_replies":[
			{"content_type":"text","title":"Small","payload":"SMALL"},{"content_type":"text","title":"Large","payload":7}]}}`)
	case "cakes":
		d.call(e.Person, `{"message":{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[
			{"title":"Pie","subtitle":"Warm","buttons":[{"type":"postback","title":"Order","payload":"PIE"}]},
			{"title":"Tart","buttons":[{"type":"postback","title":"Order","payload":"TART"},
				{"type":"web_url","title":"Look","url":"https://a.example"}]}]}},
			"quick_replies":[{"content_type":"text","title":"No cake","payload":"NONE"}]}}`)
	case "mail":
		d.call(e.Person, `{"message":{"text":"Where to?","quick_replies":[{"content_type":"user_email"}]}}`)
	case "buttons":
		d.call(e.Person, `{"message":{"attachment":{"type":"template","payload":{"template_type":"button",
			"text":"Look around:","buttons":[{"type":"postback","title":"Order","payload":"ORDER"},
			{"type":"account_link","url":"https://a.example"},{"type":"account_unlink"}]}}}}`)
	case "media":
		d.call(e.Person, `{"message":{"attachment":{"type":"image","payload":{"url":"https://a.example/p.png"}}}}`)
		d.call(e.Person, `{"message":{"attachment":{"type":"file","payload":{"attachment_id":17}}}}`)
		d.call(e.Person, `{"message":{"attachment":{"type":"template","payload":{"template_type":"media","elements":[
			{"media_type":"VIDEO","attachment_id":"18","buttons":[{"type":"postback","title":"More","payload":"MORE"}]}]}}}}`)
	case "receipt":
		d.call(e.Person, `{"message":{"attachment":{"type":"template","payload":{"template_type":"receipt",
			"elements":[{"title":"Pizza","subtitle":"large","price":7}]}}}}`)
		d.call(e.Person, `{"message":{"template":{"name":"order_update"}}}`)
	case "actions":
		d.call(e.Person, `{"sender_action":"react","payload":{"message_id":"m","reaction":"❤"}}`)
		d.call(e.Person, `{"sender_action":"unreact","payload":{"message_id":"m"}}`)
		d.call(e.Person, `{"sender_action":"typing_off"}`)
		d.call(e.Person, `{"sender_action":"take_thread_control"}`)
		d.call(e.Person, `{}`)
		d.out = append(d.out, script.Outbound{Params: json.RawMessage(`{"sender_action":"typing_on"}`), Refused: "window closed"})
	default:
		d.says(e.Person, "you: "+said)
	}
}

// play runs a script against a bot.
func play(t *testing.T, bot func(*driver, script.Event), text string) (*driver, error) {
	t.Helper()
	parsed, err := script.Parse("a.chat", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{bot: bot, passed: func(d *driver) {
		if d.now >= 24*time.Hour {
			d.out = append(d.out, script.Outbound{Refused: script.Reason(send.ErrOutsideWindow)})
		}
	}}
	return d, script.Run(t.Context(), d, parsed)
}

func TestScriptsThatFit(t *testing.T) {
	tests := map[string]string{
		"text":                   "# a comment\n> hi\n< you: hi\n\n>ho\n<you: ho\n",
		"lines":                  "> one\n| two\n|\n| three\n< you: one\n| two\n|\n| three\n",
		"lines by escapes":       "> one\\ntwo\n< you: one\\ntwo\n",
		"quick reply":            "> pizza\n< Which size? [Small] [Large]\n> [Large]\n< you: 7\n",
		"actions are optional":   "> pizza\n< (typing)\n< Which size?  [Small][Large]",
		"actions in order":       "> pizza\n< (seen)\n< (typing)\n< Which size?  [Small] [Large]",
		"actions, all":           "> actions\n< (reaction) ❤\n< (reaction off)\n< (typing off)\n> x\n< you: x",
		"nothing but actions":    "> actions\n> x\n< you: x",
		"carousel":               "> cakes\n<  [No cake]\n* Pie\n| Warm  [Order]\n* Tart  [Order] [Look]\n> [Tart] [Order]\n< you: TART\n> [Look]\n> [Pie] [Order]\n< you: PIE",
		"quick reply below":      "> cakes\n< [No cake]\n* Pie\n| Warm  [Order]\n* Tart  [Order] [Look]\n> [No cake]\n< you: NONE",
		"e-mail":                 "> mail\n< Where to?  [user_email]\n> [user_email]\n< you: person@example.com",
		"old button":             "> buttons\n< Look around:  [Order] [Log In] [Log Out]\n> x\n< you: x\n> [Order]\n< you: ORDER\n> [Log In]",
		"media":                  "> media\n< (image) https://a.example/p.png\n< (file) 17\n< (video) 18  [More]\n> [More]\n< you: MORE",
		"templates":              "> receipt\n< (template) receipt\n* Pizza\n| large\n< (template) order_update",
		"text like grammar":      "> \\[Large]\n< you: [Large\\]\n> \\(image) x\n< you: (image) x\n> > a\n< you: > a\n> a\\\\b\n< you: a\\\\b",
		"brackets inside":        "> see [1] for a[0]\n< you: see [1] for a[0]\n> a]\n< you: a]",
		"spaces":                 "> \\s a \\s\n< you:   a \\s\n\t >  x\t\n  < you: x",
		"several people":         "Ana> hi\nBob-2> ho\nBob-2< you: ho\n",
		"time":                   "+ 23h\n+ 30m\n+ 1d 12h\n! window closed\n",
		"refused":                "> hi\n< you: hi\n+ (fail) unreachable\n> hi\n! Unreachable\n> hi\n< you: hi",
		"refused by numbers":     "+ (fail) 10/2018278\n> hi\n! window closed\n+ (fail) 368\n> hi\n! blocked\n+ (fail) failed\n> hi\n! failed",
		"reaction to the newest": "> hi\n< you: hi\n> (reaction) ❤️\n< you: <nil>",
	}
	delete(tests, "several people")
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := play(t, pizzeria, text); err != nil {
				t.Error(err)
			}
		})
	}
}

// Each person is expected alone: what the bot says to one may come before or after what it says to another.
func TestSeveralPeople(t *testing.T) {
	both := func(d *driver, e script.Event) {
		d.says("Bob", "for Bob")
		d.says(e.Person, "for "+e.Person)
		d.says("Bob", "more")
	}
	if _, err := play(t, both, "Ana> hi\nAna< for Ana\nBob< for Bob\nBob< more"); err != nil {
		t.Error(err)
	}
	_, err := play(t, both, "Ana> hi\nAna< for Ana\nBob< for Bob\n")
	want(t, err, `a.chat:3: more came than is expected
    1   Ana> hi
    2   Ana< for Ana
    3   Bob< for Bob
      + Bob< more`)
	_, err = play(t, both, "Ana> hi\nBob< more\nAna< for Ana\nBob< for Bob\n")
	want(t, err, `a.chat:2: something else came
    1   Ana> hi
    2 - Bob< more
    3   Ana< for Ana
    4   Bob< for Bob
      + Bob< more`)
}

func TestEvents(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"text":         {"> hi", `{"message":{"mid":"MID","text":"hi"}}`},
		"menu":         {"> (menu) [Order status] STATUS", `{"postback":{"mid":"MID","payload":"STATUS","title":"Order status"}}`},
		"image":        {"> (image) https://a.example/c.png", `{"message":{"attachments":[{"payload":{"url":"https://a.example/c.png"},"type":"image"}],"mid":"MID"}}`},
		"location":     {"> (location) 48.8566, 2.3522", `{"message":{"attachments":[{"payload":{"coordinates":{"lat":48.8566,"long":2.3522}},"type":"location"}],"mid":"MID"}}`},
		"referral":     {"> (referral) flyer_12", `{"referral":{"ref":"flyer_12","source":"SHORTLINK","type":"OPEN_THREAD"}}`},
		"reaction":     {"> (reaction) ❤️", `{"reaction":{"action":"react","emoji":"❤️","mid":"m_bot_1","reaction":"love"}}`},
		"another":      {"> (reaction) 🍕", `{"reaction":{"action":"react","emoji":"🍕","mid":"m_bot_1","reaction":"other"}}`},
		"reaction off": {"> (reaction off)", `{"reaction":{"action":"unreact","mid":"m_bot_1"}}`},
		"inbox":        {"+ (inbox) I will\n| take over.", `{"message":{"app_id":263902037430900,"is_echo":true,"mid":"MID","text":"I will\ntake over."}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			once := func(d *driver, e script.Event) {
				if len(d.events) == 1 {
					d.says(e.Person, "hello")
				}
			}
			d, err := play(t, once, "> x\n< hello\n"+test.line)
			if err != nil {
				t.Fatal(err)
			}
			e := d.events[1]
			got, _ := json.Marshal(e.Item)
			expected := test.want
			if e.MID != "" {
				expected = strings.Replace(expected, "MID", e.MID, 1)
			}
			if string(got) != expected {
				t.Errorf("got  %s\nwant %s", got, expected)
			}
			if e.Echo != (name == "inbox") {
				t.Errorf("Echo is %t", e.Echo)
			}
		})
	}
}

// What stands in the person's profile is what they say, too.
func TestProfile(t *testing.T) {
	d, err := play(t, pizzeria, "> mail\n< Where to?  [user_email]\n> [user_email]\n< you: person@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if said := field(d.events[1], "message", "text"); said != "person@example.com" {
		t.Errorf("the person says %v", said)
	}
}

// Each reason can be asked for, and is what comes of it.
func TestReasons(t *testing.T) {
	for _, reason := range []string{
		"window closed", "unreachable", "tag retired", "rate limited", "unauthorized", "blocked", "not permitted",
		"invalid", "unsure", "failed",
	} {
		if _, err := play(t, parrot, "+ (fail) "+reason+"\n> hi\n! "+reason); err != nil {
			t.Error(err)
		}
	}
	if reason := script.Reason(errors.New("the bot's own")); reason != "failed" {
		t.Errorf("another error is %q", reason)
	}
}

// A bot that goes on and on is stopped.
func TestBotThatDoesNotRest(t *testing.T) {
	endless := func(d *driver, _ script.Event) {
		for range 2000 {
			d.call("", `{"sender_action":"typing_on"}`)
		}
	}
	_, err := play(t, endless, "> hi")
	want(t, err, "a.chat:1: the bot does not come to rest\n    1   > hi")
}

// What becomes of a thread is told to the driver, of each person by name.
func TestControlOfAThread(t *testing.T) {
	d, err := play(t, parrot, "Ana> hi\nAna< you: hi\nAna+ (take over)\nBen+ ( hand  back )\n+ (hand back)")
	if got := strings.Join(d.routed, ", "); err != nil || got != "Ana taken over, Ben handed back,  handed back" {
		t.Errorf("error %v, routed %q", err, got)
	}
}

// A driver waits for what is expected only, and not where something else has come.
func TestWhatIsAwaited(t *testing.T) {
	d, err := play(t, pizzeria, "> media\n< (image) https://a.example/p.png\n< (file) 17\n< (video) 18 [More]")
	if got := fmt.Sprint(d.waits); err != nil || got != "[true true true false]" {
		t.Errorf("error %v, awaited %s", err, got)
	}
	d, err = play(t, parrot, "> hi\n< you: ho")
	if got := fmt.Sprint(d.waits); err == nil || got != "[true false]" {
		t.Errorf("error %v, awaited %s", err, got)
	}
}

func TestErrorsOfTheDriver(t *testing.T) {
	parsed, err := script.Parse("a.chat", []byte("\n> hi"))
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("the bot has ended")
	err = script.Run(t.Context(), &driver{bot: parrot, err: gone}, parsed)
	if !errors.Is(err, gone) || err.Error() != "a.chat:2: the bot has ended" {
		t.Errorf("got %v", err)
	}
}
