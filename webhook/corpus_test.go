package webhook_test

import (
	"bufio"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// corpus returns the rows of a table of the corpus, by column name; it skips the test where there is no
// corpus.
func corpus(t *testing.T, table ...string) []map[string]string {
	t.Helper()
	root := os.Getenv("CORPUS")
	if root == "" {
		t.Skip("CORPUS is not set")
	}
	file, err := os.Open(filepath.Join(append([]string{root}, table...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	var names []string
	var rows []map[string]string
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if names == nil {
			names = fields
			continue
		}
		row := make(map[string]string)
		for i, field := range fields {
			row[names[i]] = field
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil || len(rows) == 0 {
		t.Fatalf("%v: %d rows, %v", table, len(rows), err)
	}
	return rows
}

func TestDecodeCorpus(t *testing.T) {
	for _, row := range corpus(t, "webhook", "index.tsv") {
		t.Run(row["file"], func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(os.Getenv("CORPUS"), "webhook", row["file"]))
			if err != nil {
				t.Fatal(err)
			}
			events, err := webhook.Decode(body)
			if row["json_valid"] == "no" {
				if err == nil {
					t.Error("decoded, though it is no JSON")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkKinds(t, strings.Split(row["kinds"], ","), events)
			if items, err := strconv.Atoi(row["n_items"]); err != nil || len(events) < items {
				t.Errorf("%d events of %s items", len(events), row["n_items"])
			}
			for _, e := range events {
				checkStored(t, e)
			}
		})
	}
}

// checkKinds compares events with the kinds that the index of the corpus names.
func checkKinds(t *testing.T, kinds []string, events []webhook.Event) {
	t.Helper()
	if strings.HasPrefix(kinds[0], "empty.") {
		if len(events) != 0 {
			t.Errorf("%d events of an empty body", len(events))
		}
		return
	}
	if len(events) != len(kinds) {
		t.Fatalf("%d events, want %v", len(events), kinds)
	}
	for i, kind := range kinds {
		kind, instagram := strings.CutPrefix(kind, "instagram.")
		if got := events[i].From().Channel == send.Instagram; got != instagram {
			t.Errorf("event %d: Instagram is %v", i, got)
		}
		e := events[i]
		if inner, standby := strings.CutPrefix(kind, "standby."); standby {
			if e.Kind() != "standby" {
				t.Errorf("event %d is a %s, want a standby", i, e.Kind())
				continue
			}
			e, kind = e.(*webhook.Standby).Event, inner
		}
		if want := kindOf(kind); e.Kind() != want {
			t.Errorf("event %d is a %s, want a %s, as the corpus says %s", i, e.Kind(), want, kind)
		}
	}
}

// kindOf translates a kind of the corpus.
func kindOf(kind string) string {
	word, _, _ := strings.Cut(kind, ".")
	switch {
	case kind == "message.deleted":
		return "unknown"
	case word == "message", word == "postback", word == "echo", word == "delivery", word == "read",
		word == "reaction", word == "referral", word == "optin":
		return word
	}
	return "unknown"
}

// checkStored encodes e and decodes it again.
func checkStored(t *testing.T, e webhook.Event) {
	t.Helper()
	data, err := webhook.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	again, err := webhook.DecodeStored(data)
	if err != nil {
		t.Fatalf("%s\n%v", data, err)
	}
	if !reflect.DeepEqual(again, e) {
		t.Fatalf("stored as\n%s\ngot  %#v\nwant %#v", data, again, e)
	}
	if again.ID() != e.ID() {
		t.Fatalf("stored as %s\nID %q, was %q", data, again.ID(), e.ID())
	}
}
