package send

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

func (t *ReceiptTemplate) problems(r *report) {
	r.want("payload.recipient_name", t.RecipientName)
	r.want("payload.order_number", t.OrderNumber)
	r.want("payload.payment_method", t.PaymentMethod)
	if len(t.Currency) != 3 || strings.Trim(t.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		r.add("payload.currency", "want an ISO 4217 code in capitals, such as EUR")
	}
	r.count(elementsField, len(t.Elements), 0, maxReceiptElements)
	for i := range t.Elements {
		r.enter(elementsField, i)
		r.want("title", t.Elements[i].Title)
		r.want("price", string(t.Elements[i].Price))
		r.amount("price", t.Elements[i].Price)
		r.leave()
	}
	if a := t.Address; a != nil {
		r.want("payload.address.street_1", a.Street1)
		r.want("payload.address.city", a.City)
		r.want("payload.address.postal_code", a.PostalCode)
		r.want("payload.address.state", a.State)
		r.want("payload.address.country", a.Country)
	}
	r.amount("payload.summary.subtotal", t.Summary.Subtotal)
	r.amount("payload.summary.shipping_cost", t.Summary.ShippingCost)
	r.amount("payload.summary.total_tax", t.Summary.TotalTax)
	r.want("payload.summary.total_cost", string(t.Summary.TotalCost))
	r.amount("payload.summary.total_cost", t.Summary.TotalCost)
	if strings.HasPrefix(string(t.Summary.TotalCost), "-") {
		r.add("payload.summary.total_cost", "negative")
	}
	for i := range t.Adjustments {
		r.enter("payload.adjustments", i)
		r.want("name", t.Adjustments[i].Name)
		r.want("amount", string(t.Adjustments[i].Amount))
		r.amount("amount", t.Adjustments[i].Amount)
		r.leave()
	}
}

// amount reports a sum of money that is no number. An empty one is absent.
func (r *report) amount(field string, a Amount) {
	if a == "" {
		return
	}
	units, decimals, point := strings.Cut(strings.TrimPrefix(string(a), "-"), ".")
	if !whole(units) || point && !digits(decimals) {
		r.add(field, "want a number such as 12.50")
	}
}

func (t *FeedbackTemplate) problems(r *report) {
	r.feedbackText("payload.title", t.Title, maxFeedbackTitle)
	r.feedbackText("payload.subtitle", t.Subtitle, MaxElementSubtitle)
	r.feedbackText("payload.button_title", t.ButtonTitle, MaxButtonTitle)
	r.want("payload.business_privacy.url", t.Privacy.URL)
	r.expiry(t.ExpiresInDays)
	r.count("payload.feedback_screens", len(t.Screens), 1, 1)
	for i := range t.Screens {
		questions := t.Screens[i].Questions
		r.enter("payload.feedback_screens", i)
		r.count("questions", len(questions), 1, 1)
		for j := range questions {
			r.enter("questions", j)
			r.question(&questions[j])
			r.leave()
		}
		r.leave()
	}
}

// feedbackText reports a required text of a feedback template that is missing, too long, or has a link.
func (r *report) feedbackText(field, text string, limit int) {
	r.want(field, text)
	r.atMost(field, text, limit)
	if s := strings.ToLower(text); strings.Contains(s, "http://") || strings.Contains(s, "https://") {
		r.add(field, "want it without a URL")
	}
}

func (r *report) question(q *Question) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
	r.want("id", q.ID)
	r.atMost("id", q.ID, maxQuestionID)
	if strings.Trim(q.ID, letters) != "" {
		r.add("id", "want letters, digits and underscores only")
	}
	switch QuestionType(strings.ToLower(string(q.Type))) {
	case QuestionCSAT, QuestionNPS, QuestionCES, QuestionFreeForm:
	default:
		r.add("type", "want csat, nps, ces or free_form")
	}
	r.atMost("title", q.Title, mostQuestionTitle)
	if n := utf8.RuneCountInString(q.Title); n > 0 && n < leastQuestionTitle {
		r.add("title", "%d characters, at least %d", n, leastQuestionTitle)
	}
	if q.FollowUp != nil {
		r.atMost("follow_up.placeholder", q.FollowUp.Placeholder, maxPlaceholder)
	}
}

func (t *InformationTemplate) problems(r *report) {
	r.want("payload.business_privacy.url", t.Privacy.URL)
	r.expiry(t.ExpiresInDays)
	r.overrides("payload.address_overrides", t.AddressOverrides)
	r.overrides("payload.contact_overrides", t.ContactOverrides)
}

// overrides reports what cannot be sent as it is.
func (r *report) overrides(list string, overrides []json.RawMessage) {
	for i, o := range overrides {
		if !json.Valid(o) {
			r.enter(list, i)
			r.add("", "want JSON")
			r.leave()
		}
	}
}

// expiry reports a form that is open for too long. 0 is Meta's default.
func (r *report) expiry(inDays int) {
	if inDays < 0 || inDays > maxExpiryDays {
		r.add("payload.expires_in_days", "%d, want 1 to %d", inDays, maxExpiryDays)
	}
}

func (t *InstantFormTemplate) problems(r *report) { r.want("payload.form_id", t.FormID) }
