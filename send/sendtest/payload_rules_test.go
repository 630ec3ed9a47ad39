package sendtest_test

import (
	"strconv"
	"strings"

	"github.com/parleybot/parley/send/sendtest"
)

const (
	quick    = `{"content_type":"text","title":"Yes","payload":"YES"}`
	postback = `{"type":"postback","title":"Yes","payload":"YES"}`
	element  = `{"title":"Mug","subtitle":"350 ml"}`
	utility  = `{"recipient":{"id":"` + psid + `"},"messaging_type":"UTILITY","message":{"template":{"name":"n",` +
		`"language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"1"}]}]}}}`
	feedbackPayload = `{"template_type":"customer_feedback","title":"T","subtitle":"S","button_title":"B",` +
		`"feedback_screens":[{"questions":[{"id":"q_1","type":"csat","title":"How was it?",` +
		`"score_label":"neg_pos","score_option":"five_stars",` +
		`"follow_up":{"type":"free_form","placeholder":"More"}}]}],` +
		`"business_privacy":{"url":"https://shop.example/privacy"},"expires_in_days":3}`
	receiptPayload = `{"template_type":"receipt","recipient_name":"N","order_number":"1","currency":"USD",` +
		`"payment_method":"Visa","elements":[{"title":"Mug","price":5}],` +
		`"address":{"street_1":"1 Way","city":"C","postal_code":"1","state":"CA","country":"US"},` +
		`"adjustments":[{"name":"Off","amount":1}],"summary":{"subtotal":5,"total_cost":5.19}}`
	gridPayload = `{"template_type":"image_grid","elements":[{"title":"T","images":[` +
		`{"url":"https://cdn.example/1.jpg","is_hero_image":true,"action":{"type":"web_url","url":"https://a.example"}},` +
		`{"url":"https://cdn.example/2.jpg","action":{"type":"postback","payload":"P","text":"T"}}]}]}`
)

// change returns a template payload with old replaced by replacement.
func change(payload, old, replacement string) string {
	if !strings.Contains(payload, old) {
		panic("no " + old)
	}
	return template(strings.Replace(payload, old, replacement, 1))
}

func long(param string, limit int) string {
	return "(#100) Length of param " + param + " must be less than or equal to " + strconv.Itoa(limit)
}

func letters(n int) string { return strings.Repeat("x", n) }

