package webhook_test

import (
	"testing"

	"github.com/parleybot/parley/webhook"
)

func TestCustomerInformationValue(t *testing.T) {
	information := &webhook.CustomerInformation{Screens: []webhook.InformationScreen{
		{ID: "a", Responses: []webhook.InformationResponse{{Key: "country", Value: "FR"}}},
		{ID: "b", Responses: []webhook.InformationResponse{{Key: "name", Value: "Ana"}, {Key: "name", Value: "Ben"}}},
	}}
	for key, want := range map[string]string{"country": "FR", "name": "Ana", "phone": ""} {
		if got := information.Value(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// TestWords holds the words of Meta's to what the events say about them.
func TestWords(t *testing.T) {
	tests := map[string]struct{ got, want bool }{
		"a good response":        {(&webhook.ResponseFeedback{Feedback: "Good response"}).Good(), true},
		"a good response, upper": {(&webhook.ResponseFeedback{Feedback: "GOOD RESPONSE"}).Good(), true},
		"a bad response":         {(&webhook.ResponseFeedback{Feedback: "Bad response"}).Good(), false},
		"linked":                 {(&webhook.AccountLinking{Status: "linked"}).Linked(), true},
		"unlinked":               {(&webhook.AccountLinking{Status: "unlinked"}).Linked(), false},
		"stopped":                {(&webhook.OptIn{Status: "STOP NOTIFICATIONS"}).Stopped(), true},
		"resumed":                {(&webhook.OptIn{Status: "RESUME NOTIFICATIONS"}).Stopped(), false},
		"an agreement":           {(&webhook.OptIn{Type: "notification_messages"}).Stopped(), false},
		"a complete lead":        {webhook.Hop{Metadata: "messenger_lead_gen_complete"}.LeadAd(), true},
		"an incomplete lead":     {webhook.Hop{Metadata: "messenger_lead_gen_incomplete"}.LeadAd(), true},
		"another hop":            {webhook.Hop{Metadata: "please"}.LeadAd(), false},
	}
	for name, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %v", name, test.got)
		}
	}
}

// TestConstants compares the constants with the words that Meta documents.
func TestConstants(t *testing.T) {
	tests := map[string][2]string{
		"attachments": {
			join(webhook.AttachmentImage, webhook.AttachmentVideo, webhook.AttachmentAudio, webhook.AttachmentFile,
				webhook.AttachmentSticker, webhook.AttachmentLocation, webhook.AttachmentFallback,
				webhook.AttachmentTemplate, webhook.AttachmentReel, webhook.AttachmentIGReel, webhook.AttachmentPost,
				webhook.AttachmentIGPost, webhook.AttachmentShare, webhook.AttachmentStoryMention,
				webhook.AttachmentEphemeral, webhook.AttachmentLikeHeart, webhook.AttachmentBooking),
			"image video audio file sticker location fallback template reel ig_reel post ig_post share story_mention " +
				"ephemeral like_heart appointment_booking ",
		},
		"appointments": {
			join(webhook.BookingRequested, webhook.BookingConfirmed, webhook.BookingDeclined, webhook.BookingCancelled),
			"requested confirmed declined cancelled ",
		},
		"policy":  {join(webhook.PolicyWarning, webhook.PolicyBlock, webhook.PolicyUnblock), "warning block unblock "},
		"account": {join(webhook.AccountLinked, webhook.AccountUnlinked), "linked unlinked "},
		"referrals": {
			join(webhook.SourceShortlink, webhook.SourceAds, webhook.ReferralOpenThread, webhook.ReferralLeadComplete,
				webhook.ReferralLeadIncomplete),
			"SHORTLINK ADS OPEN_THREAD LEAD_COMPLETE LEAD_INCOMPLETE ",
		},
		"opt-ins": {
			join(webhook.OptInOneTime, webhook.OptInNotification, webhook.NotificationsStopped,
				webhook.NotificationsResumed, webhook.TokenRefreshed, webhook.TokenNotRefreshed),
			"one_time_notif_req notification_messages STOP NOTIFICATIONS RESUME NOTIFICATIONS REFRESHED NOT_REFRESHED ",
		},
		"feedback": {join(webhook.GoodResponse, webhook.BadResponse), "Good response Bad response "},
		"games":    {join(webhook.GameSolo, webhook.GameThread, webhook.GameGroup), "SOLO THREAD GROUP "},
		"verbs": {
			join(webhook.VerbAdd, webhook.VerbEdited, webhook.VerbRemove, webhook.VerbHide, webhook.VerbUnhide),
			"add edited remove hide unhide ",
		},
		"fields": {
			join(webhook.FieldFeed, webhook.FieldGroupFeed, webhook.FieldMention, webhook.FieldMentions,
				webhook.FieldComments, webhook.FieldLiveComments, webhook.FieldStoryInsights, webhook.FieldInboxLabels,
				webhook.FieldLeadgen, webhook.FieldTemplateStatus, webhook.FieldMessengerTemplateStatus,
				webhook.FieldBusinessIntegrity, webhook.FieldMessagingIntegrity, webhook.FieldMessageContext,
				webhook.FieldMarketingEchoes, webhook.FieldMarketingDeliveries, webhook.FieldMarketingReads,
				webhook.FieldMarketingClicks, webhook.FieldMarketingDeliveryFailed, webhook.FieldMarketingUploadStatus,
				webhook.FieldCalls, webhook.FieldCallPermissionReply, webhook.FieldCallSettingsUpdate),
			"feed group_feed mention mentions comments live_comments story_insights inbox_labels leadgen " +
				"message_template_status_update messenger_template_status_update business_integrity " +
				"messaging_integrity message_context marketing_message_echoes marketing_message_deliveries " +
				"marketing_message_reads marketing_message_clicks marketing_message_delivery_failed " +
				"marketing_messages_subscriber_upload_status calls call_permission_reply call_settings_update ",
		},
	}
	for name, test := range tests {
		if test[0] != test[1] {
			t.Errorf("%s: %q, want %q", name, test[0], test[1])
		}
	}
}

func join(words ...string) string {
	var all string
	for _, word := range words {
		all += word + " "
	}
	return all
}
