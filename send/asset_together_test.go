package send_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// TestUploadsTogether makes one call for all who ask at the same time; each waits as long as its own context.
func TestUploadsTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s, u := new(saver), send.NewUploads(nil)
		s.spoil = func(int32) error { <-release; return nil }
		client := s.client(t, send.Config{})
		var done sync.WaitGroup
		for range 20 {
			done.Go(func() { assetIs(t, "1")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a"))) })
		}
		synctest.Wait()
		done.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := u.Upload(ctx, client, assetPage, send.TypeImage, asset("a"))
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("whose context ends first gets %v", err)
			}
		})
		done.Go(func() { // another content waits for nobody
			s2 := new(saver)
			assetIs(t, "1")(u.Upload(t.Context(), s2.client(t, send.Config{}), assetPage, send.TypeImage, asset("b")))
		})
		time.Sleep(2 * time.Second)
		close(release)
		done.Wait()
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
	})
}

// TestUploadsTakenOver goes on when the one who uploads gives up, or panics; a refusal by Meta is one for all.
func TestUploadsTakenOver(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		first func(cancel func()) error
		calls int32
	}{
		"gives up":     {func(cancel func()) error { cancel(); return context.Canceled }, 2},
		"panics":       {func(func()) error { panic("torn tape") }, 2},
		"Meta refuses": {func(func()) error { return &send.Error{Status: 400, Code: 100} }, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				release := make(chan struct{})
				s, u := new(saver), send.NewUploads(nil)
				s.spoil = func(n int32) error {
					if n > 1 {
						return nil
					}
					<-release
					return test.first(cancel)
				}
				client := s.client(t, send.Config{})
				var done sync.WaitGroup
				done.Go(func() {
					defer func() { _ = recover() }()
					if _, err := u.Upload(ctx, client, assetPage, send.TypeImage, asset("a")); err == nil {
						t.Error("the first has no error")
					}
				})
				synctest.Wait()
				for range 5 {
					done.Go(func() {
						id, err := u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a"))
						if (test.calls == 1) != (err != nil) || (err == nil && id != "2") {
							t.Errorf("who waited gets %q, %v", id, err)
						}
					})
				}
				synctest.Wait()
				close(release)
				done.Wait()
				if n := s.calls.Load(); n != test.calls {
					t.Errorf("%d calls, want %d", n, test.calls)
				}
			})
		})
	}
}

