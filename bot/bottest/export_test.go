package bottest

import (
	"encoding/json"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send"
)

// NewInbox returns the inbox that outlives the bot of a test.
func NewInbox(cfg bot.LanesConfig) bot.Inbox { return newInbox(cfg) }

// Shown returns the lines of a message with these parameters, and what Expect compares of it.
func Shown(params json.RawMessage) (lines, compared string) {
	out := script.Outbound{Params: params}
	shown, _ := out.Shown()
	return shown.String(), summary(&shown)
}

// Client returns a client of the Graph API of c that knows nothing of windows.
func Client(c *Chat) (*send.Client, error) {
	return send.New(send.Config{Token: token, AppSecret: appSecret, HTTP: c.graph.Client(), Rate: -1})
}
