package sendtest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Limits of single templates. Source: Meta, Templates, 2026.
const (
	receiptLimit    = 100
	gridTitleLimit  = 45
	gridFewest      = 2
	gridMost        = 6
	longestLifeDays = 7
	optInTitleLimit = 65
)

func (j *judge) mediaTemplate(p value) {
	j.keys(p, "template_type", "elements", "sharable")
	for _, e := range j.elements(p, 1, mediaElements) {
		if !j.object(e) {
			return
		}
		j.keys(e, "media_type", "attachment_id", "url", "buttons")
		kind, id, address := e.at("media_type"), e.at("attachment_id"), e.at("url")
		if kind.word() != "image" && kind.word() != "video" {
			j.refuse(mediaKind)
		}
		if id.empty() == address.empty() {
			j.refuse(mediaOneOf)
		}
		if !address.empty() {
			j.facebookURL(address)
		} else {
			j.assets = append(j.assets, asset{id: id.text(), kind: kind.word()})
		}
		j.elementButtons(e.at("buttons"))
	}
}

// facebookURL judges the address of a photo or video on Facebook.
//
// Source: Meta, Media Template, 2026.
func (j *judge) facebookURL(address value) {
	u, err := url.Parse(address.text())
	if err != nil || !strings.HasSuffix("."+strings.ToLower(u.Hostname()), ".facebook.com") {
		j.refuse(mediaForeign)
		return
	}
	photo := strings.TrimSuffix(u.Path, ".php") == "/photo" && u.Query().Has("fbid")
	if !photo && !strings.Contains(u.Path, "/videos/") && !strings.Contains(u.Path, "/photos/") {
		j.refuse(mediaUnsupported)
	}
}

func (j *judge) receipt(p value) {
	j.keys(p, "template_type", "recipient_name", "order_number", "currency", "payment_method", "summary",
		"merchant_name", "order_url", "timestamp", "elements", "address", "adjustments", "sharable")
	currency, summary, address := p.at("currency"), p.at("summary"), p.at("address")
	j.require(receiptPart,
		p.at("recipient_name"), p.at("order_number"), currency, p.at("payment_method"), summary)
	if code := currency.text(); !isCurrency(code) {
		j.refuse(receiptCurrency, code)
	}
	j.order = p.at("order_number").text()
	if slices.Contains(j.data().state.Orders, j.order) {
		j.refuse(receiptReused, p.at("order_number").name)
	}
	j.keys(summary, "subtotal", "shipping_cost", "total_tax", "total_cost")
	_, decimals, _ := strings.Cut(summary.at("total_cost").text(), ".")
	total, ok := summary.at("total_cost").number()
	if !ok || total < 0 || len(decimals) > decimalsOf(currency.text()) {
		j.refuse(receiptTotal)
	}
	elements := j.list(p.at("elements"))
	if len(elements) > receiptLimit {
		j.refuse(receiptMany, p.at("elements").name)
	}
	for _, e := range elements {
		j.keys(e, "title", "subtitle", "quantity", "price", "currency", "image_url")
		j.require(receiptPart, e.at("title"), e.at("price"))
	}
	if j.object(address) {
		j.keys(address, "street_1", "street_2", "city", "postal_code", "state", "country")
		j.require(receiptPart, address.at("street_1"), address.at("city"), address.at("postal_code"),
			address.at("state"), address.at("country"))
	}
	for _, a := range j.list(p.at("adjustments")) {
		j.keys(a, "name", "amount")
		j.require(receiptPart, a.at("name"), a.at("amount"))
	}
}

