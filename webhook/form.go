package webhook

import (
	"encoding/json"
	"strings"
)

// Feedback is what a person answered to a customer feedback template. Messenger only.
//
// Source: Meta, messaging_feedback, 2026.
type Feedback struct {
	Origin
	// Screens are the screens of the template, in order. Today there is one.
	Screens []FeedbackScreen
}

// FeedbackScreen is one screen of a [Feedback].
type FeedbackScreen struct {
	// ID is the number of the screen, from 0.
	ID string
	// Questions are the person's answers by the IDs that the bot gave its questions.
	Questions map[string]FeedbackAnswer
}

// FeedbackAnswer is what a person answered to one question of a [Feedback].
type FeedbackAnswer struct {
	// Type is the kind of question, as csat, nps, ces or free_form.
	Type string
	// Payload is the answer: the score in digits, or what the person wrote.
	Payload string
	// FollowUpType is the kind of the question that followed, free_form; empty if none was answered.
	FollowUpType string
	// FollowUp is what the person wrote there.
	FollowUp string
}

// The values of ResponseFeedback.Feedback.
//
// Source: Meta, response_feedback, 2026.
const (
	GoodResponse = "Good response"
	BadResponse  = "Bad response"
)

// ResponseFeedback tells whether a person found a message of the bot good, by the thumbs that Messenger
// shows under each of them where the Page has subscribed to the field.
//
// Source: Meta, response_feedback, 2026.
type ResponseFeedback struct {
	Origin
	// Mid is the message of the bot.
	Mid string
	// Feedback is [GoodResponse] or [BadResponse].
	Feedback string
}

// Good reports whether the person found the message good.
func (r *ResponseFeedback) Good() bool { return strings.EqualFold(r.Feedback, GoodResponse) }

// CustomerInformation is what a person filled into a customer information template, as an address. Messenger
// only.
//
// Source: Meta, messaging_customer_information, 2026.
type CustomerInformation struct {
	Origin
	// Screens are the screens of the form, in order.
	Screens []InformationScreen
}

// InformationScreen is one screen of a [CustomerInformation].
type InformationScreen struct {
	// ID is what the screen is called.
	ID string
	// Responses are what the person filled in, in order.
	Responses []InformationResponse
}

// InformationResponse is one field of a form: its key, as postal_code, and what the person filled in.
type InformationResponse struct {
	Key, Value string
}

// Value returns what the person filled into the first field called key, "" if there is none.
func (c *CustomerInformation) Value(key string) string {
	for _, screen := range c.Screens {
		for _, response := range screen.Responses {
			if response.Key == key {
				return response.Value
			}
		}
	}
	return ""
}

// Cart is an order that a person sent from the products of the Page. Messenger only.
//
// Source: Meta, send_cart, 2026.
type Cart struct {
	Origin
	// Products are the lines of the order.
	Products []CartProduct
	// Note is what the person wrote to it.
	Note string
}

// CartProduct is one line of a [Cart].
type CartProduct struct {
	// ID is Meta's ID of the product, RetailerID the Page's own.
	ID, RetailerID string
	// Name is what the product is called.
	Name string
	// UnitPrice is the price of one, in decimal digits as Meta wrote it, so that nothing is rounded.
	UnitPrice string
	// Currency is that of the price, as ISO 4217 names it.
	Currency string
	// Quantity is how many the person orders.
	Quantity int
}

// LeadForm tells that a person has sent off a form in the thread (an instant form). Messenger only.
//
// Source: Meta, messaging_in_thread_lead_form_submit, 2026.
type LeadForm struct {
	Origin
	// FormID is the form. What was filled in is not told.
	FormID string
}

// Coupon tells that a person had the code of a coupon template shown. Messenger only.
//
// Source: Meta, coupon template, 2026.
type Coupon struct {
	Origin
	// Payload is what the bot gave the template.
	Payload string
	// Code is the coupon's code.
	Code string
}

// The values of GamePlay.ContextType.
//
// Source: Meta, messaging_game_plays, 2026.
const (
	GameSolo   = "SOLO"
	GameThread = "THREAD"
	GameGroup  = "GROUP"
)

// GamePlay tells that a person has played a round of the Page's Instant Game. Messenger only.
//
// Source: Meta, messaging_game_plays, 2026.
type GamePlay struct {
	Origin
	// GameID is the game's app, PlayerID the person in that game, which is no PSID.
	GameID, PlayerID string
	// Locale is the person's, as fr_FR.
	Locale string
	// ContextType is [GameSolo], [GameThread] or [GameGroup], and ContextID where it was played: empty for
	// [GameSolo].
	ContextType, ContextID string
	// Score is what the person reached, for classic games.
	Score int64
	// Payload is what the game gave for the bot, for rich games: JSON in a string.
	Payload string
}

// Payment is an event of the payments in Messenger: a payment, a check before one, or a changed address.
//
// Deprecated: payments never left their beta, and Meta has ended it, on a date that its pages do not give;
// a button with the URL of a checkout replaces it. The event is kept for old webhooks.
//
// Source: Meta, list of subscribed fields, 2026.
type Payment struct {
	Origin
	// Name is the event's key: payment, pre_checkout or checkout_update.
	Name string
	// Value is what stood there, byte for byte. It must not be changed.
	Value json.RawMessage
}

// Kind returns "feedback".
func (*Feedback) Kind() string { return "feedback" }

// Kind returns "response_feedback".
func (*ResponseFeedback) Kind() string { return "response_feedback" }

// Kind returns "customer_information".
func (*CustomerInformation) Kind() string { return "customer_information" }

// Kind returns "cart".
func (*Cart) Kind() string { return "cart" }

// Kind returns "lead_form".
func (*LeadForm) Kind() string { return "lead_form" }

// Kind returns "coupon".
func (*Coupon) Kind() string { return "coupon" }

// Kind returns "game_play".
func (*GamePlay) Kind() string { return "game_play" }

// Kind returns "payment".
func (*Payment) Kind() string { return "payment" }

func (*Feedback) event()            {}
func (*ResponseFeedback) event()    {}
func (*CustomerInformation) event() {}
func (*Cart) event()                {}
func (*LeadForm) event()            {}
func (*Coupon) event()              {}
func (*GamePlay) event()            {}
func (*Payment) event()             {}
