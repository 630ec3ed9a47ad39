package bot_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
)

// The form for one Page is one Page more. Its ID is asked for at start, and until then its app takes the events
// of every Page that no other Page is, while those of other apps stay theirs.
func TestTheSimpleFormBesideOthers(t *testing.T) {
	const simple = "104000000000999"
	pages := fleetPages(2)
	graph := &sendtest.Graph{Pages: append(knownPages(pages...), sendtest.Page{
		ID: simple, Token: "EAAsimple", AppID: "9", AppSecret: secret,
	})}
	cfg := bot.Config{
		VerifyToken: "v", Token: "EAAsimple", AppSecrets: []string{secret}, AppID: "9", Apps: fleetApps(), Pages: pages,
		HTTP: graph.Client(), Rate: -1,
	}
	at := newClock()
	lanes := bot.NewLanes(bot.LanesConfig{Now: at.Now})
	cfg.Inbox, cfg.Now, graph.Now = lanes, at.Now, at.Now
	b, err := bot.New(cfg, echoes)
	if err != nil {
		t.Fatal(err)
	}
	s := &harness{Bot: b, t: t, graph: graph, lanes: lanes, front: b.Webhook(), clock: at}
	if got := b.Pages(); !slices.Equal(got, []string{pageNumber(0), pageNumber(1)}) {
		t.Errorf("Pages %v before the start", got)
	}
	post := func(secret, page, mid string, want int) {
		t.Helper()
		if got := s.postSigned(secret, bodyOf("page", entryOf(s.clock.Now(), page, person, mid, mid))); got != want {
			t.Errorf("%s: status %d, want %d", mid, got, want)
		}
	}
	post(secret, simple, "m_early", http.StatusOK)
	post(secret, pageNumber(0), "m_foreign", http.StatusForbidden)
	post(appSecretOf(0), simple, "m_unknown", http.StatusOK)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	s.settle()
	post(secret, simple, "m_late", http.StatusOK)
	post(secret, "104000000000998", "m_other", http.StatusOK)
	post(appSecretOf(0), simple, "m_foreign_2", http.StatusForbidden)
	s.settle()
	s.want(simple+" m_early", simple+" m_late")
	if got := b.Pages(); !slices.Equal(got, []string{simple, pageNumber(0), pageNumber(1)}) {
		t.Errorf("Pages %v", got)
	}
	if got := b.Stats(); got.UnknownPages != 2 || got.DeadLetters != 0 {
		t.Errorf("%+v, want two events of unknown Pages", got)
	}
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
}

// A Page that is configured twice, once without ID, is found out at start.
func TestTheSimpleFormIsAnotherPage(t *testing.T) {
	graph := &sendtest.Graph{PageID: pageNumber(0)}
	b, err := bot.New(bot.Config{
		VerifyToken: "v", Token: "EAAsimple", AppSecrets: []string{secret}, AppID: "9", Apps: fleetApps(),
		Pages: fleetPages(1), HTTP: graph.Client(),
	}, echoes)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Serve(t.Context()); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("Serve = %v, want it to say that the Page is there twice", err)
	}
}

// answerMe answers the question for "me", and accepts every message.
type answerMe struct {
	answer string
	asked  *[]string
}

func (a answerMe) Do(r *http.Request) (*http.Response, error) {
	answer := `{"message_id":"m"}`
	if strings.HasSuffix(r.URL.Path, "/me") {
		answer = a.answer
	}
	*a.asked = append(*a.asked, r.URL.Host+r.URL.Path+"?fields="+r.URL.Query().Get("fields"))
	return &http.Response{
		StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer)), ContentLength: int64(len(answer)),
	}, nil
}

// An Instagram account in the simple form: its ID is asked for at graph.instagram.com, and is the one that
// webhooks call it by.
func TestInstagramLoginInTheSimpleForm(t *testing.T) {
	const login = "17841400000000002"
	for name, answer := range map[string]string{
		"user_id":           `{"id":"24500000000000001","user_id":"` + login + `"}`,
		"user_id, a number": `{"id":"24500000000000001","user_id":` + login + `}`,
		"in a list":         `{"data":[{"id":"24500000000000001","user_id":"` + login + `"}]}`,
		"only an id":        `{"id":"` + login + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			s := serve(t, echoes, func(cfg *bot.Config) {
				cfg.PageID, cfg.Token, cfg.InstagramLogin, cfg.HTTP = "", "IGlogin", true, answerMe{answer, &asked}
			})
			s.post(bodyOf("instagram", entryOf(s.clock.Now(), login, person, "m_1", "hi")))
			s.settle()
			want := []string{"graph.instagram.com/v25.0/me?fields=id,user_id", "graph.instagram.com/v25.0/me/messages?fields="}
			if !slices.Equal(asked, want) {
				t.Errorf("calls %v, want %v", asked, want)
			}
			if got := s.Pages(); !slices.Equal(got, []string{login}) {
				t.Errorf("Pages %v, want %s", got, login)
			}
		})
	}
}
