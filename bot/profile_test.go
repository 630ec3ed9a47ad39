package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

const (
	otherPage     = "104000000000007"
	linkedAccount = "17841400000000007"
)

// hello is a Messenger Profile with something for both channels.
func helloProfile() *send.Profile {
	return &send.Profile{
		GetStarted:  "START",
		Greeting:    []send.Greeting{{Text: "Hi"}},
		IceBreakers: []send.IceBreakers{{Questions: []send.IceBreaker{{Question: "Where?", Payload: "WHERE"}}}},
		Menu:        []send.Menu{{Items: []send.Button{send.Postback("Drinks", "DRINKS")}}},
	}
}

// What stands at the Graph API where helloProfile is declared.
const (
	helloIceBreakers = `"ice_breakers":[{"call_to_actions":[{"payload":"WHERE","question":"Where?"}],"locale":"default"}]`
	helloMenu        = `"persistent_menu":[{"call_to_actions":[{"payload":"DRINKS","title":"Drinks","type":"postback"}],"locale":"default"}]`
	helloStands      = `{"get_started":{"payload":"START"},"greeting":[{"locale":"default","text":"Hi"}],` + helloIceBreakers + `,` + helloMenu + `}`
	helloOnInstagram = `{` + helloIceBreakers + `,` + helloMenu + `}`
)

// declaring has a bot talk to a Graph API that the test has made.
func declaring(graph *sendtest.Graph, profile *send.Profile, log *buffer) func(*bot.Config) {
	return func(cfg *bot.Config) {
		cfg.HTTP, cfg.Profile = graph.Client(), profile
		logTo(log)(cfg)
	}
}

// stands waits until the profile of an account is the one wanted.
func stands(t *testing.T, graph *sendtest.Graph, account, want string) {
	t.Helper()
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the profile of "+account+" stands", func() bool {
		var got any
		return json.Unmarshal(graph.Profile(account), &got) == nil && cmp.Equal(got, wanted)
	})
}

// methods returns the methods of the calls of the Messenger Profile.
func methods(graph *sendtest.Graph) string {
	var all []string
	for _, call := range graph.Calls() {
		if strings.HasSuffix(call.Path, "/messenger_profile") {
			all = append(all, call.Method)
		}
	}
	return strings.Join(all, " ")
}

// logged waits until the log says something.
func logged(t *testing.T, log *buffer, words string) {
	t.Helper()
	eventually(t, "the log says: "+words, func() bool { return strings.Contains(log.String(), words) })
}

// A bot sets its profile when it starts, says what it changed, and changes nothing at its next start.
func TestProfileAtStart(t *testing.T) {
	graph := &sendtest.Graph{PageID: page}
	t.Run("the first time", func(t *testing.T) {
		log := new(buffer)
		serve(t, silent, declaring(graph, helloProfile(), log))
		stands(t, graph, page, helloStands)
		logged(t, log, `"property":"persistent_menu"`)
		log.mustContain(t, `"level":"info"`, `"page":"`+page+`"`, `"channel":"messenger"`, `"property":"get_started"`,
			`"locale":"default"`, `"old":""`, `"new":"\"Hi\""`, "Messenger Profile changed")
		if got := methods(graph); got != "GET POST" {
			t.Errorf("calls %s, want GET POST", got)
		}
	})
	t.Run("the second time", func(t *testing.T) {
		log := new(buffer)
		serve(t, silent, declaring(graph, helloProfile(), log))
		logged(t, log, "Messenger Profile is as declared")
		if got := methods(graph); got != "GET POST GET" {
			t.Errorf("calls %s, want another GET and nothing written", got)
		}
	})
	t.Run("one property is another", func(t *testing.T) {
		log, changed := new(buffer), helloProfile()
		changed.Greeting[0].Text = "Hello"
		changed.Remove, changed.IceBreakers = []send.ProfileField{send.ProfileIceBreakers}, nil
		serve(t, silent, declaring(graph, changed, log))
		logged(t, log, `"property":"ice_breakers"`)
		log.mustContain(t, `"old":"\"Hi\"","new":"\"Hello\""`)
		log.mustNotContain(t, `"property":"persistent_menu"`)
		if got := methods(graph); got != "GET POST GET GET POST DELETE" {
			t.Errorf("calls %s, want one GET, POST and DELETE more", got)
		}
	})
}

