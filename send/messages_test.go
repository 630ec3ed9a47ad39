package send_test

import (
	"strings"

	"github.com/parleybot/parley/send"
)

const picture = "https://cdn.example/a.jpg"

func replies(n int) []send.QuickReply {
	out := make([]send.QuickReply, n)
	for i := range out {
		out[i] = send.Reply("title", "payload")
	}
	return out
}

func postbacks(n int) []send.Button {
	out := make([]send.Button, n)
	for i := range out {
		out[i] = send.Postback("title", "payload")
	}
	return out
}

func cards(n int) []send.Element {
	out := make([]send.Element, n)
	for i := range out {
		out[i] = send.Element{Title: "title", Subtitle: "subtitle"}
	}
	return out
}

func quickReply(q send.QuickReply) send.Message { return send.Text("x").WithQuickReplies(q) }

func button(b send.Button) send.Message { return send.Buttons("x", b) }

func card(e send.Element) send.Message { return send.Carousel(e) }

func withButtons(n int) send.Element { return send.Element{Title: "title", Buttons: postbacks(n)} }

func attached(kind send.AttachmentType, p send.Payload) send.Message {
	return send.Message{Attachment: &send.Attachment{Type: kind, Payload: p}}
}

// refusals are messages that Meta refuses, by the rule of the fake Graph API that they break on the wire; those of
// X are its own. TestRefusedByGraph holds the fake to the same rules.
var refusals = map[string]struct {
	message send.Message
	want    string
}{
	"S08 nothing":           {send.Message{}, "message: empty: want a text or an attachment"},
	"S08 empty text":        {send.Text(""), "message: empty: want a text or an attachment"},
	"S08 only replies":      {send.Message{QuickReplies: replies(1)}, "message: empty: want a text or an attachment"},
	"S10 2,001 letters":     {send.Text(strings.Repeat("a", 2001)), "message.text: 2,001 characters, at most 2,000" + splits},
	"S10 2,001 emoji":       {send.Text(strings.Repeat("😀", 2001)), "message.text: 2,001 characters, at most 2,000" + splits},
	"S10 a million letters": {send.Text(strings.Repeat("a", 1_000_000)), "message.text: 1,000,000 characters, at most 2,000" + splits},
	"S11 metadata": {
		send.Text("x").WithMetadata(strings.Repeat("é", 1001)), "message.metadata: 1,001 characters, at most 1,000",
	},
	"P01 14 quick replies": {send.Text("x").WithQuickReplies(replies(14)...), "message.quick_replies: 14, at most 13"},
	"P02 no title": {
		quickReply(send.Reply("", "p")),
		"message.quick_replies[0].title: missing: only a quick reply with a picture may do without",
	},
	"P02 no payload": {
		send.Text("x").WithQuickReplies(send.Reply("a", "a"), send.Reply("t", "")),
		"message.quick_replies[1].payload: missing: it is what comes back with the tap",
	},
	"P02 no content type": {
		quickReply(send.QuickReply{Title: "t", Payload: "p"}),
		"message.quick_replies[0].content_type: missing: use send.Reply, send.AskPhone or send.AskEmail",
	},
	"P04 payload": {
		quickReply(send.Reply("t", strings.Repeat("p", 1001))),
		"message.quick_replies[0].payload: 1,001 characters, at most 1,000",
	},
	"P08 4 buttons": {send.Buttons("x", postbacks(4)...), "message.attachment.payload.buttons: 4, at most 3"},
	"P09 4 buttons on a card": {
		card(withButtons(4)), "message.attachment.payload.elements[0].buttons: 4, at most 3",
	},
	"P10 11 elements":      {send.Carousel(cards(11)...), "message.attachment.payload.elements: 11, at most 10"},
	"P11c no buttons":      {send.Buttons("x"), "message.attachment.payload.buttons: 0, at least 1"},
	"P11c no elements":     {send.Carousel(), "message.attachment.payload.elements: 0, at least 1"},
	"P11c no text":         {send.Buttons("", postbacks(1)...), "message.attachment.payload.text: missing"},
	"P11c no button type":  {button(send.Button{Title: "t"}), "message.attachment.payload.buttons[0].type: missing: use send.Postback, send.Link or their like"},
	"P11d no button title": {button(send.Postback("", "p")), "message.attachment.payload.buttons[0].title: missing"},
	"P14 no element title": {card(send.Element{Subtitle: "s"}), "message.attachment.payload.elements[0].title: missing"},
	"P12 641 letters": {
		send.Buttons(strings.Repeat("a", 641), postbacks(1)...), "message.attachment.payload.text: 641 characters, at most 640",
	},
	"P14 title only": {
		send.Carousel(cards(1)[0], send.Element{Title: "t"}),
		"message.attachment.payload.elements[1]: only a title: want a subtitle, an image_url, a default_action or buttons beside it",
	},
	"P15 no url":      {button(send.Link("t", "")), "message.attachment.payload.buttons[0].url: " + wantURL},
	"P15 no host":     {button(send.Link("t", "https://")), "message.attachment.payload.buttons[0].url: " + wantURL},
	"P15 no scheme":   {button(send.Link("t", "shop")), "message.attachment.payload.buttons[0].url: " + wantURL},
	"P15 a path only": {button(send.Link("t", "https:///x")), "message.attachment.payload.buttons[0].url: " + wantURL},
	"P15 extensions over http": {
		button(send.Button{Type: "web_url", Title: "t", URL: "http://shop.example", Extensions: true}),
		"message.attachment.payload.buttons[0].url: want an https URL with messenger_extensions",
	},
	"P15 button of a card": {
		card(send.Element{Title: "t", Buttons: []send.Button{send.Postback("t", "p"), send.Link("t", "")}}),
		"message.attachment.payload.elements[0].buttons[1].url: " + wantURL,
	},
	"P15 default action": {
		card(send.Element{Title: "t", DefaultAction: new(send.Link("", "shop"))}),
		"message.attachment.payload.elements[0].default_action.url: " + wantURL,
	},
	"X02 default action of another type": {
		card(send.Element{Title: "t", DefaultAction: &send.Button{Type: "phone_number", URL: picture}}),
		"message.attachment.payload.elements[0].default_action.type: want web_url: use send.Link",
	},
	"S05 default action with a title": {
		card(send.Element{Title: "t", DefaultAction: new(send.Link("t", "https://shop.example"))}),
		"message.attachment.payload.elements[0].default_action.title: not allowed: a tap on the card has none",
	},
	"P16 no payload": {button(send.Postback("t", "")), "message.attachment.payload.buttons[0].payload: missing"},
	"P16 1,001 letters": {
		button(send.Postback("t", strings.Repeat("p", 1001))),
		"message.attachment.payload.buttons[0].payload: 1,001 characters, at most 1,000",
	},
	"P17 no plus":     {button(send.Call("t", "16505551234")), "message.attachment.payload.buttons[0].payload: " + wantNumber},
	"P17 only a plus": {button(send.Call("t", "+")), "message.attachment.payload.buttons[0].payload: " + wantNumber},
	"P17 letters":     {button(send.Call("t", "+1650CALL")), "message.attachment.payload.buttons[0].payload: " + wantNumber},
	"P18 http":        {button(send.LogIn("http://shop.example")), "message.attachment.payload.buttons[0].url: want an https URL"},
	"P18 with a title": {
		button(send.Button{Type: "account_link", Title: "t", URL: "https://shop.example"}),
		"message.attachment.payload.buttons[0].title: not allowed on account_link",
	},
	"P11c no media element": {
		attached(send.TypeTemplate, &send.MediaTemplate{}), "message.attachment.payload.elements: 0, at least 1",
	},
	"P19 two elements": {
		attached(send.TypeTemplate, &send.MediaTemplate{Elements: []send.MediaElement{uploaded("1"), uploaded("2")}}),
		"message.attachment.payload.elements: 2, at most 1",
	},
	"P19 neither url nor id": {
		send.MediaCard(send.MediaElement{MediaType: "image"}),
		"message.attachment.payload.elements[0]: want either a url or an attachment_id",
	},
	"P19 both url and id": {
		send.MediaCard(send.MediaElement{MediaType: "image", URL: onFacebook, AttachmentID: "1"}),
		"message.attachment.payload.elements[0]: want either a url or an attachment_id",
	},
	"P19 not on Facebook": {
		send.MediaCard(send.MediaElement{MediaType: "video", URL: "https://notfacebook.com/photo.php?fbid=1"}),
		"message.attachment.payload.elements[0].url: want the URL of a photo or video on Facebook; for others use attachment_id",
	},
	"P19 media type": {
		send.MediaCard(send.MediaElement{MediaType: "audio", AttachmentID: "1"}),
		"message.attachment.payload.elements[0].media_type: want image or video",
	},
	"S23 no type": {
		attached("", &send.Media{URL: picture}),
		"message.attachment.type: missing: want image, video, audio, file or template",
	},
	"S23 no payload": {attached(send.TypeImage, nil), "message.attachment.payload: missing"},
	"P07 a medium as a template": {
		send.Uploaded(send.TypeTemplate, "1"),
		"message.attachment.type: want template with a template, and only with that",
	},
	"S05 a template as a picture": {
		attached(send.TypeImage, &send.ButtonTemplate{Text: "x", Buttons: postbacks(1)}),
		"message.attachment.type: want template with a template, and only with that",
	},
	"X03 no url":      {send.Image(""), "message.attachment.payload: want a url or an attachment_id"},
	"P26 a wrong url": {send.Image("a.jpg"), "message.attachment.payload.url: " + wantURL},
	"P26 a host that is no domain": {
		send.Image("http://localhost:8080/cat.png"),
		"message.attachment.payload.url: want a host that Meta can reach, such as https://example.com; " +
			"a file of your own goes up by send.Upload",
	},
	"P26 a wrong video": {send.Video("MEDIA_URL"), "message.attachment.payload.url: " + wantURL},
}

