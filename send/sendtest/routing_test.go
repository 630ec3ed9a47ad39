package sendtest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// clocked returns a Graph whose clock the test moves, and which collects the events.
func clocked(graph *sendtest.Graph) (now *time.Time, events *[]string) {
	at, bodies := noon, []string{}
	graph.Now = func() time.Time { return at }
	graph.OnEvent = func(body []byte) { bodies = append(bodies, string(body)) }
	return &at, &bodies
}

// handover returns what an event says of the control of a thread, and empties the list; "" if there is not
// exactly one.
func handover(t *testing.T, events *[]string) string {
	t.Helper()
	all := *events
	*events = nil
	if len(all) != 1 {
		return strings.Join(all, "\n")
	}
	var body struct {
		Entry []struct{ Messaging []map[string]json.RawMessage }
	}
	if err := json.Unmarshal([]byte(all[0]), &body); err != nil {
		t.Fatal(err)
	}
	item := body.Entry[0].Messaging[0]
	if want := `{"id":"` + psid + `"}`; string(item["sender"]) != want {
		t.Errorf("sender %s, want %s", item["sender"], want)
	}
	for key, said := range item {
		if strings.HasSuffix(key, "_thread_control") {
			return key + string(said)
		}
	}
	return all[0]
}

// ownerOf returns what the edge thread_owner tells.
func ownerOf(t *testing.T, g *sendtest.Graph) string {
	t.Helper()
	return does(t, g, http.MethodGet, "/me/thread_owner?recipient="+psid, "").body
}

// shownOwner is the answer that names an app, and when its control ends.
func shownOwner(app string, ends time.Time) string {
	told := `"expiration":` + strconv.FormatInt(ends.Unix(), 10)
	if app != "" {
		told = `"app_id":"` + app + `",` + told
	}
	return `{"data":[{"thread_owner":{` + told + `}}]}`
}

const (
	idle = `{"data":[]}`
	self = sendtest.DefaultApp
)

// TestPassAndHandBack: a bot passes a thread to the inbox, may not write, and gets it back.
func TestPassAndHandBack(t *testing.T) {
	g := &sendtest.Graph{Subscribed: []string{"messaging_handovers"}}
	_, events := clocked(g)
	body := `{"recipient":{"id":"` + psid + `"},"target_app_id":"` + pageInboxApp + `","metadata":"help"}`
	if got := does(t, g, http.MethodPost, control("pass"), body); got.body != `{"success":true}` {
		t.Errorf("pass: %s", got.body)
	}
	if said := handover(t, events); said != "" {
		t.Errorf("told of its own pass: %s", said)
	}
	if got := ownerOf(t, g); got != shownOwner("", noon.Add(day)) {
		t.Errorf("owner %s", got)
	}
	if post(t, g, to(hi)); last(t, g).Rule != "W15" || !g.Standby(psid) {
		t.Errorf("rule %q, standby %v", last(t, g).Rule, g.Standby(psid))
	}
	g.HandBack(psid)
	want := `pass_thread_control{"new_owner_app_id":"` + self + `","previous_owner_app_id":"` + pageInboxApp + `"}`
	if said := handover(t, events); said != want {
		t.Errorf("handed back: %s", said)
	}
	*events = nil
	if g.HandBack(psid); handover(t, events) != "" {
		t.Error("handed back to the app that has the thread already")
	}
	if g.Standby(psid) {
		t.Error("still standby")
	}
	silently(t, g, to(hi))
	if got := ownerOf(t, g); got != shownOwner(self, noon.Add(day)) {
		t.Errorf("owner %s", got)
	}
}

// TestTakenFromUs: the app that loses control is told, with one number as number as Meta sends it.
func TestTakenFromUs(t *testing.T) {
	g := &sendtest.Graph{}
	_, events := clocked(g)
	g.Take(psid, pageInboxApp)
	if said := handover(t, events); said != "" || !g.Standby(psid) {
		t.Errorf("from an idle thread: %s", said)
	}
	g.HandBack(psid)
	*events = nil
	g.Take(psid, pageInboxApp)
	want := `take_thread_control{"new_owner_app_id":` + pageInboxApp + `,"previous_owner_app_id":"` + self + `"}`
	if said := handover(t, events); said != want {
		t.Errorf("taken: %s", said)
	}
	g.HandBack(psid)
	*events = nil
	g.Take(psid, self)
	if said := handover(t, events); said != "" || g.Standby(psid) {
		t.Errorf("taken by itself: %s", said)
	}
}

