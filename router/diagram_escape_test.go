package router_test

import (
	"strings"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// Names and questions cannot break a drawing. What Mermaid shows for each was looked at in a browser with
// Mermaid 11.17, what Graphviz shows with Graphviz 2.43.
func TestDrawingEscapes(t *testing.T) {
	tests := map[string]struct {
		name         string
		mermaid, dot string // the label in the language of each
	}{
		"quotes":         {`a "b" 'c'`, `a #34;b#34; 'c'`, `a \"b\" 'c'`},
		"brackets":       {"a[b](c){d}<e>", "a#91;b#93;(c)#123;d#125;#60;e#62;", "a[b](c){d}<e>"},
		"HTML":           {"<script>x</script>&lt;", "#60;script#62;x#60;/script#62;#38;lt#59;", "<script>x</script>&amp;lt;"},
		"a line break":   {"a\nb\r\nc", "a b c", "a b c"},
		"end":            {"end", "end", "end"},
		"statements":     {"a; b %% c --> d | e", "a#59; b #37;#37; c --#62; d #124; e", "a; b %% c --> d | e"},
		"entities":       {"#35;#quot;", "#35;35#59;#35;quot#59;", "#35;#quot;"},
		"Markdown":       {"`a` *b* _c_ ~d~", "#96;a#96; #42;b#42; #95;c#95; #126;d#126;", "`a` *b* _c_ ~d~"},
		"a list":         {"1. size", "1#46; size", "1. size"},
		"another list":   {"12) size", "12#41; size", "12) size"},
		"a dash":         {"- size - it", "#45; size - it", "- size - it"},
		"a plus":         {"+ size", "#43; size", "+ size"},
		"a point within": {"size 1.5", "size 1.5", "size 1.5"},
		"mathematics":    {"$$x^2$$", "#36;\u200b#36;\u200bx#94;2#36;\u200b#36;\u200b", "$$x^2$$"},
		"an icon":        {"fa:fa-car", "fa:\u200bfa-car", "fa:fa-car"},
		"two characters": {`a\nb`, "a#92;\u200bnb", `a\\nb`},
		"nothing shown":  {"\u00a0", " ", ""},
		"a backslash":    {`a\b\`, `a#92;b#92;`, `a\\b\\`},
		"another script": {"størrelse サイズ", "størrelse サイズ", "størrelse サイズ"},
		"emoji":          {"👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"},
		"what turns":     {"a\u202eb\u2066c\x00\x1b", "abc", "abc"},
		"no UTF-8":       {"a\xffb", "a\ufffdb", "a\ufffdb"},
		"at the limit":   {strings.Repeat("é", 80), strings.Repeat("é", 80), strings.Repeat("é", 80)},
		"above it":       {strings.Repeat("é", 81), strings.Repeat("é", 79) + "…", strings.Repeat("é", 79) + "…"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			conversation := router.Conversation[drawnOrder]{
				Name: test.name, Start: test.name, Finish: finished[drawnOrder], Cancel: []string{"x"},
				States: router.States[drawnOrder]{test.name: {
					Ask: func(*bot.Context, drawnOrder) (send.Message, error) { return send.Text("?"), nil },
					Branch: []router.Edge[drawnOrder]{
						{If: func(drawnOrder) bool { return true }, To: test.name, Label: test.name},
					},
					Answer: taken[drawnOrder], Next: router.Done,
				}},
			}
			want := "flowchart TD\n" +
				"    start1([\"" + test.mermaid + "\"])\n" +
				"    s1[\"" + test.mermaid + "\"]\n" +
				"    any1[\"at any time\"]:::note\n" +
				"    done1([\"done\"])\n" +
				"    cancelled1([\"cancelled\"])\n" +
				"    start1 --> s1\n" +
				"    s1 -->|\"" + test.mermaid + "\"| s1\n" +
				"    s1 -->|\"else\"| done1\n" +
				"    any1 -.->|\"x\"| cancelled1\n" +
				"    classDef note stroke-dasharray: 4 4\n"
			if got := conversation.Mermaid(); got != want {
				t.Errorf("Mermaid gives\n%swant\n%s", got, want)
			}
			for _, line := range []string{
				`digraph "` + test.dot + "\" {\n", `    start1 [label="` + test.dot + "\", shape=oval]\n",
				`    s1 [label="` + test.dot + "\"]\n", `    s1 -> s1 [label="` + test.dot + "\"]\n",
			} {
				if got := conversation.DOT(); !strings.Contains(got, line) {
					t.Errorf("DOT gives\n%swant the line %q in it", got, line)
				}
			}
		})
	}
}

// A long question is cut; what the state asks is shown whatever the kind of message.
func TestDrawingShowsTheQuestion(t *testing.T) {
	forty := "Which of all of the sizes do you want????"[:40]
	tests := map[string]struct {
		prompt send.Message
		want   string
	}{
		"a text":       {send.Text("Which size?"), "Which size?"},
		"white space":  {send.Text("  Which\n\n size? "), "Which size?"},
		"at the limit": {send.Text(forty), forty},
		"above it":     {send.Text(forty + "?"), forty[:39] + "…"},
		"buttons":      {send.Buttons("Which size?", send.Postback("Large", "L")), "Which size?"},
		"cards": {
			send.Carousel(send.Element{Title: "Small", Subtitle: "30 cm"}, send.Element{Title: "Large", Subtitle: "40 cm"}),
			"Small",
		},
		"a picture": {send.Image("https://x.test/sizes.png"), "image"},
		"a card of media": {
			send.MediaCard(send.MediaElement{MediaType: "image", AttachmentID: "1"}), "template",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			conversation := small("pizza", "size", "")
			asked := conversation.States["size"]
			asked.Prompt = test.prompt
			conversation.States["size"] = asked
			if got, want := conversation.Mermaid(), `s1["size<br/>“`+test.want+`”"]`; !strings.Contains(got, want) {
				t.Errorf("got\n%swant %s in it", got, want)
			}
			if got, want := conversation.DOT(), `s1 [label="size\n“`+test.want+`”"]`; !strings.Contains(got, want) {
				t.Errorf("got\n%swant %s in it", got, want)
			}
		})
	}
}
