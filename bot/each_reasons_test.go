package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// outliving is a store that outlives the process.
type outliving struct{ session.Store }

func (outliving) Durable() bool { return true }

// A mailing with a name promises more than a store in memory keeps: the log says so, once.
func TestNamedMailingsAndStoresInMemory(t *testing.T) {
	const warning = "cannot be taken up after the process ends"
	named := bot.Mailing{Name: "autumn", Rate: -1, Message: send.Text("Hi")}
	nameless := bot.Mailing{Rate: -1, Message: send.Text("Hi")}
	for name, test := range map[string]struct {
		store   session.Store
		mailing bot.Mailing
		want    int
	}{
		"the default":        {nil, named, 1},
		"a Memory":           {mailStore(), named, 1},
		"one that does last": {outliving{mailStore()}, named, 0},
		"one that says not":  {&flaky{Store: mailStore()}, named, 0},
		"no name":            {nil, nameless, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var log buffer
			b := mailBot(t, test.store, &sendtest.Graph{PageID: page}, logTo(&log))
			for range 2 {
				if _, err := b.Each(t.Context(), slices.Values(listed(1)), test.mailing); err != nil {
					t.Fatal(err)
				}
			}
			if got := strings.Count(log.String(), warning); got != test.want {
				t.Errorf("%d warnings, want %d:\n%s", got, test.want, &log)
			}
		})
	}
}

// The log says at start what becomes of the records.
func TestStoreAtStart(t *testing.T) {
	for name, test := range map[string]struct {
		store session.Store
		want  string
	}{
		"the default":        {nil, "records are kept in memory: the end of the process loses them"},
		"one that does last": {outliving{mailStore()}, "records outlive the process"},
		"one that says not":  {&flaky{Store: mailStore()}, "as long as the store keeps them"},
	} {
		t.Run(name, func(t *testing.T) {
			var log buffer
			s := serve(t, silent, logTo(&log), func(cfg *bot.Config) { cfg.Store = test.store })
			s.say("m_1")
			for line := range strings.SplitSeq(log.String(), "\n") {
				if strings.Contains(line, "bot started") && !strings.Contains(line, test.want) {
					t.Errorf("%s\nwant it to say %q", line, test.want)
				}
			}
			log.mustContain(t, "bot started", `"inbox":"`, `"store":"`)
		})
	}
}

// A run that has ended itself says why, also if its context has ended since and nobody is left.
func TestEachEndsItselfBeforeItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	report, err := mailBot(t, mailStore(), &sendtest.Graph{PageID: page}).Each(ctx, slices.Values(listed(1)), bot.Mailing{
		Rate: -1, Message: send.Text("Hi"), Told: func(bot.Mailed) { stop() },
	})
	if err != nil || report != (bot.MailingReport{Sent: 1}) {
		t.Errorf("the context ends when all have it: %+v, %v; want no error", report, err)
	}
	graph := &sendtest.Graph{PageID: page}
	b := mailBot(t, mailStore(), graph, func(cfg *bot.Config) {
		cfg.Outgoing = append(cfg.Outgoing, func(send.Handler) send.Handler {
			return func(context.Context, *send.Outgoing) error { return &send.Error{Status: 400, Code: 100} }
		})
	})
	ctx, stop = context.WithCancel(t.Context())
	told := 0
	report, err = b.Each(ctx, slices.Values(listed(25)), bot.Mailing{
		Rate: -1, Parallel: 1, Message: send.Text("Hi"), Told: func(bot.Mailed) {
			if told++; told == 25 {
				stop()
			}
		},
	})
	if !errors.Is(err, send.ErrInvalid) || errors.Is(err, context.Canceled) || report.Refused != 25 || report.Left > 0 {
		t.Errorf("25 are refused, then the context ends: %v, %+v; want the refusal", err, report)
	}
}

