package pizzeria

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the drawings anew")

// The drawings beside the code are those of the code: go test ./examples/pizza/pizzeria -update writes them anew.
func TestDrawings(t *testing.T) {
	for file, drawn := range map[string]string{"order.mermaid": order.Mermaid(), "address.mermaid": address.Mermaid()} {
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
}
