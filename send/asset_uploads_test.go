package send_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

const assetPage = "104000000000001"

// saver answers uploads with IDs 1, 2, 3 …, once it has read them to the end.
type saver struct {
	calls atomic.Int32
	spoil func(call int32) error // what a call fails with; nil: none does
}

// Do answers one upload.
func (s *saver) Do(r *http.Request) (*http.Response, error) {
	n := s.calls.Add(1)
	_, err := io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	if err == nil && s.spoil != nil {
		err = s.spoil(n)
	}
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, `{"attachment_id":"`+strconv.Itoa(int(n))+`"}`), nil
}

// client returns a client of s.
func (s *saver) client(t *testing.T, cfg send.Config) *send.Client {
	t.Helper()
	cfg.Token, cfg.HTTP, cfg.Rate, cfg.Wait, cfg.Tries = "token", s, -1, noWait, 1
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// assetIs holds what an upload gave.
func assetIs(t *testing.T, want string) func(id string, err error) {
	t.Helper()
	return func(id string, err error) {
		t.Helper()
		if err != nil || id != want {
			t.Errorf("= %q, %v; want %q", id, err, want)
		}
	}
}

// TestUploadsOnce uploads a content once for each Page, channel and kind, whatever its name.
func TestUploadsOnce(t *testing.T) {
	t.Parallel()
	s, u, ctx := new(saver), send.NewUploads(nil), t.Context()
	client := s.client(t, send.Config{})
	named := func(name, text string) send.Source { return send.FromBytes(name, "image/png", []byte(text)) }
	for range 2 {
		assetIs(t, "1")(u.Upload(ctx, client, assetPage, send.TypeImage, asset("a")))
		assetIs(t, "1")(u.Upload(ctx, client, assetPage, "IMAGE", named("b.png", "a")))
	}
	assetIs(t, "2")(u.Upload(ctx, client, assetPage, send.TypeImage, asset("b")))
	assetIs(t, "3")(u.Upload(ctx, client, assetPage, send.TypeFile, asset("a")))
	assetIs(t, "4")(u.Upload(ctx, client, "104000000000002", send.TypeImage, asset("a")))
	instagram := s.client(t, send.Config{Channel: send.Instagram})
	assetIs(t, "5")(u.Upload(ctx, instagram, assetPage, send.TypeImage, asset("a")))
	const url = "https://cdn.example/a.png"
	for range 2 {
		assetIs(t, "6")(u.UploadURL(ctx, client, assetPage, send.TypeImage, url))
	}
	assetIs(t, "7")(u.UploadURL(ctx, client, assetPage, send.TypeImage, url+"?2"))
	if _, err := u.Upload(ctx, client, assetPage, send.TypeVideo, asset("a")); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("a picture as a video: %v", err)
	}
	if _, err := u.Upload(ctx, client, assetPage, send.TypeImage, send.Source{}); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("no Open: %v", err)
	}
	if _, err := u.UploadURL(ctx, client, assetPage, send.TypeImage, ""); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("no URL: %v", err)
	}
}

// TestUploadsExpire goes to Meta again ten days before the 90 days are over, and when an ID is forgotten.
func TestUploadsExpire(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	s, u, ctx := new(saver), send.NewUploads(nil), t.Context()
	client := s.client(t, send.Config{Now: func() time.Time { return now }})
	upload := func() (string, error) {
		return u.Upload(ctx, client, assetPage, send.TypeImage, asset("a"))
	}
	assetIs(t, "1")(upload())
	now = now.Add(80*24*time.Hour - time.Second)
	assetIs(t, "1")(upload())
	now = now.Add(time.Second)
	assetIs(t, "2")(upload())
	assetIs(t, "2")(upload())
	u.Forget("1") // which nobody has any more
	u.Forget("")
	assetIs(t, "2")(upload())
	u.Forget("2")
	assetIs(t, "3")(upload())
	assetIs(t, "3")(upload())
}

