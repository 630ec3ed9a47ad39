package script

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// words says which words in parentheses each mark knows.
var words = map[rune][]string{
	person: {menu, image, video, audio, file, location, reaction, reactionOff, referral},
	bot: {
		image, video, audio, file, sticker, heart, post, template,
		typing, typingOff, seen, reaction, reactionOff,
	},
	world: {inbox, takeOver, handBack, fail},
}

// begin reads what stands behind the mark.
func (s *statement) begin(line []char) error {
	switch s.Mark {
	case refusal:
		return s.refused(textOf(line))
	case person:
		if len(line) > 0 && line[0].is('[') {
			return s.tap(line)
		}
	}
	var err error
	if s.Word, line, err = s.wordOf(line); err != nil {
		return err
	}
	switch {
	case s.Mark == world && s.Word == "":
		return s.clock(textOf(line))
	case s.Word == menu:
		return s.menu(line)
	case s.Mark == bot && !s.isAction():
		line, s.Offers, err = splitOffers(line)
	}
	s.Text = textOf(line)
	return err
}

// wordOf takes the word in parentheses off the line, if there is one.
func (s *statement) wordOf(line []char) (word string, rest []char, err error) {
	if len(line) == 0 || !line[0].is('(') {
		return "", line, nil
	}
	word, rest = splitWord(line)
	word = strings.Join(strings.Fields(word), " ")
	if !slices.Contains(words[s.Mark], word) {
		return "", nil, fmt.Errorf(`(%s) is not known behind %c: write one of (%s), or \( if it is text`,
			word, s.Mark, strings.Join(words[s.Mark], "), ("))
	}
	return word, rest, nil
}

var errTap = errors.New("a tap is what is shown, in brackets, and nothing else: write > [Large], " +
	`or > [Cheesecake] [Order] for the button of a card, or \[ if the person types it`)

// tap reads what is tapped: a title, or a card's and its button's.
func (s *statement) tap(line []char) error {
	rest, offers, err := splitOffers(line)
	if err != nil {
		return err
	}
	if len(rest) > 0 || len(offers) > 2 {
		return errTap
	}
	s.Offers = offers
	return nil
}

// menu reads an item of the persistent menu: its title and its payload.
func (s *statement) menu(line []char) error {
	end := slices.IndexFunc(line, func(c char) bool { return c.is(']') })
	if end < 0 || !line[0].is('[') || textOf(trim(line[1:end])) == "" || len(trim(line[end+1:])) == 0 {
		return errors.New("an item of the menu is its title in brackets and its payload: " +
			"write > (menu) [Order status] ORDER_STATUS")
	}
	s.Offers = []string{textOf(trim(line[1:end]))}
	s.Text = textOf(trim(line[end+1:]))
	return nil
}

// refused reads why a message did not go out.
func (s *statement) refused(text string) error {
	s.Text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	switch {
	case s.Text == "" && s.Person != "": // somebody forgot the mark before "Hello!"
		return errMark
	case !isReason(s.Text):
		return fmt.Errorf("%q is no reason why a message does not go out: write one of %s",
			text, reasonList())
	}
	return nil
}

// clock reads how much time passes.
func (s *statement) clock(text string) error {
	d, err := parseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no time to pass: write + 25h, + 90m, + 30s or + 2d", text)
	}
	if s.Passes = d; s.Person != "" {
		return errors.New("time passes for everybody: write the line without a name")
	}
	return nil
}

// parseDuration reads what time.ParseDuration does, with days before it.
func parseDuration(text string) (time.Duration, error) {
	const day, most = 24 * time.Hour, 100 * 365
	var days uint64
	if before, after, ok := strings.Cut(text, "d"); ok {
		var err error
		if days, err = strconv.ParseUint(before, 10, 32); err != nil || days > most {
			return 0, errors.New("not a number of days")
		}
		if text = after; text == "" {
			text = "0s"
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > most*day {
		return 0, errors.New("not a duration")
	}
	return time.Duration(days)*day + d, nil
}

// check looks at a whole statement.
func (s *statement) check() error {
	for _, c := range s.Cards {
		if c.Text == "" {
			return errors.New("a card without a title: write it behind the *")
		}
	}
	switch {
	case s.Mark == world && s.Word == "":
		return nil
	case s.Mark == world && s.Word == fail:
		_, _, err := failure(s.Text)
		return err
	case s.Word == location:
		return s.place()
	case s.isAction() && s.Word != reaction, s.Word == reactionOff, s.Word == takeOver, s.Word == handBack:
		if s.Text != "" {
			return fmt.Errorf("(%s) stands alone on its line", s.Word)
		}
		return nil
	case s.Mark == bot && slices.Contains([]string{image, video, audio, file, heart}, s.Word):
		return nil // a file that came with the call has no address
	case s.Text == "" && len(s.Cards) == 0 && !s.isTap():
		return s.empty()
	}
	return nil
}

// empty says what is missing behind the mark or the word.
func (s *statement) empty() error {
	examples := map[string]string{
		image: "> (image) https://shop.example/cat.png", reaction: string(s.Mark) + " (reaction) ❤",
		referral: "> (referral) summer-ad", inbox: "+ (inbox) I will take over.",
		template: "< (template) receipt",
	}
	example := examples[s.Word]
	switch {
	case example == "" && s.Word != "":
		example = fmt.Sprintf("%c (%s) https://shop.example/name", s.Mark, s.Word)
	case s.Mark == bot && s.Word == "" && len(s.Offers) > 0:
		return errors.New("what is offered stands behind a text, or above the cards of a carousel: write " +
			`< Which size?  [Small] [Large], or \[ if it is text`)
	case example == "":
		example = map[rune]string{person: "> hello", bot: "< Which size?  [Small] [Large]"}[s.Mark]
	}
	return fmt.Errorf("nothing is said here: write %s", example)
}

// place reads the degrees of latitude and longitude.
func (s *statement) place() error {
	if _, _, ok := degrees(s.Text); !ok {
		return fmt.Errorf("%q is no place: write > (location) 48.8566, 2.3522, the degrees of latitude and "+
			"longitude", s.Text)
	}
	return nil
}

func degrees(text string) (lat, long float64, ok bool) {
	first, second, ok := strings.Cut(text, ",")
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(first), 64)
	long, err2 := strconv.ParseFloat(strings.TrimSpace(second), 64)
	ok = ok && err1 == nil && err2 == nil && lat >= -90 && lat <= 90 && long >= -180 && long <= 180
	return lat, long, ok
}
