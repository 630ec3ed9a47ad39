package send_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
)

// classes are all classes: an error belongs to one at most.
var classes = []error{
	send.ErrOutsideWindow, send.ErrTagRetired, send.ErrUnreachable, send.ErrRateLimited, send.ErrUnauthorized,
	send.ErrBlocked, send.ErrPermission, send.ErrInvalid, send.ErrUnsure,
}

// codeRows are the codes of Meta's pages and of recorded bodies, with the class of each: R retry soon, B back
// off, P permanent for this call, U for this person, A for the Page or app. A dash stands for "do not blindly retry";
// what prints no class is no answer to a call.
var codeRows = append(series(2018389, 2018396), append(series(2071010, 2071025), []codeRow{
	{1, []int{0}, "R", nil},
	{1, []int{99}, "R", nil},
	{1, []int{1357046}, "-", send.ErrUnsure},
	{1, []int{2018382}, "P", send.ErrInvalid},
	{2, []int{0}, "R", nil},
	{2, []int{2018344}, "A", send.ErrPermission},
	{3, []int{0}, "P", send.ErrPermission},
	{4, []int{0, 2018022}, "B", send.ErrRateLimited},
	{4, []int{2018354}, "P", send.ErrInvalid},
	{9, []int{2018352}, "B", send.ErrRateLimited},
	{10, []int{0}, "A", send.ErrPermission},
	{10, []int{1404170, 1893063}, "A", send.ErrBlocked},
	{10, []int{1893015, 2018108, 2018336}, "U", send.ErrUnreachable},
	{10, []int{2018065, 2018278, 2534022}, "P", send.ErrOutsideWindow},
	{10, []int{2018300}, "P", send.ErrPermission},
	{10, []int{2534077}, "A", send.ErrPermission},
	{17, []int{0}, "B", send.ErrRateLimited},
	{32, []int{0}, "B", send.ErrRateLimited},
	{100, []int{0, 33, 2018014, 2018015, 2018034, 2018035, 2018040, 2018041, 2018047}, "P", send.ErrInvalid},
	{100, []int{2018053, 2018055, 2018074, 2018098, 2018099, 2018109, 2018145, 2018164}, "P", send.ErrInvalid},
	{100, []int{2018320, 2018328, 2534015, 2534025}, "P", send.ErrInvalid},
	{100, []int{1893061}, "P", send.ErrTagRetired},
	{100, []int{2018001, 2018218, 2534014}, "U", send.ErrUnreachable},
	{100, []int{2018008, 2018294}, "R", nil},
	{100, []int{2534013}, "A", send.ErrPermission},
	{100, []int{2534029}, "A", send.ErrBlocked},
	{100, []int{2534037}, "P", send.ErrPermission},
	{102, []int{0}, "A", send.ErrUnauthorized},
	{104, []int{0}, "A", send.ErrUnauthorized},
	{105, []int{0}, "P", send.ErrInvalid},
	{190, []int{0, 458, 459, 460, 463, 464, 467, 492, 493}, "A", send.ErrUnauthorized},
	{194, []int{0}, "P", send.ErrInvalid},
	{200, []int{0, 2018021, 2018027, 2018028, 2534041}, "A", send.ErrPermission},
	{200, []int{1545041}, "U", send.ErrUnreachable},
	{230, []int{0}, "A", send.ErrPermission},
	{283, []int{0}, "A", send.ErrPermission},
	{341, []int{0}, "B", send.ErrRateLimited},
	{368, []int{0}, "A", send.ErrBlocked},
	{506, []int{0}, "P", send.ErrInvalid},
	{551, []int{0, 1545041}, "U", send.ErrUnreachable},
	{613, []int{0, 2018338, 2534040}, "B", send.ErrRateLimited},
	{613, []int{1893016}, "P", send.ErrInvalid},
	{1200, []int{0, 2018024}, "R", nil},
	{2022, []int{0}, "A", send.ErrBlocked},
	{2500, []int{0}, "P", send.ErrInvalid},
	{10303, []int{0}, "P", send.ErrInvalid},
	{10900, []int{0}, "P", send.ErrInvalid},
	{10901, []int{0}, "P", send.ErrInvalid},
	{10902, []int{0}, "P", send.ErrInvalid},
	{10903, []int{0}, "P", send.ErrInvalid},
	{24001, []int{0}, "P", send.ErrInvalid},
	{24002, []int{0}, "P", send.ErrInvalid},
	{24005, []int{0}, "P", send.ErrInvalid},
	{36000, []int{0}, "P", send.ErrInvalid},
	{36103, []int{0}, "A", send.ErrPermission},
	{80001, []int{0}, "B", send.ErrRateLimited},
	{80002, []int{0}, "B", send.ErrRateLimited},
	{80006, []int{0}, "B", send.ErrRateLimited},
	{9000001, []int{0}, "P", send.ErrInvalid},
	{2018144, []int{0}, "B", send.ErrRateLimited},
	{2018171, []int{0}, "P", send.ErrPermission},
	{2018234, []int{0}, "P", send.ErrPermission},
	{2018173, []int{0}, "P", send.ErrInvalid},
	{2018175, []int{0}, "P", send.ErrInvalid},
	{100, []int{2018182, 2018183, 2018184, 2018185, 2018186, 2018187, 2018188}, "P", send.ErrInvalid},
	{2018182, []int{0}, "P", send.ErrInvalid},
	{2018188, []int{0}, "P", send.ErrInvalid},
	{2018154, []int{0}, "", nil},
	{2018163, []int{0}, "", nil},
	{2018166, []int{0}, "", nil},
	{2018183, []int{0}, "P", send.ErrInvalid},
	{2018184, []int{0}, "P", send.ErrInvalid},
	{2018185, []int{0}, "P", send.ErrInvalid},
	{2018186, []int{0}, "P", send.ErrInvalid},
	{2018187, []int{0}, "P", send.ErrInvalid},
	{2018247, []int{0}, "A", send.ErrPermission},
	{2018321, []int{0}, "R", nil},
	{10, []int{2018321}, "R", nil},
	{2300028, []int{0}, "R", nil},
}...)...)

