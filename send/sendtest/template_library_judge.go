package sendtest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The states of a template, of which only the first may be sent. Source: Meta, Utility Messages, 2026.
const (
	approved        = "APPROVED"
	rejected        = "REJECTED"
	incorrectParams = "INCORRECT_PARAMS"
)

// utilityTemplate is a utility template of the Page.
type utilityTemplate struct {
	id, name, language, format, library string
	status, reason                      string
	components                          []any
}

// shown returns all fields of the template.
func (t *utilityTemplate) shown() map[string]any {
	shown := map[string]any{
		"id": t.id, "name": t.name, "language": t.language, "category": "UTILITY", "status": t.status,
		"components": t.components, "parameter_format": t.format, "rejected_reason": "NONE",
	}
	if t.reason != "" {
		shown["rejected_reason"] = t.reason
	}
	if t.library != "" {
		shown["library_template_name"] = t.library
	}
	return shown
}

// createTemplate is POST to the edge message_templates. Meta decides at once, by what the state says of the
// name, else by the parameters of the body. One that is created again replaces what it was, which is an
// assumption.
//
// Source: Meta, Utility Messages, 2026; Page/message_templates reference, 2026.
func (j *judge) createTemplate(*Call) any {
	j.onMessenger()
	call, d := value{"", j.params.values}, j.data()
	j.require(missingPart, call.at("name"), call.at("category"), call.at("language"))
	j.oneOf(enumerated, call.at("category"), "UTILITY")
	j.oneOf(enumerated, call.at("parameter_format"), "POSITIONAL", "NAMED")
	t := &utilityTemplate{
		name: call.at("name").text(), language: call.at("language").text(), format: "POSITIONAL",
		library: call.at("library_template_name").text(), components: []any{},
	}
	if format := call.at("parameter_format"); !format.absent() {
		t.format = format.text()
	}
	j.components(t, call.at("components"))
	if j.refused != nil {
		return nil
	}
	t.id = j.give(unknownNode)
	t.status, t.reason = approved, ""
	if review, ok := d.state.Reviews[t.name]; ok {
		t.status, t.reason = review.Status, review.Reason
	} else if !t.fits() {
		t.status, t.reason = rejected, incorrectParams
	}
	d.edges.templates = slices.DeleteFunc(d.edges.templates, func(old *utilityTemplate) bool {
		return old.name == t.name && old.language == t.language
	})
	d.state.Utilities = slices.DeleteFunc(d.state.Utilities, func(old Utility) bool {
		return old.Name == t.name && old.Language == t.language
	})
	d.edges.templates, d.edges.templateMade = append(d.edges.templates, t), true
	return map[string]string{"id": t.id, "status": t.status, "category": "UTILITY"}
}

// components judges the parts of a template: its own, or those of a template of Meta's library.
func (j *judge) components(t *utilityTemplate, parts value) {
	if parts.absent() && t.library != "" {
		library := j.data().state.Library
		i := slices.IndexFunc(library, func(l map[string]any) bool { return l["name"] == t.library })
		switch {
		case i >= 0:
			t.components = libraryParts(value{"", library[i]})
		case library != nil:
			j.refuse(templateUnknown, t.library)
		}
		return
	}
	j.require(missingPart, parts)
	bodies := 0
	for _, part := range j.list(parts) {
		if !j.object(part) {
			return
		}
		j.require(missingPart, part.at("type"))
		j.oneOfFold(enumerated, part.at("type"), "header", "body", "buttons")
		j.oneOfFold(enumerated, part.at("format"), "text", "image")
		if part.at("type").word() == "body" {
			bodies++
			j.require(missingPart, part.at("text"))
		}
		for _, button := range j.list(part.at("buttons")) {
			j.oneOfFold(enumerated, button.at("type"), "postback", "url")
			j.require(missingPart, button.at("type"), button.at("text"))
		}
		t.components = append(t.components, part.v)
	}
	if bodies == 0 {
		j.refuse(missingPart, "components[body]")
	}
}

// libraryParts returns the components of a template of the library, as far as it tells them.
func libraryParts(l value) []any {
	parts := []any{}
	for _, kind := range []string{"header", "body"} {
		if text := l.at(kind).text(); text != "" {
			part := map[string]any{"type": strings.ToUpper(kind), "text": text}
			if kind == "header" {
				part["format"] = "TEXT"
			}
			parts = append(parts, part)
		}
	}
	if buttons := l.at("buttons").items(); len(buttons) > 0 {
		parts = append(parts, map[string]any{"type": "BUTTONS", "buttons": l.at("buttons").v})
	}
	return parts
}

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// placeholders returns the names of the parameters in a text, each once.
func placeholders(text string) []string {
	var names []string
	met := map[string]bool{}
	for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
		if !met[match[1]] {
			names = append(names, match[1])
		}
		met[match[1]] = true
	}
	return names
}

// fits reports whether Meta takes the parameters: those with numbers follow each other from 1, and no body
// begins or ends with one.
//
// Source: Meta, Utility Messages, Common Template Rejection Reasons, 2026.
func (t *utilityTemplate) fits() bool {
	for _, part := range (value{"", t.components}).items() {
		text := strings.TrimSpace(part.at("text").text())
		names := placeholders(text)
		for _, name := range names {
			n, _ := strconv.Atoi(name)
			numbered := 1 <= n && n <= len(names) && name == strconv.Itoa(n)
			if t.format == "NAMED" && isID(name) || t.format != "NAMED" && !numbered {
				return false
			}
		}
		bare := strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}")
		if part.at("type").word() == "body" && bare {
			return false
		}
	}
	return true
}

// templates returns those of the Page: those of the state, which are approved, and those that were created.
func (d *pageData) templates() []*utilityTemplate {
	var all []*utilityTemplate
	for _, u := range d.state.Utilities {
		t := &utilityTemplate{
			id: personOf(value{"", u.Name + " " + u.Language}), name: u.Name, language: u.Language,
			format: "POSITIONAL", status: approved,
			components: []any{map[string]any{"type": "BODY", "text": sampleText(u.Body)}},
		}
		names := slices.Concat(u.Header, u.Body)
		if slices.ContainsFunc(names, func(name string) bool { return name != "" }) {
			t.format = "NAMED"
		}
		if len(u.Header) > 0 {
			header := map[string]any{"type": "HEADER", "format": "TEXT", "text": sampleText(u.Header)}
			t.components = slices.Insert(t.components, 0, any(header))
		}
		if u.Buttons > 0 {
			button := map[string]any{"type": "POSTBACK", "text": "Open", "payload": "{{1}}"}
			buttons := slices.Repeat([]any{button}, u.Buttons)
			t.components = append(t.components, map[string]any{"type": "BUTTONS", "buttons": buttons})
		}
		all = append(all, t)
	}
	return append(all, d.edges.templates...)
}

// sampleText returns a text with these parameters, numbered if they have no names.
func sampleText(names []string) string {
	var text strings.Builder
	text.WriteString("With")
	for i, name := range names {
		if name == "" {
			name = strconv.Itoa(i + 1)
		}
		text.WriteString(" {{" + name + "}},")
	}
	return text.String() + " all is told."
}
