package bot_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

var proofParam = regexp.MustCompile(`"appsecret_proof":"[0-9a-f]+",?`)

// routingAPI takes the calls of conversation routing, and leaves all others to the fake Graph API.
type routingAPI struct {
	next send.Doer

	mu    sync.Mutex
	calls []string
	owner string // the answer to who owns the thread
	fails bool
}

func (r *routingAPI) Do(req *http.Request) (*http.Response, error) {
	edge := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
	if !strings.Contains(edge, "thread_") {
		return r.next.Do(req)
	}
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	call := proofParam.ReplaceAllString(edge+" "+string(body), "")
	r.calls = append(r.calls, strings.TrimSpace(call))
	answer, status := `{"success":true}`, http.StatusOK
	switch {
	case r.fails:
		answer, status = `{"error":{"message":"(#100) No","type":"OAuthException","code":100}}`, http.StatusBadRequest
	case edge == "thread_owner":
		answer = r.owner
	}
	return &http.Response{
		StatusCode: status, Body: io.NopCloser(strings.NewReader(answer)), ContentLength: int64(len(answer)),
		Request: req,
	}, nil
}

// took returns the calls of conversation routing so far.
func (r *routingAPI) took() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// serveRouted starts a bot whose Page has conversation routing.
func serveRouted(t *testing.T, h bot.Handler, adjust ...func(*bot.Config)) (*harness, *routingAPI) {
	t.Helper()
	api := new(routingAPI)
	adjust = append([]func(*bot.Config){func(cfg *bot.Config) {
		api.next, cfg.HTTP, cfg.AppID = cfg.HTTP, api, ourApp
	}}, adjust...)
	return serve(t, h, adjust...), api
}

// standby delivers standby copies.
func (s *harness) standby(items ...string) {
	s.t.Helper()
	if status := s.post(batch(s.clock.Now(), "standby", items...)); status != http.StatusOK {
		s.t.Fatalf("status %d, want 200", status)
	}
	s.settle()
}

// handover is the item of a change of control.
func handover(at time.Time, kind, from, to string) string {
	return item(at, person, fmt.Sprintf(`"%s_thread_control":{"previous_owner_app_id":%q,"new_owner_app_id":%q}`,
		kind, from, to))
}

// wantMuted reports a bot that may write to the person, or may not.
func (s *harness) wantMuted(muted bool) {
	s.t.Helper()
	before := len(s.graph.Calls())
	thread := s.thread()
	for name, err := range map[string]error{"a message": thread.Text("Hi"), "an action": thread.Typing()} {
		if errors.Is(err, bot.ErrNotOwner) != muted || !muted && err != nil {
			s.t.Errorf("%s: error %v, want it muted: %t", name, err, muted)
		}
	}
	if calls := len(s.graph.Calls()) - before; muted && calls != 0 {
		s.t.Errorf("%d calls while muted", calls)
	}
}

// passer answers, and passes the thread to the inbox when it hears "colleague".
func passer(c *bot.Context) error {
	if c.Message() == "colleague" {
		return c.PassThread(send.PageInbox, "asked for a colleague")
	}
	if !c.OwnsThread() {
		return nil
	}
	if _, ok := c.Event().(*webhook.Handover); ok {
		return c.Text("Here I am again.")
	}
	return c.Text("answer to " + c.Message())
}

// Passed to the inbox the bot is silent, also when it is started anew, until the inbox passes the thread back.
func TestPassedToTheInboxAndBack(t *testing.T) {
	var store session.Store
	var refused int
	h := bot.HandlerFunc(passer)
	t.Run("pass", func(t *testing.T) {
		s, api := serveRouted(t, h, keepStore(&store), func(cfg *bot.Config) {
			cfg.Refused = func(string, send.PSID, error) { refused++ }
		})
		s.say("hello")
		s.say("colleague")
		s.clock.Add(time.Minute)
		s.standby(text(s.clock.Now(), person, "m_s1", "is anybody there?"))
		s.wantMuted(true)
		s.want("answer to hello")
		want := `pass_thread_control {"metadata":"asked for a colleague",` +
			`"recipient":{"id":"` + person + `"},"target_app_id":"263902037430900"}`
		if got := api.took(); !slices.Equal(got, []string{want}) {
			t.Errorf("calls %q, want %q", got, want)
		}
		if refused != 1 {
			t.Errorf("Refused was told of %d messages, want the one", refused)
		}
		if got := s.recordOf(store); got.Owner != inboxApp || got.OwnerSince.IsZero() {
			t.Errorf("owner %q since %v in the record", got.Owner, got.OwnerSince)
		}
	})
	t.Run("back", func(t *testing.T) {
		s, _ := serveRouted(t, h, func(cfg *bot.Config) { cfg.Store = store })
		s.clock.Add(2 * time.Minute)
		s.wantMuted(true)
		s.deliver(handover(s.clock.Now(), "pass", inboxApp, ourApp))
		s.clock.Add(time.Second)
		s.say("thanks")
		s.want("Here I am again.", "answer to thanks")
		s.wantMuted(false)
	})
}

