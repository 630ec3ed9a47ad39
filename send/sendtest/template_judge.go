package sendtest

import (
	"slices"
	"strings"
)

// Limits of the templates for buttons and elements. Source: Meta, Generic Template, Button Template, Buttons,
// 2026.
const (
	buttonTextLimit   = 640
	buttonLimit       = 3
	elementLimit      = 10
	elementTitleLimit = 80
)

// templated judges the payload of a template, which Meta's errors call name_placeholder.
func (j *judge) templated(payload value) {
	payload.name = "name_placeholder"
	kind := payload.at("template_type")
	j.template = kind.word()
	switch j.template {
	case "generic":
		j.generic(payload)
	case "button":
		j.buttonTemplate(payload)
	case "product":
		j.product(payload)
	case "notification_messages":
		j.notification(payload)
	case "list", "open_graph":
		j.refuse(templateDead)
	default:
		if j.data().instagram {
			j.refuse(notOnInstagram)
		}
		j.messengerTemplate(payload)
	}
}

// messengerTemplate judges the templates that Instagram does not have.
func (j *judge) messengerTemplate(payload value) {
	switch j.template {
	case "media":
		j.mediaTemplate(payload)
	case "receipt":
		j.receipt(payload)
	case "coupon":
		j.coupon(payload)
	case "customer_feedback":
		j.feedback(payload)
	case "customer_information":
		j.information(payload)
	case "image_grid":
		j.imageGrid(payload)
	case "instant_form":
		j.instantForm(payload)
	case "one_time_notif_req":
		j.keys(payload, "template_type", "title", "payload")
		j.require(templatePart, payload.at("title"), payload.at("payload"))
		j.most(optInLong, payload.at("title"), optInTitleLimit)
	case "airline_boardingpass", "airline_checkin", "airline_itinerary", "airline_update":
		// Absent from Meta's list since 2026, but nobody has seen them refused; their fields are not judged.
	default:
		j.refuse(templateType)
	}
}

func (j *judge) generic(p value) {
	j.keys(p, "template_type", "elements", "sharable", "image_aspect_ratio")
	j.oneOfFold(enumerated, p.at("image_aspect_ratio"), "horizontal", "square")
	for _, e := range j.elements(p, elementLimit, elementsMany) {
		j.element(e)
	}
}

// elements returns the elements of a template, which must be an array of 1 to limit; more are refused under
// many.
func (j *judge) elements(p value, limit int, many rule) []value {
	elements := p.at("elements")
	j.require(templatePart, elements)
	items := j.list(elements)
	switch {
	case len(items) == 0:
		j.refuse(tooFewElements, elements.name)
	case len(items) > limit:
		j.refuse(many, elements.name)
	}
	return items
}

func (j *judge) element(e value) {
	if !j.object(e) {
		return
	}
	j.keys(e, "title", "subtitle", "image_url", "item_url", "default_action", "buttons")
	title, subtitle, action := e.at("title"), e.at("subtitle"), e.at("default_action")
	j.filled(title)
	j.string(subtitle)
	j.elementButtons(e.at("buttons"))
	bare := subtitle.empty() && e.at("image_url").empty() && action.empty() && e.at("buttons").empty()
	if title.absent() || bare {
		j.refuse(elementTitleOnly)
	}
	j.shown(shownCut, title, elementTitleLimit)
	j.shown(shownCut, subtitle, elementTitleLimit)
	if j.object(action) {
		j.keys(action, "type", "url", "webview_height_ratio", "messenger_extensions", "fallback_url",
			"webview_share_button")
		j.oneOfFold(enumerated, action.at("type"), "web_url")
		j.webURL(action)
	}
}

// filled refuses a title that is no string, or an empty one; it may be absent.
func (j *judge) filled(title value) {
	if text, ok := title.v.(string); !title.absent() && (!ok || text == "") {
		j.refuse(titleEmpty, title.name)
	}
}

// elementButtons judges the buttons of an element, which may have none but no empty list.
func (j *judge) elementButtons(list value) {
	buttons := j.list(list)
	switch {
	case list.absent():
	case len(buttons) == 0:
		j.refuse(tooFewElements, list.name)
	case len(buttons) > buttonLimit:
		j.refuse(elementButtons, list.name)
	}
	for _, b := range buttons {
		j.button(b)
	}
}

