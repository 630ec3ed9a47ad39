package sendtest_test

import (
	"net/http"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// shapeOfParameters are of the parameters beside recipient and message, and of parts of a message that Meta's
// reference lists and nobody has seen refused.
func shapeOfParameters() map[string]refusal {
	invalid := func(rule, body, says string) refusal {
		return refusal{rule: rule, body: body, code: 100, says: "(#100) " + says}
	}
	with := func(rule, more, says string) refusal { return invalid(rule, to(hi+","+more), says) }
	data := func(rule, fields, says string) refusal {
		return invalid(rule, message(`{"text":"a","quick_replies":[{"content_type":"poll","data":{`+fields+`}}]}`), says)
	}
	received := func(kind string) refusal {
		return invalid("P06", message(`{"attachment":{"type":"`+kind+`","payload":{"id":"1"}}}`),
			"Param message[attachment][type] is not supported. Please check developer docs for details")
	}
	optIn := func(fields, rule, says string) refusal {
		return invalid(rule, template(`{"template_type":"notification_messages","payload":"P",`+fields+`}`), says)
	}
	const placeholder = "Param name_placeholder"
	score := func(kind, option, options string) refusal {
		r := change(feedbackPayload, `"csat"`, `"`+kind+`"`)
		return invalid("P22", replaced(r, `"five_stars"`, `"`+option+`"`), placeholder+
			`[feedback_screens][0][questions][0][score_option] must be one of {`+options+`} - got "`+option+`".`)
	}
	return map[string]refusal{
		"persona of letters": with("X01", `"persona_id":"p"`, "Param persona_id must be a numeric string"),
		"reply a word":       with("X01", `"reply_to":"m_1"`, "Param reply_to must be an object"),
		"reply to a number":  with("X01", `"reply_to":{"mid":1}`, "Param reply_to[mid] must be a UTF-8 encoded string"),
		"reply to nothing":   with("X06", `"reply_to":{}`, "The parameter reply_to[mid] is required"),
		"reply, other key":   with("S05", `"reply_to":{"mid":"m","id":"1"}`, keysIn("id", "reply_to")),
		"control a word":     with("X01", `"thread_control":"pass"`, "Param thread_control must be an object"),
		"control type":       with("X02", `"thread_control":{"control_type":"take"}`, `Param thread_control[control_type] must be one of {PASS, RELEASE} - got "take".`),
		"control, app":       with("X01", `"thread_control":{"control_type":"pass","app_id":"a"}`, "Param thread_control[app_id] must be a numeric string"),
		"control, other key": with("S05", `"thread_control":{"type":"pass"}`, keysIn("type", "thread_control")),
		"folder":             with("X02", `"folder":"INBOX"`, `Param folder must be one of {PARTNERSHIP} - got "INBOX".`),
		"suggestion":         with("X02", `"suggestion_action":"SHOW"`, `Param suggestion_action must be one of {ACCEPT, DISMISS, IMPRESSION} - got "SHOW".`),
		"quick reply type":   invalid("X01", message(`{"text":"a","quick_reply_type":1}`), "Param message[quick_reply_type] must be a UTF-8 encoded string"),
		"sticker of letters": invalid("X01", message(`{"sticker_id":"like"}`), "Param message[sticker_id] must be a number"),
		"data, other key":    data("S05", `"apps":"a"`, keysIn("apps", "message[quick_replies][0][data]")),
		"data, amount":       data("X01", `"payment_amount":"much"`, "Param message[quick_replies][0][data][payment_amount] must be a number"),
		"data, sticker":      data("X01", `"sticker_id":"like"`, "Param message[quick_replies][0][data][sticker_id] must be a number"),
		"data, currency":     data("X01", `"payment_currency":"euro"`, "Param message[quick_replies][0][data][payment_currency] must be a currency code of ISO 4217"),
		"data, type":         data("X02", `"payment_type":"take"`, `Param message[quick_replies][0][data][payment_type] must be one of {PAY, REQUEST} - got "take".`),
		"data, options":      data("X01", `"poll_options":[1]`, "Param message[quick_replies][0][data][poll_options][0] must be a UTF-8 encoded string"),
		"location":           received("LOCATION"),
		"fallback":           received("fallback"),
		"reel":               received("reel"),
		"ig_reel":            received("IG_REEL"),
		"heart on Messenger": received("LIKE_HEART"),
		"post on Messenger":  received("media_share"),
		"share button":       invalid("X02", buttons(`[{"type":"element_share"}]`), buttonKinds("element_share")),
		"payment button":     invalid("X02", buttons(`[{"type":"payment","title":"Buy"}]`), buttonKinds("payment")),
		"webview share":      invalid("X02", buttons(`[{"type":"web_url","title":"Go","url":"https://a.example","webview_share_button":"show"}]`), placeholder+`[buttons][0][webview_share_button] must be one of {HIDE} - got "show".`),
		"game, both":         invalid("X11", buttons(`[{"type":"game_play","title":"Play","game_metadata":{"player_id":"1","context_id":"2"}}]`), placeholder+"[buttons][0][game_metadata] must have either player_id or context_id"),
		"game, other key":    invalid("S05", buttons(`[{"type":"game_play","title":"Play","game_metadata":{"id":"1"}}]`), keysIn("id", "name_placeholder[buttons][0][game_metadata]")),
		"one-time title":     invalid("X10", template(`{"template_type":"one_time_notif_req","title":"`+letters(66)+`","payload":"P"}`), long("name_placeholder[title]", 65)[7:]),
		"opt-in title":       optIn(`"title":"`+letters(66)+`"`, "X10", long("name_placeholder[title]", 65)[7:]),
		"opt-in ratio":       optIn(`"image_aspect_ratio":"LONG"`, "X02", placeholder+`[image_aspect_ratio] must be one of {HORIZONTAL, SQUARE} - got "LONG".`),
		"opt-in frequency":   optIn(`"notification_messages_frequency":"HOURLY"`, "X02", placeholder+`[notification_messages_frequency] must be one of {DAILY, WEEKLY, MONTHLY} - got "HOURLY".`),
		"opt-in again":       optIn(`"notification_messages_reoptin":"YES"`, "X02", placeholder+`[notification_messages_reoptin] must be one of {ENABLED, DISABLED} - got "YES".`),
		"opt-in button":      optIn(`"notification_messages_cta_text":"BUY"`, "X02", placeholder+`[notification_messages_cta_text] must be one of {ALLOW, FREQUENCY, GET, GET_UPDATES, OPT_IN, SIGN_UP} - got "BUY".`),
		"grid button":        invalid("P23", change(gridPayload, `"title":"T"`, `"buttons":[{"type":"account_unlink"}]`), "The buttons of an image grid are of type web_url or postback"),
		"csat scale":         score("csat", "zero_to_ten", "ONE_TO_FIVE, FIVE_STARS, FIVE_EMOJIS"),
		"nps scale":          score("nps", "five_stars", "ZERO_TO_TEN"),
		"ces scale":          score("ces", "five_stars", "ONE_TO_SEVEN, 1_TO_5"),
		"product in v7.0":    {rule: "X12", code: 100, subcode: 2018328, says: "(#100) The product template needs version v8.0 or later", request: sent(http.MethodPost, "/v7.0/me/messages", "application/json", template(`{"template_type":"product","elements":[{"id":"1"}]}`))},
		"coupon subtitle":    invalid("P21", template(`{"template_type":"coupon","title":"T","coupon_code":"A","subtitle":"`+letters(81)+`"}`), long("name_placeholder[subtitle]", 80)[7:]),
	}
}

func buttonKinds(got string) string {
	return `Param name_placeholder[buttons][0][type] must be one of {WEB_URL, POSTBACK, PHONE_NUMBER, ACCOUNT_LINK, ` +
		`ACCOUNT_UNLINK, GAME_PLAY} - got "` + got + `".`
}

// instagramRefusals are of what only Messenger has.
func instagramRefusals() map[string]refusal {
	refused := map[string]refusal{}
	for name, body := range map[string]string{
		"sticker":           message(`{"sticker_id":369239263222822}`),
		"e-mail":            message(`{"text":"a","quick_replies":[{"content_type":"user_email"}]}`),
		"persona":           to(hi + `,"persona_id":"1"`),
		"user_ref":          `{"recipient":{"user_ref":"r"},` + hi + `}`,
		"post_id":           `{"recipient":{"post_id":"1"},` + hi + `}`,
		"one-time token":    oneTime,
		"receipt":           template(receiptPayload),
		"coupon":            template(`{"template_type":"coupon","title":"T","coupon_code":"C"}`),
		"feedback":          template(feedbackPayload),
		"information":       template(`{"template_type":"customer_information","business_privacy":{"url":"https://a.example"}}`),
		"image grid":        template(gridPayload),
		"instant form":      template(`{"template_type":"instant_form","form_id":"1"}`),
		"one-time request":  template(`{"template_type":"one_time_notif_req","title":"T","payload":"P"}`),
		"account link":      buttons(`[{"type":"account_link","url":"https://a.example"}]`),
		"account unlink":    buttons(`[{"type":"account_unlink"}]`),
		"game":              buttons(`[{"type":"game_play","title":"Play"}]`),
		"call in a generic": generic(`[{"title":"a","buttons":[{"type":"phone_number","title":"Call","payload":"+1"}]}]`),
	} {
		refused["Instagram: "+name] = refusal{
			rule: "X04", graph: &sendtest.Graph{Instagram: true}, body: body, code: 100, subcode: 2534015,
			says: "(#100) Invalid message data",
		}
	}
	empty := refused["Instagram: sticker"]
	empty.rule, empty.subcode, empty.says = "X06", 0, "(#100) The parameter message[attachment][payload][id] is required"
	empty.body = message(`{"attachment":{"type":"MEDIA_SHARE","payload":{}}}`)
	refused["Instagram: post without ID"] = empty
	for name, test := range map[string]struct{ body, key, param string }{
		"post":      {message(`{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"1","url":"u"}}}`), "url", "message[attachment][payload]"},
		"opt-ins":   {template(`{"template_type":"notification_messages","element":[]}`), "element", "name_placeholder"},
		"an opt-in": {template(`{"template_type":"notification_messages","elements":[{"text":"T"}]}`), "text", "name_placeholder[elements][0]"},
	} {
		refused["Instagram: key in "+name] = refusal{
			rule: "S05", graph: &sendtest.Graph{Instagram: true}, body: test.body, code: 100,
			says: "(#100) " + keysIn(test.key, test.param),
		}
	}
	return refused
}

// TestParameters: every parameter and every part of a message that Meta's reference lists is accepted.
func TestParameters(t *testing.T) {
	for name, body := range map[string]string{
		"reply":             to(hi + `,"reply_to":{"mid":"m_1"}`),
		"reply as a string": to(hi + `,"reply_to":"{'mid':'m_1'}"`),
		"pass":              to(hi + `,"thread_control":{"control_type":"pass","app_id":"263902037430900"}`),
		"release":           to(hi + `,"thread_control":{}`),
		"folder":            to(hi + `,"folder":"PARTNERSHIP"`),
		"accept":            to(hi + `,"suggestion_action":"ACCEPT"`),
		"dismiss":           to(hi + `,"suggestion_action":"DISMISS"`),
		"impression":        to(hi + `,"suggestion_action":"IMPRESSION"`),
		"regular":           to(hi + `,"notification_type":"REGULAR"`),
		"silent":            to(hi + `,"notification_type":"SILENT_PUSH"`),
		"persona":           to(`"sender_action":"typing_on","persona_id":1`),
		"news":              tagged("NON_PROMOTIONAL_SUBSCRIPTION"),
		"player":            `{"recipient":{"player_id":"1"},` + hi + `}`,
		"login":             `{"recipient":{"login_id":"1"},` + hi + `}`,
		"quick reply type":  message(`{"text":"a","quick_reply_type":"x"}`),
		"sticker as text":   message(`{"sticker_id":"369239263222822"}`),
		"quick reply data": message(`{"text":"a","quick_replies":[{"content_type":"P2P_PAYMENT","data":{"app":"a",` +
			`"dest_address":"b","sticker_id":"1","payment_amount":5,"payment_currency":"EUR","payment_type":"request",` +
			`"poll_options":["a","b"],"provider_name":"c","native_uri":"d"}}]}`),
		"game with a player": buttons(`[{"type":"game_play","title":"Play","payload":"{}","game_metadata":{"player_id":"1"}}]`),
		"nps":                replaced(change(feedbackPayload, `"csat"`, `"nps"`), `"five_stars"`, `"zero_to_ten"`),
		"ces":                replaced(change(feedbackPayload, `"csat"`, `"ces"`), `"five_stars"`, `"1_to_5"`),
		"free form":          replaced(change(feedbackPayload, `"csat"`, `"free_form"`), `"score_option":"five_stars",`, ""),
		"one-time, 65":       template(`{"template_type":"one_time_notif_req","title":"` + letters(65) + `","payload":"P"}`),
	} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			if got := post(t, g, body); got.status != http.StatusOK {
				t.Errorf("refused by %s: %s", last(t, g).Rule, got.body)
			}
		})
	}
}

