package send

import "slices"

// UtilityTemplate names a utility template that Meta has approved, and fills it in. Build it with
// [UtilityMessage]. Messenger only.
//
// Source: Meta, Utility Messages, 2026; Page/messages reference, message.template, 2026.
type UtilityTemplate struct {
	// Name is the template's. Required.
	Name string `json:"name,omitempty"`
	// Language is the one to show. Required.
	Language Language `json:"language"`
	// Components fill in its parameters.
	Components []Component `json:"components,omitempty"`
}

// Language is a language of a template.
type Language struct {
	// Code is such as "en" or "en_US". Required.
	Code string `json:"code,omitempty"`
}

// Component is a part of a utility template. Build it with [Header], [Body] or [ButtonValues].
type Component struct {
	// Type says which part. Required.
	Type ComponentType `json:"type,omitempty"`
	// Parameters are those of the part, in the order of the template.
	Parameters []Parameter `json:"parameters,omitempty"`
}

// ComponentType is a part of a utility template.
type ComponentType string

// The parts of a utility template.
//
// Source: Meta, Page/messages reference, message.template.components.type, 2026.
const (
	ComponentHeader  ComponentType = "header"
	ComponentBody    ComponentType = "body"
	ComponentTitle   ComponentType = "title"
	ComponentButtons ComponentType = "buttons"
)

// Parameter is a value that a utility template shows. Build it with [Value], [NamedValue], [PostbackValue] or
// [URLValue].
type Parameter struct {
	// Type is "text", "POSTBACK" or "URL". Required.
	Type string `json:"type,omitempty"`
	// Name is the parameter's, in a template with named ones.
	Name string `json:"parameter_name,omitempty"`
	// Text is the value of a text.
	Text string `json:"text,omitempty"`
	// Payload is that of a postback button.
	Payload string `json:"payload,omitempty"`
	// URL completes that of a link.
	URL string `json:"url,omitempty"`
}

// UtilityMessage returns a message with a utility template that Meta has approved under that name and
// language, such as "en". It may be sent at any time, with [TypeUtility].
//
// Source: Meta, Utility Messages, 2026; it needs the permission pages_utility_messaging.
func UtilityMessage(name, language string, components ...Component) Message {
	return Message{Template: &UtilityTemplate{
		Name: name, Language: Language{Code: language}, Components: slices.Clone(components),
	}}
}

// Header returns the values of a template's header.
func Header(values ...Parameter) Component {
	return Component{Type: ComponentHeader, Parameters: slices.Clone(values)}
}

// Body returns the values of a template's body.
func Body(values ...Parameter) Component {
	return Component{Type: ComponentBody, Parameters: slices.Clone(values)}
}

// ButtonValues returns the values of a template's buttons, one for each in their order: a [PostbackValue] or
// a [URLValue].
func ButtonValues(values ...Parameter) Component {
	return Component{Type: ComponentButtons, Parameters: slices.Clone(values)}
}

// Value returns the value of the next parameter of a template that numbers them: {{1}}, {{2}} and so on.
func Value(text string) Parameter { return Parameter{Type: "text", Text: text} }

// NamedValue returns the value of the parameter {{name}} of a template that names them.
func NamedValue(name, text string) Parameter { return Parameter{Type: "text", Name: name, Text: text} }

// PostbackValue returns the payload with which a button of a template comes back.
func PostbackValue(payload string) Parameter { return Parameter{Type: "POSTBACK", Payload: payload} }

// URLValue returns what completes the address of a link of a template.
func URLValue(suffix string) Parameter { return Parameter{Type: "URL", URL: suffix} }

// DynamicText is a text with macros such as {{first_name}} in it.
//
// Deprecated: it belonged to broadcasts, which Meta has ended; write the text with the name in it.
type DynamicText struct {
	// Text is shown where the macros can be filled in, Fallback where not.
	Text     string `json:"text,omitempty"`
	Fallback string `json:"fallback_text,omitempty"`
}
