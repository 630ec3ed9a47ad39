package sendtest_test

import (
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// TestSupportedTokenEnds: a token is good until it expires, to the second, for the call for testers too.
func TestSupportedTokenEnds(t *testing.T) {
	body := `{"recipient":{"notification_messages_token":"a"},"developer_action":"ENABLE_FOLLOWUP_MESSAGE"}`
	for at, want := range map[time.Time]string{noon: "W18", noon.Add(time.Nanosecond): ""} {
		g := &sendtest.Graph{Now: atNoon}
		g.Change(func(s *sendtest.State) { s.Tokens = map[string]sendtest.Token{"a": {PSID: psid, Expires: at}} })
		if got := call(t, g, onEdge(devSupportPath, body)(t)); last(t, g).Rule != want {
			t.Errorf("expires %v: rule %q, want %q: %s", at, last(t, g).Rule, want, got.body)
		}
	}
}
