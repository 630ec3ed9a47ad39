package send

import (
	"net/url"
	"strings"
)

// attachments reports what Meta would refuse in the attachments of m.
func (r *report) attachments(m *Message) {
	files := 0
	for a := range m.attachments {
		if medium, ok := a.Payload.(*Media); ok && medium.Source != nil {
			files++
		}
	}
	if files > 1 {
		r.add("message.attachments", "%d files, at most one goes up with a message", files)
	}
	if m.Attachment != nil {
		r.into("message.attachment")
		r.attachment(m.Attachment)
		r.leave()
	}
	r.count("message.attachments", len(m.Attachments), 0, MaxImages)
	for i := range m.Attachments {
		r.enter("message.attachments", i)
		r.attachment(&m.Attachments[i])
		r.leave()
	}
}

func (r *report) attachment(a *Attachment) {
	if a.Type == "" {
		r.add("type", "missing: want image, video, audio, file or template")
	}
	switch {
	case a.Type.is(TypeLocation), a.Type.is(TypeFallback), a.Type.is(TypeReel), a.Type.is(TypeIGReel):
		r.retire("type", ErrRetired, "cannot be sent by a Page: Meta knows it from people only")
	case r.channel != Instagram && (a.Type.is(TypeLikeHeart) || a.Type.is(TypeMediaShare)):
		r.add("type", "Instagram only")
	}
	if a.Payload == nil {
		if !a.Type.is(TypeLikeHeart) { // which has none
			r.add("payload", "missing")
		}
		return
	}
	template := a.Type.is(TypeTemplate)
	switch a.Payload.(type) {
	case OtherPayload:
	case *Media, *SharedPost:
		if template {
			r.add("type", "want template with a template, and only with that")
		}
	default:
		if !template {
			r.add("type", "want template with a template, and only with that")
		}
	}
	if medium, ok := a.Payload.(*Media); ok && medium.Source != nil {
		r.upload(a.Type, medium)
	}
	r.onChannel(a.Payload.templateType())
	a.Payload.problems(r)
}

// is reports whether t and other are the same in either case, as Meta compares them.
func (t AttachmentType) is(other AttachmentType) bool {
	return strings.EqualFold(string(t), string(other))
}

// onChannel reports a template that Instagram does not have. What nobody knows passes.
func (r *report) onChannel(template string) {
	if r.channel != Instagram {
		return
	}
	kind := strings.ToLower(template)
	switch kind {
	case "media", "receipt", "coupon", feedbackTemplate, "customer_information", "image_grid", "instant_form",
		"one_time_notif_req":
	default:
		if !strings.HasPrefix(kind, "airline_") {
			return
		}
	}
	r.add("payload.template_type",
		"not on Instagram, which has generic, button, product and notification_messages")
}

// upload reports a file that goes up with the message and does not fit.
func (r *report) upload(kind AttachmentType, m *Media) {
	s := m.Source
	if m.URL != "" || m.AttachmentID != "" {
		r.add("payload", "a url or an attachment_id beside a file that goes up: want one of them")
	}
	if s.Open == nil {
		r.add("payload", "a file without Open: use send.FromFile or send.FromBytes")
	}
	limit, typed := int64(MaxFileSize), !kind.is(TypeFile)
	if kind.is(TypeImage) {
		limit = MaxImageSize
	}
	if s.Size > limit && !s.AnySize {
		r.add("payload", "a file of %s bytes, at most %s", thousands(int(s.Size)), thousands(int(limit)))
	}
	want := strings.ToLower(string(kind)) + "/"
	if typed && s.ContentType != "" && !strings.HasPrefix(strings.ToLower(s.ContentType), want) {
		r.add("payload", "a file of another content type, want %s…", want)
	}
}

func (m *Media) problems(r *report) {
	switch {
	case m.Source != nil:
	case m.URL == "" && m.AttachmentID == "":
		r.add("payload", "want a url or an attachment_id")
	case m.URL != "":
		r.fetched("payload.url", m.URL)
	}
}

func (p *SharedPost) problems(r *report) {
	if p.ID == "" && p.AttachmentID == "" {
		r.add("payload", "want an id or an attachment_id")
	}
}

func (p OtherPayload) problems(r *report) {
	if !isObject(p) {
		r.add("payload", "want a JSON object")
	}
}

func (r *report) mediaElement(e *MediaElement) {
	if !strings.EqualFold(e.MediaType, "image") && !strings.EqualFold(e.MediaType, "video") {
		r.add("media_type", "want image or video")
	}
	switch {
	case (e.URL == "") == (e.AttachmentID == ""):
		r.add("", "want either a url or an attachment_id")
	case e.URL != "" && !onFacebook(e.URL):
		r.add("url", "want the URL of a photo or video on Facebook; for others use attachment_id")
	}
	r.buttons("buttons", e.Buttons)
}

// onFacebook reports whether address may be on Facebook.
func onFacebook(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := "." + strings.ToLower(u.Hostname())
	return strings.HasSuffix(host, ".facebook.com") || strings.HasSuffix(host, ".fb.com") ||
		strings.HasSuffix(host, ".fb.watch")
}
