package sendtest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send/sendtest"
)

func TestParseRelaxed(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"Meta's sample":           {`{'id':'7100'}`, `{"id":"7100"}`},
		"text with a comma":       {`{'text':'hello, world'}`, `{"text":"hello, world"}`},
		"bare":                    {`{id:7100}`, `{"id":"7100"}`},
		"bare beyond 2^53":        {`{id:71000000000000000001}`, `{"id":"71000000000000000001"}`},
		"bare words":              {`{text: hello world }`, `{"text":"hello world"}`},
		"bare address":            {`{url:https://cdn.example/a.jpg?b=1}`, `{"url":"https://cdn.example/a.jpg?b=1"}`},
		"bare literals":           {`{a:true,b:false,c:null,d:truest}`, `{"a":true,"b":false,"c":null,"d":"truest"}`},
		"nested":                  {`{'a':{'b':['c',{d:'e'}]}}`, `{"a":{"b":["c",{"d":"e"}]}}`},
		"empty":                   {`{'a':{},'b':[], 'c':''}`, `{"a":{},"b":[],"c":""}`},
		"trailing commas":         {`{'a':['b',],}`, `{"a":["b"]}`},
		"double quotes in single": {`{'a':'say "b"'}`, `{"a":"say \"b\""}`},
		"single quote escaped":    {`{'a':'it\'s'}`, `{"a":"it's"}`},
		"mixed quotes":            {`{"a":'b',c:"d"}`, `{"a":"b","c":"d"}`},
		"escapes":                 {`{'a':'\n\t\\\/\u00e9\ud83d\ude00\q'}`, `{"a":"\n\t\\/é😀q"}`},
		"half a pair":             {`{'a':'\ud83d!'}`, `{"a":"` + "\uFFFD" + `!"}`},
		"short escape":            {`{'a':'\u12'}`, `{"a":"u12"}`},
		"spaces":                  {" { 'a' : 'b' ,\n 'c' : [ 'd' ] } ", `{"a":"b","c":["d"]}`},
		"JSON with numbers":       {`{"a":1.50}`, `{"a":1.50}`},
		"same key twice":          {`{'a':'b','a':'c'}`, `{"a":"c"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := sendtest.ParseRelaxed(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, test.want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestParseRelaxedDepth: 500 levels are read, one more is not (TestParseRelaxedRefuses).
func TestParseRelaxedDepth(t *testing.T) {
	if _, err := sendtest.ParseRelaxed(strings.Repeat("[", 500) + "'a'" + strings.Repeat("]", 500)); err != nil {
		t.Error(err)
	}
}

func TestParseRelaxedRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":            ``,
		"no end":             `{'a':'b'`,
		"string without end": `{'a':'b`,
		"ends in a backs":    `{'a':'b\`,
		"no colon":           `{'a' 'b'}`,
		"no value":           `{'a':}`,
		"no key":             `{:'a'}`,
		"comma alone":        `{,}`,
		"two values":         `{'a':'b'}{'c':'d'}`,
		"words after":        `{'a':'b'} c`,
		"wrong bracket":      `['a'}`,
		"text after a comma": `{text:hello, world}`,
		"too deep":           strings.Repeat("[", 501) + "'a'" + strings.Repeat("]", 501),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := sendtest.ParseRelaxed(text); err == nil {
				t.Errorf("got %v", got)
			}
		})
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
