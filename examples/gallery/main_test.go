package main

import (
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot/bottest"
)

// Every exhibit is accepted by a Graph API that judges as Meta does.
func TestExhibits(t *testing.T) {
	for _, room := range rooms {
		for _, e := range room.exhibits {
			t.Run(e.name, func(t *testing.T) {
				chat := bottest.Start(t, routes())
				chat.Say("hello")
				chat.Tap(room.name)
				chat.Tap(e.name)
				if said := chat.Transcript(); strings.Contains(said, "!") || strings.Count(said, "\n<") < 3 {
					t.Errorf("the exhibit was not shown:\n%s", said)
				}
			})
		}
	}
}

func TestLongText(t *testing.T) {
	chat := bottest.Start(t, routes())
	chat.Say("long text")
	if said := chat.Transcript(); strings.Count(said, "\n< ") != 2 || strings.Contains(said, "!") {
		t.Errorf("want two messages:\n%s", said)
	}
}

func TestTaps(t *testing.T) {
	chat := bottest.Start(t, routes())
	chat.Say("cards")
	chat.ExpectCard("Margherita", "Look", "Open")
	chat.ExpectCard("Funghi", "Look", "Call")
	chat.TapCard("Funghi", "Look")
	chat.Expect("You tapped funghi.")
	chat.Say("grid")
	chat.Expect("template: image_grid\nTwo pizzas", "Margherita", "Funghi")
	chat.Tap("Margherita")
	chat.Expect("You tapped margherita.")
	chat.Say("coupon")
	chat.Expect("template: coupon\nA pizza on the house", "coupon")
	chat.Tap("coupon")
	chat.Expect("Your code is GALLERY.")
}

// A token reaches the person when the window has closed.
func TestTellMeLater(t *testing.T) {
	chat := bottest.Start(t, routes())
	chat.Say("tell me later")
	chat.Expect("template: one_time_notif_req\nShall I tell you?", "one_time_notif_req")
	chat.Advance(25 * time.Hour)
	chat.Tap("one_time_notif_req")
	chat.Expect("I am telling you.")
	chat.ExpectNothing()
}

// What a person fills in or changes comes as an event of its own.
func TestAnswers(t *testing.T) {
	chat := bottest.Start(t, routes())
	chat.Send(map[string]any{"messaging_feedback": map[string]any{"feedback_screens": []any{map[string]any{
		"screen_id": 0, "questions": map[string]any{"visit": map[string]any{"type": "csat", "payload": "5"}},
	}}}})
	chat.Expect("You gave us 5.")
	chat.Send(map[string]any{"messaging_customer_information": map[string]any{"screens": []any{map[string]any{
		"screen_id": "Add address", "responses": []any{map[string]any{"key": "locality", "value": "Lyon"}},
	}}}})
	chat.Expect("You live in Lyon.")
	chat.Send(map[string]any{"message_edit": map[string]any{"mid": "m_1", "text": "helo", "num_edit": 1}})
	chat.Expect("Now I read: helo")
	chat.Comment("What a nice gallery")
	chat.Expect("Thank you for your comment! Write to us here.")
	chat.ExpectNothing()
}

func TestScripts(t *testing.T) { bottest.Scripts(t, routes(), "testdata/*.chat") }