type codeRow struct {
	code     int
	subcodes []int
	printed  string
	class    error
}

// series are codes without a class, from first to last.
func series(first, last int) []codeRow {
	var rows []codeRow
	for code := first; code <= last; code++ {
		rows = append(rows, codeRow{code, []int{0}, "", nil})
	}
	return rows
}

func TestErrorClasses(t *testing.T) {
	t.Parallel()
	for _, row := range codeRows {
		for _, subcode := range row.subcodes {
			t.Run(fmt.Sprintf("%d-%d", row.code, subcode), func(t *testing.T) {
				t.Parallel()
				err := fmt.Errorf("wrapped: %w", &send.Error{Status: 400, Code: row.code, Subcode: subcode})
				want := []error{row.class}
				if row.class == nil {
					want = nil
				}
				if got := classesOf(err); !slices.Equal(got, want) {
					t.Errorf("classes = %v, want %v", got, want)
				}
				if passes := row.printed == "R" || row.printed == "B"; send.Retryable(err) != passes {
					t.Errorf("Retryable = %t, want %t", !passes, passes)
				}
				if fits := fitting[row.printed]; !slices.Contains(fits, row.class) {
					t.Errorf("class %v does not fit %s", row.class, row.printed)
				}
			})
		}
	}
}

// classesOf returns the classes that err belongs to.
func classesOf(err error) []error {
	var of []error
	for _, class := range classes {
		if errors.Is(err, class) {
			of = append(of, class)
		}
	}
	return of
}

// fitting are the classes that may stand for a letter.
var fitting = map[string][]error{
	"R": {nil},
	"B": {send.ErrRateLimited},
	"P": {send.ErrInvalid, send.ErrOutsideWindow, send.ErrTagRetired, send.ErrPermission},
	"U": {send.ErrUnreachable},
	"A": {send.ErrUnauthorized, send.ErrBlocked, send.ErrPermission},
	"-": {send.ErrUnsure},
	"":  {nil},
}

func TestRetryable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want bool
	}{
		"nil":                        {nil, false},
		"unknown code":               {&send.Error{Status: 500, Code: 4711}, false},
		"unknown code, transient":    {&send.Error{Status: 400, Code: 4711, Transient: true}, true},
		"rate limit, transient":      {&send.Error{Code: 4, Transient: true}, true},
		"unsure, transient":          {&send.Error{Code: 1, Subcode: 1357046, Transient: true}, false},
		"gateway error":              {&send.Error{Status: 502}, true},
		"too many requests":          {&send.Error{Status: 429}, true},
		"unknown code under 429":     {&send.Error{Status: 429, Code: 4711}, false},
		"not found":                  {&send.Error{Status: 404}, false},
		"redirect":                   {&send.Error{Status: 307}, false},
		"field":                      {&send.FieldError{Field: "message"}, false},
		"unsure":                     {fmt.Errorf("%w: timed out", send.ErrUnsure), false},
		"unsure after a cancel":      {fmt.Errorf("%w: %w", send.ErrUnsure, context.Canceled), false},
		"canceled":                   {context.Canceled, false},
		"deadline":                   {context.DeadlineExceeded, false},
		"another's":                  {io.ErrUnexpectedEOF, false},
		"joined with a rate limit":   {errors.Join(errors.New("a"), &send.Error{Code: 613}), true},
		"permanent under status 500": {&send.Error{Status: 500, Code: 100}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := send.Retryable(test.err); got != test.want {
				t.Errorf("Retryable = %t, want %t", got, test.want)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want string
	}{
		"code": {
			&send.Error{Status: 400, Code: 230, Message: "(#230) Requires pages_messaging permission to manage the object"},
			"send: graph: (#230) Requires pages_messaging permission to manage the object (code 230)",
		},
		"code, subcode and trace": {
			&send.Error{Code: 100, Subcode: 2018001, Message: "(#100) No matching user found", TraceID: "A9x_"},
			"send: graph: (#100) No matching user found (code 100/2018001, trace A9x_)",
		},
		"no JSON":    {&send.Error{Status: 502}, "send: graph: (HTTP 502)"},
		"field":      {&send.FieldError{Field: "message", Problem: "empty"}, "send: message: empty"},
		"only codes": {&send.Error{Code: 10, Subcode: 2018278}, "send: graph: (code 10/2018278)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.err.Error(); got != test.want {
				t.Errorf("Error = %s, want %s", got, test.want)
			}
		})
	}
}

