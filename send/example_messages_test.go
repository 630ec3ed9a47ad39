package send_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

func ExampleSplitText() {
	story := strings.Repeat("Once upon a time. ", 150)
	for _, piece := range send.SplitText(send.Messenger, story) {
		fmt.Println(len(piece), piece[:4])
	}
	// Output:
	// 1997 Once
	// 702 Once
}

func ExampleUpload() {
	photo := send.FromBytes("mug.png", "", []byte("…"))
	message := send.Upload(send.TypeImage, photo).Reusable()
	fmt.Println(photo.ContentType, photo.Size, message.Validate(send.Messenger))
	// Output: image/png 3 <nil>
}

func ExampleImages() {
	show(send.Images("https://cdn.example/a.jpg", "https://cdn.example/b.jpg"))
	// Output: {"attachments":[{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}},{"type":"image","payload":{"url":"https://cdn.example/b.jpg"}}]}
}

func ExampleAlbum() {
	show(send.Album(send.Media{URL: "https://cdn.example/a.jpg"}, send.Media{AttachmentID: "1600000000000001"}))
	// Output: {"attachments":[{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}},{"type":"image","payload":{"attachment_id":"1600000000000001"}}]}
}

func ExampleConfig_instagram() {
	graph := &sendtest.Graph{Instagram: true} // stands in for Meta; leave HTTP out to talk to the real one
	client, err := send.New(send.Config{
		Token: "INSTAGRAM_TOKEN", BaseURL: "https://graph.instagram.com", Channel: send.Instagram, HTTP: graph.Client(),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range []send.Message{send.LikeHeart(), send.Sticker("369239263222822")} {
		receipt, err := client.Send(context.Background(), send.Request{
			To: send.Person("9000000000001"), Message: message, Type: send.TypeResponse,
		})
		fmt.Println(receipt.MessageID != "", err)
	}
	// Output:
	// true <nil>
	// false send: message.sticker_id: not on Instagram
}

func ExampleSticker() {
	show(send.Sticker("369239263222822"))
	// Output: {"sticker_id":369239263222822}
}

func ExampleLikeHeart() {
	show(send.LikeHeart())
	fmt.Println(send.LikeHeart().Validate(send.Messenger))
	// Output:
	// {"attachment":{"type":"like_heart"}}
	// send: message.attachment.type: Instagram only
}

func ExampleMediaShare() {
	show(send.MediaShare("18010000000000"))
	// Output: {"attachment":{"type":"MEDIA_SHARE","payload":{"id":"18010000000000"}}}
}

func ExampleRaw() {
	show(send.Raw(json.RawMessage(`{"text":"Hi","something_new":{"a":1}}`)))
	// Output: {"text":"Hi","something_new":{"a":1}}
}

func ExampleOther() {
	show(send.Other("hologram", json.RawMessage(`{"depth":3}`)))
	// Output: {"attachment":{"type":"hologram","payload":{"depth":3}}}
}

func ExampleProducts() {
	show(send.Products("3200000000000001"))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"product","elements":[{"id":"3200000000000001"}]}}}
}

func ExampleTemplate() {
	show(send.Template(&send.CouponTemplate{Title: "10 % off", Code: "10PERCENT", Payload: "SPRING"}))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"coupon","title":"10 % off","coupon_code":"10PERCENT","payload":"SPRING"}}}
}

func ExampleReceiptTemplate() {
	show(send.Template(&send.ReceiptTemplate{
		RecipientName: "Ana Li", OrderNumber: "12345", Currency: "EUR", PaymentMethod: "Visa 2345",
		Elements: []send.ReceiptElement{{Title: "Blue mug", Quantity: 2, Price: "11.50"}},
		Summary:  send.ReceiptSummary{TotalCost: "23.00"},
	}))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"receipt","recipient_name":"Ana Li","order_number":"12345","currency":"EUR","payment_method":"Visa 2345","elements":[{"title":"Blue mug","quantity":2,"price":11.50}],"summary":{"total_cost":23.00}}}}
}