// Without a declaration nothing is asked.
func TestNoProfile(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("yes") }))
	s.say("hi")
	if got := methods(s.graph); got != "" {
		t.Errorf("calls %s, want none", got)
	}
	if changes, err := s.ProfileChanges(t.Context(), page); err != nil || changes != nil {
		t.Errorf("ProfileChanges = %v, %v; want none", changes, err)
	}
}

func TestProfileDryRun(t *testing.T) {
	graph, log := &sendtest.Graph{PageID: page}, new(buffer)
	s := serve(t, silent, declaring(graph, helloProfile(), log), func(cfg *bot.Config) { cfg.ProfileDryRun = true })
	logged(t, log, `"property":"persistent_menu"`)
	log.mustContain(t, "would be changed", `"new":"\"START\""`)
	changes, err := s.ProfileChanges(t.Context(), "")
	if err != nil || len(changes) != 4 || changes[0].String() != `get_started: new "START"` {
		t.Errorf("ProfileChanges = %v, %v; want four, Get Started first", changes, err)
	}
	if got := methods(graph); got != "GET GET" || graph.Profile(page) != nil {
		t.Errorf("calls %s, and %s stands; want nothing written", got, graph.Profile(page))
	}
	if _, err := s.ProfileChanges(t.Context(), "1"); !errors.Is(err, bot.ErrUnknownPage) {
		t.Errorf("ProfileChanges of another Page = %v, want ErrUnknownPage", err)
	}
}

func TestProfileDryRunFromEnv(t *testing.T) {
	for value, want := range map[string]bool{"": false, "true": true, "1": true, "false": false} {
		t.Setenv("PROFILE_DRY_RUN", value)
		if cfg := bot.FromEnv(); cfg.ProfileDryRun != want {
			t.Errorf("PROFILE_DRY_RUN=%q: %v, want %v", value, cfg.ProfileDryRun, want)
		}
	}
	t.Setenv("PROFILE_DRY_RUN", "sometimes")
	if _, err := bot.New(bot.FromEnv(), silent); err == nil || !strings.Contains(err.Error(), "PROFILE_DRY_RUN is malformed: want true or false") {
		t.Errorf("New = %v, want the variable named", err)
	}
}

// That Meta refuses the profile is logged with advice, and keeps nobody from being answered.
func TestProfileFails(t *testing.T) {
	graph, log := &sendtest.Graph{PageID: page}, new(buffer)
	graph.FailNext(613, 0)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("yes") }), declaring(graph, helloProfile(), log))
	logged(t, log, "Messenger Profile not as declared: the bot serves all the same")
	log.mustContain(t, `"level":"error"`, `"advice":"Wait ten minutes:`, "code 613")
	s.say("hi")
	if calls := graph.Calls(); len(calls) != 2 || calls[1].MessageID == "" {
		t.Errorf("calls %+v, want the refused one and an answer", calls)
	}
	answer := httptest.NewRecorder()
	s.front.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, bot.ReadyPath, nil))
	if answer.Code != http.StatusOK {
		t.Errorf("readyz: %d, want 200", answer.Code)
	}
}

// A menu without Get Started is never written, and the log says why.
func TestMenuWithoutGetStarted(t *testing.T) {
	graph, log, menu := &sendtest.Graph{PageID: page}, new(buffer), helloProfile()
	menu.GetStarted = ""
	serve(t, silent, declaring(graph, menu, log))
	logged(t, log, "send: get_started: missing: the persistent menu needs it")
	log.mustContain(t, "Correct the field that the error names")
	if got := methods(graph); got != "GET" {
		t.Errorf("calls %s, want GET alone", got)
	}
}

