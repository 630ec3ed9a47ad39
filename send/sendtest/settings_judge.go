package sendtest

import (
	"slices"
	"strings"
)

// The user-level menu. Source: Meta, Persistent Menu, user-level menu; CustomUserSettings reference, 2026.
const (
	personLevel = "user_level_persistent_menu"
	pageLevel   = "page_level_persistent_menu"
)

// menuPerson judges whose menu a call is about and how often it was, and returns the PSID.
func (j *judge) menuPerson() string {
	j.onMessenger()
	psid := j.psid("psid")
	j.rate(profileOften, "menu "+psid, profileCalls, profileSpan)
	return psid
}

// setPersonMenu is POST to the edge custom_user_settings.
func (j *judge) setPersonMenu(*Call) any {
	psid, menu := j.menuPerson(), value{"", j.params.values}.at("persistent_menu")
	j.require(missingPart, menu)
	j.menus(menu)
	if j.refused != nil {
		return nil
	}
	d := j.data()
	if d.menus == nil {
		d.menus = map[string]any{}
	}
	d.menus[psid] = menu.v
	return done{"success"}
}

// readPersonMenu is GET of the edge custom_user_settings.
func (j *judge) readPersonMenu(*Call) any {
	d, psid := j.data(), j.menuPerson()
	settings := map[string]any{}
	if menu := d.menus[psid]; menu != nil {
		settings[personLevel] = menu
	}
	if menu := d.profile["persistent_menu"]; menu != nil {
		settings[pageLevel] = menu
	}
	if len(settings) == 0 {
		return listOf()
	}
	return listOf(settings)
}

// deletePersonMenu is DELETE of the edge custom_user_settings.
func (j *judge) deletePersonMenu(*Call) any {
	psid, names := j.menuPerson(), value{"", j.params.values}.at("params")
	j.require(missingPart, names)
	for _, name := range names.texts() {
		j.oneOfFold(enumerated, name, "persistent_menu")
	}
	if len(names.texts()) == 0 {
		j.refuse(profileEmpty)
	}
	if j.refused != nil {
		return nil
	}
	delete(j.data().menus, psid)
	return done{"success"}
}

// texts returns the elements of a list, which may also be written as texts between commas.
func (v value) texts() []value {
	if text, ok := v.v.(string); ok {
		list := []any{}
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, strings.TrimSpace(part))
		}
		v.v = list
	}
	return slices.DeleteFunc(v.items(), func(item value) bool { return item.text() == "" })
}
