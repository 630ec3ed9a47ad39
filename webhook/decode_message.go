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
		return known(o, "unsend", m.Mid, "")
	case echo:
		return &Echo{*o, m.Mid, m.Text, app, metadata, m.Attachments, m.ReplyTo}
	}
	m.Origin = *o
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
		m.Attachments = d.attachments(v)
	case "reply_to":
		m.ReplyTo = readReplyTo(v)
	case "sticker_id":
		m.StickerID = text(v)
	case "referral":
		m.Referral = nested(v)
	case "is_unsupported":
		m.Unsupported = v.Bool()
	}
}

// known returns an event without a type of its own whose identity is known all the same.
func known(o *Origin, kind, mid, number string) Event {
	u := &Unknown{Origin: *o}
	if mid == "" {
		return u
	}
	if number != "" {
		mid += ":" + number
	}
	u.id = bounded(kind, mid)
	return u
}

func readEdit(o *Origin, v gjson.Result) Event {
	var mid, number string
	for key, value := range v.All() {
		switch key.Str {
		case "mid":
			mid = text(value)
		case "num_edit", "num_edits":
			number = text(value)
		}
	}
	return known(o, "edit", mid, number)
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

// attachments reads a list of attachments; elements that are no objects are left out.
func (d *decoder) attachments(v gjson.Result) []Attachment {
	if !v.IsArray() {
		return nil
	}
	n := 0
	for range v.All() {
		n++
	}
	if n == 0 {
		return nil
	}
	list := make([]Attachment, 0, n) // the list may be long: growing it would cost more than counting
	for _, element := range v.All() {
		if element.IsObject() {
			list = append(list, d.attachment(element))
		}
	}
	return list
}

// attachment reads one attachment. Links in echoes carry title and url beside the payload instead of in it.
func (d *decoder) attachment(v gjson.Result) Attachment {
	var a, payload Attachment
	for key, value := range v.All() {
		switch key.Str {
		case "type":
			a.Type = text(value)
		case "url":
			a.URL = text(value)
		case "title":
			a.Title = text(value)
		case "payload":
			if value.Type != gjson.Null {
				payload = d.payload(value)
			}
		}
	}
	a.StickerID, a.Coordinates, a.Payload = payload.StickerID, payload.Coordinates, payload.Payload
	if payload.URL != "" {
		a.URL = payload.URL
	}
	if payload.Title != "" {
		a.Title = payload.Title
	}
	return a
}

func (d *decoder) payload(v gjson.Result) Attachment {
	a := Attachment{Payload: d.bytes(v)}
	if !v.IsObject() {
		return a
	}
	for key, value := range v.All() {
		switch key.Str {
		case "url":
			a.URL = text(value)
		case "title":
			a.Title = text(value)
		case "sticker_id":
			a.StickerID = text(value)
		case "coordinates":
			a.Coordinates = readCoordinates(value)
		}
	}
	return a
}

func readCoordinates(v gjson.Result) *Coordinates {
	if !v.IsObject() {
		return nil
	}
	place := new(Coordinates)
	for key, value := range v.All() {
		switch key.Str {
		case "lat":
			place.Lat = finite(value)
		case "long":
			place.Long = finite(value)
		}
	}
	return place
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

// nested reads the referral inside a message or a postback.
func nested(v gjson.Result) *ReferralDetails {
	if !v.IsObject() {
		return nil
	}
	details := readReferral(v)
	return &details
}

func readReferral(v gjson.Result) ReferralDetails {
	var details ReferralDetails
	for key, value := range v.All() {
		switch key.Str {
		case "ref":
			details.Ref = text(value)
		case "source":
			details.Source = text(value)
		case "type":
			details.Type = text(value)
		case "ad_id":
			details.AdID = text(value)
		case "referer_uri":
			details.RefererURI = text(value)
		case "ads_context_data":
			details.Ad = readAdContext(value)
		case "product":
			if value.IsObject() {
				details.ProductID, _ = readStory(value)
			}
		}
	}
	return details
}

func readAdContext(v gjson.Result) *AdContext {
	if !v.IsObject() {
		return nil
	}
	ad := new(AdContext)
	for key, value := range v.All() {
		switch key.Str {
		case "ad_title":
			ad.Title = text(value)
		case "photo_url":
			ad.PhotoURL = text(value)
		case "video_url":
			ad.VideoURL = text(value)
		case "post_id":
			ad.PostID = text(value)
		case "product_id":
			ad.ProductID = text(value)
		case "flow_id":
			ad.FlowID = text(value)
		}
	}
	return ad
}