// What mutes the bot and what wakes it. Times are of the clock, in minutes; the question is asked at ask.
func TestWhatMutesAndWakes(t *testing.T) {
	type told struct {
		minute  int
		standby bool
		item    func(at time.Time) string
	}
	from := func(kind, before, after string) func(time.Time) string {
		return func(at time.Time) string { return handover(at, kind, before, after) }
	}
	of := func(event string) func(time.Time) string {
		return func(at time.Time) string { return item(at, person, event) }
	}
	const hour = 60
	take, back := from("take", ourApp, inboxApp), from("pass", inboxApp, ourApp)
	message := of(`"message":{"mid":"m_9","text":"hi"}`)
	postback := of(`"postback":{"mid":"m_8","title":"t","payload":"p"}`)
	reaction := of(`"reaction":{"mid":"m_7","action":"react","emoji":"x"}`)
	tests := map[string]struct {
		told  []told
		ask   int
		muted bool
	}{
		"a human takes it":                  {[]told{{0, false, take}}, 0, true},
		"taken by nobody named":             {[]told{{0, false, of(`"take_thread_control":{}`)}}, 0, true},
		"passed to another app":             {[]told{{0, false, from("pass", ourApp, "17")}}, 0, true},
		"passed back":                       {[]told{{0, false, take}, {5, false, back}}, 5, false},
		"passed to nobody named":            {[]told{{0, false, take}, {5, false, of(`"pass_thread_control":{}`)}}, 5, false},
		"taken back by us":                  {[]told{{0, false, take}, {5, false, from("take", inboxApp, ourApp)}}, 5, false},
		"asked for":                         {[]told{{0, false, of(`"request_thread_control":{"requested_owner_app_id":17}`)}}, 0, false},
		"a message to us":                   {[]told{{0, false, take}, {5, false, message}}, 5, false},
		"a tap for us":                      {[]told{{0, false, take}, {5, false, postback}}, 5, false},
		"a reaction":                        {[]told{{0, false, take}, {5, false, reaction}}, 5, true},
		"an echo":                           {[]told{{0, false, take}, {5, false, of(`"message":{"mid":"m_6","is_echo":true}`)}}, 5, true},
		"a message on standby":              {[]told{{0, false, take}, {5, true, message}}, 5, true},
		"a message of before":               {[]told{{5, false, take}, {4, false, message}}, 5, true},
		"a tap of before":                   {[]told{{5, false, take}, {4, false, postback}}, 5, true},
		"a pass of before, out of order":    {[]told{{5, false, take}, {3, false, back}}, 5, true},
		"a take of before, out of order":    {[]told{{5, false, back}, {3, false, take}}, 5, false},
		"by the clocks within a minute":     {[]told{{5, false, take}, {5, false, back}}, 5, false},
		"23 hours later":                    {[]told{{0, false, take}}, 23 * hour, true},
		"24 hours later":                    {[]told{{0, false, take}}, 24 * hour, false},
		"24 hours later, but they wrote":    {[]told{{0, false, take}, {20 * hour, true, message}}, 43 * hour, true},
		"24 hours after they wrote":         {[]told{{0, false, take}, {20 * hour, true, message}}, 44 * hour, false},
		"taken again after 24 hours":        {[]told{{0, false, take}, {30 * hour, false, take}}, 30 * hour, true},
		"a reaction after 24 hours":         {[]told{{0, false, take}, {30 * hour, false, reaction}}, 31 * hour, false},
		"on standby after 24 hours":         {[]told{{0, false, take}, {30 * hour, true, message}}, 31 * hour, true},
		"24 hours later, but they wrote us": {[]told{{0, false, take}, {20 * hour, false, message}}, 21 * hour, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, _ := serveRouted(t, silent)
			start := s.clock.Now()
			for _, event := range test.told {
				at := start.Add(time.Duration(event.minute) * time.Minute)
				if at.After(s.clock.Now()) {
					s.clock.Add(at.Sub(s.clock.Now()))
				}
				if event.standby {
					s.standby(event.item(at))
				} else {
					s.deliver(event.item(at))
				}
			}
			s.clock.Add(start.Add(time.Duration(test.ask) * time.Minute).Sub(s.clock.Now()))
			if test.ask >= 24*hour {
				s.graph.Acted(person, s.clock.Now()) // the messaging window is another matter
			}
			thread := s.thread().Tag(send.TagHumanAgent)
			if err := thread.Text("Hi"); errors.Is(err, bot.ErrNotOwner) != test.muted || !test.muted && err != nil {
				t.Errorf("error %v, want it muted: %t", err, test.muted)
			}
		})
	}
}

