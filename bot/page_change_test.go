package bot_test

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// tokensOf returns the tokens of calls, in order.
func tokensOf(calls []wireCall) []string {
	var tokens []string
	for _, call := range calls {
		tokens = append(tokens, call.token)
	}
	return tokens
}

// A bot that has an app may start without a Page. One that is added then is answered for at once.
func TestPagesComeLater(t *testing.T) {
	s, tap := serveFleet(t, echoes, nil, func(cfg *bot.Config) {
		cfg.Pages, cfg.HTTP = nil, (&sendtest.Graph{Pages: knownPages(fleetPage(0)), Now: cfg.Now}).Client()
	})
	if len(s.Pages()) != 0 {
		t.Errorf("Pages %v, want none", s.Pages())
	}
	s.sayTo(0, "m_1")
	if got := s.Stats(); got.UnknownPages != 1 || got.Handled != 0 {
		t.Errorf("%+v, want an event of an unknown Page", got)
	}
	if err := s.AddPage(fleetPage(0)); err != nil {
		t.Fatal(err)
	}
	s.sayTo(0, "m_2")
	if got := s.Stats(); got.UnknownPages != 1 || got.Handled != 1 {
		t.Errorf("%+v, want one more that is handled", got)
	}
	if got := tap.seen(); len(got) > 0 {
		t.Errorf("calls %v, want them elsewhere", got)
	}
	s.wantCauses()
}

// What is in hand is finished with the token that it began with; what waits, and a thread that belongs to no
// event, take the new one.
func TestAPageIsReplaced(t *testing.T) {
	started, replaced := make(chan bool), make(chan bool)
	s, tap := serveFleet(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "m_1" {
			started <- true
			<-replaced
		}
		return errors.Join(c.Text("a"), c.Typing())
	}), fleetPages(2), func(cfg *bot.Config) {
		cfg.HTTP.(*wiretap).next = (&sendtest.Graph{PageID: pageNumber(0), Now: cfg.Now}).Client() // takes all tokens
	})
	thread, err := s.Thread(t.Context(), pageNumber(0), "7100000000000009")
	if err != nil {
		t.Fatal(err)
	}
	for _, mid := range []string{"m_1", "m_2"} {
		s.postSigned(appSecretOf(0), bodyOf("page", entryOf(s.clock.Now(), pageNumber(0), person, mid, mid)))
	}
	<-started
	renewed := fleetPage(0)
	renewed.Token = "EAAnew"
	if err := s.AddPage(renewed); err != nil {
		t.Fatal(err)
	}
	close(replaced)
	s.settle()
	if err := thread.Typing(); err != nil {
		t.Error(err)
	}
	old := pageTokenOf(0)
	if got, want := tokensOf(tap.seen()), []string{old, old, "EAAnew", "EAAnew", "EAAnew"}; !slices.Equal(got, want) {
		t.Errorf("tokens %v, want %v", got, want)
	}
	if got, want := s.Pages(), []string{pageNumber(0), pageNumber(1)}; !slices.Equal(got, want) {
		t.Errorf("Pages %v, want %v", got, want)
	}
	s.wantCauses()
}

// The client of a Page stays while nothing of the Page changes, with what it knows of Meta's limits.
func TestClientsStay(t *testing.T) {
	s, _ := serveFleet(t, echoes, fleetPages(3))
	first, err := s.Client(pageNumber(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.AddPage(fleetPage(7)), s.RemovePage(pageNumber(1)), s.AddPage(fleetPage(0))); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Client(pageNumber(0)); again != first || err != nil {
		t.Errorf("another client (%v)", err)
	}
	slower := fleetPage(0)
	slower.Rate = 5
	if err := s.AddPage(slower); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Client(pageNumber(0)); again == first || err != nil {
		t.Errorf("the same client (%v) with another rate", err)
	}
}

// What waits for a Page that is removed becomes a dead letter, and is handled once the Page is back. What is in
// hand is finished.
func TestAPageIsRemoved(t *testing.T) {
	started, removed := make(chan bool), make(chan bool)
	var log buffer
	s, tap := serveFleet(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "m_1" {
			started <- true
			<-removed
			if _, err := c.Emit("tea", c.Now(), nil); err != nil {
				t.Error(err)
			}
		}
		return c.Text(cmp.Or(c.Message(), "own"))
	}), fleetPages(2), logTo(&log))
	thread, err := s.Thread(t.Context(), pageNumber(0), person)
	if err != nil {
		t.Fatal(err)
	}
	for _, mid := range []string{"m_1", "m_2"} {
		s.postSigned(appSecretOf(0), bodyOf("page", entryOf(s.clock.Now(), pageNumber(0), person, mid, mid)))
	}
	<-started
	if err := s.RemovePage(pageNumber(0)); err != nil {
		t.Fatal(err)
	}
	close(removed)
	s.settle()
	s.want("m_1")
	causes := s.causes()
	if len(causes) != 2 || !strings.Contains(causes[0], "removed") || !strings.Contains(causes[0], pageNumber(0)) {
		t.Fatalf("causes %q, want two that say that the Page was removed", causes)
	}
	if got := s.Stats(); got.DeadLetters != 2 || got.Handled != 1 {
		t.Errorf("%+v, want one handled and two dead letters", got)
	}
	if !strings.Contains(log.String(), `"page":"`+pageNumber(0)+`"`) {
		t.Errorf("the log does not name the Page:\n%s", &log)
	}
	s.sayTo(0, "m_3")
	if got := s.Stats(); got.UnknownPages != 1 {
		t.Errorf("%+v, want an event of an unknown Page", got)
	}
	calls := len(tap.seen())
	wantClass(t, "a thread of the removed Page", thread.Text("x"), bot.ErrUnknownPage)
	wantClass(t, "removed twice", s.RemovePage(pageNumber(0)), bot.ErrUnknownPage)
	wantClass(t, "no Page", s.RemovePage(""), bot.ErrUnknownPage)
	if len(tap.seen()) != calls {
		t.Error("a call was made for the removed Page")
	}

	if err := s.AddPage(fleetPage(0)); err != nil {
		t.Fatal(err)
	}
	letters, err := s.DeadLetters().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, letter := range letters {
		if err := s.Replay(t.Context(), letter.ID); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	s.want("m_1", "m_2", "own")
	s.wantCauses()
}

