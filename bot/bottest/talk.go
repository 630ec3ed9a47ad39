package bottest

import (
	"fmt"
	"slices"
	"strings"
)

// wrong is where a talk went another way than the test says.
type wrong struct {
	want string // the line that was expected, or that could not be done; empty: none
	at   int    // the line of the talk before which it belongs
	got  []int  // the lines of the talk that came instead
	why  string // more about it
}

// note writes a line of the talk, below what the bot has said until now.
func (s *stage) note(line string) {
	s.listen()
	s.lines = append(s.lines, line)
}

// Transcript returns the talk so far as a chat script: see package script. What the bot said stands where
// it said it, whether it was expected or not; what it said to several people at once is in the order of the
// people. Sender actions are left out, and what a script cannot say, such as a restart, is a comment.
func (c *Chat) Transcript() string {
	c.listen()
	return strings.Join(append(c.lines, ""), "\n")
}

// fail ends the test with the talk so far, where it went wrong, and what the bot logged.
func (s *stage) fail(w wrong) {
	s.t.Helper()
	if w.why != "" {
		w.why = "\n" + w.why
	}
	s.t.Fatalf("%s%s%s", s.diff(w), w.why, s.log.shown())
}

// undone ends the test at the last line of the talk: the person cannot do that.
func (s *stage) undone(format string, args ...any) {
	s.t.Helper()
	last := len(s.lines) - 1
	line := s.lines[last]
	s.lines = s.lines[:last]
	s.fail(wrong{want: line, at: last, why: fmt.Sprintf(format, args...)})
}

// diff returns the talk so far, with - before what was expected and did not come, and + before what came
// instead.
func (s *stage) diff(w wrong) string {
	var b strings.Builder
	b.WriteString("the talk so far")
	if w.want != "" || len(w.got) > 0 {
		b.WriteString(" (- expected, + said)")
	}
	b.WriteString(":")
	write := func(mark, line string) {
		for part := range strings.SplitSeq(line, "\n") {
			b.WriteString("\n\t" + mark + " " + part)
		}
	}
	for i := range len(s.lines) + 1 {
		if i == w.at && w.want != "" {
			write("-", w.want)
		}
		switch {
		case i == len(s.lines):
		case slices.Contains(w.got, i):
			write("+", s.lines[i])
		default:
			write(" ", s.lines[i])
		}
	}
	return b.String()
}