// TestUploadsForgetByGraph goes the whole way: Meta has dropped an attachment, and gets it again.
func TestUploadsForgetByGraph(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	graph := &sendtest.Graph{Now: clock}
	client, u := clientOf(t, graph, send.Config{}), send.NewUploads(nil) // whose clock stands still for it
	message := func() (string, error) {
		id, err := u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Send(t.Context(), send.Request{To: send.Person(person), Message: send.Uploaded(send.TypeImage, id)})
		return id, err
	}
	if _, err := message(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(91 * 24 * time.Hour)
	id, err := message()
	if !send.AttachmentGone(err) {
		t.Fatalf("Send = %v, want that the attachment is gone", err)
	}
	u.Forget(id)
	if again, err := message(); err != nil || again == id {
		t.Errorf("= %s after %s, %v", again, id, err)
	}
}

// TestUploadsInterrupted leave no record: the next upload goes to Meta.
func TestUploadsInterrupted(t *testing.T) {
	t.Parallel()
	torn := errors.New("torn tape")
	tests := map[string]struct {
		spoil  func(cancel func()) error // of the first call
		source func(try int) send.Source
	}{
		"the connection drops": {spoil: func(func()) error { return io.ErrUnexpectedEOF }},
		"the context ends":     {spoil: func(cancel func()) error { cancel(); return context.Canceled }},
		"Meta refuses": {spoil: func(func()) error {
			return &send.Error{Status: 400, Code: 100, Subcode: 2018047}
		}},
		"the file tears": {source: func(opened int) send.Source {
			s := asset("ab")
			s.Open = func() (io.ReadCloser, error) {
				if opened++; opened == 2 { // the first is for the hash
					return io.NopCloser(io.MultiReader(strings.NewReader("a"), broken{torn})), nil
				}
				return io.NopCloser(strings.NewReader("ab")), nil
			}
			return s
		}},
		"the file is cut": {source: func(opened int) send.Source {
			s := asset("ab")
			s.Open = func() (io.ReadCloser, error) {
				if opened++; opened == 2 {
					return io.NopCloser(strings.NewReader("a")), nil
				}
				return io.NopCloser(strings.NewReader("ab")), nil
			}
			return s
		}},
		"the file cannot be hashed": {source: func(opened int) send.Source {
			s := asset("ab")
			s.Open = func() (io.ReadCloser, error) {
				if opened++; opened == 1 {
					return io.NopCloser(io.MultiReader(strings.NewReader("a"), broken{torn})), nil
				}
				return io.NopCloser(strings.NewReader("ab")), nil
			}
			return s
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			store := new(assetShelf)
			s, u := new(saver), send.NewUploads(store)
			if test.spoil != nil {
				s.spoil = func(n int32) error {
					if n == 1 {
						return test.spoil(cancel)
					}
					return nil
				}
			}
			source := asset("ab")
			if test.source != nil {
				source = test.source(0)
			}
			client := s.client(t, send.Config{})
			if id, err := u.Upload(ctx, client, assetPage, send.TypeImage, source); err == nil || id != "" {
				t.Errorf("the first gives %q, %v; want an error", id, err)
			}
			if n := len(store.records); n > 0 {
				t.Errorf("%d records of an upload that broke off", n)
			}
			before := s.calls.Load()
			id, err := u.Upload(t.Context(), client, assetPage, send.TypeImage, source)
			if err != nil || id == "" || s.calls.Load() != before+1 {
				t.Errorf("the second gives %q, %v after %d calls", id, err, s.calls.Load())
			}
			if n := len(store.records); n != 1 {
				t.Errorf("%d records, want 1", n)
			}
		})
	}
}

// TestUploadsDropped is an upload whose connection is cut in the middle of a file, over a socket.
func TestUploadsDropped(t *testing.T) {
	t.Parallel()
	handler, calls := counted(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cut") == "" {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, savedBody)
			return
		}
		_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
		panic(http.ErrAbortHandler)
	})
	var cut atomic.Bool
	cut.Store(true)
	store, o := new(assetShelf), new(openings)
	client := connect(t, serve(t, handler), send.Config{Tries: 2, HTTP: cutting{&cut}})
	u, source := send.NewUploads(store), *o.source(4<<20, 4<<20)
	id, err := u.Upload(t.Context(), client, assetPage, send.TypeImage, source)
	if err == nil || id != "" || len(store.records) > 0 || calls.Load() != 2 {
		t.Errorf("= %q, %v after %d calls, with %d records", id, err, calls.Load(), len(store.records))
	}
	cut.Store(false)
	if id, err := u.Upload(t.Context(), client, assetPage, send.TypeImage, source); err != nil || id == "" {
		t.Errorf("= %q, %v", id, err)
	}
	o.check(t, 5) // a hash and two tries, a hash and one
}

