package script

import "strings"

// Script is a chat as text, ready to run. It does not change and is safe for concurrent use.
type Script struct {
	name       string
	statements []statement
	trailing   []string // comments and blank lines behind the last statement
}

// Name returns the name that Parse was given: the file, as errors and reports name it.
func (s *Script) Name() string { return s.name }

// Acts returns how many things happen in the script: lines that begin with > or +.
func (s *Script) Acts() int {
	n := 0
	for i := range s.statements {
		if s.statements[i].acts() {
			n++
		}
	}
	return n
}

// String returns the script in its canonical form, comments included. Parse reads it back as the same
// script.
func (s *Script) String() string {
	var b strings.Builder
	for i := range s.statements {
		writeLines(&b, s.statements[i].above)
		b.WriteString(s.statements[i].String() + "\n")
	}
	writeLines(&b, s.trailing)
	return b.String()
}

func writeLines(b *strings.Builder, lines []string) {
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
}

// statement is a line of a script, with those that go on with it.
type statement struct {
	Line

	number int      // counted from 1
	above  []string // the comments and blank lines above it
}
