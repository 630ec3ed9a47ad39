package bot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// A request that is refused because of its Page says which Page, which app, and what to do.
func TestForeignPagesInTheLog(t *testing.T) {
	var log buffer
	s, _ := serveFleet(t, echoes, fleetPages(2), logTo(&log))
	body := bodyOf("page", entryOf(s.clock.Now(), pageNumber(1), person, "m", "whispered"))
	if status := s.postSigned(appSecretOf(0), body); status != http.StatusForbidden {
		t.Errorf("status %d, want 403", status)
	}
	log.mustContain(t, `the Page \"`+pageNumber(1)+`\"`, `the app \"`+appNumber(0)+`\"`, "set Page.App", "unsubscribe")
	log.mustNotContain(t, person, "whispered", appSecretOf(0))
	s.postSigned("wrong", body)
	if n := strings.Count(log.String(), "set Page.App"); n != 1 {
		t.Errorf("%d lines with that advice, want 1: a wrong signature is another matter", n)
	}
}

// Events of an unknown Page come with all ways to make it known.
func TestUnknownPageInTheLog(t *testing.T) {
	var log buffer
	s, _ := serveFleet(t, echoes, fleetPages(1), logTo(&log))
	s.postSigned(appSecretOf(0), bodyOf("page", entryOf(s.clock.Now(), pageNumber(9), person, "m", "hi")))
	log.mustContain(t, "PAGE_ID", "INSTAGRAM_ID", "Config.Pages", "Bot.AddPage")
}

// AddPage names everything that is wrong at once.
func TestAddPageNamesAllProblems(t *testing.T) {
	s, _ := serveFleet(t, echoes, fleetPages(2))
	wrong := &send.Profile{Greeting: []send.Greeting{{Locale: "de_DE", Text: "Hallo"}}}
	for name, test := range map[string]struct {
		page bot.Page
		want []string
	}{
		"no ID": {bot.Page{Token: "to ken", App: "9", Profile: wrong}, []string{
			"the Page: ID is empty", "the Page: Token holds a space", `the Page: App is "9"`, "its Profile: send: greeting",
		}},
		"an account": {bot.Page{ID: "178", InstagramLogin: true, Instagram: []string{pageNumber(1)}}, []string{
			`the Instagram account "178": Token is empty: want the access token of the Instagram account`,
			`the Instagram account "178": App is empty`, `the Instagram account "178": Instagram is set beside`,
			`Instagram holds "` + pageNumber(1) + `", which the Page "` + pageNumber(1) + `" has already`,
		}},
	} {
		err := s.AddPage(test.page)
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v, want it to say %q", name, err, part)
			}
		}
	}
	if len(s.Pages()) != 2 {
		t.Errorf("Pages %v, want the two of before", s.Pages())
	}
}

// A Page without an ID is not the one whose ID is still to be asked for.
func TestAddPageWithoutIDBesideOne(t *testing.T) {
	b := mailBot(t, mailStore(), &sendtest.Graph{PageID: page}, func(cfg *bot.Config) { cfg.PageID = "" })
	if err := b.AddPage(bot.Page{Token: "other"}); err == nil || !strings.Contains(err.Error(), "ID is empty") {
		t.Errorf("AddPage = %v, want it to say that the ID is empty", err)
	}
	if err := b.AddPage(bot.Page{ID: "2", Token: "other"}); err != nil {
		t.Error(err)
	}
}

// An Instagram account whose ID cannot be asked for is called one.
func TestNoAnswerForAnInstagramAccount(t *testing.T) {
	graph := &sendtest.Graph{PageID: page}
	graph.FailWith(sendtest.Failure{Code: 190, Subcode: 463})
	b := mailBot(t, mailStore(), graph, func(cfg *bot.Config) { cfg.PageID, cfg.InstagramLogin = "", true })
	if err := b.Serve(t.Context()); err == nil || !strings.Contains(err.Error(), "for the Instagram account of PAGE_ACCESS_TOKEN") {
		t.Errorf("Serve = %v, want it to name the Instagram account", err)
	}
}