// TestProductVersion: v8.0 is the first version with product templates.
func TestProductVersion(t *testing.T) {
	body := template(`{"template_type":"product","elements":[{"id":"1"}]}`)
	for _, path := range []string{"/v8.0/me/messages", "/v25.0/me/messages", "/me/messages"} {
		got := call(t, new(sendtest.Graph), request(t, http.MethodPost, path, "application/json", body))
		if got.status != http.StatusOK {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

// TestFields: the answer has the fields of the Page that the call asks for.
func TestFields(t *testing.T) {
	g := &sendtest.Graph{PageID: "77", Now: atNoon}
	for fields, want := range map[string]string{
		"id":              `,"id":"77"}`,
		"name":            `,"name":"Page 77"}`,
		"id,name,unheard": `,"id":"77","name":"Page 77"}`,
	} {
		got := post(t, g, to(`"sender_action":"typing_on","fields":"`+fields+`"`))
		if got.body != `{"recipient_id":"`+psid+`"`+want {
			t.Errorf("%s: %s", fields, got.body)
		}
		r := request(t, http.MethodPost, "/me/messages?fields="+fields, "application/json", to(hi))
		if got := call(t, g, r); got.body != `{"recipient_id":"`+psid+`","message_id":"`+got.MessageID+`"`+want {
			t.Errorf("%s: %s", fields, got.body)
		}
	}
}
