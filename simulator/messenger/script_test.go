package messenger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/simulator/messenger"
	"github.com/parleybot/parley/webhook"
)

// playScripted is what this test binary does as a bot that is no bot of Parley's.
func playScripted(role string) int {
	if role == "clerk" {
		if err := bot.Run(context.Background(), bot.FromEnv(), bot.HandlerFunc(clerk)); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return 1
	}
	b := &foreign{role: role}
	return serveBot(passing(b.serve))
}

// clerk is a bot of Parley's, which follows the clock and refuses by itself what cannot go.
func clerk(c *bot.Context) error {
	switch e := c.Event().(type) {
	case *webhook.Echo:
		return c.Thread().Text("A colleague has answered.")
	case *webhook.Custom:
		return c.Text(e.Name)
	case *webhook.Reaction:
		return c.Text("thanks for the " + e.Emoji)
	case *webhook.Standby:
		if tap, ok := e.Event.(*webhook.Postback); ok && tap.Payload != "" {
			return c.Thread().Text("the payload of a tap in another app's thread")
		}
		return nil
	case *webhook.Message:
		if len(e.Attachments) > 0 {
			return c.Image(e.Attachments[0].URL)
		}
	default:
	}
	if c.Message() == "mine" {
		return c.RequestThread("")
	}
	if c.Message() == "remind me" {
		_, err := c.Emit("a reminder", c.Now().Add(23*time.Hour), nil)
		return errors.Join(err, c.Typing(), c.Text("Tomorrow."))
	}
	return c.Text("you: " + c.Input())
}

// foreign is a bot in any language: it hears messages and postbacks, and answers when it has acknowledged.
type foreign struct {
	role string
	mu   sync.Mutex // one event at a time
}

type foreignItem struct {
	Sender    struct{ ID string }
	Recipient struct{ ID string }
	Message   *struct {
		Text   string
		IsEcho bool `json:"is_echo"`
	}
	Postback *struct{ Payload string }
}

func (b *foreign) serve(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Entry []struct{ Messaging []foreignItem }
	}
	if b.role == "refuses" || json.NewDecoder(r.Body).Decode(&body) != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	go b.answer(body.Entry[0].Messaging[0]) // the process ends when it is told to
}

func (b *foreign) answer(item foreignItem) {
	b.mu.Lock()
	defer b.mu.Unlock()
	said, person := "something", item.Sender.ID
	switch {
	case item.Message != nil && item.Message.IsEcho:
		person = item.Recipient.ID
	case item.Message != nil:
		said = item.Message.Text
	case item.Postback != nil:
		said = item.Postback.Payload
	}
	switch b.role {
	case "late":
		time.Sleep(700 * time.Millisecond)
	case "lingers":
		if said == "wait" {
			time.Sleep(time.Second)
		} else {
			go func() {
				time.Sleep(500 * time.Millisecond)
				b.send(person, "and more")
			}()
		}
	case "dies":
		if said == "die" {
			os.Exit(5)
		}
	case "restless":
		go func() {
			for { // the process ends when it is told to
				b.ask()
				time.Sleep(50 * time.Millisecond)
			}
		}()
	case "talks":
		defer b.send(person, "and more")
	}
	status := b.send(person, "you: "+said)
	for range 2 {
		if b.role == "stubborn" && status != http.StatusOK {
			time.Sleep(50 * time.Millisecond)
			status = b.send(person, "you: "+said)
		}
	}
}

func (b *foreign) send(to, text string) (status int) {
	body, _ := json.Marshal(map[string]any{
		"recipient": map[string]string{"id": to}, "messaging_type": "RESPONSE",
		"message": map[string]any{"text": text, "quick_replies": []any{
			map[string]string{"content_type": "text", "title": "Again", "payload": "AGAIN"},
		}},
	})
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
		os.Getenv("GRAPH_URL")+"/v25.0/me/messages?access_token="+os.Getenv("PAGE_ACCESS_TOKEN"),
		strings.NewReader(string(body)))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// ask asks the Graph API for something that no script shows.
func (*foreign) ask() {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet,
		os.Getenv("GRAPH_URL")+"/v25.0/me?access_token="+os.Getenv("PAGE_ACCESS_TOKEN"), nil)
	if err != nil {
		return
	}
	if res, err := http.DefaultClient.Do(req); err == nil {
		_ = res.Body.Close()
	}
}

