package durable_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/session/sessiontest"
)

// storeEpoch is when the clocks of these tests stand.
var storeEpoch = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

func TestStoreEmbeddedPassesTheContract(t *testing.T) {
	for name, unsynced := range map[string]bool{"synced": false, "unsynced": true} {
		t.Run(name, func(t *testing.T) {
			sessiontest.Run(t, func(t *testing.T, now func() time.Time) session.Store {
				t.Helper()
				return open(t, durable.Config{Dir: t.TempDir(), Unsynced: unsynced, Now: now}).Store
			})
		})
	}
}

func TestStoreOfAServerPassesTheContract(t *testing.T) {
	node := natstest.Server(t)
	js := natstest.JetStream(t, node.URL())
	sessiontest.Run(t, func(t *testing.T, now func() time.Time) session.Store {
		t.Helper()
		b := open(t, durable.Config{URL: node.URL(), Now: now})
		emptyStore(t, js)
		return b.Store
	})
}

func TestStoreOfAClusterPassesTheContract(t *testing.T) {
	group := natstest.Cluster(t, 3)
	js := natstest.JetStream(t, group.URL())
	sessiontest.Run(t, func(t *testing.T, now func() time.Time) session.Store {
		t.Helper()
		b := open(t, durable.Config{URL: group.URL(), Replicas: 3, Now: now})
		emptyStore(t, js)
		return b.Store
	})
}

// TestStoreSeesItsWritesWhenTheLeaderChanges stops the leader of the records again and again while one writer
// counts: what a Put answered is what the next Get finds.
func TestStoreSeesItsWritesWhenTheLeaderChanges(t *testing.T) {
	group := natstest.Cluster(t, 3)
	store := open(t, durable.Config{URL: group.URL(), Replicas: 3}).Store
	unknown := 0
	for n := 1; n <= 40; n++ {
		if n%20 == 0 {
			leader := group.Leader("parley-records")
			group.Stop(leader)
			defer group.Start(leader)
			unknown += countTo(t, store, n)
			group.Start(leader)
			group.Current("parley-records")
			continue
		}
		unknown += countTo(t, store, n)
	}
	t.Logf("%d calls failed, and were made again", unknown)
}

// countTo writes n over n-1 and reads it back. It returns how many calls failed on the way.
func countTo(t *testing.T, store session.Store, n int) (failed int) {
	t.Helper()
	want := fmt.Sprint(n)
	for {
		old, err := store.Get(t.Context(), "105.7301")
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			failed++
			continue
		}
		if string(old.Data) == want { // a Put whose answer got lost
			return failed
		}
		if found, before := string(old.Data), fmt.Sprint(n-1); found != before && n > 1 {
			t.Fatalf("Get found %q, want %q, which was answered", found, before)
		}
		if _, err = store.Put(t.Context(), "105.7301", session.Record{Data: []byte(want), Revision: old.Revision}); err == nil {
			return failed
		}
		failed++
	}
}

// TestStoreReadsFromTheLeader listens to what a Get asks the servers: where there are replicas, a direct get may
// be answered by a server that is behind.
func TestStoreReadsFromTheLeader(t *testing.T) {
	t.Run("one replica", func(t *testing.T) {
		getAsks(t, natstest.Server(t).URL(), 1, "$JS.API.DIRECT.GET.parley-records.parley.record.105=2E7301")
	})
	t.Run("three replicas", func(t *testing.T) {
		getAsks(t, natstest.Cluster(t, 3).URL(), 3, "$JS.API.STREAM.MSG.GET.parley-records")
	})
}

