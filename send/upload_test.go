package send_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// openings counts how often a source was opened and closed.
type openings struct{ opened, closed atomic.Int32 }

// source returns a picture of size bytes that says it has announced.
func (o *openings) source(size, announced int64) *send.Source {
	return &send.Source{Name: "a.png", ContentType: "image/png", Size: announced, Open: func() (io.ReadCloser, error) {
		o.opened.Add(1)
		return &closing{Reader: io.LimitReader(zeros{}, size), count: &o.closed}, nil
	}}
}

// check holds that the source was opened n times and is closed.
func (o *openings) check(t *testing.T, n int32) {
	t.Helper()
	if o.opened.Load() != n || o.closed.Load() != n {
		t.Errorf("opened %d times, closed %d times; want %d", o.opened.Load(), o.closed.Load(), n)
	}
}

// closing cannot be read any more once it is closed, as a file.
type closing struct {
	io.Reader
	count  *atomic.Int32
	closed atomic.Bool
}

func (c *closing) Read(p []byte) (int, error) {
	if c.closed.Load() {
		return 0, fs.ErrClosed
	}
	return c.Reader.Read(p)
}

func (c *closing) Close() error {
	c.closed.Store(true)
	c.count.Add(1)
	return nil
}

// zeros is without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// carrying returns a request with a picture from source.
func carrying(source *send.Source) send.Request {
	r := hello
	r.Message = send.Message{Attachment: &send.Attachment{
		Type: send.TypeImage, Payload: &send.Media{Source: source, Reusable: true},
	}}
	return r
}

// TestUploadOnTheWire compares the form with what Meta says of it: Saving Assets, 2026.
func TestUploadOnTheWire(t *testing.T) {
	t.Parallel()
	client, last := hear(t, send.Config{AppSecret: vectorSecret, Token: vectorToken}, receiptBody)
	content := "\x89PNG\r\n--not a boundary\r\n"
	r := carrying(&send.Source{
		Name: "a \"b\"\r\nX: y.png", ContentType: "image/png", Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	})
	r.Notify, r.ReplyTo, r.Persona = send.Silent, "m_T1", "1600000000000002"
	if _, err := client.Send(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := last.header.Get("Content-Length"); got != strconv.Itoa(len(last.body)) {
		t.Errorf("Content-Length %s, want %d", got, len(last.body))
	}
	if last.target != "/v25.0/me/messages" || last.header.Get("Authorization") != "Bearer "+vectorToken {
		t.Errorf("target %s, Authorization %q", last.target, last.header.Get("Authorization"))
	}
	kind, params, err := mime.ParseMediaType(last.header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("Content-Type %s, %v", kind, err)
	}
	form, err := multipart.NewReader(bytes.NewReader(last.body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"recipient":         `{"id":"7100000000000001"}`,
		"message":           `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`,
		"messaging_type":    "RESPONSE",
		"notification_type": "SILENT_PUSH",
		"reply_to":          `{"mid":"m_T1"}`,
		"persona_id":        "1600000000000002",
		"appsecret_proof":   vectorProof,
	}
	for name, value := range want {
		if got := form.Value[name]; len(got) != 1 || got[0] != value {
			t.Errorf("%s = %q, want %s", name, got, value)
		}
	}
	if len(form.Value) != len(want) || len(form.File) != 1 || len(form.File["filedata"]) != 1 {
		t.Fatalf("fields %v, files %v", form.Value, form.File)
	}
	part := form.File["filedata"][0]
	if part.Header.Get("Content-Type") != "image/png" || len(part.Header) != 2 || !strings.Contains(part.Filename, `"b"`) {
		t.Errorf("part %v, name %q", part.Header, part.Filename)
	}
	f, err := part.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != content {
		t.Errorf("file %q, %v", got, err)
	}
}

// TestUploadToGraph has the fake take it.
func TestUploadToGraph(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"known size": 1000, "unknown size": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph, o := new(sendtest.Graph), new(openings)
			receipt, err := newClient(t, graph).Send(t.Context(), carrying(o.source(1000, size)))
			if err != nil || receipt.AttachmentID == "" {
				t.Errorf("Send = %+v, %v; want a receipt with an attachment", receipt, err)
			}
			o.check(t, 1)
		})
	}
}

