package webhook_test

import (
	"encoding/json"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// ofPage is the origin of an item that concerns a Page and nobody else.
func ofPage(ms int64) webhook.Origin {
	return webhook.Origin{Page: page, Time: time.UnixMilli(ms).UTC()}
}

// goldenMoreMessages are messages and the like with the parts that are rare.
func goldenMoreMessages() map[string]webhook.Event {
	return map[string]webhook.Event{
		"message-commands": &webhook.Message{
			Origin: from(1763715602987), Mid: "m_T4", Text: "hotels in Lyon tomorrow", Commands: []string{"hotels"},
			NLP:          json.RawMessage(`{"intents":[],"detected_locales":[{"locale":"en_XX","confidence":0.91}]}`),
			Tags:         []string{"customer_chat_plugin"},
			PriorMessage: &webhook.PriorMessage{Source: "checkbox_plugin", Identifier: "ur_9f3a"},
		},
		"message-product": &webhook.Message{
			Origin: from(1763715603987), Mid: "m_T5", Text: "Is it available?",
			Referral: &webhook.ReferralDetails{ProductID: "5512345"},
		},
		"message-shares": &webhook.Message{Origin: from(1763715609987), Mid: "m_A5", Attachments: goldenShares()},
		"message-booking": &webhook.Message{
			Origin: from(1763715611987), Mid: "m_A7",
			Attachments: []webhook.Attachment{{
				Type: webhook.AttachmentBooking,
				Booking: &webhook.Booking{
					ID: "bk_1", Status: webhook.BookingRequested, Timezone: "Europe/Paris",
					Start: time.Unix(1764000000, 0).UTC(), End: time.Unix(1764003600, 0).UTC(),
				},
				Payload: json.RawMessage(`{"booking_id":"bk_1","status":"requested","start_time":1764000000,` +
					`"end_time":1764003600,"timezone":"Europe\/Paris"}`),
			}},
		},
		"message-lead-summary": &webhook.Message{
			Origin: from(1763715656000), Mid: "m_L1", Text: "Lead summary: City? Lyon",
			Hops: []webhook.Hop{{AppID: "498700000000001", Metadata: "messenger_lead_gen_complete"}},
		},
		"echo-template": &webhook.Echo{
			Origin: from(1763715624987), Mid: "m_OUR2", AppID: "1517770000000001",
			Attachments: []webhook.Attachment{{
				Type: webhook.AttachmentTemplate, URL: "https://www.facebook.com/commerce/update/",
				Payload: json.RawMessage(`{"template_type":"media","elements":` +
					`[{"media_type":"image","attachment_id":2457230000000001}]}`),
			}},
			ReplyTo: &webhook.ReplyTo{Mid: "m_T1"},
		},
		"reaction-removed": &webhook.Reaction{
			Origin: from(1763715631987), Mid: "m_OUR1", Action: webhook.ActionUnreact,
		},
		"referral-link": &webhook.Referral{
			Origin: from(1763715650987),
			ReferralDetails: webhook.ReferralDetails{
				Ref: "flyer_12", Source: "CUSTOMER_CHAT_PLUGIN", Type: "OPEN_THREAD",
				RefererURI: "https://shop.example/", Guest: true,
			},
		},
		"optin-plugin": &webhook.OptIn{Origin: from(1763715660987), Ref: "checkout_77"},
	}
}

func goldenShares() []webhook.Attachment {
	return []webhook.Attachment{
		{
			Type: webhook.AttachmentIGReel, URL: "https://www.facebook.com/reel/1", Title: "A reel", ID: "9900000001",
			Payload: json.RawMessage(
				`{"url":"https:\/\/www.facebook.com\/reel\/1","title":"A reel","reel_video_id":9900000001}`),
		},
		{
			Type: webhook.AttachmentReel, URL: "https://www.facebook.com/reel/2", Title: "B reel", ID: "9900000002",
			Payload: json.RawMessage(
				`{"url":"https:\/\/www.facebook.com\/reel\/2","title":"B reel","reel_video_id":9900000002}`),
		},
		{
			Type: webhook.AttachmentPost, URL: "https://www.facebook.com/p/1", Title: "A post", ID: "7700001",
			Payload: json.RawMessage(`{"url":"https:\/\/www.facebook.com\/p\/1","title":"A post","id":7700001}`),
		},
		{
			Type: webhook.AttachmentTemplate,
			Products: []webhook.Product{
				{
					ID: "5512345", RetailerID: "SKU-1", ImageURL: "https://cdn.example/1.jpg", Title: "Blue mug",
					Subtitle: "$12",
				},
				{ID: "5512346"},
			},
			Payload: json.RawMessage(`{"product":{"elements":[{"id":"5512345","retailer_id":"SKU-1",` +
				`"image_url":"https:\/\/cdn.example\/1.jpg","title":"Blue mug","subtitle":"$12"},{"id":5512346}]}}`),
		},
	}
}

// goldenThread are the events of thread, account and Page.
func goldenThread() map[string]webhook.Event {
	return map[string]webhook.Event{
		"handover-pass": &webhook.Handover{
			Origin: from(1763715700987), Action: webhook.HandoverPass, PreviousOwner: "413038776280800",
			NewOwner: "263902037430900", Metadata: "messenger_lead_gen_incomplete",
			Hops: []webhook.Hop{
				{AppID: "413038776280800", Metadata: "messenger_lead_gen_incomplete"},
				{AppID: "498700000000001", Metadata: "form"},
			},
		},
		"handover-take": &webhook.Handover{
			Origin: from(1763715701987), Action: webhook.HandoverTake, NewOwner: "1517770000000001", Metadata: "done",
		},
		"handover-request": &webhook.Handover{
			Origin: from(1763715702987), Action: webhook.HandoverRequest, RequestedOwner: "1517770000000001",
			Metadata: "please",
		},
		"handover-roles": &webhook.Handover{
			Origin: ofPage(1763715703987), Action: webhook.HandoverRoles,
			Roles: map[string][]string{
				"1517770000000001": {"primary_receiver"}, "263902037430900": {"secondary_receiver", "automation"},
			},
		},
		"policy-enforcement": &webhook.PolicyEnforcement{
			Origin: ofPage(1763715680987), Action: webhook.PolicyBlock, Reason: "Excessive messages",
		},
		"policy-hyphen": &webhook.PolicyEnforcement{
			Origin: ofPage(1763715681987), Action: webhook.PolicyUnblock,
		},
		"account-linking": &webhook.AccountLinking{
			Origin: from(1763715670987), Status: webhook.AccountLinked, Code: "AC_123",
		},
		"unlinking": &webhook.AccountLinking{Origin: from(1763715671987), Status: webhook.AccountUnlinked},
	}
}

// goldenForms are what a person sent off, and the rest.
func goldenForms() map[string]webhook.Event {
	return map[string]webhook.Event{
		"game-play": &webhook.GamePlay{
			Origin: from(1763715690987), GameID: "1900000001", PlayerID: "2900000001", Locale: "fr_FR",
			ContextType: webhook.GameThread, ContextID: "3900000001", Score: 120, Payload: `{"level":3}`,
		},
		"feedback": &webhook.Feedback{
			Origin: from(1763715720987),
			Screens: []webhook.FeedbackScreen{{ID: "0", Questions: map[string]webhook.FeedbackAnswer{
				"q1": {Type: "csat", Payload: "5", FollowUpType: "free_form", FollowUp: "Great"},
				"q2": {Type: "nps", Payload: "9"},
			}}},
		},
		"customer-information": &webhook.CustomerInformation{
			Origin: from(1763715730987),
			Screens: []webhook.InformationScreen{{
				ID: "Add address", Responses: []webhook.InformationResponse{{"country", "FR"}, {"postal_code", "69001"}},
			}},
		},
		"cart": &webhook.Cart{
			Origin: from(1763715740987),
			Products: []webhook.CartProduct{
				{ID: "123", RetailerID: "SKU-1", Name: "Mug", UnitPrice: "11.5", Currency: "EUR", Quantity: 2},
				{ID: "124", UnitPrice: "0.10", Quantity: 1},
			},
			Note: "gift wrap",
		},
		"response-feedback": &webhook.ResponseFeedback{
			Origin: from(1763715750987), Mid: "m_OUR1", Feedback: webhook.GoodResponse,
		},
		"lead-form": &webhook.LeadForm{Origin: from(1763715751000), FormID: "660000000001"},
		"coupon":    &webhook.Coupon{Origin: from(1763715752000), Payload: "SPRING", Code: "10PERCENT"},
		"payment": &webhook.Payment{
			Origin: from(1763715753987), Name: "payment",
			Value: json.RawMessage(`{"payload":"ORDER:42","amount":{"currency":"EUR","amount":"29.62"}}`),
		},
		"pre-checkout": &webhook.Payment{
			Origin: from(1763715754987), Name: "pre_checkout", Value: json.RawMessage(`{"payload":"ORDER:42"}`),
		},
		"checkout-update": &webhook.Payment{
			Origin: from(1763715755987), Name: "checkout_update",
			Value: json.RawMessage(`{"payload":"ORDER:42","shipping_address":{"id":10105655000959552}}`),
		},
	}
}

// goldenChanges are the changes of a Page.
func goldenChanges() map[string]webhook.Event {
	return map[string]webhook.Event{
		"comment": &webhook.Change{
			Origin: ofPage(1763715761000), Object: "page", Field: webhook.FieldFeed,
			Value: json.RawMessage(`{"from":{"id":"7100000000000001","name":"Ana"},"item":"comment","verb":"add",` +
				`"comment_id":"559200000001_88001","post_id":"104000000000001_559200000001",` +
				`"parent_id":"104000000000001_559200000001","created_time":1763715760,"message":"price?"}`),
		},
		"group-comment": &webhook.Change{
			Origin: ofPage(1763715762000), Object: "page", Field: webhook.FieldGroupFeed,
			Value: json.RawMessage(`{"sender_id":104000000000001,"sender_name":"The shop","item":"comment",` +
				`"verb":"edited","comment_id":"559200000001_88002","post_id":"104000000000001_559200000001",` +
				`"parent_id":"559200000001_88001","message":"12 euros"}`),
		},
		"inbox-labels": &webhook.Change{
			Origin: ofPage(1763715760000), Object: "page", Field: webhook.FieldInboxLabels,
			Value: json.RawMessage(`{"user":{"id":"7100000000000001"},"action":"add",` +
				`"label":{"id":"55001","page_label_name":"VIP"}}`),
		},
		"business-integrity": &webhook.Change{
			Origin: ofPage(1763715763000), Object: "page", Field: webhook.FieldBusinessIntegrity,
			Value: json.RawMessage(`{"timestamp":1763715763,"status":"active","violations":[],` +
				`"restrictions":[{"feature":"messaging","status":"lifted"}]}`),
		},
		"template-status": &webhook.Change{
			Origin: ofPage(1763715764000), Object: "page", Field: webhook.FieldTemplateStatus,
		},
		"marketing-delivery": &webhook.Change{
			Origin: ofPage(1763715770000), Object: "page", Field: webhook.FieldMarketingDeliveries,
			Value: json.RawMessage(`{"field":"marketing_message_deliveries","recipient_id":7100000000000001,` +
				`"page_id":104000000000001,"app_id":1517770000000001,"timestamp":1763715770,"mid":"mid.$cAAB",` +
				`"messenger_subscription_token":"12340000000001","message_id":"124140000001"}`),
		},
		"marketing-click": &webhook.Change{
			Origin: ofPage(1763715772000), Field: webhook.FieldMarketingClicks,
			Value: json.RawMessage(`{"field":"marketing_message_clicks","recipient_id":7100000000000001,` +
				`"page_id":104000000000001,"timestamp":1763715772,"message_id":"124140000001"}`),
		},
	}
}

// ofAccount is the origin of an item that concerns an Instagram account and nobody else.
func ofAccount(ms int64) webhook.Origin {
	return webhook.Origin{Channel: send.Instagram, Page: account, Time: time.UnixMilli(ms).UTC()}
}
