package send

import (
	"bytes"
	"encoding/json"
	"slices"
)

// The types of buttons.
const (
	postback      = "postback"
	webURL        = "web_url"
	phoneNumber   = "phone_number"
	accountLink   = "account_link"
	accountUnlink = "account_unlink"
	gamePlay      = "game_play"
)

// Button is a button of a template. Build it with [Postback], [Link], [Call], [LogIn], [LogOut] or [Play]. On
// Instagram only links and postbacks exist.
//
// Source: Meta, Buttons, 2026.
type Button struct {
	// Type is "postback", "web_url", "phone_number", "account_link", "account_unlink" or "game_play". The
	// types "element_share" and "payment" are retired: they are refused unless [Config].Retired is set.
	Type string `json:"type,omitempty"`
	// Title is shown; what exceeds 20 characters is cut on display.
	Title string `json:"title,omitempty"`
	// Payload comes back with the tap of a postback, at most 1,000 characters; or is the number to call; or
	// is what a game is given, as JSON.
	Payload string `json:"payload,omitempty"`
	// URL is opened by a link; for an account link it is the https page of the login.
	URL string `json:"url,omitempty"`
	// WebviewHeight is "compact", "tall" or "full"; Meta's default is full.
	WebviewHeight string `json:"webview_height_ratio,omitempty"`
	// Extensions switches Messenger Extensions on; URL must then be https.
	Extensions bool `json:"messenger_extensions,omitempty"`
	// FallbackURL is opened by clients without Messenger Extensions.
	FallbackURL string `json:"fallback_url,omitempty"`
	// ShareButton is "hide" to hide the share button of the webview.
	ShareButton string `json:"webview_share_button,omitempty"`
	// Game says in which round a game is opened.
	Game *GameMetadata `json:"game_metadata,omitempty"`
}

// GameMetadata says in which round an Instant Game is opened: against a player, or in a context. One of the
// two is set.
//
// Source: Meta, Buttons, 2026.
type GameMetadata struct {
	PlayerID  string `json:"player_id,omitempty"`
	ContextID string `json:"context_id,omitempty"`
}

// Postback returns a button that comes back to the bot with payload.
func Postback(title, payload string) Button {
	return Button{Type: postback, Title: title, Payload: payload}
}

// Link returns a button that opens url. For the DefaultAction of an [Element] leave title empty.
func Link(title, url string) Button { return Button{Type: webURL, Title: title, URL: url} }

// Call returns a button that calls number, which is written as "+" and digits, such as "+16505551234".
func Call(title, number string) Button {
	return Button{Type: phoneNumber, Title: title, Payload: number}
}

// LogIn returns a button that starts account linking at url, which must be https. It has no title of its own.
func LogIn(url string) Button { return Button{Type: accountLink, URL: url} }

// LogOut returns a button that ends account linking.
func LogOut() Button { return Button{Type: accountUnlink} }

// Play returns a button that opens the Instant Game of the Page. Payload is JSON that the game is given; it
// may be empty.
func Play(title, payload string) Button {
	return Button{Type: gamePlay, Title: title, Payload: payload}
}

// Template returns a message with a template that has no constructor of its own, such as a
// [*ReceiptTemplate].
func Template(t Payload) Message {
	return Message{Attachment: &Attachment{Type: TypeTemplate, Payload: t}}
}

// ButtonTemplate is a text with buttons below it. Unlike quick replies, they stay.
//
// Source: Meta, Button Template, 2026.
type ButtonTemplate struct {
	// Text is at most 640 characters.
	Text string `json:"text,omitempty"`
	// Buttons are one to three.
	Buttons []Button `json:"buttons,omitempty"`
	// Sharable lets people share the message.
	Sharable bool `json:"sharable,omitempty"`
}

// Buttons returns a message of text with one to three buttons.
func Buttons(text string, buttons ...Button) Message {
	return Template(&ButtonTemplate{Text: text, Buttons: slices.Clone(buttons)})
}

// Element is a card of a generic template: a title, and at least one other field beside it.
//
// Source: Meta, Generic Template, 2026.
type Element struct {
	// Title and Subtitle are shown; what exceeds 80 characters is cut on display.
	Title    string `json:"title,omitempty"`
	Subtitle string `json:"subtitle,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
	// DefaultAction is what a tap on the card opens: a [Link] without title.
	DefaultAction *Button `json:"default_action,omitempty"`
	// Buttons are at most three.
	Buttons []Button `json:"buttons,omitempty"`
}

// GenericTemplate is a card, or a carousel of up to ten.
//
// Source: Meta, Generic Template, 2026.
type GenericTemplate struct {
	// Elements are one to ten.
	Elements []Element `json:"elements,omitempty"`
	// Sharable lets people share the message.
	Sharable bool `json:"sharable,omitempty"`
	// AspectRatio of the pictures is "horizontal" (1.91:1, Meta's default) or "square".
	AspectRatio string `json:"image_aspect_ratio,omitempty"`
}

// Carousel returns a message of one to ten cards that are swiped sideways.
func Carousel(elements ...Element) Message {
	return Template(&GenericTemplate{Elements: slices.Clone(elements)})
}

// MediaElement is the one element of a media template.
type MediaElement struct {
	// MediaType is "image" or "video".
	MediaType string `json:"media_type,omitempty"`
	// URL is that of a photo or video on Facebook; it excludes AttachmentID.
	URL string `json:"url,omitempty"`
	// AttachmentID is that of an earlier upload.
	AttachmentID string `json:"attachment_id,omitempty"`
	// Buttons are at most three.
	Buttons []Button `json:"buttons,omitempty"`
}

// MediaTemplate is a picture or video that Facebook or Meta's upload holds, with buttons. Messenger only.
//
// Source: Meta, Media Template, 2026.
type MediaTemplate struct {
	// Elements is exactly one.
	Elements []MediaElement `json:"elements,omitempty"`
	// Sharable lets people share the message.
	Sharable bool `json:"sharable,omitempty"`
}

// MediaCard returns a message of one picture or video with up to three buttons.
func MediaCard(element MediaElement) Message {
	return Template(&MediaTemplate{Elements: []MediaElement{element}})
}

// MarshalJSON encodes t with its template_type.
func (t *ButtonTemplate) MarshalJSON() ([]byte, error) {
	type fields ButtonTemplate
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *GenericTemplate) MarshalJSON() ([]byte, error) {
	type fields GenericTemplate
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *MediaTemplate) MarshalJSON() ([]byte, error) {
	type fields MediaTemplate
	return typed(t.templateType(), (*fields)(t))
}

// typed encodes fields, a struct or a JSON object, with template_type before them.
func typed(kind string, fields any) ([]byte, error) {
	name, err := json.Marshal(kind)
	if err != nil {
		return nil, err
	}
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	body := slices.Concat([]byte(`{"template_type":`), name)
	if inner := bytes.TrimPrefix(rest, []byte("{")); len(inner) > 1 {
		return slices.Concat(body, []byte(","), inner), nil
	}
	return append(body, '}'), nil
}

func (*ButtonTemplate) templateType() string  { return "button" }
func (*GenericTemplate) templateType() string { return "generic" }
func (*MediaTemplate) templateType() string   { return "media" }
