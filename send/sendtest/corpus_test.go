package sendtest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// sample is a request of the corpus and what its index says of it.
type sample struct {
	Method, Path string
	Body         json.RawMessage

	file, what, validity, notes string
}

// corpusFolder returns the folder of the corpus; it skips the test where there is none.
func corpusFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("CORPUS")
	if folder == "" {
		t.Skip("CORPUS is not set")
	}
	return folder
}

// corpus reads the requests to /messages, and those to other edges.
func corpus(t *testing.T) (requests, others []sample) {
	t.Helper()
	folder := corpusFolder(t)
	index, err := os.ReadFile(filepath.Join(folder, "send", "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		row := append(strings.Split(line, "\t"), "") // notes may be missing
		raw, err := os.ReadFile(filepath.Join(folder, "send", row[0]))
		if err != nil {
			t.Fatal(err)
		}
		s := sample{file: row[0], what: row[3], validity: row[4], notes: row[5]}
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(row[0], err)
		}
		if !strings.HasSuffix(s.Path, "/messages") {
			others = append(others, s)
			continue
		}
		requests = append(requests, s)
	}
	return requests, others
}

// fill replaces the placeholders of a sample by values that the Graph knows.
func (s sample) fill() (path, body string) {
	path = regexp.MustCompile(`\{\{[\w-]*version\}\}`).ReplaceAllString(s.Path, "v25.0")
	path = regexp.MustCompile(`\{\{[\w-]+\}\}`).ReplaceAllString(path, sendtest.DefaultPage)
	body = string(s.Body)
	for _, to := range []struct{ pattern, value string }{
		{`("id": *)"(USER_ID|<PSID>|\{\{[\w-]+\}\}|1QAZ2WSX|id_here|XXX)"`, `${1}"` + psid + `"`},
		{`("url": *)"(<[A-Z_ ]+>|MEDIA_URL)"`, `${1}"https://cdn.example/a.jpg"`},
		{`"<IS_REUSABLE\?>"`, `"true"`},
		{`"<[A-Z]+_ID(_\d)?>"`, `"12345"`},
	} {
		body = regexp.MustCompile(to.pattern).ReplaceAllString(body, to.value)
	}
	return path, body
}

func (s sample) run(t *testing.T) (reply, sendtest.Call) {
	t.Helper()
	g := &sendtest.Graph{Instagram: strings.Contains(s.notes, "graph.instagram.com"), Now: atNoon}
	for _, id := range []string{"12345", "1234", "1745504518999123"} {
		g.AddAttachment(id, "")
	}
	path, body := s.fill()
	got := call(t, g, request(t, s.Method, path, "application/json", body))
	return got, last(t, g)
}

// Rows whose refusal has a rule, or words in the index. Retired are those that were valid at their source's date
// and that Meta has withdrawn since.
var (
	retired = map[string]string{
		"006": "W05", "112": "W05", // tags of before 2020
		"051": "S12", "052": "S12", "055": "S12", "056": "S12", "060": "S12", "065": "S12", "067": "S12", // news
		"064": "W06", "066": "W06", // tags of before 27 Apr 2026
		"020": "P07", "087": "P07", // open_graph, list
		"111": "P05", // quick reply with content type location
	}
	invalid = map[string]string{
		"259": "P04", "262": "P07", "263": "P07", "265": "P07", "278": "S05", "279": "S05", "280": "X03",
	}
	// Accepted although the index calls them invalid: Meta cuts such titles on display (P03, P13).
	cut = map[string]string{"255": "P13", "258": "P03"}
	// No rule of the list covers these; the Graph's own rule does.
	unruled = map[string]string{"256": "X02", "261": "X02"}
	// Not of Meta's making: the collector turned street_1 into street1.
	damaged = map[string]string{"181": "S05"}
)

// TestCorpus: what Meta takes today is accepted, what it refuses is refused for the right reason.
func TestCorpus(t *testing.T) {
	requests, _ := corpus(t)
	refused := map[string]string{}
	for _, group := range []map[string]string{retired, invalid, unruled, damaged} {
		maps.Copy(refused, group)
	}
	for _, s := range requests {
		t.Run(s.file, func(t *testing.T) {
			got, c := s.run(t)
			want := refused[s.file[:3]]
			if (got.status == http.StatusOK) != (want == "") || c.Rule != want {
				t.Errorf("%s, %s: HTTP %d by rule %q, want rule %q: %s", s.what, s.validity, got.status, c.Rule, want, got.body)
			}
			// The words of the issue that the row quotes.
			if _, says, quoted := strings.Cut(s.validity, "(#100) "); quoted && c.Rule != "" {
				if !strings.Contains(got.Error.Message, says) || got.Error.Code != 100 {
					t.Errorf("got %s, want %s", got.Error.Message, says)
				}
			}
		})
	}
	t.Logf("%d requests to /messages", len(requests))
	for _, row := range slices.Sorted(maps.Keys(unruled)) {
		t.Logf("no rule of the list covers row %s: refused by our own %s", row, unruled[row])
	}
}

// TestCorpusStrict: titles over 20 are refused as in 2016 when Strict asks for it.
func TestCorpusStrict(t *testing.T) {
	requests, _ := corpus(t)
	for _, s := range requests {
		want, ok := cut[s.file[:3]]
		if !ok {
			continue
		}
		g := &sendtest.Graph{Strict: true, Now: atNoon}
		path, body := s.fill()
		got := call(t, g, request(t, s.Method, path, "application/json", body))
		if c := last(t, g); c.Rule != want {
			t.Errorf("%s: rule %q, want %q: %s", s.file, c.Rule, want, got.body)
		}
	}
}

// TestCorpusPeople: two well-formed rows were refused for their person: one unknown to the Page, one unavailable.
func TestCorpusPeople(t *testing.T) {
	requests, _ := corpus(t)
	for _, s := range requests {
		g := &sendtest.Graph{Now: atNoon}
		want := 0
		switch s.file[:3] {
		case "281":
			g.RefuseStrangers, want = true, 2018001
		case "282":
			g.Block("1234")
			want = 1545041
		default:
			continue
		}
		got := call(t, g, request(t, s.Method, s.Path, "application/json", string(s.Body)))
		if got.Error.Subcode != want {
			t.Errorf("%s: %s, want subcode %d", s.file, got.body, want)
		}
	}
}

// TestCorpusAnswers compares the errors that the corpus has seen with those answered on demand: code, subcode and
// type, and the words where the row is marked as real.
func TestCorpusAnswers(t *testing.T) {
	folder := corpusFolder(t)
	index, err := os.ReadFile(filepath.Join(folder, "responses", "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		file, notes := line[:strings.IndexByte(line, '\t')], line[strings.LastIndexByte(line, '\t')+1:]
		if !strings.Contains(notes, "REAL") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(folder, "responses", file))
		if err != nil {
			t.Fatal(err)
		}
		var want reply
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		g := new(sendtest.Graph)
		g.FailNext(want.Error.Code, want.Error.Subcode)
		got := post(t, g, to(hi))
		if got.Error.Code != want.Error.Code || got.Error.Subcode != want.Error.Subcode {
			t.Errorf("%s: %s", file, got.body)
		}
		if want.Error.Subcode != 0 && got.Error.Message != want.Error.Message {
			t.Errorf("%s\n got %s\nwant %s", file, got.Error.Message, want.Error.Message)
		}
		checked++
	}
	if checked < 10 {
		t.Errorf("only %d real errors in the corpus", checked)
	}
}
