package send_test

import (
	"encoding/json"
	"strings"

	"github.com/parleybot/parley/send"
)

// refused is a message that Meta refuses on a channel. Its name begins with the rule that it breaks; see
// refusals.
type refused struct {
	message send.Message
	channel send.Channel
	want    string
}

const inPayload = "message.attachment.payload."

func templated(t send.Payload) send.Message { return send.Template(t) }

// retiredMessages are those that Config.Retired sends all the same.
var retiredMessages = map[string]refused{
	"P05 location": {
		quickReply(send.QuickReply{ContentType: send.ReplyLocation}), send.Messenger,
		"message.quick_replies[0].content_type: location was removed in 2019; ask for the place in words",
	},
	"P06 location": {send.Other(send.TypeLocation, emptyObject), send.Messenger, "message.attachment.type: " + onlyFromPeople},
	"P06 fallback": {send.Other(send.TypeFallback, emptyObject), send.Messenger, "message.attachment.type: " + onlyFromPeople},
	"P06 reel":     {send.Other(send.TypeReel, emptyObject), send.Messenger, "message.attachment.type: " + onlyFromPeople},
	"P06 ig_reel":  {send.Other("IG_REEL", emptyObject), send.Instagram, "message.attachment.type: " + onlyFromPeople},
	"P07 list": {
		templated(&send.OtherTemplate{Kind: "list"}), send.Messenger,
		inPayload + "template_type: Meta removed list and open_graph in 2019 and 2020; use send.Carousel",
	},
	"P07 open_graph": {
		templated(&send.OtherTemplate{Kind: "OPEN_GRAPH"}), send.Messenger,
		inPayload + "template_type: Meta removed list and open_graph in 2019 and 2020; use send.Carousel",
	},
	"X02 element_share": {
		button(send.Button{Type: "element_share"}), send.Messenger,
		inPayload + "buttons[0].type: Meta removed this type of button",
	},
	"X02 payment": {
		button(send.Button{Type: "payment", Title: "Buy"}), send.Messenger,
		inPayload + "buttons[0].type: Meta removed this type of button",
	},
}

var emptyObject = json.RawMessage("{}")

const onlyFromPeople = "cannot be sent by a Page: Meta knows it from people only"

