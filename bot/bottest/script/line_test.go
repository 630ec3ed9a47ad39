package script_test

import (
	"encoding/json"
	"testing"

	"github.com/parleybot/parley/bot/bottest/script"
)

// Lines that are made are those that are read.
func TestLineForms(t *testing.T) {
	tests := map[string]struct {
		line script.Line
		want string
	}{
		"text like a word": {script.Line{Person: "Ana", Mark: '>', Text: "(image) x"}, `Ana> \(image) x`},
		"text behind word": {script.Line{Mark: '<', Word: "template", Text: "(a) [b]"}, `< (template) (a) [b\]`},
		"word alone":       {script.Line{Mark: '>', Word: "reaction off"}, "> (reaction off)"},
		"menu":             {script.Line{Mark: '>', Word: "menu", Offers: []string{"[a]"}, Text: " A"}, `> (menu) [\[a\]] \sA`},
		"tap":              {script.Line{Mark: '>', Offers: []string{"Pie", "Order"}}, "> [Pie] [Order]"},
		"time":             {script.Line{Mark: '+', Passes: 90 * 60e9}, "+ 1h30m"},
		"cards": {script.Line{
			Mark: '<', Offers: []string{"None"},
			Cards: []script.Card{{Text: "(a) [b]\nc", Offers: []string{"d"}}, {Text: "[e] f"}},
		}, "<  [None]\n* (a) [b\\]\n| c  [d]\n* [e] f"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.line.String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			whole := "> x\n" + test.want + "\n"
			if parsed, err := script.Parse("a.chat", []byte(whole)); err != nil || parsed.String() != whole {
				t.Errorf("%v, and read again it is\n%s", err, parsed)
			}
		})
	}
}

// A quick reply without a title is called by what it asks for.
func TestTitlesOfQuickReplies(t *testing.T) {
	for reply, want := range map[string]string{
		`{"content_type":"text","title":"Yes","payload":"Y"}`: "< Well?  [Yes]",
		`{"content_type":"USER_EMAIL","title":"not shown"}`:   "< Well?  [user_email]",
		`{"content_type":"user_city"}`:                        "< Well?  [user_city]",
	} {
		out := script.Outbound{Params: json.RawMessage(`{"message":{"text":"Well?","quick_replies":[` + reply + `]}}`)}
		if shown, ok := out.Shown(); !ok || shown.String() != want {
			t.Errorf("%s is shown as %q, want %q", reply, shown, want)
		}
	}
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, "Ana": true, "Åsa_2-b": true, "2b": false, "-a": false, "a b": false, "a>": false,
	} {
		if got := script.IsName(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}
