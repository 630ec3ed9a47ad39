package send

import (
	"encoding/json"
	"slices"
	"strings"
)

// TemplatePart is a part of a utility template as it is defined; a [Component] fills one in. Build it with
// [TextHeader], [ImageHeader], [BodyText] or [TemplateButtons].
//
// Source: Meta, Utility Messages, 13 March 2026.
type TemplatePart struct {
	// Type says which part: [ComponentHeader], [ComponentBody] or [ComponentButtons].
	Type ComponentType
	// Format is "TEXT" or "IMAGE", of a header only.
	Format string
	// Text is shown, with its parameters as {{1}} or {{order_id}}.
	Text string
	// Examples are values for the parameters of Text, which Meta judges the template by.
	Examples []Parameter
	// Image is the handle of the picture above the text, of a header only. Meta's Resumable Upload API gives
	// such handles.
	Image string
	// Buttons are those of [ComponentButtons].
	Buttons []TemplateButton
}

// TemplateButton is a button of a utility template. Build it with [PostbackButton] or [URLButton].
//
// Source: Meta, Utility Messages, 13 March 2026.
type TemplateButton struct {
	// Type is "POSTBACK" or "URL".
	Type string
	// Text is what the button says.
	Text string
	// Payload comes back with the tap of a postback button; it may hold one parameter, as "ORDER_{{1}}",
	// which [PostbackValue] fills in.
	Payload string
	// URL is the address of a link; it may end in one parameter, as "https://shop.example/orders/{{1}}",
	// which [URLValue] fills in.
	URL string
	// Example is a whole address, for a URL with a parameter.
	Example string
}

// TextHeader returns a header of text, with an example for its parameter, a [Value] or a [NamedValue], if it
// has one.
func TextHeader(text string, examples ...Parameter) TemplatePart {
	return TemplatePart{
		Type: ComponentHeader, Format: headerText, Text: text, Examples: slices.Clone(examples),
	}
}

// ImageHeader returns a header with a picture, by its handle from Meta's Resumable Upload API.
func ImageHeader(handle string) TemplatePart {
	return TemplatePart{Type: ComponentHeader, Format: headerImage, Image: handle}
}

// BodyText returns the body of a template, with an example for each of its parameters: a [Value] in their
// order, or a [NamedValue]. It neither begins nor ends with a parameter.
func BodyText(text string, examples ...Parameter) TemplatePart {
	return TemplatePart{Type: ComponentBody, Text: text, Examples: slices.Clone(examples)}
}

// TemplateButtons returns the buttons of a template.
func TemplateButtons(buttons ...TemplateButton) TemplatePart {
	return TemplatePart{Type: ComponentButtons, Buttons: slices.Clone(buttons)}
}

// PostbackButton returns a button that comes back as a postback with payload.
func PostbackButton(text, payload string) TemplateButton {
	return TemplateButton{Type: buttonPostback, Text: text, Payload: payload}
}

// URLButton returns a link. Example is a whole address, if url has a parameter; else it is empty.
func URLButton(text, url, example string) TemplateButton {
	return TemplateButton{Type: buttonURL, Text: text, URL: url, Example: example}
}

// The formats of a header, and the types of a button and of its value.
const (
	headerText     = "TEXT"
	headerImage    = "IMAGE"
	buttonPostback = "POSTBACK"
	buttonURL      = "URL"
)

// is reports whether t and other are the same part: Meta writes them in either case.
func (t ComponentType) is(other ComponentType) bool {
	return strings.EqualFold(string(t), string(other))
}

// wirePart is a part on the wire.
type wirePart struct {
	Type    string           `json:"type"`
	Format  string           `json:"format,omitempty"`
	Text    string           `json:"text,omitempty"`
	Example *wireExample     `json:"example,omitempty"`
	Buttons []TemplateButton `json:"buttons,omitempty"`
}

