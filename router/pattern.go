package router

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern is a payload with named places: "ADD:{sku}" matches "ADD:42" with sku = "42". A place stands for
// one or more characters, as few as possible. Text outside braces is taken as it is, upper and lower case
// told apart. A Pattern comes from [ParsePattern] and is safe for concurrent use.
type Pattern struct {
	source   string
	literals []string // one more than names: what stands before, between and behind the places
	names    []string
}

// ParsePattern reads a pattern. It refuses an empty one, one that is not valid UTF-8, a brace without its
// counterpart, two places with nothing between them, a name that comes twice, and a name that is not made
// of letters, digits and underscores, beginning with no digit. A payload with braces of its own, such as
// JSON, cannot be written as a pattern.
func ParsePattern(source string) (*Pattern, error) {
	p := &Pattern{source: source}
	if err := p.parse(source); err != nil {
		return nil, fmt.Errorf("router: pattern %q: %w", source, err)
	}
	return p, nil
}

// parse fills literals and names.
func (p *Pattern) parse(rest string) error {
	switch {
	case rest == "":
		return errors.New("it is empty")
	case !utf8.ValidString(rest):
		return errors.New("it is not valid UTF-8")
	}
	for {
		literal, behind, place := strings.Cut(rest, "{")
		switch {
		case strings.Contains(literal, "}"):
			return errors.New("} without {")
		case place && literal == "" && len(p.names) > 0:
			return errors.New("nothing between two places")
		}
		p.literals = append(p.literals, literal)
		if !place {
			return nil
		}
		name, after, closed := strings.Cut(behind, "}")
		switch {
		case !closed:
			return errors.New("{ without }")
		case !isName(name):
			return fmt.Errorf("%q is no name for a place: want letters, digits and _", name)
		case slices.Contains(p.names, name):
			return fmt.Errorf("two places are called %q", name)
		}
		p.names = append(p.names, name)
		rest = after
	}
}

// isName reports whether a place may be called name.
func isName(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.source }

// Match returns what stands in the named places of payload, and whether payload fits the pattern.
func (p *Pattern) Match(payload string) (map[string]string, bool) {
	rest, ok := strings.CutPrefix(payload, p.literals[0])
	if !ok {
		return nil, false
	}
	if p.exact() {
		return nil, rest == ""
	}
	// If an early end of a place leads nowhere, a later one does not either: the next place could have taken
	// what lies between. So nothing is tried twice.
	values := make([]string, 0, 8)
	last := len(p.names) - 1
	for _, literal := range p.literals[1 : last+1] {
		if rest == "" {
			return nil, false
		}
		value, behind, found := strings.Cut(rest[1:], literal)
		if !found {
			return nil, false
		}
		values = append(values, rest[:1+len(value)])
		rest = behind
	}
	value, ok := strings.CutSuffix(rest, p.literals[last+1])
	if !ok || value == "" {
		return nil, false
	}
	values = append(values, value)
	params := make(map[string]string, len(values))
	for i, name := range p.names {
		params[name] = values[i]
	}
	return params, true
}

// Expand returns the payload with params in the named places: the inverse of Match. It is an error if
// params has not just the pattern's names, or if the payload would not come back from Meta and match with
// the same params: a value is empty, is not valid UTF-8, or contains the text that ends its place.
func (p *Pattern) Expand(params map[string]string) (string, error) {
	var b strings.Builder
	for i, literal := range p.literals {
		b.WriteString(literal)
		if i < len(p.names) {
			b.WriteString(params[p.names[i]])
		}
	}
	payload := b.String()
	found, ok := p.Match(payload)
	if !ok || !maps.Equal(found, params) || !utf8.ValidString(payload) {
		return "", fmt.Errorf("router: pattern %q: expand: want a value for each name and no other, "+
			"each valid UTF-8, not empty, and without the text behind its place", p.source)
	}
	return payload, nil
}

// exact reports whether p has no named places.
func (p *Pattern) exact() bool { return len(p.names) == 0 }

// shape returns p with its names left out: two patterns of one shape match the same payloads.
func (p *Pattern) shape() string { return strings.Join(p.literals, "{}") }

// compare orders patterns as they are asked: the one with more literal text first, as it is the more
// particular one; of two alike the one with fewer places, then the lesser in byte order.
func (p *Pattern) compare(q *Pattern) int {
	return cmp.Or(
		cmp.Compare(q.literal(), p.literal()),
		cmp.Compare(len(p.names), len(q.names)),
		cmp.Compare(p.source, q.source),
	)
}

// literal returns how many bytes of text stand outside the places.
func (p *Pattern) literal() int { return len(strings.Join(p.literals, "")) }
