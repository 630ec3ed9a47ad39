package webhook

import "github.com/tidwall/gjson"

// message decodes a message object: a person's message, the echo of the Page's, or the note that one was
// unsent.
func (d *decoder) message(o *Origin, it *item) Event {
	m := new(Message)
	var echo, deleted bool
	var app, metadata string
	for key, v := range it.value.All() {
		switch key.Str {
		case "is_deleted":
			deleted = v.Bool()
		case "is_echo":
			echo = v.Bool()
		case "app_id":
			app = text(v)
		case "metadata":
			metadata = text(v)
		default:
			d.set(m, key.Str, v)
		}
	}
	o.settle(it, echo)
	switch {
	case deleted:
		return &Unsend{*o, m.Mid, echo}
	case echo:
		return &Echo{*o, m.Mid, m.Text, app, metadata, m.Attachments, m.ReplyTo}
	}
	m.Origin = *o
	m.PriorMessage = readPrior(it.prior)
	m.Hops = d.hopsOf(it)
	for i := 0; i < len(m.Attachments) && m.StickerID == ""; i++ {
		m.StickerID = m.Attachments[i].StickerID
	}
	return m
}

// set fills the field of a message that key names.
func (d *decoder) set(m *Message, key string, v gjson.Result) {
	switch key {
	case "mid":
		m.Mid = text(v)
	case "text":
		m.Text = text(v)
	case "quick_reply":
		m.QuickReply = readQuickReply(v)
	case "attachments":
		m.Attachments = collect(v, d.attachment)
	case "reply_to":
		m.ReplyTo = readReplyTo(v)
	case "sticker_id":
		m.StickerID = text(v)
	case "referral":
		m.Referral = nested(v)
	case "commands":
		m.Commands = readEach(v, "name")
	case "nlp":
		if v.Type != gjson.Null {
			m.NLP = d.bytes(v)
		}
	case "tags":
		m.Tags = readEach(v, "source")
	case "is_unsupported":
		m.Unsupported = v.Bool()
	case "is_self":
		m.Self = v.Bool()
	}
}

// readEach returns what the objects of a list say under name.
func readEach(v gjson.Result, name string) []string {
	var all []string
	for element := range objects(v) {
		for key, value := range element.All() {
			if key.Str == name {
				all = append(all, text(value))
			}
		}
	}
	return all
}

func readPrior(v gjson.Result) *PriorMessage {
	if !v.IsObject() {
		return nil
	}
	prior := new(PriorMessage)
	for key, value := range v.All() {
		switch key.Str {
		case "source":
			prior.Source = text(value)
		case "identifier":
			prior.Identifier = text(value)
		}
	}
	return prior
}

func readQuickReply(v gjson.Result) *QuickReply {
	if !v.IsObject() {
		return nil
	}
	quickReply := new(QuickReply)
	for key, value := range v.All() {
		if key.Str == "payload" {
			quickReply.Payload = text(value)
		}
	}
	return quickReply
}

func readReplyTo(v gjson.Result) *ReplyTo {
	if !v.IsObject() {
		return nil
	}
	reply := new(ReplyTo)
	for key, value := range v.All() {
		switch key.Str {
		case "mid":
			reply.Mid = text(value)
		case "is_self_reply":
			reply.Self = value.Bool()
		case "story":
			if value.IsObject() {
				reply.StoryID, reply.StoryURL = readStory(value)
			}
		}
	}
	return reply
}

func readStory(v gjson.Result) (id, url string) {
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			id = text(value)
		case "url":
			url = text(value)
		}
	}
	return id, url
}

func readPostback(o *Origin, v gjson.Result) Event {
	p := &Postback{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "mid":
			p.Mid = text(value)
		case "title":
			p.Title = text(value)
		case "payload":
			p.Payload = text(value)
		case "referral":
			p.Referral = nested(value)
		}
	}
	return p
}