// wireExample are the examples of a part.
type wireExample struct {
	HeaderText  []string    `json:"header_text,omitempty"`
	HeaderNamed []wireNamed `json:"header_text_named_params,omitempty"`
	Handles     []string    `json:"header_handle,omitempty"`
	BodyText    [][]string  `json:"body_text,omitempty"`
	BodyNamed   []wireNamed `json:"body_text_named_params,omitempty"`
}

// wireNamed is the example of a parameter with a name.
type wireNamed struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// MarshalJSON encodes p as Meta wants it.
func (p TemplatePart) MarshalJSON() ([]byte, error) {
	w := wirePart{
		Type: strings.ToUpper(string(p.Type)), Format: p.Format, Text: p.Text, Buttons: p.Buttons,
	}
	var e wireExample
	var texts []string
	var named []wireNamed
	for _, example := range p.Examples {
		if example.Name != "" {
			named = append(named, wireNamed{example.Name, example.Text})
		} else {
			texts = append(texts, example.Text)
		}
	}
	if p.Type.is(ComponentBody) {
		e.BodyNamed = named
		if texts != nil {
			e.BodyText = [][]string{texts}
		}
	} else {
		e.HeaderNamed, e.HeaderText = named, texts
	}
	if p.Image != "" {
		e.Handles = []string{p.Image}
	}
	if texts != nil || named != nil || p.Image != "" {
		w.Example = &e
	}
	return json.Marshal(w)
}

// UnmarshalJSON decodes what Meta keeps. What has a form that is not documented is left out: an error would
// cost the whole list that the part stands in.
func (p *TemplatePart) UnmarshalJSON(data []byte) error {
	var w wirePart
	_ = decode(data, &w)
	*p = TemplatePart{
		Type: ComponentType(strings.ToLower(w.Type)), Format: w.Format, Text: w.Text, Buttons: w.Buttons,
	}
	if w.Example == nil {
		return nil
	}
	texts := w.Example.HeaderText
	if len(w.Example.BodyText) > 0 {
		texts = w.Example.BodyText[0]
	}
	for _, text := range texts {
		p.Examples = append(p.Examples, Value(text))
	}
	for _, n := range slices.Concat(w.Example.HeaderNamed, w.Example.BodyNamed) {
		p.Examples = append(p.Examples, NamedValue(n.Name, n.Example))
	}
	if len(w.Example.Handles) > 0 {
		p.Image = w.Example.Handles[0]
	}
	return nil
}

// wireButton is a button on the wire.
type wireButton struct {
	Type    string          `json:"type"`
	Text    string          `json:"text,omitempty"`
	Payload string          `json:"payload,omitempty"`
	URL     string          `json:"url,omitempty"`
	Example json.RawMessage `json:"example,omitempty"`
}

// exampleKey is the name of an example of a whole address.
const exampleKey = "url_suffix_example"

// MarshalJSON encodes b as Meta wants it.
func (b TemplateButton) MarshalJSON() ([]byte, error) {
	w := wireButton{Type: b.Type, Text: b.Text, Payload: b.Payload, URL: b.URL}
	if b.Example != "" {
		example, err := json.Marshal(map[string]string{exampleKey: b.Example})
		if err != nil {
			return nil, err
		}
		w.Example = example
	}
	return json.Marshal(w)
}

// UnmarshalJSON decodes what Meta keeps. The example may be an object, as Meta's page has it, or a text. What
// has another form is left out.
func (b *TemplateButton) UnmarshalJSON(data []byte) error {
	var w wireButton
	_ = decode(data, &w)
	*b = TemplateButton{Type: strings.ToUpper(w.Type), Text: w.Text, Payload: w.Payload, URL: w.URL}
	var nested map[string]string
	switch {
	case len(w.Example) == 0:
	case json.Unmarshal(w.Example, &nested) == nil:
		b.Example = nested[exampleKey]
	case w.Example[0] == '"':
		b.Example = unquoted(w.Example)
	}
	return nil
}
