package send

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Validate reports what Meta is known to reject in d, as joined [*FieldError]s, or nil. It makes no call, and
// is no judgement of the words: Meta also rejects what has too many parameters for its length, what asks for
// sensitive data, and what is promotional.
//
// Source: Meta, Utility Messages, Common Template Rejection Reasons, 13 March 2026.
func (d TemplateDefinition) Validate() error {
	r := new(report)
	r.want("name", d.Name)
	r.want("language", d.Language)
	if d.Library == "" {
		if n := d.count(ComponentBody); n != 1 {
			r.add("components", "%d bodies, want one: use send.BodyText", n)
		}
	}
	for _, kind := range [...]ComponentType{ComponentHeader, ComponentButtons} {
		if n := d.count(kind); n > 1 {
			r.add("components", "%d parts of type %s, at most one", n, kind)
		}
	}
	for i := range d.Parts {
		r.enter("components", i)
		r.part(&d.Parts[i], d.Named)
		r.leave()
	}
	return errors.Join(r.errs...)
}

// count returns how many parts d has of a kind.
func (d *TemplateDefinition) count(kind ComponentType) int {
	n := 0
	for i := range d.Parts {
		if d.Parts[i].Type.is(kind) {
			n++
		}
	}
	return n
}

func (r *report) part(p *TemplatePart, named bool) {
	switch {
	case p.Type == "":
		r.add("type", "missing: use send.BodyText or its like")
	case p.Type.is(ComponentButtons):
		if len(p.Buttons) == 0 {
			r.add("buttons", "empty: want send.PostbackButton or send.URLButton")
		}
		for i := range p.Buttons {
			r.enter("buttons", i)
			r.templateButton(&p.Buttons[i])
			r.leave()
		}
		return
	case p.Type.is(ComponentHeader) && strings.EqualFold(p.Format, headerImage):
		r.want("example.header_handle", p.Image)
	default:
		r.want("text", p.Text)
	}
	r.templateText(p, named)
}

func (r *report) templateButton(b *TemplateButton) {
	r.want("text", b.Text)
	switch {
	case strings.EqualFold(b.Type, buttonPostback):
		r.want("payload", b.Payload)
	case strings.EqualFold(b.Type, buttonURL):
		r.address("url", b.URL)
	default:
		r.add("type", "want POSTBACK or URL: use send.PostbackButton or send.URLButton")
	}
}

// templateText reports parameters that Meta rejects.
func (r *report) templateText(p *TemplatePart, named bool) {
	names, whole := placeholders(p.Text)
	text := strings.TrimSpace(p.Text)
	switch {
	case !whole:
		r.add("text", "a parameter without both of its double braces, as in {{1}}")
	case p.Type.is(ComponentBody) && (strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}")):
		r.add("text", "a parameter at the start or the end, where Meta takes none")
	}
	for _, name := range names {
		if name == "" || strings.ContainsAny(name, "#$% ") {
			r.add("text", "a parameter without a name, or with a space or one of # $ %% in it")
			return
		}
	}
	switch {
	case named && slices.ContainsFunc(names, digits):
		r.add("text", "a parameter with a number in a template that names them")
	case !named && slices.ContainsFunc(names, func(name string) bool { return !digits(name) }):
		r.add("text", "a parameter with a name in a template that numbers them: set Named")
	case !named:
		for i := range names {
			if !slices.Contains(names, strconv.Itoa(i+1)) {
				r.add("text", "%d parameters without {{%d}}: want {{1}}, {{2}} and so on", len(names), i+1)
				break
			}
		}
	}
	if len(p.Examples) > 0 && !fits(p.Examples, names, named) {
		r.add("example", "%d, want %s", len(p.Examples), wanted(names, named))
	}
}

// placeholders returns the names of the parameters in a text, each once, as they come: "1" of {{1}}. It
// reports false if braces are left over.
func placeholders(text string) (names []string, whole bool) {
	whole = true
	for {
		before, rest, found := strings.Cut(text, "{{")
		if strings.Contains(before, "}}") {
			whole = false
		}
		if !found {
			return names, whole
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.Contains(name, "{{") {
			return names, false
		}
		if name = strings.TrimSpace(name); !slices.Contains(names, name) {
			names = append(names, name)
		}
		text = after
	}
}

// fits reports whether values are those of the parameters names: as many, and of these names if named.
func fits(values []Parameter, names []string, named bool) bool {
	if len(values) != len(names) {
		return false
	}
	if !named {
		return true
	}
	for _, name := range names {
		if !slices.ContainsFunc(values, func(v Parameter) bool { return v.Name == name }) {
			return false
		}
	}
	return true
}

// wanted says what fits: "2: {{1}}, {{2}}", or "none".
func wanted(names []string, named bool) string {
	if len(names) == 0 {
		return "none"
	}
	how := ""
	if named {
		how = " by name"
	}
	return strconv.Itoa(len(names)) + how + ": {{" + strings.Join(names, "}}, {{") + "}}"
}
