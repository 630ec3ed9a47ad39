package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

const lane = "105.7301"

var cart = session.NewKey[[]string]("cart")

// newMemory returns a Memory whose clock is now.
func newMemory(now *clock) *session.Memory {
	return session.NewMemory(session.MemoryConfig{Now: now.Now})
}

// load loads the person of the lane.
func load(t *testing.T, store session.Store, now time.Time) *session.Person {
	t.Helper()
	p, err := session.Load(t.Context(), store, lane, now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// save saves p with a session that lives for a week.
func save(t *testing.T, p *session.Person, store session.Store, now time.Time) {
	t.Helper()
	if err := p.Save(t.Context(), store, now, week); err != nil {
		t.Fatal(err)
	}
}

// setCart puts items into the cart of p.
func setCart(t *testing.T, p *session.Person, items ...string) {
	t.Helper()
	if err := cart.Set(p.Session(), items); err != nil {
		t.Fatal(err)
	}
}

// wantCart wants items in the cart of p.
func wantCart(t *testing.T, p *session.Person, items ...string) {
	t.Helper()
	got, err := cart.Get(p.Session())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(items, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("cart (-want +got):\n%s", diff)
	}
}

func TestLoadOfNobodyIsEmpty(t *testing.T) {
	p := load(t, newMemory(&clock{noon}), noon)
	if diff := cmp.Diff(&session.Person{}, p, cmpopts.IgnoreUnexported(session.Person{})); diff != "" {
		t.Errorf("person (-want +got):\n%s", diff)
	}
	if p.Handled("message:m_1") {
		t.Error("an event was handled before the first")
	}
	wantCart(t, p)
}

func TestSaveAndLoadEverything(t *testing.T) {
	store := newMemory(&clock{noon})
	p := load(t, store, noon)
	p.Window = send.Window{Opened: noon.Add(-time.Hour), By: send.ByAd}
	p.Owner, p.Muted = "263902037430900", noon.Add(2*time.Hour)
	p.OwnerSince, p.About = noon.Add(-time.Minute), []byte(`{"n":"Ada"}`)
	p.Ledger = []session.Entry{
		{Event: "message:m_1", Key: "1f#1", Recipient: "7301", Mid: "m_2", Attachment: "17"},
		{Event: "message:m_1", Key: "answer", Unsure: true},
	}
	p.Revoked = []string{"custom:8", "custom:9"}
	p.Frames = []byte(`[{"at":"size"}]`)
	p.MarkHandled("message:m_1", noon)
	setCart(t, p, "large")
	save(t, p, store, noon)

	got := load(t, store, noon)
	if diff := cmp.Diff(p, got, cmpopts.IgnoreUnexported(session.Person{})); diff != "" {
		t.Errorf("loaded (-saved +loaded):\n%s", diff)
	}
	if want := noon.Add(week); !got.Expires.Equal(want) {
		t.Errorf("expires %s, want %s", got.Expires, want)
	}
	if !got.Handled("message:m_1") || got.Handled("echo:m_1") {
		t.Error("the ids are not those that were saved")
	}
	wantCart(t, got, "large")
}

func TestSessionExpiresAndTheRestDoesNot(t *testing.T) {
	now := &clock{noon}
	store := newMemory(now)
	p := load(t, store, noon)
	p.Window, p.Owner, p.Frames = send.Window{Opened: noon}, "17", []byte(`{}`)
	p.OwnerSince, p.About = noon, []byte("x")
	p.Muted = noon.Add(day)
	p.MarkHandled("message:m_1", noon)
	setCart(t, p, "large")
	if err := p.Save(t.Context(), store, noon, time.Hour); err != nil {
		t.Fatal(err)
	}

	now.now = noon.Add(time.Hour - 1)
	got := load(t, store, now.now)
	wantCart(t, got, "large")
	if string(got.Frames) != `{}` {
		t.Errorf("frames %q before the expiry", got.Frames)
	}

	now.now = noon.Add(time.Hour)
	got = load(t, store, now.now)
	wantCart(t, got)
	if got.Frames != nil || !got.Expires.IsZero() {
		t.Errorf("frames %q, expiry %s after the expiry", got.Frames, got.Expires)
	}
	if !got.Handled("message:m_1") || got.Owner != "17" || string(got.About) != "x" ||
		!got.OwnerSince.Equal(noon) || !got.Window.Opened.Equal(noon) || !got.Muted.Equal(noon.Add(day)) {
		t.Error("ids, owner, window or the time muted went with the session")
	}
	save(t, got, store, now.now)
	wantCart(t, load(t, store, noon))
}

func TestSaveMovesTheExpiryOn(t *testing.T) {
	now := &clock{noon}
	store := newMemory(now)
	p := load(t, store, now.now)
	setCart(t, p, "large")
	for range 3 {
		save(t, p, store, now.now)
		now.now = now.now.Add(week - 1)
		p = load(t, store, now.now)
		wantCart(t, p, "large")
	}
	if err := p.SaveFramework(t.Context(), store, now.now); err != nil {
		t.Fatal(err)
	}
	wantCart(t, load(t, store, now.now.Add(1))) // a handler that failed does not move it
}

// kept is a Store that keeps the last record put into it.
type kept struct {
	session.Store
	last session.Record
}

func (k *kept) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	r, err := k.Store.Put(ctx, key, r)
	k.last = r
	return r, err
}

func TestRecordLivesAsLongAsAnythingInIt(t *testing.T) {
	tests := map[string]struct {
		window      time.Time
		muted       time.Time
		unreachable time.Time
		item        string
		ttl         time.Duration
		want        time.Time
	}{
		"ids alone: as long as Meta delivers again":    {want: noon.Add(36 * time.Hour)},
		"a new window: 7 days for a human agent":       {window: noon, want: noon.Add(week)},
		"an old window":                                {window: noon.Add(-6 * day), want: noon.Add(36 * time.Hour)},
		"muted for a month":                            {muted: noon.Add(30 * day), want: noon.Add(30 * day)},
		"muted for an hour":                            {muted: noon.Add(time.Hour), want: noon.Add(36 * time.Hour)},
		"unreachable: a year":                          {unreachable: noon, muted: noon.Add(day), want: noon.Add(365 * day)},
		"unreachable for a year already":               {unreachable: noon.Add(-365 * day), want: noon.Add(36 * time.Hour)},
		"a session of a month":                         {window: noon, item: "a", ttl: 30 * day, want: noon.Add(30 * day)},
		"a session of an hour":                         {item: "a", ttl: time.Hour, want: noon.Add(36 * time.Hour)},
		"no session value, so its time does not count": {ttl: 30 * day, want: noon.Add(36 * time.Hour)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store := &kept{Store: newMemory(&clock{noon})}
			p := load(t, store, noon)
			p.Window.Opened, p.Muted, p.Unreachable.Since = test.window, test.muted, test.unreachable
			p.MarkHandled("message:m_1", noon)
			if test.item != "" {
				setCart(t, p, test.item)
			}
			if err := p.Save(t.Context(), store, noon, test.ttl); err != nil {
				t.Fatal(err)
			}
			if got := store.last.Expires; !got.Equal(test.want) {
				t.Errorf("expires %s, want %s", got, test.want)
			}
		})
	}
}

