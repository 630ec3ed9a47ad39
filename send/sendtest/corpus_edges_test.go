package sendtest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// judgedEdges are the edges whose rows of the corpus are judged; "" is a batch.
var judgedEdges = []string{
	"", "messenger_profile", "custom_user_settings", "message_attachments", "subscriptions",
	"pass_thread_control", "take_thread_control", "request_thread_control", "label",
}

// foreignRows are rows whose edges are not of the Messenger Platform, and what they do.
var foreignRows = map[string]string{
	"173": "activities: events of an app",
	"200": "media: a reel", "201": "status of a reel", "202": "media_publish: a reel",
}

// Rows of other edges that are refused: retired and invalid as in TestCorpus.
var (
	retiredEdges = map[string]string{
		"026": "E05",                             // nested menu, until v8.0
		"098": "E22", "035": "E22", "102": "E22", // home_url until v7.0, target_audience
	}
	invalidEdges = map[string]string{"266": "E05", "267": "E05", "268": "P16", "270": "P16"}
)

// edge returns the name of a sample's edge.
func (s sample) edge() string {
	path, _, _ := strings.Cut(s.Path, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// fillEdge is fill for other edges than messages.
func (s sample) fillEdge() (path, body string) {
	path, body = s.fill()
	replacer := strings.NewReplacer("1QAZ2WSX", psid, `"abcdefg"`, `"`+psid+`"`, `"PSID"`, `"`+psid+`"`)
	return strings.Replace(path, "<APP_ID>", sendtest.DefaultApp, 1), replacer.Replace(body)
}

// prepare makes what a sample takes for granted, and returns its path with the IDs that the Graph knows.
func (s sample) prepare(t *testing.T, g *sendtest.Graph, path string) string {
	t.Helper()
	switch s.edge() {
	case "messenger_profile":
		if s.Method == http.MethodPost {
			withProfile(`{`+getStarted+`}`)(t, g)
		}
	case "take_thread_control":
		g.Change(func(s *sendtest.State) { s.DefaultApp = sendtest.DefaultApp })
	case "label":
		got := does(t, g, http.MethodPost, "/me/custom_labels", `{"page_label_name":"guests"}`)
		var label struct{ ID string }
		if err := json.Unmarshal([]byte(got.body), &label); err != nil {
			t.Fatal(err)
		}
		return strings.Replace(path, "/123456/", "/"+label.ID+"/", 1)
	}
	return path
}

// TestCorpusEdges: what Meta takes today at its other edges is accepted, what it refuses is refused for the right
// reason.
func TestCorpusEdges(t *testing.T) {
	_, others := corpus(t)
	refused := maps.Clone(retiredEdges)
	maps.Copy(refused, invalidEdges)
	judged := 0
	for _, s := range others {
		if !slices.Contains(judgedEdges, s.edge()) {
			if foreignRows[s.file[:3]] == "" {
				t.Errorf("%s: edge %q is neither judged nor foreign", s.file, s.edge())
			}
			continue
		}
		judged++
		t.Run(s.file, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			path, body := s.fillEdge()
			path = s.prepare(t, g, path)
			prepared := len(g.Calls())
			response, err := g.Client().Do(request(t, s.Method, path, "application/json", body))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			want := refused[s.file[:3]]
			calls := g.Calls()[prepared:]
			for _, c := range calls {
				if (c.Status == http.StatusOK) != (want == "") || c.Rule != want {
					t.Errorf("%s, %s: HTTP %d by rule %q, want rule %q: %s", s.what, s.validity, c.Status, c.Rule, want, c.Answer)
				}
			}
			if len(calls) == 0 {
				t.Error("no call was judged")
			}
			if strings.HasPrefix(s.validity, "INVALID") != (invalidEdges[s.file[:3]] != "") {
				t.Errorf("the index says %s", s.validity)
			}
		})
	}
	t.Logf("%d requests to other edges, %d of them foreign", len(others), len(others)-judged)
}