// TestRequests: another app's request comes to the owner; our own gets an idle thread at once.
func TestRequests(t *testing.T) {
	g := &sendtest.Graph{}
	_, events := clocked(g)
	g.Request(psid, otherApp)
	if said := handover(t, events); said != "" {
		t.Errorf("the thread is idle: %s", said)
	}
	does(t, g, http.MethodPost, control("request"), aboutPerson)
	if said := handover(t, events); said != `pass_thread_control{"new_owner_app_id":"`+self+`","previous_owner_app_id":null}` {
		t.Errorf("an idle thread: %s", said)
	}
	g.Request(psid, otherApp)
	if said := handover(t, events); said != `request_thread_control{"requested_owner_app_id":`+otherApp+`}` {
		t.Errorf("requested: %s", said)
	}
	g.Take(psid, otherApp)
	*events = nil
	does(t, g, http.MethodPost, control("request"), aboutPerson)
	if said := handover(t, events); said != "" || !g.Standby(psid) {
		t.Errorf("a request alone gives nothing: %s", said)
	}
}

// TestTakeAndRelease: with the permission and a default application, control is taken and released, silently.
func TestTakeAndRelease(t *testing.T) {
	g := &sendtest.Graph{}
	_, events := clocked(g)
	g.Change(func(s *sendtest.State) { s.DefaultApp = otherApp; s.Owners = map[string]string{psid: otherApp} })
	does(t, g, http.MethodPost, control("take"), aboutPerson)
	if g.Standby(psid) {
		t.Error("taken, but standby")
	}
	does(t, g, http.MethodPost, control("release"), aboutPerson)
	if got := ownerOf(t, g); got != idle || !g.Standby(psid) { // the other app is the default application
		t.Errorf("released: %s, standby %v", got, g.Standby(psid))
	}
	if said := handover(t, events); said != "" {
		t.Errorf("told of it: %s", said)
	}
	does(t, g, http.MethodPost, control("pass"), aboutPerson) // idle: everybody may
	g.Change(func(s *sendtest.State) { s.DefaultApp = self })
	if got := ownerOf(t, g); got != shownOwner(otherApp, noon.Add(day)) { // the default application sees who it is
		t.Errorf("passed to the default application: %s", got)
	}
}

// TestPassToUs: an idle thread that the app passes to itself is its own, and it is told.
func TestPassToUs(t *testing.T) {
	g := &sendtest.Graph{}
	_, events := clocked(g)
	body := `{"recipient":{"id":"` + psid + `"},"target_app_id":"` + self + `"}`
	does(t, g, http.MethodPost, control("pass"), body)
	if said := handover(t, events); said != `pass_thread_control{"new_owner_app_id":"`+self+`","previous_owner_app_id":null}` {
		t.Errorf("got %s", said)
	}
	does(t, g, http.MethodPost, control("pass"), aboutPerson) // there is no default application
	if got := ownerOf(t, g); got != idle {
		t.Errorf("passed to nobody: %s", got)
	}
}

// TestControlEnds: 24 hours after the person's last message, or when it was extended to.
func TestControlEnds(t *testing.T) {
	g := &sendtest.Graph{}
	now, _ := clocked(g)
	g.Acted(psid, noon.Add(-time.Hour))
	g.Take(psid, otherApp)
	*now = noon.Add(day - 1)
	if !g.Standby(psid) {
		t.Error("ended too early")
	}
	g.Acted(psid, *now) // who writes prolongs it
	*now = noon.Add(2*day - 2)
	if !g.Standby(psid) {
		t.Error("ended before a day after the last message")
	}
	*now = noon.Add(2*day - 1)
	g.Acted(psid, *now) // comes to nobody's thread
	if g.Standby(psid) || ownerOf(t, g) != idle {
		t.Errorf("not ended: %s", ownerOf(t, g))
	}
	g.HandBack(psid)
	does(t, g, http.MethodPost, control("extend"), `{"recipient":{"id":"`+psid+`"},"duration":604800}`)
	if got := ownerOf(t, g); got != shownOwner(self, now.Add(7*day)) {
		t.Errorf("extended: %s", got)
	}
	*now = now.Add(7 * day)
	if got := ownerOf(t, g); got != idle {
		t.Errorf("after the extension: %s", got)
	}
}

