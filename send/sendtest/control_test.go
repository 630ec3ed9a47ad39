package sendtest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// TestLateExtension: an extension counts from now on, and leaves the day since control began as it was.
func TestLateExtension(t *testing.T) {
	g := &sendtest.Graph{}
	now, _ := clocked(g)
	g.HandBack(psid)
	*now = noon.Add(12 * time.Hour)
	for _, step := range []struct {
		seconds string
		ends    time.Time
	}{
		{"60", noon.Add(day)}, {"86400", noon.Add(12*time.Hour + day)},
	} {
		does(t, g, http.MethodPost, control("extend"), `{"recipient":{"id":"`+psid+`"},"duration":`+step.seconds+`}`)
		if got := ownerOf(t, g); got != shownOwner(self, step.ends) {
			t.Errorf("by %s s: owner %s", step.seconds, got)
		}
	}
}

// TestControlOfNobody: a message to somebody without a PSID passes no thread.
func TestControlOfNobody(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) { s.Owners = map[string]string{} })
	silently(t, g, `{"recipient":{"user_ref":"r"},`+hi+`,"thread_control":{"control_type":"pass","app_id":"`+pageInboxApp+`"}}`)
	g.Change(func(s *sendtest.State) {
		if len(s.Owners) > 0 {
			t.Errorf("owners %v", s.Owners)
		}
	})
}
