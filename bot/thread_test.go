package bot_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// retiredTag is a tag that Meta refuses since 27 April 2026.
const retiredTag send.Tag = "ACCOUNT_UPDATE"

const to = `"recipient":{"id":"` + person + `"}`

// What each method of a Thread puts on the wire. Sources of the shapes: Meta, Page/messages reference,
// Templates, Quick Replies and Sender Actions, 2026.
func TestThreadComposes(t *testing.T) {
	const url = "https://a.example/x"
	media := func(kind string) string {
		return `{` + to + `,"messaging_type":"RESPONSE",
			"message":{"attachment":{"type":"` + kind + `","payload":{"url":"` + url + `"}}}}`
	}
	tests := map[string]struct {
		call func(*bot.Context) error
		want string
	}{
		"Text": {
			func(c *bot.Context) error { return c.Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","message":{"text":"Hi"}}`,
		},
		"QuickReplies": {
			func(c *bot.Context) error { return c.QuickReplies("Which?", "Small", "Large") },
			`{` + to + `,"messaging_type":"RESPONSE","message":{"text":"Which?","quick_replies":[
				{"content_type":"text","title":"Small","payload":"Small"},
				{"content_type":"text","title":"Large","payload":"Large"}]}}`,
		},
		"Buttons": {
			func(c *bot.Context) error {
				return c.Buttons("More?", send.Postback("Yes", "YES"), send.Link("Site", url))
			},
			`{` + to + `,"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{
				"template_type":"button","text":"More?","buttons":[
				{"type":"postback","title":"Yes","payload":"YES"},{"type":"web_url","title":"Site","url":"` + url + `"}]}}}}`,
		},
		"Carousel": {
			func(c *bot.Context) error {
				return c.Carousel(send.Element{Title: "One", Subtitle: "first"}, send.Element{Title: "Two", ImageURL: url})
			},
			`{` + to + `,"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{
				"template_type":"generic","elements":[
				{"title":"One","subtitle":"first"},{"title":"Two","image_url":"` + url + `"}]}}}}`,
		},
		"Image": {func(c *bot.Context) error { return c.Image(url) }, media("image")},
		"Video": {func(c *bot.Context) error { return c.Video(url) }, media("video")},
		"Audio": {func(c *bot.Context) error { return c.Audio(url) }, media("audio")},
		"File":  {func(c *bot.Context) error { return c.File(url) }, media("file")},
		"Send": {
			func(c *bot.Context) error { return c.Send(send.Text("Hi").WithQuickReplies(send.AskEmail())) },
			`{` + to + `,"messaging_type":"RESPONSE","message":{"text":"Hi",
				"quick_replies":[{"content_type":"user_email"}]}}`,
		},
		"As": {
			func(c *bot.Context) error { return c.As("42").Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","persona_id":"42","message":{"text":"Hi"}}`,
		},
		"ReplyTo": {
			func(c *bot.Context) error { return c.ReplyTo("m_1").Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","reply_to":{"mid":"m_1"},"message":{"text":"Hi"}}`,
		},
		"Silent": {
			func(c *bot.Context) error { return c.Silent().Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","notification_type":"SILENT_PUSH","message":{"text":"Hi"}}`,
		},
		"Once": {
			func(c *bot.Context) error { return c.Once("x").Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","message":{"text":"Hi"}}`,
		},
		"views of views": {
			func(c *bot.Context) error { return c.As("42").ReplyTo("m_1").Silent().Once("x").Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","persona_id":"42","reply_to":{"mid":"m_1"},
				"notification_type":"SILENT_PUSH","message":{"text":"Hi"}}`,
		},
		"Tag inside the window": {
			func(c *bot.Context) error { return c.Tag(send.TagHumanAgent).Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","message":{"text":"Hi"}}`,
		},
		"a retired tag inside the window": {
			func(c *bot.Context) error { return c.Tag(retiredTag).Text("Hi") },
			`{` + to + `,"messaging_type":"RESPONSE","message":{"text":"Hi"}}`,
		},
		"Thread": {
			func(c *bot.Context) error { return c.Thread().Text("Hi") },
			`{` + to + `,"messaging_type":"UPDATE","message":{"text":"Hi"}}`,
		},
		"Typing": {
			func(c *bot.Context) error { return c.Typing() }, `{` + to + `,"sender_action":"typing_on"}`,
		},
		"TypingOff": {
			func(c *bot.Context) error { return c.TypingOff() }, `{` + to + `,"sender_action":"typing_off"}`,
		},
		"MarkSeen": {
			func(c *bot.Context) error { return c.MarkSeen() }, `{` + to + `,"sender_action":"mark_seen"}`,
		},
		"React": {
			func(c *bot.Context) error { return c.React("❤") },
			`{` + to + `,"sender_action":"react","payload":{"message_id":"m_1","reaction":"❤"}}`,
		},
		"Unreact": {
			func(c *bot.Context) error { return c.Unreact() },
			`{` + to + `,"sender_action":"unreact","payload":{"message_id":"m_1"}}`,
		},
		"React to another message": {
			func(c *bot.Context) error { return c.ReplyTo("m_0").React("❤") },
			`{` + to + `,"sender_action":"react","payload":{"message_id":"m_0","reaction":"❤"}}`,
		},
		"an action of a view is alone": {
			func(c *bot.Context) error {
				return c.Tag(send.TagHumanAgent).As("42").Silent().ReplyTo("m_1").Typing()
			},
			`{` + to + `,"sender_action":"typing_on"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, bot.HandlerFunc(test.call))
			s.say("m_1")
			s.wantSent(test.want)
			s.wantCauses()
		})
	}
}

// What the method that composes returns is what is sent.
func TestComposeMakesNoCall(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		request, err := c.As("42").Compose(send.Text("Hi"))
		if request.To != send.Person(person) || request.Type != send.TypeResponse || request.Persona != "42" {
			t.Errorf("composed %+v", request)
		}
		return err
	}))
	s.say("m_1")
	s.wantSent()
	s.wantCauses()
}

func TestViewsDoNotChangeTheContext(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		c.Tag(send.TagHumanAgent)
		c.As("42")
		c.ReplyTo("m_0")
		c.Silent()
		c.Once("x")
		c.Thread()
		c.WithContext(t.Context())
		return errors.Join(c.Text("Hi"), c.React("❤"))
	}))
	s.say("m_1")
	s.wantSent(`{`+to+`,"messaging_type":"RESPONSE","message":{"text":"Hi"}}`,
		`{`+to+`,"sender_action":"react","payload":{"message_id":"m_1","reaction":"❤"}}`)
}

// Within the window a message needs no tag; outside it goes under the tag that was given, or not at all.
func TestWindow(t *testing.T) {
	tests := map[string]struct {
		age  time.Duration // of the person's message
		view func(*bot.Context) *bot.Thread
		want string // the request; "": ErrOutsideWindow, and no call
	}{
		"24 hours": {
			24 * time.Hour, func(c *bot.Context) *bot.Thread { return c.Silent() },
			`{` + to + `,"messaging_type":"RESPONSE","notification_type":"SILENT_PUSH","message":{"text":"Hi"}}`,
		},
		"a second more": {24*time.Hour + time.Second, func(c *bot.Context) *bot.Thread { return c.Silent() }, ""},
		"25 hours, HUMAN_AGENT": {
			25 * time.Hour, func(c *bot.Context) *bot.Thread { return c.Tag(send.TagHumanAgent) },
			`{` + to + `,"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"Hi"}}`,
		},
		"7 days, HUMAN_AGENT": {
			7 * 24 * time.Hour, func(c *bot.Context) *bot.Thread { return c.Tag(send.TagHumanAgent) },
			`{` + to + `,"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"Hi"}}`,
		},
		"more than 7 days, HUMAN_AGENT": {
			7*24*time.Hour + time.Second,
			func(c *bot.Context) *bot.Thread { return c.Tag(send.TagHumanAgent) }, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got error
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				got = test.view(c).Text("Hi")
				return got
			}))
			s.graph.Acted(person, s.clock.Now().Add(-test.age))
			s.deliver(text(s.clock.Now().Add(-test.age), person, "m_1", "hi"))
			if test.want == "" {
				s.wantSent()
				if !errors.Is(got, send.ErrOutsideWindow) {
					t.Errorf("error %v, want ErrOutsideWindow", got)
				}
				return
			}
			s.wantSent(test.want)
		})
	}
}

func TestRetiredTags(t *testing.T) {
	for name, retired := range map[string]bool{"refused": false, "sent all the same": true} {
		t.Run(name, func(t *testing.T) {
			var got error
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				got = c.Tag(retiredTag).Text("Hi")
				return nil
			}), func(cfg *bot.Config) { cfg.Retired = retired })
			s.deliver(text(s.clock.Now().Add(-25*time.Hour), person, "m_1", "hi"))
			calls := len(s.graph.Calls())
			if !retired && (calls != 0 || !errors.Is(got, send.ErrTagRetired)) {
				t.Errorf("%d calls and %v, want none and ErrTagRetired", calls, got)
			}
			if retired && calls != 1 {
				t.Errorf("%d calls and %v, want Meta asked", calls, got)
			}
		})
	}
}