func TestSaveDropsWhatIsTooLongAboutSomebody(t *testing.T) {
	for size, want := range map[int]int{4096: 4096, 4097: 0} {
		store := newMemory(&clock{noon})
		p := load(t, store, noon)
		p.Owner, p.About = "17", bytes.Repeat([]byte("x"), size)
		save(t, p, store, noon)
		if got := load(t, store, noon); len(got.About) != want || len(p.About) != want || got.Owner != "17" {
			t.Errorf("%d bytes: %d stored, %d kept, owner %q; want %d of each", size, len(got.About),
				len(p.About), got.Owner, want)
		}
	}
}

// TestFailedHandler follows one event: two messages are entered into the ledger while the handler runs, the
// handler fails, its next try succeeds.
func TestFailedHandler(t *testing.T) {
	store := newMemory(&clock{noon})
	p := load(t, store, noon)
	setCart(t, p, "small")
	p.Frames = []byte(`"size"`)
	save(t, p, store, noon)

	p = load(t, store, noon)
	first := p.Session()
	setCart(t, p, "small", "large")
	p.Frames = []byte(`"delivery"`)
	p.Ledger = []session.Entry{{Event: "message:m_1", Key: "1", Mid: "m_2"}}
	if err := p.SaveFramework(t.Context(), store, noon); err != nil {
		t.Fatal(err)
	}
	stored := load(t, store, noon)
	wantCart(t, stored, "small")
	if string(stored.Frames) != `"size"` || len(stored.Ledger) != 1 {
		t.Errorf("stored: frames %s, ledger %v", stored.Frames, stored.Ledger)
	}
	wantCart(t, p, "small", "large")
	if string(p.Frames) != `"delivery"` {
		t.Errorf("the handler's frames became %s", p.Frames)
	}

	p.Discard()
	wantCart(t, p, "small")
	if string(p.Frames) != `"size"` || len(p.Ledger) != 1 {
		t.Errorf("discarded: frames %s, ledger %v", p.Frames, p.Ledger)
	}
	if err := cart.Set(first, []string{"from a try that hangs"}); err != nil {
		t.Fatal(err)
	}
	setCart(t, p, "medium")
	p.MarkHandled("message:m_1", noon)
	p.Ledger = nil
	save(t, p, store, noon)
	stored = load(t, store, noon)
	wantCart(t, stored, "medium")
	if !stored.Handled("message:m_1") || stored.Ledger != nil {
		t.Error("the framework's half was not saved with the session")
	}
}

