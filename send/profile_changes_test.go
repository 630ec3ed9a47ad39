package send_test

import (
	"testing"

	"github.com/parleybot/parley/send"
)

// TestMenuURLsThatAreTheSame: Meta gives addresses back with a path and in lower case, which is no difference.
func TestMenuURLsThatAreTheSame(t *testing.T) {
	t.Parallel()
	of := func(url, fallback string) send.Profile {
		return menuOf(send.Button{Type: "web_url", Title: "A", URL: url, FallbackURL: fallback})
	}
	declared := of("https://Shop.example", "https://Fallback.example")
	if got := declared.Changes(of("https://shop.example/", "https://fallback.example/")); len(got) > 0 {
		t.Errorf("changes %v, want none", got)
	}
}

// TestRawThatIsTheSame: the order in which a value names its fields is no difference.
func TestRawThatIsTheSame(t *testing.T) {
	t.Parallel()
	of := func(v any) send.Profile { return send.Profile{Raw: map[string]any{"title": v}} }
	declared := of(struct {
		B int `json:"b"`
		A int `json:"a"`
	}{1, 2})
	if got := declared.Changes(of(map[string]any{"a": 2.0, "b": 1.0})); len(got) > 0 {
		t.Errorf("changes %v, want none", got)
	}
}
