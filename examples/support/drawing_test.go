package main

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the drawing anew")

// The drawing beside the code is that of the code: go test ./examples/support -update writes it anew.
func TestDrawing(t *testing.T) {
	const file = "ticket.mermaid"
	drawn := ticket.Mermaid()
	if *update {
		if err := os.WriteFile(file, []byte(drawn), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(stored) != drawn {
		t.Errorf("%s is not what the code says:\n%s", file, drawn)
	}
}
