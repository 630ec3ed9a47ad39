package send_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// referencePage is what one of Meta's reference pages names.
type referencePage struct {
	file string
	text string
	// parameters are in the order of the page, which goes depth first through the objects.
	parameters []parameter
	// returned are the fields of the answer.
	returned []string
	// codes are the error codes with their texts.
	codes map[int]string
}

// parameter is a name in a page's table, and the values that the page gives for it: those of its enum and
// those of the list below it.
type parameter struct {
	name   string
	values []string
}

// The lines of a page that say something.
var (
	nameLine   = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	enumLine   = regexp.MustCompile(`^enum ?\{(.+)\}$`)
	bulletLine = regexp.MustCompile(`^\s*• ([A-Z_]+) – `)
	returnLine = regexp.MustCompile(`^([a-z_]+): string,$`)
	codeLine   = regexp.MustCompile(`^(\d+)(\D.*)$`)
)

// typeWords are names of types that look like names of parameters.
var typeWords = map[string]bool{"string": true, "integer": true}

// referencePages reads Meta's pages; it skips the test where there are none.
func referencePages(t *testing.T) []referencePage {
	t.Helper()
	folder := os.Getenv("REFERENCE")
	if folder == "" {
		t.Skip("REFERENCE is not set")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%d pages in REFERENCE, %v", len(files), err)
	}
	read := make([]referencePage, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read[i] = referencePage{file: filepath.Base(file), text: string(text), codes: map[int]string{}}
		read[i].scan()
	}
	return read
}

// scan takes in the lines of a reference of the edge. Pages of prose have none that it knows.
func (p *referencePage) scan() {
	if !strings.Contains(p.text, "\nReturn Type\n") {
		return
	}
	answer := false // the part below the parameters
	for line := range strings.Lines(p.text) {
		line = strings.TrimRight(line, "\n")
		answer = answer || line == "Return Type"
		switch {
		case answer:
			p.scanAnswer(line)
		case nameLine.MatchString(line) && !typeWords[line]:
			p.parameters = append(p.parameters, parameter{name: line})
		case len(p.parameters) > 0:
			p.scanValues(&p.parameters[len(p.parameters)-1], line)
		}
	}
}

func (*referencePage) scanValues(of *parameter, line string) {
	if enum := enumLine.FindStringSubmatch(line); enum != nil {
		of.values = append(of.values, strings.Split(enum[1], ", ")...)
	}
	if bullet := bulletLine.FindStringSubmatch(line); bullet != nil {
		of.values = append(of.values, bullet[1])
	}
}

func (p *referencePage) scanAnswer(line string) {
	if field := returnLine.FindStringSubmatch(line); field != nil {
		p.returned = append(p.returned, field[1])
	}
	if code := codeLine.FindStringSubmatch(line); code != nil {
		n, err := strconv.Atoi(code[1])
		if err == nil {
			p.codes[n] = code[2]
		}
	}
}

// Words of a page that are written like names: with an underscore, or all in capitals.
var wordInPage = regexp.MustCompile(`\b(?:[a-z]+(?:_[a-z]+)+|[A-Z][A-Z0-9]+(?:_[A-Z]+)*)\b`)

// words returns all words of the page that look like names of the API.
func (p *referencePage) words() []string { return wordInPage.FindAllString(p.text, -1) }