// getAsks wants that a Get asks on a subject.
func getAsks(t *testing.T, url string, replicas int, want string) {
	t.Helper()
	js := natstest.JetStream(t, url)
	store := open(t, durable.Config{
		URL: url, Replicas: replicas, MaxBytes: 64 << 20, DeadBytes: 16 << 20,
	}).Store
	asked, err := js.Conn().SubscribeSync("$JS.API.>")
	if err != nil {
		t.Fatal(err)
	}
	mustFlush(t, js.Conn())
	if _, err := store.Get(t.Context(), "105.7301"); !errors.Is(err, session.ErrNotFound) {
		t.Fatalf("Get of nothing: %v", err)
	}
	m, err := asked.NextMsg(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != want {
		t.Errorf("Get asks %s, want %s", m.Subject, want)
	}
	stream, err := js.Stream(t.Context(), "parley-records")
	if err != nil {
		t.Fatal(err)
	}
	if cfg := stream.CachedInfo().Config; cfg.AllowDirect != (replicas == 1) || !cfg.AllowMsgTTL {
		t.Errorf("AllowDirect is %t, AllowMsgTTL %t", cfg.AllowDirect, cfg.AllowMsgTTL)
	}
}

// TestStoreOutlivesItsProcess closes a store and opens it again.
func TestStoreOutlivesItsProcess(t *testing.T) {
	dir := t.TempDir()
	first := open(t, durable.Config{Dir: dir})
	kept := mustPut(t, first.Store, "105.7301", session.Record{Data: []byte("kept")})
	gone := mustPut(t, first.Store, "105.7302", session.Record{Data: []byte("gone")})
	if err := first.Store.Delete(t.Context(), "105.7302"); err != nil {
		t.Fatal(err)
	}
	first.Close()
	second := open(t, durable.Config{Dir: dir}).Store
	got, err := second.Get(t.Context(), "105.7301")
	if err != nil || string(got.Data) != "kept" || got.Revision != kept.Revision {
		t.Errorf("Get of what was kept = %q at %d, %v; want %q at %d", got.Data, got.Revision, err, "kept", kept.Revision)
	}
	if _, err := second.Get(t.Context(), "105.7302"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("Get of what was deleted: %v, want ErrNotFound", err)
	}
	if anew := mustPut(t, second, "105.7302", session.Record{}); anew.Revision <= gone.Revision {
		t.Errorf("a revision after the restart is %d, and %d was given before", anew.Revision, gone.Revision)
	}
}

// TestStoreKeepsExpiriesExactly wants every instant back as it was given.
func TestStoreKeepsExpiriesExactly(t *testing.T) {
	tests := map[string]time.Time{
		"a nanosecond":    storeEpoch.Add(time.Hour + 1),
		"another zone":    storeEpoch.Add(time.Hour).In(time.FixedZone("", 5*3600+45*60)),
		"the machine's":   time.Now().Add(time.Hour),
		"a thousand ages": time.Date(9999, time.December, 31, 23, 59, 59, 999_999_999, time.UTC),
	}
	store := open(t, durable.Config{Dir: t.TempDir(), Now: func() time.Time { return storeEpoch }}).Store
	for name, at := range tests {
		t.Run(name, func(t *testing.T) {
			mustPut(t, store, name, session.Record{Expires: at})
			got, err := store.Get(t.Context(), name)
			if err != nil || !got.Expires.Equal(at) {
				t.Errorf("Get = %s, %v; want %s", got.Expires, err, at)
			}
		})
	}
}

// TestStoreTellsTheServerWhenToForget looks at what a server keeps: the time to live goes with each write, and
// an update that takes the expiry away takes it away too.
func TestStoreTellsTheServerWhenToForget(t *testing.T) {
	node := natstest.Server(t)
	js := natstest.JetStream(t, node.URL())
	store := open(t, durable.Config{URL: node.URL(), Now: func() time.Time { return storeEpoch }}).Store
	steps := []struct {
		name    string
		expires time.Time
		want    string // seconds, a day more than the record has left
	}{
		{"in an hour", storeEpoch.Add(time.Hour), "90000"},
		{"in two", storeEpoch.Add(2 * time.Hour), "93600"},
		{"never", time.Time{}, ""},
		{"long ago", storeEpoch.Add(-time.Hour), "86400"},
	}
	var r session.Record
	for _, step := range steps {
		r.Expires = step.expires
		r = mustPut(t, store, "105.7301", r)
		stream, err := js.Stream(t.Context(), "parley-records")
		if err != nil {
			t.Fatal(err)
		}
		m, err := stream.GetMsg(t.Context(), r.Revision)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Header.Get("Nats-TTL"); got != step.want {
			t.Errorf("a record that expires %s is kept for %q s, want %q", step.name, got, step.want)
		}
	}
}

// TestStoreBoundsRecords writes records up to the server's max_payload and beyond.
func TestStoreBoundsRecords(t *testing.T) {
	const most = 2 << 20
	node := natstest.Server(t, "max_payload: 2MB")
	store := open(t, durable.Config{URL: node.URL()}).Store
	r := mustPut(t, store, "105.7301", session.Record{Data: bytes.Repeat([]byte("x"), most-200)})
	tooLarge := session.Record{Data: bytes.Repeat([]byte("y"), most), Revision: r.Revision}
	_, err := store.Put(t.Context(), "105.7301", tooLarge)
	if !errors.Is(err, nats.ErrMaxPayload) || !strings.Contains(fmt.Sprint(err), "2097152 bytes") {
		t.Errorf("Put of %d bytes: %v, want nats.ErrMaxPayload and the size", most, err)
	}
	wantNoKey(t, err)
	got, err := store.Get(t.Context(), "105.7301")
	if err != nil || !bytes.Equal(got.Data, r.Data) {
		t.Errorf("Get after it = %d bytes, %v; want the %d of before", len(got.Data), err, len(r.Data))
	}
}

// TestStoreKeepsLargeRecordsInADirectory reads back the largest record of a server in the process.
func TestStoreKeepsLargeRecordsInADirectory(t *testing.T) {
	store := open(t, durable.Config{Dir: t.TempDir()}).Store
	r := mustPut(t, store, "105.7301", session.Record{Data: bytes.Repeat([]byte("x"), 8<<20-1024)})
	got, err := store.Get(t.Context(), "105.7301")
	if err != nil || !bytes.Equal(got.Data, r.Data) {
		t.Errorf("Get = %d bytes, %v; want %d", len(got.Data), err, len(r.Data))
	}
}

// TestStoreIsSharedByInstances lets two instances replace what the other one wrote.
func TestStoreIsSharedByInstances(t *testing.T) {
	node := natstest.Server(t)
	var now clockOfStores
	a := open(t, durable.Config{URL: node.URL(), Now: now.now}).Store
	b := open(t, durable.Config{URL: node.URL(), Now: now.now}).Store
	old := mustPut(t, a, "105.7301", session.Record{Data: []byte("one"), Expires: storeEpoch.Add(time.Hour)})
	old.Data = []byte("two")
	next := mustPut(t, b, "105.7301", old)
	if _, err := a.Put(t.Context(), "105.7301", old); !errors.Is(err, session.ErrConflict) {
		t.Errorf("Put over what another instance replaced: %v, want ErrConflict", err)
	}
	now.advance(time.Hour)
	if _, err := a.Put(t.Context(), "105.7301", next); !errors.Is(err, session.ErrConflict) {
		t.Errorf("Put over what has expired and another instance wrote: %v, want ErrConflict", err)
	}
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			_, errs[i] = []session.Store{a, b}[i%2].Put(t.Context(), "105.7301", session.Record{})
		})
	}
	all.Wait()
	created := 0
	for _, err := range errs {
		switch {
		case err == nil:
			created++
		case !errors.Is(err, session.ErrConflict):
			t.Errorf("a creation over what has expired: %v", err)
		}
	}
	if created != 1 {
		t.Errorf("%d of %d creations over what has expired were accepted, want 1", created, len(errs))
	}
}

