package router

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// Pattern is a payload with named places: "ADD:{sku}" matches "ADD:42" with sku = "42". A place stands for one or more
// characters, as few as possible. Text outside braces is taken as it is, upper and lower case told apart. A Pattern is
// safe for concurrent use.
type Pattern struct {
	source   string
	literals []string // one more than names: what stands before, between and behind the places
	names    []string
	matcher  *regexp.Regexp
}

// ParsePattern reads a pattern. A brace without its counterpart, an empty or repeated name, and two places with nothing
// between them are errors.
func ParsePattern(source string) (*Pattern, error) {
	p := &Pattern{source: source}
	wrong := func(problem string) (*Pattern, error) {
		return nil, fmt.Errorf("router: pattern %q: %s", source, problem)
	}
	if source == "" {
		return wrong("empty")
	}
	rest := source
	for {
		literal, behind, found := strings.Cut(rest, "{")
		if strings.Contains(literal, "}") {
			return wrong("} without {")
		}
		if literal == "" && found && len(p.names) > 0 {
			return wrong("nothing between two places")
		}
		p.literals = append(p.literals, literal)
		if !found {
			break
		}
		name, after, closed := strings.Cut(behind, "}")
		switch {
		case !closed || strings.Contains(name, "{"):
			return wrong("{ without }")
		case name == "":
			return wrong("a place without a name")
		}
		for _, earlier := range p.names {
			if earlier == name {
				return wrong("the name " + name + " twice")
			}
		}
		p.names = append(p.names, name)
		rest = after
	}
	p.matcher = p.compile()
	return p, nil
}

// compile returns a regular expression with a group for each place.
func (p *Pattern) compile() *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for i, literal := range p.literals {
		b.WriteString(regexp.QuoteMeta(literal))
		if i < len(p.names) {
			b.WriteString(`(.+?)`)
		}
	}
	b.WriteString(`$`)
	return regexp.MustCompile(b.String())
}

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.source }

// Match returns what stands in the named places of payload, and whether payload fits the pattern.
func (p *Pattern) Match(payload string) (map[string]string, bool) {
	if !strings.HasPrefix(payload, p.literals[0]) {
		return nil, false
	}
	groups := p.matcher.FindStringSubmatch(payload)
	if groups == nil {
		return nil, false
	}
	params := make(map[string]string, len(p.names))
	for i, name := range p.names {
		params[name] = groups[i+1]
	}
	return params, true
}

// Expand returns the payload with params in the named places: the inverse of Match. It is an error if params has not just
// the pattern's names, or if the payload would not match with the same params, as when a value is empty or contains the
// text that ends its place.
func (p *Pattern) Expand(params map[string]string) (string, error) {
	var b strings.Builder
	for i, literal := range p.literals {
		b.WriteString(literal)
		if i < len(p.names) {
			b.WriteString(params[p.names[i]])
		}
	}
	payload := b.String()
	if found, ok := p.Match(payload); !ok || !maps.Equal(found, params) {
		return "", fmt.Errorf("router: pattern %q: these values would not come back: want one for each name, "+
			"not empty, without the text behind its place", p.source)
	}
	return payload, nil
}

// exact reports whether p has no named places.
func (p *Pattern) exact() bool { return len(p.names) == 0 }

// shape returns p with its names left out: two patterns of one shape match the same payloads.
func (p *Pattern) shape() string { return strings.Join(p.literals, "{}") }

// before reports whether p is asked before q: the one with more literal text, as it is the more particular one; of two
// alike the one with fewer places, then the lesser in byte order.
func (p *Pattern) before(q *Pattern) bool {
	a, b := len(strings.Join(p.literals, "")), len(strings.Join(q.literals, ""))
	switch {
	case a != b:
		return a > b
	case len(p.names) != len(q.names):
		return len(p.names) < len(q.names)
	}
	return p.source < q.source
}
