package router

import (
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	tests := map[string]struct {
		a, b string
		want bool
	}{
		"ASCII":                       {"Hello", "hELLO", true},
		"white space":                 {"\u2003hello\r\n", "hello", true},
		"white space inside":          {"a b", "a  b", false},
		"Greek sigmas":                {"ΣΊΣΥΦΟΣ", "σίσυφος", true},
		"sharp s, small and capital":  {"ß", "ẞ", true},
		"sharp s and two letters":     {"ß", "ss", false},
		"k and the sign for kelvin":   {"K", "k", true},
		"s and the long s":            {"ſ", "S", true},
		"Turkish i with dot":          {"İ", "i", false},
		"Turkish I without dot":       {"ı", "I", false},
		"letters of three cases":      {"ǆ", "ǅ", true},
		"Cherokee":                    {"ꭰ", "Ꭰ", true},
		"one letter, composed or not": {"é", "e\u0301", false},
		"bytes that are no UTF-8":     {"\xff", "\ufffd", true}, // as strings.EqualFold has it
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := fold(test.a) == fold(test.b); got != test.want {
				t.Errorf("%q and %q equal: %t, want %t", test.a, test.b, got, test.want)
			}
		})
	}
}

// FuzzFold: texts are equal when folded just if strings.EqualFold says so of them without the white space around.
func FuzzFold(f *testing.F) {
	for _, seed := range [][2]string{
		{"hello", "HELLO"}, {"ſẞK", "Sßk"}, {"İı", "iI"}, {"\xff ", "\ufffd"}, {"ΐ", "ΐ"}, {"σς", "ΣΣ"}, {"ǅ", "Ǆ"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		// Two random texts are hardly ever equal: the cases of one are.
		for _, other := range []string{b, strings.ToUpper(a), strings.ToLower(a), strings.ToTitle(a), fold(a)} {
			want := strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(other))
			if got := fold(a) == fold(other); got != want {
				t.Errorf("fold: %q and %q equal: %t, strings.EqualFold: %t", a, other, got, want)
			}
		}
	})
}