// perform plays scripts to a bot that is started in a role.
func perform(t *testing.T, role string, pace messenger.Pace, texts ...string) (report string, err error) {
	t.Helper()
	var scripts []*script.Script
	for i, text := range texts {
		one, err := script.Parse(fmt.Sprintf("%d.chat", i+1), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, one)
	}
	var out strings.Builder
	log := newOutput()
	sim, err := messenger.New(messenger.Config{Command: command(t, role), Stdout: log, Stderr: log})
	if err != nil {
		t.Fatal(err)
	}
	err = sim.Play(t.Context(), scripts, pace, &out)
	if strings.Contains(log.String(), "Ctrl-C") {
		t.Errorf("it says how to chat, with nobody there: %s", log)
	}
	return out.String(), err
}

// swift is the pace of scripts that fit: for what they expect they wait long. Only where a bot could try again
// is patience spent in full.
var swift = messenger.Pace{Quiet: 100 * time.Millisecond, Patience: 30 * time.Second}

func TestPlayScriptsThatFit(t *testing.T) {
	tests := map[string]struct {
		role    string
		scripts []string
	}{
		"several, each with people of its own": {"parrot", []string{
			"> hi\n< you: hi  [Again]\n> [Again]\n< you: Again  [Again]",
			"Ana> a\nAna< you: a [Again]\nBob> b\nBob< you: b [Again]\nAna> (menu) [Help] HELP\nAna< you: HELP [Again]",
		}},
		"a bot that answers late": {"late", []string{"> hi\n< you: hi  [Again]\n> ho\n< you: ho  [Again]"}},
		"a bot that says more":    {"talks", []string{"> hi\n< you: hi  [Again]\n< and more  [Again]"}},
		"what comes too late for one script is none of the next": {"lingers", []string{
			"> hi\n< you: hi  [Again]", "> wait\n< you: wait  [Again]",
		}},
		"failures": {"parrot", []string{
			"> hi\n< you: hi  [Again]\n+ (fail) unreachable\n> ho\n! unreachable\n> ha\n< you: ha  [Again]",
			"+ (fail) 10/2018278\n> hi\n! window closed\n+ (fail) failed\n> ho\n! failed\n> ha\n< you: ha  [Again]",
		}},
		"a bot that tries again":  {"stubborn", []string{"+ (fail) failed\n> hi\n< you: hi  [Again]"}},
		"and is refused for good": {"stubborn", []string{"+ (fail) failed\n+ (fail) failed\n+ (fail) failed\n> hi\n! failed"}},
		"a window that has closed": {"parrot", []string{
			"> hi\n< you: hi [Again]\n+ 25h\n+ (inbox) hello?\n! window closed\n> ho\n< you: ho [Again]",
		}},
		"a stranger": {"parrot", []string{"+ (inbox) hello?\n! unreachable\n"}},
		"a bot of Parley's": {"clerk", []string{
			"> remind me\n< (typing)\n< Tomorrow.\n> (reaction) ❤\n< thanks for the ❤\n+ 23h\n< a reminder\n" +
				"+ 1h\n+ 1s\n+ (inbox) Hello?\n! window closed\n> hi\n< you: hi",
			"> hi\n< you: hi\n+ (take over)\n> hello?\n> (menu) [Help] HELP\n+ (hand back)\n< you:\\s\n> ho\n< you: ho\n+ (take over)\n> ha",
			"> mine\n< you:\\s",
			"> hi\n< you: hi\n> (image) https://a.example/cat.png\n< (image) https://a.example/cat.png\n+ (fail) blocked\n> ho\n! blocked",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pace := swift
			if strings.Contains(test.scripts[len(test.scripts)-1], "! failed") {
				pace.Patience = 2 * time.Second
			}
			report, err := perform(t, test.role, pace, test.scripts...)
			if err != nil {
				t.Fatalf("%v\n%s", err, report)
			}
			for i := range test.scripts {
				if want := fmt.Sprintf("ok    %d.chat  (", i+1); !strings.Contains(report, want) {
					t.Errorf("the report is\n%swithout %q", report, want)
				}
			}
		})
	}
}

