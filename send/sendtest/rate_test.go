package sendtest_test

import (
	"net/http"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// TestRefusedCallsDoNotCount: a call that is refused before is not one of the ten to the menu of a person.
func TestRefusedCallsDoNotCount(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, RefuseStrangers: true}
	rule := func() string {
		call(t, g, request(t, http.MethodGet, settingsPath+"?psid="+psid, "", ""))
		return last(t, g).Rule
	}
	for range 11 {
		if got := rule(); got != "W12" {
			t.Errorf("of a stranger: rule %q, want W12", got)
		}
	}
	g.Acted(psid, noon)
	for n := range 11 {
		if got := rule(); (got == "E09") != (n == 10) {
			t.Errorf("call %d: rule %q", n+1, got)
		}
	}
}
