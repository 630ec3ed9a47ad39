package webhook

import "github.com/tidwall/gjson"

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

func readEdit(o *Origin, v gjson.Result) Event {
	e := &Edit{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "mid":
			e.Mid = text(value)
		case "text":
			e.Text = text(value)
		case "num_edit", "num_edits":
			e.Number, e.number = int(whole(value)), text(value)
		}
	}
	return e
}
