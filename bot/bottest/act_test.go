package bottest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// witness is a handler that keeps the events it gets, and says ok to those that can be answered.
type witness struct {
	mu     sync.Mutex
	events []webhook.Event
}

func (w *witness) Handle(c *bot.Context) error {
	w.mu.Lock()
	w.events = append(w.events, c.Event())
	w.mu.Unlock()
	if err := c.Text("ok"); !errors.Is(err, bot.ErrNoReply) {
		return err
	}
	return nil
}

// only returns the one event since the last call.
func (w *witness) only(t *testing.T) webhook.Event {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	events := w.events
	w.events = nil
	if len(events) != 1 {
		t.Fatalf("%d events, want one", len(events))
	}
	return events[0]
}

// What a person does arrives as Meta sends it. Source: Meta, webhook events, 2026.
func TestActs(t *testing.T) {
	const sender, recipient = `{"id":"7100000000000001"}`, `{"id":"104000000000001"}`
	common := func(from, to, at string) string {
		return fmt.Sprintf(`{"sender":%s,"recipient":%s,"timestamp":%s,`, from, to, at)
	}
	const at = "1793610000000" // 2 November 2026, 9:00 UTC
	tests := map[string]struct {
		act  func(*bottest.Chat)
		kind string
		want string // but for the mid of a message
	}{
		"text": {
			func(c *bottest.Chat) { c.Say("Where is my order?") }, "message",
			`"message":{"mid":"m_person_2","text":"Where is my order?"}}`,
		},
		"menu": {
			func(c *bottest.Chat) { c.TapMenu("Get Started", "GET_STARTED") }, "postback",
			`"postback":{"mid":"m_person_2","title":"Get Started","payload":"GET_STARTED"}}`,
		},
		"picture": {
			func(c *bottest.Chat) { c.SendImage("https://scontent.example/a.jpg") }, "message",
			`"message":{"mid":"m_person_2","attachments":[{"type":"image","payload":{"url":"https://scontent.example/a.jpg"}}]}}`,
		},
		"place": {
			func(c *bottest.Chat) { c.SendLocation(48.8566, 2.3522) }, "message",
			`"message":{"mid":"m_person_2","attachments":[{"type":"location","payload":{"coordinates":{"lat":48.8566,"long":2.3522}}}]}}`,
		},
		"reaction": {
			func(c *bottest.Chat) { c.React("\u2764\ufe0f") }, "reaction",
			`"reaction":{"reaction":"love","emoji":"\u2764\ufe0f","action":"react","mid":"MID"}}`,
		},
		"reaction without a name": {
			func(c *bottest.Chat) { c.React("🍕") }, "reaction",
			`"reaction":{"reaction":"other","emoji":"🍕","action":"react","mid":"MID"}}`,
		},
		"reaction taken back": {func(c *bottest.Chat) { c.React("") }, "reaction", `"reaction":{"action":"unreact","mid":"MID"}}`},
		"link": {
			func(c *bottest.Chat) { c.Referral("flyer_12") }, "referral",
			`"referral":{"ref":"flyer_12","source":"SHORTLINK","type":"OPEN_THREAD"}}`,
		},
		"colleague": {
			func(c *bottest.Chat) { c.HumanSays("On its way") }, "echo",
			`"message":{"is_echo":true,"app_id":263902037430900,"mid":"m_person_2","text":"On its way"}}`,
		},
		"any event": {
			func(c *bottest.Chat) {
				c.Send(map[string]any{"message": map[string]any{"text": "hotels", "commands": []any{map[string]any{"name": "hotels"}}}})
			}, "message", `"message":{"mid":"m_person_2","text":"hotels","commands":[{"name":"hotels"}]}}`,
		},
		"opt-in": {
			func(c *bottest.Chat) {
				c.Send(map[string]any{"optin": map[string]any{"type": "notification_messages"}})
			}, "optin",
			`"optin":{"type":"notification_messages"}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := new(witness)
			chat := bottest.Start(t, w)
			chat.Say("hello")
			chat.Expect("ok")
			w.only(t)
			test.act(chat)
			event := w.only(t)
			head := common(sender, recipient, at)
			if test.kind == "echo" {
				head = common(recipient, sender, at)
			}
			want := head + test.want
			if r, ok := event.(*webhook.Reaction); ok {
				want = strings.ReplaceAll(want, "MID", r.Mid)
			}
			if diff := cmp.Diff(tree(t, want), tree(t, string(event.From().Raw))); event.Kind() != test.kind || diff != "" {
				t.Errorf("a %s, want a %s; (-want +got)\n%s", event.Kind(), test.kind, diff)
			}
		})
	}
}

// A reaction is to the bot's last message, and one after the other is another event.
func TestReactToLastMessage(t *testing.T) {
	w := new(witness)
	chat := bottest.Start(t, w)
	var mids []string
	chat.Say("hello")
	w.only(t)
	for _, emoji := range []string{"👍", "👍", "❤"} {
		chat.React(emoji)
		r, ok := w.only(t).(*webhook.Reaction)
		if !ok || r.Emoji != emoji {
			t.Fatalf("%v, want the reaction %s", r, emoji)
		}
		mids = append(mids, r.Mid)
	}
	if slices.Sort(mids); len(slices.Compact(mids)) != 3 {
		t.Errorf("reactions to %v, want each to the answer to the one before", mids)
	}
}

// Two reactions at the same time are two events, and so is each event without a mid.
func TestSameAtTheSameTime(t *testing.T) {
	kinds := make(map[string]int)
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		if kinds[c.Event().Kind()]++; c.Message() != "" {
			return c.Text("ok")
		}
		return nil
	}))
	chat.Say("hi")
	for range 2 {
		chat.React("👍")
		chat.Referral("flyer")
	}
	if kinds["reaction"] != 2 || kinds["referral"] != 2 {
		t.Errorf("handled %v, want two reactions and two referrals", kinds)
	}
}

// What the test itself says of an event is kept, and its map is left alone.
func TestSendKeepsWhatIsThere(t *testing.T) {
	w := new(witness)
	chat := bottest.Start(t, w)
	at := chat.Now().Add(-23 * time.Hour)
	item := map[string]any{"timestamp": at.UnixMilli(), "message": map[string]any{"mid": "m_mine", "text": "hi"}}
	chat.Send(item)
	chat.Expect("ok")
	if m, ok := w.only(t).(*webhook.Message); !ok || m.Mid != "m_mine" || !m.Time.Equal(at) {
		t.Errorf("%+v, want the mid and the time of the test", m)
	}
	if len(item) != 2 || len(item["message"].(map[string]any)) != 2 {
		t.Errorf("the map of the test was changed: %v", item)
	}
	chat.Send(map[string]any{"message": map[string]any{"mid": "m_mine", "text": "hi"}}) // has been handled
	chat.ExpectNothing()
}

// The Graph API goes by what opens the window, and when it happened, whatever the bot thinks of it.
func TestGraphKnowsTheWindow(t *testing.T) {
	tests := map[string]struct {
		act  func(*bottest.Chat)
		open bool
	}{
		"message":  {func(c *bottest.Chat) { c.Say("hi") }, true},
		"menu":     {func(c *bottest.Chat) { c.TapMenu("Help", "HELP") }, true},
		"reaction": {func(c *bottest.Chat) { c.React("👍") }, true},
		"referral": {func(c *bottest.Chat) { c.Referral("flyer") }, true},
		"opt-in":   {func(c *bottest.Chat) { c.Send(map[string]any{"optin": map[string]any{"payload": "x"}}) }, true},
		"read":     {func(c *bottest.Chat) { c.Send(map[string]any{"read": map[string]any{"watermark": 1}}) }, false},
		"echo":     {func(c *bottest.Chat) { c.HumanSays("hello") }, false},
		"message that comes late": {func(c *bottest.Chat) {
			c.Send(map[string]any{
				"timestamp": c.Now().Add(-25 * time.Hour).UnixMilli(), "message": map[string]any{"text": "hi"},
			})
		}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, new(witness))
			client, err := bottest.Client(chat)
			if err != nil {
				t.Fatal(err)
			}
			news := func() error {
				_, err := client.Send(t.Context(), send.Request{
					To: send.Person(chat.PSID()), Message: send.Text("news"), Type: send.TypeUpdate,
				})
				return err
			}
			chat.Say("hi")
			chat.Advance(30 * time.Hour)
			if err := news(); !errors.Is(err, send.ErrOutsideWindow) {
				t.Fatalf("error %v after 30 hours, want ErrOutsideWindow", err)
			}
			test.act(chat)
			if err := news(); test.open && err != nil || !test.open && !errors.Is(err, send.ErrOutsideWindow) {
				t.Errorf("error %v, want the window open: %t", err, test.open)
			}
		})
	}
}

// A webhook request that comes once more is the same events.
func TestRedeliver(t *testing.T) {
	handled := 0
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		handled++
		return c.QuickReplies("you: "+c.Input(), "More")
	}))
	chat.Say("hi")
	chat.Expect("you: hi", "More")
	chat.Redeliver()
	chat.ExpectNothing()
	chat.Tap("More") // the quick replies are still there
	chat.Expect("you: More", "More")
	ben := chat.Person("Ben")
	ben.Say("I am Ben")
	chat.Redeliver() // of the tap
	chat.ExpectNothing()
	if handled != 3 {
		t.Errorf("handled %d events, want 3", handled)
	}
}

// Two taps at once are two events of one request, which the bot handles one after the other.
func TestTogether(t *testing.T) {
	newer := 0
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		select {
		case <-c.Newer():
			newer++
		default:
		}
		return c.QuickReplies("you: "+c.Input(), "A", "B")
	}))
	chat.Say("hi")
	chat.Expect("you: hi", "A", "B")
	chat.Together(func() {
		chat.Tap("A")
		chat.Tap("B")
	})
	chat.Expect("you: A", "A", "B")
	chat.Expect("you: B", "A", "B")
	chat.ExpectNothing()
	if newer != 1 {
		t.Errorf("%d events saw a newer one, want one", newer)
	}
	chat.Redeliver() // of both
	chat.ExpectNothing()
	chat.Together(func() {})
	chat.ExpectNothing()
}

// tree returns a JSON text as what it means.
func tree(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}
