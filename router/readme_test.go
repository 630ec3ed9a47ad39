package router_test

import (
	"os"
	"strings"
	"testing"
)

// The drawing in the README is that of the conversation beside it.
func TestReadmeDrawsTheConversation(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "```mermaid\n" + book.Mermaid() + "```\n"; !strings.Contains(string(readme), want) {
		t.Errorf("the README does not draw the conversation as it is:\n%s", want)
	}
}
