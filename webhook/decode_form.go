package webhook

import "github.com/tidwall/gjson"

func readFeedback(o *Origin, v gjson.Result) Event {
	f := &Feedback{Origin: *o}
	for key, list := range v.All() {
		if key.Str == "feedback_screens" {
			f.Screens = collect(list, readFeedbackScreen)
		}
	}
	return f
}

func readFeedbackScreen(v gjson.Result) FeedbackScreen {
	var screen FeedbackScreen
	for key, value := range v.All() {
		switch key.Str {
		case "screen_id":
			screen.ID = text(value)
		case "questions":
			screen.Questions = readQuestions(value)
		}
	}
	return screen
}

func readQuestions(v gjson.Result) map[string]FeedbackAnswer {
	if !v.IsObject() {
		return nil
	}
	questions := make(map[string]FeedbackAnswer)
	for id, value := range v.All() {
		if value.IsObject() {
			questions[valid(id.Str)] = readFeedbackAnswer(value)
		}
	}
	return questions
}

func readFeedbackAnswer(v gjson.Result) FeedbackAnswer {
	var answer FeedbackAnswer
	for key, value := range v.All() {
		switch key.Str {
		case "type":
			answer.Type = text(value)
		case "payload":
			answer.Payload = text(value)
		case "follow_up":
			answer.readFollowUp(value)
		}
	}
	return answer
}

func (a *FeedbackAnswer) readFollowUp(v gjson.Result) {
	if !v.IsObject() {
		return
	}
	for key, value := range v.All() {
		switch key.Str {
		case "type":
			a.FollowUpType = text(value)
		case "payload":
			a.FollowUp = text(value)
		}
	}
}

func readInformation(o *Origin, v gjson.Result) Event {
	c := &CustomerInformation{Origin: *o}
	for key, list := range v.All() {
		if key.Str == "screens" {
			c.Screens = collect(list, readInformationScreen)
		}
	}
	return c
}

func readInformationScreen(v gjson.Result) InformationScreen {
	var screen InformationScreen
	for key, value := range v.All() {
		switch key.Str {
		case "screen_id":
			screen.ID = text(value)
		case "responses":
			screen.Responses = collect(value, readInformationResponse)
		}
	}
	return screen
}

func readInformationResponse(v gjson.Result) InformationResponse {
	var response InformationResponse
	for key, value := range v.All() {
		switch key.Str {
		case "key":
			response.Key = text(value)
		case "value":
			response.Value = text(value)
		}
	}
	return response
}

func readCart(o *Origin, v gjson.Result) Event {
	c := &Cart{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "products":
			c.Products = collect(value, readCartProduct)
		case "note":
			c.Note = text(value)
		}
	}
	return c
}

func readCartProduct(v gjson.Result) CartProduct {
	var p CartProduct
	for key, value := range v.All() {
		switch key.Str {
		case "id":
			p.ID = text(value)
		case "retailer_id":
			p.RetailerID = text(value)
		case "name":
			p.Name = text(value)
		case "unit_price":
			p.UnitPrice = text(value)
		case "currency":
			p.Currency = text(value)
		case "quantity":
			p.Quantity = int(whole(value))
		}
	}
	return p
}

func readLeadForm(o *Origin, v gjson.Result) Event {
	id, _ := readStory(v)
	return &LeadForm{*o, id}
}

// readCoupon reads the tap on a coupon; a template of another type is none.
func readCoupon(o *Origin, it *item) Event {
	c := &Coupon{Origin: *o}
	kind := "coupon"
	for key, value := range it.value.All() {
		switch key.Str {
		case "type":
			kind = text(value)
		case "payload":
			c.Payload = text(value)
		case "coupon_code":
			c.Code = text(value)
		}
	}
	if kind != "coupon" {
		return nil
	}
	return c
}
