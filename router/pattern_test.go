package router_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parleybot/parley/router"
)

type params = map[string]string

func TestPatternMatch(t *testing.T) {
	tests := map[string]struct {
		pattern, payload string
		want             params // nil: no match
	}{
		"equal":                            {"PAY", "PAY", params{}},
		"another case":                     {"PAY", "pay", nil},
		"goes on":                          {"PAY", "PAYS", nil},
		"begins earlier":                   {"PAY", "REPAY", nil},
		"nothing":                          {"PAY", "", nil},
		"one place":                        {"ADD:{sku}", "ADD:42", params{"sku": "42"}},
		"place with one character":         {"ADD:{sku}", "ADD:ß", params{"sku": "ß"}},
		"empty place":                      {"ADD:{sku}", "ADD:", nil},
		"place of anything":                {"ADD:{sku}", "ADD:a:b\nc{d}", params{"sku": "a:b\nc{d}"}},
		"place first":                      {"{sku}:ADD", "42:ADD", params{"sku": "42"}},
		"place alone":                      {"{all}", "42", params{"all": "42"}},
		"place alone, empty":               {"{all}", "", nil},
		"two places":                       {"{a}:{b}", "1:2", params{"a": "1", "b": "2"}},
		"first place as short as possible": {"{a}:{b}", "1:2:3", params{"a": "1", "b": "2:3"}},
		"first place must not be empty":    {"{a}:{b}", ":2:3", params{"a": ":2", "b": "3"}},
		"second place must not be empty":   {"{a}:{b}", "1:", nil},
		"nothing between":                  {"{a}:{b}", "12", nil},
		"end that comes twice":             {"A{a}B", "AxBB", params{"a": "xB"}},
		"end inside the beginning":         {"AB{a}BC", "ABC", nil},
		"overlapping ends":                 {"{a}aa{b}a", "xaaaa", params{"a": "x", "b": "a"}},
		"ends too near":                    {"{a}aa{b}a", "xaaa", nil},
		"three places":                     {"a{x}b{y}c{z}d", "a1b2c3d", params{"x": "1", "y": "2", "z": "3"}},
		"signs of regular expressions":     {`(.*)\d{a}$`, `(.*)\d5$`, params{"a": "5"}},
		"more than ASCII":                  {"größe:{ß}", "größe:❤", params{"ß": "❤"}},
		"names":                            {"{_a1}-{A}", "1-2", params{"_a1": "1", "A": "2"}},
		"payload that is not UTF-8":        {"ADD:{sku}", "ADD:\xff\xfe", params{"sku": "\xff\xfe"}},
		"replacement character":            {"A\uFFFD{a}", "A\xffb", nil},
		"nine places": {
			"{a}1{b}2{c}3{d}4{e}5{f}6{g}7{h}8{i}", "z1z2z3z4z5z6z7z8z",
			params{"a": "z", "b": "z", "c": "z", "d": "z", "e": "z", "f": "z", "g": "z", "h": "z", "i": "z"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := router.ParsePattern(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := p.Match(test.payload)
			if ok != (test.want != nil) || !maps.Equal(got, test.want) {
				t.Errorf("Match(%q) = %q, %t, want %q", test.payload, got, ok, test.want)
			}
			if p.String() != test.pattern {
				t.Errorf("String() = %q, want %q", p, test.pattern)
			}
		})
	}
}

// A hostile payload must not take long: the time is linear in its length for each place.
func TestPatternMatchDoesNotGoBack(t *testing.T) {
	p, err := router.ParsePattern("{a}a{b}a{c}a{d}a{e}a{f}a{g}b")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := p.Match(strings.Repeat("a", 1<<20)); ok {
		t.Error("matches without its last letter")
	}
}

func TestParsePatternRefuses(t *testing.T) {
	tests := map[string]struct{ pattern, want string }{
		"nothing":               {"", `router: pattern "": it is empty`},
		"open brace":            {"A{b", `router: pattern "A{b": { without }`},
		"open brace at the end": {"A{", `router: pattern "A{": { without }`},
		"closing brace":         {"A}b", `router: pattern "A}b": } without {`},
		"closing brace behind":  {"A{b}}", `router: pattern "A{b}}": } without {`},
		"brace in a place":      {"A{b{c}", `router: pattern "A{b{c}": "b{c" is no name for a place: want letters, digits and _`},
		"no name":               {"A{}", `router: pattern "A{}": "" is no name for a place: want letters, digits and _`},
		"a number":              {"A{1}", `router: pattern "A{1}": "1" is no name for a place: want letters, digits and _`},
		"white space":           {"A{ b}", `router: pattern "A{ b}": " b" is no name for a place: want letters, digits and _`},
		"JSON": {
			`{"do":"add"}`,
			`router: pattern "{\"do\":\"add\"}": "\"do\":\"add\"" is no name for a place: want letters, digits and _`,
		},
		"one name twice":       {"{a}:{b}:{a}", `router: pattern "{a}:{b}:{a}": two places are called "a"`},
		"nothing between":      {"{a}{b}", `router: pattern "{a}{b}": nothing between two places`},
		"no UTF-8":             {"A\xff{a}", `router: pattern "A\xff{a}": it is not valid UTF-8`},
		"no UTF-8 in the name": {"A{\xff}", `router: pattern "A{\xff}": it is not valid UTF-8`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := router.ParsePattern(test.pattern)
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v\n want %s", err, test.want)
			}
			if p != nil {
				t.Errorf("pattern %v beside the error", p)
			}
		})
	}
}