func TestSessionKeptTooLongChangesNothing(t *testing.T) {
	store := newMemory(&clock{noon})
	p := load(t, store, noon)
	early := p.Session()
	setCart(t, p, "large")
	save(t, p, store, noon)
	if err := cart.Set(early, []string{"too late"}); err != nil {
		t.Fatal(err)
	}
	wantCart(t, p, "large")
	save(t, p, store, noon)
	wantCart(t, load(t, store, noon), "large")
}

func TestFramesEnd(t *testing.T) {
	store := newMemory(&clock{noon})
	p := load(t, store, noon)
	p.Frames = []byte(`"size"`)
	save(t, p, store, noon)
	p.Frames = nil
	save(t, p, store, noon)
	if got := load(t, store, noon); got.Frames != nil || !got.Expires.IsZero() {
		t.Errorf("frames %s, expiry %s", got.Frames, got.Expires)
	}
}

func TestRevokedIsBounded(t *testing.T) {
	store := newMemory(&clock{noon})
	p := load(t, store, noon)
	for i := range 70 {
		p.Revoked = append(p.Revoked, fmt.Sprint("custom:", i))
	}
	save(t, p, store, noon)
	got := load(t, store, noon).Revoked
	if len(got) != 64 || got[0] != "custom:6" || got[63] != "custom:69" {
		t.Errorf("%d kept: %q", len(got), got)
	}
}

func TestSaveConflicts(t *testing.T) {
	store := newMemory(&clock{noon})
	a, b := load(t, store, noon), load(t, store, noon)
	save(t, a, store, noon)
	b.Owner = "17"
	if err := b.Save(t.Context(), store, noon, week); !errors.Is(err, session.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
	save(t, a, store, noon)
	if got := load(t, store, noon).Owner; got != "" {
		t.Errorf("a refused save wrote owner %q", got)
	}
}

func TestLoadOfADamagedRecord(t *testing.T) {
	store := newMemory(&clock{noon})
	if _, err := store.Put(t.Context(), lane, session.Record{Data: []byte("not a record")}); err != nil {
		t.Fatal(err)
	}
	p, err := session.Load(t.Context(), store, lane, noon)
	if !errors.Is(err, session.ErrDamaged) || p == nil {
		t.Fatalf("%v, %v; want a person and ErrDamaged", p, err)
	}
	p.Owner = "17"
	save(t, p, store, noon)
	if got := load(t, store, noon).Owner; got != "17" {
		t.Errorf("owner %q after the damaged record was replaced", got)
	}
}

func TestLoadOfALaterVersion(t *testing.T) {
	store := newMemory(&clock{noon})
	_, err := store.Put(t.Context(), lane, session.Record{Data: session.Sealed([]byte{4, 0, 0})})
	if err != nil {
		t.Fatal(err)
	}
	p, err := session.Load(t.Context(), store, lane, noon)
	if !errors.Is(err, session.ErrVersion) || p != nil {
		t.Errorf("%v, %v; want ErrVersion and nobody, so that it is not overwritten", p, err)
	}
}

func TestLoadPassesErrorsOn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := session.Load(ctx, newMemory(&clock{noon}), lane, noon)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}
