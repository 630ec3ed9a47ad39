// Package router decides which handler answers an event. A [Router] is a [bot.Handler] to which handlers are
// registered, as to a [net/http.ServeMux]: by what a person writes, by the payload of what they tap, or by
// the type of event.
//
//	func routes() *router.Router {
//		r := router.New()
//		r.Use(router.Recover, router.Typing)
//		r.Text("hello", greet)
//		r.Payload("ADD:{sku}", func(c *bot.Context) error {
//			return c.Text("One " + c.Param("sku") + ", coming up!")
//		})
//		r.Match(regexp.MustCompile(`(?i)order #?(\d+)`), func(c *bot.Context) error {
//			return c.Text("I am looking for order " + c.Param("1") + ".")
//		})
//		router.On(r, func(c *bot.Context, e *webhook.Reaction) error {
//			return c.Text("Thanks for the " + e.Emoji)
//		})
//		r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
//		return r
//	}
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		defer stop()
//		if err := bot.Run(ctx, bot.FromEnv(), routes()); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// # Which route answers
//
// One route answers, or none. A tap on a quick reply or a button goes by its payload; what a person types
// goes by its text, and so does the title of a tap whose payload has no route, as if it had been typed. An
// equal payload goes before a [Pattern], an equal text before a regular expression. Messages and postbacks
// that are left, pictures and places for example, have the route of their type, else the fallback.
//
// All other events (reactions, referrals, opt-ins, edits, handovers, forms, comments, receipts, echoes, own
// events; package webhook lists them) have the route of their type or none: they are never taken for a text
// or a tap, and the fallback does not answer them. What another app answers comes as a *webhook.Standby, with
// a route of its own that no text or tap ever takes. As long as that app owns the thread, whatever the person
// says outside of standby has the route of its type or none, and is no answer in a conversation, which keeps
// its place. The bot's own events have their routes as always; time goes on for conversations too, and a
// reminder or a last word that may not be sent is dropped.
//
// The order of registration does not count, but for regular expressions. Two routes for the same thing are a
// mistake, and panic at registration with both their names and the place of the first.
//
// # Middleware and groups
//
// A [bot.Middleware] wraps a handler in another. [Router.Use] puts it around everything, [Router.Group]
// around the routes that are registered in the group:
//
//	shop := r.Group(router.Timeout(5*time.Second), signedIn)
//	shop.Payload("ADD:{sku}", addToCart)
//	shop.Payload("PAY", pay)
//
// [Recover], [Timeout], [Typing], [Seen] and [Log] are here; one of your own is a function:
//
//	func signedIn(next bot.Handler) bot.Handler {
//		return bot.HandlerFunc(func(c *bot.Context) error {
//			if !known(c.PSID()) {
//				return c.Text("Please sign in first.")
//			}
//			return next.Handle(c)
//		})
//	}
//
// The first middleware is the outermost; that of a router is around that of its groups. Middleware sees a
// panic as an error if Recover comes after it, as in r.Use(router.Log, router.Recover).
//
// # Conversations
//
// A [Conversation] is a dialog of several questions, written as a literal that reads from top to bottom and
// fills a type of your own:
//
//	var book = router.Conversation[booking]{
//		Name: "book", Start: "name", Cancel: []string{"cancel"}, Back: []string{"back"},
//		States: router.States[booking]{
//			"name":    {Prompt: send.Text("What is your name?"), Answer: takeName, Next: "guests"},
//			"guests":  {Ask: askGuests, Answer: takeGuests, Branch: smallParty, Next: router.Done},
//			"terrace": {Prompt: onTerrace.WithAnswers("Yes", "No"), Answer: takeTerrace, Next: router.Done},
//		},
//		Finish: confirm,
//	}
//
//	var onTerrace = send.Text("On the terrace?")
//
//	var smallParty = []router.Edge[booking]{{
//		If: func(b booking) bool { return b.Guests <= 4 }, To: "terrace", Label: "up to 4",
//	}}
//
//	func takeGuests(c *bot.Context, b *booking) (err error) {
//		b.Guests, err = router.Number(c, 1, 12) // refuses what is no such number, with a hint
//		return err
//	}
//
// It is registered with [Converse] and begins when somebody writes "book", or when a handler calls [Enter]:
//
//	router.Converse(r, "book", book)
//
// Give the router a [Router.Fallback] too: what a question offers can still be tapped when the conversation
// is over, and a bot that has no route for such a tap does not start.
//
// A state asks its question, hands what the person says or taps to Answer, and goes on to the first edge of
// Branch that holds, else to Next. An answer that Answer refuses, with [Refuse] or through one of the readers
// ([Choice], [YesNo], [Number], [Words], [Email], [Phone], [Date], [Image], [Location], [Attachment]), is
// followed by a hint and the question once more.
//
// In the middle of a conversation what somebody types is an answer; taps that have a route, and the words of
// [Router.Anytime], are answered by their route, and the question comes once more: see [Converse]. [Leave]
// ends the conversation from there. A conversation can be a state of another: see [Sub].
//
// Where a person is in a conversation is in their record, so that it goes on after a restart; what another
// version of the bot has stored goes to Conversation.Migrate. What a conversation does when nobody answers is
// in Conversation.Remind and Conversation.Timeout.
//
// What cannot be right, such as a state that nothing leads to, panics at registration, with all the mistakes
// and where they are. Each step is judged by a table of transitions that is made from the literal, and so are
// the drawings: Conversation.Mermaid, Conversation.DOT and, for a whole bot, [Router.Mermaid].
package router
