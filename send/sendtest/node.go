package sendtest

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// edgeData is what the edges beside messages keep for a Page, or for an Instagram account.
type edgeData struct {
	things        map[string]nodeKind // by the IDs that were given; of what was deleted unknownNode
	personas      []persona
	personaMade   bool
	labels        []*label
	conversations map[string]*conversation // by PSID
	control       map[string]control       // by PSID
	answered      map[string]bool          // comments and posts that have their private reply
	templates     []*utilityTemplate
	templateMade  bool
}

// outcome is the answer to a call that has no more to tell.
type outcome struct {
	Success bool `json:"success"`
}

var succeeded = outcome{true}

// isNode reports whether a part of a path can name something: a number, a conversation, a message.
//
// Source: Meta, Conversations, 2026; the message IDs of Messenger and Instagram.
func isNode(part string) bool {
	return isID(part) || strings.HasPrefix(part, "t_") || strings.HasPrefix(part, "m_") ||
		strings.HasPrefix(part, "aWdf")
}

// thing returns what the ID in a path stands for that is no Page's, and whether anything is known of it: of
// what was deleted it is that.
func (d *pageData) thing(node string) (nodeKind, bool) {
	kind, given := d.edges.things[node]
	switch {
	case given:
		return kind, true
	case node == "":
	case !isID(node):
		kind = d.spoken(node)
	case slices.Contains(d.state.Personas, node):
		kind = personaNodes
	case d.state.Profiles[node] != nil || d.people[node] != nil:
		kind = personNodes
	}
	return kind, kind != unknownNode
}

// stands reports whether the ID in a path is known to stand for something else than a Page.
func (j *judge) stands(at place) bool {
	_, known := j.data().thing(at.node)
	return known
}

// mayBePerson reports whether the ID in a path is that of a person whom nobody has mentioned: a Graph that
// does not refuse strangers knows everybody.
func (j *judge) mayBePerson(at place) bool {
	return isID(at.node) && onPerson[at.edge] != nil && !j.graph.RefuseStrangers &&
		j.graph.pageOf(at.node) == nil &&
		!slices.ContainsFunc(j.graph.pages(), func(d *pageData) bool { return d.gave(at.node) })
}

// gave reports whether an ID was given to a thing of the Page or of a linked account.
func (d *pageData) gave(id string) bool {
	_, given := d.edges.things[id]
	return given || slices.ContainsFunc(d.linked, func(l *pageData) bool { return l.gave(id) })
}

// keep remembers what an ID stands for. It needs the lock.
func (d *pageData) keep(id string, kind nodeKind) {
	if d.edges.things == nil {
		d.edges.things = map[string]nodeKind{}
	}
	d.edges.things[id] = kind
}

// give makes a numeric ID for a new thing of the Page. It needs the lock.
func (j *judge) give(kind nodeKind) string {
	for {
		j.graph.things++
		id := strconv.Itoa(2_200_000_000_000_000 + j.graph.things)
		if _, taken := j.data().thing(id); !taken {
			j.data().keep(id, kind)
			return id
		}
	}
}

// pageLength is how many items a page of a list has if the call does not say. Source: Meta, Graph API,
// Paginated Results, 2026.
const pageLength = 25

// listing is a page of a list.
type listing struct {
	Data   []any   `json:"data"`
	Paging *paging `json:"paging,omitempty"`
}

type paging struct {
	Cursors  cursors `json:"cursors"`
	Next     string  `json:"next,omitempty"`
	Previous string  `json:"previous,omitempty"`
}

