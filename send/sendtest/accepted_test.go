package sendtest_test

import "strings"

// accepted returns calls that Meta accepts: at a limit, or with every field that there is.
func accepted() map[string]string {
	replies := func(list string) string { return message(`{"text":"Pick","quick_replies":` + list + `}`) }
	const (
		button = `{"type":"web_url","title":"Go","url":"https://shop.example/1","webview_height_ratio":"tall",` +
			`"messenger_extensions":true,"fallback_url":"https://shop.example","webview_share_button":"hide"}`
		action = `{"type":"web_url","url":"https://shop.example/1","webview_height_ratio":"COMPACT"}`
		pixel  = `{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}}`
	)
	return map[string]string{
		"2,000 characters":         message(`{"text":"` + strings.Repeat("😀", 2000) + `"}`),
		"metadata of 1,000":        message(`{"text":"a","metadata":"` + letters(1000) + `"}`),
		"13 quick replies":         replies(times(13, quick)),
		"quick reply title of 21":  replies(`[{"content_type":"text","title":"` + letters(21) + `","payload":"Y"}]`),
		"payload of 1,000":         replies(`[{"content_type":"text","title":"Yes","payload":"` + letters(1000) + `"}]`),
		"payload a number":         replies(`[{"content_type":"text","title":"Yes","payload":1}]`),
		"picture, nothing else":    replies(`[{"content_type":"text","title":"","payload":"","image_url":"https://cdn.example/1.png"}]`),
		"phone and e-mail":         replies(`[{"content_type":"user_phone_number"},{"content_type":"user_email"}]`),
		"quick replies of a media": message(`{"attachment":` + pixel + `,"quick_replies":[` + quick + `]}`),
		"several images":           message(`{"attachments":` + times(10, pixel) + `}`),
		"sticker":                  message(`{"sticker_id":369239263222822}`),
		"dynamic text":             message(`{"dynamic_text":{"text":"Hi, {{first_name}}!","fallback_text":"Hi"}}`),
		"address not escaped":      message(`{"attachment":{"type":"image","payload":{"url":"HTTPS://käse.example:8443/100%/a b.jpg"}}}`),
		"payload as a string":      message(`{"attachment":{"type":"image","payload":"{\"url\":\"https://cdn.example/a.jpg\"}"}}`),
		"utility":                  utility,
		"button":                   template(`{"template_type":"button","text":"` + letters(640) + `","buttons":` + times(3, button) + `}`),
		"button title of 21":       buttons(`[{"type":"postback","title":"` + letters(21) + `","payload":"Y"}]`),
		"button kinds":             buttons(`[{"type":"phone_number","title":"Call","payload":"+16505551234"},{"type":"account_link","url":"https://a.example"},{"type":"account_unlink"}]`),
		"game":                     buttons(`[{"type":"game_play","title":"Play","game_metadata":{"context_id":"1"}}]`),
		"generic":                  template(`{"template_type":"generic","sharable":false,"image_aspect_ratio":"SQUARE","elements":` + times(10, `{"title":"Mug","image_url":"https://cdn.example/1.jpg","default_action":`+action+`,"buttons":`+times(3, button)+`}`) + `}`),
		"generic, old link":        generic(`[{"title":"Mug","subtitle":"s","item_url":"https://shop.example"}]`),
		"generic title of 81":      generic(`[{"title":"` + letters(81) + `","subtitle":"` + letters(81) + `"}]`),
		"generic, action only":     generic(`[{"title":"Mug","default_action":` + action + `}]`),
		"media, photo":             template(`{"template_type":"media","sharable":true,"elements":[{"media_type":"image","url":"https://www.facebook.com/photo.php?fbid=1","buttons":[` + button + `]}]}`),
		"media, capitals":          template(`{"template_type":"media","elements":[{"media_type":"image","url":"https://WWW.Facebook.com/photo.php?fbid=1"}]}`),
		"media, video":             template(`{"template_type":"media","elements":[{"media_type":"video","url":"https://business.facebook.com/shop/videos/1"}]}`),
		"receipt":                  template(receiptPayload),
		"receipt, all of it":       template(`{"template_type":"receipt","sharable":true,"merchant_name":"M","recipient_name":"N","order_number":"1","currency":"USD","payment_method":"Visa","order_url":"https://shop.example","timestamp":"1428444852","elements":` + times(100, `{"title":"Mug","subtitle":"S","quantity":2,"price":5,"currency":"USD","image_url":"https://cdn.example/1.jpg"}`) + `,"address":{"street_1":"1 Way","street_2":"","city":"C","postal_code":"1","state":"CA","country":"US"},"summary":{"subtotal":1,"shipping_cost":"2.50","total_tax":3,"total_cost":"0"}}`),
		"receipt, 3 decimals":      replaced(change(receiptPayload, `5.19`, "5.199"), `"USD"`, `"KWD"`),
		"feedback":                 template(feedbackPayload),
		"feedback, at its limits":  template(`{"template_type":"customer_feedback","title":"` + letters(65) + `","subtitle":"` + letters(80) + `","button_title":"` + letters(20) + `","feedback_screens":[{"questions":[{"id":"` + letters(80) + `","type":"NPS","title":"Well?","score_option":"zero_to_ten","follow_up":{"type":"free_form","placeholder":"` + letters(65) + `"}}]}],"business_privacy":{"url":"https://a.example"}}`),
		"image grid":               template(gridPayload),
		"image grid of 6":          template(`{"template_type":"image_grid","elements":[{"title":"` + letters(45) + `","subtitle":"` + letters(80) + `","images":` + times(6, `{"url":"https://cdn.example/1.jpg"}`) + `,"buttons":[` + postback + `]}]}`),
		"coupon, title of 80":      template(`{"template_type":"coupon","title":"` + letters(80) + `","coupon_url":"https://a.example"}`),
		"coupon":                   template(`{"template_type":"coupon","title":"T","subtitle":"S","coupon_code":"A1","coupon_url_button_title":"Go","coupon_pre_message":"M","image_url":"https://cdn.example/1.jpg","payload":"P"}`),
		"information":              template(`{"template_type":"customer_information","countries":["US"],"business_privacy":{"url":"https://a.example"},"expires_in_days":7,"purpose":"SHIPPING"}`),
		"information for a day":    template(`{"template_type":"customer_information","business_privacy":{"url":"https://a.example"},"expires_in_days":1}`),
		"form":                     template(`{"template_type":"instant_form","form_id":"1"}`),
		"one-time notification":    template(`{"template_type":"one_time_notif_req","title":"T","payload":"P"}`),
		"notification messages":    template(`{"template_type":"notification_messages","title":"T","image_url":"https://cdn.example/1.jpg","image_aspect_ratio":"SQUARE","payload":"P","notification_messages_frequency":"DAILY","notification_messages_reoptin":"ENABLED","notification_messages_timezone":"UTC","notification_messages_cta_text":"ALLOW"}`),
		"product":                  template(`{"template_type":"product","elements":[{"id":"1"},{"id":"2"}]}`),
		"airline":                  template(`{"template_type":"airline_update","intro_message":"Delayed","locale":"en_US"}`),
	}
}