// Linked Instagram accounts come and go with their Page.
func TestLinkedAccountsComeAndGo(t *testing.T) {
	const linked = "17841400000000001"
	s, _ := serveFleet(t, echoes, fleetPages(2))
	with := fleetPage(0)
	with.Instagram = []string{linked}
	known := func() error { _, err := s.Client(linked); return err }
	wantClass(t, "before", known(), bot.ErrUnknownPage)
	wantClass(t, "add", s.AddPage(with), nil)
	wantClass(t, "linked", known(), nil)
	wantClass(t, "remove the account itself", s.RemovePage(linked), bot.ErrUnknownPage)
	wantClass(t, "add without", s.AddPage(fleetPage(0)), nil)
	wantClass(t, "no longer linked", known(), bot.ErrUnknownPage)
	wantClass(t, "add again", s.AddPage(with), nil)
	wantClass(t, "remove", s.RemovePage(with.ID), nil)
	wantClass(t, "removed", known(), bot.ErrUnknownPage)
}

// A secret that is rotated: the new one proves the calls, both verify; an app is removed after its Pages.
func TestAppsComeAndGo(t *testing.T) {
	s, tap := serveFleet(t, echoes, fleetPages(2), func(cfg *bot.Config) {
		cfg.HTTP.(*wiretap).next = (&sendtest.Graph{PageID: pageNumber(0), Now: cfg.Now}).Client()
	})
	body := func(mid string) string {
		return bodyOf("page", entryOf(s.clock.Now(), pageNumber(0), person, mid, mid))
	}
	status := func(secret, mid string, want int) {
		t.Helper()
		if got := s.postSigned(secret, body(mid)); got != want {
			t.Errorf("%s by %q: status %d, want %d", mid, secret, got, want)
		}
		s.settle()
	}
	status("rotated", "m_0", http.StatusForbidden)
	wantClass(t, "rotate", s.AddApp(bot.App{ID: appNumber(0), Secrets: []string{"rotated", appSecretOf(0)}}), nil)
	status("rotated", "m_1", http.StatusOK)
	status(appSecretOf(0), "m_2", http.StatusOK)
	for _, call := range tap.seen() {
		if want := proofOf("rotated", pageTokenOf(0)); call.proof != want {
			t.Errorf("proof %s, want that of the new secret", call.proof)
		}
	}
	for id, part := range map[string]string{
		appNumber(0): "remove the Page first", "9": "no app", "": "no app",
	} {
		if err := s.RemoveApp(id); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("RemoveApp(%q) = %v, want it to say %q", id, err, part)
		}
	}
	wantClass(t, "remove the Page", s.RemovePage(pageNumber(0)), nil)
	wantClass(t, "remove the app", s.RemoveApp(appNumber(0)), nil)
	status("rotated", "m_3", http.StatusForbidden)
	wantClass(t, "add the app", s.AddApp(bot.App{ID: appNumber(0), Secrets: []string{"anew"}}), nil)
	wantClass(t, "add the Page", s.AddPage(fleetPage(0)), nil)
	status("anew", "m_4", http.StatusOK)
	for _, id := range []string{pageNumber(0), pageNumber(1)} {
		wantClass(t, "remove", s.RemovePage(id), nil)
	}
	wantClass(t, "remove", errors.Join(s.RemoveApp(appNumber(0)), s.RemoveApp(appNumber(1))), nil)
	if err := s.RemoveApp(appNumber(2)); err == nil || !strings.Contains(err.Error(), "no app") {
		t.Errorf("the last app: %v", err)
	}
}

