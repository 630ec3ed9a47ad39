package sendtest_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// TestFailuresByRule: what no state explains, limits of the app (E17) and of the Page (E18) and what passes by itself
// (E19), is answered on demand, at every edge, in Meta's words.
func TestFailuresByRule(t *testing.T) {
	for name, tt := range map[string]struct {
		code, subcode int
		message       string
		transient     bool
	}{
		"E17": {4, 0, "(#4) Application request limit reached", true},
		"E18": {32, 0, "(#32) Page request limit reached", false},
		"E19": {1200, 2018024, "(#1200) Temporary send message failure. Please try again later.", false},
	} {
		for _, edge := range []string{"messages", "messenger_profile", "personas", "pass_thread_control"} {
			t.Run(name+" "+edge, func(t *testing.T) {
				g := new(sendtest.Graph)
				g.FailNext(tt.code, tt.subcode)
				got := call(t, g, request(t, http.MethodPost, "/v25.0/me/"+edge, "application/json", `{}`))
				var answer struct {
					Error struct {
						Message   string
						Code      int
						Subcode   int  `json:"error_subcode"`
						Transient bool `json:"is_transient"`
					}
				}
				if err := json.Unmarshal([]byte(got.body), &answer); err != nil {
					t.Fatal(err)
				}
				e := answer.Error
				if e.Message != tt.message || e.Code != tt.code || e.Subcode != tt.subcode || tt.transient && !e.Transient {
					t.Errorf("got %s", got.body)
				}
			})
		}
	}
}
