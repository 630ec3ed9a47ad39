package send

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
	"time"
)

// assetLife is how long an attachment ID is used: its 90 days less a margin, so that a message that waits for
// another try finds it alive.
//
// Source: Meta, Saving Assets, 2026, for the 90 days.
const assetLife = 80 * 24 * time.Hour

// Uploads is a cache of uploads by content: a file goes up once for each Page, channel and kind, and again
// when its 90 days are nearly over. It may serve several clients, and is safe for concurrent use; at most
// one upload of the same content is under way at a time, and the others wait for it.
type Uploads struct {
	store     AssetStore
	forgotten latest[struct{}] // attachment IDs

	mu       sync.Mutex
	underWay map[string]*assetUpload // by key
}

// assetUpload is an upload that is under way until done is closed.
type assetUpload struct {
	done chan struct{}
	id   string
	same bool // what went up is the content that the key stands for
	err  error
}

// shared reports whether the upload ended for all who wait as it did for the one who made it: with an ID of
// their content, or with Meta's refusal. Else it failed for a reason of its own, such as its context or its
// store, or a panic, or the file had changed.
func (a *assetUpload) shared() bool {
	if refused, ok := errors.AsType[*Error](a.err); ok {
		return !refused.NoCall // with more time it might have waited, and been made
	}
	return a.err == nil && a.same
}

// NewUploads returns a cache that keeps its records in store. If store is nil they are in memory, the latest
// 10,000 of them, and gone with the program.
func NewUploads(store AssetStore) *Uploads {
	if store == nil {
		store = &assetMemory{latest[AssetRecord]{limit: maxAssetsInMemory}}
	}
	return &Uploads{
		store: store, forgotten: latest[struct{}]{limit: maxForgotten},
		underWay: make(map[string]*assetUpload),
	}
}

// Upload returns the attachment ID of a file. It reads the file to the end, to know its content by the
// SHA-256; if that has been uploaded for page, the ID of c's Page or Instagram account ([Client.PageID] asks
// for it), in the last 80 days by the clock of c, no call is made. Else it uploads the file by
// [Client.Upload]. Source.Name is not content: of two files that differ in name alone the first gives the
// name that people see.
//
// A record is made once Meta has answered, of the content that Meta got: an upload that broke off leaves
// none, and a file that changed in between is not taken for what it was.
//
// The errors are those of [Client.Upload], of reading the file, and of the store. If only the record could
// not be saved, the ID is returned beside the error.
func (u *Uploads) Upload(
	ctx context.Context, c *Client, page string, kind AttachmentType, source Source,
) (id string, err error) {
	if err := c.checkUpload(kind, &Media{Source: &source}); err != nil {
		return "", err
	}
	sum, err := source.hash(ctx)
	if err != nil {
		return "", err
	}
	key := func(sum string) string { return assetKey(c, page, kind, "sha256", sum) }
	return u.once(ctx, c, key(sum), func() (string, string, error) {
		hashed := hashedSource{Source: source}
		id, err := c.Upload(ctx, kind, hashed.source())
		sent := hashed.sum()
		if err != nil || sent == "" {
			return id, "", err // what Meta got is not known
		}
		return id, key(sent), nil
	})
}

// UploadURL returns the attachment ID of the medium at url, as [Uploads.Upload] does of a file. It goes by
// the URL and not by what is there: if that changes, the ID is that of the old content for up to 80 days.
func (u *Uploads) UploadURL(
	ctx context.Context, c *Client, page string, kind AttachmentType, url string,
) (id string, err error) {
	if err := c.checkUpload(kind, &Media{URL: url}); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(url))
	key := assetKey(c, page, kind, "url", hex.EncodeToString(sum[:]))
	return u.once(ctx, c, key, func() (string, string, error) {
		id, err := c.UploadURL(ctx, kind, url)
		return id, key, err
	})
}

// Forget has the next Upload of what id stands for go to Meta: for an ID that Meta no longer knows, as
// [AttachmentGone] tells. The latest 1,000 IDs are remembered, in this process, until their content is
// uploaded again.
func (u *Uploads) Forget(id string) {
	if id != "" {
		u.forgotten.put(id, struct{}{})
	}
}