type cursors struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// paged returns the page of an edge's list that the parameters limit, after and before ask for.
//
// Source: Meta, Graph API, Paginated Results, 2026.
func (j *judge) paged(edge string, items []any) any {
	call := value{"", j.params.values}
	length := pageLength
	if limit := call.at("limit"); !limit.absent() {
		n, err := strconv.Atoi(limit.text())
		if err != nil || n < 1 {
			j.refuse(wrongKind, limit.name, "a positive number")
		}
		length = min(max(n, 1), max(len(items), 1))
	}
	from, to := 0, min(length, len(items))
	if after := call.at("after"); !after.absent() {
		from = min(j.cursor(after, len(items))+1, len(items))
		to = min(from+length, len(items))
	} else if before := call.at("before"); !before.absent() {
		to = j.cursor(before, len(items))
		from = max(to-length, 0)
	}
	path := edge
	if node := j.node; node != "" {
		if node == "me" {
			node = j.page
		}
		path = node + "/" + edge
	}
	return j.slice(path, j.params.query(), items, from, to)
}

// slice returns the items from one to another, and the addresses of the pages around them: those of a path,
// with the parameters of query besides the cursors. Meta's have the token, too.
func (j *judge) slice(path string, query url.Values, items []any, from, to int) listing {
	page := listing{Data: items[from:to]}
	if from == to {
		return listing{Data: []any{}}
	}
	page.Paging = &paging{Cursors: cursors{cursorAt(from), cursorAt(to - 1)}}
	host := facebookHost
	if j.host == instagramHost || j.data().login {
		host = instagramHost
	}
	query.Del("after")
	query.Del("before")
	address := func(key, cursor string) string {
		more := maps.Clone(query)
		more.Set(key, cursor)
		return "https://" + host + "/" + j.version + "/" + path + "?" + more.Encode()
	}
	if to < len(items) {
		page.Paging.Next = address("after", page.Paging.Cursors.After)
	}
	if from > 0 {
		page.Paging.Previous = address("before", page.Paging.Cursors.Before)
	}
	return page
}

// cursorAt returns the cursor of the item at an index.
func cursorAt(i int) string { return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(i))) }

// cursor returns the index that a cursor stands for, at most most.
func (j *judge) cursor(v value, most int) int {
	text, err := base64.RawURLEncoding.DecodeString(v.text())
	i, bad := strconv.Atoi(string(text))
	if err != nil || bad != nil || i < 0 {
		j.refuse(wrongKind, v.name, "a cursor")
		return 0
	}
	return min(i, most)
}

// field is one of the fields that a call asks for: name, or name.limit(5){name,name}.
type field struct {
	name  string
	limit int    // 0: not said
	inner string // what stands in its braces
}

// fieldsOf reads the parameter fields. Source: Meta, Graph API, Field Expansion, 2026.
func fieldsOf(text string) []field {
	var fields []field
	if text == "" {
		return nil
	}
	for _, part := range split(text) {
		head, inner, _ := strings.Cut(part, "{")
		name, rest, _ := strings.Cut(strings.TrimSpace(head), ".")
		f := field{name: name, inner: strings.TrimSuffix(inner, "}")}
		if n, ok := strings.CutPrefix(rest, "limit("); ok {
			limit, _ := strconv.Atoi(strings.TrimSuffix(n, ")"))
			f.limit = max(limit, 0)
		}
		if f.name != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// split cuts a list at its commas, but not at those in braces.
func split(text string) []string {
	var parts []string
	depth, start := 0, 0
	for i, c := range text {
		switch {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[start:]))
}

// fields returns the fields that the call asks for, or others if it asks for none.
func (j *judge) fields(others ...string) []field {
	fields := fieldsOf(value{"", j.params.values}.at("fields").text())
	if len(fields) > 0 {
		return fields
	}
	for _, name := range others {
		fields = append(fields, field{name: name})
	}
	return fields
}

// named reports whether a field is among fields.
func named(fields []field, name string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.name == name })
}

// pick returns the fields of an object that were asked for, and its ID.
func pick(object map[string]any, fields []field) map[string]any {
	picked := map[string]any{"id": object["id"]}
	for _, f := range fields {
		if v, ok := object[f.name]; ok {
			picked[f.name] = v
		}
	}
	return picked
}
