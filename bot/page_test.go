package bot_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// 100 Pages of three apps, their events mixed: each is answered with the token of its Page, and the proof that
// the secret of its app makes of that.
func TestEachPageHasItsOwnTokenAndProof(t *testing.T) {
	const pages, rounds = 100, 3
	s, tap := serveFleet(t, echoes, fleetPages(pages))
	for round := range rounds {
		for app := range 3 {
			var entries []string
			for i := app; i < pages; i += 3 {
				mid := fmt.Sprintf("m_%d_%d", round, i)
				entries = append(entries, entryOf(s.clock.Now(), pageNumber(i), "7"+strconv.Itoa(1000+i), mid, mid))
			}
			if status := s.postSigned(appSecretOf(app), bodyOf("page", entries...)); status != http.StatusOK {
				t.Fatalf("status %d, want 200", status)
			}
		}
	}
	s.settle()
	var want []wireCall
	for round := range rounds {
		for i := range pages {
			want = append(want, wireCall{
				host: "graph.facebook.com", path: "/v25.0/me/messages", token: pageTokenOf(i),
				proof: proofOf(appSecretOf(i%3), pageTokenOf(i)), to: "7" + strconv.Itoa(1000+i),
				text: fmt.Sprintf("%s m_%d_%d", pageNumber(i), round, i),
			})
		}
	}
	got := tap.seen()
	for _, list := range [][]wireCall{got, want} {
		slices.SortFunc(list, func(a, b wireCall) int { return strings.Compare(a.text, b.text) })
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(wireCall{})); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	for _, call := range s.graph.Calls() {
		if call.MessageID == "" {
			t.Errorf("the Graph API refused a call of %s by rule %s: %s", call.Page, call.Rule, call.Answer)
		}
	}
}

// The signature of an app is good for its own Pages only, also in a request that mixes them, and of such a
// request nothing is handed on.
func TestForeignSignatures(t *testing.T) {
	var events saidList
	s, _ := serveFleet(t, events.noting(echoes), fleetPages(9))
	for signer := range 3 {
		for page := range 9 {
			own := entryOf(s.clock.Now(), pageNumber(signer), person, fmt.Sprintf("m_own_%d_%d", signer, page), "own")
			its := entryOf(s.clock.Now(), pageNumber(page), person, fmt.Sprintf("m_its_%d_%d", signer, page), "its")
			want, heard := http.StatusForbidden, []string(nil)
			if page%3 == signer {
				want, heard = http.StatusOK, []string{"own", "its"}
			}
			if got := s.postSigned(appSecretOf(signer), bodyOf("page", own, its)); got != want {
				t.Errorf("app %d signs for the Page %d: status %d, want %d", signer, page, got, want)
			}
			s.settle()
			events.want(t, heard...)
		}
	}
	if got := s.postSigned("nobody's", bodyOf("page", entryOf(s.clock.Now(), pageNumber(0), person, "m", "x"))); got != 403 {
		t.Errorf("nobody's signature: status %d, want 403", got)
	}
}

// Pages that nobody configured are acknowledged, counted, and logged once, whichever app signs.
func TestUnknownPagesOfSeveralApps(t *testing.T) {
	var events saidList
	var log buffer
	s, _ := serveFleet(t, events.noting(echoes), fleetPages(2), logTo(&log)) // the third app has no Page
	for app := range 3 {
		for range 2 {
			body := bodyOf("page", entryOf(s.clock.Now(), pageNumber(77), person, "m", "hi"))
			if got := s.postSigned(appSecretOf(app), body); got != http.StatusOK {
				t.Errorf("app %d: status %d, want 200", app, got)
			}
		}
	}
	s.settle()
	events.want(t)
	if got := s.Stats().UnknownPages; got != 6 {
		t.Errorf("%d counted, want 6", got)
	}
	if n := strings.Count(log.String(), pageNumber(77)); n != 1 {
		t.Errorf("logged %d times, want once:\n%s", n, &log)
	}
}