// corpusFolder returns the folder of the corpus; it skips the test where there is none.
func corpusFolder(t *testing.T) string {
	t.Helper()
	corpus := os.Getenv("CORPUS")
	if corpus == "" {
		t.Skip("CORPUS is not set")
	}
	return corpus
}

// TestCorpusResponses reads every answer of the corpus as the index says.
func TestCorpusResponses(t *testing.T) {
	t.Parallel()
	corpus := corpusFolder(t)
	for _, row := range corpusRows(t, filepath.Join(corpus, "responses", "index.tsv")) {
		t.Run(row["file"], func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(filepath.Join(corpus, "responses", row["file"]))
			if err != nil {
				t.Fatal(err)
			}
			status := 200 // the harder case: the body decides
			if n, err := strconv.Atoi(row["http_status"]); err == nil {
				status = n
			}
			_, err = answering(t, status, nil, body).Send(t.Context(), hello)
			checkAgainstIndex(t, row, body, err)
		})
	}
}

func checkAgainstIndex(t *testing.T, row map[string]string, body []byte, err error) {
	t.Helper()
	var refused *send.Error
	if row["code"] == "" {
		var sent struct {
			MessageID string `json:"message_id"`
		}
		if json.Unmarshal(body, &sent) == nil && sent.MessageID != "" && err != nil {
			t.Errorf("Send = %v, want a receipt", err)
		}
		if errors.As(err, &refused) {
			t.Errorf("Send = %v, but the answer is none of a refusal", err)
		}
		return
	}
	if !errors.As(err, &refused) {
		t.Fatalf("Send = %v, want an *Error", err)
	}
	got := []string{strconv.Itoa(refused.Code), strconv.Itoa(refused.Subcode), refused.Type}
	want := []string{row["code"], row["subcode"], row["type"]}
	if want[1] == "" {
		want[1] = "0"
	}
	if row["type"] == "" {
		want[2] = got[2]
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("code, subcode, type = %v, want %v", got, want)
	}
	expected := rowOf(refused.Code, refused.Subcode)
	if expected == nil {
		t.Fatalf("%s/%s is no row of Meta's", row["code"], row["subcode"])
	}
	if of := classesOf(err); (expected.class == nil) != (len(of) == 0) || !errors.Is(err, expected.class) && expected.class != nil {
		t.Errorf("classes = %v, want %v (%s)", of, expected.class, expected.printed)
	}
	if passes := expected.printed == "R" || expected.printed == "B"; send.Retryable(err) != passes {
		t.Errorf("Retryable = %t, want that of %s", !passes, expected.printed)
	}
}

// rowOf returns the row for Meta's numbers: that with both, else that of the long subcode, which comes
// with other codes too, else that of the code.
func rowOf(code, subcode int) *codeRow {
	var bySubcode, byCode *codeRow
	for i, row := range codeRows {
		switch has := slices.Contains(row.subcodes, subcode); {
		case row.code == code && has:
			return &codeRows[i]
		case has && subcode > 1_000_000:
			bySubcode = &codeRows[i]
		case row.code == code && slices.Contains(row.subcodes, 0):
			byCode = &codeRows[i]
		}
	}
	if bySubcode != nil {
		return bySubcode
	}
	return byCode
}

// corpusRows reads an index of the corpus: a row for each line, by column.
func corpusRows(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	lines, err := r.ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, value := range line {
			row[lines[0][i]] = value
		}
		rows = append(rows, row)
	}
	return rows
}

// hello is a request that nothing is wrong with.
var hello = send.Request{To: send.Person(person), Message: send.Text("Hi"), Type: send.TypeResponse}

// answering returns a client of a Graph API that always answers the same. It tries once.
func answering(t *testing.T, status int, header http.Header, body []byte) *send.Client {
	t.Helper()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		_, _ = w.Write(body)
	})
	return connect(t, server, send.Config{Tries: 1})
}
