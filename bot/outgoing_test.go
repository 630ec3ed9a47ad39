package bot_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// outgoing is what middleware saw of outgoing calls, in order.
type outgoing []string

// named returns a middleware that notes each call when it goes out and when it has come back.
func (o *outgoing) named(name string) func(send.Handler) send.Handler {
	return func(next send.Handler) send.Handler {
		return func(ctx context.Context, call *send.Outgoing) error {
			*o = append(*o, name+" "+call.Method+" "+call.Path+" "+call.Action.String())
			err := next(ctx, call)
			*o = append(*o, name+" done "+call.Receipt.MessageID)
			return err
		}
	}
}

// Middleware sees every call once, however often it is tried, the first outermost.
func TestOutgoingSeesEveryCall(t *testing.T) {
	var seen outgoing
	var answer struct{ ID string }
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.Typing(), c.Text("A"), c.Graph("GET", "me", map[string]any{"fields": "id"}, &answer))
	}), func(cfg *bot.Config) {
		cfg.Outgoing = []func(send.Handler) send.Handler{seen.named("outer"), seen.named("inner")}
	})
	s.graph.FailWith(sendtest.Failure{Code: 2})
	s.say("m_1")
	s.wantCauses()
	mid := s.graph.Calls()[2].MessageID
	want := []string{
		"outer POST me/messages typing_on", "inner POST me/messages typing_on", "inner done ", "outer done ",
		"outer POST me/messages ", "inner POST me/messages ", "inner done " + mid, "outer done " + mid,
		"outer GET me ", "inner GET me ", "inner done ", "outer done ",
	}
	if mid == "" || !slices.Equal(seen, want) {
		t.Errorf("seen\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
	if answer.ID != page {
		t.Errorf("the Graph API says that the Page is %q, want %q", answer.ID, page)
	}
}

// Middleware may refuse a message, and change what goes out. Its error is not tried again, as none of package
// send is.
func TestOutgoingRefusesAndChanges(t *testing.T) {
	errQuiet := errors.New("quiet hours")
	var told []error
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text(c.Message()) }), func(cfg *bot.Config) {
		cfg.Refused = func(_ string, _ send.PSID, err error) { told = append(told, err) }
		cfg.Outgoing = []func(send.Handler) send.Handler{func(next send.Handler) send.Handler {
			return func(ctx context.Context, call *send.Outgoing) error {
				if call.Request.Message.Text == "m_quiet" {
					return errQuiet
				}
				changed := *call.Request
				changed.Message.Text += "!"
				call.Request = &changed
				return next(ctx, call)
			}
		}}
	})
	s.say("m_quiet")
	s.say("m_1")
	s.want("m_1!")
	s.wantCauses(errQuiet.Error())
	if len(told) != 1 || !errors.Is(told[0], errQuiet) {
		t.Errorf("Refused was told %v, want the error of the middleware", told)
	}
}

// A raw call is one of package send: it has tried again already.
func TestGraphIsNotTriedAgain(t *testing.T) {
	runs := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		runs++
		return c.Graph("GET", "me", nil, nil)
	}))
	for range send.DefaultTries {
		s.graph.FailWith(sendtest.Failure{Refuse: true})
	}
	s.say("m_1")
	s.again()
	s.wantCalls(send.DefaultTries)
	if runs != 1 {
		t.Errorf("%d runs, want 1", runs)
	}
	var answer struct{ ID string }
	if err := s.Graph(t.Context(), "GET", "me", nil, &answer); err != nil || answer.ID != page {
		t.Errorf("a job is answered %q, %v; want %q", answer.ID, err, page)
	}
}

