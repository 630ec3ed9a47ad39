package send

// ProductTemplate shows products of the Page's catalog, with what the catalog says of them. It is one of the
// templates that Instagram has too.
//
// Source: Meta, Product Template, 2026.
type ProductTemplate struct {
	// Elements are one to ten.
	Elements []ProductElement `json:"elements,omitempty"`
}

// ProductElement is one product of a catalog.
//
// Source: Meta, Product Template, 2026.
type ProductElement struct {
	// ID is the product's in the catalog, a numeric string.
	ID string `json:"id,omitempty"`
}

// Products returns a message of one to ten products of the Page's catalog.
func Products(ids ...string) Message {
	elements := make([]ProductElement, len(ids))
	for i, id := range ids {
		elements[i].ID = id
	}
	return Template(&ProductTemplate{Elements: elements})
}

// CouponTemplate is a coupon, with a code to reveal, a link, or both. Send it with [Template]. Messenger
// only. A person who reveals the code causes an event with Payload and the code; a tap on the link causes
// none.
//
// Source: Meta, Coupon Template, 2026.
type CouponTemplate struct {
	// Title is at most 80 characters. Required.
	Title string `json:"title,omitempty"`
	// Subtitle is at most 80 characters; Meta's default is "Terms may apply."
	Subtitle string `json:"subtitle,omitempty"`
	// Code is the coupon's, without spaces. Code or URL is required.
	Code string `json:"coupon_code,omitempty"`
	// URL is where the coupon is redeemed.
	URL string `json:"coupon_url,omitempty"`
	// URLTitle is the title of the link; Meta's default is "Shop now".
	URLTitle string `json:"coupon_url_button_title,omitempty"`
	// PreMessage is shown before the coupon.
	PreMessage string `json:"coupon_pre_message,omitempty"`
	ImageURL   string `json:"image_url,omitempty"`
	// Payload comes back with the event of a code that was revealed.
	Payload string `json:"payload,omitempty"`
}

// ImageGridTemplate is a grid of two to six pictures. Build it with [ImageGrid], or send it with [Template].
// Messenger only.
//
// Source: Meta, Image Grid Template, 30 June 2026.
type ImageGridTemplate struct {
	// Elements is exactly one.
	Elements []GridElement `json:"elements,omitempty"`
}

// GridElement is the one element of an image grid.
//
// Source: Meta, Image Grid Template, 30 June 2026.
type GridElement struct {
	// Images are two to six.
	Images []GridImage `json:"images,omitempty"`
	// Title is shown, at most 45 characters; Subtitle at most 80.
	Title    string `json:"title,omitempty"`
	Subtitle string `json:"subtitle,omitempty"`
	// Buttons are at most three, links and postbacks.
	Buttons []Button `json:"buttons,omitempty"`
}

// GridImage is one picture of an image grid.
//
// Source: Meta, Image Grid Template, 30 June 2026.
type GridImage struct {
	// URL is required.
	URL string `json:"url,omitempty"`
	// Hero shows the picture larger than the others; at most one is.
	Hero bool `json:"is_hero_image,omitempty"`
	// Action is what a tap on the picture does; nil: nothing.
	Action *GridAction `json:"action,omitempty"`
}

// GridAction is what a tap on a picture of an image grid does: it opens URL, or comes back to the bot with
// Text and Payload. Build it with [GridLink] or [GridPostback].
//
// Source: Meta, Image Grid Template, 30 June 2026.
type GridAction struct {
	// Type is "web_url" or "postback".
	Type string `json:"type,omitempty"`
	// URL goes with web_url only.
	URL string `json:"url,omitempty"`
	// Payload and Text go with postback only, and both are required.
	Payload string `json:"payload,omitempty"`
	Text    string `json:"text,omitempty"`
}

// ImageGrid returns a message of one grid of two to six pictures.
func ImageGrid(element GridElement) Message {
	return Template(&ImageGridTemplate{Elements: []GridElement{element}})
}

// GridLink returns the action of a picture that opens url.
func GridLink(url string) *GridAction { return &GridAction{Type: webURL, URL: url} }

// GridPostback returns the action of a picture that comes back to the bot with text and payload.
func GridPostback(text, payload string) *GridAction {
	return &GridAction{Type: postback, Text: text, Payload: payload}
}

// MarshalJSON encodes t with its template_type.
func (t *ProductTemplate) MarshalJSON() ([]byte, error) {
	type fields ProductTemplate
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *CouponTemplate) MarshalJSON() ([]byte, error) {
	type fields CouponTemplate
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *ImageGridTemplate) MarshalJSON() ([]byte, error) {
	type fields ImageGridTemplate
	return typed(t.templateType(), (*fields)(t))
}

func (*ProductTemplate) templateType() string   { return "product" }
func (*CouponTemplate) templateType() string    { return "coupon" }
func (*ImageGridTemplate) templateType() string { return "image_grid" }
