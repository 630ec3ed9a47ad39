package sendtest

import "slices"

// personaNameLimit is how long the name of a persona may be. Source: Meta, Personas, 2026.
const personaNameLimit = 50

// persona is one that a call has created.
type persona struct{ id, name, picture string }

// shown returns the persona as Meta shows it.
func (p persona) shown() map[string]any {
	return map[string]any{"id": p.id, "name": p.name, "profile_picture_url": p.picture}
}

// createPersona is POST to the edge personas.
//
// Source: Meta, Personas, 2026.
func (j *judge) createPersona(*Call) any {
	call := value{"", j.params.values}
	name, picture := call.at("name"), call.at("profile_picture_url")
	j.onMessenger()
	j.require(personaPart, name, picture)
	for _, part := range []value{name, picture} {
		if part.empty() {
			j.refuse(personaPart, part.name)
		}
	}
	j.most(personaLong, name, personaNameLimit)
	if !isURL(picture.text()) {
		j.refuse(personaNoURL, picture.name)
	}
	if j.refused != nil {
		return nil
	}
	p := persona{j.give(personaNodes), name.text(), picture.text()}
	d := j.data()
	d.edges.personas, d.edges.personaMade = append(d.edges.personas, p), true
	return party{p.id}
}

// personas returns those of the Page: those that the state names, and those that were created.
func (j *judge) personas() []persona {
	var all []persona
	for _, id := range j.data().state.Personas {
		all = append(all, persona{id, "Persona " + id, scontent + id})
	}
	return append(all, j.data().edges.personas...)
}

// listPersonas is GET of the edge personas.
func (j *judge) listPersonas(*Call) any {
	j.onMessenger()
	var items []any
	for _, p := range j.personas() {
		items = append(items, pick(p.shown(), j.fields("name", "profile_picture_url")))
	}
	return j.paged("personas", items)
}

// readPersona is GET of a persona.
func (j *judge) readPersona(*Call) any {
	for _, p := range j.personas() {
		if p.id == j.node {
			return pick(p.shown(), j.fields("name", "profile_picture_url"))
		}
	}
	return nil // cannot be: kindOf found it
}

// deletePersona is DELETE of a persona.
func (j *judge) deletePersona(*Call) any {
	d := j.data()
	d.state.Personas = slices.DeleteFunc(d.state.Personas, func(id string) bool { return id == j.node })
	d.edges.personas = slices.DeleteFunc(d.edges.personas, func(p persona) bool { return p.id == j.node })
	d.keep(j.node, unknownNode)
	return succeeded
}

// persona judges the persona_id of a message. As long as the state names no personas and none was created,
// every numeric ID is one.
func (j *judge) persona(id value) {
	d := j.data()
	judged := d.state.Personas != nil || d.edges.personaMade
	known := slices.ContainsFunc(j.personas(), func(p persona) bool { return p.id == id.text() })
	if judged && !id.absent() && !known {
		j.refuse(badPersona)
	}
}

// onMessenger refuses what Instagram does not have.
func (j *judge) onMessenger() {
	if j.data().instagram {
		j.refuse(notOnInstagram)
	}
}