// A token that Meta refuses stops all calls, and the log says so once, with what to do.
func TestTokenRevoked(t *testing.T) {
	var log buffer
	var errs []error
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		err := c.Text("Hi")
		errs = append(errs, err)
		return err
	}), logTo(&log))
	s.graph.FailNext(190, 460)
	s.say("m_1")
	s.say("m_2")
	s.say("m_3")
	s.wantCalls(1)
	for _, err := range errs {
		if !errors.Is(err, send.ErrUnauthorized) {
			t.Errorf("error %v, want ErrUnauthorized", err)
		}
	}
	explained, _ := send.Explain(190, 460)
	alerts := 0
	for line := range strings.Lines(log.String()) {
		entry := decoded[map[string]any](t, []byte(line))
		if entry["channel"] == nil {
			continue
		}
		alerts++
		if entry["level"] != "error" || entry["name"] != explained.Name || entry["advice"] != explained.Advice ||
			entry["channel"] != "messenger" {
			t.Errorf("line %s does not say what is wrong and what to do", line)
		}
	}
	if stops := s.Stats().Stops; alerts != 1 || stops != 1 {
		t.Errorf("%d alerts and %d stops, want 1", alerts, stops)
	}
}

// Each event that fails is logged with the advice once, however often its call was tried.
func TestLogSaysWhatToDo(t *testing.T) {
	tests := map[string]struct {
		failure sendtest.Failure
		own     bool
		message string
	}{
		"a dead letter":           {sendtest.Failure{Code: 2}, false, "event becomes a dead letter"},
		"a closed window":         {sendtest.Failure{Code: 10, Subcode: 2018278}, false, "message not sent"},
		"an own event's reminder": {sendtest.Failure{Code: 551, Subcode: 1545041}, true, "message not sent: it is dropped"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var log buffer
			s := serve(t, bot.HandlerFunc(answers), logTo(&log))
			for range 10 {
				s.graph.FailWith(test.failure)
			}
			if test.own {
				s.emit("reminder", 0, nil)
				s.settle()
			} else {
				s.say("m_1")
			}
			explained, _ := send.Explain(test.failure.Code, test.failure.Subcode)
			log.mustContain(t, `"message":"`+test.message+`"`)
			if n := strings.Count(log.String(), explained.Advice); n != 1 {
				t.Errorf("the log gives the advice %d times, want once:\n%s", n, &log)
			}
		})
	}
}

// The record knows the owner of the thread from what Meta tells of its handover; nothing is sent for that.
// Source: Meta, messaging_handovers, 2026.
func TestHandoverTellsTheOwner(t *testing.T) {
	var store session.Store
	s := serve(t, silent, keepStore(&store), pauses)
	for _, step := range []struct{ event, owner string }{
		{`"request_thread_control":{"requested_owner_app_id":1517770000000001,"metadata":"please"}`, ""},
		{`"take_thread_control":{"previous_owner_app_id":"1517770000000001","new_owner_app_id":263902037430900}`, inboxApp},
		{`"request_thread_control":{"requested_owner_app_id":17}`, inboxApp},
		{`"pass_thread_control":{"previous_owner_app_id":"263902037430900","new_owner_app_id":"1517770000000001"}`, ""},
	} {
		s.clock.Add(time.Second)
		s.deliver(item(s.clock.Now(), person, step.event))
		if got := s.recordOf(store).Owner; got != step.owner {
			t.Errorf("after %s: owner %q, want %q", step.event, got, step.owner)
		}
	}
	s.wantSent()
}

// A title that Messenger would cut goes out, unless Config.Strict refuses it before the call.
func TestStrict(t *testing.T) {
	for strict, want := range map[bool]error{false: nil, true: send.ErrInvalid} {
		var got error
		s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
			got = c.QuickReplies("Which?", strings.Repeat("a", 30))
			return nil
		}), func(cfg *bot.Config) { cfg.Strict = strict })
		s.say("m_1")
		if wantClass(t, "Strict", got, want); (len(s.texts()) == 1) != (want == nil) {
			t.Errorf("Strict %t: sent %q", strict, s.texts())
		}
	}
}

// A utility template is compared with those of the Page, unless Config.TrustTemplates leaves it to Meta.
func TestTrustTemplates(t *testing.T) {
	for trust, want := range map[bool]int{false: 1, true: 0} {
		s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
			return c.Send(send.UtilityMessage("order_update", "en"))
		}), func(cfg *bot.Config) { cfg.TrustTemplates = trust })
		s.say("m_1")
		asked := 0
		for _, call := range s.graph.Calls() {
			if strings.HasSuffix(call.Path, "/message_templates") {
				asked++
			}
		}
		if asked != want {
			t.Errorf("TrustTemplates %t: asked for the templates %d times, want %d", trust, asked, want)
		}
	}
}
