package send

import (
	"net/url"
	"strings"
)

// The rules below say what Meta refuses. They are no stricter than Meta: what is not known to be refused
// passes.
//
// Sources: Meta, Page/messages reference and Send API v25.0, 2026, and the pages named beside the types;
// errors that developers recorded from the Graph API.

const payloadField = "message.attachment.payload"

func (r *report) recipient(to Recipient) {
	kinds := 0
	for _, id := range [...]string{
		string(to.ID), to.UserRef, to.PhoneNumber, to.CommentID, to.PostID, to.OneTimeToken,
		to.NotificationToken,
	} {
		if id != "" {
			kinds++
		}
	}
	switch {
	case kinds == 0:
		r.add("recipient", "empty: use send.Person or its like")
	case kinds > 1:
		r.add("recipient", "%d identifiers, want one", kinds)
	case to.ID != "" && (!digits(string(to.ID)) || strings.Trim(string(to.ID), "0") == ""):
		r.add("recipient.id", "want the digits of a page-scoped ID")
	}
}

func (r *report) message(m *Message) {
	if m.Text == "" && m.Attachment == nil {
		r.add("message", "empty: want a text or an attachment")
	}
	r.text(m.Text)
	r.atMost("message.metadata", m.Metadata, MaxMetadata)
	r.count("message.quick_replies", len(m.QuickReplies), 0, MaxQuickReplies)
	for i := range m.QuickReplies {
		r.enter("message.quick_replies", i)
		r.quickReply(&m.QuickReplies[i])
		r.leave()
	}
	if m.Attachment != nil {
		r.attachment(m.Attachment)
	}
}

func (r *report) text(text string) {
	if r.channel != Instagram {
		r.atMost("message.text", text, MaxText)
	} else if n := len(text); n > MaxTextInstagram {
		r.add("message.text", "%s bytes, at most %s on Instagram", thousands(n), thousands(MaxTextInstagram))
	}
}

func (r *report) quickReply(q *QuickReply) {
	switch {
	case q.ContentType == "":
		r.add("content_type", "missing: use send.Reply, send.AskPhone or send.AskEmail")
	case q.ContentType == "text" && q.ImageURL == "":
		if q.Title == "" {
			r.add("title", "missing: only a quick reply with a picture may do without")
		}
		if q.Payload == "" {
			r.add("payload", "missing: only a quick reply with a picture may do without")
		}
	}
	r.atMost("payload", q.Payload, MaxPayload)
}

func (r *report) attachment(a *Attachment) {
	if a.Type == "" {
		r.add("message.attachment.type", "missing: want image, video, audio, file or template")
	}
	if a.Payload == nil {
		if r.channel != Instagram || !strings.EqualFold(string(a.Type), "like_heart") { // which has none
			r.add(payloadField, "missing")
		}
		return
	}
	_, medium := a.Payload.(*Media)
	if template := strings.EqualFold(string(a.Type), string(TypeTemplate)); medium == template {
		r.add("message.attachment.type", "want template with a template, and only with that")
	}
	a.Payload.problems(r)
}

func (m *Media) problems(r *report) {
	switch {
	case m.URL == "" && m.AttachmentID == "":
		r.add(payloadField, "want a url or an attachment_id")
	case m.URL != "":
		r.address(payloadField+".url", m.URL)
	}
}

func (t *ButtonTemplate) problems(r *report) {
	if t.Text == "" {
		r.add(payloadField+".text", "missing")
	}
	r.atMost(payloadField+".text", t.Text, MaxButtonText)
	if len(t.Buttons) == 0 {
		r.add(payloadField+".buttons", "0, at least 1")
	}
	r.buttons(payloadField+".buttons", t.Buttons)
}

func (t *GenericTemplate) problems(r *report) {
	const elements = payloadField + ".elements"
	r.count(elements, len(t.Elements), 1, MaxElements)
	for i := range t.Elements {
		r.enter(elements, i)
		r.element(&t.Elements[i])
		r.leave()
	}
}

func (r *report) element(e *Element) {
	switch {
	case e.Title == "":
		r.add("title", "missing")
	case e.Subtitle == "" && e.ImageURL == "" && e.DefaultAction == nil && len(e.Buttons) == 0:
		r.add("", "only a title: want a subtitle, an image_url, a default_action or buttons beside it")
	}
	if action := e.DefaultAction; action != nil {
		if action.Title != "" {
			r.add("default_action.title", "not allowed: a tap on the card has none")
		}
		r.link("default_action.url", action)
	}
	r.buttons("buttons", e.Buttons)
}

func (t *MediaTemplate) problems(r *report) {
	const elements = payloadField + ".elements"
	r.count(elements, len(t.Elements), 1, 1)
	for i := range t.Elements {
		r.enter(elements, i)
		r.mediaElement(&t.Elements[i])
		r.leave()
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

func (r *report) buttons(list string, buttons []Button) {
	r.count(list, len(buttons), 0, MaxButtons)
	for i := range buttons {
		r.enter(list, i)
		r.button(&buttons[i])
		r.leave()
	}
}

func (r *report) button(b *Button) {
	switch b.Type {
	case "":
		r.add("type", "missing: use send.Postback, send.Link or their like")
	case postback, webURL, phoneNumber:
		if b.Title == "" {
			r.add("title", "missing")
		}
	}
	switch b.Type {
	case postback:
		if b.Payload == "" {
			r.add("payload", "missing")
		}
		r.atMost("payload", b.Payload, MaxPayload)
	case webURL:
		r.link("url", b)
	case phoneNumber:
		if number, found := strings.CutPrefix(b.Payload, "+"); !found || !digits(number) {
			r.add("payload", "want + and digits, such as +16505551234")
		}
	case accountLink:
		if b.Title != "" {
			r.add("title", "not allowed on account_link")
		}
		if !https(b.URL) {
			r.add("url", "want an https URL")
		}
	}
}

// link reports a wrong address of a link, a button or what a tap on a card opens.
func (r *report) link(field string, b *Button) {
	r.address(field, b.URL)
	if b.Extensions && !https(b.URL) {
		r.add(field, "want an https URL with messenger_extensions")
	}
}

// cut reports the titles of m that are shown only in part.
func (r *report) cut(m *Message) {
	for i := range m.QuickReplies {
		r.enter("message.quick_replies", i)
		r.atMost("title", m.QuickReplies[i].Title, MaxQuickReplyTitle)
		r.leave()
	}
	if m.Attachment == nil {
		return
	}
	switch t := m.Attachment.Payload.(type) {
	case *ButtonTemplate:
		r.cutButtons(payloadField+".buttons", t.Buttons)
	case *GenericTemplate:
		for i, e := range t.Elements {
			r.enter(payloadField+".elements", i)
			r.atMost("title", e.Title, MaxElementTitle)
			r.atMost("subtitle", e.Subtitle, MaxElementSubtitle)
			r.cutButtons("buttons", e.Buttons)
			r.leave()
		}
	case *MediaTemplate:
		for i, e := range t.Elements {
			r.enter(payloadField+".elements", i)
			r.cutButtons("buttons", e.Buttons)
			r.leave()
		}
	case *Media:
	}
}

func (r *report) cutButtons(list string, buttons []Button) {
	for i := range buttons {
		r.enter(list, i)
		r.atMost("title", buttons[i].Title, MaxButtonTitle)
		r.leave()
	}
}
