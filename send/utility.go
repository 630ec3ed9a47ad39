package send

// UtilityTemplate names a utility template that Meta has approved, and fills it in. Messenger only.
//
// Source: Meta, Utility Messages, 2026.
type UtilityTemplate struct {
	// Name is the template's.
	Name string `json:"name,omitempty"`
	// Language is the one to show.
	Language Language `json:"language"`
	// Components fill in its parameters.
	Components []Component `json:"components,omitempty"`
}

// Language is a language of a template.
type Language struct {
	// Code is such as "en" or "en_US".
	Code string `json:"code,omitempty"`
}

// Component is a part of a utility template.
type Component struct {
	// Type is "header", "body", "title" or "buttons".
	Type string `json:"type,omitempty"`
	// Parameters are those of the part, in the order of the template.
	Parameters []Parameter `json:"parameters,omitempty"`
}

// Parameter is a value that a utility template shows.
type Parameter struct {
	// Type is "text", "POSTBACK" or "URL".
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

// DynamicText is a text with macros such as {{first_name}} in it.
//
// Deprecated: it belonged to broadcasts, which Meta has ended.
type DynamicText struct {
	// Text is shown where the macros can be filled in, Fallback where not.
	Text     string `json:"text,omitempty"`
	Fallback string `json:"fallback_text,omitempty"`
}