// TestOwnersOfTheState: an owner that a test has written, of a person who never acted, does not end.
func TestOwnersOfTheState(t *testing.T) {
	g := &sendtest.Graph{}
	now, _ := clocked(g)
	g.Change(func(s *sendtest.State) { s.Owners = map[string]string{psid: otherApp} })
	*now = noon.Add(1000 * day)
	if !g.Standby(psid) {
		t.Error("ended")
	}
	if got := ownerOf(t, g); got != `{"data":[{"thread_owner":{}}]}` {
		t.Errorf("owner %s", got)
	}
}

// TestInstagramRouting: its field, its object, its inbox.
func TestInstagramRouting(t *testing.T) {
	g := &sendtest.Graph{Instagram: true, Subscribed: []string{"messaging_handover"}}
	_, events := clocked(g)
	g.HandBack(psid)
	if len(*events) != 1 || !strings.Contains((*events)[0], `"object":"instagram"`) {
		t.Errorf("got %v", *events)
	}
	g.Change(func(s *sendtest.State) { s.DefaultApp = self })
	if got := itemsOf(t, g, "/me/secondary_receivers", "id"); !slices.Equal(got, []any{"1217981644879628"}) {
		t.Errorf("receivers %v", got)
	}
	page := &sendtest.Graph{Now: atNoon}
	page.Change(func(s *sendtest.State) { s.DefaultApp = self })
	if got := itemsOf(t, page, "/me/secondary_receivers?fields=name", "id"); !slices.Equal(got, []any{pageInboxApp}) {
		t.Errorf("receivers %v", got)
	}
	for graph, want := range map[*sendtest.Graph]string{
		g:    `{"id":"` + sendtest.DefaultPage + `","messaging_feature_status":{"hop_v2":false,"ig_multi_app":true,"msgr_multi_app":false}}`,
		page: `{"id":"` + sendtest.DefaultPage + `","messaging_feature_status":{"hop_v2":false,"ig_multi_app":false,"msgr_multi_app":true}}`,
	} {
		if got := does(t, graph, http.MethodGet, "/me?fields=messaging_feature_status", ""); got.body != want {
			t.Errorf("status %s", got.body)
		}
	}
}

// TestRoutingPerPage: each Page has its own threads and its own app.
func TestRoutingPerPage(t *testing.T) {
	g := &sendtest.Graph{Pages: []sendtest.Page{
		{ID: "1", Token: "one"}, {ID: "2", Token: "two", AppID: otherApp, Instagram: []string{accountID}},
	}}
	_, events := clocked(g)
	g.Account("2").HandBack(psid)
	if said := handover(t, events); said != `pass_thread_control{"new_owner_app_id":"`+otherApp+`","previous_owner_app_id":null}` {
		t.Errorf("got %s", said)
	}
	g.Account("2").Take(psid, self)
	if g.Standby(psid) || !g.Account("2").Standby(psid) || g.Account(accountID).Standby(psid) {
		t.Error("the control of a thread is not its Page's own")
	}
}

// TestHandoversUnsubscribed: who has not subscribed to the field is told nothing.
func TestHandoversUnsubscribed(t *testing.T) {
	g := &sendtest.Graph{Subscribed: []string{"messages"}}
	_, events := clocked(g)
	if g.HandBack(psid); len(*events) != 0 {
		t.Errorf("got %v", *events)
	}
}

// TestOwnerWrittenAnew: an owner that a test writes does not inherit the end of the one before.
func TestOwnerWrittenAnew(t *testing.T) {
	g := &sendtest.Graph{}
	now, _ := clocked(g)
	g.HandBack(psid)
	g.Change(func(s *sendtest.State) { s.Owners[psid] = otherApp })
	if *now = noon.Add(2 * day); !g.Standby(psid) {
		t.Error("ended")
	}
}
