package send

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// report collects what is wrong with a call.
type report struct {
	channel Channel
	retired bool    // what Meta has retired passes
	trail   [3]step // what is looked at, such as an attachment, an element of it, and a button of that
	depth   int
	errs    []error
}

// step leads into the index-th item of a list, or into a field if index is negative. Paths are spelled out
// only if something is wrong.
type step struct {
	name  string
	index int
}

// enter leads into the index-th item of list; leave leads out again.
func (r *report) enter(list string, index int) {
	r.trail[r.depth] = step{list, index}
	r.depth++
}

// into leads into a field; leave leads out again.
func (r *report) into(field string) { r.enter(field, -1) }

func (r *report) leave() { r.depth-- }

// add reports a problem with a field of the item that is looked at; an empty field is the item itself.
func (r *report) add(field, format string, args ...any) {
	r.errs = append(r.errs, &FieldError{Field: r.path(field), Problem: fmt.Sprintf(format, args...)})
}

// retire reports a field that would be right if Meta had not retired it; class is [ErrRetired] or of its
// class.
func (r *report) retire(field string, class error, problem string) {
	if !r.retired {
		r.errs = append(r.errs, &FieldError{Field: r.path(field), Problem: problem, retired: class})
	}
}

// path spells out where field is on the wire.
func (r *report) path(field string) string {
	var path strings.Builder
	for _, s := range r.trail[:r.depth] {
		path.WriteString(s.name)
		if s.index >= 0 {
			path.WriteString("[" + strconv.Itoa(s.index) + "]")
		}
		path.WriteByte('.')
	}
	return strings.TrimSuffix(path.String()+field, ".")
}

// want reports an empty value.
func (r *report) want(field, value string) {
	if value == "" {
		r.add(field, "missing")
	}
}

// atMost reports a value of more than limit characters.
func (r *report) atMost(field, value string, limit int) {
	if len(value) <= limit {
		return
	}
	if n := utf8.RuneCountInString(value); n > limit {
		r.add(field, "%s characters, at most %s", thousands(n), thousands(limit))
	}
}

// count reports a list of less than least or more than most items.
func (r *report) count(field string, n, least, most int) {
	switch {
	case n < least:
		r.add(field, "%d, at least %d", n, least)
	case n > most:
		r.add(field, "%d, at most %d", n, most)
	}
}

// address reports a value that is no URL. It asks for a scheme and a host only: a wrong refusal is worse than
// Meta's own.
func (r *report) address(field, value string) {
	scheme, rest, found := strings.Cut(value, "://")
	if !found || scheme == "" || rest == "" || strings.ContainsAny(rest[:1], "/?#") {
		r.add(field, "want a URL with a host, such as https://example.com")
	}
}

// fetched reports an address from which Meta cannot fetch a medium: one that is no URL, or whose host is no
// domain.
func (r *report) fetched(field, value string) {
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" || strings.ContainsAny(parsed.Host, ".[") {
		r.address(field, value)
		return
	}
	r.add(field, "want a host that Meta can reach, such as https://example.com; "+
		"a file of your own goes up by send.Upload")
}

// https reports whether address has that scheme.
func https(address string) bool {
	scheme, _, found := strings.Cut(address, "://")
	return found && strings.EqualFold(scheme, "https")
}

// digits reports whether s is a number.
func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// whole reports whether s is a whole number as JSON writes it.
func whole(s string) bool { return digits(s) && (s[0] != '0' || s == "0") }

// thousands writes n with a comma between the thousands.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
