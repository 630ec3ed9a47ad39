package inboxtest

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
)

// Broken returns what is wrong with the inboxes that open returns: for each clause they break, in what way.
// It lets time pass as Run does, or as RunInBubble does.
func (s Suite) Broken(t *testing.T, open func(o Options) bot.Inbox, inBubble bool) map[string]error {
	t.Helper()
	later := waitable
	if inBubble {
		later = unwaitable
	}
	broken := make(map[string]error)
	for _, c := range s.contract() {
		synctest.Test(t, func(t *testing.T) {
			if err := c.holds(t.Context(), open, later); err != nil {
				broken[c.name] = err
			}
			time.Sleep(time.Hour) // for what is still running, and would else end the bubble with a panic
		})
	}
	return broken
}
