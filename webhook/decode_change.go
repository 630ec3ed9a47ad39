package webhook

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/parleybot/parley/send"
)

// change decodes an element of changes. Its value is a messaging object in the form of the Test button; a
// comment or a post gives the event its lane.
func (d *decoder) change(o *Origin, raw gjson.Result) Event {
	var c changed
	if raw.IsObject() {
		c.read(raw)
	}
	if c.field.Exists() || c.value.Exists() {
		return d.changed(o, &c)
	}
	o.settle(&item{}, false)
	return &Unknown{Origin: *o}
}

// changed is an element of changes.
type changed struct {
	field, value    gjson.Result
	page, timestamp gjson.Result // of the events of marketing messages, which have no value
}

func (c *changed) read(raw gjson.Result) {
	for key, v := range raw.All() {
		switch key.Str {
		case "field":
			c.field = v
		case "value":
			c.value = v
		case "page_id":
			c.page = v
		case "timestamp":
			c.timestamp = v
		}
	}
}

func (d *decoder) changed(o *Origin, c *changed) Event {
	field := text(c.field)
	if messagingField(field) {
		if it := readItem(c.value); it.isMessaging() {
			return d.tested(o, &it, field)
		}
	}
	var it item
	var value json.RawMessage
	switch {
	case strings.HasPrefix(field, "marketing_message") && !c.value.Exists():
		value, it.time, it.recipient.id = o.Raw, instant(c.timestamp), text(c.page)
	case c.value.Exists() && c.value.Type != gjson.Null:
		value = d.bytes(c.value)
	}
	o.settle(&it, false)
	if c.value.IsObject() {
		o.wire.lane = d.thing(field, c.value)
	}
	return &Change{Origin: *o, Object: d.object, Field: field, Value: value}
}

// tested decodes a messaging object in the form of the Test button.
func (d *decoder) tested(o *Origin, it *item, field string) Event {
	event := d.messaging(o, it)
	if field == string(sectionStandby) {
		return &Standby{event}
	}
	return event
}

// thing returns the comment, else the post, that the value of a change is about.
func (d *decoder) thing(field string, value gjson.Result) string {
	var comment, post string
	for key, v := range value.All() {
		switch key.Str {
		case "comment_id":
			comment = text(v)
		case "post_id":
			post = text(v)
		case "id":
			if d.channel == send.Instagram && instagramComment(field) {
				comment = text(v)
			}
		}
	}
	if comment != "" {
		return comment
	}
	return post
}

// instagramComment reports whether field is one whose values are comments.
func instagramComment(field string) bool {
	return field == FieldComments || field == FieldLiveComments
}

// messagingField reports whether field is one whose events are messaging objects.
//
// Source: Meta, Page and Instagram webhook field references, 2026.
func messagingField(field string) bool {
	switch field {
	case "messages", "message_echoes", "message_edits", "message_edit", "message_deliveries", "message_reads",
		"message_reactions", "standby", "response_feedback", "send_cart":
		return true
	}
	return strings.HasPrefix(field, "messaging_") && field != FieldMessagingIntegrity
}

// readPage fills in a comment on a Page, and returns what item the value says it is. Old webhooks name the
// author beside the comment.
func (c *Comment) readPage(v gjson.Result) (kind string) {
	var oldID, oldName string
	for key, value := range v.All() {
		switch key.Str {
		case "item":
			kind = text(value)
		case "comment_id":
			c.ID = text(value)
		case "post_id":
			c.PostID = text(value)
		case "parent_id":
			c.ParentID = text(value)
		case "message":
			c.Text = text(value)
		case "verb":
			c.Verb = text(value)
		case "created_time":
			c.readTime(value)
		case "from":
			c.FromID, c.FromName = readAuthor(value)
		case "sender_id":
			oldID = text(value)
		case "sender_name":
			oldName = text(value)
		}
	}
	if c.FromID == "" && c.FromName == "" {
		c.FromID, c.FromName = oldID, oldName
	}
	return kind
}

// readInstagram fills in a comment on Instagram.
func (c *Comment) readInstagram(v gjson.Result) {
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			c.ID = text(value)
		case "parent_id":
			c.ParentID = text(value)
		case "text":
			c.Text = text(value)
		case "timestamp":
			c.readTime(value)
		case "from":
			c.FromID, c.FromName = readAuthor(value)
		case "media":
			c.readMedia(value)
		}
	}
}

func (c *Comment) readTime(v gjson.Result) {
	if t := instant(v); !t.IsZero() {
		c.Time = t
	}
}

func (c *Comment) readMedia(v gjson.Result) {
	if !v.IsObject() {
		return
	}
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			c.MediaID = text(value)
		case "media_product_type":
			c.MediaType = text(value)
		case "ad_id":
			c.AdID = text(value)
		case "ad_title":
			c.AdTitle = text(value)
		case "original_media_id":
			c.OriginalMediaID = text(value)
		}
	}
}

// readAuthor reads who wrote a comment: a name on a Page, a username on Instagram.
func readAuthor(v gjson.Result) (id, name string) {
	if !v.IsObject() {
		return "", ""
	}
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			id = text(value)
		case "name", "username":
			name = text(value)
		}
	}
	return id, name
}
