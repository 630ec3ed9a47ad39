// Package messenger is the simulator: Messenger on the developer's own machine, for bots in any language.
//
// It plays the three parts of the platform that a bot meets. A fake Graph API takes the bot's Send API
// calls and answers as Meta does. A webhook sender posts what a person does, escaped and signed as Meta's
// bodies are, and says what a bot answers wrongly. A page in the browser shows the thread as the person
// sees it and, beside it, the JSON of every webhook and every Send API call in order.
//
//	sim, err := messenger.New(messenger.Config{Command: []string{"go", "run", "./examples/menu"}})
//	if err != nil {
//		log.Fatal(err)
//	}
//	if err := sim.Run(ctx); err != nil {
//		log.Fatal(err)
//	}
//
// Everything listens on the loopback interface only. The page's URL carries a random token, Host and Origin
// are checked, and what a bot sends is shown as text, never as HTML: no other page in the same browser can
// read the chat or drive it.
//
// What the bot declares of the Messenger Profile is on the page: the greeting, Get Started or ice breakers
// in a new thread, and the persistent menu and commands beside the field. A colleague can take the thread
// over ([Simulator.TakeOver]) and hand it back, as another app's inbox does.
//
// Its clock can be moved ahead ([Simulator.Advance]), for windows that close and reminders that come. A bot
// of Parley's follows it: SIMULATOR_URL, with a token of its own, is where it asks for the time and tells of
// messages that it refused to send. A human can answer from the Page's inbox ([Simulator.HumanSays]), which
// the bot hears of as an echo.
//
// Chat scripts ([Simulator.Play]) are played over the same wire, with people of their own, and all that the
// grammar of package script knows.
//
// What it does not do yet: the page sends the events message (typed text and quick reply taps), postback,
// handovers and the echoes of a human's answers, for one person and one Page; a delivery that fails is shown
// and not sent again.
package messenger
