package bot_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

const (
	ourApp   = "1517770000000001"
	inboxApp = "263902037430900" // Source: Meta, message_echoes, 2026
	pause    = 30 * time.Minute
)

// pauses gives a bot a pause, and an app to know its own echoes by.
func pauses(cfg *bot.Config) { cfg.HumanPause, cfg.AppID = pause, ourApp }

// notes is a handler that answers messages and notes which events it has handled.
func notes(handled *[]string) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		*handled = append(*handled, c.EventID())
		if _, ok := c.Event().(*webhook.Message); !ok {
			return nil
		}
		return c.Text("answer to " + c.Message())
	})
}

// echoOf is the echo of a message to the person that fields say more of.
func echoOf(at time.Time, mid, fields string) string {
	return fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,`+
		`"message":{"is_echo":true,%s"mid":%q,"text":"words"}}`, page, person, at.UnixMilli(), fields, mid)
}

// byHuman is the echo of what a human wrote to the person in the Page's inbox.
func byHuman(at time.Time, mid string) string {
	return echoOf(at, mid, `"app_id":`+inboxApp+`,`)
}

func TestWhoseEchoMutes(t *testing.T) {
	tests := map[string]struct {
		app    string // Config.AppID
		fields string
		mutes  bool
	}{
		"a human in the inbox":                      {ourApp, `"app_id":` + inboxApp + `,`, true},
		"a human, and the bot does not know itself": {"", `"app_id":` + inboxApp + `,`, true},
		"a human before 2021: no app":               {ourApp, ``, true},
		"another app":                               {ourApp, `"app_id":17,"metadata":"order-42",`, true},
		"our app":                                   {ourApp, `"app_id":` + ourApp + `,`, false},
		"our app, as a string":                      {ourApp, `"app_id":"` + ourApp + `",`, false},
		"our app, metadata of the developer's own":  {ourApp, `"app_id":` + ourApp + `,"metadata":"order-42",`, false},
		"our metadata":                              {"", `"app_id":` + ourApp + `,"metadata":"parley:x",`, false},
		"our metadata, no app":                      {"", `"metadata":"parley:x",`, false},
		"metadata that only holds ours":             {"", `"metadata":"not parley:x",`, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var handled []string
			s := serve(t, notes(&handled), func(cfg *bot.Config) { cfg.HumanPause, cfg.AppID = pause, test.app })
			s.deliver(echoOf(s.clock.Now(), "m_0", test.fields))
			s.say("m_1")
			if muted := !slices.Contains(handled, "message:m_1"); muted != test.mutes {
				t.Errorf("muted: %t, want %t", muted, test.mutes)
			}
			if !slices.Contains(handled, "echo:m_0") {
				t.Error("the handler has not seen the echo")
			}
		})
	}
}

// What the bot itself has sent comes back as Meta echoes it, with its metadata, and does not mute it.
func TestEchoOfAnAnswerDoesNotMute(t *testing.T) {
	var handled []string
	s := serve(t, notes(&handled), func(cfg *bot.Config) { cfg.HumanPause = pause })
	s.say("m_1")
	sent := s.graph.Calls()[0]
	s.deliver(echoOf(s.clock.Now(), sent.MessageID, fmt.Sprintf(`"metadata":%q,`, metadataOf(t, sent))))
	s.say("m_2")
	s.want("answer to m_1", "answer to m_2")
}

func TestPauseLastsExactlySoLong(t *testing.T) {
	var handled []string
	s := serve(t, notes(&handled), pauses)
	s.say("m_before")
	s.deliver(byHuman(s.clock.Now(), "m_human"))
	s.say("m_1")
	s.clock.Add(pause - time.Millisecond)
	s.say("m_2")
	s.want("answer to m_before")
	s.clock.Add(time.Millisecond)
	s.say("m_3")
	s.want("answer to m_before", "answer to m_3")
	if got := s.Stats(); got.Muted != 2 || got.Handled != 3 || got.DeadLetters != 0 {
		t.Errorf("stats %+v, want 2 muted, 3 handled and no dead letter", got)
	}
	s.clock.Add(time.Hour)
	s.say("m_1") // delivered again: it was settled
	s.want("answer to m_before", "answer to m_3")
}

func TestEachAnswerOfAHumanExtendsThePause(t *testing.T) {
	var handled []string
	s := serve(t, notes(&handled), pauses)
	began := s.clock.Now()
	s.deliver(byHuman(began, "m_human_1"))
	s.clock.Add(20 * time.Minute)
	s.deliver(byHuman(s.clock.Now(), "m_human_2"))
	s.deliver(byHuman(began.Add(10*time.Minute), "m_human_late")) // does not shorten it
	s.clock.Add(10 * time.Minute)
	s.deliver(byHuman(began, "m_human_1"), byHuman(began.Add(20*time.Minute), "m_human_2")) // again: no new answers
	s.clock.Add(20*time.Minute - time.Millisecond)
	s.say("m_1")
	s.want()
	s.clock.Add(time.Millisecond)
	s.say("m_2")
	s.want("answer to m_2")
}

// An echo counts from its own time, which is not later than now, and from now if it has none.
func TestPauseCountsFromTheTimeOfTheEcho(t *testing.T) {
	tests := map[string]struct {
		late  time.Duration // how old the echo is when it comes
		zero  bool          // it has no time
		until time.Duration // after it came
	}{
		"in time":                     {until: pause},
		"late":                        {late: 29 * time.Minute, until: time.Minute},
		"as old as the pause is long": {late: pause},
		"older":                       {late: 3 * time.Hour},
		"from a clock that is ahead":  {late: -time.Hour, until: pause},
		"without a time":              {zero: true, until: pause},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var handled []string
			s := serve(t, notes(&handled), pauses)
			body := batch(s.clock.Now(), "messaging", byHuman(s.clock.Now().Add(-test.late), "m_human"))
			if test.zero {
				body = regexp.MustCompile(`"time(stamp)?":\d+,`).ReplaceAllString(body, "")
			}
			if status := s.post(body); status != 200 {
				t.Fatal(status)
			}
			s.settle()
			if test.until > 0 {
				s.clock.Add(test.until - time.Millisecond)
				s.say("m_1")
				s.want()
				s.clock.Add(time.Millisecond)
			}
			s.say("m_2")
			s.want("answer to m_2")
		})
	}
}

func TestPauseSurvivesARestart(t *testing.T) {
	var store session.Store
	t.Run("before", func(t *testing.T) {
		s := serve(t, silent, keepStore(&store), pauses)
		s.deliver(byHuman(s.clock.Now(), "m_human"))
	})
	var handled []string
	s := serve(t, notes(&handled), pauses, func(cfg *bot.Config) { cfg.Store = store })
	s.clock.Add(pause - time.Millisecond)
	s.say("m_1")
	s.want()
	s.clock.Add(time.Millisecond)
	s.say("m_2")
	s.want("answer to m_2")
}

func TestPauseIsForOnePersonOnly(t *testing.T) {
	var handled []string
	s := serve(t, notes(&handled), pauses)
	s.deliver(byHuman(s.clock.Now(), "m_human"))
	s.deliver(text(s.clock.Now(), "7100000000000002", "m_1", "m_1"), text(s.clock.Now(), person, "m_2", "m_2"))
	s.want("answer to m_1")
}

func TestWithoutAPauseNobodyMutes(t *testing.T) {
	var handled []string
	var store session.Store
	for _, never := range []time.Duration{0, -time.Hour} {
		s := serve(t, notes(&handled), keepStore(&store), func(cfg *bot.Config) { cfg.HumanPause = never })
		s.deliver(byHuman(s.clock.Now(), "m_human"))
		s.say("m_1")
		s.want("answer to m_1")
		record, err := session.Load(t.Context(), store, page+"."+person, s.clock.Now())
		if err != nil || !record.Muted.IsZero() {
			t.Errorf("%s: muted until %s (%v), want never", never, record.Muted, err)
		}
	}
}

// Which events the handler still sees, and what is kept of those that it does not.
func TestWhatIsMuted(t *testing.T) {
	var handled []string
	var store session.Store
	s := serve(t, notes(&handled), pauses, keepStore(&store))
	now := s.clock.Now()
	s.deliver(byHuman(now, "m_human"))
	s.clock.Add(time.Minute)
	now = s.clock.Now()
	handled = nil
	s.deliver(
		text(now, person, "m_1", "hi"),
		item(now, person, `"postback":{"mid":"m_2","title":"Buy","payload":"BUY"}`),
		item(now, person, `"reaction":{"mid":"m_1","action":"react","emoji":"\u2764"}`),
		item(now, person, `"referral":{"ref":"x","source":"SHORTLINK","type":"OPEN_THREAD"}`),
		item(now, person, `"something_new":{"x":1}`),
		item(now, person, `"delivery":{"mids":["m_human"],"watermark":1}`),
		item(now, person, `"read":{"watermark":1}`),
		byHuman(now, "m_human_2"),
	)
	if status := s.post(batch(now, "standby", text(now, person, "m_3", "hi"))); status != 200 {
		t.Fatal(status)
	}
	if _, err := s.Emit(t.Context(), page, person, "reminder", now.Add(time.Minute), nil); err != nil {
		t.Fatal(err)
	}
	s.clock.Add(time.Minute)
	s.settle()

	var kinds []string
	for _, id := range handled {
		kind, _, _ := strings.Cut(id, ":")
		kinds = append(kinds, kind)
	}
	if want := []string{"delivery", "read", "echo", "standby"}; !slices.Equal(kinds, want) {
		t.Errorf("handled %q, want %q", kinds, want)
	}
	s.want()
	if got := s.Stats().Muted; got != 6 {
		t.Errorf("%d events muted, want 6", got)
	}
	record, err := session.Load(t.Context(), store, page+"."+person, s.clock.Now())
	if err != nil || !record.Window.Opened.Equal(now) || !record.Handled("message:m_1") {
		t.Errorf("record %+v (%v), want the window and the ids of what was muted", record, err)
	}
}

// A call back that comes in the pause still holds after it.
func TestRevokedInThePause(t *testing.T) {
	var handled []string
	s := serve(t, notes(&handled), pauses)
	id, err := s.Emit(t.Context(), page, person, "reminder", s.clock.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.deliver(byHuman(s.clock.Now(), "m_human"))
	if err := s.Revoke(t.Context(), page, person, id); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.clock.Add(2 * time.Hour)
	s.settle()
	if slices.Contains(handled, id) {
		t.Error("the reminder came although it was called back")
	}
}

// An echo that is a standby copy tells of a human as well: they own the thread then.
func TestStandbyCopyOfAnEchoMutes(t *testing.T) {
	var handled []string
	s := serve(t, notes(&handled), pauses)
	if status := s.post(batch(s.clock.Now(), "standby", byHuman(s.clock.Now(), "m_human"))); status != 200 {
		t.Fatal(status)
	}
	s.settle()
	s.say("m_1")
	s.want()
}

// A handler that fails on the echo does not undo what the echo says, however often the record conflicts.
func TestPauseIsKeptThoughTheHandlerFails(t *testing.T) {
	memory, refused := session.NewMemory(session.MemoryConfig{Now: newClock().Now}), false
	store := &flaky{Store: memory}
	store.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
		if !refused {
			refused = true
			return session.Record{}, session.ErrConflict
		}
		return memory.Put(ctx, key, r)
	}
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Event().Kind() == "echo" {
			return bot.Permanent(errHandler)
		}
		return c.Text("answer")
	}), pauses, func(cfg *bot.Config) { cfg.Store = store })
	s.deliver(byHuman(s.clock.Now(), "m_human"))
	s.say("m_1")
	s.want()
}

// Echoes of Instagram say nothing of who sent the message.
func TestEchoesOfInstagramDoNotMute(t *testing.T) {
	const account, customer = "17840000000000001", "9000000000001"
	var handled []string
	s := serve(t, notes(&handled), pauses, func(cfg *bot.Config) { cfg.Instagram = []string{account} })
	for _, message := range []string{
		`"sender":{"id":"` + account + `"},"recipient":{"id":"` + customer + `"},"timestamp":%d,` +
			`"message":{"mid":"aWdfM4","text":"Hello","is_echo":true}`,
		`"sender":{"id":"` + customer + `"},"recipient":{"id":"` + account + `"},"timestamp":%d,` +
			`"message":{"mid":"aWdfM5","text":"hi"}`,
	} {
		now := s.clock.Now().UnixMilli()
		body := fmt.Sprintf(`{"object":"instagram","entry":[{"id":%q,"time":%d,"messaging":[{`+message+`}]}]}`,
			account, now, now)
		if status := s.post(body); status != 200 {
			t.Fatal(status)
		}
	}
	s.settle()
	if !slices.Contains(handled, "message:aWdfM5") {
		t.Errorf("handled %q, want the message too", handled)
	}
}

// routed is a handler with routes, of which none is for echoes.
type routed struct{ bot.Handler }

func (routed) Map() []byte            { return nil }
func (routed) Wants(kind string) bool { return kind == "message" }

func TestEchoWithoutARouteMutes(t *testing.T) {
	var handled []string
	s := serve(t, routed{notes(&handled)}, pauses)
	s.deliver(byHuman(s.clock.Now(), "m_human"))
	s.say("m_1")
	s.want()
}

// Whoever has answered last is done when the thread is passed to the bot, unless they have answered since.
func TestPauseEndsWhenTheThreadIsPassed(t *testing.T) {
	for name, test := range map[string]struct {
		passed time.Duration // after the human's answer
		mutes  bool
	}{
		"passed after the answer":       {time.Minute, false},
		"passed with the answer":        {0, false},
		"passed before the last answer": {-time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			var handled []string
			s := serve(t, notes(&handled), pauses)
			answered := s.clock.Now()
			s.deliver(byHuman(answered, "m_0"))
			s.clock.Add(2 * time.Minute)
			s.deliver(fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,"pass_thread_control":`+
				`{"previous_owner_app_id":%q,"new_owner_app_id":%q}}`,
				person, page, answered.Add(test.passed).UnixMilli(), inboxApp, ourApp))
			s.say("m_1")
			if muted := !slices.Contains(handled, "message:m_1"); muted != test.mutes {
				t.Errorf("muted: %t, want %t", muted, test.mutes)
			}
		})
	}
}
