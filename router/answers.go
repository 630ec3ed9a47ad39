package router

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// The readers of answers below are for State.Answer. Each returns what the person meant, or the error of
// [Refuse] with a hint in English; to refuse in other words, return a Refuse of your own in its place.

// What [YesNo] understands.
var (
	yesWords = []string{"yes", "y", "yeah", "yep", "sure", "ok", "okay", "👍"}
	noWords  = []string{"no", "n", "nope", "nah", "👎"}
)

// Choice returns the one of titles that the person tapped, by the payload or by what it shows, or typed.
// Case, white space, and a full stop or exclamation mark behind it make no difference; of two titles that
// are alike but for these it is the equal one, else the first. The title is returned as it was given here.
//
//	func readSize(c *bot.Context, o *order) (err error) {
//		o.Size, err = router.Choice(c, "Small", "Large")
//		return err
//	}
//
// For a bot in another language:
//
//	if o.Size, err = router.Choice(c, "Liten", "Stor"); err != nil {
//		return router.Refuse("Liten eller stor?")
//	}
//
// The hint is "Please choose Small, Medium or Large.", or where that is too long "Please choose one of the
// answers.".
func Choice(c *bot.Context, titles ...string) (string, error) {
	if len(titles) == 0 {
		return "", bot.Permanent(errors.New("router: Choice: there is nothing to choose from"))
	}
	given := answers(c)
	for _, answer := range given {
		if slices.Contains(titles, answer) {
			return answer, nil
		}
	}
	for _, answer := range given {
		for _, title := range titles {
			if alike(answer, title) {
				return title, nil
			}
		}
	}
	return "", Refuse(hintChoice(titles))
}

// longestHint bounds the hint of Choice, in bytes: with it a message is far from Meta's limits, 2,000
// characters on Messenger and 1,000 bytes on Instagram.
const longestHint = 300

func hintChoice(titles []string) string {
	last := len(titles) - 1
	hint := "Please choose " + titles[last] + "."
	if last > 0 {
		hint = "Please choose " + strings.Join(titles[:last], ", ") + " or " + titles[last] + "."
	}
	if len(hint) > longestHint {
		return "Please choose one of the answers."
	}
	return hint
}

// YesNo returns true for yes, y, yeah, yep, sure, ok, okay and 👍, and false for no, n, nope, nah and 👎,
// typed or as the payload or title of a tap. Case, white space, and a full stop or exclamation mark behind it
// make no difference. For a question with other answers, or in another language, there is [Choice].
// The hint is "Please answer yes or no.".
func YesNo(c *bot.Context) (bool, error) {
	for _, answer := range answers(c) {
		is := func(word string) bool { return alike(answer, word) }
		switch {
		case slices.ContainsFunc(yesWords, is):
			return true, nil
		case slices.ContainsFunc(noWords, is):
			return false, nil
		}
	}
	return false, Refuse("Please answer yes or no.")
}

// Number returns the whole number from least to most that the person typed in digits, of whatever script, or
// tapped. A number with a fraction, with separators, or in words is refused. With [math.MinInt] and
// [math.MaxInt] there is no such bound.
// The hint is "Please send a whole number from 1 to 20.", with the bounds.
func Number(c *bot.Context, least, most int) (int, error) {
	if least > most {
		return 0, bot.Permanent(fmt.Errorf("router: Number: there is none from %d to %d", least, most))
	}
	for _, answer := range answers(c) {
		if number, ok := parseNumber(answer); ok && least <= number && number <= most {
			return number, nil
		}
	}
	return 0, Refuse(hintNumber(least, most))
}

func hintNumber(least, most int) string {
	switch {
	case least > math.MinInt && most < math.MaxInt:
		return fmt.Sprintf("Please send a whole number from %d to %d.", least, most)
	case least > math.MinInt:
		return fmt.Sprintf("Please send a whole number of at least %d.", least)
	case most < math.MaxInt:
		return fmt.Sprintf("Please send a whole number of at most %d.", most)
	default:
		return "Please send a whole number."
	}
}

// Email returns the e-mail address that the person typed, or tapped where the question offers their own with
// [send.AskEmail]. It is a bare address, such as ada@example.com, whose domain has a dot; that there is such
// a mailbox is not known. The case of the letters is kept.
//
// Source: Meta, Quick Replies, 2026: the address comes as payload and text of the tap.
//
// The hint is "Please send an e-mail address, such as name@example.com.".
func Email(c *bot.Context) (string, error) {
	return read(c, parseEmail, "Please send an e-mail address, such as name@example.com.")
}

// Phone returns the phone number that the person typed, or tapped where the question offers their own with
// [send.AskPhone]: 6 to 15 digits, and a + before them if it was written with its country code, as +47 or
// 0047. Spaces, dashes, dots and brackets are left out, and so is the (0) of +44 (0)20. Which numbers there
// are is not known.
//
// Source: Meta, Quick Replies, 2026: the number comes as payload and text of the tap.
//
// The hint is "Please send a phone number, such as +47 123 45 678.".
func Phone(c *bot.Context) (string, error) {
	return read(c, parsePhone, "Please send a phone number, such as +47 123 45 678.")
}