// A declaration that Meta would surely refuse is a mistake in the program: the bot does not start.
func TestWrongProfile(t *testing.T) {
	wrong := &send.Profile{Greeting: []send.Greeting{{Locale: "de_DE", Text: "Hallo"}}}
	retired := &send.Profile{Raw: map[string]any{"home_url": map[string]any{"url": "https://a.example"}}}
	cfg := bot.Config{Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page}
	for name, test := range map[string]struct {
		change func(*bot.Config)
		want   string
	}{
		"Config.Profile":  {func(cfg *bot.Config) { cfg.Profile = wrong }, "Profile: send: greeting: no default locale"},
		"Page.Profile":    {func(cfg *bot.Config) { cfg.Pages = []bot.Page{{ID: otherPage, Token: "other", Profile: wrong}} }, "Pages[0]: Profile: send: greeting"},
		"retired":         {func(cfg *bot.Config) { cfg.Profile = retired }, "send: home_url: Meta removed it"},
		"retired allowed": {func(cfg *bot.Config) { cfg.Profile, cfg.Retired = retired, true }, ""},
		"retired allowed, another mistake beside it": {func(cfg *bot.Config) {
			cfg.Retired = true
			cfg.Profile = &send.Profile{Raw: map[string]any{"home_url": "https://a.example", "greeting": 1}}
		}, "greeting"},
	} {
		changed := cfg
		test.change(&changed)
		_, err := bot.New(changed, silent)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: New = %v, want %q", name, err, test.want)
		}
	}
	b, err := bot.New(cfg, silent)
	if err != nil {
		t.Fatal(err)
	}
	err = b.AddPage(bot.Page{ID: otherPage, Token: "other", Profile: wrong})
	if !errors.Is(err, send.ErrInvalid) || len(b.Pages()) != 1 {
		t.Errorf("AddPage = %v with %v, want it refused", err, b.Pages())
	}
}

// Each Page has the common profile or its own; one that is added while the bot serves, too; and so has the
// Instagram account that is linked to it.
func TestProfileOfSeveralPages(t *testing.T) {
	graph := &sendtest.Graph{Pages: []sendtest.Page{
		{ID: page, Token: "token", AppSecret: secret, Instagram: []string{linkedAccount}},
		{ID: otherPage, Token: "other", AppSecret: secret},
	}}
	log := new(buffer)
	s := serve(t, silent, declaring(graph, helloProfile(), log), func(cfg *bot.Config) { cfg.Instagram = []string{linkedAccount} })
	stands(t, graph, page, helloStands)
	stands(t, graph, linkedAccount, helloOnInstagram)
	own := &send.Profile{GetStarted: "OTHER"}
	if err := s.AddPage(bot.Page{ID: otherPage, Token: "other", Profile: own}); err != nil {
		t.Fatal(err)
	}
	stands(t, graph, otherPage, `{"get_started":{"payload":"OTHER"}}`)
	if err := s.AddPage(bot.Page{ID: otherPage, Token: "other"}); err != nil { // with the common one
		t.Fatal(err)
	}
	stands(t, graph, otherPage, helloStands)
	if got := methods(graph); strings.Count(got, "GET") != 4 {
		t.Errorf("calls %s, want what stands asked once for each declaration", got)
	}
	changes, err := s.ProfileChanges(t.Context(), linkedAccount)
	if err != nil || len(changes) != 0 {
		t.Errorf("ProfileChanges on Instagram = %v, %v; want none", changes, err)
	}
	const second = "17841400000000009"
	for declared, profile := range map[string]*send.Profile{"the common": nil, "its own": helloProfile()} {
		again := bot.Page{ID: otherPage, Token: "other", Instagram: []string{"17841400000000008", second}, Profile: profile}
		wantClass(t, "AddPage", s.AddPage(again), nil)
		if _, err := s.ProfileChanges(t.Context(), second); !errors.Is(err, send.ErrInvalid) ||
			!strings.Contains(err.Error(), second) || !strings.Contains(err.Error(), "only the first") {
			t.Errorf("ProfileChanges of a second account with %s profile: %v, want an error that says so", declared, err)
		}
	}
}

