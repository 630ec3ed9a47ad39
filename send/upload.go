package send

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"sync"
)

// fileField is the name of the part that holds the file.
//
// Source: Meta, Send API v25.0 and Saving Assets, 2026.
const fileField = "filedata"

// upload is a call's parameters and its file as multipart/form-data: head, the file, tail.
type upload struct {
	source     *Source
	head, tail []byte
}

// attach makes k, whose body is JSON, a call that takes source along: each parameter is a field of the form,
// a string as it is, all else as JSON text.
func (c *Client) attach(k *call, source *Source) error {
	var params map[string]json.RawMessage
	if err := json.Unmarshal(k.body, &params); err != nil {
		return fmt.Errorf("send: encode the message: %w", err)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		_ = w.WriteField(name, unquoted(params[name])) // a bytes.Buffer takes everything
	}
	name := source.Name
	if name == "" {
		name = "file"
	}
	_, _ = w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(fileField, name)},
		"Content-Type":        {mediaType(source.ContentType)},
	})
	head := form.Len()
	_ = w.Close()
	k.upload = &upload{source: source, head: form.Bytes()[:head], tail: form.Bytes()[head:]}
	k.request = newRequest(http.MethodPost, k.request.URL, c.cfg.Token)
	k.request.Header.Set("Content-Type", w.FormDataContentType())
	k.timeout = videoTimeout
	return nil
}

// mediaType returns s, or the type of a file that nothing is known of if s is no media type.
func mediaType(s string) string {
	if kind, params, err := mime.ParseMediaType(s); err == nil {
		if clean := mime.FormatMediaType(kind, params); clean != "" {
			return clean
		}
	}
	return "application/octet-stream"
}

// into makes u the body of req.
func (u *upload) into(req *http.Request) (*file, error) {
	f := &file{upload: u}
	body, err := f.open()
	if err != nil {
		return nil, err
	}
	req.Body, req.GetBody, req.ContentLength = body, f.open, -1
	if u.source.Size > 0 {
		req.ContentLength = int64(len(u.head)) + u.source.Size + int64(len(u.tail))
	}
	return f, nil
}

// file is the file of one try. Net/http may ask for it again if a kept-alive connection took no byte of it.
type file struct {
	upload *upload

	mu     sync.Mutex
	bodies []*fileBody
	broken error // why it could not be read
}

// open opens the file anew, as a request's body.
func (f *file) open() (io.ReadCloser, error) {
	source := f.upload.source
	if source.Open == nil {
		return nil, &FieldError{Field: fileField, Problem: "Source.Open is nil: want one that opens the file"}
	}
	content, err := source.Open()
	if err != nil {
		return nil, fmt.Errorf("send: open the file: %w", err)
	}
	b := &fileBody{file: f, content: content, left: source.Size, sized: source.Size > 0}
	b.Reader = io.MultiReader(bytes.NewReader(f.upload.head), contentOf{b}, bytes.NewReader(f.upload.tail))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bodies = append(f.bodies, b)
	return b, nil
}

// close closes whatever is still open. A nil file has nothing open.
func (f *file) close() {
	if f == nil {
		return
	}
	f.mu.Lock()
	bodies := f.bodies
	f.mu.Unlock()
	for _, b := range bodies {
		_ = b.Close() // it was only read
	}
}

// failure returns why the file could not be read, or nil.
func (f *file) failure() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

// fail keeps the first reason why the file could not be read, unless nobody wants it any more.
func (f *file) fail(b *fileBody, err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken == nil && !b.closed {
		f.broken = err
	}
	return err
}

// report tells Source.Progress that n more bytes of the file have been read for b. It holds the lock, so that
// nothing is told once b is closed.
func (f *file) report(b *fileBody, n int) {
	tell := f.upload.source.Progress
	if tell == nil || n <= 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if b.closed {
		return
	}
	b.sent += int64(n)
	tell(b.sent, f.upload.source.Size)
}

// fileBody is a request's body with a file in it.
type fileBody struct {
	io.Reader // head, content, tail
	file      *file
	content   io.ReadCloser
	sized     bool
	left      int64 // what should still come, if sized
	closed    bool  // under file.mu
	sent      int64 // of the file; under file.mu
}

// Close closes the file, the first time. Like any request's body it may be closed while it is read.
func (b *fileBody) Close() error {
	b.file.mu.Lock()
	was := b.closed
	b.closed = true
	b.file.mu.Unlock()
	if was {
		return nil
	}
	return b.content.Close()
}

// contentOf reads the file in a body. It fails where that is shorter or longer than its size, before the
// request is complete.
type contentOf struct{ *fileBody }

// Read reads what is next of the file.
func (c contentOf) Read(p []byte) (int, error) {
	b := c.fileBody
	n, err := b.content.Read(p)
	b.left -= int64(n)
	b.file.report(b, n)
	switch {
	case b.sized && b.left < 0:
		return 0, b.file.fail(b, &FieldError{Field: fileField, Problem: "the file is longer than its Size"})
	case errors.Is(err, io.EOF) && b.sized && b.left > 0:
		return n, b.file.fail(b, &FieldError{Field: fileField, Problem: "the file is shorter than its Size"})
	case err != nil && !errors.Is(err, io.EOF):
		return n, b.file.fail(b, fmt.Errorf("send: read the file: %w", err))
	}
	return n, err
}
