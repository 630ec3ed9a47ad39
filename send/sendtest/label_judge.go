package sendtest

import "slices"

// label is a custom label of the Page, with the people who have it.
type label struct {
	id, name string
	people   []string // PSIDs
}

// shown returns the label as Meta shows it.
func (l *label) shown() map[string]any {
	return map[string]any{"id": l.id, "page_label_name": l.name}
}

// createLabel is POST to the edge custom_labels. What Meta says of a name that is taken is not documented:
// here the answer is the label that has it.
//
// Source: Meta, Custom Labels, 2026.
func (j *judge) createLabel(*Call) any {
	name := value{"", j.params.values}.at("page_label_name")
	j.require(missingPart, name)
	j.string(name)
	if !name.absent() && name.empty() {
		j.refuse(missingPart, name.name)
	}
	if j.refused != nil {
		return nil
	}
	d := j.data()
	for _, l := range d.edges.labels {
		if l.name == name.text() {
			return party{l.id}
		}
	}
	l := &label{id: j.give(labelNodes), name: name.text()}
	d.edges.labels = append(d.edges.labels, l)
	return party{l.id}
}

// listLabels is GET of the edge custom_labels of a Page, or of a person whom the Graph cannot tell from one.
func (j *judge) listLabels(c *Call) any {
	if j.guessed() {
		return j.labelsOfPerson(c)
	}
	return j.showLabels(func(*label) bool { return true })
}

// labelsOfPerson is GET of the edge custom_labels of a person.
func (j *judge) labelsOfPerson(c *Call) any {
	c.Recipient = j.node
	return j.showLabels(func(l *label) bool { return slices.Contains(l.people, j.node) })
}

// showLabels answers with the labels that are wanted.
func (j *judge) showLabels(wanted func(*label) bool) any {
	var items []any
	for _, l := range j.data().edges.labels {
		if wanted(l) {
			items = append(items, pick(l.shown(), j.fields("page_label_name")))
		}
	}
	return j.paged("custom_labels", items)
}

// label returns the one that the path names.
func (j *judge) label() *label {
	for _, l := range j.data().edges.labels {
		if l.id == j.node {
			return l
		}
	}
	return new(label) // cannot be: kindOf found it
}

// readLabel is GET of a label.
func (j *judge) readLabel(*Call) any { return pick(j.label().shown(), j.fields("page_label_name")) }

// deleteLabel is DELETE of a label.
func (j *judge) deleteLabel(*Call) any {
	d := j.data()
	d.edges.labels = slices.DeleteFunc(d.edges.labels, func(l *label) bool { return l.id == j.node })
	d.keep(j.node, unknownNode)
	return succeeded
}

// labelPerson is POST to the edge label of a label.
func (j *judge) labelPerson(c *Call) any {
	c.Recipient = j.psid("user")
	if l := j.label(); j.refused == nil && !slices.Contains(l.people, c.Recipient) {
		l.people = append(l.people, c.Recipient)
		j.data().person(c.Recipient)
	}
	return succeeded
}

// unlabelPerson is DELETE of the edge label of a label. One who does not have the label stays without it.
func (j *judge) unlabelPerson(c *Call) any {
	c.Recipient = j.psid("user")
	if l := j.label(); j.refused == nil {
		l.people = slices.DeleteFunc(l.people, func(psid string) bool { return psid == c.Recipient })
	}
	return succeeded
}