func TestPlayScriptsThatDoNotFit(t *testing.T) {
	slow := messenger.Pace{Quiet: 400 * time.Millisecond, Patience: time.Second}
	report, err := perform(t, "talks", slow,
		"> hi\n< you: hi  [Again]\n", "> ho\n< you: ho  [Again]\n< and more  [Again]\n", "> ha\n< hello\n< and more  [Again]",
		"> hi\n< you: hi  [Again]\n< and more  [Again]\n< and still more")
	if err == nil || err.Error() != "messenger: not every script fits: 3 of 4 do not" {
		t.Errorf("error %v", err)
	}
	want := `FAIL  1.chat
1.chat:2: more came than is expected
    1   > hi
    2   < you: hi  [Again]
      + < and more  [Again]

ok    2.chat  (1 acts, TIME)
FAIL  3.chat
3.chat:2: something else came
    1   > ha
    2 - < hello
      + < you: ha  [Again]
    3   < and more  [Again]

FAIL  4.chat
4.chat:4: this did not come
    1   > hi
    2   < you: hi  [Again]
    3   < and more  [Again]
    4 - < and still more

`
	if at := strings.Index(report, "acts, "); at >= 0 {
		end := at + strings.Index(report[at:], ")")
		report = report[:at+len("acts, ")] + "TIME" + report[end:]
	}
	if report != want {
		t.Errorf("got\n%s\nwant\n%s", report, want)
	}
}

// A bot that never ceases to ask the Graph API for something does not keep a script from its end.
func TestPlayEndsWithARestlessBot(t *testing.T) {
	pace := messenger.Pace{Quiet: 200 * time.Millisecond, Patience: 300 * time.Millisecond}
	report, err := perform(t, "restless", pace, "> hi\n< you: hi  [Again]\n", "> hi\n< never\n")
	if err == nil || !strings.HasPrefix(report, "ok    1.chat") || !strings.Contains(report, "FAIL  2.chat") {
		t.Errorf("error %v, report %s", err, report)
	}
}

func TestPlayEndsWithTheBot(t *testing.T) {
	tests := map[string]struct {
		role, script   string
		report, failed string
	}{
		"it ends": {
			"dies", "> hi\n< you: hi  [Again]\n> die\n< you: die",
			"FAIL  1.chat\n1.chat:", "has ended by itself with exit code 5",
		},
		"it ends in the webhook": {
			"crash", "> hi\n< you: hi", "FAIL  1.chat\n1.chat:1: ", "has ended by itself with exit code 4",
		},
		"it ends before": {"exit", "> hi", "", "has ended by itself with exit code 3"},
		"it refuses": {
			"refuses", "> hi\n< you: hi",
			"FAIL  1.chat\n1.chat:1: the webhook was not delivered: the bot answered 500 Internal Server Error",
			"not every script fits",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.role == "crash" {
				lifeline(t)
			}
			report, err := perform(t, test.role, swift, test.script)
			if err == nil || !strings.Contains(err.Error(), test.failed) {
				t.Errorf("got %v, want %q", err, test.failed)
			}
			if !strings.HasPrefix(report, test.report) {
				t.Errorf("got %q, want it to begin with %q", report, test.report)
			}
		})
	}
}

func TestPlayEndsWithItsContext(t *testing.T) {
	one, err := script.Parse("a.chat", []byte("> hi\n< never"))
	if err != nil {
		t.Fatal(err)
	}
	called := make(chan struct{}, 10)
	sim, err := messenger.New(messenger.Config{Webhook: listenBot(t, passing(func(http.ResponseWriter, *http.Request) {
		called <- struct{}{}
	}))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-called
		stop()
	}()
	var report strings.Builder
	err = sim.Play(ctx, []*script.Script{one}, messenger.Pace{}, &report)
	if err == nil || err.Error() != "messenger: stopped before every script was played" {
		t.Errorf("error %v, report %s", err, report.String())
	}
}

// Nobody sits before a script to start the bot.
func TestPlayDoesNotWaitForeverForAWebhook(t *testing.T) {
	one, err := script.Parse("a.chat", []byte("> hi"))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := messenger.New(messenger.Config{Webhook: "http://127.0.0.1:1/webhook", Start: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	err = sim.Play(t.Context(), []*script.Script{one}, messenger.Pace{}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "given up after 300ms: nothing listens at http://127.0.0.1:1/webhook") {
		t.Errorf("error %v", err)
	}
}