func (j *judge) buttonTemplate(p value) {
	j.keys(p, "template_type", "text", "buttons", "sharable")
	text, list := p.at("text"), p.at("buttons")
	j.require(templatePart, text)
	j.filled(text)
	j.require(templatePart, list)
	buttons := j.list(list)
	switch {
	case len(buttons) == 0:
		j.refuse(buttonsEmpty, list.name)
	case len(buttons) > buttonLimit:
		j.refuse(buttonsMany, list.name)
	}
	j.most(buttonTextLong, text, buttonTextLimit)
	for _, b := range buttons {
		j.button(b)
	}
}

func (j *judge) button(b value) {
	if !j.object(b) {
		return
	}
	j.keys(b, "type", "title", "url", "payload", "webview_height_ratio", "messenger_extensions",
		"fallback_url", "webview_share_button", "game_metadata")
	kind := b.at("type")
	j.require(templatePart, kind)
	j.oneOfFold(enumerated, kind,
		"web_url", "postback", "phone_number", "account_link", "account_unlink", "game_play")
	if j.data().instagram && kind.word() != "web_url" && kind.word() != "postback" {
		j.refuse(notOnInstagram)
	}
	switch kind.word() {
	case "web_url":
		j.buttonTitle(b.at("title"))
		j.webURL(b)
	case "postback":
		j.buttonTitle(b.at("title"))
		j.postback(b.at("payload"))
	case "phone_number":
		j.buttonTitle(b.at("title"))
		if number, plus := strings.CutPrefix(b.at("payload").text(), "+"); !plus || !isID(number) {
			j.refuse(phoneNumber, b.at("payload").name)
		}
	case "account_link":
		j.accountLink(b)
	case "game_play":
		j.buttonTitle(b.at("title"))
		j.game(b.at("game_metadata"))
	}
}

// game judges whom or where a game is played with.
func (j *judge) game(data value) {
	if !j.object(data) {
		return
	}
	j.keys(data, "player_id", "context_id")
	if data.at("player_id").absent() == data.at("context_id").absent() {
		j.refuse(gameData, data.name)
	}
}

func (j *judge) buttonTitle(title value) {
	if title.absent() {
		j.refuse(buttonTitle)
	}
	j.filled(title)
	j.shown(shownCut, title, titleLimit)
}

func (j *judge) postback(payload value) {
	if payload.empty() {
		j.refuse(postbackNoData)
	}
	j.most(postbackDataLong, payload, payloadLimit)
}

// webURL judges the address of a button or default action of type web_url.
func (j *judge) webURL(b value) {
	address := b.at("url")
	switch {
	case address.empty():
		j.refuse(buttonNoURL)
	case !isURL(address.text()):
		j.refuse(buttonBadURL, address.name)
	case !b.at("messenger_extensions").isTrue():
	case !isHTTPS(address.text()):
		j.refuse(extensionsHTTPS, address.name)
	case !j.whitelisted(address.text()):
		j.refuse(extensionsDomain, address.name)
	}
	j.oneOfFold(enumerated, b.at("webview_share_button"), "hide")
	j.oneOfFold(enumerated, b.at("webview_height_ratio"), "compact", "tall", "full")
}

// whitelisted reports whether an address is in a whitelisted domain: just that one, no other below it.
func (j *judge) whitelisted(address string) bool {
	domains, d := j.data().state.Domains, j.data()
	if profile := d.profile["whitelisted_domains"]; domains == nil && profile != nil {
		for _, domain := range (value{"", profile}).items() {
			domains = append(domains, domain.text())
		}
	}
	return domains == nil || slices.ContainsFunc(domains, func(domain string) bool {
		return strings.EqualFold(hostOf(domain), hostOf(address))
	})
}

// hostOf returns the host of an address, with or without its scheme, and without its port.
func hostOf(address string) string {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		rest = address
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	host, _, _ := strings.Cut(rest[strings.LastIndexByte(rest, '@')+1:], ":")
	return host
}

func (j *judge) accountLink(b value) {
	if title := b.at("title"); !title.absent() {
		j.refuse(accountLinkTitle, title.name)
	}
	if address := b.at("url"); !isHTTPS(address.text()) {
		j.refuse(accountLinkHTTPS, address.name)
	}
}