func ExampleFeedbackTemplate() {
	message := send.Template(&send.FeedbackTemplate{
		Title: "How was it?", Subtitle: "It takes a minute", ButtonTitle: "Rate",
		Privacy: send.Privacy{URL: "https://shop.example/privacy"},
		Screens: []send.FeedbackScreen{{Questions: []send.Question{{ID: "order", Type: send.QuestionCSAT}}}},
	})
	fmt.Println(message.Validate(send.Messenger), message.Content() == send.Feedback)
	// Output: <nil> true
}

func ExampleImageGrid() {
	show(send.ImageGrid(send.GridElement{Images: []send.GridImage{
		{URL: "https://cdn.example/a.jpg", Action: send.GridLink("https://shop.example/a")},
		{URL: "https://cdn.example/b.jpg", Action: send.GridPostback("The red one", "RED")},
	}}))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"image_grid","elements":[{"images":[{"url":"https://cdn.example/a.jpg","action":{"type":"web_url","url":"https://shop.example/a"}},{"url":"https://cdn.example/b.jpg","action":{"type":"postback","payload":"RED","text":"The red one"}}]}]}}}
}

func ExampleAskOneTime() {
	show(send.AskOneTime("Tell me when it is back", "BACK_IN_STOCK:42"))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"one_time_notif_req","title":"Tell me when it is back","payload":"BACK_IN_STOCK:42"}}}
}

func ExampleNotificationTemplate() {
	show(send.Template(&send.NotificationTemplate{Title: "Weekly deals", Payload: "DEALS", InElements: true}))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"notification_messages","elements":[{"title":"Weekly deals","payload":"DEALS"}]}}}
}

func ExampleOtherTemplate() {
	list := send.Template(&send.OtherTemplate{Kind: "list", Fields: json.RawMessage(`{"elements":[]}`)})
	err := list.Validate(send.Messenger)
	fmt.Println(err)
	fmt.Println(errors.Is(err, send.ErrRetired))
	// Output:
	// send: message.attachment.payload.template_type: Meta removed list and open_graph in 2019 and 2020; use send.Carousel
	// true
}

func ExampleUtilityMessage() {
	message := send.UtilityMessage("order_update", "en",
		send.Body(send.NamedValue("order_id", "566701")), send.ButtonValues(send.PostbackValue("TRACK:566701")))
	show(message)
	kind, _, err := send.Classify(send.Purpose{Content: message.Content()})
	fmt.Println(kind, err)
	// Output:
	// {"template":{"name":"order_update","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","parameter_name":"order_id","text":"566701"}]},{"type":"buttons","parameters":[{"type":"POSTBACK","payload":"TRACK:566701"}]}]}}
	// UTILITY <nil>
}

func ExampleTag() {
	request := send.Request{
		To: send.Person("7100000000000001"), Message: send.Text("Your parcel has left"),
		Type: send.TypeMessageTag, Tag: send.TagPostPurchaseUpdate,
	}
	err := request.Validate(send.Messenger)
	fmt.Println(err)
	fmt.Println(errors.Is(err, send.ErrTagRetired))
	// Output:
	// send: tag: Meta refuses it since 27 April 2026; send a utility template (UTILITY) instead
	// true
}

func ExampleRequest_Validate() {
	request := send.Request{
		To: send.Person("9000000000001"), Message: send.Buttons("Call us?", send.Call("Call", "+16505551234")),
	}
	fmt.Println(request.Validate(send.Messenger))
	fmt.Println(request.Validate(send.Instagram))
	// Output:
	// <nil>
	// send: message.attachment.payload.buttons[0].type: not on Instagram, which has web_url and postback
}

func ExampleMessage_Postbacks() {
	for _, button := range send.Buttons("Next?", send.Postback("Buy", "BUY:1"), send.Link("View", "https://shop.example")).Postbacks() {
		fmt.Println(button.Title, button.Payload)
	}
	// Output: Buy BUY:1
}
