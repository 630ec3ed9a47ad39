package send_test

import (
	"encoding/json"

	"github.com/parleybot/parley/send"
)

// refusedForms are the receipts, feedback and information templates that Meta refuses, as refusedMessages.
var refusedForms = map[string]refused{
	"P20 no recipient_name": {receiptWith(func(r *send.ReceiptTemplate) { r.RecipientName = "" }), send.Messenger, inPayload + "recipient_name: missing"},
	"P20 no order_number":   {receiptWith(func(r *send.ReceiptTemplate) { r.OrderNumber = "" }), send.Messenger, inPayload + "order_number: missing"},
	"P20 no payment_method": {receiptWith(func(r *send.ReceiptTemplate) { r.PaymentMethod = "" }), send.Messenger, inPayload + "payment_method: missing"},
	"P20 no currency":       {receiptWith(func(r *send.ReceiptTemplate) { r.Currency = "" }), send.Messenger, inPayload + wantCurrency},
	"P20 a small currency":  {receiptWith(func(r *send.ReceiptTemplate) { r.Currency = "usd" }), send.Messenger, inPayload + wantCurrency},
	"P20 no total":          {receiptWith(func(r *send.ReceiptTemplate) { r.Summary.TotalCost = "" }), send.Messenger, inPayload + "summary.total_cost: missing"},
	"P20 a negative total":  {receiptWith(func(r *send.ReceiptTemplate) { r.Summary.TotalCost = "-1" }), send.Messenger, inPayload + "summary.total_cost: negative"},
	"P20 101 elements":      {receiptWith(func(r *send.ReceiptTemplate) { r.Elements = mugs(101) }), send.Messenger, inPayload + "elements: 101, at most 100"},
	"P20 element title":     {receiptWith(func(r *send.ReceiptTemplate) { r.Elements[0].Title = "" }), send.Messenger, inPayload + "elements[0].title: missing"},
	"P20 element price":     {receiptWith(func(r *send.ReceiptTemplate) { r.Elements[0].Price = "" }), send.Messenger, inPayload + "elements[0].price: missing"},
	"P20 street":            {receiptWith(func(r *send.ReceiptTemplate) { r.Address.Street1 = "" }), send.Messenger, inPayload + "address.street_1: missing"},
	"P20 city":              {receiptWith(func(r *send.ReceiptTemplate) { r.Address.City = "" }), send.Messenger, inPayload + "address.city: missing"},
	"P20 postal code":       {receiptWith(func(r *send.ReceiptTemplate) { r.Address.PostalCode = "" }), send.Messenger, inPayload + "address.postal_code: missing"},
	"P20 state":             {receiptWith(func(r *send.ReceiptTemplate) { r.Address.State = "" }), send.Messenger, inPayload + "address.state: missing"},
	"P20 country":           {receiptWith(func(r *send.ReceiptTemplate) { r.Address.Country = "" }), send.Messenger, inPayload + "address.country: missing"},
	"P20 adjustment name":   {receiptWith(func(r *send.ReceiptTemplate) { r.Adjustments[0].Name = "" }), send.Messenger, inPayload + "adjustments[0].name: missing"},
	"P20 adjustment amount": {receiptWith(func(r *send.ReceiptTemplate) { r.Adjustments[0].Amount = "" }), send.Messenger, inPayload + "adjustments[0].amount: missing"},

	"P11c no title":          {feedbackWith(func(f *send.FeedbackTemplate) { f.Title = "" }), send.Messenger, inPayload + "title: missing"},
	"P11c no subtitle":       {feedbackWith(func(f *send.FeedbackTemplate) { f.Subtitle = "" }), send.Messenger, inPayload + "subtitle: missing"},
	"P11c no button title":   {feedbackWith(func(f *send.FeedbackTemplate) { f.ButtonTitle = "" }), send.Messenger, inPayload + "button_title: missing"},
	"P11c no privacy":        {feedbackWith(func(f *send.FeedbackTemplate) { f.Privacy.URL = "" }), send.Messenger, inPayload + "business_privacy.url: missing"},
	"P22 title":              {feedbackWith(func(f *send.FeedbackTemplate) { f.Title = accents(66) }), send.Messenger, inPayload + "title: 66 characters, at most 65"},
	"P22 subtitle":           {feedbackWith(func(f *send.FeedbackTemplate) { f.Subtitle = accents(81) }), send.Messenger, inPayload + "subtitle: 81 characters, at most 80"},
	"P22 button title":       {feedbackWith(func(f *send.FeedbackTemplate) { f.ButtonTitle = accents(21) }), send.Messenger, inPayload + "button_title: 21 characters, at most 20"},
	"P22 a link":             {feedbackWith(func(f *send.FeedbackTemplate) { f.Subtitle = "See HTTPS://a.example" }), send.Messenger, inPayload + "subtitle: want it without a URL"},
	"P22 no screen":          {feedbackWith(func(f *send.FeedbackTemplate) { f.Screens = nil }), send.Messenger, inPayload + "feedback_screens: 0, at least 1"},
	"P22 two screens":        {feedbackWith(func(f *send.FeedbackTemplate) { f.Screens = append(f.Screens, f.Screens...) }), send.Messenger, inPayload + "feedback_screens: 2, at most 1"},
	"P22 no question":        {feedbackWith(func(f *send.FeedbackTemplate) { f.Screens[0].Questions = nil }), send.Messenger, inPayload + "feedback_screens[0].questions: 0, at least 1"},
	"P22 two questions":      {feedbackWith(func(f *send.FeedbackTemplate) { s := &f.Screens[0]; s.Questions = append(s.Questions, s.Questions...) }), send.Messenger, inPayload + "feedback_screens[0].questions: 2, at most 1"},
	"P22 8 days":             {feedbackWith(func(f *send.FeedbackTemplate) { f.ExpiresInDays = 8 }), send.Messenger, inPayload + "expires_in_days: 8, want 1 to 7"},
	"P22 a day ago":          {feedbackWith(func(f *send.FeedbackTemplate) { f.ExpiresInDays = -1 }), send.Messenger, inPayload + "expires_in_days: -1, want 1 to 7"},
	"P11c question id":       {questionWith(func(q *send.Question) { q.ID = "" }), send.Messenger, inQuestion + "id: missing"},
	"P22 long question id":   {questionWith(func(q *send.Question) { q.ID = longID }), send.Messenger, inQuestion + "id: 81 characters, at most 80"},
	"P22 odd question id":    {questionWith(func(q *send.Question) { q.ID = "q-1" }), send.Messenger, inQuestion + "id: want letters, digits and underscores only"},
	"P11c question type":     {questionWith(func(q *send.Question) { q.Type = "" }), send.Messenger, inQuestion + wantType},
	"X02 other type":         {questionWith(func(q *send.Question) { q.Type = "stars" }), send.Messenger, inQuestion + wantType},
	"P22 long question":      {questionWith(func(q *send.Question) { q.Title = accents(86) }), send.Messenger, inQuestion + "title: 86 characters, at most 85"},
	"P22 short question":     {questionWith(func(q *send.Question) { q.Title = accents(4) }), send.Messenger, inQuestion + "title: 4 characters, at least 5"},
	"P22 placeholder":        {questionWith(func(q *send.Question) { q.FollowUp.Placeholder = accents(66) }), send.Messenger, inQuestion + "follow_up.placeholder: 66 characters, at most 65"},
	"P11c whose privacy":     {templated(&send.InformationTemplate{}), send.Messenger, inPayload + "business_privacy.url: missing"},
	"X07 information 8 days": {informationIn(8), send.Messenger, inPayload + "expires_in_days: 8, want 1 to 7"},
	"X01 address overrides":  {overridden("{}", "{"), send.Messenger, inPayload + "address_overrides[1]: want JSON"},
	"X01 contact overrides":  {overridden("", "{}"), send.Messenger, inPayload + "contact_overrides[0]: want JSON"},
}

