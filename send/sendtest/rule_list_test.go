package sendtest_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// listed are the rules by which Meta judges a call, each with how sure it is: H text and code from a real body or
// from Meta's table, M code documented, L code assumed. Where a rule has several refusals they may differ.
var listed = map[string]string{
	"T01": "L", "T02": "H", "T03": "M", "T04": "H", "T05": "L", "T06": "H", "T07": "H", "T08": "L", "T09": "H",
	"T10": "L", "T11": "L", "T12": "L", "T13": "H",
	"S01": "H", "S02": "H", "S03": "H", "S04": "L", "S05": "H", "S06": "H", "S07": "H", "S08": "H", "S09": "L",
	"S10": "H", "S11": "M", "S12": "M", "S13": "H", "S14": "M", "S15": "M", "S16": "L", "S17": "L", "S18": "L",
	"S19": "L", "S20": "H", "S21": "H", "S22": "H", "S23": "H",
	"W01": "H", "W02": "H", "W03": "H", "W04": "L", "W05": "H", "W06": "H", "W07": "M", "W08": "L", "W09": "ML",
	"W10": "L", "W11": "L", "W12": "H", "W13": "H", "W14": "H", "W15": "H", "W16": "M", "W17": "M", "W18": "M",
	"W19": "M", "W20": "L", "W21": "L",
	"P01": "H", "P02": "H", "P03": "H", "P04": "M", "P05": "L", "P06": "HL", "P07": "HM", "P08": "H", "P09": "H",
	"P10": "M", "P11": "H", "P11b": "H", "P11c": "H", "P11d": "H", "P12": "M", "P13": "M", "P14": "H", "P15": "HM",
	"P16": "HM", "P17": "M", "P18": "M", "P19": "M", "P20": "HML", "P21": "M", "P22": "M", "P23": "M", "P24": "H",
	"P25": "H", "P26": "H", "P27": "H", "P28": "H", "P29": "H", "P30": "L", "P31": "L", "P32": "H",

	"E04": "HL", "E05": "M", "E06": "M", "E07": "M", "E08": "M", "E09": "M", "E16": "M",
	"E01": "H", "E02": "H", "E03": "H", "E10": "L", "E11": "L", "E12": "L", "E13": "M", "E14": "ML", "E15": "M",
}

// What a rule accepts, TestAnswers shows.
var accepting = []string{"S13", "S20", "S21"}

// TestEveryRuleHasACase: every rule of the list is judged by the Graph itself, as sure as the list says.
func TestEveryRuleHasACase(t *testing.T) {
	refused := map[string]string{"T13": "H"} // TestBatchOver50
	for _, table := range refusals() {
		for _, test := range table {
			if c := test.judged(t); !strings.Contains(refused[test.rule], c.Conf) {
				refused[test.rule] += c.Conf
			}
		}
	}
	for id, sure := range listed {
		if slices.Contains(accepting, id) {
			continue
		}
		for _, conf := range sure {
			if !strings.ContainsRune(refused[id], conf) {
				t.Errorf("no case for rule %s with confidence %c", id, conf)
			}
		}
		if len(refused[id]) > len(sure) {
			t.Errorf("rule %s: confidences %s, want %s", id, refused[id], sure)
		}
	}
	for id := range refused {
		if listed[id] == "" && id[0] != 'X' && id < "E20" {
			t.Errorf("rule %s is not in the list", id)
		}
	}
}

// TestGuideListsTheRules: the table in the package guide has each rule of the source with its confidences, and no
// other.
func TestGuideListsTheRules(t *testing.T) {
	guide := map[string]string{}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`\b([TSWPXE]\d\d[b-d]?) +([HML](?: ?[HML])*)  ?`)
	for _, match := range entry.FindAllStringSubmatch(string(doc), -1) {
		guide[match[1]] = strings.ReplaceAll(match[2], " ", "")
	}
	source := map[string]string{"S13": "H", "S20": "H", "S21": "H"}
	files, err := filepath.Glob("*rules.go")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	literal := regexp.MustCompile(`id: "(\w+)", conf: "([HML])"`)
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range literal.FindAllStringSubmatch(string(code), -1) {
			if !strings.Contains(source[match[1]], match[2]) {
				source[match[1]] += match[2]
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(source)) {
		if sorted(guide[id]) != sorted(source[id]) {
			t.Errorf("rule %s: the guide says %q, the rules %q", id, guide[id], source[id])
		}
		if want, ok := listed[id]; ok && sorted(want) != sorted(source[id]) {
			t.Errorf("rule %s: the list says %q, the rules %q", id, want, source[id])
		}
	}
	for id := range guide {
		if source[id] == "" {
			t.Errorf("the guide names rule %s, the rules do not", id)
		}
	}
}

func sorted(s string) string { return string(slices.Sorted(slices.Values([]byte(s)))) }
