package sendtest_test

import (
	"net/http"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// TestModeratedStrangers: a Graph that refuses strangers refuses them among those who are moderated.
func TestModeratedStrangers(t *testing.T) {
	body := `{"user_ids":[{"id":"` + psid + `"}],"actions":["BLOCK_USER"]}`
	for says, g := range map[string]*sendtest.Graph{
		"(#100) No matching user found":     {Now: atNoon, RefuseStrangers: true},
		"(#100) No matching Instagram user": {Now: atNoon, RefuseStrangers: true, Instagram: true},
	} {
		got := call(t, g, onEdge(moderationPath, body)(t))
		if last(t, g).Rule != "W12" || got.Error.Message != says {
			t.Errorf("rule %q, want W12: %s", last(t, g).Rule, got.body)
		}
		g.Acted(psid, noon)
		does(t, g, http.MethodPost, moderationPath, body)
	}
}

// TestModeratedPerson: a call tells whom it is about, unless it is about several.
func TestModeratedPerson(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	for people, want := range map[string]string{`{"id":"` + psid + `"}`: psid, `{"id":"1"},{"id":"2"}`: ""} {
		does(t, g, http.MethodPost, moderationPath, `{"user_ids":[`+people+`],"actions":["BLOCK_USER"]}`)
		if got := last(t, g).Recipient; got != want {
			t.Errorf("%s: recipient %q, want %q", people, got, want)
		}
	}
}
