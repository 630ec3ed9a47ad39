package send

import "encoding/json"

// Amount is a sum of money, such as "12.50", which goes out as a JSON number just as it is written. It has a
// point before the decimals, and neither currency nor thousands; empty is absent.
type Amount string

// MarshalJSON encodes a as a number. It fails if a is none.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(json.Number(a)) }

// ReceiptTemplate is an order that was paid. Send it with [Template]. Messenger only; Meta does not promise
// the order in which the elements are shown.
//
// Source: Meta, Receipt Template, 2026.
type ReceiptTemplate struct {
	// RecipientName is the person's. Required.
	RecipientName string `json:"recipient_name,omitempty"`
	// MerchantName is shown as the logo.
	MerchantName string `json:"merchant_name,omitempty"`
	// OrderNumber is the order's, which no other receipt of the Page may have. Required.
	OrderNumber string `json:"order_number,omitempty"`
	// Currency is an ISO 4217 code in capitals, such as "EUR". Required.
	Currency string `json:"currency,omitempty"`
	// PaymentMethod is how it was paid, such as "Visa 2345". Required.
	PaymentMethod string `json:"payment_method,omitempty"`
	// OrderURL is the order's page.
	OrderURL string `json:"order_url,omitempty"`
	// Timestamp is when the order was placed, in seconds since 1970.
	Timestamp int64 `json:"timestamp,string,omitempty"`
	// Elements are what was bought, at most 100.
	Elements []ReceiptElement `json:"elements,omitempty"`
	// Address is where it goes.
	Address *Address `json:"address,omitempty"`
	// Summary is what it costs. Required.
	Summary ReceiptSummary `json:"summary"`
	// Adjustments are what was taken off, such as a coupon.
	Adjustments []Adjustment `json:"adjustments,omitempty"`
	// Sharable lets people share the message.
	Sharable bool `json:"sharable,omitempty"`
}

// ReceiptElement is one thing that was bought.
//
// Source: Meta, Receipt Template, 2026.
type ReceiptElement struct {
	// Title is required.
	Title    string `json:"title,omitempty"`
	Subtitle string `json:"subtitle,omitempty"`
	Quantity int    `json:"quantity,omitempty"`
	// Price is required; "0" is one.
	Price    Amount `json:"price,omitempty"`
	Currency string `json:"currency,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
}

// Address is where an order goes. All but Street2 is required.
//
// Source: Meta, Receipt Template, 2026.
type Address struct {
	Street1    string `json:"street_1,omitempty"`
	Street2    string `json:"street_2,omitempty"`
	City       string `json:"city,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	State      string `json:"state,omitempty"`
	// Country is of two letters, such as "US".
	Country string `json:"country,omitempty"`
}

// ReceiptSummary is what an order costs.
//
// Source: Meta, Receipt Template, 2026.
type ReceiptSummary struct {
	Subtotal     Amount `json:"subtotal,omitempty"`
	ShippingCost Amount `json:"shipping_cost,omitempty"`
	TotalTax     Amount `json:"total_tax,omitempty"`
	// TotalCost is required, and not negative.
	TotalCost Amount `json:"total_cost,omitempty"`
}

// Adjustment is what was taken off the price of an order. Both fields are required.
//
// Source: Meta, Receipt Template, 2026.
type Adjustment struct {
	Name   string `json:"name,omitempty"`
	Amount Amount `json:"amount,omitempty"`
}

// MarshalJSON encodes t with its template_type.
func (t *ReceiptTemplate) MarshalJSON() ([]byte, error) {
	type fields ReceiptTemplate
	return typed(t.templateType(), (*fields)(t))
}

func (*ReceiptTemplate) templateType() string { return "receipt" }
