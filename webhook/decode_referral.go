package webhook

import (
	"github.com/tidwall/gjson"

	"github.com/parleybot/parley/send"
)

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
		case "is_guest_user":
			details.Guest = value.Bool()
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

// readLead reads the questions of a lead ad and their answers.
func readLead(v gjson.Result) []Answer {
	if !v.IsObject() {
		return nil
	}
	var lead []Answer
	for key, list := range v.All() {
		if key.Str == "data" {
			lead = collect(list, readAnswer)
		}
	}
	return lead
}

func readAnswer(v gjson.Result) Answer {
	var a Answer
	for key, value := range v.All() {
		switch key.Str {
		case "question":
			a.Question = text(value)
		case "answer":
			a.Answer = text(value)
		}
	}
	return a
}

func readOptIn(o *Origin, v gjson.Result) Event {
	e := new(OptIn)
	if v.IsObject() {
		for key, value := range v.All() {
			e.set(key.Str, value)
		}
	}
	if o.Recipient == (send.Recipient{}) && e.UserRef != "" {
		o.Recipient = send.UserRef(e.UserRef)
	}
	e.Origin = *o
	return e
}

// set fills the field of an opt-in that key names.
func (e *OptIn) set(key string, v gjson.Result) {
	switch key {
	case "type":
		e.Type = text(v)
	case "ref":
		e.Ref = text(v)
	case "user_ref":
		e.UserRef = text(v)
	case "payload":
		e.Payload = text(v)
	case "title":
		e.Title = text(v)
	case "source":
		e.Source = text(v)
	case "one_time_notif_token":
		e.OneTimeToken = text(v)
	case "notification_messages_token":
		e.NotificationToken = text(v)
	case "notification_messages_topic":
		e.Topic = text(v)
	case "notification_messages_frequency":
		e.Frequency = text(v)
	case "notification_messages_timezone":
		e.Timezone = text(v)
	case "notification_messages_status":
		e.Status = text(v)
	case "user_token_status":
		e.TokenStatus = text(v)
	case "token_expiry_timestamp":
		e.TokenExpiry = instant(v)
	}
}
