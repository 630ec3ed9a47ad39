package send_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
)

// retries are what a letter means for another try.
var retries = map[string][]send.Retry{
	"R": {send.RetrySoon, send.RetryOnce},
	"B": {send.RetryLater},
	"P": {send.RetryNever},
	"U": {send.RetryNever},
	"A": {send.RetryNever},
	"-": {send.RetryUnsure},
	"":  {send.RetryNever},
}

// scopes are what a letter may mean for others. What stops the Page by itself is in stops.
var scopes = map[string][]send.Scope{
	"R": {send.ScopeRequest, send.ScopeThread},
	"B": {send.ScopeRequest, send.ScopePerson, send.ScopePage, send.ScopeApp},
	"P": {send.ScopeRequest, send.ScopePerson, send.ScopeThread, send.ScopeApp, send.ScopePage},
	"U": {send.ScopePerson},
	"A": {send.ScopePage, send.ScopeApp, send.ScopeRequest},
	"-": {send.ScopeRequest},
	"":  {send.ScopeRequest},
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, row := range codeRows {
		for _, subcode := range row.subcodes {
			t.Run(fmt.Sprintf("%d-%d", row.code, subcode), func(t *testing.T) {
				t.Parallel()
				x, ok := send.Explain(row.code, subcode)
				if !ok {
					t.Fatal("not explained")
				}
				if !errors.Is(x.Class, row.class) {
					t.Errorf("Class = %v, want %v", x.Class, row.class)
				}
				if !slices.Contains(retries[row.printed], x.Retry) || !slices.Contains(scopes[row.printed], x.Scope) {
					t.Errorf("Retry, Scope = %s, %s do not fit %s", x.Retry, x.Scope, row.printed)
				}
				if got := (&send.Error{Code: row.code, Subcode: subcode}).Explain(); got != x {
					t.Errorf("Error.Explain = %+v, want %+v", got, x)
				}
			})
		}
	}
}

// TestExplanations holds each row of the table to its form, and to the rows that Meta prints.
func TestExplanations(t *testing.T) {
	t.Parallel()
	printed := map[[2]int]bool{{9, 0}: true} // the code of 9/2018352 by itself
	for _, row := range codeRows {
		for _, subcode := range row.subcodes {
			printed[[2]int{row.code, subcode}] = true
		}
	}
	name, sentence := regexp.MustCompile(`^[\pL\d_' ,-]+$`), regexp.MustCompile(`^\p{Lu}.*[^.]\.$`)
	last := [2]int{}
	for _, x := range send.Explanations() {
		at := [2]int{x.Code, x.Subcode}
		if at[0] < last[0] || (at[0] == last[0] && at[1] <= last[1]) {
			t.Errorf("%v stands after %v", at, last)
		}
		last = at
		if !printed[at] {
			t.Errorf("%v is no row of Meta's", at)
		}
		if !name.MatchString(x.Name) || len(x.Name) > 50 || !sentence.MatchString(x.Advice) {
			t.Errorf("%v: name %q, advice %q", at, x.Name, x.Advice)
		}
	}
	send.Explanations()[0].Name = "changed"
	if send.Explanations()[0].Name == "changed" {
		t.Error("Explanations gives its own table away")
	}
}