// TestUploadsBounded keeps the latest 10,000 in memory.
func TestUploadsBounded(t *testing.T) {
	t.Parallel()
	s, u := new(saver), send.NewUploads(nil)
	client := s.client(t, send.Config{})
	upload := func(n int) {
		if _, err := u.UploadURL(t.Context(), client, assetPage, send.TypeImage, "https://cdn.example/"+strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 10_001 {
		upload(n)
	}
	for n, want := range map[int]int32{10_000: 10_001, 1: 10_001} {
		if upload(n); s.calls.Load() != want {
			t.Errorf("%d calls after number %d, want %d", s.calls.Load(), n, want)
		}
	}
	if upload(0); s.calls.Load() != 10_002 {
		t.Errorf("%d calls: the oldest is still known", s.calls.Load())
	}
	if upload(10_000); s.calls.Load() != 10_002 {
		t.Errorf("%d calls: one of the latest has gone in place of the oldest", s.calls.Load())
	}
	if upload(1); s.calls.Load() != 10_003 {
		t.Errorf("%d calls: the next oldest is still known", s.calls.Load())
	}
}

// TestUploadsForgetNothing takes no place from those that were forgotten: 1,000 are.
func TestUploadsForgetNothing(t *testing.T) {
	t.Parallel()
	s, u := new(saver), send.NewUploads(nil)
	client := s.client(t, send.Config{})
	assetIs(t, "1")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")))
	for n := range 1000 {
		u.Forget(strconv.Itoa(n + 1))
	}
	u.Forget("")
	assetIs(t, "2")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")))
}

// TestUploadsForgetTwice takes one place for an ID, however often it is forgotten.
func TestUploadsForgetTwice(t *testing.T) {
	t.Parallel()
	s, u := new(saver), send.NewUploads(nil)
	client := s.client(t, send.Config{})
	assetIs(t, "1")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")))
	u.Forget("1")
	for range 1001 {
		u.Forget("7")
	}
	assetIs(t, "2")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")))
}

// TestUploadsEmptyRecord uploads where a store has a record without an ID.
func TestUploadsEmptyRecord(t *testing.T) {
	t.Parallel()
	s, store := new(saver), new(assetShelf)
	client, u := s.client(t, send.Config{}), send.NewUploads(store)
	assetIs(t, "1")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")))
	for key, r := range store.records {
		store.records[key] = send.AssetRecord{Saved: r.Saved}
	}
	assetIs(t, "2")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")))
	assetIs(t, "2")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")))
}

// TestUploadsHashEnds with the context, however long the file is.
func TestUploadsHashEnds(t *testing.T) {
	t.Parallel()
	closing := errors.New("the shop closes")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	s, read := new(saver), 0
	source := send.Source{Name: "a", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(readFunc(func(p []byte) (int, error) {
			if read++; read == 3 {
				cancel(closing)
			}
			return len(p), nil
		})), nil
	}}
	_, err := send.NewUploads(nil).Upload(ctx, s.client(t, send.Config{}), assetPage, send.TypeFile, source)
	if !errors.Is(err, closing) || s.calls.Load() > 0 {
		t.Errorf("= %v after %d calls", err, s.calls.Load())
	}
}

// readFunc is a function as a reader.
type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// TestUploadsWaitForTheirOwn gives who waited nothing of another content: the file of the one who uploads has
// changed since its hash.
func TestUploadsWaitForTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s, u := new(saver), send.NewUploads(nil)
		s.spoil = func(n int32) error {
			if n == 1 {
				<-release
			}
			return nil
		}
		client, opened := s.client(t, send.Config{}), 0
		changing := asset("old")
		changing.Open = func() (io.ReadCloser, error) {
			opened++
			return io.NopCloser(strings.NewReader([]string{"old", "new"}[min(opened, 2)-1])), nil
		}
		var done sync.WaitGroup
		done.Go(func() { assetIs(t, "1")(u.Upload(t.Context(), client, assetPage, send.TypeImage, changing)) })
		synctest.Wait()
		for range 3 {
			done.Go(func() { assetIs(t, "2")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("old"))) })
		}
		synctest.Wait()
		close(release)
		done.Wait()
		assetIs(t, "1")(u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("new")))
	})
}

// TestUploadsPatience: who may wait longer for a limit of the Page than the one who uploads does so.
func TestUploadsPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		p, client := newPage(t, send.Config{Tries: 1, Rate: -1}, `{"error":{"code":32}}`)
		p.sends(t, client, send.ErrRateLimited, 1)
		p.answers(savedBody)
		u := send.NewUploads(&slowShelf{release: release})
		var done sync.WaitGroup
		done.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, err := u.Upload(ctx, client, assetPage, send.TypeImage, asset("a")); !errors.Is(err, send.ErrRateLimited) {
				t.Errorf("whose context ends before the limit gets %v", err)
			}
		})
		synctest.Wait()
		done.Go(func() {
			if id, err := u.Upload(t.Context(), client, assetPage, send.TypeImage, asset("a")); err != nil || id == "" {
				t.Errorf("who has the time to wait gets %q, %v", id, err)
			}
		})
		synctest.Wait()
		close(release)
		done.Wait()
	})
}

// slowShelf is an AssetStore that loads when it is released.
type slowShelf struct {
	assetShelf
	release chan struct{}
}

func (s *slowShelf) Load(ctx context.Context, key string) (send.AssetRecord, bool, error) {
	<-s.release
	return s.assetShelf.Load(ctx, key)
}
