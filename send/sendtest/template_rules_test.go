package sendtest_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

func templateRefusals() map[string]refusal {
	media := func(e string) string { return template(`{"template_type":"media","elements":[` + e + `]}`) }
	needed := func(field, param string) refusal {
		return refusal{
			rule: "P20", body: change(receiptPayload, field, ""), code: 100,
			says: "(#100) The parameter name_placeholder[" + param + "] is required",
		}
	}
	feedback := func(old, replacement, says string) refusal {
		return refusal{rule: "P22", body: change(feedbackPayload, old, replacement), code: 100, says: "(#100) " + says}
	}
	grid := func(old, replacement, says string) refusal {
		return refusal{rule: "P23", body: change(gridPayload, old, replacement), code: 100, says: "(#100) " + says}
	}
	coupon := func(fields, says string) refusal {
		return refusal{rule: "P21", body: template(`{"template_type":"coupon",` + fields + `}`), code: 100, says: "(#100) " + says}
	}
	const image = `{"media_type":"image","url":"https://www.facebook.com/photo.php?fbid=1"}`
	const total = "(#100) The amount you specified in payment summary is invalid. Please verify that it is a valid " +
		"positive amount and is supported by its currency in terms of decimal places."
	const question = `{"id":"q_1","type":"csat","title":"How was it?",`
	strict := func(payload, param string, limit int) refusal {
		return refusal{rule: "P13", graph: &sendtest.Graph{Strict: true}, body: template(payload), code: 100, says: long(param, limit)}
	}
	const heroes = `"https://cdn.example/2.jpg",`
	return map[string]refusal{
		"media, 2 elements":     {rule: "P19", body: media(image + "," + image), code: 105, says: "(#105) param name_placeholder[elements] has too many elements."},
		"media, bad type":       {rule: "P19", body: media(`{"media_type":"audio","attachment_id":"1"}`), code: 100, subcode: 2018182, says: "(#100) Media type is invalid"},
		"media, other site":     {rule: "P19", body: media(`{"media_type":"image","url":"https://cdn.example/1.jpg"}`), code: 100, subcode: 2018185, says: "(#100) The url is not a Facebook url"},
		"media, site alike":     {rule: "P19", body: media(`{"media_type":"image","url":"https://notfacebook.com/a/photos/1"}`), code: 100, subcode: 2018185, says: "(#100) The url is not a Facebook url"},
		"media, other path":     {rule: "P19", body: media(`{"media_type":"image","url":"https://www.facebook.com/shop"}`), code: 100, subcode: 2018184, says: "(#100) The Facebook media url is not supported"},
		"media, neither":        {rule: "P19", body: media(`{"media_type":"image"}`), code: 100, subcode: 2018187, says: "(#100) Either url or attachment_id is required"},
		"media, both":           {rule: "P19", body: media(`{"media_type":"image","attachment_id":"1","url":"https://www.facebook.com/photo.php?fbid=1"}`), code: 100, subcode: 2018187, says: "(#100) Either url or attachment_id is required"},
		"receipt, name":         needed(`"recipient_name":"N",`, "recipient_name"),
		"receipt, order":        needed(`"order_number":"1",`, "order_number"),
		"receipt, currency":     needed(`"currency":"USD",`, "currency"),
		"receipt, method":       needed(`"payment_method":"Visa",`, "payment_method"),
		"receipt, summary":      needed(`,"summary":{"subtotal":5,"total_cost":5.19}`, "summary"),
		"receipt, price":        needed(`,"price":5`, "elements][0][price"),
		"receipt, city":         needed(`"city":"C",`, "address][city"),
		"receipt, amount":       needed(`,"amount":1`, "adjustments][0][amount"),
		"receipt, usd":          {rule: "P20", body: change(receiptPayload, "USD", "usd"), code: 100, says: "(#100) The currency code 'usd' is not supported"},
		"receipt, no total":     {rule: "P20", body: change(receiptPayload, `,"total_cost":5.19`, ""), code: 100, subcode: 2018055, says: total},
		"receipt, below 0":      {rule: "P20", body: change(receiptPayload, `5.19`, "-5.19"), code: 100, subcode: 2018055, says: total},
		"receipt, no number":    {rule: "P20", body: change(receiptPayload, `5.19`, `"NaN"`), code: 100, subcode: 2018055, says: total},
		"receipt, endless":      {rule: "P20", body: change(receiptPayload, `5.19`, `"Inf"`), code: 100, subcode: 2018055, says: total},
		"receipt, 4 decimals":   {rule: "P20", body: replaced(change(receiptPayload, `5.19`, "5.1999"), `"USD"`, `"KWD"`), code: 100, subcode: 2018055, says: total},
		"receipt, decimals":     {rule: "P20", body: change(receiptPayload, `5.19`, "5.199"), code: 100, subcode: 2018055, says: total},
		"receipt, 101 elements": {rule: "P20", body: change(receiptPayload, `[{"title":"Mug","price":5}]`, times(101, `{"title":"Mug","price":5}`)), code: 105, says: "(#105) param name_placeholder[elements] has too many elements."},
		"coupon, no code":       coupon(`"title":"T"`, "Either coupon_code or coupon_url is required"),
		"coupon, space":         coupon(`"title":"T","coupon_code":"A B"`, "Param name_placeholder[coupon_code] must not contain spaces"),
		"coupon, title":         coupon(`"title":"`+letters(81)+`","coupon_code":"A"`, "Length of param name_placeholder[title] must be less than or equal to 80"),
		"feedback, title":       feedback(`"title":"T"`, `"title":"`+letters(66)+`"`, "Length of param name_placeholder[title] must be less than or equal to 65"),
		"feedback, button":      feedback(`"button_title":"B"`, `"button_title":"`+letters(21)+`"`, "Length of param name_placeholder[button_title] must be less than or equal to 20"),
		"feedback, link":        feedback(`"subtitle":"S"`, `"subtitle":"see https://a.example"`, "Param name_placeholder[subtitle] must not contain a URL"),
		"feedback, screens":     feedback(`[{"questions"`, `[{"questions":[]},{"questions"`, "A customer feedback template has exactly one screen"),
		"feedback, questions":   feedback(question, `{"id":"q_0","type":"nps"},`+question, "A customer feedback screen has exactly one question"),
		"feedback, id":          feedback(`"q_1"`, `"q 1"`, "The id of a question consists of letters, digits and underscores"),
		"feedback, long id":     feedback(`"q_1"`, `"`+letters(81)+`"`, "Length of param name_placeholder[feedback_screens][0][questions][0][id] must be less than or equal to 80"),
		"feedback, short":       feedback(`"How was it?"`, `"How?"`, "The title of a question has at least 5 characters"),
		"feedback, placeholder": feedback(`"More"`, `"`+letters(66)+`"`, "Length of param name_placeholder[feedback_screens][0][questions][0][follow_up][placeholder] must be less than or equal to 65"),
		"feedback, 8 days":      feedback(`_days":3`, `_days":8`, "Param name_placeholder[expires_in_days] must be between 1 and 7"),
		"grid, one image":       grid(`{"url":"https://cdn.example/2.jpg","action":{"type":"postback","payload":"P","text":"T"}}`, `null`, "The parameter name_placeholder[elements][0][images][1][url] is required").as("P11c"),
		"grid, no image":        grid(gridPayload[strings.Index(gridPayload, `[{"url"`):strings.LastIndex(gridPayload, `}]}`)], `[]`, "An image grid needs at least 2 images"),
		"grid, 7 images":        {rule: "P23", body: change(gridPayload, `{"url":`, strings.Trim(times(5, `{"url":"https://cdn.example/0.jpg"}`), "[]")+`,{"url":`), code: 105, says: "(#105) param name_placeholder[elements][0][images] has too many elements."},
		"grid, 2 heroes":        grid(heroes, heroes+`"is_hero_image":"true",`, "An image grid has at most one hero image"),
		"grid, url and text":    grid(`"P","text":"T"`, `"P","text":"T","url":"https://a.example"`, "An action of type postback has payload and text and no url"),
		"grid, no url":          grid(`,"url":"https://a.example"`, ``, "An action of type web_url has url and neither payload nor text"),
		"grid, action":          grid(`"type":"postback"`, `"type":"call"`, "The action of an image is of type web_url or postback"),
		"grid, title":           strict(strings.Replace(gridPayload, `"T"`, `"`+letters(46)+`"`, 1), "name_placeholder[elements][0][title]", 45),
		"grid, subtitle":        strict(strings.Replace(gridPayload, `"title"`, `"subtitle":"`+letters(81)+`","title"`, 1), "name_placeholder[elements][0][subtitle]", 80),
		"product of letters":    {rule: "P24", body: template(`{"template_type":"product","elements":[{"id":"mug"}]}`), code: 100, subcode: 2018320, says: "(#100) Invalid product id"},
		"product unknown": {
			rule: "P24", body: template(`{"template_type":"product","elements":[{"id":"2"}]}`), code: 100, subcode: 2018320,
			prepare: func(_ *testing.T, g *sendtest.Graph) { g.AddProduct("1") }, says: "(#100) Invalid product id",
		},
	}
}

