package send

import "encoding/json"

// feedbackTemplate is the template that the tag CUSTOMER_FEEDBACK goes with.
const feedbackTemplate = "customer_feedback"

// FeedbackTemplate asks for a rating, a comment, or both. Send it with [Template], outside the window under
// [TagCustomerFeedback]. Messenger only; its answer is an event of its own. Title, Subtitle and ButtonTitle
// may not hold a URL.
//
// Source: Meta, Customer Feedback Template, 2026 (in development).
type FeedbackTemplate struct {
	// Title is at most 65 characters. Required.
	Title string `json:"title,omitempty"`
	// Subtitle is at most 80 characters. Required.
	Subtitle string `json:"subtitle,omitempty"`
	// ButtonTitle is at most 20 characters. Required.
	ButtonTitle string `json:"button_title,omitempty"`
	// Screens is exactly one. Required.
	Screens []FeedbackScreen `json:"feedback_screens,omitempty"`
	// Privacy links the privacy policy of the business. Required.
	Privacy Privacy `json:"business_privacy"`
	// ExpiresInDays is how long it can be answered: 1 to 7 days, Meta's default is 1.
	ExpiresInDays int `json:"expires_in_days,omitempty"`
}

// Privacy links the privacy policy of a business.
//
// Source: Meta, Customer Feedback Template, 2026.
type Privacy struct {
	// URL is required.
	URL string `json:"url,omitempty"`
}

// FeedbackScreen is a screen of a feedback template.
//
// Source: Meta, Customer Feedback Template, 2026.
type FeedbackScreen struct {
	// Questions is exactly one.
	Questions []Question `json:"questions,omitempty"`
}

// Question is what a feedback template asks.
//
// Source: Meta, Customer Feedback Template, 2026.
type Question struct {
	// ID names the question in the answer: at most 80 letters, digits and underscores. Required.
	ID string `json:"id,omitempty"`
	// Type is how it is answered. Required.
	Type QuestionType `json:"type,omitempty"`
	// Title is of 5 to 85 characters; Meta has one for each type.
	Title string `json:"title,omitempty"`
	// ScoreLabel names the ends of the scale: "neg_pos", "hard_easy", "dis_sat", "unlike_like", "poor_great"
	// or "none".
	ScoreLabel string `json:"score_label,omitempty"`
	// ScoreOption is the scale: for csat "one_to_five", "five_stars" (Meta's default) or "five_emojis"; for
	// nps "zero_to_ten"; for ces "one_to_seven".
	ScoreOption string `json:"score_option,omitempty"`
	// FollowUp asks for words beside the rating.
	FollowUp *FollowUp `json:"follow_up,omitempty"`
}

// QuestionType is how a question is answered.
type QuestionType string

// The types of questions.
//
// Source: Meta, Customer Feedback Template, 2026.
const (
	QuestionCSAT     QuestionType = "csat"      // how satisfied
	QuestionNPS      QuestionType = "nps"       // how likely to recommend
	QuestionCES      QuestionType = "ces"       // how easy
	QuestionFreeForm QuestionType = "free_form" // in words
)

// FollowUp asks for words beside a rating.
//
// Source: Meta, Customer Feedback Template, 2026.
type FollowUp struct {
	// Type is [QuestionFreeForm]. Required.
	Type QuestionType `json:"type,omitempty"`
	// Placeholder is at most 65 characters.
	Placeholder string `json:"placeholder,omitempty"`
}

// InformationTemplate asks for a person's address and contact data. Send it with [Template]. Messenger only;
// its answer is an event of its own.
//
// Source: Meta, Customer Information Template, 2026.
type InformationTemplate struct {
	// Privacy links the privacy policy of the business. Required.
	Privacy Privacy `json:"business_privacy"`
	// Countries are of two letters; Meta's default is all.
	Countries []string `json:"countries,omitempty"`
	// AddressOverrides and ContactOverrides change the fields that are asked for; their JSON is sent as it
	// is.
	AddressOverrides []json.RawMessage `json:"address_overrides,omitempty"`
	ContactOverrides []json.RawMessage `json:"contact_overrides,omitempty"`
	// ExpiresInDays is how long it can be answered: 1 to 7 days.
	ExpiresInDays int `json:"expires_in_days,omitempty"`
	// Purpose is "SHIPPING".
	Purpose string `json:"purpose,omitempty"`
}

// InstantFormTemplate opens a lead form of the Page. Messenger only.
//
// Source: Meta, Instant Form Template, 2026 (in development).
type InstantFormTemplate struct {
	// FormID is the form's. Required.
	FormID string `json:"form_id,omitempty"`
}

// InstantForm returns a message that opens a lead form of the Page.
func InstantForm(formID string) Message { return Template(&InstantFormTemplate{FormID: formID}) }

// MarshalJSON encodes t with its template_type.
func (t *FeedbackTemplate) MarshalJSON() ([]byte, error) {
	type fields FeedbackTemplate
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *InformationTemplate) MarshalJSON() ([]byte, error) {
	type fields InformationTemplate
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *InstantFormTemplate) MarshalJSON() ([]byte, error) {
	type fields InstantFormTemplate
	return typed(t.templateType(), (*fields)(t))
}

func (*FeedbackTemplate) templateType() string    { return feedbackTemplate }
func (*InformationTemplate) templateType() string { return "customer_information" }
func (*InstantFormTemplate) templateType() string { return "instant_form" }
