package router_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/webhook"
)

// A tap has a route of its own by its payload, its title or its type; the fallback is none.
func TestRoutes(t *testing.T) {
	none := func(*bot.Context) error { return nil }
	r := inputRoutes(new(journal))
	tests := map[string]struct {
		payload, title string
		want           bool
	}{
		"its payload":          {"PAY", "", true},
		"a pattern":            {"ADD:42", "", true},
		"its title":            {"UNKNOWN", "Hello", true},
		"a match of its title": {"UNKNOWN", "my order 7", true},
		"only the fallback":    {"UNKNOWN", "Bread", false},
		"in lower case":        {"pay", "", false},
		"nothing":              {"", "", false},
	}
	for name, test := range tests {
		if got := r.Routes(test.payload, test.title); got != test.want {
			t.Errorf("%s: Routes = %v, want %v", name, got, test.want)
		}
		if got := r.Group().Routes(test.payload, test.title); got != test.want {
			t.Errorf("%s: Routes of a group = %v, want %v", name, got, test.want)
		}
	}
	if router.New().Routes("PAY", "") {
		t.Error("a router without routes has one")
	}
	byType := router.New()
	byType.Fallback(none)
	router.On(byType, func(*bot.Context, *webhook.Postback) error { return nil })
	if !byType.Routes("PAY", "") {
		t.Error("the route of all postbacks is none")
	}
}
