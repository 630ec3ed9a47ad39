package sendtest

import (
	"net/url"
	"strings"
)

// Limits of a message. Source: Meta, Send API, v25.0; Quick Replies, 2026; Saving Assets, 2026; Instagram,
// Send a Message, 2026.
const (
	textLimit       = 2000 // characters
	textLimitIG     = 1000 // bytes
	metadataLimit   = 1000
	payloadLimit    = 1000
	titleLimit      = 20
	quickReplyLimit = 13
	imagesLimit     = 10
	imageSize       = 8 << 20
	fileSize        = 25 << 20
	attachmentLife  = 90 * day
)

func (j *judge) message(m value) {
	if !j.object(m) {
		return
	}
	j.keys(m, "text", "attachment", "attachments", "quick_replies", "quick_reply_type", "metadata",
		"template", "dynamic_text", "sticker_id")
	j.oneContent(m)
	j.text(m.at("text"))
	j.string(m.at("metadata"))
	j.most(metadataLong, m.at("metadata"), metadataLimit)
	j.quickReplies(m.at("quick_replies"))
	j.attachment(m.at("attachment"))
	several := m.at("attachments")
	for _, a := range j.list(several) {
		j.attachment(a)
	}
	if len(several.items()) > imagesLimit {
		j.refuse(attachedMany, several.name)
	}
	j.utility(m.at("template"))
	if dynamic := m.at("dynamic_text"); j.object(dynamic) {
		j.keys(dynamic, "text", "fallback_text")
		j.require(missingPart, dynamic.at("text"))
	}
}

// oneContent demands exactly one content; an empty text is none.
func (j *judge) oneContent(m value) {
	contents := 0
	for _, key := range []string{"attachment", "template", "sticker_id", "dynamic_text"} {
		if !m.at(key).absent() {
			contents++
		}
	}
	for _, key := range []string{"text", "attachments"} {
		if !m.at(key).empty() {
			contents++
		}
	}
	switch {
	case contents == 0:
		j.refuse(messageEmpty)
	case contents > 1:
		j.refuse(messageTwice)
	}
}

func (j *judge) text(text value) {
	j.string(text)
	if !j.graph.Instagram {
		j.most(textLong, text, textLimit)
	} else if len(text.text()) > textLimitIG {
		j.refuse(textLongIG)
	}
}

func (j *judge) quickReplies(list value) {
	replies := j.list(list)
	switch {
	case !list.absent() && len(replies) == 0:
		j.refuse(quickRepliesEmpty, list.name)
	case len(replies) > quickReplyLimit:
		j.refuse(quickRepliesMany, list.name)
	}
	for _, reply := range replies {
		j.quickReply(reply)
	}
}

func (j *judge) quickReply(q value) {
	if !j.object(q) {
		return
	}
	j.keys(q, "title", "content_type", "image_url", "data", "payload")
	j.require(quickReplyType, q.at("content_type"))
	// The reference's enumeration without LOCATION, which was removed in 2019.
	j.oneOfFold(quickReplyUnsupported, q.at("content_type"),
		"text", "user_phone_number", "user_email", "user_city", "user_birthday", "user_state",
		"user_zip_code", "open_camera", "open_gallery", "record_audio", "poll", "open_native", "sticker",
		"open_app", "p2p_payment", "transportation", "create_event", "gif", "bic_opt_in",
		"display_persistent_menu", "business_lead_form")
	j.string(q.at("title"))
	if q.at("content_type").word() == "text" && q.at("image_url").empty() {
		if q.at("title").empty() {
			j.refuse(quickReplyTitle)
		}
		if q.at("payload").empty() {
			j.refuse(quickReplyPayload)
		}
	}
	j.shown(quickReplyTitleLong, q.at("title"), titleLimit)
	j.most(quickReplyPayloadLong, q.at("payload"), payloadLimit)
}

func (j *judge) attachment(a value) {
	if !j.object(a) {
		return
	}
	j.keys(a, "type", "payload")
	kind, payload := a.at("type"), decoded(a.at("payload"))
	j.require(attachmentPart, kind)
	if kind.word() != "like_heart" {
		j.require(attachmentPart, payload)
	}
	if !j.object(payload) {
		return
	}
	switch kind.word() {
	case "template":
		j.templated(payload)
	case "image", "video", "audio", "file":
		j.media(kind.word(), payload)
	case "media_share":
		j.keys(payload, "id", "attachment_id")
	case "like_heart":
	default:
		j.refuse(attachmentType, kind.name)
	}
}

// decoded returns the object that a string holds; the reference calls payload a string.
func decoded(v value) value {
	if text, ok := v.v.(string); ok {
		v.v = parameter("", text)
	}
	return v
}

func (j *judge) media(kind string, payload value) {
	j.keys(payload, "url", "attachment_id", "is_reusable")
	address, id := payload.at("url"), payload.at("attachment_id")
	switch {
	case !id.absent():
		j.assets = append(j.assets, asset{id: id.text(), kind: kind})
		return
	case !address.absent():
		if !isURL(address.text()) {
			j.refuse(mediaURL, address.text())
		}
	case len(j.params.files) != 1:
		j.refuse(fileCount)
		return
	default:
		j.assets = append(j.assets, asset{kind: kind, file: &j.params.files[0]})
	}
	if payload.at("is_reusable").isTrue() {
		j.saves = kind
	}
}

// attached judges the attachments themselves.
func (j *judge) attached() {
	for _, a := range j.assets {
		if a.file != nil {
			j.upload(a.kind, *a.file)
			continue
		}
		saved, known := j.graph.attachments[a.id]
		expired := !saved.saved.IsZero() && j.now.Sub(saved.saved) > attachmentLife
		switch {
		case !known || expired:
			j.refuse(attachmentUnknown)
		case saved.kind != "" && saved.kind != a.kind:
			j.refuse(attachmentKind)
		}
	}
}

func (j *judge) upload(kind string, f file) {
	limit := fileSize
	if kind == "image" {
		limit = imageSize
	}
	switch {
	case kind != "file" && !strings.HasPrefix(strings.ToLower(f.kind), kind+"/"):
		j.refuse(attachmentKind)
	case f.size > limit:
		j.refuse(attachmentLarge)
	}
}

// isURL reports whether Meta would take s for a web address: its host must be a domain.
func isURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return false
	}
	name, rest, _ := strings.Cut(u.Hostname(), ".")
	return name != "" && rest != "" && !strings.ContainsAny(u.Hostname(), " <>{}\"'")
}

// isHTTPS reports whether s is a web address with https.
func isHTTPS(s string) bool {
	return isURL(s) && strings.HasPrefix(strings.ToLower(s), "https:")
}

// utility judges the shape of message[template]. Whether Meta has approved the template is not judged.
func (j *judge) utility(t value) {
	if !j.object(t) {
		return
	}
	if j.graph.Instagram {
		j.refuse(notOnInstagram)
	}
	j.keys(t, "name", "language", "components")
	j.require(missingPart, t.at("name"), t.at("language"))
	language := t.at("language")
	if j.object(language) {
		j.keys(language, "code")
		j.require(missingPart, language.at("code"))
	}
	for _, component := range j.list(t.at("components")) {
		j.keys(component, "type", "parameters")
		j.require(missingPart, component.at("type"))
		j.oneOfFold(enumerated, component.at("type"), "header", "body", "title", "buttons")
		for _, parameter := range j.list(component.at("parameters")) {
			j.keys(parameter, "type", "text", "payload", "url", "parameter_name")
			j.require(missingPart, parameter.at("type"))
		}
	}
}