const (
	inQuestion   = inPayload + "feedback_screens[0].questions[0]."
	wantCurrency = "currency: want an ISO 4217 code in capitals, such as EUR"
	wantType     = "type: want csat, nps, ces or free_form"
	longID       = "q23456789_q23456789_q23456789_q23456789_q23456789_q23456789_q23456789_q23456789_1"
)

// atTheLimit are templates with everything just as long and as many as Meta takes.
var atTheLimit = map[string]send.Message{
	"coupon": couponWith(func(c *send.CouponTemplate) { c.Title, c.Subtitle, c.Code = accents(80), accents(80), "" }),
	"receipt": receiptWith(func(r *send.ReceiptTemplate) {
		r.Elements, r.Summary.TotalCost, r.Address, r.Adjustments = mugs(100), "0", nil, nil
	}),
	"feedback": feedbackWith(func(f *send.FeedbackTemplate) {
		f.Title, f.Subtitle, f.ButtonTitle, f.ExpiresInDays = accents(65), accents(80), accents(20), 7
		q := &f.Screens[0].Questions[0]
		q.ID, q.Title, q.FollowUp.Placeholder = longID[:80], accents(85), accents(65)
	}),
	"no question title": questionWith(func(q *send.Question) { q.Title = "" }),
	"overrides":         overridden(`{"street_1":"1 rue A"}`, `{}`),
	"short question":    questionWith(func(q *send.Question) { q.Title, q.FollowUp, q.Type = accents(5), nil, "CES"; q.ScoreOption = "" }),
	"grid": gridWith(func(e *send.GridElement) {
		e.Images, e.Title, e.Subtitle, e.Buttons = pictures(6), accents(45), accents(80), postbacks(3)
	}),
	"small grid":         gridWith(func(e *send.GridElement) { *e = send.GridElement{Images: pictures(2)} }),
	"one time":           send.AskOneTime(accents(65), "p"),
	"notification":       templated(&send.NotificationTemplate{Title: accents(65)}),
	"products":           send.Products("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
	"pictures":           send.Images(picture, picture, picture, picture, picture, picture, picture, picture, picture, picture),
	"game with a player": button(send.Button{Type: "game_play", Title: "t", Game: &send.GameMetadata{PlayerID: "1"}}),
}

func receiptWith(change func(*send.ReceiptTemplate)) send.Message {
	r := sampleReceipt()
	change(r)
	return templated(r)
}

func feedbackWith(change func(*send.FeedbackTemplate)) send.Message {
	f := sampleFeedback()
	change(f)
	return templated(f)
}

func questionWith(change func(*send.Question)) send.Message {
	return feedbackWith(func(f *send.FeedbackTemplate) { change(&f.Screens[0].Questions[0]) })
}

func informationIn(days int) send.Message {
	t := sampleInformation()
	t.ExpiresInDays = days
	return templated(t)
}

// overridden returns an information template whose overrides of both kinds are texts.
func overridden(texts ...string) send.Message {
	t := sampleInformation()
	for _, text := range texts {
		t.AddressOverrides = append(t.AddressOverrides, json.RawMessage(text))
		t.ContactOverrides = append(t.ContactOverrides, json.RawMessage(text))
	}
	return templated(t)
}

func mugs(n int) []send.ReceiptElement {
	out := make([]send.ReceiptElement, n)
	for i := range out {
		out[i] = send.ReceiptElement{Title: "Mug", Price: "0"}
	}
	return out
}