// refusedMessages are those of the templates, attachments and channels that refusals has not.
var refusedMessages = map[string]refused{
	"S08 an empty album":        {send.Images(), send.Messenger, "message: empty: want a text or an attachment"},
	"X08 11 pictures":           {send.Images(strings.Fields(strings.Repeat(picture+" ", 11))...), send.Instagram, "message.attachments: 11, at most 10"},
	"P26 the second picture":    {send.Images(picture, "b.png"), send.Messenger, "message.attachments[1].payload.url: " + wantURL},
	"X01 a sticker by name":     {withSticker("smile"), send.Messenger, "message.sticker_id: want the digits of a sticker's number"},
	"X01 a sticker with zeros":  {withSticker("007"), send.Messenger, "message.sticker_id: want the digits of a sticker's number"},
	"X04 a sticker":             {send.Sticker("1"), send.Instagram, "message.sticker_id: not on Instagram"},
	"P06 a heart on Messenger":  {send.LikeHeart(), send.Messenger, "message.attachment.type: Instagram only"},
	"P06 a post on Messenger":   {send.MediaShare("1"), send.Messenger, "message.attachment.type: Instagram only"},
	"X06 a post without id":     {send.MediaShare(""), send.Instagram, "message.attachment.payload: want an id or an attachment_id"},
	"X06 dynamic text":          {send.Message{DynamicText: &send.DynamicText{Fallback: "x"}}, send.Messenger, "message.dynamic_text.text: missing"},
	"X01 sticker of a reply":    {stickerReply("x"), send.Messenger, "message.quick_replies[0].data.sticker_id: want the digits of a sticker's number"},
	"X01 zeros of a reply":      {stickerReply("00"), send.Messenger, "message.quick_replies[0].data.sticker_id: want the digits of a sticker's number"},
	"X04 e-mail":                {quickReply(send.AskEmail()), send.Instagram, "message.quick_replies[0].content_type: not on Instagram, which has text and user_phone_number"},
	"X06 utility without name":  {send.UtilityMessage("", "en"), send.Messenger, "message.template.name: missing"},
	"X06 utility without code":  {send.UtilityMessage("n", ""), send.Messenger, "message.template.language.code: missing"},
	"X06 component":             {send.UtilityMessage("n", "en", send.Component{}), send.Messenger, "message.template.components[0].type: missing"},
	"X06 parameter":             {send.UtilityMessage("n", "en", send.Body(send.Value("a"), send.Parameter{})), send.Messenger, "message.template.components[0].parameters[1].type: missing"},
	"X04 utility":               {send.UtilityMessage("n", "en"), send.Instagram, "message.template: not on Instagram"},
	"X04 media card":            {send.MediaCard(uploaded("1")), send.Instagram, inPayload + "template_type: " + notThere},
	"X04 receipt":               {templated(sampleReceipt()), send.Instagram, inPayload + "template_type: " + notThere},
	"X04 coupon":                {templated(sampleCoupon()), send.Instagram, inPayload + "template_type: " + notThere},
	"X04 feedback":              {templated(sampleFeedback()), send.Instagram, inPayload + "template_type: " + notThere},
	"X04 call button":           {button(send.Call("t", "+1")), send.Instagram, inPayload + "buttons[0].type: " + notThatButton},
	"X04 log in":                {card(send.Element{Title: "t", Buttons: []send.Button{send.LogIn("https://a.example")}}), send.Instagram, inPayload + "elements[0].buttons[0].type: " + notThatButton},
	"S05 elements on Messenger": {templated(&send.NotificationTemplate{InElements: true}), send.Messenger, inPayload + "elements: Instagram only: want the fields in the payload itself"},
	"P11c no products":          {send.Products(), send.Messenger, inPayload + "elements: 0, at least 1"},
	"P10 11 products":           {send.Products(strings.Fields(strings.Repeat("1 ", 11))...), send.Messenger, inPayload + "elements: 11, at most 10"},
	"P24 product by its SKU":    {send.Products("mug-1"), send.Messenger, inPayload + "elements[0].id: want the digits of the product's ID in the catalog"},
	"P24 product without id":    {send.Products("1", ""), send.Messenger, inPayload + "elements[1].id: want the digits of the product's ID in the catalog"},
	"P11c form without id":      {send.InstantForm(""), send.Messenger, inPayload + "form_id: missing"},
	"P11c one time, no title":   {send.AskOneTime("", "p"), send.Messenger, inPayload + "title: missing"},
	"P11c one time, no payload": {send.AskOneTime("t", ""), send.Messenger, inPayload + "payload: missing"},
	"X10 one time, title":       {send.AskOneTime(accents(66), "p"), send.Messenger, inPayload + "title: 66 characters, at most 65"},
	"X10 notification":          {templated(&send.NotificationTemplate{Title: accents(66)}), send.Messenger, inPayload + "title: 66 characters, at most 65"},
	"X10 on Instagram":          {templated(&send.NotificationTemplate{Title: accents(66), InElements: true}), send.Instagram, inPayload + "elements[0].title: 66 characters, at most 65"},
	"P07 no template type":      {templated(&send.OtherTemplate{}), send.Messenger, inPayload + "template_type: missing"},
	"P11d game without title":   {button(send.Play("", "")), send.Messenger, inPayload + "buttons[0].title: missing"},
	"X11 player and context":    {button(playerAndContext()), send.Messenger, inPayload + "buttons[0].game_metadata: want either a player_id or a context_id"},
	"P11c no title":             {couponWith(func(c *send.CouponTemplate) { c.Title = "" }), send.Messenger, inPayload + "title: missing"},
	"P21 title":                 {couponWith(func(c *send.CouponTemplate) { c.Title = accents(81) }), send.Messenger, inPayload + "title: 81 characters, at most 80"},
	"P21 subtitle":              {couponWith(func(c *send.CouponTemplate) { c.Subtitle = accents(81) }), send.Messenger, inPayload + "subtitle: 81 characters, at most 80"},
	"P21 neither code nor url":  {couponWith(func(c *send.CouponTemplate) { c.Code, c.URL = "", "" }), send.Messenger, inPayload + "coupon_code: missing: want it, a coupon_url, or both"},
	"P21 a space":               {couponWith(func(c *send.CouponTemplate) { c.Code = "10 %" }), send.Messenger, inPayload + "coupon_code: want it without spaces"},
	"P23 one picture":           {gridWith(func(e *send.GridElement) { e.Images = e.Images[:1] }), send.Messenger, inPayload + "elements[0].images: 1, at least 2"},
	"P23 seven pictures":        {gridWith(func(e *send.GridElement) { e.Images = pictures(7) }), send.Messenger, inPayload + "elements[0].images: 7, at most 6"},
	"P23 two heroes":            {gridWith(func(e *send.GridElement) { e.Images[1].Hero = true }), send.Messenger, inPayload + "elements[0].images: 2 hero images, at most 1"},
	"P11c picture without url":  {gridWith(func(e *send.GridElement) { e.Images[1].URL = "" }), send.Messenger, inPayload + "elements[0].images[1].url: missing"},
	"P23 tap without text":      {gridWith(func(e *send.GridElement) { e.Images[1].Action = send.GridPostback("", "p") }), send.Messenger, inPayload + "elements[0].images[1].action: want payload and text and no url with postback"},
	"P23 tap without payload":   {gridWith(func(e *send.GridElement) { e.Images[1].Action = send.GridPostback("t", "") }), send.Messenger, inPayload + "elements[0].images[1].action: want payload and text and no url with postback"},
	"P23 tap with a url":        {gridWith(func(e *send.GridElement) { e.Images[1].Action.URL = picture }), send.Messenger, inPayload + "elements[0].images[1].action: want payload and text and no url with postback"},
	"P23 link without url":      {gridWith(func(e *send.GridElement) { e.Images[0].Action = send.GridLink("") }), send.Messenger, inPayload + "elements[0].images[0].action: want url and neither payload nor text with web_url"},
	"P23 link with a payload":   {gridWith(func(e *send.GridElement) { e.Images[0].Action.Payload = "p" }), send.Messenger, inPayload + "elements[0].images[0].action: want url and neither payload nor text with web_url"},
	"P23 link with a text":      {gridWith(func(e *send.GridElement) { e.Images[0].Action.Text = "t" }), send.Messenger, inPayload + "elements[0].images[0].action: want url and neither payload nor text with web_url"},
	"P23 action without type":   {gridWith(func(e *send.GridElement) { e.Images[0].Action.Type = "" }), send.Messenger, inPayload + "elements[0].images[0].action.type: want web_url or postback"},
	"P23 a call button":         {gridWith(func(e *send.GridElement) { e.Buttons[0] = send.Call("t", "+1") }), send.Messenger, inPayload + "elements[0].buttons[0].type: want web_url or postback on an image grid"},
	"P09 grid with 4 buttons":   {gridWith(func(e *send.GridElement) { e.Buttons = postbacks(4) }), send.Messenger, inPayload + "elements[0].buttons: 4, at most 3"},
	"P11c an empty grid":        {templated(&send.ImageGridTemplate{}), send.Messenger, inPayload + "elements: 0, at least 1"},
	"P23 two grids":             {templated(&send.ImageGridTemplate{Elements: []send.GridElement{sampleGrid(), sampleGrid()}}), send.Messenger, inPayload + "elements: 2, at most 1"},
}

const (
	notThere      = "not on Instagram, which has generic, button, product and notification_messages"
	notThatButton = "not on Instagram, which has web_url and postback"
)

func accents(n int) string { return strings.Repeat("é", n) }

func withSticker(id string) send.Message {
	m := send.Text("")
	m.StickerID = json.Number(id)
	return m
}

func stickerReply(sticker json.Number) send.Message {
	return quickReply(send.QuickReply{ContentType: send.ReplySticker, Data: &send.QuickReplyData{StickerID: sticker}})
}

func playerAndContext() send.Button {
	b := send.Play("t", "")
	b.Game = &send.GameMetadata{PlayerID: "1", ContextID: "2"}
	return b
}

func pictures(n int) []send.GridImage {
	out := make([]send.GridImage, n)
	for i := range out {
		out[i].URL = picture
	}
	return out
}

func couponWith(change func(*send.CouponTemplate)) send.Message {
	c := sampleCoupon()
	change(c)
	return templated(c)
}

func gridWith(change func(*send.GridElement)) send.Message {
	element := sampleGrid()
	change(&element)
	return send.ImageGrid(element)
}