// splits is what an error says of a text that is too long.
const splits = "; send.SplitText cuts it into messages"

const (
	wantURL    = "want a URL with a host, such as https://example.com"
	wantNumber = "want + and digits, such as +16505551234"
	onFacebook = "https://www.facebook.com/photo.php?fbid=1"
)

func uploaded(id string) send.MediaElement {
	return send.MediaElement{MediaType: "image", AttachmentID: id}
}

// accepted are messages at the edge of what Meta takes. TestAcceptedByGraph sends them to the fake Graph API.
var accepted = map[string]send.Message{
	"text":                      send.Text("Hi"),
	"2,000 letters":             send.Text(strings.Repeat("a", 2000)),
	"2,000 emoji of four bytes": send.Text(strings.Repeat("😀", 2000)),
	"1,000 of metadata":         send.Text("x").WithMetadata(strings.Repeat("é", 1000)),
	"13 quick replies":          send.Text("x").WithQuickReplies(replies(13)...),
	"1,000 of payload":          quickReply(send.Reply("t", strings.Repeat("😀", 1000))),
	"a picture alone":           quickReply(send.Reply("", "").WithImage(picture)),
	"answers":                   send.Text("x").WithAnswers("Small", "Large"),
	"phone and e-mail":          send.Text("x").WithQuickReplies(send.AskPhone(), send.AskEmail()),
	"picture with replies":      send.Image(picture).WithQuickReplies(replies(1)...),
	"video":                     send.Video("https://cdn.example/a.mp4"),
	"audio":                     send.Audio("https://cdn.example/a.mp3"),
	"file":                      send.File("https://cdn.example/a.pdf").Reusable(),
	"three buttons": send.Buttons(strings.Repeat("😀", 640),
		send.Postback("t", strings.Repeat("p", 1000)), send.Link("t", "http://shop.example"), send.Call("t", "+16505551234")),
	"log in and out": send.Buttons("x", send.LogIn("HTTPS://shop.example"), send.LogOut()),
	"webview": send.Buttons("x", send.Button{
		Type: "web_url", Title: "t", URL: "https://shop.example", WebviewHeight: "tall", Extensions: true,
		FallbackURL: "https://shop.example/old", ShareButton: "hide",
	}),
	"ten cards":             send.Carousel(cards(10)...),
	"three buttons a card":  card(withButtons(3)),
	"card with a picture":   card(send.Element{Title: "t", ImageURL: picture}),
	"card with an action":   card(send.Element{Title: "t", DefaultAction: new(send.Link("", "https://shop.example"))}),
	"square pictures":       attached(send.TypeTemplate, &send.GenericTemplate{Elements: cards(1), AspectRatio: "square", Sharable: true}),
	"sharable buttons":      attached(send.TypeTemplate, &send.ButtonTemplate{Text: "x", Buttons: postbacks(1), Sharable: true}),
	"media card":            send.MediaCard(send.MediaElement{MediaType: "image", URL: onFacebook, Buttons: postbacks(3)}),
	"media card of a video": send.MediaCard(send.MediaElement{MediaType: "video", URL: "https://business.facebook.com/page/videos/1"}),
}

