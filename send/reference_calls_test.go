package send_test

import (
	"encoding/json"
	"fmt"

	"github.com/parleybot/parley/send"
)

// referenceRequests are messages that together use every parameter of the edge and every value of its enums,
// as the public API has them. What Meta has retired since is among them: it is sent by a switch.
func referenceRequests() map[string]send.Request {
	to := send.Person(person)
	requests := map[string]send.Request{
		"everything beside the message": {
			To: to, Message: send.Text("Hi").WithMetadata("order 7"), Type: send.TypeMessageTag,
			Tag: send.TagHumanAgent, Notify: send.Silent, Persona: "1600000000000002", ReplyTo: "m_T1",
			Control: &send.ThreadControl{Type: send.ControlPass, AppID: "263902037430900"},
			Folder:  send.FolderPartnership, Suggestion: send.SuggestionAccept, Fields: []string{"id"},
		},
		"a quick reply with its data": {To: to, Message: fullQuickReply("pay")},
		"a quick reply that requests": {To: to, Message: fullQuickReply("request")},
		"dynamic text": {To: to, Message: send.Message{
			DynamicText: &send.DynamicText{Text: "Hi {{first_name}}", Fallback: "Hi"},
		}},
		"utility template": {
			To: to, Type: send.TypeUtility,
			Message: send.UtilityMessage("order_update", "en",
				send.Header(send.Value("Order")), send.Body(send.NamedValue("order_id", "566701")),
				send.ButtonValues(send.PostbackValue("12345"), send.URLValue("1234")),
				send.Component{Type: send.ComponentTitle, Parameters: []send.Parameter{send.Value("Title")}}),
		},
	}
	for i, recipient := range []send.Recipient{
		send.UserRef("ur_9f3a"), send.PhoneNumber("+16505551234").Named("Ana", "Lee"), send.Comment("1_2"),
		send.Post("1_3"), send.OneTimeToken("32"), send.NotificationToken("88"), send.PlayerID("29"),
		send.LoginID("login"),
	} {
		requests[fmt.Sprintf("recipient %d", i)] = send.Request{To: recipient, Message: send.Text("Hi")}
	}
	for _, kind := range replyTypes() {
		requests["quick reply "+string(kind)] = send.Request{To: to, Message: send.Text("Pick").WithQuickReplies(
			send.QuickReply{ContentType: kind, Title: "Red", Payload: "RED"})}
	}
	for kind, message := range everyAttachment() {
		requests["attachment "+string(kind)] = send.Request{To: to, Message: message}
	}
	for _, tag := range []send.Tag{
		send.TagHumanAgent,
		send.TagAccountUpdate, send.TagConfirmedEventUpdate, send.TagPostPurchaseUpdate,
	} {
		requests["tag "+string(tag)] = send.Request{
			To: to, Message: send.Text("Hi"), Type: send.TypeMessageTag, Tag: tag,
		}
	}
	requests["tag of feedback"] = send.Request{
		To: to, Message: askFeedback(), Type: send.TypeMessageTag, Tag: send.TagCustomerFeedback,
	}
	for _, kind := range []send.MessagingType{send.TypeResponse, send.TypeUpdate} {
		requests["type "+string(kind)] = send.Request{To: to, Message: send.Text("Hi"), Type: kind}
	}
	for _, notify := range []send.NotificationType{send.Regular, send.Silent, send.NoPush} {
		requests["notification "+string(notify)] = send.Request{To: to, Message: send.Text("Hi"), Notify: notify}
	}
	return requests
}

// fullQuickReply returns a message with a quick reply that has all data there is.
func fullQuickReply(payment string) send.Message {
	data := &send.QuickReplyData{
		App: "app", DestAddress: "address", StickerID: "369239263222822", PaymentAmount: 5,
		PaymentCurrency: "EUR", PaymentType: payment, PollOptions: []string{"yes", "no"}, ProviderName: "provider",
		NativeURI: "fb-messenger://threads",
	}
	message := send.Text("Pick").WithQuickReplies(send.QuickReply{
		ContentType: send.ReplyText, Title: "Red", Payload: "RED", ImageURL: "https://cdn.example/red.png", Data: data,
	})
	message.QuickReplyType = "type"
	return message
}

// replyTypes are the content types of quick replies.
func replyTypes() []send.ReplyType {
	return []send.ReplyType{
		send.ReplyText, send.ReplyPhone, send.ReplyEmail, send.ReplyCity, send.ReplyBirthday, send.ReplyState,
		send.ReplyZIPCode, send.ReplyOpenCamera, send.ReplyOpenGallery, send.ReplyRecordAudio, send.ReplyPoll,
		send.ReplyOpenNative, send.ReplySticker, send.ReplyOpenApp, send.ReplyP2PPayment,
		send.ReplyTransportation, send.ReplyCreateEvent, send.ReplyGIF, send.ReplyBICOptIn,
		send.ReplyDisplayMenu, send.ReplyBusinessLeadForm,
		send.ReplyLocation,
	}
}

// everyAttachment returns a message with an attachment of each type.
func everyAttachment() map[send.AttachmentType]send.Message {
	const picture = "https://cdn.example/a.jpg"
	all := map[send.AttachmentType]send.Message{
		send.TypeImage: send.Image(picture), send.TypeVideo: send.Video(picture),
		send.TypeAudio: send.Audio(picture), send.TypeFile: send.File(picture),
		send.TypeTemplate: send.Buttons("Sure?", send.Postback("Yes", "YES")),
	}
	for _, kind := range []send.AttachmentType{
		send.TypeLocation, send.TypeFallback, send.TypeReel, send.TypeIGReel,
	} {
		all[kind] = send.Other(kind, json.RawMessage(`{"url":"https://www.facebook.com/1"}`))
	}
	return all
}

// referenceOnInstagram are messages of which only Instagram knows.
func referenceOnInstagram() map[string]send.Request {
	to := send.Person(person)
	return map[string]send.Request{
		"like_heart":  {To: to, Message: send.LikeHeart()},
		"MEDIA_SHARE": {To: to, Message: send.MediaShare("18010000000000")},
	}
}

// askFeedback returns a message that asks for a rating.
func askFeedback() send.Message {
	return send.Template(&send.FeedbackTemplate{
		Title: "Rate us", Subtitle: "How was it?", ButtonTitle: "Rate",
		Screens: []send.FeedbackScreen{{Questions: []send.Question{{ID: "q1", Type: send.QuestionCSAT}}}},
		Privacy: send.Privacy{URL: "https://shop.example/privacy"},
	})
}

// referenceActions are the sender actions.
func referenceActions() []send.Action {
	return []send.Action{
		send.MarkSeen(), send.TypingOn().As("1600000000000002"), send.TypingOff(), send.React("m_T1", "love"),
		send.Unreact("m_T1"),
	}
}
