package script

import (
	"fmt"
	"strings"
	"time"
)

// Script is a chat as text, ready to run. It does not change and is safe for concurrent use.
type Script struct {
	name       string
	statements []statement
	trailing   []string // comments and blank lines behind the last statement
}

// Name returns the name that Parse was given: the file, as errors and reports name it.
func (s *Script) Name() string { return s.name }

// Acts returns how many things happen in the script: lines that begin with > or +.
func (s *Script) Acts() int {
	n := 0
	for i := range s.statements {
		if s.statements[i].acts() {
			n++
		}
	}
	return n
}

// String returns the script in its canonical form, comments included. Parse reads it back as the same
// script.
func (s *Script) String() string {
	var b strings.Builder
	for i := range s.statements {
		writeLines(&b, s.statements[i].above)
		b.WriteString(s.statements[i].String() + "\n")
	}
	writeLines(&b, s.trailing)
	return b.String()
}

func writeLines(b *strings.Builder, lines []string) {
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
}

// The marks: who does something.
const (
	person  = '>'
	bot     = '<'
	world   = '+' // what neither of the two does: time passes, a colleague answers, Meta fails
	refusal = '!'
	more    = '|' // one more line of text
	element = '*' // a card
)

// The words in parentheses, for what is no text.
const (
	menu        = "menu"
	image       = "image"
	video       = "video"
	audio       = "audio"
	file        = "file"
	location    = "location"
	reaction    = "reaction"
	reactionOff = "reaction off"
	referral    = "referral"
	inbox       = "inbox"
	fail        = "fail"
	typing      = "typing"
	typingOff   = "typing off"
	seen        = "seen"
	template    = "template"
)

// statement is one thing that happens or is expected: a line, with its continuations.
type statement struct {
	line   int      // counted from 1
	above  []string // the comments and blank lines above it
	who    string   // the person's name; empty for the one without
	mark   rune
	word   string // in parentheses, before the text
	text   string
	offers []string // below a message; for a tap what is tapped, behind the card that shows it
	cards  []card
	passes time.Duration // on the clock
}

// card is an element of a template: its text, and the buttons below it.
type card struct {
	text   string
	offers []string
}

// acts reports whether the statement makes something happen, rather than expecting it.
func (s *statement) acts() bool { return s.mark == person || s.mark == world }

// isTap reports whether the person taps something that the bot has offered.
func (s *statement) isTap() bool { return s.mark == person && s.word == "" && len(s.offers) > 0 }

// isAction reports whether the statement is a sender action, which is checked only where it is written.
func (s *statement) isAction() bool {
	return s.mark == bot && (s.word == typing || s.word == typingOff || s.word == seen ||
		s.word == reaction || s.word == reactionOff)
}

// String returns the statement in its canonical form, without a line end. Two statements mean the same if
// their forms are equal.
func (s *statement) String() string {
	parts := make([]string, 0, 4)
	if s.word != "" {
		parts = append(parts, "("+s.word+")")
	}
	switch {
	case s.mark == world && s.word == "":
		parts = append(parts, duration(s.passes))
	case s.isTap():
		parts = append(parts, brackets(s.offers))
	case s.word == menu:
		parts = append(parts, brackets(s.offers), quoteLines(s.text, s.word == ""))
	default:
		if s.text != "" {
			parts = append(parts, quoteLines(s.text, s.word == ""))
		}
		if len(s.offers) > 0 {
			parts = append(parts, " "+brackets(s.offers))
		}
	}
	lines := make([]string, 0, 1+len(s.cards))
	lines = append(lines, strings.TrimRight(s.who+string(s.mark)+" "+strings.Join(parts, " "), " "))
	for _, c := range s.cards {
		line := string(element) + " " + quoteLines(c.text, false)
		if len(c.offers) > 0 {
			line += "  " + brackets(c.offers)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// duration writes d as people do: 25h, 2d, 1h30m.
func duration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
