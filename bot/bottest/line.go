package bottest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send/sendtest"
)

// What a chat script cannot say stands in a transcript as a comment.
const (
	restartLine   = "# the bot is started anew"
	redeliverLine = "# the last webhook request comes once more"
	togetherLine  = "# at once:"
	readsLine     = "# the person reads the thread"
)

// eventLine tells of an event that has no line of its own.
func eventLine(event map[string]any) string {
	text, err := json.Marshal(event)
	if err != nil {
		text = []byte("that is not JSON")
	}
	return "# the event " + string(text)
}

// commentLine tells of a comment on a post of the Page.
func commentLine(text string) string {
	return "# the person comments: " + strings.Join(strings.Fields(text), " ")
}

// failLine tells of a failure that was asked for.
func failLine(who string, f sendtest.Failure) string {
	switch {
	case f.Match != nil:
		return "# a call of the Graph API fails"
	case f.Code == 0:
		return "# the next message fails"
	}
	code := strconv.Itoa(f.Code)
	if f.Subcode != 0 {
		code += "/" + strconv.Itoa(f.Subcode)
	}
	return script.Line{Person: who, Mark: '+', Word: "fail", Text: code}.String()
}

// expectedLine is a message as [Chat.Expect] expects it of the bot.
func expectedLine(who, text string, offered []string) string {
	line := script.Line{Person: who, Mark: '<', Text: text, Offers: offered}
	for _, word := range []string{"image", "video", "audio", "file", "template"} {
		if rest, is := strings.CutPrefix(text, word+": "); is {
			line.Word, line.Text = word, rest
		}
	}
	return line.String()
}

// refusedLine is a message that did not go out.
func refusedLine(who string, err error) string {
	return script.Line{Person: who, Mark: '!', Text: script.Reason(err)}.String()
}

// summary is what [Chat.Expect] compares: the text, or the kind and address of a medium, or the title of the
// first card.
func summary(s *script.Shown) string {
	switch {
	case s.Word != "":
		return s.Word + ": " + s.Text
	case s.Text == "" && len(s.Cards) > 0:
		return s.Titles[0]
	default:
		return s.Text
	}
}

// titles returns what taps show.
func titles(taps []script.Tap) []string {
	var shown []string
	for _, t := range taps {
		shown = append(shown, t.Title)
	}
	return shown
}

// replies returns the titles of the quick replies of a message.
func replies(s *script.Shown) []string {
	return titles(slices.DeleteFunc(slices.Clone(s.Taps), func(t script.Tap) bool { return !t.Quick }))
}
