package main

import (
	"testing"

	"github.com/parleybot/parley/bot/bottest"
)

func TestMenu(t *testing.T) {
	chat := bottest.Start(t, routes())

	chat.Say("Hello")
	chat.Expect("Welcome to the corner café! What would you like?", "Drinks", "Cakes")
	chat.Tap("Drinks")
	chat.Expect("What can I pour you?", "Coffee", "Tea")
	chat.Tap("Tea")
	chat.Expect("One tea, coming up!")

	chat.Tap("Cakes") // buttons stay
	chat.Expect("Apple pie", "I'll have it", "I'll take it")
	chat.Tap("I'll take it")
	chat.Expect("One cheesecake, coming up!")
	chat.ExpectNothing()
}

func TestFallback(t *testing.T) {
	chat := bottest.Start(t, routes())

	chat.Say("do you sell bread?")
	chat.Expect("I know two words: hello and menu.", "Menu")
	chat.Tap("Menu") // its payload has no route, its title has
	chat.Expect("Welcome to the corner café! What would you like?", "Drinks", "Cakes")
}

// The same as text, and more of it: see testdata.
func TestScripts(t *testing.T) { bottest.Scripts(t, routes(), "testdata/*.chat") }