// Date returns the day that the person typed or tapped, as midnight in UTC. Layouts are those of package
// time; months have English names. A day that is not in the calendar is refused.
//
// Without layouts it takes 2026-11-24, 24.11.2026, 24 November 2026, 24 Nov 2026, November 24, 2026 and
// Nov 24, 2026, also without the comma, and the words today and tomorrow, which are those of the bot's clock
// in UTC: to a person far from there it may be another day. It does not take 1/2/2026, which is in January
// to some and in February to others; who knows which it is passes "1/2/2006" or "2/1/2006".
//
// Days that have passed are taken too: compare with [bot.Context.Now]. The hint is "Please send a date, such
// as 2026-11-24.", with tomorrow in the first layout.
func Date(c *bot.Context, layouts ...string) (time.Time, error) {
	for _, answer := range answers(c) {
		if day, ok := parseDate(answer, c.Now(), layouts); ok {
			return day, nil
		}
	}
	return time.Time{}, Refuse("Please send a date, such as " + exampleDate(c.Now(), layouts) + ".")
}

// exampleDate returns tomorrow in the first of layouts.
func exampleDate(now time.Time, layouts []string) string {
	if len(layouts) == 0 {
		layouts = dateLayouts
	}
	return now.UTC().AddDate(0, 0, 1).Format(layouts[0])
}

// Words returns what the person wrote, or the title of what they tapped, as it is but for the white space
// around it. It refuses an answer without words, such as a picture.
// The hint is "Please answer in words.".
func Words(c *bot.Context) (string, error) {
	if words := trim(said(c.Event())); words != "" {
		return words, nil
	}
	return "", Refuse("Please answer in words.")
}

// Image returns the URL of the first picture that the person sent; fetch it at once, as it expires. A sticker
// is no picture, and neither is the thumb.
//
// Source: Meta, messages, 2026.
//
// The hint is "Please send a picture.".
func Image(c *bot.Context) (string, error) {
	picture, err := Attachment(c, "image")
	return picture.URL, err
}

// Location returns the place that the person shared. Messenger has no quick reply for it since 2019, and few
// people find out how to share one, so let them type where they are as well.
//
// Source: Meta, Quick Replies, 2026.
//
// The hint is "Please send your location.".
func Location(c *bot.Context) (webhook.Coordinates, error) {
	place, err := Attachment(c, "location")
	if err != nil {
		return webhook.Coordinates{}, err
	}
	return *place.Coordinates, nil
}

// Attachment returns the first attachment of one of kinds, such as "image" or "file", that the person sent;
// without kinds, the first of any. The kinds are those of [webhook.Attachment], but a sticker is of the kind
// sticker even where it comes as an image. What can only be fetched has a URL, and a location Coordinates.
//
// The hint is "Please send a picture or your location.", with the kinds wanted, or "Please send an
// attachment.".
func Attachment(c *bot.Context, kinds ...string) (webhook.Attachment, error) {
	message, ok := c.Event().(*webhook.Message)
	if !ok {
		return webhook.Attachment{}, Refuse(hintAttachment(kinds))
	}
	for _, attachment := range message.Attachments {
		kind := attachment.Type
		if message.StickerID != "" && kind == "image" {
			kind = "sticker"
		}
		if (len(kinds) == 0 || slices.Contains(kinds, kind)) && complete(attachment) {
			return attachment, nil
		}
	}
	return webhook.Attachment{}, Refuse(hintAttachment(kinds))
}

// complete reports whether an attachment has what its kind promises.
func complete(a webhook.Attachment) bool {
	switch a.Type {
	case "image", "video", "audio", "file":
		return a.URL != ""
	case "location":
		at := a.Coordinates
		return at != nil && math.Abs(at.Lat) <= 90 && math.Abs(at.Long) <= 180
	default:
		return true
	}
}

func hintAttachment(kinds []string) string {
	wanted := make([]string, 0, len(kinds))
	for _, kind := range kinds {
		switch kind {
		case "image":
			wanted = append(wanted, "a picture")
		case "video", "file", "sticker":
			wanted = append(wanted, "a "+kind)
		case "audio":
			wanted = append(wanted, "a voice message")
		case "location":
			wanted = append(wanted, "your location")
		}
	}
	if len(wanted) == 0 {
		return "Please send an attachment."
	}
	return "Please send " + strings.Join(wanted, " or ") + "."
}

// read returns what parse makes of the answer.
func read(c *bot.Context, parse func(string) (string, bool), hint string) (string, error) {
	for _, answer := range answers(c) {
		if found, ok := parse(answer); ok {
			return found, nil
		}
	}
	return "", Refuse(hint)
}

// answers returns what the person may have meant: the payload of a tap, then what they wrote or what the tap
// showed.
func answers(c *bot.Context) []string {
	var found []string
	for _, answer := range []string{c.Payload(), said(c.Event())} {
		if answer != "" && !slices.Contains(found, answer) {
			found = append(found, answer)
		}
	}
	return found
}
