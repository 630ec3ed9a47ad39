package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// around is how many statements a diff shows above and below what went wrong.
const around = 3

// differs is the error for a bot that did something else than the statements from first until end expect.
func (r *runner) differs(first, end int, came []Shown) error {
	d := newDiff(r.script.statements[first:end], came)
	missing := slices.Index(d.met, false)
	extra := end - first + 1
	for _, place := range d.place {
		if place >= 0 {
			extra = min(extra, place)
		}
	}
	switch {
	case missing < 0 && extra > end-first:
		return r.misfit(max(end-1, 0), "the bot does not come to rest", first, end, d)
	case missing < 0: // behind the statement that it came after
		return r.misfit(max(first+extra-1, 0), "more came than is expected", first, end, d)
	case extra > end-first:
		return r.misfit(first+missing, "this did not come", first, end, d)
	default:
		return r.misfit(first+min(missing, extra), "something else came", first, end, d)
	}
}

// misfit is the error for a script that does not fit: the problem at a statement, and the statements from
// first until end with what is around them. Without a diff of them each is marked as wrong.
func (r *runner) misfit(at int, problem string, first, end int, d *diff) error {
	all := r.script.statements
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: %s", r.script.name, all[at].number, problem)
	for i := max(first-around, 0); i < first; i++ {
		writeStatement(&b, all[i].number, ' ', &all[i].Line)
	}
	switch d {
	case nil:
		for i := first; i < end; i++ {
			writeStatement(&b, all[i].number, '-', &all[i].Line)
		}
	default:
		d.write(&b)
	}
	for i := end; i < min(end+around, len(all)); i++ {
		writeStatement(&b, all[i].number, ' ', &all[i].Line)
	}
	return errors.New(b.String())
}

// writeStatement writes the lines of a statement with its number, if it has one, and a sign before each.
func writeStatement(b *strings.Builder, number int, sign rune, l *Line) {
	for i, line := range strings.Split(l.String(), "\n") {
		place := ""
		if i == 0 && number > 0 {
			place = fmt.Sprint(number)
		}
		fmt.Fprintf(b, "\n%5s %c %s", place, sign, line)
	}
}

// diff is what was expected beside what came.
type diff struct {
	expected []statement
	came     []*Line
	met      []bool // of expected
	place    []int  // of came: before which of expected it belongs; -1 if it was expected
}

// newDiff pairs, for each person, what was expected with what came. Sender actions that nobody asked for are
// left out.
func newDiff(expected []statement, came []Shown) *diff {
	d := &diff{expected: expected, met: make([]bool, len(expected))}
	wanted := make(map[string]bool)
	for i := range expected {
		wanted[expected[i].String()] = true
	}
	for i := range came {
		if s := &came[i].Line; !s.isAction() || wanted[s.String()] {
			d.came = append(d.came, s)
		}
	}
	d.place = make([]int, len(d.came))
	done := make(map[string]bool)
	for i := range d.expected {
		d.pair(d.expected[i].Person, done)
	}
	for _, s := range d.came {
		d.pair(s.Person, done)
	}
	return d
}

// pair pairs what belongs to one person, as many as possible in their order.
func (d *diff) pair(who string, done map[string]bool) {
	if done[who] {
		return
	}
	done[who] = true
	var want, got []int
	for i := range d.expected {
		if d.expected[i].Person == who {
			want = append(want, i)
		}
	}
	for i, s := range d.came {
		if s.Person == who {
			got = append(got, i)
		}
	}
	same := func(i, j int) bool { return d.expected[want[i]].String() == d.came[got[j]].String() }
	common := longest(len(want), len(got), same)
	i, last := 0, -1
	for j := 0; j < len(got); {
		switch {
		case i < len(want) && same(i, j):
			d.met[want[i]], d.place[got[j]], last = true, -1, want[i]
			i, j = i+1, j+1
		case i < len(want) && common[i+1][j] >= common[i][j+1]:
			last, i = want[i], i+1
		default:
			d.place[got[j]] = last + 1
			j++
		}
	}
}

// longest returns the table of the longest common subsequences of the ends of two sequences.
func longest(n, m int, same func(i, j int) bool) [][]int {
	table := make([][]int, n+1)
	for i := range table {
		table[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if same(i, j) {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// extraAt returns what came unexpectedly before expected[at].
func (d *diff) extraAt(at int) []*Line {
	var all []*Line
	for i, s := range d.came {
		if d.place[i] == at {
			all = append(all, s)
		}
	}
	return all
}

// write writes the lines of both.
func (d *diff) write(b *strings.Builder) {
	for i := range len(d.expected) + 1 {
		for _, s := range d.extraAt(i) {
			writeStatement(b, 0, '+', s)
		}
		switch {
		case i == len(d.expected):
		case d.met[i]:
			writeStatement(b, d.expected[i].number, ' ', &d.expected[i].Line)
		default:
			writeStatement(b, d.expected[i].number, '-', &d.expected[i].Line)
		}
	}
}
