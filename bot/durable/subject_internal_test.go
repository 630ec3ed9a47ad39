package durable

import (
	"strings"
	"testing"
)

// The SHA-256 of 251 times "a", of 300 times "105.7301" and of 84 dots, by sha256sum.
const (
	sumOf251    = "772f911dd9d6692897188d0b03f718fb5fbd02020d0fce1374f1354a31205024"
	sumOf2400   = "dc5429e9e1ad7ea719feec5d6773cba39717b3f384c32ff92a3d26b0ae90730d"
	sumOf84Dots = "a18d28d668fb90ffe32d185e12e2154d670f22ee9c49b3cc7f7cde9981a8f741"
)

// TestToken says how texts are written in subjects.
func TestToken(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"plain":           {"Az09-_", "Az09-_"},
		"a person":        {"105.7301", "105=2E7301"},
		"nothing":         {"", "="},
		"an equals sign":  {"=", "=3D"},
		"like an escape":  {"=2E", "=3D2E"},
		"wildcards":       {"a.*.>", "a=2E=2A=2E=3E"},
		"blanks":          {" \t\r\n\x00", "=20=09=0D=0A=00"},
		"other scripts":   {"ä", "=C3=A4"},
		"no text":         {"\xff\xfe", "=FF=FE"},
		"as long as may":  {strings.Repeat("a", 250), strings.Repeat("a", 250)},
		"too long":        {strings.Repeat("a", 251), "==" + sumOf251},
		"too long so":     {strings.Repeat("105.7301", 300), "==" + sumOf2400},
		"long by escapes": {strings.Repeat(".", 84), "==" + sumOf84Dots},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := token(test.text); got != test.want {
				t.Errorf("token(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// TestPartition keeps where the events of a key lie: a version of the program that puts them elsewhere breaks the
// order of what is stored. The sums are FNV-1a of 32 bits, those of "", "a" and "foobar" as its authors print
// them; all were computed without this program.
func TestPartition(t *testing.T) {
	tests := map[string]struct {
		sum  uint32
		of   []int
		want []int
	}{
		"":                             {2166136261, []int{1, 2, 7, 32, 1024}, []int{0, 1, 2, 5, 453}},
		"a":                            {3826002220, []int{1, 2, 7, 32, 1024}, []int{0, 0, 5, 12, 300}},
		"foobar":                       {3214735720, []int{1, 2, 7, 32, 1024}, []int{0, 0, 0, 8, 360}},
		"105.7301":                     {2361325054, []int{1, 2, 7, 32, 1024}, []int{0, 0, 4, 30, 510}},
		"105.7302":                     {2344547435, []int{1, 2, 7, 32, 1024}, []int{0, 1, 6, 11, 107}},
		"ä":                            {429777122, []int{1, 2, 7, 32, 1024}, []int{0, 0, 5, 2, 226}},
		"comment:17_42":                {1124737691, []int{1, 2, 7, 32, 1024}, []int{0, 1, 0, 27, 667}},
		"1234567890.24123456789012345": {2391366148, []int{1, 2, 7, 32, 1024}, []int{0, 0, 3, 4, 516}},
	}
	for key, test := range tests {
		for i, of := range test.of {
			if got := (names{partitions: of}).partition(key); got != test.want[i] {
				t.Errorf("partition(%q) of %d is %d, want %d: %d modulo %[3]d", key, of, got, test.want[i], test.sum)
			}
		}
	}
}

// FuzzToken wants of every text one token that no other text has.
func FuzzToken(f *testing.F) {
	for _, texts := range [][2]string{
		{"a.b", "a=2Eb"},
		{"", "="},
		{"A", "a"},
		{"a\u0308", "ä"},
		{strings.Repeat(".", 84), strings.Repeat(".", 85)},
		{"==" + sumOf251, strings.Repeat("a", 251)},
	} {
		f.Add(texts[0], texts[1])
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		got := token(one)
		if got == "" || len(got) > tokenMost || strings.ContainsFunc(got, func(r rune) bool {
			return r <= ' ' || r >= 127 || strings.ContainsRune(".*>", r)
		}) {
			t.Errorf("token(%q) = %q: want one token of at most %d bytes", one, got, tokenMost)
		}
		if (got == token(other)) != (one == other) {
			t.Errorf("%q and %q have the tokens %q and %q", one, other, got, token(other))
		}
		if len(one) <= 80 && untoken(t, got) != one {
			t.Errorf("the token %q of %q reads %q", got, one, untoken(t, got))
		}
	})
}

// untoken reads a token that is short enough to be read.
func untoken(t *testing.T, token string) string {
	t.Helper()
	if token == "=" {
		return ""
	}
	const digits = "0123456789ABCDEF"
	var text strings.Builder
	for i := 0; i < len(token); i++ {
		if token[i] != '=' {
			text.WriteByte(token[i])
			continue
		}
		if i+2 >= len(token) {
			t.Fatalf("the token %q ends in an escape", token)
		}
		text.WriteByte(byte(strings.IndexByte(digits, token[i+1])<<4 | strings.IndexByte(digits, token[i+2])))
		i += 2
	}
	return text.String()
}
