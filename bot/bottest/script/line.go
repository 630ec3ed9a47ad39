package script

import (
	"fmt"
	"strings"
	"time"
)

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
	takeOver    = "take over"
	handBack    = "hand back"
	fail        = "fail"
	typing      = "typing"
	typingOff   = "typing off"
	seen        = "seen"
	template    = "template"
	sticker     = "sticker"
	heart       = "like_heart"
	post        = "media_share"
)

// Line is one thing that happens in a chat, or is expected to happen. In a script it is a line, and those
// that go on with it: the fields are the columns of the grammar.
type Line struct {
	// Person is the name of the one whose thread it is; empty for the one without a name.
	Person string
	// Mark says who does it: '>' the person, '<' the bot, '+' the world around them, and '!' a message that
	// does not go out.
	Mark rune
	// Word is the word in parentheses that says what it is, such as "image"; empty for a text.
	Word string
	// Text is what is said, or what belongs to the word, such as the address of an image. For '!' it is the
	// reason: see [Reason].
	Text string
	// Offers are the titles of the buttons and quick replies below a message of the bot. Of a tap they are
	// what is tapped: one title, also with the word "menu", or that of a card and that of its button.
	Offers []string
	// Cards are the elements of a template.
	Cards []Card
	// Passes is the time that passes by a line with '+' and no word.
	Passes time.Duration
}

// Card is an element of a template.
type Card struct {
	// Text is the title, and the subtitle in the line below it.
	Text string
	// Offers are the titles of its buttons.
	Offers []string
}

// String returns the line in its canonical form, without a line end. Two lines mean the same if their forms
// are equal.
func (l Line) String() string { return strings.Join(l.Lines(), "\n") }

// Lines returns the canonical form in parts: what stands at the mark, and each card. Texts of several lines
// go on behind a line end.
func (l Line) Lines() []string {
	head := l.Person + string(l.Mark)
	switch {
	case l.Mark == world && l.Word == "":
		head += " " + duration(l.Passes)
	case l.isTap():
		head += " " + Brackets(l.Offers)
	case l.Word == menu:
		head += " (" + menu + ") " + Brackets(l.Offers) + " " + quoteLines(l.Text, false)
	case l.Word != "":
		head += " (" + l.Word + ")" + behind(l.Text, false, l.Offers)
	default:
		head += behind(l.Text, true, l.Offers)
	}
	lines := []string{strings.TrimRight(head, " ")}
	for _, c := range l.Cards {
		lines = append(lines, c.String())
	}
	return lines
}

// String returns the card in its canonical form, without a line end.
func (c Card) String() string { return string(element) + behind(c.Text, false, c.Offers) }

// behind returns what stands behind a mark or a word. A text that begins there is kept from being a word.
func behind(text string, begins bool, offers []string) string {
	if text != "" {
		text = " " + quoteLines(text, begins)
	}
	if len(offers) > 0 {
		text += "  " + Brackets(offers)
	}
	return text
}

// acts reports whether the line makes something happen, rather than expecting it.
func (l Line) acts() bool { return l.Mark == person || l.Mark == world }

// isTap reports whether the person taps something that the bot has offered.
func (l Line) isTap() bool { return l.Mark == person && l.Word == "" && len(l.Offers) > 0 }

// isAction reports whether the line is a sender action, which is checked only where it is written.
func (l Line) isAction() bool {
	return l.Mark == bot && (l.Word == typing || l.Word == typingOff || l.Word == seen ||
		l.Word == reaction || l.Word == reactionOff)
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
