package sendtest_test

import (
	"net/http"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// TestCallWithoutAToken is nobody's, even if a Page was declared without one.
func TestCallWithoutAToken(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, Pages: []sendtest.Page{{ID: "11"}, {ID: "22", Token: "token"}}}
	r := request(t, http.MethodGet, "/v25.0/me", "", "")
	r.Header.Del("Authorization")
	if got := call(t, g, r); got.status == http.StatusOK || last(t, g).Page != "" {
		t.Errorf("of Page %q: %s", last(t, g).Page, got.body)
	}
}