func TestExplainUnknown(t *testing.T) {
	t.Parallel()
	if x, ok := send.Explain(4711, 1); ok || x != (send.Explanation{}) {
		t.Errorf("Explain = %+v, %t; want nothing", x, ok)
	}
	if x, ok := send.Explain(100, 2018999); !ok || !errors.Is(x.Class, send.ErrInvalid) || x.Subcode != 0 {
		t.Errorf("Explain = %+v, %t; want what code 100 means", x, ok)
	}
	tests := map[string]struct {
		err   send.Error
		class error
		retry send.Retry
	}{
		"unknown code":             {send.Error{Status: 500, Code: 4711}, nil, send.RetryNever},
		"unknown, transient":       {send.Error{Code: 4711, Transient: true}, nil, send.RetrySoon},
		"known, but transient":     {send.Error{Code: 100, Transient: true}, send.ErrInvalid, send.RetrySoon},
		"limit, transient":         {send.Error{Code: 4, Transient: true}, send.ErrRateLimited, send.RetryLater},
		"unsure, transient":        {send.Error{Code: 1, Subcode: 1357046, Transient: true}, send.ErrUnsure, send.RetryUnsure},
		"gateway":                  {send.Error{Status: 503}, nil, send.RetrySoon},
		"gateway's limit":          {send.Error{Status: 429}, send.ErrRateLimited, send.RetryLater},
		"not found":                {send.Error{Status: 404}, nil, send.RetryNever},
		"short subcode, its code":  {send.Error{Code: 190, Subcode: 460}, send.ErrUnauthorized, send.RetryNever},
		"short subcode of another": {send.Error{Code: 551, Subcode: 99}, send.ErrUnreachable, send.RetryNever},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := test.err.Explain()
			if !errors.Is(x.Class, test.class) || x.Retry != test.retry || x.Name == "" || x.Advice == "" || x.Scope == "" {
				t.Errorf("Explain = %+v, want class %v, retry %s", x, test.class, test.retry)
			}
			if x.Code != test.err.Code {
				t.Errorf("Code = %d, want %d", x.Code, test.err.Code)
			}
			passes := x.Retry == send.RetrySoon || x.Retry == send.RetryLater || x.Retry == send.RetryOnce
			if send.Retryable(&test.err) != passes {
				t.Errorf("Retryable = %t, but Retry = %s", !passes, x.Retry)
			}
		})
	}
}

// TestErrorTable holds the documentation of Explanations to what it returns; -update writes it.
func TestErrorTable(t *testing.T) {
	t.Parallel()
	const file, begin, end = "explanations_doc.go", "//\t", "func "
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	from, to := bytes.Index(source, []byte(begin)), bytes.Index(source, []byte(end))
	if from < 0 || to < from {
		t.Fatalf("%s has no table", file)
	}
	table := errorTable()
	if *update {
		source = bytes.Join([][]byte{source[:from], []byte(table), source[to:]}, nil)
		if err := os.WriteFile(file, source, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(source[from:to]) != table {
		t.Errorf("the table in %s is not what Explanations returns: go test ./send -run TestErrorTable -update", file)
	}
}

// errorTable returns the table as lines of a comment: two for each error, or for several that follow each other
// and differ in nothing but their number.
func errorTable() string {
	var b strings.Builder
	all := send.Explanations()
	for i := 0; i < len(all); {
		x, last := all[i], all[i]
		for i++; i < len(all) && all[i].Code == last.Code+1 && sameBut(all[i], x); i++ {
			last = all[i]
		}
		number := strconv.Itoa(x.Code)
		if x.Subcode != 0 {
			number += "/" + strconv.Itoa(x.Subcode)
		}
		if last.Code != x.Code {
			number += " to " + strconv.Itoa(last.Code)
		}
		fmt.Fprintf(&b, "//\t%s  %s: %s, retry %s, %s\n//\t    %s\n",
			number, x.Name, className(x.Class), x.Retry, x.Scope, x.Advice)
	}
	return b.String()
}

// sameBut reports whether a and b differ in their code only.
func sameBut(a, b send.Explanation) bool {
	a.Code = b.Code
	return a == b
}

// className returns the name of a class in Go.
func className(class error) string {
	names := map[error]string{
		send.ErrOutsideWindow: "ErrOutsideWindow", send.ErrTagRetired: "ErrTagRetired",
		send.ErrUnreachable: "ErrUnreachable", send.ErrRateLimited: "ErrRateLimited",
		send.ErrUnauthorized: "ErrUnauthorized", send.ErrBlocked: "ErrBlocked", send.ErrPermission: "ErrPermission",
		send.ErrInvalid: "ErrInvalid", send.ErrUnsure: "ErrUnsure", nil: "no class",
	}
	return names[class]
}
