package bot_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// What the caller does afterwards with the slices that it gave changes nothing.
func TestPagesAndAppsAreCopies(t *testing.T) {
	const linked, other = "17841400000000001", "17841400000000002"
	pages, apps := fleetPages(2), fleetApps()
	pages[0].Instagram, pages[1].Instagram = []string{linked}, []string{other}
	s, _ := serveFleet(t, echoes, pages, func(cfg *bot.Config) { cfg.Apps = apps })
	replaced, rotated := pages[1], bot.App{ID: appNumber(2), Secrets: []string{"rotated"}}
	wantClass(t, "replace", s.AddPage(replaced), nil)
	wantClass(t, "rotate", s.AddApp(rotated), nil)
	pages[0].Instagram[0], replaced.Instagram[0] = "1", "2"
	apps[0].Secrets[0], rotated.Secrets[0] = "changed", "changed too"
	wantClass(t, "another change", s.AddPage(fleetPage(4)), nil)
	for _, id := range []string{linked, other} {
		_, err := s.Client(id)
		wantClass(t, id, err, nil)
	}
	body := bodyOf("page", entryOf(s.clock.Now(), pageNumber(77), person, "m", "hi"))
	for secret, want := range map[string]int{
		appSecretOf(0): http.StatusOK, "rotated": http.StatusOK,
		"changed": http.StatusForbidden, "changed too": http.StatusForbidden,
	} {
		if got := s.postSigned(secret, body); got != want {
			t.Errorf("signed with %q: status %d, want %d", secret, got, want)
		}
	}
}

// A Page that came and went is logged again, and so are its accounts.
func TestUnknownPagesAreLoggedAgain(t *testing.T) {
	const linked = "17841400000000001"
	var log buffer
	s, _ := serveFleet(t, echoes, fleetPages(1), logTo(&log))
	page := fleetPage(3)
	page.Instagram = []string{linked}
	for n := range 2 {
		for _, id := range []string{page.ID, linked, page.ID, linked} {
			s.postSigned(appSecretOf(0), bodyOf("page", entryOf(s.clock.Now(), id, person, "m", "hi")))
		}
		for _, id := range []string{page.ID, linked} {
			if got := strings.Count(log.String(), `"page":"`+id+`"`); got != n+1 {
				t.Errorf("%s is logged %d times, want %d", id, got, n+1)
			}
		}
		wantClass(t, "add", s.AddPage(page), nil)
		wantClass(t, "remove", s.RemovePage(page.ID), nil)
	}
}

// The Page whose ID is still to be asked for is not one that can be removed.
func TestRemoveNoPage(t *testing.T) {
	b := mailBot(t, mailStore(), &sendtest.Graph{PageID: page}, func(cfg *bot.Config) { cfg.PageID = "" })
	wantClass(t, "RemovePage", b.RemovePage(""), bot.ErrUnknownPage)
	_, err := b.Client("")
	wantClass(t, "Client", err, nil)
}

// In code as in the environment the address says whose the token is.
func TestTheHostSaysInstagramLogin(t *testing.T) {
	tap := &wiretap{next: (&sendtest.Graph{PageID: page}).Client()}
	b, err := bot.New(bot.Config{
		VerifyToken: "v", Token: "IGlogin", AppSecrets: []string{secret}, PageID: page,
		GraphURL: "https://graph.instagram.com", HTTP: tap,
	}, echoes)
	if err != nil {
		t.Fatal(err)
	}
	client, err := b.Client("")
	if err != nil {
		t.Fatal(err)
	}
	_ = client.Act(t.Context(), send.Person(person), send.TypingOn())
	if calls := tap.seen(); len(calls) != 1 || calls[0].host != "graph.instagram.com" {
		t.Errorf("calls %v, want one of graph.instagram.com", calls)
	}
}
