// Package bottest is a person in a test. A [Chat] talks to a real bot: signed webhook bodies go in, calls
// of the Graph API come out and are judged by [sendtest.Graph], and nothing is mocked in between. There are
// no sockets and no pauses, and one clock for both sides that the test moves.
//
//	func TestOrder(t *testing.T) {
//		chat := bottest.Start(t, routes())
//		chat.Say("pizza")
//		chat.Expect("Which size?", "Small", "Large")
//		chat.Tap("Large") // fails if "Large" was not offered
//		chat.ExpectCard("Margherita", "Order")
//		chat.ExpectCard("Funghi", "Order")
//		chat.TapCard("Funghi", "Order")
//		chat.Expect("Where to?")
//		chat.Restart() // a deployment in between
//		chat.Advance(10 * time.Minute)
//		chat.Expect("Are you still there?")
//		chat.Advance(25 * time.Hour)
//		chat.ExpectRefused(send.ErrOutsideWindow) // a second reminder came too late
//		chat.ExpectNothing()
//	}
//
// What the bot says waits until it is expected, in its order, for each person alone: [Chat.Person] adds
// people. End with [Chat.ExpectNothing] to notice what else it says. A test that fails prints the talk so far
// as a diff, and what the bot has logged:
//
//	the talk so far (- expected, + said):
//		  > pizza
//		- < Which size?  [Small] [Medium] [Large]
//		+ < Which size?  [Small] [Large]
//
// The same as text, for people who do not write Go, are chat scripts: [Scripts] plays them, package script
// says how they are written, and [Chat.Transcript] writes one.
//
// A handler that has routes for echoes, deliveries or reads hears of them as from Meta: of an echo and a
// delivery after each message of the bot, of a read when the person opens the thread, [Chat.Reads].
//
// A chat's inbox and store outlive its bot, as those of a deployment do, so that [Chat.Restart] tests what a
// deployment in the middle of a conversation does. The Graph API fails on demand: [Chat.Fail]. Tests run in a
// bubble of testing/synctest too.
package bottest
