package send_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

const savedBody = `{"attachment_id":"1600000000000001"}`

// asset is a picture whose content is text.
func asset(text string) send.Source { return send.FromBytes("a.png", "", []byte(text)) }

// form decodes a multipart body into its fields and the content of its file.
func form(t *testing.T, h *heard) map[string]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(h.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	read, err := multipart.NewReader(bytes.NewReader(h.body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	fields := make(map[string]string)
	for name, values := range read.Value {
		fields[name] = strings.Join(values, " and ")
	}
	for name, files := range read.File {
		f, err := files[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		fields[name] = files[0].Filename + ": " + string(content)
	}
	return fields
}

// TestAssetOnTheWire compares an upload with what Meta says of it: Attachment Upload, 2026.
func TestAssetOnTheWire(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cfg      send.Config
		platform string
	}{
		"Messenger":                   {send.Config{}, ""},
		"Instagram by a Page's token": {send.Config{Channel: send.Instagram}, "instagram"},
		"Instagram Login":             {send.Config{InstagramLogin: true}, ""},
	}
	for name, test := range tests {
		test.cfg.AppSecret, test.cfg.Token = vectorSecret, vectorToken
		check := func(t *testing.T, last *heard, got, want map[string]string, id string, err error) {
			t.Helper()
			want["appsecret_proof"] = vectorProof
			if test.platform != "" {
				want["platform"] = test.platform
			}
			if err != nil || id != "1600000000000001" || last.method != http.MethodPost ||
				last.target != "/v25.0/me/message_attachments" || last.header.Get("Authorization") != "Bearer "+vectorToken {
				t.Errorf("%s %s gives %q, %v", last.method, last.target, id, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error("want -, got +\n" + diff)
			}
		}
		t.Run("a file on "+name, func(t *testing.T) {
			t.Parallel()
			client, last := hear(t, test.cfg, savedBody)
			id, err := client.Upload(t.Context(), "IMAGE", asset("content"))
			check(t, last, form(t, last), map[string]string{
				"message":  `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`,
				"filedata": "a.png: content",
			}, id, err)
		})
		t.Run("a URL on "+name, func(t *testing.T) {
			t.Parallel()
			client, last := hear(t, test.cfg, savedBody)
			id, err := client.UploadURL(t.Context(), send.TypeVideo, "https://cdn.example/a.mp4")
			var params map[string]json.RawMessage
			if err := json.Unmarshal(last.body, &params); err != nil {
				t.Fatal(err)
			}
			got := make(map[string]string)
			for name, value := range params {
				got[name] = strings.Trim(string(value), `"`)
			}
			check(t, last, got, map[string]string{
				"message": `{"attachment":{"type":"video","payload":{"url":"https://cdn.example/a.mp4","is_reusable":true}}}`,
			}, id, err)
		})
	}
}

// TestAssetByGraph has the strict fake take every kind, on both channels, and send it afterwards.
func TestAssetByGraph(t *testing.T) {
	t.Parallel()
	files := map[send.AttachmentType]string{
		send.TypeImage: "a.png", send.TypeVideo: "a.mp4", send.TypeAudio: "a.m4a", send.TypeFile: "a.pdf",
	}
	for _, channel := range []send.Channel{send.Messenger, send.Instagram} {
		graph := &sendtest.Graph{Strict: true, Instagram: channel == send.Instagram}
		client := clientOf(t, graph, send.Config{Channel: channel})
		for kind, name := range files {
			t.Run(string(kind)+" on "+channel.String(), func(t *testing.T) {
				t.Parallel()
				byFile, err := client.Upload(t.Context(), kind, send.FromBytes(name, "", []byte(name)))
				if err != nil {
					t.Fatal(err)
				}
				byURL, err := client.UploadURL(t.Context(), kind, "https://cdn.example/"+name)
				if err != nil || byURL == byFile {
					t.Fatalf("UploadURL = %s, %v beside %s", byURL, err, byFile)
				}
				for _, id := range []string{byFile, byURL} {
					r := send.Request{To: send.Person(person), Message: send.Uploaded(kind, id), Type: send.TypeResponse}
					if _, err := client.Send(t.Context(), r); err != nil {
						t.Errorf("Send = %v, want the upload to be known", err)
					}
				}
			})
		}
	}
}

// TestAssetRefused holds what is refused before a call, and what is not.
func TestAssetRefused(t *testing.T) {
	t.Parallel()
	sized := func(name string, size int64) send.Source {
		s := send.FromBytes(name, "", nil)
		s.Size = size
		return s
	}
	anySize := sized("a.png", 100<<20)
	anySize.AnySize = true
	tests := map[string]struct {
		channel send.Channel
		kind    send.AttachmentType
		source  send.Source
		field   string
	}{
		"a template":                 {0, send.TypeTemplate, asset("x"), "message.attachment.type"},
		"no kind":                    {0, "", asset("x"), "message.attachment.type"},
		"a picture of 8 MB":          {0, send.TypeImage, sized("a.png", send.MaxImageSize), ""},
		"a larger picture":           {0, send.TypeImage, sized("a.png", send.MaxImageSize+1), "message.attachment.payload"},
		"a file of 25 MB":            {0, send.TypeFile, sized("a.pdf", send.MaxFileSize), ""},
		"a larger file":              {0, send.TypeFile, sized("a.pdf", send.MaxFileSize+1), "message.attachment.payload"},
		"a larger one of any size":   {0, send.TypeImage, anySize, ""},
		"a size that nobody knows":   {0, send.TypeImage, sized("a.png", 0), ""},
		"a document as a picture":    {0, send.TypeImage, asset2("a.pdf"), "message.attachment.payload"},
		"no Open":                    {0, send.TypeFile, send.Source{Name: "a"}, "message.attachment.payload"},
		"a name of all letters":      {0, send.TypeImage, asset2("Speisekärte.png"), ""},
		"the same name on Instagram": {send.Instagram, send.TypeImage, asset2("Speisekärte.png"), "filedata"},
		"an ASCII name on Instagram": {send.Instagram, send.TypeImage, asset("x"), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			client := saving(t, send.Config{Channel: test.channel}, &calls)
			id, err := client.Upload(t.Context(), test.kind, test.source)
			if test.field == "" {
				if err != nil || id == "" {
					t.Errorf("Upload = %q, %v; want it made", id, err)
				}
				return
			}
			wrong, ok := errors.AsType[*send.FieldError](err)
			if !ok || wrong.Field != test.field || !errors.Is(err, send.ErrInvalid) || calls.Load() > 0 {
				t.Errorf("Upload = %v after %d calls, want a FieldError of %s before any", err, calls.Load(), test.field)
			}
		})
	}
	t.Run("no URL", func(t *testing.T) {
		t.Parallel()
		var calls atomic.Int32
		_, err := saving(t, send.Config{}, &calls).UploadURL(t.Context(), send.TypeImage, "a.png")
		if !errors.Is(err, send.ErrInvalid) || calls.Load() > 0 {
			t.Errorf("UploadURL = %v after %d calls", err, calls.Load())
		}
	})
}

// asset2 is a file with another name.
func asset2(name string) send.Source { return send.FromBytes(name, "", []byte("x")) }

// saving returns a client whose every call is answered, unread, as a good upload, and counted.
func saving(t *testing.T, cfg send.Config, calls *atomic.Int32) *send.Client {
	t.Helper()
	cfg.Token, cfg.Rate, cfg.Wait = "token", -1, noWait
	cfg.HTTP = doer(func(*http.Request) (*http.Response, error) {
		calls.Add(1)
		return answer(http.StatusOK, savedBody), nil
	})
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestAssetAnswers takes IDs as strings and as numbers.
func TestAssetAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		savedBody: "1600000000000001", `{"attachment_id":16000000000000019}`: "16000000000000019",
		`{"attachment_id":null}`: "", `{"attachment_id":""}`: "", `{}`: "", `{"attachment_id":true}`: "", `{"attachment_id":[1]}`: "", `<html>`: "",
	} {
		client, _ := hear(t, send.Config{}, body)
		id, err := client.UploadURL(t.Context(), send.TypeImage, "https://cdn.example/a.png")
		if id != want || (err == nil) != (want != "") {
			t.Errorf("%s gives %q, %v; want %q", body, id, err, want)
		}
		id, err = client.Upload(t.Context(), send.TypeImage, asset("x"))
		if id != want || (err == nil) != (want != "") || errors.Is(err, send.ErrUnsure) {
			t.Errorf("%s gives %q, %v of a file; want %q", body, id, err, want)
		}
	}
}

// TestAssetLostAnswer uploads once more after an answer that never came: another upload does no harm.
func TestAssetLostAnswer(t *testing.T) {
	t.Parallel()
	uploads := map[string]func(context.Context, *send.Client, send.Source) (string, error){
		"a file": func(ctx context.Context, c *send.Client, s send.Source) (string, error) {
			return c.Upload(ctx, send.TypeImage, s)
		},
		"a URL": func(ctx context.Context, c *send.Client, _ send.Source) (string, error) {
			return c.UploadURL(ctx, send.TypeImage, "https://cdn.example/a.png")
		},
	}
	for name, upload := range uploads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lost int32
			handler, calls := counted(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if lost++; lost <= 2 {
					panic(http.ErrAbortHandler)
				}
				_, _ = io.WriteString(w, savedBody)
			})
			client := connect(t, serve(t, handler), send.Config{})
			o := new(openings)
			id, err := upload(t.Context(), client, *o.source(1000, 1000))
			if err != nil || id == "" || calls.Load() != 3 {
				t.Errorf("= %q, %v after %d calls; want the third to succeed", id, err, calls.Load())
			}
		})
	}
	t.Run("for ever", func(t *testing.T) {
		t.Parallel()
		handler, calls := counted(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		o := new(openings)
		_, err := connect(t, serve(t, handler), send.Config{}).Upload(t.Context(), send.TypeImage, *o.source(9, 9))
		if err == nil || errors.Is(err, send.ErrUnsure) || !send.Retryable(err) || calls.Load() != send.DefaultTries {
			t.Errorf("Upload = %v after %d calls, want it to be retryable", err, calls.Load())
		}
		o.check(t, send.DefaultTries)
	})
}

