package webhook_test

import (
	"encoding/json"

	"github.com/parleybot/parley/webhook"
)

// goldenInstagram are the events of an Instagram account.
func goldenInstagram() map[string]webhook.Event {
	return map[string]webhook.Event{
		"instagram-story-reply": &webhook.Message{
			Origin: fromInstagram(1763715799987), Mid: "aWdfM1", Text: "nice!",
			ReplyTo: &webhook.ReplyTo{StoryID: "18000000001", StoryURL: "https://lookaside.example/s"},
		},
		"instagram-unsupported": &webhook.Message{
			Origin: fromInstagram(1763715803987), Mid: "aWdfM3", Unsupported: true,
		},
		"instagram-mention": &webhook.Message{
			Origin: fromInstagram(1763715801987), Mid: "aWdfM2", Self: true,
			Attachments: []webhook.Attachment{
				{
					Type: webhook.AttachmentStoryMention, URL: "https://lookaside.example/m",
					Payload: json.RawMessage(`{"url":"https:\/\/lookaside.example\/m"}`),
				},
				{
					Type: webhook.AttachmentShare, URL: "https://lookaside.example/x",
					Payload: json.RawMessage(`{"url":"https:\/\/lookaside.example\/x"}`),
				},
				{
					Type: webhook.AttachmentIGPost, URL: "https://lookaside.example/p", Title: "A post",
					ID:      "18010000000001",
					Payload: json.RawMessage(`{"url":"https:\/\/lookaside.example\/p","title":"A post","id":18010000000001}`),
				},
				{Type: webhook.AttachmentEphemeral},
				{Type: webhook.AttachmentLikeHeart},
			},
		},
		"instagram-echo":        &webhook.Echo{Origin: fromInstagram(1763715804987), Mid: "aWdfM4", Text: "Hello"},
		"instagram-unsend":      &webhook.Unsend{Origin: fromInstagram(1763715802987), Mid: "aWdfM1"},
		"instagram-echo-unsend": &webhook.Unsend{Origin: fromInstagram(1763715804988), Mid: "aWdfM4", Echo: true},
		"instagram-edit":        &webhook.Edit{Origin: fromInstagram(1763715811987), Mid: "aWdfM1"},
		"instagram-read":        &webhook.Read{Origin: fromInstagram(1763715807987), Mid: "aWdfM4"},
		"instagram-reaction": &webhook.Reaction{
			Origin: fromInstagram(1763715806987), Mid: "aWdfM4", Action: webhook.ActionReact, Reaction: "love",
			Emoji: "❤️",
		},
		"instagram-postback": &webhook.Postback{
			Origin: fromInstagram(1763715808987), Mid: "aWdfP1", Title: "Opening hours", Payload: "HOURS",
		},
		"instagram-referral": &webhook.Referral{
			Origin: fromInstagram(1763715809987),
			ReferralDetails: webhook.ReferralDetails{
				Ref: "qr_7", Source: webhook.SourceShortlink, Type: webhook.ReferralOpenThread,
			},
		},
		"instagram-handover": &webhook.Handover{
			Origin: fromInstagram(1763715812987), Action: webhook.HandoverMetadata, Caller: "1217981644879628",
			Metadata: "vip",
		},
		"instagram-pass": &webhook.Handover{
			Origin: fromInstagram(1763715813987), Action: webhook.HandoverPass, PreviousOwner: "1217981644879628",
			NewOwner: "1517770000000001", Metadata: "done",
		},
		"instagram-comment": &webhook.Change{
			Origin: ofAccount(1763715810000), Object: "instagram", Field: webhook.FieldComments,
			Value: json.RawMessage(`{"id":"17900000000001","from":{"id":"9000000000001","username":"ana"},` +
				`"text":"price?","parent_id":"17900000000000","media":{"id":"18010000000001",` +
				`"media_product_type":"FEED","ad_id":"6302500000001","ad_title":"Spring",` +
				`"original_media_id":"18010000000000"}}`),
		},
		"instagram-live-comment": &webhook.Change{
			Origin: ofAccount(1763715814000), Object: "instagram", Field: webhook.FieldLiveComments,
			Value: json.RawMessage(`{"id":"17900000000002","from":{"id":"17840000000000001","username":"shop"},` +
				`"text":"Hello all","timestamp":1763715813,"media":{"id":"18010000000002"}}`),
		},
		"instagram-mentions": &webhook.Change{
			Origin: ofAccount(1763715815000), Object: "instagram", Field: webhook.FieldMentions,
			Value: json.RawMessage(`{"comment_id":"17900000000003","media_id":"18010000000003"}`),
		},
		"instagram-flat": &webhook.Change{
			Origin: ofAccount(1763715810000), Object: "instagram", Field: webhook.FieldComments,
			Value: json.RawMessage(`{"id":"17900000000001","from":{"id":"9000000000001","username":"ana"},"text":"price?"}`),
		},
	}
}