// Which host a call goes to, and with which token, depends on the account that the event came to.
func TestBothInstagramHosts(t *testing.T) {
	const linked, login = "17841400000000001", "17841400000000002"
	pages := []bot.Page{
		{ID: pageNumber(0), Token: "EAApage", App: appNumber(0), Instagram: []string{linked}},
		{ID: login, Token: "IGlogin", App: appNumber(1), InstagramLogin: true},
	}
	const facebook, instagram = "graph.facebook.com", "graph.instagram.com"
	tests := map[string]struct{ url, facebook, instagram string }{
		"by default":                     {"", facebook, instagram},
		"with Meta's usual host":         {"https://graph.facebook.com", facebook, instagram},
		"with Meta's host for Instagram": {"https://graph.instagram.com", facebook, instagram},
		"with another host":              {"http://127.0.0.1:9", "127.0.0.1:9", "127.0.0.1:9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var channels []send.Channel
			s, tap := serveFleet(t, bot.HandlerFunc(func(c *bot.Context) error {
				channels = append(channels, c.Event().From().Channel)
				return c.Text(c.Page())
			}), pages, func(cfg *bot.Config) { cfg.GraphURL = test.url })
			for i, at := range []struct{ object, account string }{
				{"page", pageNumber(0)}, {"instagram", linked}, {"instagram", login},
			} {
				body := bodyOf(at.object, entryOf(s.clock.Now(), at.account, "7"+strconv.Itoa(i), "m_1", "hi"))
				if got := s.postSigned(appSecretOf(i/2), body); got != http.StatusOK {
					t.Fatalf("status %d, want 200", got)
				}
				s.settle()
			}
			page, igsid := proofOf(appSecretOf(0), "EAApage"), proofOf(appSecretOf(1), "IGlogin")
			want := []wireCall{
				{test.facebook, "/v25.0/me/messages", "EAApage", page, "70", pageNumber(0)},
				{test.facebook, "/v25.0/me/messages", "EAApage", page, "71", linked},
				{test.instagram, "/v25.0/me/messages", "IGlogin", igsid, "72", login},
			}
			if diff := cmp.Diff(want, tap.seen(), cmp.AllowUnexported(wireCall{})); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if !slices.Equal(channels, []send.Channel{send.Messenger, send.Instagram, send.Instagram}) {
				t.Errorf("channels %v", channels)
			}
			// a text that Messenger takes, and Instagram does not, is refused before a call
			for account, want := range map[string]error{pageNumber(0): nil, linked: send.ErrInvalid, login: send.ErrInvalid} {
				client, err := s.Client(account)
				if err != nil {
					t.Fatal(err)
				}
				_, err = client.Send(t.Context(), send.Request{
					To: send.Person("70"), Type: send.TypeResponse, Message: send.Text(strings.Repeat("a", 1500)),
				})
				wantClass(t, account, err, want)
			}
		})
	}
}

// Which client a name stands for, and what is said of names that nobody configured.
func TestClientOfAPage(t *testing.T) {
	several, tap := serveFleet(t, echoes, fleetPages(3))
	for page, want := range map[string]error{
		pageNumber(0): nil, pageNumber(2): nil, pageNumber(3): bot.ErrUnknownPage, "": bot.ErrUnknownPage,
	} {
		_, err := several.Client(page)
		wantClass(t, "Client of "+page, err, want)
		_, err = several.Thread(t.Context(), page, person)
		wantClass(t, "Thread of "+page, err, want)
		_, err = several.To(t.Context(), page, send.OneTimeToken("t"))
		wantClass(t, "To of "+page, err, want)
	}
	_, err := several.Emit(t.Context(), pageNumber(3), person, "tea", several.clock.Now(), nil)
	wantClass(t, "Emit", err, bot.ErrUnknownPage)
	wantClass(t, "Graph", several.Graph(t.Context(), http.MethodGet, "me", nil, nil), bot.ErrUnknownPage)
	if len(tap.seen()) > 0 {
		t.Errorf("calls %v, want none", tap.seen())
	}
	if got, want := several.Pages(), []string{pageNumber(0), pageNumber(1), pageNumber(2)}; !slices.Equal(got, want) {
		t.Errorf("Pages %v, want %v", got, want)
	}

	one, tap := serveFleet(t, echoes, fleetPages(1))
	thread, err := one.Thread(t.Context(), "", person)
	if err != nil || thread.Page() != pageNumber(0) {
		t.Errorf("Thread of the only Page: %v of %q, want %q", err, thread.Page(), pageNumber(0))
	}
	wantClass(t, "Graph of the only Page", one.Graph(t.Context(), http.MethodGet, "me", nil, nil), nil)
	if calls := tap.seen(); len(calls) != 1 || calls[0].token != pageTokenOf(0) {
		t.Errorf("calls %v, want one of the only Page", calls)
	}
}

