package router

import (
	"fmt"
	"strings"
	"unicode"
)

// How much of a question and of a name is drawn, in characters.
const (
	longestQuestion = 40
	longestLine     = 80
)

// indent is how far what is in a box stands to the right.
const indent = "    "

// mermaid writes the drawing as a Mermaid flowchart. All figures come before the arrows, as one belongs to
// the box in which it is first met.
func (d *drawing) mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	d.top.mermaid(&b, indent)
	for _, a := range d.arrows {
		line := "-->"
		if a.dotted {
			line = "-.->"
		}
		if a.label != "" {
			line += "|" + mermaidText(a.label) + "|"
		}
		fmt.Fprintf(&b, "%s%s %s %s\n", indent, a.from, line, a.to)
	}
	if d.counts["any"]+d.counts["routes"] > 0 {
		b.WriteString(indent + "classDef note stroke-dasharray: 4 4\n")
	}
	return b.String()
}

// mermaid writes what is in a figure.
func (f *figure) mermaid(b *strings.Builder, margin string) {
	for _, inner := range f.inside {
		text := mermaidText(inner.lines...)
		switch inner.form {
		case formBox:
			fmt.Fprintf(b, "%ssubgraph %s[%s]\n", margin, inner.id, text)
			inner.mermaid(b, margin+indent)
			b.WriteString(margin + "end\n")
		case formEnd:
			fmt.Fprintf(b, "%s%s([%s])\n", margin, inner.id, text)
		case formNote:
			fmt.Fprintf(b, "%s%s[%s]:::note\n", margin, inner.id, text)
		default:
			fmt.Fprintf(b, "%s%s[%s]\n", margin, inner.id, text)
		}
	}
}

// mermaidBreaks puts a space of no width into what Mermaid still reads once the numbers are characters again:
// mathematics, icons and line breaks.
var mermaidBreaks = strings.NewReplacer("$", "$\u200b", ":fa-", ":\u200bfa-", `\n`, `\`+"\u200b"+`n`)

// mermaidText returns lines as a text in quotes. Whatever could mean something to Mermaid, as HTML or as
// Markdown is written as the number of its character.
func mermaidText(lines ...string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		digits := true // and nothing else so far: "1." would begin a list
		for _, r := range mermaidBreaks.Replace(clean(line, longestLine)) {
			plain := r > unicode.MaxASCII || unicode.IsLetter(r) || unicode.IsDigit(r) ||
				strings.ContainsRune(" ,:?!'/", r) || !digits && strings.ContainsRune(".-+=()", r)
			if plain {
				b.WriteRune(r)
			} else {
				fmt.Fprintf(&b, "#%d;", r)
			}
			digits = digits && unicode.IsDigit(r)
		}
	}
	if b.Len() == 0 {
		b.WriteByte(' ') // Mermaid takes no empty text
	}
	return `"` + b.String() + `"`
}

// dot writes the drawing in the language of Graphviz.
func (d *drawing) dot(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", dotText(title))
	b.WriteString(indent + "graph [fontname=Helvetica]\n")
	b.WriteString(indent + "node [fontname=Helvetica, shape=box, style=rounded]\n")
	b.WriteString(indent + "edge [fontname=Helvetica]\n")
	d.top.dot(&b, indent)
	for _, a := range d.arrows {
		fmt.Fprintf(&b, "%s%s -> %s", indent, a.from, a.to)
		switch {
		case a.label != "" && a.dotted:
			fmt.Fprintf(&b, " [label=%s, style=dotted]", dotText(a.label))
		case a.label != "":
			fmt.Fprintf(&b, " [label=%s]", dotText(a.label))
		}
		b.WriteString("\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// dot writes what is in a figure.
func (f *figure) dot(b *strings.Builder, margin string) {
	for _, inner := range f.inside {
		text := dotText(inner.lines...)
		switch inner.form {
		case formBox:
			fmt.Fprintf(b, "%ssubgraph cluster_%s {\n%s    label=%s\n", margin, inner.id, margin, text)
			inner.dot(b, margin+indent)
			b.WriteString(margin + "}\n")
		case formEnd:
			fmt.Fprintf(b, "%s%s [label=%s, shape=oval]\n", margin, inner.id, text)
		case formNote:
			fmt.Fprintf(b, "%s%s [label=%s, shape=note, style=solid]\n", margin, inner.id, text)
		default:
			fmt.Fprintf(b, "%s%s [label=%s]\n", margin, inner.id, text)
		}
	}
}

// dotEscapes are what means something in a quoted text of Graphviz: & begins a character of HTML there.
var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`)

// dotText returns lines as a text in quotes.
func dotText(lines ...string) string {
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = dotEscapes.Replace(clean(line, longestLine))
	}
	return `"` + strings.Join(escaped, `\n`) + `"`
}

// shortened returns a question as far as it is drawn.
func shortened(question string) string { return clean(question, longestQuestion) }

// clean returns text on one line, without what does not show, and cut at longest characters.
func clean(text string, longest int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		default:
			return r
		}
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > longest {
		runes = append(runes[:longest-1], '…')
	}
	return string(runes)
}
