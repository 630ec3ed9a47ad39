package send_test

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// TestAssetTimeOut gives a large file the time that a slow connection takes.
func TestAssetTimeOut(t *testing.T) {
	t.Parallel()
	for size, want := range map[int64]time.Duration{
		1000: 105 * time.Second, 8 << 20: (105 + 64) * time.Second, 0: (105 + 200) * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			client, err := send.New(send.Config{Token: "token", Tries: 1, HTTP: doer(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, err = client.Upload(t.Context(), send.TypeImage, *new(openings).source(size, size))
			if took := time.Since(start); err == nil || took != want {
				t.Errorf("a file of %d bytes ends with %v after %v, want %v", size, err, took, want)
			}
		})
	}
}

// TestAssetOfAnySize streams 100 MiB over a socket: what both sides allocate, and the most that is on the heap.
func TestAssetOfAnySize(t *testing.T) { // not parallel: it counts
	const size, bound = 100 << 20, 32 << 20
	for name, announced := range map[string]int64{"known size": size, "unknown size": 0} {
		t.Run(name, func(t *testing.T) {
			var got int64
			client := connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				got, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(w, savedBody)
			}), send.Config{})
			o := new(openings)
			source := o.source(size, announced)
			var before, now runtime.MemStats
			most, next := uint64(0), int64(0)
			source.AnySize = true
			source.Progress = func(sent, _ int64) {
				if sent >= next {
					runtime.ReadMemStats(&now)
					most, next = max(most, now.HeapInuse), next+4<<20
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&before)
			id, err := client.Upload(t.Context(), send.TypeImage, *source)
			runtime.ReadMemStats(&now)
			if err != nil || id == "" || got < size || got > size+2000 {
				t.Fatalf("Upload = %q, %v with %d bytes", id, err, got)
			}
			allocated, inUse := now.TotalAlloc-before.TotalAlloc, int64(most)-int64(before.HeapInuse)
			t.Logf("%d KiB allocated, heap in use grew by %d KiB at most", allocated>>10, inUse>>10)
			if allocated > bound || inUse > bound {
				t.Errorf("%d bytes allocated, %d in use, want less than %d", allocated, inUse, bound)
			}
			o.check(t, 1)
		})
	}
}

// TestAnySizeInMessage lets a large file go up with a message too, and only if it is told to.
func TestAnySizeInMessage(t *testing.T) {
	t.Parallel()
	source := new(openings).source(1, send.MaxImageSize+1)
	if err := carrying(source).Validate(send.Messenger); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Validate = %v, want it refused", err)
	}
	source.AnySize = true
	if err := carrying(source).Validate(send.Messenger); err != nil {
		t.Error(err)
	}
}

// TestProgress tells how much of the file has left, for uploads and messages alike: it grows within a try and
// starts anew with the next.
func TestProgress(t *testing.T) {
	t.Parallel()
	const size = 300_000
	for name, announced := range map[string]int64{"known size": size, "unknown size": 0} {
		for _, way := range []string{"an upload", "a message"} {
			t.Run(way+" of "+name, func(t *testing.T) {
				t.Parallel()
				tries := 0
				client := connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					if tries++; tries == 1 {
						w.WriteHeader(http.StatusBadGateway)
						return
					}
					_, _ = io.WriteString(w, `{"attachment_id":"1","recipient_id":"1","message_id":"m_1"}`)
				}), send.Config{})
				source := new(openings).source(size, announced)
				runs, last := 0, int64(size) // no lock: Progress is never called after the call has returned
				source.Progress = func(sent, total int64) {
					if total != announced {
						t.Errorf("total %d, want %d", total, announced)
					}
					if sent <= last {
						if last != size {
							t.Errorf("fell from %d to %d", last, sent)
						}
						runs++
					}
					last = sent
				}
				var err error
				if way == "an upload" {
					_, err = client.Upload(t.Context(), send.TypeImage, *source)
				} else {
					_, err = client.Send(t.Context(), carrying(source))
				}
				if err != nil || runs != 2 || last != size {
					t.Errorf("= %v; told %d times to the end at %d, want twice to %d", err, runs, last, size)
				}
			})
		}
	}
}

// TestProgressEnds with the call, even if somebody still reads the file.
func TestProgressEnds(t *testing.T) {
	t.Parallel()
	var body io.Reader
	client, err := send.New(send.Config{Token: "token", HTTP: doer(func(r *http.Request) (*http.Response, error) {
		body = r.Body
		_, err := io.CopyN(io.Discard, body, 800)
		return answer(http.StatusOK, savedBody), err
	})})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	source := send.Source{Name: "a.png", Open: func() (io.ReadCloser, error) { return io.NopCloser(zeros{}), nil }}
	source.Progress = func(int64, int64) { told++ }
	if _, err := client.Upload(t.Context(), send.TypeImage, source); err != nil || told == 0 {
		t.Fatalf("Upload = %v, told %d times", err, told)
	}
	told = 0
	if _, err := io.CopyN(io.Discard, body, 800); err != nil || told > 0 {
		t.Errorf("told %d times after the end (%v)", told, err)
	}
}