// Window is the latest of what memory, the person's record and the event know.
func TestWindowIsTheLatestThatIsKnown(t *testing.T) {
	at := newClock().Now()
	windows := make(map[string]send.Window)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		windows[c.Message()] = c.Window()
		return nil
	}))
	s.say("fresh")
	s.deliver(text(at.Add(-3*time.Hour), person, "m_2", "late"))
	s.deliver(text(at.Add(3*time.Hour), person, "m_3", "of the future"))
	for name, window := range windows {
		if !window.Opened.Equal(at) {
			t.Errorf("%s: opened %s, want %s", name, window.Opened, at)
		}
	}

	stored := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }))
	stored.deliver(text(at.Add(-time.Hour), person, "m_1", "hi"))
	thread, err := stored.Thread(t.Context(), page, person)
	if err != nil {
		t.Fatal(err)
	}
	if opened := thread.Window().Opened; !opened.Equal(at.Add(-time.Hour)) {
		t.Errorf("opened %s, want an hour ago", opened)
	}
}

// A message that arrives while an earlier one is handled opens the window for that handler too.
func TestWindowThatOpensWhileAHandlerRuns(t *testing.T) {
	var s *harness
	s = serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "old" {
			s.post(batch(s.clock.Now(), "messaging", text(s.clock.Now(), person, "m_2", "new")))
			return c.Text("Hi")
		}
		return nil
	}))
	s.deliver(text(s.clock.Now().Add(-25*time.Hour), person, "m_1", "old"))
	s.want("Hi")
}

