package main

import (
	"testing"

	"github.com/parleybot/parley/send"
)

func TestEveryPayloadHasARoute(t *testing.T) {
	r := routes()
	for _, tap := range profile().Postbacks() {
		if !r.Routes(tap.Payload, "") { // whatever the title, which is in several languages
			t.Errorf("nothing routes %s (%s)", tap.Payload, tap.Title)
		}
	}
}

func TestProfileIsTaken(t *testing.T) {
	for _, channel := range []send.Channel{send.Messenger, send.Instagram} {
		if err := profile().For(channel).Validate(channel); err != nil {
			t.Errorf("on %s: %v", channel, err)
		}
	}
}