// TestUploadIsStreamed sends 25 MB, and counts what that allocates on both sides.
func TestUploadIsStreamed(t *testing.T) { // not parallel: it counts
	const size = 25 << 20
	for name, announced := range map[string]int64{"known size": size, "unknown size": 0} {
		t.Run(name, func(t *testing.T) {
			var length, got int64
			client := connect(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				length = r.ContentLength
				got, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(w, receiptBody)
			}), send.Config{})
			o := new(openings)
			r := carrying(o.source(size, announced))
			r.Message.Attachment.Type = send.TypeFile
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := client.Send(t.Context(), r)
			runtime.ReadMemStats(&after)
			if err != nil || got < size || got > size+2000 {
				t.Fatalf("Send = %v with %d bytes", err, got)
			}
			if (announced > 0 && length != got) || (announced == 0 && length != -1) {
				t.Errorf("Content-Length %d of %d", length, got)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%d bytes allocated, want less than 1 MiB", n)
			}
			o.check(t, 1)
		})
	}
}

// TestUploadTries opens the source once for each try, and closes it whatever happens.
func TestUploadTries(t *testing.T) {
	t.Parallel()
	drain := func(w http.ResponseWriter, r *http.Request, status int, body string) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		class   error
		opened  int32
	}{
		"a gateway fails":    {func(w http.ResponseWriter, r *http.Request) { drain(w, r, 502, "") }, nil, 4},
		"refused":            {func(w http.ResponseWriter, r *http.Request) { drain(w, r, 400, closedBox) }, send.ErrOutsideWindow, 1},
		"refused unread":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400); _, _ = io.WriteString(w, closedBox) }, nil, 1},
		"cut before reading": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, send.ErrUnsure, 1},
		"cut after reading": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}, send.ErrUnsure, 1},
		"half an answer": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			drain(w, r, 200, receiptBody)
		}, send.ErrUnsure, 1},
	}
	for name, test := range tests {
		for _, announced := range []int64{2 << 20, 0} {
			t.Run(name+" of "+strconv.FormatInt(announced, 10), func(t *testing.T) {
				t.Parallel()
				o := new(openings)
				client := connect(t, serve(t, test.handler), send.Config{})
				_, err := client.Send(t.Context(), carrying(o.source(2<<20, announced)))
				if err == nil || (test.class != nil && !errors.Is(err, test.class)) {
					t.Errorf("Send = %v, want %v", err, test.class)
				}
				o.check(t, test.opened)
			})
		}
	}
	t.Run("no connection", func(t *testing.T) {
		t.Parallel()
		graph, o := new(sendtest.Graph), new(openings)
		graph.FailWith(sendtest.Failure{Refuse: true})
		if _, err := newClient(t, graph).Send(t.Context(), carrying(o.source(1000, 1000))); err != nil {
			t.Errorf("Send = %v, want the second try to succeed", err)
		}
		o.check(t, 2)
	})
	t.Run("a Doer that neither reads nor closes", func(t *testing.T) {
		t.Parallel()
		o := new(openings)
		client, err := send.New(send.Config{Token: "token", HTTP: doer(func(*http.Request) (*http.Response, error) {
			return answer(http.StatusOK, receiptBody), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Send(t.Context(), carrying(o.source(1000, 1000))); err != nil {
			t.Error(err)
		}
		o.check(t, 1)
	})
}

// TestBadSources fail the call with the reason, once and for all: nobody takes half a form for a message.
func TestBadSources(t *testing.T) {
	t.Parallel()
	o := new(openings)
	torn := errors.New("torn tape")
	tests := map[string]struct {
		source *send.Source
		want   string
		class  error
	}{
		"shorter":     {o.source(1<<20, 1<<20+1), "send: filedata: the file is shorter than its Size", send.ErrInvalid},
		"longer":      {o.source(1<<20+1, 1<<20), "send: filedata: the file is longer than its Size", send.ErrInvalid},
		"much longer": {o.source(4<<20, 10), "send: filedata: the file is longer than its Size", send.ErrInvalid},
		"unreadable": {&send.Source{Name: "a", ContentType: "image/png", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("x"), broken{torn})), nil
		}}, "send: read the file: torn tape", torn},
		"unreadable, size known": {&send.Source{Name: "a", ContentType: "image/png", Size: 10, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(broken{torn}), nil
		}}, "send: read the file: torn tape", torn},
		"not there": {&send.Source{Name: "a", ContentType: "image/png", Open: func() (io.ReadCloser, error) {
			return nil, fs.ErrNotExist
		}}, "send: open the file: file does not exist", fs.ErrNotExist},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, calls := counted(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err == nil {
					t.Error("a whole body arrived")
				}
				_, _ = io.WriteString(w, receiptBody)
			})
			client := connect(t, serve(t, handler), send.Config{})
			_, err := client.Send(t.Context(), carrying(test.source))
			if err == nil || err.Error() != test.want || !errors.Is(err, test.class) {
				t.Errorf("Send = %v, want %s", err, test.want)
			}
			if send.Retryable(err) || errors.Is(err, send.ErrUnsure) || calls.Load() > 1 {
				t.Errorf("Send = %v after %d calls, want no retry", err, calls.Load())
			}
		})
	}
	t.Cleanup(func() {
		if o.opened.Load() != o.closed.Load() {
			t.Errorf("opened %d times, closed %d times", o.opened.Load(), o.closed.Load())
		}
	})
}

