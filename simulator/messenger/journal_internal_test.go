package messenger

import (
	"strings"
	"testing"
)

func TestJournalForgetsTheOldest(t *testing.T) {
	j := newJournal(status{})
	for range maxEntries + 5 {
		j.add(entry{Webhook: &webhook{}})
	}
	all := j.since(0).entries
	if len(all) != maxEntries || all[0].N != 6 {
		t.Errorf("got %d entries from %d, want %d from 6", len(all), all[0].N, maxEntries)
	}
	j.settle(5, webhook{Done: true}) // forgotten: nothing happens
	if got := j.since(0).entries[0]; got.N != 6 || got.Webhook.Done {
		t.Errorf("got %+v, want entry 6 unchanged", got)
	}
	j.settle(6, webhook{Done: true})
	if got := j.since(0).entries[0]; !got.Webhook.Done {
		t.Error("entry 6 was not settled")
	}
}

func TestJournalIsBoundedInBytes(t *testing.T) {
	j := newJournal(status{})
	for range 100 {
		n := j.add(entry{Webhook: &webhook{}})
		j.settle(n, webhook{Body: strings.Repeat("x", 1<<20)})
	}
	if n := len(j.since(0).entries); n > 17 {
		t.Errorf("got %d entries of 1 MiB, want at most 17", n)
	}
}

func TestJournalTellsWhatChanged(t *testing.T) {
	j := newJournal(status{Page: "1"})
	first := j.since(0)
	if first.status == nil || first.status.Page != "1" {
		t.Fatalf("got %+v, want the status", first)
	}
	a := j.add(entry{Webhook: &webhook{}})
	j.add(entry{Call: &call{}})
	<-first.changed
	second := j.since(first.seq)
	if second.status != nil || len(second.entries) != 2 {
		t.Fatalf("got %+v, want two entries and no status", second)
	}
	j.settle(a, webhook{Done: true})
	third := j.since(second.seq)
	if len(third.entries) != 1 || third.entries[0].N != a {
		t.Errorf("got %+v, want entry %d", third.entries, a)
	}
	j.setStatus(func(s *status) { s.Verified = true })
	if fourth := j.since(third.seq); fourth.status == nil || len(fourth.entries) != 0 {
		t.Errorf("got %+v, want the status alone", fourth)
	}
}

func TestWhatIsNoJSONIsShownAsText(t *testing.T) {
	if got := string(valid([]byte("<html>"))); got != `"\u003chtml\u003e"` {
		t.Errorf("got %s", got)
	}
}
