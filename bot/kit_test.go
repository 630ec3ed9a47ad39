package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// visits is a session value that handlers count in.
var visits = session.NewKey[int]("visits")

// visit counts up in the session.
func visit(c *bot.Context) error {
	n, err := visits.Get(c.Session())
	if err != nil {
		return err
	}
	return visits.Set(c.Session(), n+1)
}

// say delivers a message with its mid as text, and waits until it is handled.
func (s *harness) say(mid string) {
	s.t.Helper()
	s.deliver(text(s.clock.Now(), person, mid, mid))
}

// want compares the texts that the Graph API has accepted.
func (s *harness) want(texts ...string) {
	s.t.Helper()
	if got := s.texts(); !slices.Equal(got, texts) {
		s.t.Errorf("sent %q, want %q", got, texts)
	}
}

// wantVisits compares what is stored of the person's visits.
func (s *harness) wantVisits(store session.Store, want int) {
	s.t.Helper()
	record, err := session.Load(s.t.Context(), store, page+"."+person, s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	got, err := visits.Get(record.Session())
	if err != nil || got != want {
		s.t.Errorf("%d visits stored (%v), want %d", got, err, want)
	}
}

// causes returns the causes of the dead letters, oldest first.
func (s *harness) causes() []string {
	s.t.Helper()
	letters, err := s.DeadLetters().List(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	var causes []string
	for _, letter := range letters {
		causes = append(causes, letter.Cause)
	}
	return causes
}

// wantCauses compares the causes of the dead letters.
func (s *harness) wantCauses(causes ...string) {
	s.t.Helper()
	if got := s.causes(); !slices.Equal(got, causes) {
		s.t.Errorf("dead letters with the causes %q, want %q", got, causes)
	}
}

// sent returns the parameters of the calls of the Graph API, without the metadata that the bot gives a
// message.
func (s *harness) sent() []any {
	s.t.Helper()
	var all []any
	for _, call := range s.graph.Calls() {
		params := decoded[map[string]any](s.t, call.Params)
		if message, ok := params["message"].(map[string]any); ok {
			delete(message, "metadata")
		}
		all = append(all, params)
	}
	return all
}

// wantSent compares the calls of the Graph API with JSON.
func (s *harness) wantSent(calls ...string) {
	s.t.Helper()
	var want []any
	for _, call := range calls {
		want = append(want, decoded[map[string]any](s.t, []byte(call)))
	}
	if diff := cmp.Diff(want, s.sent()); diff != "" {
		s.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// decoded returns what JSON says.
func decoded[T any](t *testing.T, data []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

// metadataOf returns the metadata of a message on the wire.
func metadataOf(t *testing.T, call sendtest.Call) string {
	t.Helper()
	return decoded[struct {
		Message struct{ Metadata string }
	}](t, call.Params).Message.Metadata
}

// echoItem returns the item of an echo of what the Page sent to the person.
func (s *harness) echoItem(mid string) string {
	return fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,`+
		`"message":{"mid":%q,"is_echo":true,"text":"words of the bot"}}`,
		page, person, s.clock.Now().UnixMilli(), mid)
}

// buffer is a log that tests read.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// keepStore gives a bot a store that the test can look into.
func keepStore(store *session.Store) func(*bot.Config) {
	return func(cfg *bot.Config) {
		cfg.Store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
		*store = cfg.Store
	}
}

// flaky is a store whose calls tests intercept.
type flaky struct {
	session.Store
	get func(key string) error
	put func(ctx context.Context, key string, r session.Record) (session.Record, error)
}

func (f *flaky) Get(ctx context.Context, key string) (session.Record, error) {
	if f.get != nil {
		if err := f.get(key); err != nil {
			return session.Record{}, err
		}
	}
	return f.Store.Get(ctx, key)
}

func (f *flaky) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	if f.put != nil {
		return f.put(ctx, key, r)
	}
	return f.Store.Put(ctx, key, r)
}

// durable is an inbox that hands out anew, as bytes, what was in hand when its process ended. It is the
// promise of a durable inbox and not one: Lanes in memory, and a copy of what was published.
type durable struct {
	*bot.Lanes
	mu   sync.Mutex
	kept []bot.Envelope
}

func (*durable) Redelivers() bool { return true }

func (d *durable) Publish(ctx context.Context, batch []bot.Envelope) error {
	bytesOnly := make([]bot.Envelope, 0, len(batch))
	for _, e := range batch {
		bytesOnly = append(bytesOnly, bot.Envelope{ID: e.ID, Key: e.Key, Due: e.Due, Header: e.Header, Data: e.Data})
	}
	d.mu.Lock()
	d.kept = append(d.kept, bytesOnly...)
	d.mu.Unlock()
	return d.Lanes.Publish(ctx, bytesOnly)
}

// accept hands the events of a body to a bot without its front door.
func accept(t *testing.T, b *bot.Bot, body string) {
	t.Helper()
	events, err := webhook.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Accept(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

// logTo gives a bot a log that the test can read.
func logTo(log *buffer) func(*bot.Config) {
	return func(cfg *bot.Config) { cfg.Log = zerolog.New(log).Level(zerolog.TraceLevel) }
}

// mustContain reports words that the log lacks.
func (b *buffer) mustContain(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(b.String(), word) {
			t.Errorf("the log does not contain %q:\n%s", word, b)
		}
	}
}

// mustNotContain reports words that the log must not have.
func (b *buffer) mustNotContain(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(b.String(), word) {
			t.Errorf("the log contains %q:\n%s", word, b)
		}
	}
}

// storeAfter returns the store of a bot that has handled one item and has ended.
func storeAfter(t *testing.T, item func(now time.Time) string) session.Store {
	t.Helper()
	var store session.Store
	t.Run("before", func(t *testing.T) {
		s := serve(t, silent, keepStore(&store))
		s.post(fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"messaging":[%s]}]}`, page, item(s.clock.Now())))
		s.settle()
	})
	return store
}
