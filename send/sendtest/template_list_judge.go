package sendtest

import (
	"slices"
	"strings"
)

// listTemplates is GET of the edge message_templates.
//
// Source: Meta, Page/message_templates reference, 2026.
func (j *judge) listTemplates(*Call) any {
	j.onMessenger()
	fields := j.fields("name", "language", "category", "status", "components", "parameter_format",
		"rejected_reason", "library_template_name")
	var items []any
	for _, t := range j.data().templates() {
		if j.wanted(t) {
			items = append(items, pick(t.shown(), fields))
		}
	}
	return j.paged("message_templates", items)
}

// wanted reports whether a template fits the filters of the call.
func (j *judge) wanted(t *utilityTemplate) bool {
	call := value{"", j.params.values}
	name, content := strings.ToLower(t.name), strings.ToLower(t.content())
	either := call.at("name_or_content").word()
	switch {
	case !strings.Contains(name, call.at("name").word()):
		return false
	case !strings.Contains(content, call.at("content").word()):
		return false
	case !strings.Contains(name, either) && !strings.Contains(content, either):
		return false
	}
	return among(call.at("language"), t.language) && among(call.at("category"), "UTILITY") &&
		among(call.at("status"), t.status)
}

// content returns what the template says.
func (t *utilityTemplate) content() string {
	var texts []string
	for _, part := range (value{"", t.components}).items() {
		texts = append(texts, part.at("text").text())
	}
	return strings.Join(texts, "\n")
}

// among reports whether a filter is absent or names a value; a filter is a list, or a single value.
func among(filter value, wanted string) bool {
	if filter.absent() || strings.EqualFold(filter.text(), wanted) {
		return true
	}
	return slices.ContainsFunc(filter.items(), func(v value) bool {
		return strings.EqualFold(v.text(), wanted)
	})
}

// deleteTemplate is DELETE of the edge message_templates: one of its languages, or all that have the name.
//
// Source: Meta, Page/message_templates reference, 2026.
func (j *judge) deleteTemplate(*Call) any {
	j.onMessenger()
	call, d := value{"", j.params.values}, j.data()
	name, id := call.at("name"), call.at("template_id")
	j.require(missingPart, name)
	gone := func(t *utilityTemplate) bool {
		return t.name == name.text() && (id.absent() || t.id == id.text())
	}
	if !slices.ContainsFunc(d.templates(), gone) {
		j.refuse(templateUnknown, name.text())
	}
	if j.refused != nil {
		return nil
	}
	all := d.templates()
	d.edges.templates = slices.DeleteFunc(d.edges.templates, gone)
	d.state.Utilities = slices.DeleteFunc(d.state.Utilities, func(u Utility) bool {
		return slices.ContainsFunc(all, func(t *utilityTemplate) bool {
			return gone(t) && t.name == u.Name && t.language == u.Language
		})
	})
	return succeeded
}

// listLibrary is GET of message_template_library.
//
// Source: Meta, Utility Messages, 2026.
func (j *judge) listLibrary(*Call) any {
	j.onMessenger()
	call := value{"", j.params.values}
	wanted := call.at("name_or_content").word()
	var items []any
	for _, l := range j.data().state.Library {
		entry := value{"", l}
		text := entry.at("name").word() + "\n" + entry.at("header").word() + "\n" + entry.at("body").word()
		if strings.Contains(text, wanted) && among(call.at("language"), entry.at("language").text()) {
			items = append(items, l)
		}
	}
	return j.paged("message_template_library", items)
}

// approved judges a utility template by those of the Page. As long as the state names none and none was
// created, every one is approved.
//
// Source: Meta, Utility Messages, 2026.
func (j *judge) approved(t value) {
	d := j.data()
	if d.state.Utilities == nil && !d.edges.templateMade || t.absent() {
		return
	}
	name, language := t.at("name").text(), t.at("language").at("code").text()
	all := d.templates()
	i := slices.IndexFunc(all, func(u *utilityTemplate) bool {
		return u.name == name && u.language == language
	})
	if i < 0 || all[i].status != approved {
		j.refuse(utilityUnknown, name, language)
		return
	}
	given := map[string][]string{}
	for _, component := range t.at("components").items() {
		kind := component.at("type").word()
		for _, p := range component.at("parameters").items() {
			given[kind] = append(given[kind], p.at("parameter_name").text())
		}
	}
	wants := all[i].wants()
	for _, kind := range []string{"header", "title", "body"} {
		slices.Sort(given[kind]) // named parameters may come in any order
		if want, judged := wants[kind]; judged && !slices.Equal(given[kind], want) {
			j.refuse(utilityMisfit, kind)
		}
	}
	if least, most := all[i].buttons(); len(given["buttons"]) < least || len(given["buttons"]) > most {
		j.refuse(utilityMisfit, "buttons")
	}
}

// wants returns the names of the parameters of header and body, sorted, each "" if they have numbers. The
// header is not among them if it is a picture: how it is filled in is not documented.
func (t *utilityTemplate) wants() map[string][]string {
	wants := map[string][]string{"header": nil, "title": nil, "body": nil}
	for _, part := range (value{"", t.components}).items() {
		kind := part.at("type").word()
		if part.at("format").word() == "image" {
			delete(wants, kind)
			continue
		}
		if kind == "buttons" {
			continue
		}
		names := placeholders(part.at("text").text())
		if t.format != "NAMED" {
			names = slices.Repeat([]string{""}, len(names))
		}
		slices.Sort(names)
		wants[kind] = names
	}
	return wants
}

// buttons returns how many values the buttons need at least, and take at most: whether one without a
// parameter takes a value is not documented.
func (t *utilityTemplate) buttons() (least, most int) {
	for _, part := range (value{"", t.components}).items() {
		for _, b := range part.at("buttons").items() {
			most++
			if strings.Contains(b.at("payload").text()+b.at("url").text(), "{{") {
				least++
			}
		}
	}
	return least, most
}
