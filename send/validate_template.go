package send

import "strings"

const elementsField = "payload.elements"

func (t *ButtonTemplate) problems(r *report) {
	r.want("payload.text", t.Text)
	r.atMost("payload.text", t.Text, MaxButtonText)
	if len(t.Buttons) == 0 {
		r.add("payload.buttons", "0, at least 1")
	}
	r.buttons("payload.buttons", t.Buttons)
}

func (t *GenericTemplate) problems(r *report) {
	r.count(elementsField, len(t.Elements), 1, MaxElements)
	for i := range t.Elements {
		r.enter(elementsField, i)
		r.element(&t.Elements[i])
		r.leave()
	}
}

func (r *report) element(e *Element) {
	switch {
	case e.Title == "":
		r.add("title", "missing")
	case e.Subtitle == "" && e.ImageURL == "" && e.DefaultAction == nil && len(e.Buttons) == 0:
		r.add("", "only a title: want a subtitle, an image_url, a default_action or buttons beside it")
	}
	if action := e.DefaultAction; action != nil {
		if !action.is(webURL) {
			r.add("default_action.type", "want web_url: use send.Link")
		}
		if action.Title != "" {
			r.add("default_action.title", "not allowed: a tap on the card has none")
		}
		r.link("default_action.url", action)
	}
	r.buttons("buttons", e.Buttons)
}

func (t *MediaTemplate) problems(r *report) {
	r.count(elementsField, len(t.Elements), 1, 1)
	for i := range t.Elements {
		r.enter(elementsField, i)
		r.mediaElement(&t.Elements[i])
		r.leave()
	}
}

func (t *ProductTemplate) problems(r *report) {
	r.count(elementsField, len(t.Elements), 1, MaxElements)
	for i := range t.Elements {
		r.enter(elementsField, i)
		if !digits(t.Elements[i].ID) {
			r.add("id", "want the digits of the product's ID in the catalog")
		}
		r.leave()
	}
}

func (t *CouponTemplate) problems(r *report) {
	r.want("payload.title", t.Title)
	r.atMost("payload.title", t.Title, MaxElementTitle)
	r.atMost("payload.subtitle", t.Subtitle, MaxElementSubtitle)
	switch {
	case t.Code == "" && t.URL == "":
		r.add("payload.coupon_code", "missing: want it, a coupon_url, or both")
	case strings.Contains(t.Code, " "):
		r.add("payload.coupon_code", "want it without spaces")
	}
}

func (t *ImageGridTemplate) problems(r *report) {
	r.count(elementsField, len(t.Elements), 1, 1)
	for i := range t.Elements {
		r.enter(elementsField, i)
		r.grid(&t.Elements[i])
		r.leave()
	}
}

func (r *report) grid(e *GridElement) {
	r.count("images", len(e.Images), leastGridImages, mostGridImages)
	heroes := 0
	for i := range e.Images {
		if e.Images[i].Hero {
			heroes++
		}
		r.enter("images", i)
		r.want("url", e.Images[i].URL)
		r.gridAction(e.Images[i].Action)
		r.leave()
	}
	if heroes > 1 {
		r.add("images", "%d hero images, at most 1", heroes)
	}
	for i := range e.Buttons {
		if b := &e.Buttons[i]; !b.is(postback) && !b.is(webURL) && b.Type != "" {
			r.enter("buttons", i)
			r.add("type", "want web_url or postback on an image grid")
			r.leave()
		}
	}
	r.buttons("buttons", e.Buttons)
}

func (r *report) gridAction(a *GridAction) {
	switch {
	case a == nil:
	case strings.EqualFold(a.Type, postback):
		if a.URL != "" || a.Payload == "" || a.Text == "" {
			r.add("action", "want payload and text and no url with postback")
		}
	case strings.EqualFold(a.Type, webURL):
		if a.URL == "" || a.Payload != "" || a.Text != "" {
			r.add("action", "want url and neither payload nor text with web_url")
		}
	default:
		r.add("action.type", "want web_url or postback")
	}
}

func (t *OneTimeTemplate) problems(r *report) {
	r.want("payload.title", t.Title)
	r.atMost("payload.title", t.Title, maxOptInTitle)
	r.want("payload.payload", t.Payload)
}

func (t *NotificationTemplate) problems(r *report) {
	title := "payload.title"
	if t.InElements {
		title = elementsField + "[0].title"
		if r.channel != Instagram {
			r.add(elementsField, "Instagram only: want the fields in the payload itself")
		}
	}
	r.atMost(title, t.Title, maxOptInTitle)
}

func (t *OtherTemplate) problems(r *report) {
	switch strings.ToLower(t.Kind) {
	case "":
		r.add("payload.template_type", "missing")
	case "list", "open_graph":
		r.retire("payload.template_type", ErrRetired,
			"Meta removed list and open_graph in 2019 and 2020; use send.Carousel")
	}
	if len(t.Fields) > 0 && !isObject(t.Fields) {
		r.add("payload", "want a JSON object")
	}
}

func (r *report) buttons(list string, buttons []Button) {
	r.count(list, len(buttons), 0, MaxButtons)
	for i := range buttons {
		r.enter(list, i)
		r.button(&buttons[i])
		r.leave()
	}
}

// is reports whether b is of that type, in either case, as Meta compares it.
func (b *Button) is(kind string) bool { return strings.EqualFold(b.Type, kind) }

func (r *report) button(b *Button) {
	kind := strings.ToLower(b.Type)
	switch kind {
	case "":
		r.add("type", "missing: use send.Postback, send.Link or their like")
	case postback, webURL, phoneNumber, gamePlay:
		r.want("title", b.Title)
	case "element_share", "payment":
		r.retire("type", ErrRetired, "Meta removed this type of button")
	}
	if r.channel == Instagram && kind != "" && kind != postback && kind != webURL {
		r.add("type", "not on Instagram, which has web_url and postback")
	}
	switch kind {
	case postback:
		r.want("payload", b.Payload)
		r.atMost("payload", b.Payload, MaxPayload)
	case webURL:
		r.link("url", b)
	case phoneNumber:
		if number, found := strings.CutPrefix(b.Payload, "+"); !found || !digits(number) {
			r.add("payload", "want + and digits, such as +16505551234")
		}
	case accountLink:
		if b.Title != "" {
			r.add("title", "not allowed on account_link")
		}
		if !https(b.URL) {
			r.add("url", "want an https URL")
		}
	case gamePlay:
		if b.Game != nil && b.Game.PlayerID != "" && b.Game.ContextID != "" {
			r.add("game_metadata", "want either a player_id or a context_id")
		}
	}
}

// link reports a wrong address of a link, a button or what a tap on a card opens.
func (r *report) link(field string, b *Button) {
	r.address(field, b.URL)
	if b.Extensions && !https(b.URL) {
		r.add(field, "want an https URL with messenger_extensions")
	}
}
