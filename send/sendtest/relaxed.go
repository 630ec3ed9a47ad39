package sendtest

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// deepest is how many objects and arrays may be nested in relaxed JSON.
const deepest = 500

var errRelaxed = errors.New("sendtest: malformed relaxed JSON")

// parseJSON decodes exactly one JSON value; numbers keep their digits.
func parseJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errRelaxed
	}
	return v, nil
}

// parseRelaxed decodes a parameter as Meta's samples write it: JSON, or JSON with single quotes, or without
// any ({id:PSID}). A bare word is a string, except true, false and null; a bare number is a string too, since
// what the samples write so is an ID. Commas may trail.
//
// Source: Meta, Send API, v21.0: recipient={'id':'{PSID}'}.
func parseRelaxed(text string) (any, error) {
	if v, err := parseJSON(text); err == nil {
		return v, nil
	}
	p := relaxed{text: text}
	v, ok := p.value(0)
	p.space()
	if !ok || p.at < len(text) {
		return nil, errRelaxed
	}
	return v, nil
}

// relaxed is a reader of relaxed JSON.
type relaxed struct {
	text string
	at   int
}

func (p *relaxed) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// next skips space and returns the byte there, 0 at the end.
func (p *relaxed) next() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// take skips space and consumes c if it is there.
func (p *relaxed) take(c byte) bool {
	if p.next() != c || p.at == len(p.text) {
		return false
	}
	p.at++
	return true
}

func (p *relaxed) value(depth int) (any, bool) {
	switch c := p.next(); {
	case depth > deepest:
		return nil, false
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"' || c == '\'':
		return p.quoted(c)
	default:
		return p.bare(",]}")
	}
}

func (p *relaxed) object(depth int) (any, bool) {
	object := map[string]any{}
	p.at++
	for !p.take('}') {
		key, ok := p.key()
		if !ok || !p.take(':') {
			return nil, false
		}
		if object[key], ok = p.value(depth + 1); !ok {
			return nil, false
		}
		if !p.take(',') && p.next() != '}' {
			return nil, false
		}
	}
	return object, true
}

func (p *relaxed) array(depth int) (any, bool) {
	array := []any{}
	p.at++
	for !p.take(']') {
		v, ok := p.value(depth + 1)
		if !ok || !p.take(',') && p.next() != ']' {
			return nil, false
		}
		array = append(array, v)
	}
	return array, true
}

func (p *relaxed) key() (string, bool) {
	if c := p.next(); c == '"' || c == '\'' {
		return p.quoted(c)
	}
	word := p.word(":,]}{[")
	return word, word != ""
}

// bare reads a word without quotes up to one of the bytes in end.
func (p *relaxed) bare(end string) (any, bool) {
	switch word := p.word(end); word {
	case "":
		return nil, false
	case "true":
		return true, true
	case "false":
		return false, true
	case "null":
		return nil, true
	default:
		return word, true
	}
}

func (p *relaxed) word(end string) string {
	rest := p.text[p.at:]
	if i := strings.IndexAny(rest, end); i >= 0 {
		rest = rest[:i]
	}
	p.at += len(rest)
	return strings.ToValidUTF8(strings.Trim(rest, " \t\r\n"), "\uFFFD")
}

// quoted reads a string that starts and ends with quote.
func (p *relaxed) quoted(quote byte) (string, bool) {
	var b strings.Builder
	for p.at++; p.at < len(p.text); {
		c := p.text[p.at]
		p.at++
		switch {
		case c == quote:
			return strings.ToValidUTF8(b.String(), "\uFFFD"), true
		case c != '\\':
			b.WriteByte(c)
		case p.at == len(p.text):
			return "", false
		default:
			p.escaped(&b)
		}
	}
	return "", false
}

// escaped writes what the escape at p.at stands for; an unknown one stands for its character.
func (p *relaxed) escaped(b *strings.Builder) {
	c := p.text[p.at]
	p.at++
	if i := strings.IndexByte("bfnrt", c); i >= 0 {
		b.WriteByte("\b\f\n\r\t"[i])
		return
	}
	first, ok := p.hex(c)
	if !ok {
		b.WriteByte(c)
		return
	}
	if utf16.IsSurrogate(first) && strings.HasPrefix(p.text[p.at:], `\u`) {
		p.at += 2
		second, _ := p.hex('u')
		first = utf16.DecodeRune(first, second)
	}
	b.WriteRune(first) // half a pair becomes U+FFFD, as in JSON
}

// hex reads the four digits of a \u escape.
func (p *relaxed) hex(letter byte) (rune, bool) {
	if letter != 'u' || p.at+4 > len(p.text) {
		return utf8.RuneError, false
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	if err != nil {
		return utf8.RuneError, false
	}
	p.at += 4
	return rune(n), true
}
