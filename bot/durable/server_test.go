package durable_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/session"
)

// serverPatience ends a test that hangs.
const serverPatience = time.Minute

// serverLines collects what a backend logs.
type serverLines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *serverLines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *serverLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *serverLines) logger() zerolog.Logger { return zerolog.New(l) }

// serverEvent is the nth event of a person.
func serverEvent(person, n int) bot.Envelope {
	id := fmt.Sprintf("m%d-%d", person, n)
	return bot.Envelope{ID: id, Key: fmt.Sprintf("page.%d", person), Data: []byte(`{"n":"` + id + `"}`)}
}

// serverKept returns how many events the inbox of a directory keeps, as its server tells through the socket.
func serverKept(t *testing.T, dir string) int {
	t.Helper()
	return int(serverState(t, dir, "parley-inbox").Msgs)
}

// serverState returns the state of a stream of a directory.
func serverState(t *testing.T, dir, stream string) jetstream.StreamState {
	t.Helper()
	conn, err := nats.Connect("nats://127.0.0.1", nats.SetCustomDialer(serverSocket(dir)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	return s.CachedInfo().State
}

// serverSocket dials the socket of a directory.
type serverSocket string

func (s serverSocket) Dial(string, string) (net.Conn, error) {
	return new(net.Dialer).DialContext(context.Background(), "unix", filepath.Join(string(s), "nats.sock"))
}

// serverPublish publishes events 0 to count-1, each of its own person.
func serverPublish(t *testing.T, b *durable.Backend, count int) {
	t.Helper()
	for n := range count {
		if err := b.Inbox.Publish(t.Context(), []bot.Envelope{serverEvent(n, 1)}); err != nil {
			t.Fatal(err)
		}
	}
}

// serverWrite writes a record.
func serverWrite(t *testing.T, b *durable.Backend, key, value string) {
	t.Helper()
	if _, err := b.Store.Put(t.Context(), key, session.Record{Data: []byte(value)}); err != nil {
		t.Fatal(err)
	}
}

// serverRead reads a record; empty: there is none.
func serverRead(t *testing.T, b *durable.Backend, key string) string {
	t.Helper()
	r, err := b.Store.Get(t.Context(), key)
	if err != nil {
		return ""
	}
	return string(r.Data)
}

// serverEventually waits until something holds.
func serverEventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), serverPatience)
	defer cancel()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for !holds() {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			t.Fatalf("not in %s: %s", serverPatience, what)
		}
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := open(t, durable.Config{Dir: dir, Unsynced: true})
	_, err := durable.Open(t.Context(), durable.Config{Dir: dir, Unsynced: true})
	if err == nil {
		t.Fatal("two have one directory")
	}
	for _, part := range []string{dir, "another process", "Config.LockWait", "Config.URL"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not tell of %q: %v", part, err)
		}
	}
	serverWrite(t, first, "a", "1") // the first goes on
	first.Close()
	open(t, durable.Config{Dir: dir, Unsynced: true})
}

func TestOpenWaitsForTheDirectory(t *testing.T) {
	dir := t.TempDir()
	first := open(t, durable.Config{Dir: dir, Unsynced: true})
	opened := make(chan error)
	go func() {
		second, err := durable.Open(t.Context(), durable.Config{Dir: dir, Unsynced: true, LockWait: serverPatience})
		if err == nil {
			second.Close()
		}
		opened <- err
	}()
	first.Close()
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
}

func TestWaitForTheDirectoryEndsWithContext(t *testing.T) {
	dir := t.TempDir()
	open(t, durable.Config{Dir: dir, Unsynced: true})
	ctx, cancel := context.WithCancel(t.Context())
	opened := make(chan error)
	go func() {
		_, err := durable.Open(ctx, durable.Config{Dir: dir, Unsynced: true, LockWait: time.Hour})
		opened <- err
	}()
	cancel()
	if err := <-opened; err == nil {
		t.Fatal("two have one directory")
	}
}

func TestDirectoryIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	open(t, durable.Config{Dir: dir, Unsynced: true})
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "nats.sock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestCloseWhileInUse(t *testing.T) {
	b := open(t, durable.Config{Dir: t.TempDir(), Unsynced: true})
	var all sync.WaitGroup
	begun := make(chan struct{}, 8)
	for person := range 4 {
		all.Go(func() {
			for n := 0; b.Inbox.Publish(t.Context(), []bot.Envelope{serverEvent(person, n)}) == nil; n++ {
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
		all.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d-%d", person, n)
				if _, err := b.Store.Put(t.Context(), key, session.Record{Data: []byte("x")}); err != nil {
					return
				}
			}
		})
	}
	<-begun
	all.Go(b.Close)
	all.Go(b.Close)
	all.Wait()
	b.Close()
	if err := b.Inbox.Publish(t.Context(), []bot.Envelope{serverEvent(1, 1)}); err == nil {
		t.Error("a closed inbox takes events")
	}
	if _, err := b.Store.Get(t.Context(), "a"); err == nil {
		t.Error("a closed store reads")
	}
}

