package bottest_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/bot/inboxtest"
)

// The inbox of a test keeps the contract of all inboxes.
func TestInbox(t *testing.T) {
	inboxtest.RunInBubble(t, func(_ *testing.T, o inboxtest.Options) bot.Inbox {
		return bottest.NewInbox(bot.LanesConfig{Now: o.Now, Capacity: o.Capacity, PerLane: o.PerLane})
	})
}