// An account of Instagram Login has no Page and no Get Started.
func TestProfileOfInstagramLogin(t *testing.T) {
	graph := &sendtest.Graph{Pages: []sendtest.Page{{ID: linkedAccount, Token: "token", AppSecret: secret, InstagramLogin: true}}}
	serve(t, silent, declaring(graph, helloProfile(), new(buffer)), func(cfg *bot.Config) {
		cfg.PageID, cfg.InstagramLogin = linkedAccount, true
	})
	stands(t, graph, linkedAccount, helloOnInstagram)
}

// A Page whose ID is asked at start has its profile as well.
func TestProfileOfAPageThatIsAsked(t *testing.T) {
	graph := &sendtest.Graph{PageID: page}
	serve(t, silent, declaring(graph, helloProfile(), new(buffer)), func(cfg *bot.Config) { cfg.PageID = "" })
	stands(t, graph, page, helloStands)
}

// What would be changed can be asked before the bot serves, of a Page whose ID is not known yet too.
func TestProfileChangesBeforeServe(t *testing.T) {
	graph := &sendtest.Graph{PageID: page}
	b, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", HTTP: graph.Client(), Profile: helloProfile(),
	}, silent)
	if err != nil {
		t.Fatal(err)
	}
	if changes, err := b.ProfileChanges(t.Context(), ""); err != nil || len(changes) != 4 {
		t.Errorf("ProfileChanges = %v, %v; want four", changes, err)
	}
}

// knowing is a handler that knows what it routes.
type knowing struct {
	bot.Handler
	payloads string
}

func (k knowing) Routes(payload, title string) bool {
	return strings.Contains(k.payloads, payload) || title == "Where?"
}

func TestPayloadsWithoutRoute(t *testing.T) {
	for _, dry := range []bool{false, true} {
		graph, log := &sendtest.Graph{PageID: page}, new(buffer)
		serve(t, knowing{silent, "START"}, declaring(graph, helloProfile(), log), func(cfg *bot.Config) { cfg.ProfileDryRun = dry })
		logged(t, log, "nothing routes this payload")
		log.mustContain(t, `"level":"warn","payload":"DRINKS","title":"Drinks"`)
		log.mustNotContain(t, `"payload":"START"`, `"payload":"WHERE"`)
	}
	log := new(buffer)
	serve(t, silent, declaring(&sendtest.Graph{PageID: page}, helloProfile(), log)) // who knows?
	logged(t, log, "Messenger Profile changed")
	log.mustNotContain(t, "nothing routes")
}

// hanging answers no call of the Messenger Profile.
type hanging struct {
	http.RoundTripper
	begun func()
}

func (h hanging) Do(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/messenger_profile") {
		return h.RoundTrip(r)
	}
	h.begun()
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// The bot serves while the profile's calls hang, and Serve ends them with itself: goleak sees it.
func TestStopWhileTheProfileHangs(t *testing.T) {
	graph, log, begun := &sendtest.Graph{PageID: page}, new(buffer), make(chan struct{})
	var once sync.Once
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("yes") }), func(cfg *bot.Config) {
		cfg.HTTP = hanging{graph.Client().Transport, func() { once.Do(func() { close(begun) }) }}
		cfg.Profile = helloProfile()
		logTo(log)(cfg)
	})
	<-begun
	s.say("hi")
	if calls := graph.Calls(); len(calls) != 1 || calls[0].MessageID == "" {
		t.Errorf("calls %+v, want the answer", calls)
	}
	t.Cleanup(func() { log.mustNotContain(t, "Messenger Profile not as declared") })
}

// TestProfileTimeOut: what hangs is given up after 30 seconds.
func TestProfileTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := new(buffer)
		cfg := bot.Config{
			Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Profile: helloProfile(),
			HTTP: hanging{nil, func() {}},
		}
		logTo(log)(&cfg)
		b, err := bot.New(cfg, silent)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- b.Serve(ctx) }()
		time.Sleep(29 * time.Second)
		synctest.Wait()
		log.mustNotContain(t, "not as declared")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		log.mustContain(t, "Messenger Profile not as declared", "deadline")
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
