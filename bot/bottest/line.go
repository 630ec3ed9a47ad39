package bottest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send/sendtest"
)

// The lines of a transcript are those of a chat script: see GRAMMAR.md of package script. What a script
// cannot say is a comment.
const (
	typingLine    = "< (typing)"
	restartLine   = "# the bot is started anew"
	redeliverLine = "# the last webhook request comes once more"
	togetherLine  = "# at once:"
)

func sayLine(text string) string { return "> " + quoteLines(text, true) }

func tapLine(titles ...string) string { return "> " + brackets(titles) }

func menuLine(title, payload string) string {
	return "> (menu) " + tapLine(title)[len("> "):] + " " + quoteLines(payload, false)
}

// wordLine is a line whose text is introduced by a word.
func wordLine(mark, word, text string) string {
	return strings.TrimRight(mark+" ("+word+") "+quoteLines(text, false), " ")
}

func place(lat, long float64) string {
	return strconv.FormatFloat(lat, 'f', -1, 64) + ", " + strconv.FormatFloat(long, 'f', -1, 64)
}

func refusedLine(err error) string { return "! " + script.Reason(err) }

// eventLine tells of an event that has no line of its own.
func eventLine(event map[string]any) string {
	text, err := json.Marshal(event)
	if err != nil {
		text = []byte("that is not JSON")
	}
	return "# the event " + string(text)
}

// failLine tells of a failure that was asked for.
func failLine(who string, f sendtest.Failure) string {
	switch {
	case f.Match != nil:
		return "# a call of the Graph API fails"
	case f.Code == 0:
		return "# the next message fails"
	case f.Subcode == 0:
		return fmt.Sprintf("%s+ (fail) %d", who, f.Code)
	default:
		return fmt.Sprintf("%s+ (fail) %d/%d", who, f.Code, f.Subcode)
	}
}

// advanceLine writes d as people do: 25h, 2d, 1h30m.
func advanceLine(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("+ %dd", d/day)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return "+ " + text
}

// saidLine is a message of the bot.
func saidLine(word, text string, offered []string) string {
	line := "<"
	if word != "" {
		line += " (" + word + ")"
	}
	if text != "" {
		line += " " + quoteLines(text, word == "")
	}
	if len(offered) > 0 {
		line += "  " + brackets(offered)
	}
	return line
}

// cardLine is a card of a carousel.
func cardLine(text string, offered []string) string {
	return "*" + saidLine("", text, offered)[len("<"):]
}

// expectedLine is a message as [Chat.Expect] expects it.
func expectedLine(text string, offered []string) string {
	for _, word := range []string{"image", "video", "audio", "file", "template"} {
		if rest, is := strings.CutPrefix(text, word+": "); is {
			return saidLine(word, rest, offered)
		}
	}
	return saidLine("", text, offered)
}

// brackets writes titles as they are offered.
func brackets(titles []string) string {
	quoted := make([]string, len(titles))
	for i, title := range titles {
		quoted[i] = "[" + quote(title, "[]") + "]"
	}
	return strings.Join(quoted, " ")
}

// quoteLines writes a text, of one line or more. Where a word in parentheses or a title in brackets could
// begin, it is kept from being one.
func quoteLines(text string, begins bool) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		quoted := quote(line, "")
		if i == 0 && begins && (strings.HasPrefix(quoted, "(") || strings.HasPrefix(quoted, "[")) {
			quoted = `\` + quoted
		}
		if before, ends := strings.CutSuffix(quoted, "]"); ends {
			quoted = before + `\]`
		}
		if i > 0 {
			quoted = strings.TrimRight("| "+quoted, " ")
		}
		lines[i] = quoted
	}
	return strings.Join(lines, "\n")
}

// quote writes one line: backslashes, what is special, spaces at the ends, and what cannot be seen are
// escaped.
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
