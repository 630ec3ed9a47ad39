package sendtest

import "slices"

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
	j.string(m.at("quick_reply_type"))
	j.sticker(m.at("sticker_id"))
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
	if !j.data().instagram {
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
	kind := q.at("content_type").word()
	if j.data().instagram && kind != "text" && kind != "user_phone_number" {
		j.refuse(notOnInstagram)
	}
	j.quickReplyData(q.at("data"))
	j.string(q.at("title"))
	if kind == "text" && q.at("image_url").empty() {
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
		if !j.object(payload) {
			return
		}
	}
	switch {
	case kind.word() == "template":
		j.templated(payload)
	case slices.Contains(mediaKinds, kind.word()):
		j.media(kind.word(), payload)
	case slices.Contains(receivedKinds, kind.word()):
		j.refuse(attachmentReceived, kind.name)
	case !slices.Contains(kindsIG, kind.word()):
		j.refuse(attachmentType, kind.name)
	case !j.data().instagram:
		j.refuse(attachmentReceived, kind.name)
	case kind.word() == "media_share":
		j.keys(payload, "id", "attachment_id")
		if payload.at("id").empty() == payload.at("attachment_id").empty() {
			j.refuse(missingPart, payload.at("id").name)
		}
	}
}

// The types of attachments beside templates: files, what an Instagram account sends of its own, and what
// people send but no Page. Source: Meta, Page/messages reference; Instagram, Send a Message, 2026.
var (
	mediaKinds    = []string{"image", "video", "audio", "file"}
	kindsIG       = []string{"like_heart", "media_share"}
	receivedKinds = []string{"location", "fallback", "reel", "ig_reel"}
)

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
		j.assets = append(j.assets, asset{url: address.text(), kind: kind})
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
