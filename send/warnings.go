package send

import "errors"

// Warnings reports what Meta accepts but cuts on display, as joined [*FieldError]s, or nil: titles over 20
// characters on quick replies and buttons, titles and subtitles over 80 on elements, titles over 45 and
// subtitles over 80 on image grids.
//
// Source: developers' reports since 2017; Meta's pages on Quick Replies, Buttons, Generic Template and Image
// Grid Template, 2026, call these limits.
func (m Message) Warnings() error {
	if m.Raw != nil || m.Attachment == nil && len(m.QuickReplies) == 0 {
		return nil
	}
	r := new(report)
	r.cut(&m)
	return errors.Join(r.errs...)
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
	r.into("message.attachment")
	defer r.leave()
	switch t := m.Attachment.Payload.(type) {
	case *ButtonTemplate:
		r.cutButtons("payload.buttons", t.Buttons)
	case *GenericTemplate:
		for i, e := range t.Elements {
			r.cutElement(i, e.Title, MaxElementTitle, e.Subtitle, e.Buttons)
		}
	case *MediaTemplate:
		for i, e := range t.Elements {
			r.cutElement(i, "", 0, "", e.Buttons)
		}
	case *ImageGridTemplate:
		for i, e := range t.Elements {
			r.cutElement(i, e.Title, maxGridTitle, e.Subtitle, e.Buttons)
		}
	default:
	}
}

// cutElement reports what is shown only in part of the i-th element of a template.
func (r *report) cutElement(i int, title string, limit int, subtitle string, buttons []Button) {
	r.enter(elementsField, i)
	r.atMost("title", title, limit)
	r.atMost("subtitle", subtitle, MaxElementSubtitle)
	r.cutButtons("buttons", buttons)
	r.leave()
}

func (r *report) cutButtons(list string, buttons []Button) {
	for i := range buttons {
		r.enter(list, i)
		r.atMost("title", buttons[i].Title, MaxButtonTitle)
		r.leave()
	}
}