// The client of a Context makes the calls of the event's Page, and so does Graph.
func TestClientOfAContext(t *testing.T) {
	s, tap := serveFleet(t, bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.Client().Graph(c, http.MethodGet, "me", nil, nil); err != nil {
			return err
		}
		return c.Graph(http.MethodGet, "me", nil, nil)
	}), fleetPages(3))
	s.sayTo(2, "m_1")
	want := wireCall{
		host: "graph.facebook.com", path: "/v25.0/me", token: pageTokenOf(2),
		proof: proofOf(appSecretOf(2), pageTokenOf(2)),
	}
	if diff := cmp.Diff([]wireCall{want, want}, tap.seen(), cmp.AllowUnexported(wireCall{})); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	s.wantCauses()
}

// Events that name no Page are handled; only a bot of one Page knows whom to call for them.
func TestEventsWithoutAPage(t *testing.T) {
	for n, want := range map[int]error{1: nil, 2: bot.ErrUnknownPage} {
		var got error
		s, tap := serveFleet(t, bot.HandlerFunc(func(c *bot.Context) error {
			got = c.Client().Graph(c, http.MethodGet, "me", nil, nil)
			return nil
		}), fleetPages(n))
		body := `{"object":"page","entry":[{"time":1,"messaging":[{"message":{"mid":"m"}}]}]}`
		if status := s.postSigned(appSecretOf(0), body); status != http.StatusOK {
			t.Fatalf("status %d, want 200", status)
		}
		s.settle()
		if s.Stats().Handled != 1 {
			t.Errorf("%d Pages: %d handled, want 1", n, s.Stats().Handled)
		}
		wantClass(t, fmt.Sprintf("a call with %d Pages", n), got, want)
		if calls := len(tap.seen()); calls != 2-n {
			t.Errorf("%d Pages: %d calls", n, calls)
		}
	}
}

// An echo is the bot's own if it names the app of its Page, and not that of another one.
func TestOwnEchoesByPage(t *testing.T) {
	s, _ := serveFleet(t, echoes, fleetPages(2), pauses)
	echo := func(i, app int, mid, person string) {
		at := s.clock.Now()
		body := bodyOf("page", fmt.Sprintf(`{"id":%q,"time":%d,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},`+
			`"timestamp":%d,"message":{"mid":%q,"is_echo":true,"app_id":%s,"text":"x"}}]}`,
			pageNumber(i), at.UnixMilli(), pageNumber(i), person, at.UnixMilli(), mid, appNumber(app)))
		if status := s.postSigned(appSecretOf(i), body); status != http.StatusOK {
			t.Fatalf("status %d, want 200", status)
		}
		s.settle()
	}
	echo(0, 0, "m_e0", person)
	echo(1, 0, "m_e1", person)
	s.sayTo(0, "m_1")
	s.sayTo(1, "m_2")
	s.want(pageNumber(0) + " m_1")
}

// An event that names no Page is not answered by the only Page of another app than the one that signed it.
func TestAnEventWithoutAPageOfAnotherApp(t *testing.T) {
	for app, want := range map[int]error{0: nil, 1: bot.ErrUnknownPage} {
		var got error
		s, tap := serveFleet(t, bot.HandlerFunc(func(c *bot.Context) error {
			got = c.Text("Hi")
			return nil
		}), fleetPages(1))
		body := fmt.Sprintf(`{"object":"page","entry":[{"time":%d,"messaging":[{"sender":{"id":%q},`+
			`"message":{"mid":"m_1","text":"hi"}}]}]}`, s.clock.Now().UnixMilli(), person)
		if status := s.postSigned(appSecretOf(app), body); status != http.StatusOK {
			t.Fatalf("status %d, want 200", status)
		}
		s.settle()
		wantClass(t, "answer to app "+appNumber(app), got, want)
		if calls := tap.seen(); (len(calls) == 1) != (want == nil) {
			t.Errorf("calls %+v for app %d", calls, app)
		}
	}
}

// Of changes that are made at the same time none gets lost.
func TestChangesAtTheSameTime(t *testing.T) {
	const standing, coming = 50, 400
	s, _ := serveFleet(t, echoes, fleetPages(standing))
	var busy sync.WaitGroup
	for g := range 4 {
		busy.Go(func() {
			for i := standing + g; i < standing+coming; i += 4 {
				if err := s.AddPage(fleetPage(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	busy.Wait()
	if got := len(s.Pages()); got != standing+coming {
		t.Errorf("%d Pages, want %d", got, standing+coming)
	}
}