// broken fails to be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// TestUploadTimeOut gives a file as long as Meta needs for a video.
func TestUploadTimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := new(openings)
		client, err := send.New(send.Config{Token: "token", HTTP: doer(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = client.Send(t.Context(), carrying(o.source(1000, 1000)))
		if took := time.Since(start); !errors.Is(err, send.ErrUnsure) || took != 105*time.Second {
			t.Errorf("Send = %v after %v, want ErrUnsure after 105s", err, took)
		}
		o.check(t, 1)
	})
}

// TestUploadCutOff closes the file while it is read, as net/http does when a call is over: the file is not to blame.
func TestUploadCutOff(t *testing.T) {
	t.Parallel()
	o := new(openings)
	client, err := send.New(send.Config{Token: "token", HTTP: doer(func(r *http.Request) (*http.Response, error) {
		if _, err := io.CopyN(io.Discard, r.Body, 800); err != nil {
			t.Error(err)
		}
		if err := r.Body.Close(); err != nil {
			t.Error(err)
		}
		if _, err := io.Copy(io.Discard, r.Body); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Read = %v, want that it is closed", err)
		}
		return nil, io.ErrUnexpectedEOF
	})})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Send(t.Context(), carrying(o.source(1<<20, 1<<20)))
	if !errors.Is(err, send.ErrUnsure) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Send = %v, want ErrUnsure", err)
	}
	o.check(t, 1)
}

// TestUploadOverAStaleConnection opens the file again for a connection that took no byte of it.
func TestUploadOverAStaleConnection(t *testing.T) {
	t.Parallel()
	var sizes []int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		sizes = append(sizes, n)
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, receiptBody)
	})
	stale := &staleOnce{RoundTripper: http.DefaultTransport.(*http.Transport).Clone()}
	o := new(openings)
	client := connect(t, server, send.Config{HTTP: stale})
	if _, err := client.Send(t.Context(), carrying(o.source(1000, 1000))); err != nil {
		t.Fatal(err)
	}
	if len(sizes) != 1 || sizes[0] < 1000 {
		t.Errorf("bodies of %d bytes, want one", sizes)
	}
	o.check(t, 2)
}

// staleOnce takes a new body, as net/http does when a connection turns out to be closed.
type staleOnce struct{ http.RoundTripper }

func (s *staleOnce) Do(r *http.Request) (*http.Response, error) {
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	r.Body = body
	return s.RoundTrip(r)
}

// TestUploadJSON keeps the file out of the JSON of a message.
func TestUploadJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(carrying(new(openings).source(1, 1)).Message)
	if want := `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`; err != nil || string(got) != want {
		t.Errorf("Marshal = %s, %v; want %s", got, err, want)
	}
}