// Without Config.AppID a thread that is passed is passed to us, as Meta tells only the new owner.
func TestPassedToAnAppThatDoesNotKnowItself(t *testing.T) {
	s, _ := serveRouted(t, silent, func(cfg *bot.Config) { cfg.AppID = "" })
	s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
	s.wantMuted(true)
	s.clock.Add(time.Second)
	s.deliver(handover(s.clock.Now(), "pass", inboxApp, ourApp))
	s.wantMuted(false)
}

// What the bot itself does with the thread.
func TestOwnHandovers(t *testing.T) {
	tests := map[string]struct {
		do    func(t *bot.Thread) error
		call  string // conversation routing
		first bool   // muted before
		muted bool
	}{
		"pass to an app":         {func(t *bot.Thread) error { return t.PassThread("17", "") }, `"target_app_id":"17"}`, false, true},
		"pass to nobody named":   {func(t *bot.Thread) error { return t.PassThread("", "") }, `pass_thread_control {"recipient":{"id":"` + person + `"}}`, false, true},
		"pass to ourselves":      {func(t *bot.Thread) error { return t.PassThread(ourApp, "") }, "pass_", true, false},
		"release":                {func(t *bot.Thread) error { return t.ReleaseThread() }, "release_", true, false},
		"take":                   {func(t *bot.Thread) error { return t.TakeThread("sorry") }, `take_thread_control {"metadata":"sorry"`, true, false},
		"request":                {func(t *bot.Thread) error { return t.RequestThread("please") }, `request_thread_control {"metadata":"please"`, true, true},
		"extend":                 {func(t *bot.Thread) error { return t.ExtendThread(time.Hour) }, `extend_thread_control {"duration":3600`, false, false},
		"hand over to an app":    {func(t *bot.Thread) error { return t.HandOver(passTo("17")).Text("Bye") }, "", false, true},
		"hand over to no app":    {func(t *bot.Thread) error { return t.HandOver(passTo("")).Text("Bye") }, "", false, true},
		"hand over to ourselves": {func(t *bot.Thread) error { return t.HandOver(passTo(ourApp)).Text("Bye") }, "", false, false},
		"hand over to nobody":    {func(t *bot.Thread) error { return t.HandOver(send.ThreadControl{}).Text("Bye") }, "", false, false},
	}
	for name, test := range tests {
		for _, within := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " within an event: ", within), func(t *testing.T) {
				var store session.Store
				s, api := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
					if name, _ := c.Event().(*webhook.Custom); name != nil {
						return test.do(c.Thread())
					}
					return nil
				}), keepStore(&store))
				if test.first {
					s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
					s.clock.Add(time.Minute)
				}
				if within {
					if _, err := s.Emit(t.Context(), page, person, "act", s.clock.Now(), nil); err != nil {
						t.Fatal(err)
					}
					s.settle()
				} else if err := test.do(s.thread()); err != nil {
					t.Fatal(err)
				}
				s.wantMuted(test.muted) // by memory
				s.settle()
				if got := s.recordOf(store); (got.Owner != "") != test.muted {
					t.Errorf("owner %q in the record, want muted: %t", got.Owner, test.muted)
				}
				got := api.took()
				if want := test.call != ""; (len(got) == 1) != want || want && !strings.Contains(got[0], test.call) {
					t.Errorf("calls %q, want %q", got, test.call)
				}
			})
		}
	}
}

func passTo(app string) send.ThreadControl {
	return send.ThreadControl{Type: send.ControlPass, AppID: app}
}

// A refusal changes nothing, and is not tried again.
func TestRefusedHandover(t *testing.T) {
	runs := 0
	s, api := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
		runs++
		return c.PassThread("17", "")
	}))
	api.fails = true
	s.say("m_1")
	s.wantMuted(false)
	if causes := s.causes(); runs != 1 || len(causes) != 1 || !strings.Contains(causes[0], "(#100)") {
		t.Errorf("%d runs, causes %q; want one of each", runs, causes)
	}
	if err := s.thread().To(send.UserRef("ref")).PassThread("17", ""); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("error %v, want Meta's", err)
	}
	thread, err := s.To(t.Context(), page, send.UserRef("ref"))
	if err != nil {
		t.Fatal(err)
	}
	if _, asked := thread.ThreadOwner(); !errors.Is(asked, bot.ErrNoRecipient) ||
		!errors.Is(thread.ReleaseThread(), bot.ErrNoRecipient) {
		t.Error("nobody's thread: want ErrNoRecipient")
	}
	if err := s.thread().ExtendThread(8 * 24 * time.Hour); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("extended by 8 days: %v, want ErrInvalid", err)
	}
}
