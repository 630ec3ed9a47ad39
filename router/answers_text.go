package router

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of an e-mail address, in bytes, and of a phone number, in digits.
//
// Source: RFC 5321, 4.5.3.1; RFC 1035, 2.3.4; ITU-T E.164.
const (
	longestEmail  = 254
	longestLocal  = 64
	longestLabel  = 63
	shortestPhone = 6
	longestPhone  = 15
)

// dateLayouts are those of [Date] by default. Commas are left out before.
var dateLayouts = []string{
	"2006-01-02", "2.1.2006", "2 January 2006", "2 Jan 2006", "January 2 2006", "Jan 2 2006",
}

// invisible reports whether r shows nothing: phones and copied text bring such characters along.
func invisible(r rune) bool {
	switch r {
	case '\u200b', '\u2060', '\ufeff', '\u00ad':
		return true
	}
	return unicode.IsControl(r) && !unicode.IsSpace(r) ||
		unicode.In(r, unicode.Bidi_Control, unicode.Join_Control, unicode.Variation_Selector)
}

// trim returns text without what shows nothing around it.
func trim(text string) string {
	text = strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || invisible(r) && !unicode.Is(unicode.Variation_Selector, r)
	})
	if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsSpace(r) && !invisible(r) }) < 0 {
		return ""
	}
	return text
}

// plain returns text as it would be typed on a plain keyboard: digits, dashes and full-width characters as in
// ASCII, white space as single spaces and none around it, and nothing that does not show.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r <= unicode.MaxASCII && !unicode.IsControl(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		case invisible(r):
			return -1
		case unicode.IsDigit(r):
			return digit(r)
		case r == '\u2212', unicode.Is(unicode.Pd, r):
			return '-'
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		default:
			return r
		}
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// digit returns a decimal digit of any script as one of ASCII. In Unicode the ten of a script stand in a row,
// from the zero, and rows that touch are whole ones.
func digit(r rune) rune {
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	return '0' + (r-zero)%10
}

// unstopped returns a plain text without the full stop or the exclamation mark that ends it.
func unstopped(text string) string { return strings.TrimRight(text, ".! ") }

// alike reports whether two texts say the same, but for case, white space and how they end.
func alike(a, b string) bool {
	key := unstopped(plain(a))
	return key != "" && fold(key) == fold(unstopped(plain(b)))
}

// parseNumber returns the whole number that text is.
func parseNumber(text string) (int, bool) {
	number, err := strconv.Atoi(unstopped(plain(text)))
	return number, err == nil
}

// parseEmail returns the address that text is.
func parseEmail(text string) (string, bool) {
	text = unstopped(plain(text))
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text {
		return "", false
	}
	if len(text) > longestEmail || strings.ContainsRune(text, utf8.RuneError) {
		return "", false
	}
	local, domain, _ := strings.Cut(text, "@")
	labels := strings.Split(domain, ".")
	if len(local) > longestLocal || len(labels) < 2 || slices.ContainsFunc(labels, isNoLabel) {
		return "", false
	}
	return text, strings.ContainsFunc(labels[len(labels)-1], unicode.IsLetter)
}

// isNoLabel reports whether label cannot stand between the dots of a domain.
func isNoLabel(label string) bool {
	return label == "" || len(label) > longestLabel || label[0] == '-' || label[len(label)-1] == '-' ||
		strings.ContainsFunc(label, func(r rune) bool {
			return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		})
}

// phoneSeparators is what stands between the digits of a phone number.
var phoneSeparators = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "")

// parsePhone returns the digits of the phone number that text is, with a + before them if it has a country
// code.
func parsePhone(text string) (string, bool) {
	text = plain(text)
	digits := phoneSeparators.Replace(text)
	international := strings.HasPrefix(digits, "+") || strings.HasPrefix(digits, "00")
	if international {
		digits = phoneSeparators.Replace(strings.Replace(text, "(0)", "", 1))
		digits = strings.TrimPrefix(strings.TrimPrefix(digits, "+"), "00")
	}
	if len(digits) < shortestPhone || len(digits) > longestPhone || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if international {
		return "+" + digits, digits[0] != '0'
	}
	return digits, true
}

// parseDate returns the day that text is.
func parseDate(text string, now time.Time, layouts []string) (time.Time, bool) {
	text = plain(text)
	if len(layouts) == 0 {
		text = plain(strings.ReplaceAll(unstopped(text), ",", " "))
		year, month, day := now.UTC().Date()
		switch {
		case alike(text, "today"):
			return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), true
		case alike(text, "tomorrow"):
			return time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC), true
		}
		layouts = dateLayouts
	}
	for _, layout := range layouts {
		if found, err := time.Parse(plain(layout), text); err == nil {
			year, month, day := found.Date()
			return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), true
		}
	}
	return time.Time{}, false
}