// longTitles are what Meta accepts and cuts on display.
var longTitles = map[string]struct {
	message send.Message
	want    string
}{
	"P03 quick reply": {
		quickReply(send.Reply(strings.Repeat("a", 21), "p")),
		"message.quick_replies[0].title: 21 characters, at most 20",
	},
	"P13 button": {
		button(send.Postback(strings.Repeat("😀", 21), "p")),
		"message.attachment.payload.buttons[0].title: 21 characters, at most 20",
	},
	"P13 title": {
		card(send.Element{Title: strings.Repeat("a", 81), Subtitle: "s"}),
		"message.attachment.payload.elements[0].title: 81 characters, at most 80",
	},
	"P13 subtitle": {
		card(send.Element{Title: "t", Subtitle: strings.Repeat("a", 81)}),
		"message.attachment.payload.elements[0].subtitle: 81 characters, at most 80",
	},
	"P13 button of a card": {
		send.Carousel(cards(1)[0], send.Element{Title: "t", Buttons: []send.Button{
			send.Postback("t", "p"), send.Postback(strings.Repeat("a", 21), "p"),
		}}),
		"message.attachment.payload.elements[1].buttons[1].title: 21 characters, at most 20",
	},
	"P13 title of a grid": {
		gridWith(func(e *send.GridElement) { e.Title = accents(46) }),
		"message.attachment.payload.elements[0].title: 46 characters, at most 45",
	},
	"P13 subtitle of a grid": {
		gridWith(func(e *send.GridElement) { e.Subtitle = accents(81) }),
		"message.attachment.payload.elements[0].subtitle: 81 characters, at most 80",
	},
	"P13 button of a grid": {
		gridWith(func(e *send.GridElement) { e.Buttons[0].Title = accents(21) }),
		"message.attachment.payload.elements[0].buttons[0].title: 21 characters, at most 20",
	},
	"P13 button of a media card": {
		send.MediaCard(send.MediaElement{
			MediaType: "image", AttachmentID: "1", Buttons: []send.Button{send.Postback(strings.Repeat("a", 21), "p")},
		}),
		"message.attachment.payload.elements[0].buttons[0].title: 21 characters, at most 20",
	},
}
