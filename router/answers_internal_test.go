package router

import (
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// Addresses by RFC 5321 and 5322, of people who have one.
func TestParseEmail(t *testing.T) {
	tests := map[string]struct {
		text, want string // want is empty if the text is refused
	}{
		"simple":                 {"ada@example.com", "ada@example.com"},
		"upper case":             {"Ada.Lovelace@Example.COM", "Ada.Lovelace@Example.COM"},
		"white space":            {"\u00a0 ada@example.com \n", "ada@example.com"},
		"no width":               {"\u200bada@exam\u200bple.com\u200e", "ada@example.com"},
		"full width":             {"ａｄａ＠example．com", "ada@example.com"},
		"a full stop":            {"ada@example.com.", "ada@example.com"},
		"plus":                   {"ada+pizza@example.com", "ada+pizza@example.com"},
		"signs":                  {"a_d-a'x!#$%&*/=?^`{|}~@example.com", "a_d-a'x!#$%&*/=?^`{|}~@example.com"},
		"deep domain":            {"ada@mail.example.co.uk", "ada@mail.example.co.uk"},
		"dash in the domain":     {"ada@my-example.com", "ada@my-example.com"},
		"digits in the domain":   {"ada@1.example3.com", "ada@1.example3.com"},
		"international":          {"ærlig@blåbær.no", "ærlig@blåbær.no"},
		"in Devanagari":          {"ada@उदाहरण.भारत", "ada@उदाहरण.भारत"},
		"nothing":                {"", ""},
		"no sign":                {"ada.example.com", ""},
		"two signs":              {"ada@home@example.com", ""},
		"no name":                {"@example.com", ""},
		"no domain":              {"ada@", ""},
		"no dot in the domain":   {"ada@localhost", ""},
		"two dots":               {"ada@example..com", ""},
		"two dots in the name":   {"ada..l@example.com", ""},
		"a dot before":           {".ada@example.com", ""},
		"a dot before the @":     {"ada.@example.com", ""},
		"a dot before domain":    {"ada@.example.com", ""},
		"a dash before":          {"ada@-example.com", ""},
		"a dash behind":          {"ada@example-.com", ""},
		"an underscore":          {"ada@my_example.com", ""},
		"a number for a domain":  {"ada@192.168.0.1", ""},
		"a number in brackets":   {"ada@[192.168.0.1]", ""},
		"with a name":            {"Ada <ada@example.com>", ""},
		"in brackets":            {"<ada@example.com>", ""},
		"quoted":                 {`"ada"@example.com`, ""},
		"quoted with space":      {`"a da"@example.com`, ""},
		"with a comment":         {"ada@example.com (home)", ""},
		"space within":           {"ada @example.com", ""},
		"two of them":            {"ada@example.com, bob@example.com", ""},
		"in a sentence":          {"it is ada@example.com", ""},
		"a header behind":        {"ada@example.com\r\nBcc: bob@example.com", ""},
		"the longest name":       {strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com"},
		"a longer name":          {strings.Repeat("a", 65) + "@example.com", ""},
		"the longest label":      {"a@" + strings.Repeat("b", 63) + ".com", "a@" + strings.Repeat("b", 63) + ".com"},
		"a longer label":         {"a@" + strings.Repeat("b", 64) + ".com", ""},
		"the longest address":    {"a@" + strings.Repeat("b.", 124) + "info", "a@" + strings.Repeat("b.", 124) + "info"},
		"a longer address":       {"aa@" + strings.Repeat("b.", 124) + "info", ""},
		"an invalid UTF-8 byte":  {"ad\xffa@example.com", ""},
		"a character of control": {"ad\x00a@example.com", "ada@example.com"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := parseEmail(test.text); ok != (test.want != "") || ok && got != test.want {
				t.Errorf("%q gives %q, %t; want %q", test.text, got, ok, test.want)
			}
		})
	}
}

func TestParsePhone(t *testing.T) {
	tests := map[string]struct {
		text, want string // want is empty if the text is refused
	}{
		"digits":                 {"12345678", "12345678"},
		"spaces":                 {"123 45 678", "12345678"},
		"with a country code":    {"+47 123 45 678", "+4712345678"},
		"with 00":                {"0047 123 45 678", "+4712345678"},
		"in brackets":            {"(+47) 123 45 678", "+4712345678"},
		"00 in brackets":         {"(0047) 12345678", "+4712345678"},
		"American":               {"+1 (555) 010-9999", "+15550109999"},
		"dots":                   {"555.010.9999", "5550109999"},
		"long dashes":            {"555–010−9999", "5550109999"},
		"spaces not to break":    {"\u00a0123\u202f456\u00a0", "123456"},
		"no width":               {"\u202a+4712345678\u202c", "+4712345678"},
		"full width":             {"＋４７（１２３）４５６７８", "+4712345678"},
		"Arabic digits":          {"٠٠٤٧ ١٢٣٤٥٦٧٨", "+4712345678"},
		"a zero of the country":  {"020 7946 0958", "02079460958"},
		"that falls away abroad": {"+44 (0)20 7946 0958", "+442079460958"},
		"but not at home":        {"(0)20 7946 0958", "02079460958"},
		"a full stop":            {"12345678.", "12345678"},
		"the shortest":           {"123456", "123456"},
		"a shorter one":          {"12345", ""},
		"the longest":            {"+123456789012345", "+123456789012345"},
		"a longer one":           {"+1234567890123456", ""},
		"00 does not count":      {"00123456789012345", "+123456789012345"},
		"no such country":        {"+0123456789", ""},
		"zeros":                  {"0000000000", ""},
		"brackets in zeros":      {"0(00000", ""},
		"plus alone":             {"+", ""},
		"two plus":               {"++4712345678", ""},
		"a plus within":          {"47+12345678", ""},
		"letters":                {"call 12345678", ""},
		"with extension":         {"12345678 x5", ""},
		"two numbers":            {"123456, 654321", ""},
		"a slash":                {"123456/654321", ""},
		"nothing":                {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := parsePhone(test.text); ok != (test.want != "") || ok && got != test.want {
				t.Errorf("%q gives %q, %t; want %q", test.text, got, ok, test.want)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	east := time.FixedZone("east", 14*60*60)
	now := time.Date(2026, time.December, 31, 23, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		text    string
		now     time.Time
		layouts []string
		want    string // empty if the text is refused
	}{
		"as ISO":                  {text: "2026-11-24", want: "2026-11-24"},
		"with dots":               {text: "24.11.2026", want: "2026-11-24"},
		"with zeros":              {text: "04.01.2026", want: "2026-01-04"},
		"without":                 {text: "4.1.2026", want: "2026-01-04"},
		"in words":                {text: "24 November 2026", want: "2026-11-24"},
		"in short words":          {text: "24 Nov 2026", want: "2026-11-24"},
		"in lower case":           {text: "24 november 2026", want: "2026-11-24"},
		"American words":          {text: "November 24, 2026", want: "2026-11-24"},
		"without comma":           {text: "nov 24 2026", want: "2026-11-24"},
		"white space":             {text: " 24\u00a0 November\n2026 ", want: "2026-11-24"},
		"full width":              {text: "２０２６－１１－２４", want: "2026-11-24"},
		"Arabic digits":           {text: "٢٤.١١.٢٠٢٦", want: "2026-11-24"},
		"a long dash":             {text: "2026–11–24", want: "2026-11-24"},
		"a full stop":             {text: "24.11.2026.", want: "2026-11-24"},
		"a leap day":              {text: "29.2.2028", want: "2028-02-29"},
		"today":                   {text: "today", want: "2026-12-31"},
		"tomorrow":                {text: "TOMORROW", want: "2027-01-01"},
		"today in UTC":            {text: "today", now: now.In(east), want: "2026-12-31"},
		"no leap day":             {text: "29.2.2026"},
		"30 February":             {text: "30 February 2026"},
		"a month too many":        {text: "2026-13-01"},
		"a day of zero":           {text: "0.1.2026"},
		"a month of zero":         {text: "2026-00-01"},
		"slashes":                 {text: "1/2/2026"},
		"a short year":            {text: "24.11.26"},
		"no year":                 {text: "24 November"},
		"a time behind":           {text: "2026-11-24 12:00"},
		"another language":        {text: "24 novembre 2026"},
		"nothing":                 {text: ""},
		"American by layout":      {text: "1/2/2026", layouts: []string{"1/2/2006"}, want: "2026-01-02"},
		"British by layout":       {text: "1/2/2026", layouts: []string{"2/1/2006"}, want: "2026-02-01"},
		"the second layout":       {text: "2/2026", layouts: []string{"2/1/2006", "1/2006"}, want: "2026-02-01"},
		"without the defaults":    {text: "2026-11-24", layouts: []string{"2/1/2006"}},
		"today by layout":         {text: "today", layouts: []string{"2/1/2006"}},
		"the time falls away":     {text: "2026-11-24 23:30", layouts: []string{"2006-01-02 15:04"}, want: "2026-11-24"},
		"the zone does":           {text: "2026-11-24T23:30:00-11:00", layouts: []string{time.RFC3339}, want: "2026-11-24"},
		"a comma in a layout":     {text: "November 24, 2026", layouts: []string{"January 2, 2006"}, want: "2026-11-24"},
		"a long dash in a layout": {text: "24-11-2026", layouts: []string{"02–01–2006"}, want: "2026-11-24"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			clock := now
			if !test.now.IsZero() {
				clock = test.now
			}
			day, ok := parseDate(test.text, clock, test.layouts)
			want, _ := time.Parse(time.DateOnly, test.want)
			if ok != (test.want != "") || ok && (!day.Equal(want) || day.Location() != time.UTC) {
				t.Errorf("%q gives %v, %t; want %q", test.text, day, ok, test.want)
			}
		})
	}
}

// The digits of some scripts in their order, and of all scripts some digit.
func TestDigit(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsDigit(r) {
			continue
		}
		if got := digit(r); got < '0' || got > '9' {
			t.Fatalf("%U gives %q", r, got)
		}
	}
	for _, row := range []string{"0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿"} {
		if got := strings.Map(digit, row); got != "0123456789" {
			t.Errorf("%s gives %s", row, got)
		}
	}
}

// What strangers write must not bring a reader down, and what a reader returns it must read again.
func FuzzAnswers(f *testing.F) {
	for _, text := range []string{
		"Large", " lARGE.", "７", "-3", "ada@example.com", "(+47) 123 45 678", "+44 (0)20 7946 0958", "24.11.2026",
		"November 24, 2026", "today", "\u200b\ufeff", "👨‍👩‍👧 ❤️", "\xff", "İSTANBUL", "ſ", "K", "1\u0660",
	} {
		f.Add(text)
	}
	phone := regexp.MustCompile(`^(\+[1-9]\d{5,14}|\d{6,15})$`)
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if once := plain(text); plain(once) != once || strings.TrimSpace(once) != once || !utf8.ValidString(once) {
			t.Errorf("plain(%q) = %q", text, once)
		}
		if once := trim(text); trim(once) != once || !strings.Contains(text, once) {
			t.Errorf("trim(%q) = %q", text, once)
		}
		if key := unstopped(plain(text)); alike(text, text) != (key != "") {
			t.Errorf("%q is not like itself", text)
		}
		if address, ok := parseEmail(text); ok {
			parsed, err := mail.ParseAddress(address)
			again, still := parseEmail(address)
			if err != nil || parsed.Address != address || !still || again != address {
				t.Errorf("parseEmail(%q) = %q", text, address)
			}
		}
		if number, ok := parsePhone(text); ok {
			if again, still := parsePhone(number); !still || again != number || !phone.MatchString(number) {
				t.Errorf("parsePhone(%q) = %q", text, number)
			}
		}
		if day, ok := parseDate(text, now, nil); ok {
			again, still := parseDate(day.Format(time.DateOnly), now, nil)
			if !still || !again.Equal(day) || !day.Equal(day.Truncate(24*time.Hour)) {
				t.Errorf("parseDate(%q) = %v", text, day)
			}
		}
		if got := mermaidText(text); strings.ContainsAny(got[1:len(got)-1], "\"\n`<>[]{}|") {
			t.Errorf("mermaidText(%q) = %s", text, got)
		}
	})
}
