package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestReceiverMount(t *testing.T) {
	f := newFixture(t, nil)
	e := echo.New()
	f.Mount(e, "/hook")
	body := wrap(`{` + parties + `"message":{"mid":"m"}}`)
	tests := map[string]struct {
		method, target, body string
		status               int
		want                 string
	}{
		"challenge": {
			http.MethodGet, "/hook?hub.mode=subscribe&hub.verify_token=verify&hub.challenge=42", "", 200, "42",
		},
		"event":          {http.MethodPost, "/hook", body, 200, ""},
		"bad signature":  {http.MethodPost, "/hook", body + " ", 403, "Forbidden"},
		"another method": {http.MethodPut, "/hook", "", 405, ""},
		"another path":   {http.MethodPost, "/", body, 404, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequestWithContext(t.Context(), test.method, test.target,
				strings.NewReader(test.body))
			req.Header = signed("secret", body)
			w := httptest.NewRecorder()
			e.ServeHTTP(w, req)
			if w.Code != test.status || test.want != "" && w.Body.String() != test.want {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}