// decimalsOf returns how many decimal places an amount may have. Currencies without any are not judged.
//
// Source: ISO 4217.
func decimalsOf(currency string) int {
	switch currency {
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

func (j *judge) coupon(p value) {
	j.keys(p, "template_type", "title", "subtitle", "coupon_code", "coupon_url", "coupon_url_button_title",
		"coupon_pre_message", "image_url", "payload")
	j.require(templatePart, p.at("title"))
	switch {
	case p.at("coupon_code").empty() && p.at("coupon_url").empty():
		j.refuse(couponBad, "Either coupon_code or coupon_url is required")
	case strings.Contains(p.at("coupon_code").text(), " "):
		j.refuse(couponBad, "Param name_placeholder[coupon_code] must not contain spaces")
	}
	j.most(couponLong, p.at("title"), elementTitleLimit)
	j.most(couponLong, p.at("subtitle"), elementTitleLimit)
}

// productSince is the version of the Graph API that knows product templates.
//
// Source: Meta, Error Codes, 25 Jun 2026.
const productSince = 8

// product judges a product template.
func (j *judge) product(p value) {
	major, _, _ := strings.Cut(strings.TrimPrefix(j.version, "v"), ".")
	if n, err := strconv.Atoi(major); err == nil && n < productSince {
		j.refuse(productOld)
	}
	j.keys(p, "template_type", "elements", "sharable")
	for _, e := range j.elements(p, elementLimit, elementsMany) {
		j.keys(e, "id")
		id := e.at("id").text()
		if known := j.data().products; !isID(id) || known != nil && !known[id] {
			j.refuse(badProduct)
		}
	}
}

// notification judges the request to opt in to notification messages; on Instagram it is wrapped in elements.
func (j *judge) notification(p value) {
	fields := []string{
		"template_type", "title", "image_url", "image_aspect_ratio", "payload",
		"notification_messages_frequency", "notification_messages_reoptin",
		"notification_messages_timezone", "notification_messages_cta_text",
	}
	requests := []value{p}
	if j.data().instagram {
		j.keys(p, append(fields, "elements")...)
		for _, e := range j.list(p.at("elements")) {
			j.keys(e, fields[1:]...)
			requests = append(requests, e)
		}
	} else {
		j.keys(p, fields...)
	}
	for _, r := range requests {
		j.most(optInLong, r.at("title"), optInTitleLimit)
		j.oneOfFold(enumerated, r.at("image_aspect_ratio"), "horizontal", "square")
		j.oneOfFold(enumerated, r.at("notification_messages_frequency"), "daily", "weekly", "monthly")
		j.oneOfFold(enumerated, r.at("notification_messages_reoptin"), "enabled", "disabled")
		j.oneOfFold(enumerated, r.at("notification_messages_cta_text"),
			"allow", "frequency", "get", "get_updates", "opt_in", "sign_up")
	}
}

// instantForm judges an instant form.
func (j *judge) instantForm(p value) {
	j.keys(p, "template_type", "form_id")
	id := p.at("form_id")
	j.require(templatePart, id)
	if forms := j.data().state.Forms; forms != nil && !slices.Contains(forms, id.text()) {
		j.refuse(formUnknown)
	}
}

// imageGrid judges an image grid.
func (j *judge) imageGrid(p value) {
	j.keys(p, "template_type", "elements", "sharable")
	for _, e := range j.elements(p, 1, gridMany) {
		j.keys(e, "images", "title", "subtitle", "buttons")
		images, heroes := j.list(e.at("images")), 0
		switch {
		case len(images) < gridFewest:
			j.refuse(gridBad, "An image grid needs at least 2 images")
		case len(images) > gridMost:
			j.refuse(gridMany, e.at("images").name)
		}
		for _, image := range images {
			j.keys(image, "url", "is_hero_image", "action")
			j.require(templatePart, image.at("url"))
			if image.at("is_hero_image").isTrue() {
				heroes++
			}
			j.gridAction(image.at("action"))
		}
		if heroes > 1 {
			j.refuse(gridBad, "An image grid has at most one hero image")
		}
		j.shown(shownCut, e.at("title"), gridTitleLimit)
		j.shown(shownCut, e.at("subtitle"), elementTitleLimit)
		j.elementButtons(e.at("buttons"))
		for _, b := range e.at("buttons").items() {
			if kind := b.at("type").word(); kind != "web_url" && kind != "postback" {
				j.refuse(gridBad, "The buttons of an image grid are of type web_url or postback")
			}
		}
	}
}

// gridAction judges what a tap on an image of a grid does.
func (j *judge) gridAction(a value) {
	if !j.object(a) {
		return
	}
	j.keys(a, "type", "url", "payload", "text")
	address, data := !a.at("url").empty(), !a.at("payload").empty()
	text := !a.at("text").empty()
	switch a.at("type").word() {
	case "postback":
		if address || !data || !text {
			j.refuse(gridBad, "An action of type postback has payload and text and no url")
		}
	case "web_url":
		if !address || data || text {
			j.refuse(gridBad, "An action of type web_url has url and neither payload nor text")
		}
	default:
		j.refuse(gridBad, "The action of an image is of type web_url or postback")
	}
}
