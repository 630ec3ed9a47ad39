package webhook

import (
	"github.com/tidwall/gjson"

	"github.com/parleybot/parley/send"
)

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

func readReaction(o *Origin, v gjson.Result) Event {
	r := &Reaction{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "mid":
			r.Mid = text(value)
		case "action":
			r.Action = text(value)
		case "reaction":
			r.Reaction = text(value)
		case "emoji":
			r.Emoji = text(value)
		}
	}
	return r
}

func readDelivery(o *Origin, v gjson.Result) Event {
	e := &Delivery{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "mids":
			if value.IsArray() {
				for _, mid := range value.All() {
					e.Mids = append(e.Mids, text(mid))
				}
			}
		case "watermark":
			e.Watermark = instant(value)
		}
	}
	return e
}

func readRead(o *Origin, v gjson.Result) Event {
	e := &Read{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "mid":
			e.Mid = text(value)
		case "watermark":
			e.Watermark = instant(value)
		}
	}
	return e
}
