package sendtest

import (
	"slices"
	"strconv"
	"unicode"
)

// upload is POST to the edge message_attachments. An attachment that is not reusable has an ID, with which
// nothing can be sent.
//
// Source: Meta, Saving Assets, 2026; Instagram, Upload an Attachment, 2026.
func (j *judge) upload(*Call) any {
	message := decoded(value{"", j.params.values}.at("message"))
	a := message.at("attachment")
	payload := decoded(a.at("payload"))
	j.require(missingPart, message)
	if j.object(message) {
		j.keys(message, "attachment")
		j.require(missingPart, a)
	}
	if j.object(a) {
		if kind := a.at("type"); !kind.absent() && !slices.Contains(mediaKinds, kind.word()) {
			j.refuse(attachmentType, kind.name)
		}
		if payload.isObject() {
			j.keys(payload, "url", "is_reusable")
		}
		j.attachment(a)
	}
	for _, f := range j.params.files {
		foreign := func(r rune) bool { return r > unicode.MaxASCII }
		if j.data().instagram && slices.ContainsFunc([]rune(f.name), foreign) {
			j.refuse(fileNameIG)
		}
	}
	j.attached()
	if j.refused != nil {
		return nil
	}
	j.graph.mids++
	return success{AttachmentID: j.save(payload)}
}

// save remembers the attachment that the call brings, if it is reusable, and returns its ID.
func (j *judge) save(payload value) string {
	id := strconv.Itoa(1_600_000_000_000_000 + j.graph.mids)
	if j.saves != "" {
		saved := attachment{kind: j.saves, saved: j.now, url: payload.at("url").text()}
		j.data().saveAttachment(id, saved)
	}
	return id
}