// TestAssetMiddleware sees an upload as a call without its file, and may change its parameters.
func TestAssetMiddleware(t *testing.T) {
	t.Parallel()
	var seen send.Outgoing
	client, last := hear(t, send.Config{Middleware: []func(send.Handler) send.Handler{
		func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error {
				seen = *o
				o.Params["platform"] = "messenger"
				return next(ctx, o)
			}
		},
	}}, savedBody)
	if id, err := client.Upload(t.Context(), send.TypeImage, asset("content")); err != nil || id != "1600000000000001" {
		t.Fatalf("Upload = %q, %v", id, err)
	}
	fields := form(t, last)
	if seen.Method != http.MethodPost || seen.Path != "me/message_attachments" || fields["platform"] != "messenger" ||
		fields["filedata"] != "a.png: content" {
		t.Errorf("saw %+v, sent %v", seen, fields)
	}
}

// TestAttachmentGone knows the code of P25 and no other. Source: Meta, Messenger Platform error codes.
func TestAttachmentGone(t *testing.T) {
	t.Parallel()
	graph := new(sendtest.Graph)
	r := hello
	r.Message = send.Uploaded(send.TypeImage, "1600000000000009")
	if _, err := newClient(t, graph).Send(t.Context(), r); !send.AttachmentGone(err) {
		t.Errorf("Send = %v, want that the attachment is gone", err)
	}
	for _, err := range []error{nil, send.ErrInvalid, &send.Error{Code: 100, Subcode: 2018047}} {
		if send.AttachmentGone(err) {
			t.Errorf("gone by %v", err)
		}
	}
}