func payloadRefusals() map[string]refusal {
	replies := func(list string) string { return message(`{"text":"Pick","quick_replies":` + list + `}`) }
	const second = `{"content_type":"text","title":"Yes","payload":"YES"},`
	return map[string]refusal{
		"14 quick replies":   {rule: "P01", body: replies(times(14, quick)), code: 105, says: "(#105) param message[quick_replies] has too many elements."},
		"no quick reply":     {rule: "P32", body: replies(`[]`), code: 194, says: "(#194) param message[quick_replies] has too few elements."},
		"no content type":    {rule: "P02", body: replies(`[{"title":"Yes","payload":"Y"}]`), code: 100, says: "(#100) The parameter message[quick_replies][0][content_type] is required"},
		"no title":           {rule: "P02", body: replies(`[{"content_type":"text","payload":"Y"}]`), code: 100, subcode: 2018098, says: "(#100) Title is required for this quick reply content type"},
		"title empty":        {rule: "P02", body: replies(`[{"content_type":"text","title":"","payload":"Y"}]`), code: 100, subcode: 2018098, says: "(#100) Title is required for this quick reply content type"},
		"no payload":         {rule: "P02", body: replies(`[{"content_type":"text","title":"Yes"}]`), code: 100, subcode: 2018099, says: "(#100) Payload is required for this quick reply content type"},
		"title of 21":        {rule: "P03", graph: &sendtest.Graph{Strict: true}, body: replies(`[` + second + `{"content_type":"text","title":"` + letters(21) + `","payload":"Y"}]`), code: 100, says: long("message[quick_replies][1][title]", 20)},
		"payload of 1,001":   {rule: "P04", body: replies(`[{"content_type":"text","title":"Yes","payload":"` + letters(1001) + `"}]`), code: 100, says: long("message[quick_replies][0][payload]", 1000)},
		"location":           {rule: "P05", body: replies(`[{"content_type":"location"}]`), code: 100, says: contentTypes("location")},
		"attachment type":    {rule: "P06", body: message(`{"attachment":{"type":"picture","payload":{"url":"https://cdn.example/1"}}}`), code: 100, says: notSupported},
		"attachment dead":    {rule: "P06", body: message(`{"attachment":{"type":"fallback","payload":{}}}`), code: 100, says: notSupported},
		"template type":      {rule: "P07", body: template(`{"template_type":"carousel"}`), code: 100, says: "(#100) Invalid template type"},
		"no template type":   {rule: "P07", body: template(`{}`), code: 100, says: "(#100) Invalid template type"},
		"list":               {rule: "P07", body: template(`{"template_type":"list","elements":"invalid"}`), code: 100, says: "(#100) Invalid template type"},
		"open_graph":         {rule: "P07", body: template(`{"template_type":"open_graph"}`), code: 100, says: "(#100) Invalid template type"},
		"11 elements":        {rule: "P10", body: generic(times(11, element)), code: 105, says: "(#105) param name_placeholder[elements] has too many elements."},
		"no element":         {rule: "P11b", body: generic(`[]`), code: 194, says: "(#194) param name_placeholder[elements] has too few elements."},
		"elements missing":   {rule: "P11c", body: template(`{"template_type":"generic"}`), code: 100, says: "(#100) The parameter name_placeholder[elements] is required"},
		"element title 81":   {rule: "P13", graph: &sendtest.Graph{Strict: true}, body: generic(`[{"title":"` + letters(81) + `","subtitle":"s"}]`), code: 100, says: long("name_placeholder[elements][0][title]", 80)},
		"subtitle 81":        {rule: "P13", graph: &sendtest.Graph{Strict: true}, body: generic(`[{"title":"t","subtitle":"` + letters(81) + `"}]`), code: 100, says: long("name_placeholder[elements][0][subtitle]", 80)},
		"element title only": {rule: "P14", body: generic(`[{"title":"Mug"}]`), code: 100, subcode: 2018035, says: titleOnly},
		"subtitle empty":     {rule: "P14", body: generic(`[{"title":"Mug","subtitle":""}]`), code: 100, subcode: 2018035, says: titleOnly},
		"element title gone": {rule: "P14", body: generic(`[{"subtitle":"350 ml"}]`), code: 100, subcode: 2018035, says: titleOnly},
		"element title \"\"": {rule: "P11d", body: generic(`[{"title":"","subtitle":"s"}]`), code: 100, says: "(#100) Param name_placeholder[elements][0][title] must be a non-empty UTF-8 encoded string"},
		"Instagram, 1,001 bytes": {
			rule: "P30", graph: &sendtest.Graph{Instagram: true}, code: 100, subcode: 2534015,
			body: message(`{"text":"` + strings.Repeat("é", 500) + `x"}`), says: "(#100) Invalid message data",
		},
	}
}

const (
	notSupported = "(#100) Param message[attachment][type] is not supported. Please check developer docs for details"
	titleOnly    = "(#100) Incomplete element data: title and at least one other field (image url, subtitle or buttons) " +
		"is required with non-empty value"
)

func contentTypes(got string) string {
	return "(#100) Param message[quick_replies][0][content_type] must be one of {TEXT, USER_PHONE_NUMBER, USER_EMAIL, " +
		"USER_CITY, USER_BIRTHDAY, USER_STATE, USER_ZIP_CODE, OPEN_CAMERA, OPEN_GALLERY, RECORD_AUDIO, POLL, OPEN_NATIVE, " +
		"STICKER, OPEN_APP, P2P_PAYMENT, TRANSPORTATION, CREATE_EVENT, GIF, BIC_OPT_IN, DISPLAY_PERSISTENT_MENU, " +
		`BUSINESS_LEAD_FORM} - got "` + got + `".`
}

