package sendtest

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// judge applies the rules to one call, in the order that the package guide tells, and keeps the first that
// refuses it: what is checked after a refusal has no effect.
type judge struct {
	graph   *Graph // whose lock is held
	now     time.Time
	version string    // of the API
	host    string    // that the request named
	caller  *pageData // whose token the call has; nil: nobody's
	owner   *pageData // that the call is for; see data
	page    string
	node    string // that the path names
	params  params

	refused *refusal

	template string  // the template_type of the message, if any
	assets   []asset // what must be known or fit once the window has been judged
	saves    string  // the kind of asset to be saved, if any
	order    string  // the order number of the receipt, if any

	events [][]byte // the webhook bodies that follow an accepted message
}

// refusal is a rule that was broken and the message that says so.
type refusal struct {
	rule
	says string
}

// asset is an attachment that the message uses: a saved one by its ID, one at an address, or an uploaded
// file.
type asset struct {
	id, url, kind string
	file          *file
}

// refuse breaks a rule; args fill in its text.
func (j *judge) refuse(r rule, args ...any) {
	if assumed, ok := j.graph.Assumed[r.id]; ok && r.conf == "L" {
		r.code, r.subcode = assumed.Code, assumed.Subcode
	}
	if j.refused == nil {
		j.refused = &refusal{r, r.message(args...)}
	}
}

// keys refuses keys that are not known.
func (j *judge) keys(v value, known ...string) {
	if unknown := v.unknown(known); len(unknown) > 0 {
		j.refuse(unknownKeys, strings.Join(unknown, ", "), v.name)
	}
}

// require refuses absent values under r.
func (j *judge) require(r rule, values ...value) {
	for _, v := range values {
		if v.absent() {
			j.refuse(r, v.name)
		}
	}
}

// most refuses a text of more than limit characters under r, and what is neither text nor number. Characters
// are code points.
func (j *judge) most(r rule, v value, limit int) {
	switch v.v.(type) {
	case bool, map[string]any, []any:
		j.refuse(wrongKind, v.name, "a UTF-8 encoded string")
	}
	if utf8.RuneCountInString(v.text()) > limit {
		j.refuse(r, v.name, limit)
	}
}

// shown refuses a text of more than limit characters under r if Graph.Strict says so: Meta cuts it on
// display.
func (j *judge) shown(r rule, v value, limit int) {
	if j.graph.Strict {
		j.most(r, v, limit)
	}
}

// oneOf refuses a value that is present and not among names under r. It compares exactly.
func (j *judge) oneOf(r rule, v value, names ...string) {
	if !v.absent() && !slices.Contains(names, v.text()) {
		j.refuse(r, v.name, strings.Join(names, ", "), v.text())
	}
}

// oneOfFold is oneOf, but takes names in lower case and values in either case.
func (j *judge) oneOfFold(r rule, v value, names ...string) {
	if !v.absent() && !slices.Contains(names, v.word()) {
		j.refuse(r, v.name, strings.ToUpper(strings.Join(names, ", ")), v.text())
	}
}

// object refuses a value that is present and no object, and reports whether it is one.
func (j *judge) object(v value) bool {
	if !v.absent() && !v.isObject() {
		j.refuse(wrongKind, v.name, "an object")
	}
	return v.isObject()
}

// list refuses a value that is present and no array, and returns its elements.
func (j *judge) list(v value) []value {
	if _, ok := v.v.([]any); !ok && !v.absent() {
		j.refuse(wrongKind, v.name, "an array")
	}
	return v.items()
}

// string refuses a value that is present and no string.
func (j *judge) string(v value) {
	if _, ok := v.v.(string); !ok && !v.absent() {
		j.refuse(wrongKind, v.name, "a UTF-8 encoded string")
	}
}
