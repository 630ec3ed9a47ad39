package send_test

import (
	"encoding/json"

	"github.com/parleybot/parley/send"
)

// where says on which channels a message exists.
type where uint8

const (
	everywhere       where = iota
	messengerOnly          // Instagram refuses it
	instagramOnly          // Messenger refuses it
	messengerAtLeast       // nobody knows of Instagram
)

// composed has a valid message for every constructor and template, by the name of its golden file.
var composed = map[string]struct {
	message send.Message
	where   where
}{
	"text":             {send.Text("Hi, <b>you</b> & 😀"), everywhere},
	"sticker":          {send.Sticker("369239263222822"), messengerOnly},
	"images":           {send.Images(picture, "https://cdn.example/b.png"), everywhere},
	"album":            {send.Album(send.Media{URL: picture}, send.Media{AttachmentID: "1600000000000001"}), everywhere},
	"like_heart":       {send.LikeHeart(), instagramOnly},
	"media_share":      {send.MediaShare("18010000000000"), instagramOnly},
	"media_share_id":   {attached(send.TypeMediaShare, &send.SharedPost{AttachmentID: "1600000000000001"}), instagramOnly},
	"other":            {send.Other(send.TypeImage, json.RawMessage(`{"url":"https://cdn.example/a.jpg"}`)), everywhere},
	"raw":              {send.Raw(json.RawMessage(` {"text":"Hi"} `)).WithMetadata("order 7"), everywhere},
	"dynamic_text":     {send.Message{DynamicText: &send.DynamicText{Text: "Hi, {{first_name}}!", Fallback: "Hi!"}}, messengerAtLeast},
	"quick_reply_data": {pollMessage, messengerOnly},
	"products":         {send.Products("3200000000000001", "3200000000000002"), everywhere},
	"play":             {send.Buttons("Your turn", playButton), messengerOnly},
	"receipt":          {send.Template(sampleReceipt()), messengerOnly},
	"coupon":           {send.Template(sampleCoupon()), messengerOnly},
	"feedback":         {send.Template(sampleFeedback()), messengerOnly},
	"information":      {send.Template(sampleInformation()), messengerOnly},
	"image_grid":       {send.ImageGrid(sampleGrid()), messengerOnly},
	"instant_form":     {send.InstantForm("660000000001"), messengerOnly},
	"one_time":         {send.AskOneTime("Tell me when it is back", "BACK_IN_STOCK:42"), messengerOnly},
	"notification":     {send.Template(sampleNotification()), everywhere},
	"notification_instagram": {
		send.Template(&send.NotificationTemplate{Title: "Weekly deals", Payload: "WEEKLY_DEALS", InElements: true}),
		instagramOnly,
	},
	"airline": {
		send.Template(&send.OtherTemplate{Kind: "airline_update", Fields: json.RawMessage(`{"locale":"en_US","update_type":"delay"}`)}),
		messengerOnly,
	},
	"utility": {
		send.UtilityMessage("order_update_1", "en",
			send.Header(send.Value("Order")), send.Body(send.NamedValue("order_id", "566701")),
			send.ButtonValues(send.PostbackValue("12345"), send.URLValue("1234"))),
		messengerOnly,
	},
}

var playButton = send.Button{Type: "game_play", Title: "Play", Payload: `{"level":2}`, Game: &send.GameMetadata{ContextID: "1700"}}

// pollMessage has a quick reply with all that Meta's reference has for it.
var pollMessage = func() send.Message {
	return send.Message{
		Text: "Which?", QuickReplyType: "x", QuickReplies: []send.QuickReply{{
			ContentType: send.ReplyPoll, Title: "Poll", Payload: "POLL", Data: &send.QuickReplyData{
				App: "app", DestAddress: "here", StickerID: "369239263222822", PaymentAmount: 5,
				PaymentCurrency: "EUR", PaymentType: "request", PollOptions: []string{"a", "b"},
				ProviderName: "p", NativeURI: "app://x",
			},
		}},
	}
}()

func sampleReceipt() *send.ReceiptTemplate {
	return &send.ReceiptTemplate{
		RecipientName: "Ana Li", MerchantName: "Mugs", OrderNumber: "12345", Currency: "EUR", PaymentMethod: "Visa 2345",
		OrderURL: "https://shop.example/order/12345", Timestamp: 1763715600,
		Elements: []send.ReceiptElement{{
			Title: "Blue mug", Subtitle: "350 ml", Quantity: 2, Price: "11.50", Currency: "EUR", ImageURL: picture,
		}},
		Address: &send.Address{
			Street1: "1 rue A", Street2: "b", City: "Lyon", PostalCode: "69001", State: "ARA", Country: "FR",
		},
		Summary:     send.ReceiptSummary{Subtotal: "23.00", ShippingCost: "4.95", TotalTax: "0", TotalCost: "22.95"},
		Adjustments: []send.Adjustment{{Name: "Coupon", Amount: "5"}},
		Sharable:    true,
	}
}

func sampleCoupon() *send.CouponTemplate {
	return &send.CouponTemplate{
		Title: "10 % off", Subtitle: "Until Sunday", Code: "10PERCENT", URL: "https://shop.example/c", URLTitle: "Shop",
		PreMessage: "For you", ImageURL: picture, Payload: "SPRING",
	}
}

func sampleFeedback() *send.FeedbackTemplate {
	return &send.FeedbackTemplate{
		Title: "How was it?", Subtitle: "Tell us", ButtonTitle: "Rate", ExpiresInDays: 3,
		Privacy: send.Privacy{URL: "https://shop.example/privacy"},
		Screens: []send.FeedbackScreen{{Questions: []send.Question{{
			ID: "q_1", Type: send.QuestionCSAT, Title: "How was your order?", ScoreLabel: "neg_pos", ScoreOption: "five_stars",
			FollowUp: &send.FollowUp{Type: send.QuestionFreeForm, Placeholder: "More?"},
		}}}},
	}
}

func sampleInformation() *send.InformationTemplate {
	return &send.InformationTemplate{
		Privacy: send.Privacy{URL: "https://shop.example/privacy"}, Countries: []string{"FR", "DE"}, ExpiresInDays: 7,
		Purpose: "SHIPPING",
	}
}

func sampleGrid() send.GridElement {
	return send.GridElement{
		Title: "Mugs", Subtitle: "New", Images: []send.GridImage{
			{URL: picture, Hero: true, Action: send.GridLink("https://shop.example/1")},
			{URL: "https://cdn.example/b.jpg", Action: send.GridPostback("The red one", "RED")},
		},
		Buttons: []send.Button{send.Postback("All", "ALL")},
	}
}

func sampleNotification() *send.NotificationTemplate {
	return &send.NotificationTemplate{
		Title: "Weekly deals", ImageURL: picture, AspectRatio: "SQUARE", Payload: "WEEKLY_DEALS", ReOptIn: "ENABLED",
		Timezone: "Europe/Paris", CTAText: "SIGN_UP",
	}
}
