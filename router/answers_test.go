package router_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

type reading struct{ Value string }

// askingFor returns a bot that asks for one answer, says what read made of it, and asks once more if that was
// refused.
func askingFor[T any](prompt send.Message, read func(*bot.Context) (T, error)) *router.Router {
	r := router.New()
	router.Converse(r, "go", router.Conversation[reading]{
		Name: "question", Start: "question",
		States: router.States[reading]{"question": {
			Prompt: prompt, Next: router.Done,
			Answer: func(c *bot.Context, data *reading) error {
				value, err := read(c)
				data.Value = fmt.Sprint(value)
				return err
			},
		}},
		Finish: func(c *bot.Context, data reading) error { return c.Text("got " + data.Value) },
	})
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
	return r
}

// reads gives items to a reader as answers. Each must come out as "got …", or be refused with a hint.
func reads[T any](t *testing.T, prompt send.Message, read func(*bot.Context) (T, error), items map[string][2]string) {
	t.Helper()
	for name, answer := range items {
		t.Run(name, func(t *testing.T) {
			s := serve(t, askingFor(prompt, read))
			s.mustDeliver(t, text("m_go", "go"))
			s.mustDeliver(t, answer[0])
			want := []string{prompt.Text, answer[1]}
			if !strings.HasPrefix(answer[1], "got ") {
				want = append(want, prompt.Text)
			}
			if got := s.sent(); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// wrote returns what a person types.
func wrote(words string) string { return text("m_answer", words) }

// attached returns a message with attachments.
func attached(attachments string) string {
	return `"message":{"mid":"m_answer","attachments":[` + attachments + `]}`
}

// What a person sends beside text. Source: Meta, messages, 2026.
const (
	aPicture  = `{"type":"image","payload":{"url":"https://x.test/a.jpg"}}`
	another   = `{"type":"image","payload":{"url":"https://x.test/b.jpg"}}`
	aSticker  = `{"type":"sticker","payload":{"url":"https://x.test/s.png","sticker_id":369239263222822}}`
	theSame   = `{"type":"image","payload":{"url":"https://x.test/s.png","sticker_id":369239263222822}}`
	aPlace    = `{"type":"location","payload":{"coordinates":{"lat":48.8566,"long":2.3522}}}`
	noPlace   = `{"type":"location","payload":{"coordinates":{"lat":98.8566,"long":2.3522}}}`
	emptyMap  = `{"type":"location","payload":{}}`
	aVoice    = `{"type":"audio","payload":{"url":"https://x.test/a.mp4"}}`
	aDocument = `{"type":"file","payload":{"url":"https://x.test/a.pdf"}}`
	noURL     = `{"type":"image","payload":{}}`
)

func TestChoice(t *testing.T) {
	const hint = "Please choose Small, Large or X-L!."
	prompt := send.Text("Which size?").WithQuickReplies(
		send.Reply("Small", "Small"), send.Reply("Large", "SIZE:L"), send.Reply("Free", "SIZE:?"))
	reads(t, prompt, func(c *bot.Context) (string, error) {
		return router.Choice(c, "Small", "Large", "X-L!")
	}, map[string][2]string{
		"typed":                            {wrote("Large"), "got Large"},
		"in another case":                  {wrote("lARGE"), "got Large"},
		"with white space":                 {wrote(" \n Large\t"), "got Large"},
		"with a space that does not break": {wrote("\u00a0Large\u00a0"), "got Large"},
		"with spaces of no width":          {wrote("\u200bLar\u200bge\ufeff"), "got Large"},
		"in full width":                    {wrote("ＬＡＲＧＥ"), "got Large"},
		"with a full stop":                 {wrote("large."), "got Large"},
		"a title with its own mark":        {wrote("x-l!"), "got X-L!"},
		"without it":                       {wrote("x-l"), "got X-L!"},
		"with a long dash":                 {wrote("x–l"), "got X-L!"},
		"tapped, the payload is the title": {quickReply("m_answer", "Small", "Small"), "got Small"},
		"tapped, the payload is another":   {quickReply("m_answer", "Large", "SIZE:L"), "got Large"},
		"tapped, but no such title":        {quickReply("m_answer", "Free", "SIZE:?"), hint},
		"a part of it":                     {wrote("Lar"), hint},
		"more than it":                     {wrote("Large pizza"), hint},
		"spaces within":                    {wrote("Lar ge"), hint},
		"a full stop alone":                {wrote("."), hint},
		"a payload that is typed":          {wrote("SIZE:L"), hint},
		"nothing that shows":               {wrote("\u200b"), hint},
		"a picture":                        {attached(aPicture), hint},
	})
}

func TestChoiceByButton(t *testing.T) {
	prompt := send.Buttons("Which size?", send.Postback("Large", "SIZE:L"), send.Postback("Extra  large", "Extra large"))
	read := func(c *bot.Context) (string, error) { return router.Choice(c, "Extra large", "Large") }
	chat := bottest.Start(t, askingFor(prompt, read))
	chat.Say("go")
	chat.Expect("Which size?", "Large", "Extra  large")
	chat.Tap("Large")
	chat.Expect("got Large")
	chat.Say("go")
	chat.Expect("Which size?", "Large", "Extra  large")
	chat.Tap("Extra  large")
	chat.Expect("got Extra large")
	chat.Say("go")
	chat.Expect("Which size?", "Large", "Extra  large")
	chat.Say("extra   LARGE")
	chat.Expect("got Extra large")
}

// Of two titles that are alike the equal one is taken, however they are ordered.
func TestChoiceTakesTheEqualTitle(t *testing.T) {
	read := func(c *bot.Context) (string, error) { return router.Choice(c, "a", "A", "A!") }
	reads(t, send.Text("Which?"), read, map[string][2]string{
		"first": {wrote("a"), "got a"}, "second": {wrote("A"), "got A"}, "third": {wrote("A!"), "got A!"},
		"alike": {wrote("a!"), "got a"},
	})
}

func TestChoiceHints(t *testing.T) {
	long := strings.Repeat("ø", 70)
	tests := map[string]struct {
		titles []string
		want   string
	}{
		"one":      {[]string{"Small"}, "Please choose Small."},
		"two":      {[]string{"Small", "Large"}, "Please choose Small or Large."},
		"too long": {[]string{long, long, long}, "Please choose one of the answers."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			read := func(c *bot.Context) (string, error) { return router.Choice(c, test.titles...) }
			reads(t, send.Text("Which?"), read, map[string][2]string{"hint": {wrote("?"), test.want}})
		})
	}
}

func TestYesNo(t *testing.T) {
	const hint = "Please answer yes or no."
	prompt := send.Text("Sure?").WithQuickReplies(
		send.Reply("Yes", "Yes"), send.Reply("No", "REFUSE"), send.Reply("Ja", "yes"), send.Reply("Later", "LATER"))
	items := map[string][2]string{
		"tapped yes":              {quickReply("m_answer", "Yes", "Yes"), "got true"},
		"tapped no by its title":  {quickReply("m_answer", "No", "REFUSE"), "got false"},
		"tapped yes by its value": {quickReply("m_answer", "Ja", "yes"), "got true"},
		"tapped neither":          {quickReply("m_answer", "Later", "LATER"), hint},
		"in full width":           {wrote("ＹＥＳ"), "got true"},
		"loud":                    {wrote(" YES!! "), "got true"},
		"with a full stop":        {wrote("no."), "got false"},
		"both":                    {wrote("yes no"), hint},
		"more words":              {wrote("yes please"), hint},
		"another language":        {wrote("ja"), hint},
		"a picture":               {attached(aPicture), hint},
	}
	for _, word := range []string{"yes", "Y", "yeah", "yep", "Sure", "ok", "OKAY", "👍"} {
		items[word] = [2]string{wrote(word), "got true"}
	}
	for _, word := range []string{"No", "n", "nope", "nah", "👎"} {
		items[word] = [2]string{wrote(word), "got false"}
	}
	reads(t, prompt, router.YesNo, items)
}

func TestNumber(t *testing.T) {
	const hint = "Please send a whole number from 1 to 12."
	prompt := send.Text("How many?").WithQuickReplies(send.Reply("2", "2"), send.Reply("3", "THREE"),
		send.Reply("4", "99"), send.Reply("5", "6"))
	reads(t, prompt, func(c *bot.Context) (int, error) { return router.Number(c, 1, 12) }, map[string][2]string{
		"typed":                {wrote("7"), "got 7"},
		"the least":            {wrote("1"), "got 1"},
		"the most":             {wrote("12"), "got 12"},
		"below":                {wrote("0"), hint},
		"above":                {wrote("13"), hint},
		"negative":             {wrote("-3"), hint},
		"far above":            {wrote("99999999999999999999"), hint},
		"with a sign":          {wrote("+3"), "got 3"},
		"with zeros":           {wrote("007"), "got 7"},
		"with white space":     {wrote(" 7\u00a0\n"), "got 7"},
		"with a full stop":     {wrote("7."), "got 7"},
		"in full width":        {wrote("１２"), "got 12"},
		"in Arabic":            {wrote("٧"), "got 7"},
		"in Devanagari":        {wrote("१२"), "got 12"},
		"tapped":               {quickReply("m_answer", "2", "2"), "got 2"},
		"tapped by its title":  {quickReply("m_answer", "3", "THREE"), "got 3"},
		"tapped by what fits":  {quickReply("m_answer", "4", "99"), "got 4"},
		"tapped for the value": {quickReply("m_answer", "5", "6"), "got 6"},
		"a fraction":           {wrote("1.5"), hint},
		"with a comma":         {wrote("1,5"), hint},
		"two":                  {wrote("1 2"), hint},
		"in words":             {wrote("seven"), hint},
		"an underscore":        {wrote("1_2"), hint},
		"in hexadecimal":       {wrote("0x7"), hint},
		"with a unit":          {wrote("7 pizzas"), hint},
		"a picture":            {attached(aPicture), hint},
	})
}

func TestNumberBounds(t *testing.T) {
	tests := map[string]struct {
		least, most    int
		answer, number string
	}{
		"between":   {-5, -1, "0", "Please send a whole number from -5 to -1."},
		"at least":  {1, math.MaxInt, "0", "Please send a whole number of at least 1."},
		"at most":   {math.MinInt, 0, "1", "Please send a whole number of at most 0."},
		"no bounds": {math.MinInt, math.MaxInt, "?", "Please send a whole number."},
		"minus":     {-5, -1, "\u22122", "got -2"},
		"the least": {math.MinInt, 0, fmt.Sprint(math.MinInt), fmt.Sprint("got ", math.MinInt)},
		"equal":     {3, 3, "3", "got 3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			read := func(c *bot.Context) (int, error) { return router.Number(c, test.least, test.most) }
			reads(t, send.Text("How many?"), read, map[string][2]string{"answer": {wrote(test.answer), test.number}})
		})
	}
}

// A reader that no answer can satisfy is a mistake in the bot, and no reason to refuse people for ever.
func TestReadersThatNothingSatisfies(t *testing.T) {
	readers := map[string]func(*bot.Context) error{
		"Choice": func(c *bot.Context) error { _, err := router.Choice(c); return err },
		"Number": func(c *bot.Context) error { _, err := router.Number(c, 2, 1); return err },
	}
	for name, read := range readers {
		t.Run(name, func(t *testing.T) {
			var got error
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { got = read(c); return nil }))
			s.mustDeliver(t, wrote("2"))
			if want := "router: " + name + ": "; got == nil || !strings.HasPrefix(got.Error(), want) {
				t.Errorf("got %v, want an error that begins with %q", got, want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	const hint = "Please answer in words."
	prompt := send.Text("Which street?").WithQuickReplies(send.Reply("At home", "HOME"))
	reads(t, prompt, router.Words, map[string][2]string{
		"typed":              {wrote("Main Street 1"), "got Main Street 1"},
		"around it":          {wrote("\u200b \u00a0Main Street 1 \u200e\n"), "got Main Street 1"},
		"lines":              {wrote("Main Street 1\nOslo  N"), "got Main Street 1\nOslo  N"},
		"tapped":             {quickReply("m_answer", "At home", "HOME"), "got At home"},
		"emoji":              {wrote("👨‍👩‍👧 ❤️"), "got 👨‍👩‍👧 ❤️"},
		"with a link":        {`"message":{"mid":"m_answer","text":"see x.test","attachments":[{"type":"fallback"}]}`, "got see x.test"},
		"white space":        {wrote(" \n\u00a0"), hint},
		"nothing that shows": {wrote("\u200b\u200d \ufe0f\ufeff"), hint},
		"a picture":          {attached(aPicture), hint},
	})
}

func TestAnswersByAttachment(t *testing.T) {
	prompt := send.Text("Show me?")
	t.Run("Image", func(t *testing.T) {
		const hint = "Please send a picture."
		reads(t, prompt, router.Image, map[string][2]string{
			"one":                          {attached(aPicture), "got https://x.test/a.jpg"},
			"two":                          {attached(another + "," + aPicture), "got https://x.test/b.jpg"},
			"behind something else":        {attached(aDocument + "," + aPicture), "got https://x.test/a.jpg"},
			"without a place":              {attached(noURL), hint},
			"behind one without a place":   {attached(noURL + "," + aPicture), "got https://x.test/a.jpg"},
			"a sticker":                    {attached(aSticker), hint},
			"a sticker as an image":        {attached(theSame), hint},
			"a sticker in both its shapes": {attached(aSticker + "," + theSame), hint},
			"a voice message":              {attached(aVoice), hint},
			"a link to one":                {wrote("https://x.test/a.jpg"), hint},
		})
	})
	t.Run("Location", func(t *testing.T) {
		const hint = "Please send your location."
		reads(t, prompt, router.Location, map[string][2]string{
			"one":               {attached(aPlace), "got {48.8566 2.3522}"},
			"nowhere":           {attached(emptyMap), hint},
			"not on earth":      {attached(noPlace), hint},
			"behind what is no": {attached(noPlace + "," + aPlace), "got {48.8566 2.3522}"},
			"typed":             {wrote("48.8566, 2.3522"), hint},
			"a picture":         {attached(aPicture), hint},
		})
	})
}

func TestAttachment(t *testing.T) {
	tests := map[string]struct {
		kinds       []string
		given, want string
	}{
		"any":                      {nil, attached(aVoice + "," + aPicture), "got https://x.test/a.mp4"},
		"none of any":              {nil, wrote("there is none"), "Please send an attachment."},
		"the first that fits":      {[]string{"file", "image"}, attached(aVoice + "," + aPicture + "," + aDocument), "got https://x.test/a.jpg"},
		"none that fits":           {[]string{"file", "image"}, attached(aVoice), "Please send a file or a picture."},
		"a sticker":                {[]string{"sticker"}, attached(aSticker), "got https://x.test/s.png"},
		"a sticker as an image":    {[]string{"sticker"}, attached(theSame), "got https://x.test/s.png"},
		"no sticker":               {[]string{"sticker"}, attached(aPicture), "Please send a sticker."},
		"no voice message":         {[]string{"audio"}, attached(aPicture), "Please send a voice message."},
		"a kind without hint":      {[]string{"template"}, attached(aPicture), "Please send an attachment."},
		"a kind that Meta may add": {[]string{"hologram"}, attached(`{"type":"hologram","payload":{"url":"https://x.test/h"}}`), "got https://x.test/h"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			read := func(c *bot.Context) (string, error) {
				found, err := router.Attachment(c, test.kinds...)
				return found.URL, err
			}
			reads(t, send.Text("Show me?"), read, map[string][2]string{"given": {test.given, test.want}})
		})
	}
}

// The clock of these tests stands at 2 November 2026, 09:00 UTC.
func TestDateByTheClock(t *testing.T) {
	read := func(c *bot.Context) (string, error) {
		day, err := router.Date(c)
		return day.Format(time.RFC3339), err
	}
	const hint = "Please send a date, such as 2026-11-03."
	prompt := send.Text("When?").WithQuickReplies(send.Reply("Monday", "2026-11-09"), send.Reply("Today", "NOW"))
	reads(t, prompt, read, map[string][2]string{
		"today":             {wrote("today"), "got 2026-11-02T00:00:00Z"},
		"tomorrow":          {wrote(" Tomorrow! "), "got 2026-11-03T00:00:00Z"},
		"yesterday":         {wrote("yesterday"), hint},
		"a picture":         {attached(aPicture), hint},
		"tapped":            {quickReply("m_answer", "Monday", "2026-11-09"), "got 2026-11-09T00:00:00Z"},
		"tapped by title":   {quickReply("m_answer", "Today", "NOW"), "got 2026-11-02T00:00:00Z"},
		"a date":            {wrote("2026-11-24"), "got 2026-11-24T00:00:00Z"},
		"an impossible one": {wrote("30 February 2026"), hint},
	})
}

// The person's own address and number come as payload and text of a tap. Source: Meta, Quick Replies, 2026.
func TestEmailAndPhone(t *testing.T) {
	prompt := send.Text("How do we reach you?").WithQuickReplies(send.AskEmail(), send.AskPhone())
	t.Run("Email", func(t *testing.T) {
		const hint = "Please send an e-mail address, such as name@example.com."
		reads(t, prompt, router.Email, map[string][2]string{
			"tapped":       {quickReply("m_answer", "ada@example.com", "ada@example.com"), "got ada@example.com"},
			"typed":        {wrote(" ada@example.com "), "got ada@example.com"},
			"the other":    {quickReply("m_answer", "+4712345678", "+4712345678"), hint},
			"no address":   {wrote("ada at example.com"), hint},
			"a screenshot": {attached(aPicture), hint},
		})
	})
	t.Run("Phone", func(t *testing.T) {
		const hint = "Please send a phone number, such as +47 123 45 678."
		reads(t, prompt, router.Phone, map[string][2]string{
			"tapped":       {quickReply("m_answer", "+4712345678", "+4712345678"), "got +4712345678"},
			"typed":        {wrote("0047 123 45 678"), "got +4712345678"},
			"the other":    {quickReply("m_answer", "ada@example.com", "ada@example.com"), hint},
			"no number":    {wrote("none"), hint},
			"a screenshot": {attached(aPicture), hint},
		})
	})
}