func TestPatternExpand(t *testing.T) {
	tests := map[string]struct {
		pattern string
		params  params
		want    string // "": an error
	}{
		"no place":                     {"PAY", nil, "PAY"},
		"no place, a value":            {"PAY", params{"a": "1"}, ""},
		"one place":                    {"ADD:{sku}", params{"sku": "42"}, "ADD:42"},
		"braces in a value":            {"ADD:{sku}", params{"sku": "{sku}"}, "ADD:{sku}"},
		"two places":                   {"ADD:{sku}:{size}", params{"sku": "42", "size": "L"}, "ADD:42:L"},
		"last value with what ends":    {"ADD:{sku}:{size}", params{"sku": "42", "size": "L:XL"}, "ADD:42:L:XL"},
		"first value with what ends":   {"ADD:{sku}:{size}", params{"sku": "4:2", "size": "L"}, ""},
		"first value begins with it":   {"ADD:{sku}:{size}", params{"sku": ":2", "size": "L"}, "ADD::2:L"},
		"value and what follows do":    {"{a}aa{b}", params{"a": "xa", "b": "y"}, ""},
		"no value":                     {"ADD:{sku}", nil, ""},
		"empty value":                  {"ADD:{sku}", params{"sku": ""}, ""},
		"one value too few":            {"{a}:{b}", params{"a": "1"}, ""},
		"one value too many":           {"ADD:{sku}", params{"sku": "42", "size": "L"}, ""},
		"empty value too many":         {"ADD:{sku}", params{"sku": "42", "size": ""}, ""},
		"value that is not valid UTF8": {"ADD:{sku}", params{"sku": "\xff"}, ""},
		"last value ends with the end": {"A{a}B", params{"a": "xB"}, "AxBB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := router.ParsePattern(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Expand(test.params)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("Expand(%q) = %q, %v, want %q", test.params, got, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "42") {
				t.Errorf("the error quotes a value: %v", err)
			}
		})
	}
}

func ExamplePattern_Expand() {
	add, err := router.ParsePattern("ADD:{sku}:{size}")
	if err != nil {
		panic(err)
	}
	payload, err := add.Expand(map[string]string{"sku": "42", "size": "L"})
	fmt.Println(payload, err)
	params, ok := add.Match(payload)
	fmt.Println(params["sku"], params["size"], ok)
	// Output:
	// ADD:42:L <nil>
	// 42 L true
}

// FuzzPattern: nothing panics; what a pattern expands to, it matches with the same parameters; and what it
// matches, it expands to again.
func FuzzPattern(f *testing.F) {
	for _, seed := range [][4]string{
		{"PAY", "", "", "PAY"},
		{"ADD:{sku}", "42", "", "ADD:42"},
		{"{a}:{b}", "1", "2:3", ":1:2"},
		{"{a}aa{b}a", "xa", "a", "xaaaa"},
		{"ß{ü}", "❤", "", "ß\xff"},
		{"A\xff{a}", "\xfe", "", "A\xff\xfe"},
		{"{\"a\":1}", "", "", "{\"a\":1}"},
		{"{a}}{", "", "", "}"},
		{"{a}\u00e9{b}", "\xc3", "\xa9", "\xc3\xa9\xa9"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, source, first, second, payload string) {
		p, err := router.ParsePattern(source)
		if err != nil {
			return
		}
		values := params{}
		for i, name := range names(source) {
			values[name] = []string{first, second}[i%2]
		}
		if expanded, err := p.Expand(values); err == nil {
			if found, ok := p.Match(expanded); !ok || !maps.Equal(found, values) {
				t.Errorf("%q expands %q to %q, which has %q, %t", source, values, expanded, found, ok)
			}
		}
		if found, ok := p.Match(payload); ok && utf8.ValidString(payload) {
			if expanded, err := p.Expand(found); err != nil || expanded != payload {
				t.Errorf("%q matches %q with %q, which expands to %q, %v", source, payload, found, expanded, err)
			}
		}
	})
}

// names returns the names in the braces of a pattern that is known to be one.
func names(pattern string) []string {
	var found []string
	for _, behind := range strings.Split(pattern, "{")[1:] {
		name, _, _ := strings.Cut(behind, "}")
		found = append(found, name)
	}
	return found
}
