package send

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// uploadPath is the edge that keeps media for later messages.
const uploadPath = "me/message_attachments"

// slowestUplink is the slowest connection, in bytes per second, over which a try of an upload comes to its
// end.
const slowestUplink = 128 << 10

// attachmentUnknown is the subcode of an attachment ID that Meta does not know.
//
// Source: Meta, Messenger Platform error codes, 25 June 2026.
const attachmentUnknown = 2018074

// Upload gives Meta a file for later messages, and returns its attachment ID, which [Uploaded] sends. Kind
// is [TypeImage], [TypeVideo], [TypeAudio] or [TypeFile]. The file is streamed, and opened anew for each
// try; Source.Progress tells how far it is. What Meta documents that it refuses is refused as a
// [*FieldError] before the call: a file of a known size that is too large (see Source.AnySize), of another
// content type than kind, and on Instagram a file name that is not ASCII.
//
// The ID belongs to the Page, and to the channel of c; it lives 90 days. See [Uploads] for a cache of IDs.
//
// The errors are those of [Client.Send] without [ErrUnsure]: an upload reaches nobody, and another one
// does no harm, so that it is tried again after a lost answer too. One try ends after 105 seconds, and
// later for a large file, so that it may go out at 128 KiB per second; one of unknown size has the time of
// 25 MB.
//
// Source: Meta, Attachment Upload and Saving Assets, 2026; Instagram, Attachment Upload, 2026.
func (c *Client) Upload(ctx context.Context, kind AttachmentType, source Source) (id string, err error) {
	if err := c.checkUpload(kind, &Media{Source: &source}); err != nil {
		return "", err
	}
	var saved savedAsset
	err = c.pass(ctx, &Outgoing{
		Method: http.MethodPost, Path: uploadPath, Params: c.uploadParams(kind, Media{}), result: &saved,
		call: func(ctx context.Context, o *Outgoing) error { return c.uploadFile(ctx, o, &source) },
	})
	return saved.id(err)
}

// UploadURL has Meta fetch a medium for later messages, as [Client.Upload] does with a file. Meta gives up
// after 10 seconds, with a video after 75.
//
// Source: Meta, Attachment Upload and Saving Assets, 2026.
func (c *Client) UploadURL(ctx context.Context, kind AttachmentType, url string) (id string, err error) {
	medium := Media{URL: url}
	if err := c.checkUpload(kind, &medium); err != nil {
		return "", err
	}
	var saved savedAsset
	err = c.Graph(ctx, http.MethodPost, uploadPath, c.uploadParams(kind, medium), &saved)
	return saved.id(err)
}

// AttachmentGone reports whether err is Meta's refusal of an attachment ID that it does not know, or no
// longer: one of another Page, or one that is older than 90 days. A new upload helps; see
// [Uploads.Forget].
//
// Source: Meta, Messenger Platform error codes, 25 June 2026.
func AttachmentGone(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && refused.Subcode == attachmentUnknown
}

// savedAsset is Meta's answer to an upload.
type savedAsset struct {
	ID nodeID `json:"attachment_id"`
}

// id returns the attachment ID, or err.
func (s savedAsset) id(err error) (string, error) {
	if err != nil {
		return "", err
	}
	if s.ID == "" {
		return "", errors.New("send: the answer to the upload has no attachment_id")
	}
	return string(s.ID), nil
}

// checkUpload reports what Meta would refuse in an upload.
func (c *Client) checkUpload(kind AttachmentType, medium *Media) error {
	r := &report{channel: c.cfg.Channel}
	r.into("message.attachment")
	if !kind.is(TypeImage) && !kind.is(TypeVideo) && !kind.is(TypeAudio) && !kind.is(TypeFile) {
		r.add("type", "want image, video, audio or file")
	}
	if medium.Source != nil {
		r.upload(kind, medium)
	}
	medium.problems(r)
	r.leave()
	if medium.Source != nil && c.cfg.Channel == Instagram && !ascii(medium.Source.Name) {
		r.add(fileField, "a file name that is not ASCII fails on Instagram: want another Source.Name")
	}
	return errors.Join(r.errs...)
}

// ascii reports whether s has no letter beyond ASCII.
func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// uploadParams returns the parameters of an upload.
func (c *Client) uploadParams(kind AttachmentType, medium Media) map[string]any {
	medium.Reusable = true
	return c.platform(map[string]any{
		"message": media(AttachmentType(strings.ToLower(string(kind))), medium),
	})
}

// uploadFile makes the upload o with the file source.
func (c *Client) uploadFile(ctx context.Context, o *Outgoing, source *Source) error {
	k, err := c.rawCall(o.Method, o.Path, o.Params)
	if err != nil {
		return err
	}
	if err := c.attach(k, source); err != nil {
		return err
	}
	size := source.Size
	if size <= 0 {
		size = MaxFileSize
	}
	k.timeout += time.Duration(size/slowestUplink) * time.Second
	k.result = o.result
	return c.exchange(ctx, k)
}