func TestAdminBesideAndAfterTheBot(t *testing.T) {
	dir := t.TempDir()
	cfg := durable.Config{Dir: dir, Unsynced: true, Partitions: 7}
	b := open(t, cfg)
	serverPublish(t, b, 3)
	look := func(when string, want int) {
		t.Helper()
		admin, err := durable.Admin(t.Context(), durable.Config{Dir: dir, Unsynced: true}) // not knowing Partitions
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		defer admin.Close()
		serverPublish(t, admin, 1)
		if got := serverKept(t, dir); got != want {
			t.Errorf("%s: %d events, want %d", when, got, want)
		}
		if got := serverState(t, dir, "parley-inbox").NumSubjects; got != 3 {
			t.Errorf("%s: %d lanes, want 3: it divides people in another way than the bot", when, got)
		}
	}
	look("beside", 4)
	b.Close()
	look("after", 5)
	open(t, cfg) // the number of partitions is what it was
}

func TestAdminMakesNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := durable.Admin(t.Context(), durable.Config{Dir: dir}); err == nil ||
		!strings.Contains(err.Error(), "parley-inbox") {
		t.Errorf("Admin on an empty directory: %v", err)
	}
}

func TestSocketHasSoManySeats(t *testing.T) {
	dir := t.TempDir()
	b := open(t, durable.Config{Dir: dir, Unsynced: true})
	var guests []net.Conn
	takes := func() bool {
		guest, err := serverSocket(dir).Dial("", "")
		if err != nil {
			t.Fatal(err)
		}
		guests = append(guests, guest)
		_, err = guest.Read(make([]byte, 1)) // the server speaks first, unless it hangs up
		return err == nil
	}
	for n := range 16 {
		if !takes() {
			t.Fatalf("guest %d has no seat", n+1)
		}
	}
	if takes() {
		t.Error("guest 17 has a seat")
	}
	_ = guests[0].Close()
	serverEventually(t, "a seat is free again", takes)
	b.Close() // with all of them connected
	for _, guest := range guests {
		_ = guest.Close()
	}
}

// A process that was killed leaves its socket behind.
func TestSocketOfAKilledProcessIsReplaced(t *testing.T) {
	dir := t.TempDir()
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "nats.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	serverPublish(t, open(t, durable.Config{Dir: dir, Unsynced: true}), 1)
	if got := serverKept(t, dir); got != 1 {
		t.Errorf("through the socket there are %d events, want 1", got)
	}
}

func TestDirectoryTooDeepForASocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	var lines serverLines
	b := open(t, durable.Config{Dir: dir, Unsynced: true, Log: lines.logger()})
	serverWrite(t, b, "a", "1")
	if !strings.Contains(lines.String(), "no socket") {
		t.Errorf("the log does not tell: %s", lines.String())
	}
	if _, err := durable.Admin(t.Context(), durable.Config{Dir: dir}); err == nil ||
		!strings.Contains(err.Error(), "nats.sock") {
		t.Errorf("Admin without a socket: %v", err)
	}
}

func TestBackupIsRestored(t *testing.T) {
	dir, copied := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	cfg := durable.Config{Dir: dir, Unsynced: true}
	b := open(t, cfg)
	serverPublish(t, b, 10)
	serverWrite(t, b, "a", "old")
	b.Close()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	b = open(t, cfg)
	serverPublish(t, b, 10)
	b.Close() // these are lost with the directory

	var lines serverLines
	cfg = durable.Config{Dir: copied, Unsynced: true, Log: lines.logger()}
	b = open(t, cfg)
	if got := serverKept(t, copied); got != 10 {
		t.Errorf("%d events are restored, want 10", got)
	}
	if got := serverRead(t, b, "a"); got != "old" {
		t.Errorf("the record is %q, want old", got)
	}
	serverPublish(t, b, 5)
	if got := serverKept(t, copied); got != 15 {
		t.Errorf("%d events with the new ones, want 15", got)
	}
	if text := lines.String(); strings.Contains(text, `"level":"error"`) {
		t.Errorf("a good copy is called damaged: %s", text)
	}
}
