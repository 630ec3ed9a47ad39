// Command simulator is Messenger on your own machine: it starts a bot, in any language, and serves a page to
// chat with it, with the JSON of every webhook and every Send API call beside the chat.
//
//	go run ./simulator -- go run ./examples/pizza                start a bot and chat with it
//	go run ./simulator -webhook http://127.0.0.1:3000/webhook   chat with a bot that runs already
//	go run ./simulator -script FILE... -- COMMAND               play chat scripts to a bot, and end
//
// Run it with -h for everything else. The work is done by package messenger.
package main
