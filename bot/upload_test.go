package bot_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// menu is a file to upload.
func menu() send.Source { return send.FromBytes("menu.pdf", "", []byte("Soup of the day")) }

// uploadsOf counts the uploads that the Graph API has taken.
func uploadsOf(graph *sendtest.Graph) int {
	n := 0
	for _, call := range graph.Calls() {
		if strings.HasSuffix(call.Path, "/message_attachments") {
			n++
		}
	}
	return n
}

// sendMenu answers with the menu, uploaded.
func sendMenu(c *bot.Context) error {
	id, err := c.Upload(send.TypeFile, menu())
	if err != nil {
		return err
	}
	return c.Send(send.Uploaded(send.TypeFile, id))
}

// TestUploadOnceAcrossRestarts uploads a file once for the Page, and again after its record has expired.
func TestUploadOnceAcrossRestarts(t *testing.T) {
	t.Parallel()
	var store session.Store
	s := serve(t, bot.HandlerFunc(sendMenu), keepStore(&store))
	for _, mid := range []string{"m_1", "m_2"} {
		s.deliver(text(s.clock.Now(), person, mid, "menu"))
	}
	id, err := s.Upload(t.Context(), page, send.TypeFile, menu())
	if err != nil || id == "" || uploadsOf(s.graph) != 1 {
		t.Fatalf("Upload = %q, %v after %d uploads, want the first", id, err, uploadsOf(s.graph))
	}
	again := serve(t, bot.HandlerFunc(sendMenu), func(cfg *bot.Config) {
		cfg.Store, cfg.HTTP, cfg.Now = store, s.graph.Client(), s.clock.Now
	})
	if got, err := again.Upload(t.Context(), "", send.TypeFile, menu()); err != nil || got != id {
		t.Errorf("after a restart: %q, %v; want %q", got, err, id)
	}
	for range 2 {
		byURL, err := again.UploadURL(t.Context(), page, send.TypeImage, "https://cdn.example/a.png")
		if err != nil || byURL == id || uploadsOf(s.graph) != 2 {
			t.Errorf("UploadURL = %q, %v after %d uploads", byURL, err, uploadsOf(s.graph))
		}
	}
	s.clock.Add(80 * 24 * time.Hour)
	if got, err := again.Upload(t.Context(), page, send.TypeFile, menu()); err != nil || got == id || uploadsOf(s.graph) != 3 {
		t.Errorf("after 80 days: %q, %v after %d uploads; want a new one", got, err, uploadsOf(s.graph))
	}
	if _, err := s.Upload(t.Context(), "104000000000009", send.TypeFile, menu()); !errors.Is(err, bot.ErrUnknownPage) {
		t.Errorf("of another Page: %v", err)
	}
	if _, err := s.UploadURL(t.Context(), "104000000000009", send.TypeFile, "https://cdn.example/a.pdf"); !errors.Is(err, bot.ErrUnknownPage) {
		t.Errorf("of another Page, by URL: %v", err)
	}
}

// TestUploadRecordExpires: what is no longer used does not stay in the Store for ever.
func TestUploadRecordExpires(t *testing.T) {
	t.Parallel()
	store := new(uploadStore)
	s := serve(t, bot.HandlerFunc(sendMenu), func(cfg *bot.Config) {
		store.Store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
		cfg.Store = store
	})
	if _, err := s.Upload(t.Context(), page, send.TypeFile, menu()); err != nil {
		t.Fatal(err)
	}
	if want := s.clock.Now().Add(81 * 24 * time.Hour); !store.expires.Equal(want) {
		t.Errorf("the record expires at %v, want %v", store.expires, want)
	}
}

// TestUploadGone takes a file to Meta again when Meta no longer knows it.
func TestUploadGone(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]func(id string) send.Message{
		"in a message": func(id string) send.Message { return send.Uploaded(send.TypeImage, id) },
		"in an album":  func(id string) send.Message { return send.Album(send.Media{AttachmentID: id}) },
		"in a template": func(id string) send.Message {
			return send.MediaCard(send.MediaElement{MediaType: "image", AttachmentID: id})
		},
		"in a shared post": func(id string) send.Message {
			return send.Message{Attachment: &send.Attachment{
				Type: send.TypeMediaShare, Payload: &send.SharedPost{AttachmentID: id},
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ids []string
			var failed error
			var store session.Store
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				id, err := c.Upload(send.TypeImage, send.FromBytes("a.png", "", []byte("a")))
				ids = append(ids, id)
				if err == nil {
					failed = c.Send(message(id))
				}
				return err
			}), keepStore(&store), gone(1))
			for _, mid := range []string{"m_1", "m_2", "m_3"} {
				s.deliver(text(s.clock.Now(), person, mid, "picture"))
				if (mid == "m_1") != send.AttachmentGone(failed) {
					t.Errorf("%s: Send = %v", mid, failed)
				}
			}
			if len(ids) != 3 || ids[0] == ids[1] || ids[1] != ids[2] || uploadsOf(s.graph) != 2 {
				t.Errorf("IDs %q, %d uploads; want the second a new one", ids, uploadsOf(s.graph))
			}
		})
	}
}

