package webhook

import "github.com/tidwall/gjson"

// attachment reads one attachment. Links in echoes carry title and url beside the payload instead of in it,
// and in old webhooks the key was URL.
func (d *decoder) attachment(v gjson.Result) Attachment {
	var a, payload Attachment
	for key, value := range v.All() {
		switch key.Str {
		case "type":
			a.Type = text(value)
		case "url", "URL":
			a.URL = text(value)
		case "title":
			a.Title = text(value)
		case "payload":
			if value.Type != gjson.Null {
				payload = d.payload(value)
			}
		}
	}
	payload.Type = a.Type
	if payload.URL == "" {
		payload.URL = a.URL
	}
	if payload.Title == "" {
		payload.Title = a.Title
	}
	if a.Type != AttachmentBooking {
		payload.Booking = nil
	}
	return payload
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
		case "id", "reel_video_id":
			a.ID = text(value)
		case "coordinates":
			a.Coordinates = readCoordinates(value)
		case "product":
			a.Products = readProducts(value)
		case "booking_id", "status", "start_time", "end_time", "timezone":
			if a.Booking == nil {
				a.Booking = new(Booking)
			}
			a.Booking.set(key.Str, value)
		}
	}
	return a
}

// set fills the field of an appointment that key names.
func (b *Booking) set(key string, v gjson.Result) {
	switch key {
	case "booking_id":
		b.ID = text(v)
	case "status":
		b.Status = text(v)
	case "start_time":
		b.Start = instant(v)
	case "end_time":
		b.End = instant(v)
	case "timezone":
		b.Timezone = text(v)
	}
}

// readProducts reads the elements of a product template.
func readProducts(v gjson.Result) []Product {
	if !v.IsObject() {
		return nil
	}
	var products []Product
	for key, list := range v.All() {
		if key.Str == "elements" {
			products = collect(list, readProduct)
		}
	}
	return products
}

func readProduct(v gjson.Result) Product {
	var p Product
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			p.ID = text(value)
		case "retailer_id":
			p.RetailerID = text(value)
		case "image_url":
			p.ImageURL = text(value)
		case "title":
			p.Title = text(value)
		case "subtitle":
			p.Subtitle = text(value)
		}
	}
	return p
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
