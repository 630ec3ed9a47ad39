package examples_test

import (
	"fmt"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/session"
)

var visits = session.NewKey[int]("visits")

func count(c *bot.Context) error {
	n, err := visits.Get(c.Session())
	if err != nil {
		return err
	}
	return visits.Set(c.Session(), n+1)
}

func TestSessionValuesStayFromEventToEvent(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		if err := count(c); err != nil {
			return err
		}
		n, err := visits.Get(c.Session())
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprintf("visit %d", n))
	}))
	for i := range 3 {
		chat.Say("here I am")
		chat.Expect(fmt.Sprintf("visit %d", i+1))
	}
}
