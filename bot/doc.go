// Package bot answers the events of a Page. A [Bot] stands between the webhook and the Send API as an
// http.Server stands between a listener and its handlers: it verifies what comes in, keeps it, gives each
// event to a [Handler] with everything that belongs to it, and sends the answers as the platform's rules
// want them.
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		defer stop()
//		echo := bot.HandlerFunc(func(c *bot.Context) error { return c.Text("echo: " + c.Message()) })
//		if err := bot.Run(ctx, bot.FromEnv(), echo); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// Package router is a Handler with routes, package webhook lists the events, and package send the messages.
//
// # From an event to an answer
//
// The webhook is answered as soon as the [Inbox] has the events, before any handler runs. Events of one
// person are then handled in the order in which they came, one at a time; those of different people at
// the same time. An event that Meta delivers again is recognised by its ID and handled once.
//
// A handler gets a [Context]: the event, the session values of the person, a logger, and the [Thread]
// that answers. The messaging type and the tag of a message follow from the person's messaging window; a
// message that Meta would surely refuse is not sent, and its error is send.ErrOutsideWindow. To write to
// somebody without being asked take [Bot.Thread]. For what a Context must not answer (echoes, deliveries,
// reads, and events in threads of another app) its method Thread is the deliberate way.
//
// # Handlers may run again
//
// A handler runs again for the same event if it failed, if it took too long, if another process wrote the
// person's record meanwhile, or, with an inbox that survives it, after a crash. What then is repeated and
// what is not:
//
//   - Messages are not. A ledger notes each message that an event has sent, and a message that it has
//     sent already (equal text, buttons, file and recipient; the second of two equal ones is a message of its
//     own) returns the first receipt instead of going out once more. So does one that may have arrived
//     although no answer came; its receipt is empty.
//   - A message whose words differ from run to run needs a name: c.Once("offer").Text(...) goes out once
//     for each event, whatever it says.
//   - Session values start from what is stored. They are saved once, after a run that succeeded.
//   - Sender actions, such as the typing indicator, are shown again.
//   - Own events that the handler emits are emitted again: each run's is another event, with an ID of its
//     own. Calls of other services are made again. Give those services an idempotency key made of
//     [Context.EventID], which is the same in each run. [Context.Attempt] counts how often the event was
//     handed out, after a crash from 1 again.
//
// # What is promised
//
// With [Lanes] and [session.Memory], the defaults, what was acknowledged lives as long as the process. With
// an inbox and a store that outlive it, as those of package durable do:
//
//   - An event that was acknowledged is handled, or becomes a dead letter. Its ID is known for 36 hours
//     after, and what Meta delivers again is skipped; deliveries and reads excepted.
//   - Session values are applied once. A handler that was at work at a crash runs again.
//   - A message that the ledger knows does not go out again. Between the moment in which Meta accepts a
//     message and the one in which the ledger is written, a crash leaves a message that no ledger knows.
//     Where the Page is subscribed to message_echoes its echo is looked for before it is sent: an echo that
//     came in, here or at another instance, or is stored, stands for the entry. It is waited for until 5
//     seconds after the lane came to this instance, once for all events that were in hand, and no longer than
//     half of what is left of Config.Timeout. So the gap is left for what has no echo with the bot's metadata
//     (messages with metadata of their own, Instagram, a user_ref, a phone number), for a handler that
//     composes other messages when it runs again, and for an echo that is not heard by then.
//   - A process that was frozen, and has lost its claim on a person's lane, makes no call when it wakes,
//     and writes nothing over what another one has written. A call that it was in the middle of may still
//     arrive.
//
// # Outcome
//
// What a handler returns decides what becomes of its event:
//
//	nil                                       done; the session values are saved
//	send.ErrRateLimited, RetryAfter known     handled again when Meta's limit is over, however often
//	any other error of package send           not tried again: package send has done so already
//	ErrNoReply, ErrNoRecipient, ErrNotOwner,
//	ErrSuperseded, Permanent(err)             not tried again
//	any other error, a panic                  tried Config.Attempts times in all, after 1 s, 2 s, 4 s ...
//	anything after Config.Timeout             tried again likewise, whatever the handler returned
//	nothing, as it ended its goroutine        a panic
//	anything after the bot was stopped        handed back to the inbox
//
// An event that is not tried again goes to Config.OnError. If that returns nil, the event is settled. Its
// error makes the event a dead letter: logged, listed by [Bot.DeadLetters] with its cause, and handled once
// more by [Bot.Replay]. By default an unreachable person (send.ErrUnreachable), a closed
// window (send.ErrOutsideWindow), ErrNoReply, ErrNoRecipient, ErrNotOwner and ErrSuperseded are logged
// and settled. While the store of the records fails, events wait and are tried again however often it
// takes.
//
// # Own events
//
// [Bot.Emit], and [Context.Emit] in a handler, publish an event of the bot's own, now or later: a reminder, a
// time-out, the result of a background job. It travels in the person's lane like any other and reaches the
// handler as a [*webhook.Custom]. It answers nothing, so its messages need an open window or a tag; one that
// cannot go when the time has come is logged and dropped, and the event counts as handled. [Bot.Revoke]
// calls an own event back.
//
// # Whom a message goes to
//
// The messages of a Context go to the person who caused the event. [Thread.To] sends them elsewhere, with
// the same ledger: to a token of a one-time or marketing opt-in, to a user_ref, to a comment. Nothing that
// happens on the Page's wall is answered by itself; [Context.PrivateReply] does it on purpose:
//
//	router.On(r, func(c *bot.Context, e *webhook.Change) error {
//		if comment, ok := e.Comment(); ok && strings.Contains(comment.Text, "price") {
//			return c.PrivateReply(send.Text("From 5 €. Which size do you need?"))
//		}
//		return nil
//	})
//
// A text over the limit goes out in pieces with [Thread.SplitText], and what no helper sets with
// [Thread.Compose] and [Thread.DeliverRequest]. A background job takes [Bot.Thread] or [Bot.To]; where
// nobody remembers when a person wrote last, [Bot.Recall] asks Meta.
//
// # People who cannot be reached
//
// When Meta refuses a message or a sender action because the person has blocked the Page, deleted the thread
// or is not known to it (send.ErrUnreachable), the bot remembers that, in the person's record and so beyond a
// restart. From then on nothing is sent to them: each message fails at once with an error of the same class
// that says since when, and own events for them count as dropped. A message, a tap, or anything else of the
// person's that opens the messaging window ends it. That somebody has stopped the notifications of one topic
// is not remembered, nor what is answered for a token or a comment. Config.Refused hears of each message.
//
// # Outgoing calls
//
// Config.Outgoing wraps every call of the Graph API in middleware: to count, to change, or to refuse it. It
// runs once for each call, around validation and tries: a message that is refused for its form passes through
// it, one that is refused for its window does not.
//
//	cfg.Outgoing = append(cfg.Outgoing, func(next send.Handler) send.Handler {
//		return func(ctx context.Context, call *send.Outgoing) error {
//			start := time.Now()
//			err := next(ctx, call)
//			metrics.Observe(call.Path, time.Since(start), err)
//			return err
//		}
//	})
//
// [Bot.Graph] and [Context.Graph] make calls for which Parley has no method. While Meta refuses every call of
// the Page, because its token is no longer good or the Page is blocked, none is made but for a try now and
// then: the log has one line of level error when that begins, which says how to mend it, and one of level
// info when it is over.
//
// # Several Pages
//
// A bot may answer for many Pages, of several apps, and for Instagram accounts:
//
//	b, err := bot.New(bot.Config{
//		VerifyToken: "verify",
//		Apps:        []bot.App{{ID: "1517770000000001", Secrets: []string{"secret"}}},
//		Pages: []bot.Page{
//			{ID: "104000000000001", Token: "token", Instagram: []string{"17841400000000001"}},
//			{ID: "17841400000000002", Token: "another token", InstagramLogin: true},
//		},
//	}, handler)
//
// The Page of an event decides what answers it: the token, the app whose secret proves the calls, the
// channel, and the host. An Instagram account that is linked to a Page is answered with the Page's token at
// graph.facebook.com; one with a token of its own at graph.instagram.com. The rate limit, the stops after
// one of Meta's limits and the circuit are those of one Page or account, and stop no other one. A webhook
// with an event of a Page of another app than the one that has signed it is refused with 403, and nothing of
// it is handed on. Events of Pages that the bot does not have are acknowledged, counted and dropped.
//
// The fields Token, AppSecrets, AppID, PageID and Instagram of [Config] are the same for one Page; beside
// Pages they are one Page more. [Bot.AddPage], [Bot.RemovePage], [Bot.AddApp] and [Bot.RemoveApp] change all
// this while the bot serves. [Bot.Client] is the client of a Page, with all edges of the Graph API, and
// [Context.Client] that of the event's Page. People belong to their Page: the same PSID of two Pages is two
// people.
//
// # Messenger Profile
//
// What a Page shows before, and beside, what people write is declared in code: Get Started, greeting, ice
// breakers, persistent menu, commands.
//
//	cfg := bot.FromEnv()
//	cfg.Profile = &send.Profile{
//		GetStarted: "START",
//		Greeting:   []send.Greeting{{Text: "Hi {{user_first_name}}!"}},
//		Menu:       []send.Menu{{Items: []send.Button{send.Postback("Drinks", "DRINKS")}}},
//	}
//
// When the bot starts to serve, and when a Page is added, it asks what stands and changes what differs,
// beside its other work; each change is in the log. If that fails the log has one line of level error with
// what to do, and the bot serves all the same: the next attempt is its next start. With
// Config.ProfileDryRun, or PROFILE_DRY_RUN=true, the changes are logged and not made; [Bot.ProfileChanges]
// returns them. A payload that nothing routes is named in the log. Of several Instagram accounts that are
// linked to one Page only the first has the profile. One person gets a menu of their own with c.SetMenu, and
// loses it with c.DeleteMenu.
//
// # People, labels, personas
//
// What Meta tells of a person is asked once a day, and kept in their record; where it tells nothing, for
// want of a permission, say, the profile is empty. A label helps those who work in the Page's inbox, and is
// created when it is first used. A persona speaks by the name that it was created with, by
// send.Client.CreatePersona.
//
//	profile, err := c.Profile()
//	if err != nil {
//		return err
//	}
//	if err := c.Label("new customer"); err != nil {
//		return err
//	}
//	return c.AsNamed("Anna").Text("Hi " + profile.FirstName + ", Anna here.")
//
// When a person links their account with the business, or ends it, the bot gets a *webhook.AccountLinking;
// the documentation of package send has the log-in page.
//
// A file goes up once, by c.Upload or [Bot.Upload], and is sent by its ID from then on; with a Store that
// outlives the process, after a restart too.
//
// # When another app or a human answers
//
// Where a Page has conversation routing, one app at a time owns the thread with a person; the Page's inbox,
// where humans answer, is one too. A handler passes the thread on with [Thread.PassThread], or with its last
// message, and gets it back when the other app passes it back:
//
//	r.Text("colleague", func(c *bot.Context) error {
//		if err := c.Text("A colleague answers you right here."); err != nil {
//			return err
//		}
//		return c.PassThread(send.PageInbox, "asks for a colleague")
//	})
//	router.On(r, func(c *bot.Context, e *webhook.Handover) error {
//		if !c.OwnsThread() {
//			return nil
//		}
//		return c.Text("I am back.")
//	})
//
// Meanwhile the bot is muted towards that person: messages and sender actions, those of [Bot.Thread] too,
// fail with [ErrNotOwner] before a call, own events that could not write count as dropped, and a router
// takes no text or tap. So it is from the moment that another app takes the thread, that the bot gives it
// away, or that Meta refuses a message because of it. The person's record says so, and so it outlives a
// restart. It ends when the thread is passed back or taken back, when the person writes or taps outside of
// standby, and 24 hours after the last that was heard of the thread: control has expired then, and Meta
// judges. What is older than the last change does not count, except that another app may take the thread by a
// clock that is up to a second behind, and that a thread may come back by one that is up to a minute behind.
// Subscribe to messaging_handovers and standby; set AppID.
//
// Where a Page has no conversation routing a colleague may still answer from its inbox. With
// Config.HumanPause the bot is silent towards that person for so long.
//
// # A message to many people
//
// [Bot.Each] sends a message to many people of a Page, at 20 a second unless told otherwise. Each is judged
// by their own messaging window. With a name the run can be interrupted and taken up again, after a restart
// too if Config.Store is one that outlives the process:
//
//	report, err := b.Each(ctx, slices.Values(people), bot.Mailing{
//		Name:    "opening hours, december",
//		Message: send.UtilityMessage("opening_hours", "en"),
//	})
//	log.Printf("%d sent, %d had it already, %d left: %v", report.Sent, report.Already, report.Left, err)
//
// # Start and stop
//
// [Run] listens on a port of its own and answers /webhook, /healthz and /readyz. A program that does more
// than answer, such as a job that writes to people, makes its bot with [New], gives it to the job, and calls
// [Bot.Run]:
//
//	b, err := bot.New(bot.FromEnv(), handler)
//	...
//	go remindAll(ctx, b) // by b.Thread(ctx, page, psid), b.To(ctx, page, recipient), b.Emit(…)
//	err = b.Run(ctx)
//
// To put a bot beside
// other routes, mount it on an instance of labstack/echo, or take [Bot.Webhook] for any other server, and let
// [Bot.Serve] handle the events. No middleware may rewrite the body of a webhook request, because the
// signature is over the bytes that Meta sent:
//
//	b, err := bot.New(bot.FromEnv(), handler)
//	...
//	b.Mount(e)
//	go func() { served <- b.Serve(ctx) }()
//
// When the context ends, /readyz answers 503, the server of Run closes its listener and answers what is
// in flight, and what an inbox in memory has is still handled; one that outlives the process finishes what is
// in hand, and keeps the rest. After Config.Drain the contexts of handlers end with the cause [ErrShutdown].
// Run and Serve then return nil, or an error if a handler does not heed its context; what was lost with the
// memory is logged.
//
// # Tests and the environment
//
// Package bottest is a person in a test: signed webhook bodies in, calls of the Graph API out, and a
// clock that the test moves. [FromEnv] lists the environment variables. To try a bot without a Page:
//
//	go run github.com/parleybot/parley/simulator -- <the command that starts your bot>
package bot