// TestStoreFailsWithoutAServer stops the server: calls fail, within their time, and work again when it is back.
func TestStoreFailsWithoutAServer(t *testing.T) {
	node := natstest.Server(t)
	store := open(t, durable.Config{URL: node.URL()}).Store
	r := mustPut(t, store, "105.7301", session.Record{Data: []byte("one")})
	node.Stop()
	for what, err := range callAll(t, store, r) {
		if err == nil || errors.Is(err, session.ErrNotFound) || errors.Is(err, session.ErrConflict) {
			t.Errorf("%s without a server: %v, want an error that leaves it open what is there", what, err)
		}
		wantNoKey(t, err)
	}
	node.Start()
	for {
		got, err := store.Get(t.Context(), "105.7301")
		if err == nil {
			if string(got.Data) != "one" {
				t.Errorf("Get when the server is back = %q, want %q", got.Data, "one")
			}
			return
		}
		wantNoKey(t, err)
	}
}

// TestStoreFailsAfterClose uses a store that is closed.
func TestStoreFailsAfterClose(t *testing.T) {
	b, err := durable.Open(t.Context(), durable.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r := mustPut(t, b.Store, "105.7301", session.Record{Data: []byte("one")})
	b.Close()
	for what, err := range callAll(t, b.Store, r) {
		if !errors.Is(err, nats.ErrConnectionClosed) {
			t.Errorf("%s after Close: %v, want nats.ErrConnectionClosed", what, err)
		}
		wantNoKey(t, err)
	}
}

// TestStoreIsDurable wants the word by which a bot says what a restart takes away.
func TestStoreIsDurable(t *testing.T) {
	var store any = open(t, durable.Config{Dir: t.TempDir()}).Store
	if kept, ok := store.(interface{ Durable() bool }); !ok || !kept.Durable() {
		t.Error("the records do not claim to outlive the process")
	}
}

// callAll returns what each call answers. The record deleted is another one.
func callAll(t *testing.T, store session.Store, r session.Record) map[string]error {
	t.Helper()
	_, get := store.Get(t.Context(), "105.7301")
	_, put := store.Put(t.Context(), "105.7301", r)
	_, create := store.Put(t.Context(), "105.7302", session.Record{})
	return map[string]error{
		"Get": get, "Put": put, "a creation": create, "Delete": store.Delete(t.Context(), "105.7303"),
	}
}

// wantNoKey wants an error of this package that does not tell whose record it was.
func wantNoKey(t *testing.T, err error) {
	t.Helper()
	text := fmt.Sprint(err)
	if !strings.HasPrefix(text, "durable: ") || strings.Count(text, "durable: ") != 1 || strings.Contains(text, "730") {
		t.Errorf("the error is %q, want one prefix and no key", text)
	}
}
