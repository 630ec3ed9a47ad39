package main

import (
	"testing"

	"github.com/parleybot/parley/bot/bottest"
)

func TestEcho(t *testing.T) {
	chat := bottest.Start(t, echo)

	chat.Say("hello")
	chat.Expect("echo: hello")
	chat.Say("äöå 👋")
	chat.Expect("echo: äöå 👋")
	chat.ExpectNothing()
}