func buttonRefusals() map[string]refusal {
	noURL := refusal{rule: "P15", code: 100, subcode: 2018041, says: "(#100) Web url cannot be empty for url type button"}
	noData := refusal{rule: "P16", code: 100, subcode: 2018040, says: "(#100) Payload cannot be empty for postback type button"}
	with := func(r refusal, list string) refusal { r.body = buttons(list); return r }
	const badURL = "(#100) name_placeholder[buttons][0][url] should represent a valid URL"
	const notPhone = "(#100) Param name_placeholder[buttons][0][payload] must be a phone number of the form +16505551234"
	return map[string]refusal{
		"4 buttons":          {rule: "P08", body: buttons(times(4, postback)), code: 105, says: "(#105) param name_placeholder[buttons] has too many elements."},
		"4 in an element":    {rule: "P09", body: generic(`[{"title":"Mug","buttons":` + times(4, postback) + `}]`), code: 105, says: "(#105) param name_placeholder[elements][0][buttons] has too many elements."},
		"no button":          {rule: "P11", body: buttons(`[]`), code: 100, says: "(#100) param name_placeholder[buttons] must be non-empty."},
		"none in an element": {rule: "P11b", body: generic(`[` + element + `,{"title":"Mug","subtitle":"s","buttons":[]}]`), code: 194, says: "(#194) param name_placeholder[elements][1][buttons] has too few elements."},
		"template text \"\"": {rule: "P11d", body: template(`{"template_type":"button","text":"","buttons":[` + postback + `]}`), code: 100, says: "(#100) Param name_placeholder[text] must be a non-empty UTF-8 encoded string"},
		"template no text":   {rule: "P11c", body: template(`{"template_type":"button","buttons":[` + postback + `]}`), code: 100, says: "(#100) The parameter name_placeholder[text] is required"},
		"template no button": {rule: "P11c", body: template(`{"template_type":"button","text":"Pick"}`), code: 100, says: "(#100) The parameter name_placeholder[buttons] is required"},
		"no type":            {rule: "P11c", body: buttons(`[{"title":"Yes","payload":"Y"}]`), code: 100, says: "(#100) The parameter name_placeholder[buttons][0][type] is required"},
		"no title":           {rule: "P11d", body: buttons(`[{"type":"postback","payload":"Y"}]`), code: 100, subcode: 2018053, says: "(#100) Element button title cannot be empty."},
		"title empty":        {rule: "P11d", body: buttons(`[{"type":"postback","title":"","payload":"Y"}]`), code: 100, says: "(#100) Param name_placeholder[buttons][0][title] must be a non-empty UTF-8 encoded string"},
		"text of 641":        {rule: "P12", body: template(`{"template_type":"button","text":"` + letters(641) + `","buttons":[` + postback + `]}`), code: 100, says: long("name_placeholder[text]", 640)},
		"title of 21":        {rule: "P13", graph: &sendtest.Graph{Strict: true}, body: buttons(`[{"type":"postback","title":"` + letters(21) + `","payload":"Y"}]`), code: 100, says: long("name_placeholder[buttons][0][title]", 20)},
		"no url":             with(noURL, `[{"type":"web_url","title":"Go"}]`),
		"url empty":          with(noURL, `[{"type":"web_url","title":"Go","url":""}]`),
		"url of one word":    {rule: "P15", body: buttons(`[{"type":"web_url","title":"Go","url":"shop"}]`), code: 100, says: badURL},
		"url of a host":      {rule: "P15", body: buttons(`[{"type":"web_url","title":"Go","url":"https://shop/a"}]`), code: 100, says: badURL},
		"url of no scheme":   {rule: "P15", body: buttons(`[{"type":"web_url","title":"Go","url":"shop.example"}]`), code: 100, says: badURL},
		"extensions on http": {rule: "P15", body: buttons(`[{"type":"web_url","title":"Go","url":"http://shop.example","messenger_extensions":true}]`), code: 100, says: "(#100) name_placeholder[buttons][0][url] should represent a valid https URL"},
		"default action":     {rule: "P15", body: generic(`[{"title":"Mug","default_action":{"type":"web_url","url":"x"}}]`), code: 100, says: "(#100) name_placeholder[elements][0][default_action][url] should represent a valid URL"},
		"no payload":         with(noData, `[{"type":"postback","title":"Yes"}]`),
		"payload empty":      with(noData, `[{"type":"postback","title":"Yes","payload":""}]`),
		"payload of 1,001":   {rule: "P16", body: buttons(`[{"type":"postback","title":"Yes","payload":"` + letters(1001) + `"}]`), code: 100, says: long("name_placeholder[buttons][0][payload]", 1000)},
		"phone without +":    {rule: "P17", body: buttons(`[{"type":"phone_number","title":"Call","payload":"16505551234"}]`), code: 100, says: notPhone},
		"phone with words":   {rule: "P17", body: buttons(`[{"type":"phone_number","title":"Call","payload":"+1 call us"}]`), code: 100, says: notPhone},
		"account link http":  {rule: "P18", body: buttons(`[{"type":"account_link","url":"http://a.example"}]`), code: 100, says: "(#100) name_placeholder[buttons][0][url] should represent a valid https URL"},
		"account link title": {rule: "P18", body: buttons(`[{"type":"account_link","url":"https://a.example","title":"Log in"}]`), code: 100, says: "(#100) Param name_placeholder[buttons][0][title] is not allowed for this button type"},
	}
}

// replaced returns body with old, which must be in it, replaced.
func replaced(body, old, replacement string) string {
	if !strings.Contains(body, old) {
		panic("no " + old)
	}
	return strings.Replace(body, old, replacement, 1)
}