// The window outlives the process: it is in the person's record, and never later than the clock.
func TestWindowIsInThePersonsRecord(t *testing.T) {
	items := map[string]func(time.Time) string{
		"a message of now":           func(now time.Time) string { return text(now, person, "m_0", "hi") },
		"a message of the future":    func(now time.Time) string { return text(now.Add(48*time.Hour), person, "m_0", "hi") },
		"a message that has no time": func(time.Time) string { return timeless },
	}
	for name, item := range items {
		t.Run(name, func(t *testing.T) {
			store := storeAfter(t, item)
			var got error
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				if c.Event().Kind() == "custom" {
					got = c.Text("Hi")
				}
				return nil
			}), func(cfg *bot.Config) { cfg.Store = store })
			thread, err := s.Thread(t.Context(), page, person)
			if err != nil {
				t.Fatal(err)
			}
			if opened := thread.Window().Opened; !opened.Equal(s.clock.Now()) {
				t.Errorf("opened %s, want %s", opened, s.clock.Now())
			}
			s.clock.Add(24*time.Hour + time.Second)
			if _, err := s.Emit(t.Context(), page, person, "later", s.clock.Now(), nil); err != nil {
				t.Fatal(err)
			}
			s.settle()
			if !errors.Is(got, send.ErrOutsideWindow) {
				t.Errorf("error %v, want ErrOutsideWindow", got)
			}
		})
	}
}

// timeless is the item of a message without a timestamp.
const timeless = `{"sender":{"id":"` + person + `"},"recipient":{"id":"` + page + `"},` +
	`"message":{"mid":"m_1","text":"hi"}}`

func TestMessageWithoutATimeOpensTheWindowNow(t *testing.T) {
	var opened time.Time
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { opened = c.Window().Opened; return nil }))
	s.post(fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"messaging":[%s]}]}`, page, timeless))
	s.settle()
	if !opened.Equal(s.clock.Now()) {
		t.Errorf("opened %s, want now", opened)
	}
}