// A refusal is an answer: those without one before it are not of the same row.
func TestEachAndARefusalAmongFailures(t *testing.T) {
	calls := 0
	b := mailBot(t, mailStore(), &sendtest.Graph{PageID: page}, func(cfg *bot.Config) {
		cfg.Outgoing = append(cfg.Outgoing, func(send.Handler) send.Handler {
			return func(context.Context, *send.Outgoing) error {
				if calls++; calls == 25 {
					return &send.Error{Status: 400, Code: 100}
				}
				return errors.New("no answer")
			}
		})
	})
	mailing := bot.Mailing{Rate: -1, Parallel: 1, Message: send.Text("Hi")}
	report, err := b.Each(t.Context(), slices.Values(listed(49)), mailing)
	if err != nil || report != (bot.MailingReport{Failed: 48, Refused: 1}) {
		t.Errorf("%+v, %v; want 24 failures twice to end nothing", report, err)
	}
	if report, err = b.Each(t.Context(), slices.Values(listed(26)), mailing); err == nil || report.Left != 1 {
		t.Errorf("%+v, %v; want 25 in a row to end the run", report, err)
	}
}

// A message that nobody could get fails the call before anybody is asked for.
func TestEachWithAMessageThatIsInvalid(t *testing.T) {
	graph := &sendtest.Graph{PageID: page}
	long := send.Text(strings.Repeat("a", 2001))
	cut := send.Carousel(send.Element{Title: strings.Repeat("a", 81), Subtitle: "b"}) // 80 are shown
	list := send.Template(&send.OtherTemplate{Kind: "list", Fields: json.RawMessage(`{"elements":[]}`)})
	tests := map[string]struct {
		mailing bot.Mailing
		change  func(*bot.Config)
		class   error
	}{
		"too long":              {bot.Mailing{Message: long}, nil, send.ErrInvalid},
		"none":                  {bot.Mailing{}, nil, send.ErrInvalid},
		"for the channel":       {bot.Mailing{Message: send.Text(strings.Repeat("ä", 600))}, func(c *bot.Config) { c.InstagramLogin = true }, send.ErrInvalid},
		"good on Messenger":     {bot.Mailing{Message: send.Text(strings.Repeat("ä", 600))}, nil, nil},
		"cut, strictly":         {bot.Mailing{Message: cut}, func(c *bot.Config) { c.Strict = true }, send.ErrInvalid},
		"retired":               {bot.Mailing{Message: list}, nil, send.ErrRetired},
		"retired, all the same": {bot.Mailing{Message: list}, func(c *bot.Config) { c.Retired = true }, nil},
		"retired, and wrong besides": {
			bot.Mailing{Message: list.WithAnswers(strings.Split("abcdefghijklmn", "")...)},
			func(c *bot.Config) { c.Retired = true }, send.ErrInvalid,
		},
		"composed for each": {bot.Mailing{Message: long, Compose: func(*bot.Thread) (send.Message, error) { return send.Text("Hi"), nil }}, nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := mailBot(t, mailStore(), graph, func(cfg *bot.Config) {
				if test.change != nil {
					test.change(cfg)
				}
			})
			asked := false
			report, err := b.Each(t.Context(), func(func(send.PSID) bool) { asked = true }, test.mailing)
			wantClass(t, "Each", err, test.class)
			if asked != (test.class == nil) || report != (bot.MailingReport{}) {
				t.Errorf("people were asked for: %t, report %+v", asked, report)
			}
		})
	}
}

// Somebody without a PSID is named as that, and keeps nobody else from their message.
func TestEachWithAPersonWithoutPSID(t *testing.T) {
	for _, name := range []string{"", "autumn"} {
		var nobody error
		report, err := mailBot(t, mailStore(), &sendtest.Graph{PageID: page}).Each(t.Context(),
			slices.Values([]send.PSID{"", person}), bot.Mailing{
				Name: name, Rate: -1, Message: send.Text("Hi"), Told: func(m bot.Mailed) {
					if m.Person == "" {
						nobody = m.Err
					}
				},
			})
		if err != nil || report != (bot.MailingReport{Sent: 1, Refused: 1}) {
			t.Errorf("%+v, %v; want one sent, one refused", report, err)
		}
		wantClass(t, "nobody", nobody, bot.ErrNoRecipient)
		if nobody == nil || !strings.Contains(nobody.Error(), "a person without a PSID") {
			t.Errorf("error %v, want it to say so", nobody)
		}
	}
}
