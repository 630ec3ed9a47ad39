package script

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// char is a character of a line; one behind a backslash stands for itself.
type char struct {
	r       rune
	escaped bool
}

func (c char) is(r rune) bool { return c.r == r && !c.escaped }

func (c char) isSpace() bool { return c.is(' ') || c.is('\t') }

var (
	errEscape = errors.New(`a backslash stands before what it keeps from being grammar, or in ` +
		`\n (new line), \s (space), \t (tab), \u{1F355} (a character by its number): ` +
		`write \\ for a backslash`)
	errEmptyTitle = errors.New("brackets with nothing in them offer nothing: write what they show, " +
		`or \[ if they are text`)
)

// scan undoes the backslashes of a line.
func scan(text string) ([]char, error) {
	var out []char
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		if r != '\\' {
			out = append(out, char{r: r})
			continue
		}
		c, rest, err := unescape(text)
		if err != nil {
			return nil, err
		}
		out, text = append(out, c), rest
	}
	return out, nil
}

// unescape reads what stands behind a backslash.
func unescape(text string) (c char, rest string, err error) {
	r, size := utf8.DecodeRuneInString(text)
	rest = text[size:]
	switch {
	case size == 0:
		return char{}, "", errEscape
	case r == 'n':
		return char{'\n', true}, rest, nil
	case r == 's':
		return char{' ', true}, rest, nil
	case r == 't':
		return char{'\t', true}, rest, nil
	case r == 'u':
		return numbered(rest)
	case r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r)):
		return char{r, true}, rest, nil
	default:
		return char{}, "", errEscape
	}
}

// numbered reads {1F355}, the number of a character.
func numbered(text string) (c char, rest string, err error) {
	digits, rest, ok := strings.Cut(strings.TrimPrefix(text, "{"), "}")
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || !strings.HasPrefix(text, "{") || err != nil || n > unicode.MaxRune || !utf8.ValidRune(rune(n)) {
		return char{}, "", errEscape
	}
	return char{rune(n), true}, rest, nil
}

// trim takes the spaces off both ends.
func trim(line []char) []char {
	for len(line) > 0 && line[0].isSpace() {
		line = line[1:]
	}
	for len(line) > 0 && line[len(line)-1].isSpace() {
		line = line[:len(line)-1]
	}
	return line
}

func textOf(line []char) string {
	var b strings.Builder
	for _, c := range line {
		b.WriteRune(c.r)
	}
	return b.String()
}

// splitOffers takes the titles in brackets off the end of a line.
func splitOffers(line []char) (text []char, offers []string, err error) {
	for line = trim(line); len(line) > 0 && line[len(line)-1].is(']'); line = trim(line) {
		open := len(line) - 2
		for open >= 0 && !line[open].is('[') && !line[open].is(']') {
			open--
		}
		if open < 0 || line[open].is(']') || open > 0 && !line[open-1].isSpace() && !line[open-1].is(']') {
			break // a bracket of the text
		}
		title := textOf(trim(line[open+1 : len(line)-1]))
		if title == "" {
			return nil, nil, errEmptyTitle
		}
		offers, line = append([]string{title}, offers...), line[:open]
	}
	return line, offers, nil
}

// splitWord takes a word in parentheses off the beginning of a line.
func splitWord(line []char) (word string, rest []char) {
	if len(line) == 0 || !line[0].is('(') {
		return "", line
	}
	for i, c := range line {
		if c.is(')') {
			return textOf(line[1:i]), trim(line[i+1:])
		}
	}
	return textOf(line[1:]), nil
}

// Brackets writes titles as they are offered in a script, [Small] [Large], and escapes what is grammar in
// them.
func Brackets(titles []string) string {
	quoted := make([]string, len(titles))
	for i, title := range titles {
		quoted[i] = "[" + quote(title, "[]") + "]"
	}
	return strings.Join(quoted, " ")
}

// quoteLines writes a text of one or more lines. At its beginning, where a word in parentheses or a title in
// brackets may stand, it is kept from being one.
func quoteLines(text string, begins bool) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		quoted := quote(line, "")
		if i == 0 && begins && (strings.HasPrefix(quoted, "(") || strings.HasPrefix(quoted, "[")) {
			quoted = `\` + quoted
		}
		if before, ok := strings.CutSuffix(quoted, "]"); ok {
			quoted = before + `\]`
		}
		lines[i] = quoted
	}
	for i := 1; i < len(lines); i++ {
		lines[i] = strings.TrimRight(string(more)+" "+lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// quote writes one line so that scan and trim return it: backslashes, the special characters, spaces at the
// ends, and whatever cannot be seen are escaped.
func quote(line, special string) string {
	var b strings.Builder
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case r == '\\' || strings.ContainsRune(special, r):
			b.WriteString(`\` + string(r))
		case r == ' ' && (i == 0 || i == len(runes)-1):
			b.WriteString(`\s`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\u200c' || r == '\u200d' || unicode.IsPrint(r): // joiners are part of words and emoji
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%X}`, r)
		}
	}
	return b.String()
}
