package send

// Tag is a message tag: the reason for which a message may leave the messaging window. Whatever the tag, the
// message must not be promotional.
type Tag string

// The message tags that Meta takes.
const (
	// TagHumanAgent marks the answer of a human agent to what a person has asked.
	//
	// Allowed: a human answers an inquiry that could not be solved within 24 hours. Not allowed: messages
	// that a bot writes, and messages that have nothing to do with the inquiry.
	//
	// Limit: 7 days from the person's last message. Channels: Messenger, and Instagram, which requires it and
	// has no other. Review: the feature Human Agent needs App Review, with an explanation of how the tag is
	// used; it is not there in standard access, nor in development mode.
	//
	// Source: Meta, Page/messages reference and Send API, v21.0 and v25.0 (2026).
	TagHumanAgent Tag = "HUMAN_AGENT"

	// TagCustomerFeedback goes with a [FeedbackTemplate].
	//
	// Allowed: a survey after a purchase or an event, a review of a product. Not allowed: every other
	// message, which Meta refuses under this tag.
	//
	// Limit: 7 days from the person's last message. Channels: Messenger only. Review: Meta names none.
	//
	// Source: Meta, Page/messages reference and Send API, v21.0 and v25.0 (2026), which still lists
	// it; others of Meta's pages of 2026 no longer do.
	TagCustomerFeedback Tag = "CUSTOMER_FEEDBACK"

	// TagNonPromotionalSubscription is the regular news of a Page that is registered as a news Page.
	//
	// Allowed: news. Not allowed: everything else, and every other Page: Meta refuses it with 10/2018065.
	//
	// Limit: none is known. Channels: Messenger only. Review: Meta approves the Page (permission
	// page_messaging_subscriptions).
	//
	// Source: Meta, message tags, 2026; errors that developers recorded.
	TagNonPromotionalSubscription Tag = "NON_PROMOTIONAL_SUBSCRIPTION"
)

// The message tags that Meta refuses, with 100/1893061, since 27 April 2026. They are refused with
// [ErrTagRetired] unless [Config].Retired is set. The tags that Meta removed on 4 March 2020, such as
// SHIPPING_UPDATE, have no constant; it answers that they are invalid.
const (
	// TagAccountUpdate told of a change of the person's application or account that does not recur.
	//
	// Allowed: a change of the state of an application or an account, a warning of fraud. Not allowed:
	// promotions, deals, coupons and discounts; what recurs, such as "your statement is ready", "your bill is
	// due" or new jobs; surveys, polls and reviews that have nothing to do with the talk before.
	//
	// Limit: none. Channels: Messenger only. Review: Meta names none.
	//
	// Source: Meta, Send API, v21.0; retired: Send API, v25.0, 2026.
	//
	// Deprecated: Meta refuses it since 27 April 2026; send a [UtilityMessage] with [TypeUtility] instead.
	TagAccountUpdate Tag = "ACCOUNT_UPDATE"

	// TagConfirmedEventUpdate told of an event that the person had registered for, ahead or in progress.
	//
	// Allowed: a reminder of a class, an appointment or an event that the person has scheduled; the
	// confirmation of a reservation, or of an attendance or an appointment that was accepted; news of a trip
	// that the person has scheduled, such as arrival, cancellation or late baggage. Not allowed: promotions,
	// deals, offers, coupons and discounts; events that the person has not registered for, such as reminders
	// to buy tickets, cross-selling of other events, tour dates; events of the past; surveys, polls and
	// reviews that have nothing to do with the talk before.
	//
	// Limit: none. Channels: Messenger only. Review: Meta names none.
	//
	// Source: Meta, Send API, v21.0; retired: Send API, v25.0, 2026.
	//
	// Deprecated: Meta refuses it since 27 April 2026; send a [UtilityMessage] with [TypeUtility] instead.
	TagConfirmedEventUpdate Tag = "CONFIRMED_EVENT_UPDATE"

	// TagPostPurchaseUpdate told of a purchase.
	//
	// Allowed: the confirmation of a transaction, such as an invoice or a receipt; the state of a shipment,
	// such as in transit, shipped, delivered or delayed; a change of an order that needs the person to act,
	// such as a declined credit card or back-ordered items. Not allowed: promotions, deals, coupons and
	// discounts; cross-selling and up-selling of products or services; surveys, polls and reviews that have
	// nothing to do with the talk before.
	//
	// Limit: none. Channels: Messenger only. Review: Meta names none.
	//
	// Source: Meta, Send API, v21.0; retired: Send API, v25.0, 2026.
	//
	// Deprecated: Meta refuses it since 27 April 2026; send a [UtilityMessage] with [TypeUtility] instead.
	TagPostPurchaseUpdate Tag = "POST_PURCHASE_UPDATE"
)

// retired reports whether Meta refuses t since 27 April 2026.
func (t Tag) retired() bool {
	return t == TagAccountUpdate || t == TagConfirmedEventUpdate || t == TagPostPurchaseUpdate
}

// allowedOn reports whether t exists on channel c.
func (t Tag) allowedOn(c Channel) bool {
	if c == Instagram {
		return t == TagHumanAgent
	}
	return t == TagHumanAgent || t == TagCustomerFeedback || t == TagNonPromotionalSubscription || t.retired()
}