// "" is the only Page, of all methods that take one.
func TestTheOnlyPage(t *testing.T) {
	var got []string
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { got = append(got, c.Page()+c.Event().Kind()); return nil }))
	id, err := s.Emit(t.Context(), "", person, "tea", s.clock.Now(), nil)
	wantClass(t, "Emit", err, nil)
	s.settle()
	if !slices.Equal(got, []string{page + "custom"}) || id == "" {
		t.Errorf("handled %q, ID %q; want an own event of the only Page", got, id)
	}
	later, err := s.Emit(t.Context(), "", person, "tea", s.clock.Now().Add(time.Hour), nil)
	wantClass(t, "Emit", err, nil)
	wantClass(t, "Revoke", s.Revoke(t.Context(), "", person, later), nil)
	s.settle()
	s.clock.Add(time.Hour)
	s.settle()
	if len(got) != 1 {
		t.Errorf("handled %q, want the second to be called back", got)
	}
	thread, err := s.To(t.Context(), "", send.Person(person))
	if err != nil || thread.Page() != page {
		t.Fatalf("To: %v, want a thread of the only Page", err)
	}
}

// Of several Pages "" is none, and of one whose ID is not known yet neither.
func TestNoOnlyPage(t *testing.T) {
	several, _ := serveFleet(t, echoes, fleetPages(2))
	unnamed := mailBot(t, mailStore(), &sendtest.Graph{PageID: page}, func(cfg *bot.Config) { cfg.PageID = "" })
	for name, b := range map[string]*bot.Bot{"several": several.Bot, "not known": unnamed} {
		_, err := b.Emit(t.Context(), "", person, "tea", newClock().Now(), nil)
		wantClass(t, name+": Emit", err, bot.ErrUnknownPage)
		wantClass(t, name+": Revoke", b.Revoke(t.Context(), "", person, "1"), bot.ErrUnknownPage)
		_, err = b.To(t.Context(), "", send.Comment("1_2"))
		wantClass(t, name+": To", err, bot.ErrUnknownPage)
	}
	wantClass(t, "Revoke for another", several.Revoke(t.Context(), "17", person, "1"), bot.ErrUnknownPage)
}

// The thread of a Page that was removed makes no call, not even the one that passes the middleware by.
func TestClientOfAPageThatWasRemoved(t *testing.T) {
	s, tap := serveFleet(t, echoes, fleetPages(2))
	thread, err := s.Thread(t.Context(), pageNumber(0), person)
	if err != nil {
		t.Fatal(err)
	}
	wantClass(t, "RemovePage", s.RemovePage(pageNumber(0)), nil)
	_, err = thread.Client().PageID(t.Context())
	wantClass(t, "PageID", err, bot.ErrUnknownPage)
	wantClass(t, "Act", thread.Client().Act(t.Context(), send.Person(person), send.TypingOn()), bot.ErrUnknownPage)
	if calls := tap.seen(); len(calls) > 0 {
		t.Errorf("calls %v, want none", calls)
	}
}

// The documentation of Context lists all methods that it has from its Thread, for go doc does not.
func TestContextListsTheMethodsOfThread(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "context.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var doc string
	for _, declared := range file.Decls {
		if d, ok := declared.(*ast.GenDecl); ok && d.Tok == token.TYPE && d.Specs[0].(*ast.TypeSpec).Name.Name == "Context" {
			doc = d.Doc.Text()
		}
	}
	list := regexp.MustCompile(`(?s)methods of a\s+Context too: (.*?)\. `).FindStringSubmatch(doc)
	if list == nil {
		t.Fatalf("no list in:\n%s", doc)
	}
	got := regexp.MustCompile(`,\s+|\s+and\s+`).Split(list[1], -1)
	var want []string
	for method := range reflect.TypeFor[*bot.Thread]().Methods() {
		want = append(want, method.Name)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("listed %q\nwant   %q", got, want)
	}
}
