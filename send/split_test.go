package send_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

func TestSplitText(t *testing.T) {
	t.Parallel()
	a := func(n int) string { return strings.Repeat("a", n) }
	family := "👨\u200d👩\u200d👧"
	tests := map[string]struct {
		channel send.Channel
		text    string
		want    []string
	}{
		"empty":                     {send.Messenger, "", nil},
		"short":                     {send.Messenger, "  Hi  there\n", []string{"  Hi  there\n"}},
		"white space":               {send.Messenger, " ", []string{" "}},
		"much white space":          {send.Messenger, strings.Repeat(" ", 2001), nil},
		"at the limit":              {send.Messenger, a(2000), []string{a(2000)}},
		"one over":                  {send.Messenger, a(2001), []string{a(2000), "a"}},
		"at a word":                 {send.Messenger, a(1000) + " " + a(1001), []string{a(1000), a(1001)}},
		"white space at the limit":  {send.Messenger, a(2000) + " \n b", []string{a(2000), "b"}},
		"white space on both sides": {send.Messenger, a(1990) + "\r\n\n" + a(20), []string{a(1990), a(20)}},
		"two words that just fit":   {send.Messenger, a(999) + " " + a(1000) + " b", []string{a(999) + " " + a(1000), "b"}},
		"not at a no-break space":   {send.Messenger, a(10) + " " + a(1000) + "\u00a0" + a(1000), []string{a(10), a(1000) + "\u00a0" + a(999), "a"}},
		"emoji count twice":         {send.Messenger, strings.Repeat("😀", 1001), []string{strings.Repeat("😀", 1000), "😀"}},
		"not before an accent":      {send.Messenger, a(2000) + "\u0301", []string{a(1999), "a\u0301"}},
		"not inside of a family":    {send.Messenger, a(1998) + family, []string{a(1998), family}},
		"not before a skin tone":    {send.Messenger, a(1998) + "👍🏽", []string{a(1998), "👍🏽"}},
		"not before a variation":    {send.Messenger, a(1999) + "❤\ufe0f", []string{a(1999), "❤\ufe0f"}},
		"not inside of a flag":      {send.Messenger, a(1998) + "🇫🇷", []string{a(1998), "🇫🇷"}},
		"between two flags":         {send.Messenger, a(1996) + "🇫🇷🇩🇪", []string{a(1996) + "🇫🇷", "🇩🇪"}},
		"not inside of the first":   {send.Messenger, a(1998) + "🇦🇺", []string{a(1998), "🇦🇺"}},
		"not inside of the last":    {send.Messenger, a(1998) + "🇳🇿", []string{a(1998), "🇳🇿"}},
		"after half a flag":         {send.Messenger, a(1998) + "🇫b", []string{a(1998) + "🇫", "b"}},
		"before half a flag":        {send.Messenger, a(2000) + "🇫", []string{a(2000), "🇫"}},
		"not a syllable":            {send.Messenger, a(2000) + "\u11ab", []string{a(2000), "\u11ab"}},
		"not inside of a syllable":  {send.Messenger, a(1999) + "\u1112\u1161\u11ab", []string{a(1999), "\u1112\u1161\u11ab"}},
		"between syllables":         {send.Messenger, a(1999) + "한국", []string{a(1999) + "한", "국"}},
		"nothing but accents":       {send.Messenger, strings.Repeat("\u0301", 2001), []string{strings.Repeat("\u0301", 2000), "\u0301"}},
		"Instagram at the limit":    {send.Instagram, strings.Repeat("é", 500), []string{strings.Repeat("é", 500)}},
		"Instagram one over":        {send.Instagram, strings.Repeat("é", 501), []string{strings.Repeat("é", 500), "é"}},
		"Instagram at a word":       {send.Instagram, a(500) + " " + a(500), []string{a(500), a(500)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send.SplitText(test.channel, test.text)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("SplitText (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzSplitText holds that pieces fit, that nothing but white space is lost, and that the order is kept.
func FuzzSplitText(f *testing.F) {
	for _, text := range []string{
		"", " ", "Hi", "Hi there", "é\u0301", "👨\u200d👩\u200d👧 🇫🇷🇩🇪 👍🏽", "\xff\xfe", "a\u00a0b\r\nc", "한국\u1112\u1161",
	} {
		f.Add(text, uint16(700), uint8(3))
		f.Add(text, uint16(3), uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, times uint16, gap uint8) {
		text = text[:min(len(text), 100)]
		text = strings.Repeat(text+strings.Repeat(" ", int(gap%4)), int(times%3000))
		for _, channel := range []send.Channel{send.Messenger, send.Instagram} {
			checkPieces(t, channel, text, send.SplitText(channel, text))
		}
	})
}

func checkPieces(t *testing.T, channel send.Channel, text string, pieces []string) {
	t.Helper()
	rest := text
	for i, piece := range pieces {
		size, limit := len(utf16.Encode([]rune(piece))), 2000
		if channel == send.Instagram {
			size, limit = len(piece), 1000
		}
		if piece == "" || size > limit {
			t.Fatalf("piece %d of size %d, want 1 to %d", i, size, limit)
		}
		before, after, found := strings.Cut(rest, piece)
		if !found || strings.TrimFunc(before, unicode.IsSpace) != "" {
			t.Fatalf("piece %d is not what comes next", i)
		}
		if utf8.ValidString(text) && !utf8.ValidString(piece) {
			t.Fatalf("piece %d is cut inside of a character", i)
		}
		rest = after
	}
	if strings.TrimFunc(rest, unicode.IsSpace) != "" {
		t.Fatalf("%d bytes are lost", len(rest))
	}
}