// as returns the refusal under another rule.
func (r refusal) as(rule string) refusal { r.rule = rule; return r }

func attachmentRefusals() map[string]refusal {
	id := func(kind, id string) string {
		return message(`{"attachment":{"type":"` + kind + `","payload":{"attachment_id":` + id + `}}}`)
	}
	url := func(address string) refusal {
		return refusal{
			rule: "P26", body: message(`{"attachment":{"type":"image","payload":{"url":"` + address + `"}}}`), code: 100,
			says: "(#100) " + address + " should represent a valid URL",
		}
	}
	unknown := refusal{rule: "P25", code: 100, subcode: 2018074, says: "(#100) Possible invalid ID or you do not own the attachment"}
	with := func(r refusal, body string) refusal { r.body = body; return r }
	expired := with(unknown, id("image", `"1600000000000001"`))
	expired.prepare = func(t *testing.T, g *sendtest.Graph) {
		t.Helper()
		g.Now = func() time.Time { return noon.Add(-90*day - time.Second) }
		saveImage(t, g)
		g.Now = atNoon
	}
	return map[string]refusal{
		"id unknown":        with(unknown, id("image", `"1"`)),
		"id of a number":    with(unknown, id("image", `1`)),
		"id in a template":  with(unknown, template(`{"template_type":"media","elements":[{"media_type":"image","attachment_id":"1"}]}`)),
		"id after 90 days":  expired,
		"url without host":  url("https://"),
		"url of one label":  url("http://localhost:8080/a.jpg"),
		"url of a word":     url("MEDIA_URL"),
		"url of other kind": url("ftp://cdn.example/a.jpg"),
		"id of another kind": {
			rule: "P27", body: id("video", `"5"`), prepare: func(_ *testing.T, g *sendtest.Graph) { g.AddAttachment("5", "image") },
			code: 100, subcode: 2018047, says: "(#100) Upload attachment failure.",
		},
		"file of another kind": {
			rule: "P27", request: upload("audio", "image/png", 1), code: 100, subcode: 2018047,
			says: "(#100) Upload attachment failure.",
		},
		"image over 8 MB": {
			rule: "P28", request: upload("image", "image/png", 8<<20+1), code: 100, subcode: 2018109,
			says: "(#100) Attachment size exceeds allowable limit",
		},
		"file over 25 MB": {
			rule: "P28", request: upload("file", "application/pdf", 25<<20+1), code: 100, subcode: 2018109,
			says: "(#100) Attachment size exceeds allowable limit",
		},
		"body over 32 MiB": {
			rule: "P28", request: upload("file", "application/pdf", 32<<20+1), code: 100, subcode: 2018109,
			says: "(#100) Attachment size exceeds allowable limit",
		},
	}
}

