package send_test

import (
	"testing"

	"github.com/parleybot/parley/send"
)

func TestAmounts(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"0": true, "12": true, "12.50": true, "-5": true, "0.005": true, "12,50": false, "1 000": false, "EUR": false,
		".5": false, "5.": false, "007": false, "1e3": false, "-": false, "+1": false, "--1": false,
	}
	for amount, valid := range tests {
		m := receiptWith(func(r *send.ReceiptTemplate) { r.Adjustments[0].Amount = send.Amount(amount) })
		switch err := m.Validate(send.Messenger); {
		case valid && err != nil:
			t.Errorf("Validate(%s) = %v, want nil", amount, err)
		case !valid && (err == nil || !hasLine(err, "send: "+inPayload+"adjustments[0].amount: want a number such as 12.50")):
			t.Errorf("Validate(%s) = %v, want it refused", amount, err)
		}
		if body, err := send.Amount(amount).MarshalJSON(); valid && (err != nil || string(body) != amount) {
			t.Errorf("Marshal(%s) = %s, %v", amount, body, err)
		}
	}
}

func TestEveryAmountIsChecked(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*send.ReceiptTemplate){
		"elements[0].price":     func(r *send.ReceiptTemplate) { r.Elements[0].Price = "x" },
		"summary.subtotal":      func(r *send.ReceiptTemplate) { r.Summary.Subtotal = "x" },
		"summary.shipping_cost": func(r *send.ReceiptTemplate) { r.Summary.ShippingCost = "x" },
		"summary.total_tax":     func(r *send.ReceiptTemplate) { r.Summary.TotalTax = "x" },
		"summary.total_cost":    func(r *send.ReceiptTemplate) { r.Summary.TotalCost = "x" },
		"adjustments[0].amount": func(r *send.ReceiptTemplate) { r.Adjustments[0].Amount = "x" },
	} {
		err := receiptWith(change).Validate(send.Messenger)
		if want := "send: " + inPayload + field + ": want a number such as 12.50"; err == nil || err.Error() != want {
			t.Errorf("Validate = %v, want %s", err, want)
		}
	}
}
