package send

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// The rules of the validate files say what Meta refuses. They are no stricter than Meta: what is not known to
// be refused passes.
//
// Sources: Meta, Page/messages reference and Send API v25.0, 2026, and the pages named beside the types;
// errors that developers recorded from the Graph API.

func (r *report) recipient(to Recipient) {
	kinds := 0
	for _, id := range [...]string{
		string(to.ID), to.UserRef, to.PhoneNumber, to.CommentID, to.PostID, to.OneTimeToken,
		to.NotificationToken, to.PlayerID, to.LoginID,
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
	case r.channel == Instagram && (to.UserRef != "" || to.PostID != "" || to.OneTimeToken != ""):
		r.add("recipient", "not on Instagram: want a person, a comment or a notification token")
	case to.ID != "" && (!digits(string(to.ID)) || strings.Trim(string(to.ID), "0") == ""):
		r.add("recipient.id", "want the digits of a page-scoped ID")
	}
}

// kind reports a messaging type and a tag that do not go together, or not with the message.
func (r *report) kind(q *Request) {
	switch {
	case !q.Type.known():
		r.add("messaging_type", "want RESPONSE, UPDATE, MESSAGE_TAG or UTILITY")
	case q.Tag != "" && q.Type != TypeMessageTag:
		r.add("tag", "want messaging_type MESSAGE_TAG with it")
	case q.Tag == "" && q.Type == TypeMessageTag:
		r.add("tag", "missing: messaging_type MESSAGE_TAG needs one")
	case q.Type == TypeUtility && q.Message.Content() != Utility:
		r.add("message.template", "missing: messaging_type UTILITY needs a utility template")
	case r.channel == Instagram && q.Tag != "" && q.Tag != TagHumanAgent:
		r.add("tag", "not on Instagram, which has HUMAN_AGENT only")
	case q.Tag == TagCustomerFeedback && q.Message.Content() != Feedback:
		r.add("tag", "CUSTOMER_FEEDBACK goes with a customer feedback template only")
	case q.Tag != "" && !q.Tag.allowedOn(Messenger) && !r.retired:
		r.add("tag", "none that Meta takes: want send.TagHumanAgent or one of its like")
	case q.Tag.retired():
		r.retire("tag", ErrTagRetired,
			"Meta refuses it since 27 April 2026; send a utility template (UTILITY) instead")
	}
}

func (r *report) message(m *Message) {
	r.atMost("message.metadata", m.Metadata, MaxMetadata)
	if m.Raw != nil {
		if !isObject(m.Raw) {
			r.add("message", "want a JSON object")
		}
		return
	}
	if m.Text == "" && m.Attachment == nil && len(m.Attachments) == 0 && m.Template == nil &&
		m.StickerID == "" && m.DynamicText == nil {
		r.add("message", "empty: want a text or an attachment")
	}
	r.text(m.Text)
	r.count("message.quick_replies", len(m.QuickReplies), 0, MaxQuickReplies)
	for i := range m.QuickReplies {
		r.enter("message.quick_replies", i)
		r.quickReply(&m.QuickReplies[i])
		r.leave()
	}
	if m.Attachment != nil || len(m.Attachments) > 0 {
		r.attachments(m)
	}
	if m.Template != nil {
		r.utility(m.Template)
	}
	switch {
	case m.StickerID == "":
	case r.channel == Instagram:
		r.add("message.sticker_id", "not on Instagram")
	default:
		r.sticker("message.sticker_id", m.StickerID)
	}
	if m.DynamicText != nil && m.DynamicText.Text == "" {
		r.add("message.dynamic_text.text", "missing")
	}
}

// splits says how a text over the limit is sent.
const splits = "; send.SplitText cuts it into messages"

func (r *report) text(text string) {
	if r.channel != Instagram {
		if len(text) <= MaxText {
			return
		}
		if n := utf8.RuneCountInString(text); n > MaxText {
			r.add("message.text", "%s characters, at most %s"+splits, thousands(n), thousands(MaxText))
		}
		return
	}
	n := 0
	for _, letter := range text {
		n += utf8.RuneLen(letter) // as encoding/json writes it, should it be no UTF-8
	}
	if n > MaxTextInstagram {
		r.add("message.text", "%s bytes, at most %s on Instagram"+splits,
			thousands(n), thousands(MaxTextInstagram))
	}
}

func (r *report) quickReply(q *QuickReply) {
	switch {
	case q.ContentType == "":
		r.add("content_type", "missing: use send.Reply, send.AskPhone or send.AskEmail")
	case q.ContentType.is(ReplyLocation):
		r.retire("content_type", ErrRetired, "location was removed in 2019; ask for the place in words")
	case q.ContentType.is(ReplyText) && q.ImageURL == "":
		if q.Title == "" {
			r.add("title", "missing: only a quick reply with a picture may do without")
		}
		if q.Payload == "" {
			r.add("payload", "missing: it is what comes back with the tap")
		}
	case r.channel == Instagram && !q.ContentType.is(ReplyText) && !q.ContentType.is(ReplyPhone):
		r.add("content_type", "not on Instagram, which has text and user_phone_number")
	}
	r.atMost("payload", q.Payload, MaxPayload)
	if q.Data != nil && q.Data.StickerID != "" {
		r.sticker("data.sticker_id", q.Data.StickerID)
	}
}

// sticker reports the number of a sticker that JSON would not take as one.
func (r *report) sticker(field string, id json.Number) {
	if !whole(string(id)) {
		r.add(field, "want the digits of a sticker's number")
	}
}

// is reports whether t and other are the same in either case, as Meta compares them.
func (t ReplyType) is(other ReplyType) bool { return strings.EqualFold(string(t), string(other)) }

// utility reports what is missing from t. Whether its values fit the template is for [Client.fill].
func (r *report) utility(t *UtilityTemplate) {
	const at = "message.template"
	if r.channel == Instagram {
		r.add(at, "not on Instagram")
	}
	r.want(at+".name", t.Name)
	r.want(at+".language.code", t.Language.Code)
	for i := range t.Components {
		r.enter(at+".components", i)
		r.want("type", string(t.Components[i].Type))
		for j := range t.Components[i].Parameters {
			r.enter("parameters", j)
			r.want("type", t.Components[i].Parameters[j].Type)
			r.leave()
		}
		r.leave()
	}
}