// A change that is not in order changes nothing.
func TestRefusedChanges(t *testing.T) {
	s, _ := serveFleet(t, echoes, fleetPages(2))
	before, err := s.Client(pageNumber(0))
	if err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*bot.Page)) bot.Page {
		p := fleetPage(0)
		change(&p)
		return p
	}
	tests := map[string]struct {
		err  error
		want string
	}{
		"no ID":         {s.AddPage(changed(func(p *bot.Page) { p.ID = "" })), "the Page: ID is empty"},
		"no token":      {s.AddPage(changed(func(p *bot.Page) { p.Token = "" })), "Token is empty"},
		"another's":     {s.AddPage(changed(func(p *bot.Page) { p.Token = pageTokenOf(1) })), "Token is that of the Page"},
		"no app":        {s.AddPage(changed(func(p *bot.Page) { p.App = "" })), "App is empty"},
		"unknown app":   {s.AddPage(changed(func(p *bot.Page) { p.App = "9" })), `"9"`},
		"account twice": {s.AddPage(changed(func(p *bot.Page) { p.Instagram = []string{pageNumber(1)} })), `the Page "` + pageNumber(0) + `" has already`},
		"shared secret": {s.AddApp(bot.App{ID: "9", Secrets: []string{appSecretOf(0)}}), "nobody knows which signed"},
		"no secret":     {s.AddApp(bot.App{ID: appNumber(0)}), "Secrets is empty"},
		"no app ID":     {s.AddApp(bot.App{Secrets: []string{"x"}}), "the app: ID is empty"},
	}
	for name, test := range tests {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want it to say %q", name, test.err, test.want)
		}
		if test.err != nil && (strings.Contains(test.err.Error(), "EAA") || strings.Contains(test.err.Error(), "secret_of")) {
			t.Errorf("%s: %v tells a token or a secret", name, test.err)
		}
	}
	if after, err := s.Client(pageNumber(0)); after != before || err != nil {
		t.Errorf("another client (%v)", err)
	}
	wantClass(t, "a change that is in order", s.AddPage(fleetPage(5)), nil)
	s.sayTo(0, "m_1")
	s.want(pageNumber(0) + " m_1")
}

// Pages come and go while events of them and of others arrive: those that stay notice nothing, and no event is
// lost: each is handled, a dead letter, or was acknowledged for a Page that was not there.
func TestPagesComeAndGoUnderLoad(t *testing.T) {
	const staying, coming, rounds = 6, 6, 40
	s, _ := serveFleet(t, echoes, fleetPages(staying), func(cfg *bot.Config) {
		graph := &sendtest.Graph{Pages: knownPages(fleetPages(staying + coming)...), RequireProof: true, Now: cfg.Now}
		cfg.HTTP = graph.Client()
	})
	var busy sync.WaitGroup
	for i := range staying + coming {
		busy.Go(func() {
			for n := range rounds {
				mid := strconv.Itoa(n)
				body := bodyOf("page", entryOf(s.clock.Now(), pageNumber(i), "7"+strconv.Itoa(n%7), "m_"+mid+"_"+strconv.Itoa(i), mid))
				if got := s.postSigned(appSecretOf(i%3), body); got != http.StatusOK {
					t.Errorf("status %d, want 200", got)
				}
			}
		})
	}
	for i := staying; i < staying+coming; i++ {
		busy.Go(func() {
			for range rounds {
				if err := s.AddPage(fleetPage(i)); err != nil {
					t.Error(err)
				}
				_, _ = s.Client(pageNumber(i))
				if err := s.RemovePage(pageNumber(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	busy.Wait()
	s.settle()
	got := s.Stats()
	if sum := got.Handled + got.DeadLetters + got.UnknownPages; sum != (staying+coming)*rounds || got.Handled < staying*rounds {
		t.Errorf("%+v: %d events are accounted for, want %d", got, sum, (staying+coming)*rounds)
	}
}

// All Pages share their connections, and when the bot has stopped none is left.
func TestConnectionsOfManyPages(t *testing.T) {
	graph := &sendtest.Graph{Pages: knownPages(fleetPages(20)...)}
	var opened atomic.Int32
	closed := make(chan bool, 100)
	server := httptest.NewUnstartedServer(graph)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			opened.Add(1)
		case http.StateClosed:
			closed <- true
		default:
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	b, err := bot.New(bot.Config{
		VerifyToken: "v", Apps: fleetApps(), Pages: fleetPages(20), GraphURL: server.URL, Rate: -1,
	}, echoes)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		client, err := b.Client(pageNumber(i))
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Act(t.Context(), send.Person(person), send.TypingOn()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	for range opened.Load() {
		select {
		case <-closed:
		case <-time.After(10 * time.Second):
			t.Fatal("a connection is left open")
		}
	}
	if got := opened.Load(); got != 1 {
		t.Errorf("%d connections for calls one after the other, want 1", got)
	}
}

// A Page that names no app stays with the one that was the only one.
func TestASecondAppIsAdded(t *testing.T) {
	s, _ := serveFleet(t, echoes, []bot.Page{{ID: pageNumber(0), Token: pageTokenOf(0)}}, func(cfg *bot.Config) {
		cfg.Apps = fleetApps()[:1]
	})
	wantClass(t, "AddApp", s.AddApp(fleetApps()[1]), nil)
	s.sayTo(0, "m_1")
	s.want(pageNumber(0) + " m_1")
}
