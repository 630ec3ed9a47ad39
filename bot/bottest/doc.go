// Package bottest is a person in a test. A [Chat] talks to a real bot: signed webhook bodies go in, calls
// of the Graph API come out and are judged by [sendtest.Graph], and nothing is mocked in between. There are
// no sockets, and one clock for both sides that the test moves.
//
//	func TestOrder(t *testing.T) {
//		chat := bottest.Start(t, routes())
//		chat.Say("pizza")
//		chat.Expect("Which size?", "Small", "Large")
//		chat.Tap("Large") // fails if "Large" was not offered
//		chat.Expect("A large one, coming up.")
//		chat.Advance(25 * time.Hour)
//		chat.ExpectNothing()
//	}
//
// A test that fails prints the talk so far.
package bottest
