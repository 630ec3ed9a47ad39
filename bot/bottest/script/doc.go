// Package script reads chats that are written as text and plays them against a bot: what a person does, and
// what the bot is expected to say to it.
//
//	> pizza
//	< Which size?  [Small] [Large]
//	> [Large]
//	< A large one, coming up.
//	+ 25h
//	! window closed
//
// The grammar stands on one page, GRAMMAR.md beside this file. Parse reads it, and [Run] plays a script
// through a [Driver]: in a Go test [bottest.Scripts] is the driver, over the wire, for a bot in any language,
// the simulator with its flag -script. Both run the same scripts with the same meaning, because grammar,
// the acts of a person and what is expected live here alone; what time that passes means to each of them
// stands in GRAMMAR.md.
//
//	chat, err := script.Parse("order.chat", source)
//	if err != nil {
//		return err // every line that is wrong, and what to write instead
//	}
//	return script.Run(ctx, driver, chat) // a diff, where the bot did something else
//
// Drivers that tell of a chat in their own way use the same words: a [Line] is written in its canonical form
// and knows what the bot hears of it, and an [Outbound] is read as what the person is shown.
//
//	said := script.Line{Person: "Ana", Mark: '>', Text: "pizza"}
//	fmt.Println(said)           // Ana> pizza
//	item := said.Event("").Item // {"message":{"text":"pizza"}}
//
// [bottest.Scripts]: https://pkg.go.dev/github.com/parleybot/parley/bot/bottest#Scripts
package script
