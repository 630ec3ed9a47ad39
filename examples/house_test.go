package examples_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources returns the content of the files below the repository whose names end in suffix.
func sources(t *testing.T, suffix string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, suffix):
			return nil
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFilesFitInOneHead(t *testing.T) {
	const most = 400
	for path, content := range sources(t, ".go") {
		if lines := strings.Count(content, "\n"); lines > most {
			t.Errorf("%s has %d lines, at most %d: split it by what it holds", path, lines, most)
		}
	}
}

// What the README shows is compiled and tested, because it stands in the code too.
func TestReadmeShowsRealCode(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, content := range sources(t, ".go") {
		code.WriteString(content)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) == 0 {
		t.Fatal("no Go code in the README")
	}
	for _, block := range blocks {
		for part := range strings.SplitSeq(block[1], "\n\n") {
			if !strings.Contains(code.String(), strings.Trim(part, "\n")) {
				t.Errorf("the README shows code that stands nowhere:\n%s", part)
			}
		}
	}
}

// A bot that does not import bot/durable links nothing of NATS.
func TestOnlyWhoAsksForNATSLinksIt(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "./echo", "./menu", "./gallery", "./pizza", "./support", "../simulator")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if strings.Contains(string(out), "nats") {
		t.Error("a bot on the inbox in memory links NATS")
	}
	if !strings.Contains(string(out), "parley/bot\n") {
		t.Errorf("the examples do not import package bot:\n%s", out)
	}
}
