package bottest

import (
	"encoding/json"
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// NewInbox returns the inbox that outlives the bot of a test.
func NewInbox(cfg bot.LanesConfig) bot.Inbox { return newInbox(cfg) }

// Shown returns the lines of a message with these parameters, and what Expect compares of it.
func Shown(params json.RawMessage) (lines, summary string) {
	m := read(sendtest.Call{Params: params})
	return strings.Join(m.lines(), "\n"), m.summary()
}

// Client returns a client of the Graph API of c that knows nothing of windows.
func Client(c *Chat) (*send.Client, error) {
	return send.New(send.Config{Token: token, AppSecret: appSecret, HTTP: c.graph.Client(), Rate: -1})
}