// cutting marks calls that a server is to cut.
type cutting struct{ cut *atomic.Bool }

// Do makes one call, on a connection of its own.
func (c cutting) Do(r *http.Request) (*http.Response, error) {
	if c.cut.Load() {
		r.Header.Set("Cut", "yes")
	}
	r.Close = true
	return http.DefaultTransport.RoundTrip(r)
}

// TestUploadsChangedFile goes by what Meta got: a file that changes after it was hashed is not taken for what it
// was.
func TestUploadsChangedFile(t *testing.T) {
	t.Parallel()
	s, u, ctx := new(saver), send.NewUploads(nil), t.Context()
	client, opened := s.client(t, send.Config{}), 0
	changing := asset("")
	changing.Size = 0
	changing.Open = func() (io.ReadCloser, error) {
		opened++
		return io.NopCloser(strings.NewReader([]string{"old", "new"}[min(opened, 2)-1])), nil
	}
	assetIs(t, "1")(u.Upload(ctx, client, assetPage, send.TypeImage, changing))
	assetIs(t, "1")(u.Upload(ctx, client, assetPage, send.TypeImage, asset("new")))
	assetIs(t, "2")(u.Upload(ctx, client, assetPage, send.TypeImage, asset("old")))

	unread := doer(func(*http.Request) (*http.Response, error) { return answer(http.StatusOK, savedBody), nil })
	hasty, err := send.New(send.Config{Token: "token", HTTP: unread})
	if err != nil {
		t.Fatal(err)
	}
	store := new(assetShelf)
	id, err := send.NewUploads(store).Upload(ctx, hasty, assetPage, send.TypeImage, asset("x"))
	if err != nil || id == "" || len(store.records) > 0 {
		t.Errorf("= %q, %v with %d records, want none of a file that was not read", id, err, len(store.records))
	}
}

// assetShelf is an AssetStore that may fail.
type assetShelf struct {
	mu         sync.Mutex
	records    map[string]send.AssetRecord
	load, save error
}

func (s *assetShelf) Load(_ context.Context, key string) (send.AssetRecord, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[key]
	return r, ok, s.load
}

func (s *assetShelf) Save(_ context.Context, key string, r send.AssetRecord) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.save == nil {
		if s.records == nil {
			s.records = make(map[string]send.AssetRecord)
		}
		s.records[key] = r
	}
	return s.save
}

// TestUploadsStore outlives the program; its failures are told, and lose no ID.
func TestUploadsStore(t *testing.T) {
	t.Parallel()
	s, store, ctx := new(saver), new(assetShelf), t.Context()
	client := s.client(t, send.Config{})
	upload := func(text string) (string, error) {
		return send.NewUploads(store).Upload(ctx, client, assetPage, send.TypeImage, asset(text))
	}
	assetIs(t, "1")(upload("a"))
	assetIs(t, "1")(upload("a"))
	for key := range store.records {
		if len(key) > 200 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("key %q", key)
		}
	}
	down := errors.New("down")
	store.save = down
	if id, err := upload("b"); id != "2" || !errors.Is(err, down) {
		t.Errorf("= %q, %v; want the ID beside the error", id, err)
	}
	store.load = down
	if id, err := upload("a"); id != "" || !errors.Is(err, down) || s.calls.Load() != 2 {
		t.Errorf("= %q, %v after %d calls", id, err, s.calls.Load())
	}
}
