package send

import (
	"bytes"
	"encoding/json"
	"slices"
)

// OneTimeTemplate asks for the permission to send one message later. Messenger only; a person who agrees
// causes an opt-in event with Payload and the token for [OneTimeToken]. The Page needs the one-time
// notification permission; Meta no longer has a page on it, so count on its end.
//
// Source: Meta, One-Time Notification, before 2026; Messenger policies, 2026.
type OneTimeTemplate struct {
	// Title is at most 65 characters. Required.
	Title string `json:"title,omitempty"`
	// Payload comes back with the opt-in. Required.
	Payload string `json:"payload,omitempty"`
}

// AskOneTime returns a message that asks for the permission to send one message later.
func AskOneTime(title, payload string) Message {
	return Template(&OneTimeTemplate{Title: title, Payload: payload})
}

// NotificationTemplate asks a person to opt in to notification messages. Send it with [Template]; a person
// who agrees causes an opt-in event with Payload and the token for [NotificationToken].
//
// Meta calls these messages legacy: it is said to refuse them since 10 February 2026 outside of Australia,
// the European Union, Japan, South Korea and the United Kingdom.
//
// Source: Meta, Notification Messages (legacy), 2026; the date: others who quote Meta.
type NotificationTemplate struct {
	// Title is at most 65 characters; Meta's default is "Updates and promotions".
	Title    string `json:"title,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
	// AspectRatio is "HORIZONTAL" or "SQUARE".
	AspectRatio string `json:"image_aspect_ratio,omitempty"`
	// Payload comes back with the opt-in.
	Payload string `json:"payload,omitempty"`
	// Frequency is "DAILY", "WEEKLY" or "MONTHLY".
	//
	// Deprecated: Meta removed it in version 16.0 of the Graph API; leave it out.
	Frequency string `json:"notification_messages_frequency,omitempty"`
	// ReOptIn is "ENABLED" or "DISABLED".
	ReOptIn string `json:"notification_messages_reoptin,omitempty"`
	// Timezone is such as "Europe/Paris".
	Timezone string `json:"notification_messages_timezone,omitempty"`
	// CTAText is the title of the button: "ALLOW", "FREQUENCY", "GET", "GET_UPDATES" (Meta's default),
	// "OPT_IN" or "SIGN_UP".
	CTAText string `json:"notification_messages_cta_text,omitempty"`
	// InElements lays the fields out as Instagram wants them: inside of elements.
	InElements bool `json:"-"`
}

// OtherTemplate is a template for which this package has no type: those of the airlines, and those that Meta
// has dropped or adds later. Send it with [Template]. The kinds "list" and "open_graph", which Meta removed
// in 2019 and 2020, are refused with [ErrRetired] unless [Config].Retired is set; use a [Carousel] instead.
// The kinds "airline_boardingpass", "airline_checkin", "airline_itinerary" and "airline_update" are absent
// from Meta's list since 2026, but nobody has seen them refused.
//
// Source: Meta, Templates, 2026.
type OtherTemplate struct {
	// Kind is the template_type.
	Kind string
	// Fields is a JSON object with all that stands beside template_type; nil: nothing.
	Fields json.RawMessage
}

// MarshalJSON encodes t with its template_type.
func (t *OneTimeTemplate) MarshalJSON() ([]byte, error) {
	type fields OneTimeTemplate
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *NotificationTemplate) MarshalJSON() ([]byte, error) {
	type fields NotificationTemplate
	if t.InElements {
		return typed(t.templateType(), map[string][]*fields{"elements": {(*fields)(t)}})
	}
	return typed(t.templateType(), (*fields)(t))
}

// MarshalJSON encodes t with its template_type.
func (t *OtherTemplate) MarshalJSON() ([]byte, error) {
	fields := bytes.TrimSpace(t.Fields)
	if len(fields) == 0 {
		fields = []byte("{}")
	}
	return typed(t.Kind, json.RawMessage(slices.Clone(fields)))
}

func (*OneTimeTemplate) templateType() string      { return "one_time_notif_req" }
func (*NotificationTemplate) templateType() string { return "notification_messages" }
func (t *OtherTemplate) templateType() string      { return t.Kind }
