package script

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a script. The name is what errors and reports call it, as a rule its file. The error names
// each line that is wrong, as name:line, and what to write instead.
func Parse(name string, src []byte) (*Script, error) {
	if !utf8.Valid(src) {
		return nil, fmt.Errorf("%s:1: the file is not UTF-8 text: save it as UTF-8", name)
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	p := &parser{script: &Script{name: name}}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(src), "\n"), "\n") {
		p.number++
		if err := p.read(strings.Trim(line, " \t\r")); err != nil {
			p.errs = append(p.errs, fmt.Errorf("%s:%d: %w", name, p.number, err))
			p.open = nil
			p.broken = true
		}
	}
	p.script.trailing = p.above
	if p.finish(); p.script.Acts() == 0 && len(p.errs) == 0 {
		p.errs = append(p.errs, fmt.Errorf("%s:%d: nothing happens in this script: "+
			"write a line that begins with >, what the person says", name, p.number))
	}
	if err := errors.Join(p.errs...); err != nil {
		return nil, err
	}
	return p.script, nil
}

// parser reads a script line by line.
type parser struct {
	script *Script
	number int // of the line
	above  []string
	open   *statement // what | and * may go on
	broken bool       // the statement above is wrong, so that what goes on with it says nothing new
	errs   []error
}

// finish looks at the statement that cannot go on any more.
func (p *parser) finish() {
	if p.open == nil {
		return
	}
	if err := p.open.check(); err != nil {
		p.errs = append(p.errs, fmt.Errorf("%s:%d: %w", p.script.name, p.open.number, err))
	}
	p.open = nil
}

func (p *parser) read(line string) error {
	if line == "" || strings.HasPrefix(line, "#") {
		p.finish()
		p.broken = false
		p.above = append(p.above, line)
		return nil
	}
	who, mark, rest, err := splitMark(line)
	if err != nil {
		p.finish()
		return err
	}
	chars, err := scan(rest)
	if err != nil {
		return err
	}
	chars = trim(chars)
	if mark == more || mark == element {
		return p.goOn(who, mark, chars)
	}
	p.finish()
	p.broken = false
	s := statement{Line: Line{Person: who, Mark: mark}, number: p.number, above: p.above}
	p.script.statements, p.above = append(p.script.statements, s), nil
	p.open = &p.script.statements[len(p.script.statements)-1]
	return p.open.begin(chars)
}

var errMark = errors.New("the line does not say who does what: begin it with > (the person), < (the bot), " +
	"+ (time passes), ! (a message did not go out), | (one more line of text), * (a card) or # " +
	"(a comment); a person's name stands before the mark without a space, as in Ana> hello")

// splitMark takes the person's name and the mark off the beginning of a line.
func splitMark(line string) (who string, mark rune, rest string, err error) {
	at := strings.IndexAny(line, "><+!|*")
	if at < 0 || at > 0 && !IsName(line[:at]) {
		return "", 0, "", errMark
	}
	return line[:at], rune(line[at]), line[at+1:], nil
}

// IsName reports whether name can be a person's: a letter, and then letters, digits, _ and -.
func IsName(name string) bool {
	for i, r := range name {
		if !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && r != '_' && r != '-') {
			return false
		}
	}
	return name != ""
}

// goOn reads a line that continues the one above.
func (p *parser) goOn(who string, mark rune, line []char) error {
	switch s := p.open; {
	case who != "":
		return fmt.Errorf("a line with %c goes on with the message above it and names nobody: write %c alone",
			mark, mark)
	case s == nil && p.broken:
		return nil
	case s == nil:
		return fmt.Errorf("nothing to go on with: a line with %c stands directly below its message", mark)
	case mark == element && s.Mark != bot:
		return errors.New("only the bot shows cards: write * below a line that begins with <")
	case mark == element:
		text, offers, err := splitOffers(line)
		s.Cards = append(s.Cards, Card{textOf(text), offers})
		return err
	case !s.isText():
		return errors.New("this line cannot go on: | stands below a text")
	case len(s.Cards) > 0:
		last := &s.Cards[len(s.Cards)-1]
		return goOn(&last.Text, &last.Offers, line)
	case s.Mark == bot:
		return goOn(&s.Text, &s.Offers, line)
	default:
		s.Text += "\n" + textOf(line)
		return nil
	}
}

// goOn adds a line to a text with what is offered below it.
func goOn(text *string, offers *[]string, line []char) error {
	if len(*offers) > 0 {
		return errors.New("what is offered stands at the end of the last line of a text: " +
			`move it down here, or write \[ if it is text`)
	}
	line, titles, err := splitOffers(line)
	*text, *offers = *text+"\n"+textOf(line), titles
	return err
}

// isText reports whether the statement is one whose text may have several lines.
func (s *statement) isText() bool {
	switch s.Mark {
	case bot:
		return !s.isAction()
	case person:
		return s.Word == "" && len(s.Offers) == 0
	default:
		return s.Word == inbox
	}
}
