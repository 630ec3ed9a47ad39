package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// Upload returns the attachment ID of a file, for [send.Uploaded]. What has been uploaded is in
// Config.Store: a file goes up once for each Page and kind, and again when its 90 days are nearly over. With
// a Store that outlives the process that holds however often the program is restarted; [session.Memory], the
// default, forgets it with the process. Page is the ID of a Page or an Instagram account of the bot, "" that
// of the only Page, once it is known: one whose ID was not configured is asked for when the bot serves. See
// [send.Uploads.Upload]; the error is also of class [ErrUnknownPage], or the Store's.
//
// Source: Meta, Saving Assets, 2026.
func (b *Bot) Upload(
	ctx context.Context, page string, kind send.AttachmentType, source send.Source,
) (id string, err error) {
	a, page, err := b.namedAccount(page)
	if err != nil {
		return "", err
	}
	return b.uploads.Upload(ctx, a.client, page, kind, source)
}

// UploadURL returns the attachment ID of the medium at url, as [Bot.Upload] does of a file. It goes by the
// URL and not by what is there: see [send.Uploads.UploadURL].
func (b *Bot) UploadURL(
	ctx context.Context, page string, kind send.AttachmentType, url string,
) (id string, err error) {
	a, page, err := b.namedAccount(page)
	if err != nil {
		return "", err
	}
	return b.uploads.UploadURL(ctx, a.client, page, kind, url)
}

// Upload returns the attachment ID of a file for the Page of the event, as [Bot.Upload] does:
//
//	id, err := c.Upload(send.TypeFile, send.FromFile("menu.pdf"))
//	if err != nil {
//		return err
//	}
//	return c.Send(send.Uploaded(send.TypeFile, id))
//
// Should Meta no longer know the ID, the message fails, and the next Upload takes the file to Meta again.
func (c *Context) Upload(kind send.AttachmentType, source send.Source) (id string, err error) {
	return uploaded(c.bot.uploads.Upload(c, c.client(), c.page, kind, source))
}

// UploadURL returns the attachment ID of the medium at url for the Page of the event, as [Bot.UploadURL]
// does.
func (c *Context) UploadURL(kind send.AttachmentType, url string) (id string, err error) {
	return uploaded(c.bot.uploads.UploadURL(c, c.client(), c.page, kind, url))
}

// uploaded returns an ID, or err as one of package send if it is.
func uploaded(id string, err error) (string, error) {
	var stored *storeError
	if err != nil && !errors.As(err, &stored) {
		err = &sendError{err}
	}
	return id, err
}

// heedUpload forgets the uploads in a message that Meta refused because it does not know one of them.
func (t *Thread) heedUpload(m *send.Message, err error) {
	if !send.AttachmentGone(err) {
		return
	}
	attachments := m.Attachments
	if m.Attachment != nil {
		attachments = append(slices.Clip(attachments), *m.Attachment)
	}
	for _, a := range attachments {
		switch held := a.Payload.(type) {
		case *send.Media:
			t.bot.uploads.Forget(held.AttachmentID)
		case *send.SharedPost:
			t.bot.uploads.Forget(held.AttachmentID)
		case *send.MediaTemplate:
			for _, element := range held.Elements {
				t.bot.uploads.Forget(element.AttachmentID)
			}
		default: // it holds no upload
		}
	}
}

// assetsFor is how long the record of an upload is in the Store: as long as [send.Uploads] uses it, and a
// day.
const assetsFor = 81 * 24 * time.Hour

// assets keeps the records of uploads in a [session.Store].
type assets struct{ store session.Store }

// asset is the record of an upload as it is stored.
type asset struct {
	ID    string    `json:"id"`
	Saved time.Time `json:"saved"`
}

// storeError marks what the Store returned: another try of the event may help.
type storeError struct{ cause error }

func (e *storeError) Error() string { return e.cause.Error() }
func (e *storeError) Unwrap() error { return e.cause }

// Load returns the record under key. One that is damaged is none.
func (s assets) Load(ctx context.Context, key string) (send.AssetRecord, bool, error) {
	found, err := s.store.Get(ctx, key)
	if errors.Is(err, session.ErrNotFound) {
		return send.AssetRecord{}, false, nil
	}
	if err != nil {
		return send.AssetRecord{}, false, &storeError{err}
	}
	var a asset
	if json.Unmarshal(found.Data, &a) != nil {
		return send.AssetRecord{}, false, nil
	}
	return send.AssetRecord{ID: a.ID, Saved: a.Saved}, true, nil
}

// Save puts r under key. Should another process have done so in the meantime, its record is as good.
func (s assets) Save(ctx context.Context, key string, r send.AssetRecord) error {
	data, err := json.Marshal(asset{ID: r.ID, Saved: r.Saved.UTC()})
	if err != nil {
		return fmt.Errorf("bot: encode the record of an upload: %w", err)
	}
	old, err := s.store.Get(ctx, key)
	if err != nil && !errors.Is(err, session.ErrNotFound) {
		return &storeError{err}
	}
	_, err = s.store.Put(ctx, key, session.Record{
		Data: data, Revision: old.Revision, Expires: r.Saved.Add(assetsFor),
	})
	if err != nil && !errors.Is(err, session.ErrConflict) {
		return &storeError{err}
	}
	return nil
}