// assetKey returns the key of a record.
func assetKey(c *Client, page string, kind AttachmentType, of, sum string) string {
	channel := c.cfg.Channel.String()
	return strings.Join([]string{"asset", page, channel, strings.ToLower(string(kind)), of, sum}, ".")
}

// once returns the ID under key, or that of upload, which returns the key that it belongs to besides, ""
// if that is not known. Who finds an upload of the key under way waits for it.
func (u *Uploads) once(
	ctx context.Context, c *Client, key string, upload func() (id, key string, err error),
) (string, error) {
	for {
		at, first := u.enter(key)
		if first {
			return u.lead(ctx, c, key, at, upload)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("send: wait for an upload: %w", context.Cause(ctx))
		case <-at.done:
		}
		if at.shared() {
			return at.id, at.err
		}
	}
}

// enter returns the upload of key that is under way, and whether it begins with this call.
func (u *Uploads) enter(key string) (at *assetUpload, first bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at := u.underWay[key]; at != nil {
		return at, false
	}
	at = &assetUpload{done: make(chan struct{})}
	u.underWay[key] = at
	return at, true
}

// lead finds the ID for all who wait at at.
func (u *Uploads) lead(
	ctx context.Context, c *Client, key string, at *assetUpload, upload func() (id, key string, err error),
) (string, error) {
	defer func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.underWay, key)
		close(at.done)
	}()
	at.id, at.same, at.err = u.find(ctx, c, key, upload)
	return at.id, at.err
}

// find returns the ID under key, or uploads; same: the ID is that of the content that key stands for.
func (u *Uploads) find(
	ctx context.Context, c *Client, key string, upload func() (id, key string, err error),
) (id string, same bool, err error) {
	known, ok, err := u.store.Load(ctx, key)
	if err != nil {
		return "", false, fmt.Errorf("send: load the record of an upload: %w", err)
	}
	if ok && known.ID != "" && c.cfg.Now().Sub(known.Saved) < assetLife {
		if _, gone := u.forgotten.get(known.ID); !gone {
			return known.ID, true, nil
		}
	}
	id, sent, err := upload()
	if err != nil || sent == "" {
		return id, false, err
	}
	if err := u.store.Save(ctx, sent, AssetRecord{ID: id, Saved: c.cfg.Now()}); err != nil {
		return id, false, fmt.Errorf("send: save the record of an upload: %w", err)
	}
	return id, sent == key, nil
}

// hash reads s to the end and returns its SHA-256 in hex.
func (s *Source) hash(ctx context.Context) (string, error) {
	content, err := s.Open()
	if err != nil {
		return "", fmt.Errorf("send: open the file: %w", err)
	}
	defer content.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, &untilDone{ctx, content}); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("send: %w", context.Cause(ctx))
		}
		return "", fmt.Errorf("send: read the file: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// untilDone reads until ctx ends.
type untilDone struct {
	ctx context.Context
	io.Reader
}

// Read reads what is next.
func (r *untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// hashedSource is a source that knows the hash of what was read of it last.
type hashedSource struct {
	Source

	mu   sync.Mutex
	last *hashedFile
}

// hashedFile is the file as it was opened once.
type hashedFile struct {
	io.ReadCloser
	source *hashedSource
	sum    hash.Hash // under source.mu
	whole  bool      // it was read to the end; under source.mu
}

// source returns the source to upload.
func (h *hashedSource) source() Source {
	s := h.Source
	s.Open = func() (io.ReadCloser, error) {
		content, err := h.Open()
		if err != nil {
			return nil, err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.last = &hashedFile{ReadCloser: content, source: h, sum: sha256.New()}
		return h.last, nil
	}
	return s
}

// Read reads what is next of the file.
func (f *hashedFile) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	f.source.mu.Lock()
	defer f.source.mu.Unlock()
	_, _ = f.sum.Write(p[:n]) // a hash takes everything
	f.whole = f.whole || errors.Is(err, io.EOF)
	return n, err
}

// sum returns the hash of what was read last, "" if that was not the whole file.
func (h *hashedSource) sum() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil || !h.last.whole {
		return ""
	}
	return hex.EncodeToString(h.last.sum.Sum(nil))
}