// TestUploadBeforeServe caches nothing under a Page whose ID is not known yet: a Store may serve several bots.
func TestUploadBeforeServe(t *testing.T) {
	t.Parallel()
	graph := &sendtest.Graph{PageID: page}
	b, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", HTTP: graph.Client(),
	}, bot.HandlerFunc(sendMenu))
	if err != nil {
		t.Fatal(err)
	}
	_, byFile := b.Upload(t.Context(), "", send.TypeFile, menu())
	_, byURL := b.UploadURL(t.Context(), "", send.TypeImage, "https://cdn.example/a.png")
	if !errors.Is(byFile, bot.ErrUnknownPage) || !errors.Is(byURL, bot.ErrUnknownPage) || uploadsOf(graph) > 0 {
		t.Errorf("Upload = %v, UploadURL = %v; want ErrUnknownPage", byFile, byURL)
	}
	if id, err := b.Upload(t.Context(), page, send.TypeFile, menu()); err != nil || id == "" {
		t.Errorf("Upload = %q, %v for a Page that is named", id, err)
	}
}

// gone has the first n messages refused, as with an attachment that Meta does not know.
func gone(n int) func(*bot.Config) {
	var mu sync.Mutex
	return func(cfg *bot.Config) {
		cfg.Outgoing = append(cfg.Outgoing, func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error {
				mu.Lock()
				defer mu.Unlock()
				if o.Request == nil {
					return next(ctx, o)
				}
				if n--; n >= 0 {
					return &send.Error{Status: http.StatusBadRequest, Code: 100, Subcode: 2018074}
				}
				return next(ctx, o)
			}
		})
	}
}

// TestUploadStoreFails tells of a store that fails, as of something that may pass.
func TestUploadStoreFails(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for name, store := range map[string]*uploadStore{
		"reading": {get: down}, "writing": {put: down}, "a conflict": {put: session.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, bot.HandlerFunc(sendMenu), func(cfg *bot.Config) {
				store.Store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
				cfg.Store = store
			})
			_, err := s.Upload(t.Context(), page, send.TypeFile, menu())
			if conflict := errors.Is(store.put, session.ErrConflict); conflict != (err == nil) || !conflict && !errors.Is(err, down) {
				t.Errorf("Upload = %v", err)
			}
		})
	}
	t.Run("damaged", func(t *testing.T) {
		t.Parallel()
		var store session.Store
		s := serve(t, bot.HandlerFunc(sendMenu), keepStore(&store), func(cfg *bot.Config) {
			cfg.Store = &uploadStore{Store: cfg.Store, damage: true}
		})
		for range 2 {
			if id, err := s.Upload(t.Context(), page, send.TypeFile, menu()); err != nil || id == "" {
				t.Errorf("Upload = %q, %v", id, err)
			}
		}
		if n := uploadsOf(s.graph); n != 2 {
			t.Errorf("%d uploads, want 2: a damaged record is none", n)
		}
	})
}

// uploadStore fails for the records of uploads.
type uploadStore struct {
	session.Store
	get, put error
	damage   bool
	expires  time.Time // of the record that was put last
}

func (s *uploadStore) Get(ctx context.Context, key string) (session.Record, error) {
	if s.get != nil && strings.HasPrefix(key, "asset.") {
		return session.Record{}, s.get
	}
	r, err := s.Store.Get(ctx, key)
	if s.damage && err == nil {
		r.Data = []byte("{")
	}
	return r, err
}

func (s *uploadStore) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	if s.put != nil && strings.HasPrefix(key, "asset.") {
		return session.Record{}, s.put
	}
	if strings.HasPrefix(key, "asset.") {
		s.expires = r.Expires
	}
	return s.Store.Put(ctx, key, r)
}