// upload returns a call that carries its attachment as a file.
func upload(kind, contentType string, size int) func(*testing.T) *http.Request {
	return func(t *testing.T) *http.Request {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		must(form.WriteField("recipient", `{"id":"`+psid+`"}`))
		must(form.WriteField("message", `{"attachment":{"type":"`+kind+`","payload":{"is_reusable":true}}}`))
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", `form-data; name="filedata"; filename="a"`)
		header.Set("Content-Type", contentType)
		part, err := form.CreatePart(header)
		must(err)
		_, err = part.Write(make([]byte, size))
		must(err)
		must(form.Close())
		return request(t, http.MethodPost, "/v25.0/me/messages", form.FormDataContentType(), body.String())
	}
}

// schemaRefusals are of the rules that no recorded body covers.
func schemaRefusals() map[string]refusal {
	invalid := func(rule, body, says string) refusal {
		return refusal{rule: rule, body: body, code: 100, says: "(#100) " + says}
	}
	instagram := func(body string) refusal {
		return refusal{
			rule: "X04", graph: &sendtest.Graph{Instagram: true}, body: body, code: 100, subcode: 2534015,
			says: "(#100) Invalid message data",
		}
	}
	return map[string]refusal{
		"recipient a word":     invalid("X01", `{"recipient":"1",`+hi+`}`, "Param recipient must be an object"),
		"message a word":       invalid("X01", to(`"message":"Hi"`), "Param message must be an object"),
		"text a number":        invalid("X01", message(`{"text":42}`), "Param message[text] must be a UTF-8 encoded string"),
		"user_ref empty":       invalid("X01", `{"recipient":{"user_ref":""},`+hi+`}`, "Param recipient[user_ref] must be a non-empty string"),
		"quick replies object": invalid("X01", message(`{"text":"a","quick_replies":{}}`), "Param message[quick_replies] must be an array"),
		"elements a word":      invalid("X01", generic(`"e"`), "Param name_placeholder[elements] must be an array"),
		"button a word":        invalid("X01", buttons(`["b"]`), "Param name_placeholder[buttons][0] must be an object"),
		"button type":          invalid("X02", buttons(`[{"type":"wrong","title":"a"}]`), `Param name_placeholder[buttons][0][type] must be one of {WEB_URL, POSTBACK, PHONE_NUMBER, ACCOUNT_LINK, ACCOUNT_UNLINK, GAME_PLAY} - got "wrong".`),
		"aspect ratio":         invalid("X02", template(`{"template_type":"generic","image_aspect_ratio":"long","elements":[`+element+`]}`), `Param name_placeholder[image_aspect_ratio] must be one of {HORIZONTAL, SQUARE} - got "long".`),
		"no file":              invalid("X03", message(`{"attachment":{"type":"image","payload":{"is_reusable":false}}}`), "Incorrect number of files uploaded. Must upload exactly one file."),
		"media on Instagram":   instagram(template(`{"template_type":"media","elements":[]}`)),
		"call on Instagram":    instagram(buttons(`[{"type":"phone_number","title":"Call","payload":"+1"}]`)),
		"utility on Instagram": instagram(utility),
		"news outside the window": {
			rule: "X05", body: tagged("NON_PROMOTIONAL_SUBSCRIPTION"), prepare: acted(day + time.Second), code: 10,
			subcode: 2018065, says: "(#10) " + outside +
				" You need page_messaging_subscriptions permission to be able to do it. " + policy,
		},
		"utility without a name": invalid("X06", to(`"message":{"template":{"language":{"code":"en"}}}`), "The parameter message[template][name] is required"),
		"utility, no language":   invalid("X06", to(`"message":{"template":{"name":"n","language":{}}}`), "The parameter message[template][language][code] is required"),
		"form for 8 days":        invalid("X07", template(`{"template_type":"customer_information","business_privacy":{"url":"https://a.example"},"expires_in_days":8}`), "Param name_placeholder[expires_in_days] must be between 1 and 7"),
		"11 images": {
			rule: "X08", code: 105, says: "(#105) param message[attachments] has too many elements.",
			body: message(`{"attachments":` + times(11, `{"type":"image","payload":{"url":"https://cdn.example/1.jpg"}}`) + `}`),
		},
	}
}
