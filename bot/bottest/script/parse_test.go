package script_test

import (
	"strings"
	"testing"

	"github.com/parleybot/parley/bot/bottest/script"
)

// What is wrong with a line, and what to write instead.
func TestErrors(t *testing.T) {
	tests := map[string]struct{ script, want string }{
		"no mark":                {"hello", "a.chat:1: the line does not say who does what: begin it with >"},
		"colon for a mark":       {"Ana: hello", "as in Ana> hello"},
		"space before the mark":  {"Ana > hello", "a person's name stands before the mark without a space"},
		"a shout":                {"Hello!", "the line does not say who does what"},
		"nothing typed":          {">", "a.chat:1: nothing is said here: write > hello"},
		"nothing said":           {"> hi\n<", "a.chat:2: nothing is said here: write < Which size?"},
		"offers without text":    {"> hi\n< [Small] [Large]", "a.chat:2: what is offered stands behind a text"},
		"empty brackets":         {"> hi\n< Which? []", "brackets with nothing in them"},
		"empty tap":              {"> []", "brackets with nothing in them"},
		"tap and text":           {"> [Large] please", "a.chat:1: a tap is what is shown, in brackets, and nothing else"},
		"text and tap":           {"> [a] b [c]", "a tap is"},
		"three brackets":         {"> [a] [b] [c]", "a tap is"},
		"unknown word":           {"> (picture) x", `a.chat:1: (picture) is not known behind >: write one of (menu), (image)`},
		"word of the bot":        {"> (typing)", `(typing) is not known behind >`},
		"open parenthesis":       {"< (he said", `or \( if it is text`},
		"image without address":  {"> (image)", "write > (image) https://"},
		"video without address":  {"> (video)", "write > (video) https://"},
		"menu without payload":   {"> (menu) [Help]", "write > (menu) [Order status] ORDER_STATUS"},
		"menu without title":     {"> (menu) HELP", "write > (menu)"},
		"menu alone":             {"> (menu)", "write > (menu)"},
		"no place":               {"> (location) Paris", "write > (location) 48.8566, 2.3522"},
		"place outside":          {"> (location) 98, 2", "write > (location)"},
		"place that is no place": {"> (location) NaN, 2", "write > (location)"},
		"reaction without emoji": {"> (reaction)", "write > (reaction) ❤"},
		"typing and text":        {"> hi\n< (typing) soon", "(typing) stands alone on its line"},
		"reaction off and text":  {"> (reaction off) ❤", "(reaction off) stands alone"},
		"referral without ref":   {"> (referral)", "write > (referral) summer-ad"},
		"take over with text":    {"+ (take over) now", "(take over) stands alone on its line"},
		"hand back with text":    {"+ (hand back) now", "(hand back) stands alone on its line"},
		"inbox without text":     {"+ (inbox)", "write + (inbox) I will take over."},
		"template alone":         {"> x\n< (template)", "write < (template) receipt"},
		"no duration":            {"+ tomorrow", `"tomorrow" is no time to pass: write + 25h`},
		"no number of days":      {"+ xd", "is no time to pass"},
		"too many days":          {"+ 99999999d", "is no time to pass"},
		"too many hours":         {"+ 2540000h", "is no time to pass"},
		"backwards":              {"+ -1h", "is no time to pass"},
		"no time":                {"+ 0s", "is no time to pass"},
		"nothing passes":         {"+", "is no time to pass"},
		"time of one person":     {"Ana+ 1h", "time passes for everybody: write the line without a name"},
		"unknown reason":         {"> x\n! closed", `"closed" is no reason why a message does not go out: write one of window closed, unreachable`},
		"no reason":              {"> x\n!", "is no reason"},
		"unknown failure":        {"+ (fail) nothing", `"nothing" is no failure of Meta's: write + (fail) unreachable`},
		"half a failure":         {"+ (fail) 551/", "is no failure of Meta's"},
		"failure zero":           {"+ (fail) 0", "is no failure of Meta's"},
		"line below nothing":     {"| a", "a.chat:1: nothing to go on with"},
		"line below a comment":   {"> a\n# b\n| c", "a.chat:3: nothing to go on with: a line with | stands directly below"},
		"line below a tap":       {"> [a]\n| b", "this line cannot go on: | stands below a text"},
		"line below time":        {"+ 1h\n| b", "| stands below a text"},
		"line below typing":      {"> x\n< (typing)\n| b", "| stands below a text"},
		"line below offers":      {"> x\n< a [b]\n| c", "what is offered stands at the end of the last line"},
		"line with a name":       {"Ana> a\nAna| b", "a line with | goes on with the message above it and names nobody"},
		"card of a person":       {"> a\n* b", "only the bot shows cards"},
		"card without title":     {"> x\n<\n* [b]", "a.chat:2: a card without a title"},
		"backslash":              {`> a\b`, "write \\\\ for a backslash"},
		"backslash at the end":   {`> a\`, "a backslash stands before"},
		"no number":              {`> \u{xyz}`, `\u{1F355}`},
		"no brace":               {`> \u1F355`, `\u{1F355}`},
		"half a surrogate":       {`> \u{D800}`, `\u{1F355}`},
		"nothing happens":        {"# only a comment\n\n", "a.chat:2: nothing happens in this script"},
		"empty":                  {"", "a.chat:1: nothing happens in this script"},
		"not UTF-8":              {"> \xff", "a.chat:1: the file is not UTF-8 text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			parsed, err := script.Parse("a.chat", []byte(test.script))
			if parsed != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v\nwant an error with %q", parsed, err, test.want)
			}
			if err != nil && strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("more than one error: %v", err)
			}
		})
	}
}

// All that is wrong is said at once.
func TestErrorsAllAtOnce(t *testing.T) {
	_, err := script.Parse("a.chat", []byte("hello\n> (image)\n< [a]\n+ never\n| more of it\n* and more\n> x\n! no"))
	if err == nil {
		t.Fatal("no error")
	}
	var places []string
	for line := range strings.Lines(err.Error()) {
		place, _, _ := strings.Cut(line, ": ")
		places = append(places, place)
	}
	if got := strings.Join(places, " "); got != "a.chat:1 a.chat:2 a.chat:3 a.chat:4 a.chat:8" {
		t.Errorf("got %s:\n%v", got, err)
	}
}

// The canonical form, with comments in their places.
func TestString(t *testing.T) {
	const source = "\ufeff# Orders\r\n\r\n  >pizza \r\n<Which? [Small][ Large ]\r\n\t# now\n+ 36h\n+48h\n+90m\n+ 60s\n" +
		"! Window   Closed\nAna+(inbox)a\n|b]\n>(menu)[a]b\n<\n*One\n|two[x]\n> [a]  [b]\n> \\u{1F355}\\u{A0}\\[\n# end"
	const form = "# Orders\n\n> pizza\n< Which?  [Small] [Large]\n# now\n+ 36h\n+ 2d\n+ 1h30m\n+ 1m\n" +
		"! window closed\nAna+ (inbox) a\n| b\\]\n> (menu) [a] b\n<\n* One\n| two[x\\]\n> [a] [b]\n> 🍕\\u{A0}[\n# end\n"
	parsed, err := script.Parse("a.chat", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	if got := parsed.String(); got != form {
		t.Errorf("got\n%s\nwant\n%s", got, form)
	}
	if parsed.Name() != "a.chat" || parsed.Acts() != 9 {
		t.Errorf("name %s, %d acts", parsed.Name(), parsed.Acts())
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"# a\n> pizza\n< Which size?  [Small] [Large]\n> [Large]\n+ 25h\n! window closed\n",
		"Ana> (menu) [a\\]b] c\nAna< (image) x  [y]\n* One\n| two  [z]\n+ (fail) 551/1545041\nAna+ (inbox) hi\n| ho",
		"> \\s\\n\\t\\u{1F355}\\\\\n< [a] b]\n> (location) 1, 2\n<\n| x\n+ 1d2h", "> (reaction off)\n< (typing off)\r\n",
		"<\n* a\n\n> a[b]\n< a[b] [c\\nd]\n< \\(a) [\\s]", "> \\n\n< \\n\\n [a]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		parsed, err := script.Parse("a.chat", []byte(source))
		if err != nil {
			return
		}
		form := parsed.String()
		again, err := script.Parse("a.chat", []byte(form))
		if err != nil {
			t.Fatalf("the form of %q is %q, which is wrong: %v", source, form, err)
		}
		if again.String() != form || again.Acts() != parsed.Acts() {
			t.Fatalf("the form of %q is %q, and its form %q", source, form, again.String())
		}
	})
}
