// Package send speaks the Send API of Meta's Messenger Platform: it composes a Page's messages and sender
// actions, checks them before a call, chooses their messaging type, sends them over kept-alive connections,
// and says what became of them.
//
//	package main
//
//	import (
//		"context"
//		"fmt"
//		"log"
//		"os"
//
//		"github.com/parleybot/parley/send"
//	)
//
//	func main() {
//		client, err := send.New(send.Config{Token: os.Getenv("PAGE_ACCESS_TOKEN")})
//		if err != nil {
//			log.Fatal(err)
//		}
//		receipt, err := client.Send(context.Background(), send.Request{
//			To:      send.Person("7100000000000001"),
//			Message: send.Text("Which size?").WithAnswers("Small", "Large"),
//			Type:    send.TypeResponse,
//		})
//		if err != nil {
//			log.Fatal(err)
//		}
//		fmt.Println(receipt.MessageID)
//	}
//
// Package bot does this for a reply to an event; use send by itself for a program that only sends.
//
// # Messages
//
// A [Message] is a value. [Text], [Image], [Buttons], [Carousel] and their like compose one; its With…
// methods return changed copies, so that a message can be kept, shared and sent many times.
// [Message.Validate] names the field and the limit that Meta would refuse, before any call;
// [Message.Warnings] names what Meta would cut on display. [Client.Send] validates by itself. A sender
// action, such as [TypingOn], is no message: it goes by [Client.Act].
//
//	said                              by
//	a text                            Text; SplitText for one over the limit
//	a picture, video, recording, file Image, Video, Audio, File (by URL), Uploaded (by ID), Upload (a file)
//	several pictures                  Images, Album
//	a sticker                         Sticker
//	quick replies below it            WithAnswers, WithQuickReplies with Reply, AskPhone, AskEmail
//	buttons, cards, forms             see Templates
//	anything else                     Other (an attachment), OtherTemplate, Raw (the whole message)
//
// Where it goes is a [Recipient]: [Person], [UserRef], [PhoneNumber], [Comment], [Post], [OneTimeToken],
// [NotificationToken], [PlayerID] or [LoginID]. A [Request] is both, with all that may stand beside them.
//
// Validation is no stricter than Meta: what is not known to be refused passes. What Meta has retired since it
// documented it, and what it documents though it never took it from a Page, is refused with [ErrRetired];
// Config.Retired sends it all the same.
//
// # Templates
//
// A template is a message with a layout of its own, in an attachment. The common ones have a constructor;
// [Template] sends every other one:
//
//	template_type          by                                     channel
//	generic                Carousel                               both
//	button                 Buttons                                both
//	product                Products                               both
//	notification_messages  Template(&NotificationTemplate{…})     both (on Instagram with InElements)
//	media                  MediaCard                              Messenger
//	image_grid             ImageGrid                              Messenger
//	receipt                Template(&ReceiptTemplate{…})          Messenger
//	coupon                 Template(&CouponTemplate{…})           Messenger
//	customer_feedback      Template(&FeedbackTemplate{…})         Messenger
//	customer_information   Template(&InformationTemplate{…})      Messenger
//	instant_form           InstantForm                            Messenger
//	one_time_notif_req     AskOneTime                             Messenger
//	airline_…              Template(&OtherTemplate{…})            Messenger; not in Meta's list of 2026
//	list, open_graph       Template(&OtherTemplate{…})            none: removed in 2019 and 2020
//
// Buttons are built by [Postback], [Link], [Call], [LogIn], [LogOut] and [Play]; Instagram has links and
// postbacks only. [Message.Postbacks] returns what comes back to the bot as a postback. A coupon's code, a
// form, and a request to opt in come back as events of their own.
//
// # Tags and windows
//
// A Page may write to a person for 24 hours after the person acted: the messaging window. [Classify] is that
// rule as one pure function, from what is known of a message and its window to the messaging type and the
// message tag. It refuses only what Meta would surely refuse. A window that is not known counts as open, but
// a message that brings a tag goes out under it.
//
// After the window has closed there is, on Messenger, a [UtilityMessage] at any time, in a template that
// Meta has approved. There is [TagHumanAgent] for seven days, for what a human has written, and
// [TagCustomerFeedback] for as long, for a [FeedbackTemplate]. The documentation of each [Tag] says what it
// allows. The tags ACCOUNT_UPDATE, CONFIRMED_EVENT_UPDATE and POST_PURCHASE_UPDATE are refused by Meta since
// 27 April 2026, and so, with [ErrTagRetired], by this package. A [OneTimeToken] and a [NotificationToken]
// are permissions of their own: neither window nor tag applies to them. A private reply to a [Comment] or a
// [Post] is one message within seven days; to a comment on a live video on Instagram, during the broadcast.
//
// # Instagram
//
// A [Client] with Channel [Instagram] speaks to the people of an Instagram professional account, whose IDs it
// takes as PSIDs. Its token is that of the Page which the account is linked to; with a token of Instagram
// Login, which needs no Page, set Config.InstagramLogin.
//
// Texts are at most 1,000 bytes; templates are generic, button and product, and the request to opt in to
// notification messages; buttons are links and postbacks, quick replies texts and the phone number; the only
// tag is [TagHumanAgent]; there are neither personas nor utility templates nor stickers, and private replies
// to comments only. Instagram alone has [LikeHeart] and [MediaShare]. [Request.Validate] knows all this.
// Of reactions there is "love".
//
// # Messenger Profile
//
// What a Page says and offers before a person writes is its Messenger Profile: Get Started, greeting, ice
// breakers, persistent menu, commands, domains, the page for account linking. A [Profile] declares as much of
// it as a program cares for; the rest is left as it stands, unless Remove names it.
//
//	want := send.Profile{
//		GetStarted: "START",
//		Greeting:   []send.Greeting{{Text: "Hi {{user_first_name}}!"}, {Locale: "de_DE", Text: "Hallo!"}},
//		Menu: []send.Menu{{Items: []send.Button{
//			send.Postback("Drinks", "DRINKS"), send.Link("Website", "https://cafe.example"),
//		}}},
//	}
//	changes, err := client.SyncProfile(ctx, want)
//
// [Client.SyncProfile] compares it with what stands and writes what differs, and only that: Meta takes 10
// calls in 10 minutes. [Client.ProfileChanges] is the dry run, [Profile.Changes] the comparison by itself;
// [Client.SetProfile], [Client.DeleteProfile] and [Client.Profile] make single calls. Instagram has ice
// breakers and the menu: [Profile.For]. One person has a menu of their own by [Client.SetPersonMenu]. A bot
// does all of it by itself, with Config.Profile of package bot.
//
// # Errors and retries
//
// A refusal by Meta is an [*Error] with Meta's numbers; its class, such as [ErrOutsideWindow] or
// [ErrUnreachable], is asked with errors.Is, and is the same if this package refused before a call. What each
// of Meta's numbers means, whether another try is worth it, what else it concerns, and what a developer
// should do, stands in one table: [Explain] and [Error.Explain] look it up, [Explanations] shows all of it,
// and [Advice] has a sentence for every class of errors and every refusal of Meta's.
//
// [Client.Send] tries again what passes by itself, with growing and jittered pauses; [Retryable] says whether
// a later call may succeed. It never tries again after [ErrUnsure]: the Send API has no idempotency key, and
// the message may have been delivered.
//
// Some answers concern more than one call. The Client then keeps the others back, and gives them an [*Error]
// with NoCall set:
//
//   - A limit of the Page or the app stops all calls: for as long as Meta's headers estimate, else for a
//     minute and more, growing. So do the usage headers of any answer once a figure is at 100 %. Calls wait,
//     up to five minutes and no longer than their context lasts; otherwise they fail at once with
//     [ErrRateLimited], and RetryAfter says when to come back. Then all take their turns under the rate
//     limit. A limit of one person, one thread or one kind of call stops nobody else.
//   - A token that is no good opens the circuit: calls fail at once with [ErrUnauthorized]. One call goes out
//     as a probe after a minute, then after 2, 4, 8 and every 15 minutes; the first that gets past the token
//     closes the circuit. A block by policy of the whole Page ([ErrBlocked]) does the same every 15 minutes,
//     until a message is accepted; what only asks goes on. Config.Circuit is told when it opens and closes.
//
// Both are kept in memory, for each [Client].
//
// # Personas
//
// A [Persona] is somebody in whose name and with whose picture a Page writes: an agent, or a bot with a face
// of its own. It is made once, by [Client.CreatePersona], and its ID goes with each message:
//
//	anna, err := client.PersonaNamed(ctx, "Anna")
//	if errors.Is(err, send.ErrNoPersona) {
//		anna.ID, err = client.CreatePersona(ctx, "Anna", "https://cdn.example/anna.png")
//	}
//	if err != nil {
//		return err
//	}
//	_, err = client.Send(ctx, send.Request{
//		To: send.Person(psid), Message: send.Text("Anna here."), Type: send.TypeResponse, Persona: anna.ID,
//	})
//	return err
//
// Messages of a persona that was deleted are refused. Messenger only. Package bot knows personas by name:
// c.AsNamed("Anna").Text("Anna here.").
//
// # People: profile, labels, moderation
//
// [Client.PersonProfile] asks for the name and the picture of a person who has written to the Page. What the
// app may not see is left out, up to an empty profile, and is no error:
//
//	profile, err := client.PersonProfile(ctx, psid)
//	if err != nil && !errors.Is(err, send.ErrUnreachable) && !errors.Is(err, send.ErrPermission) {
//		return err
//	}
//	greeting := strings.TrimSpace("Hi " + profile.FirstName)
//
// A [Label] is a note about people for those who work in the Page's inbox; the person does not see it.
// [Client.CreateLabel] makes one, [Client.Label] and [Client.Unlabel] put it on a person and take it off,
// [Client.Labels] and [Client.LabelsOf] list them. [Client.Moderate] blocks up to ten people at once, or
// moves their threads to spam. In a bot's handler c.Profile(), which is cached, and c.Label("VIP") do it.
//
// # Webhook subscriptions
//
// Meta sends the webhooks of a Page to an app when both are subscribed: the app to the fields, in Meta's
// dashboard, and the Page to the app, by [Client.Subscribe]. When webhooks have failed for an hour Meta ends
// the second; a program that starts may see to it:
//
//	fields := []string{"messages", "messaging_postbacks", "message_echoes"}
//	for app, err := range client.Subscriptions(ctx) {
//		if err != nil {
//			return err
//		}
//		if app.App == appID && slices.Equal(app.Fields, fields) {
//			return nil
//		}
//	}
//	return client.Subscribe(ctx, fields...)
//
// The subscription of the app itself is made with the app's token, which a [Client] does not have.
//
// # Account linking
//
// A person taps the button [LogIn]; Messenger opens its URL with two parameters more, and waits for the
// person to come back. The handler of that URL reads them with [ParseLinking], asks Meta with
// [Client.LinkedPerson] who it is, logs the person in, and sends them to [Linking.Accept] or
// [Linking.Refuse]:
//
//	link, err := send.ParseLinking(r)
//	if err != nil {
//		http.Error(w, "this page is opened by Messenger", http.StatusBadRequest)
//		return
//	}
//	http.Redirect(w, r, link.Accept(code), http.StatusSeeOther)
//
// The example of ParseLinking is such a handler as a whole. The bot then gets a *webhook.AccountLinking with
// the code; if it does not acknowledge that, nothing is linked. [LogOut] and [Client.Unlink] end it.
//
// Anybody can send a link to the log-in page to anybody else, with a token of their own: have people see that
// they are about to link a Messenger account, and agree by a tap, even if they are logged in already; else
// whoever sent the link gets their account. Messenger only.
//
// # Uploads
//
// [Client.Upload] and [Client.UploadURL] give Meta a medium once, for many messages: the attachment ID that
// they return is good for 90 days, for this Page and kind. A file is streamed, whatever its size, and
// Source.Progress tells how far it is. [Uploads] remembers by content what has gone up, so that a program
// need not:
//
//	uploads := send.NewUploads(nil) // in memory; an AssetStore outlives the program
//	id, err := uploads.Upload(ctx, client, pageID, send.TypeFile, send.FromFile("menu.pdf"))
//	if err != nil {
//		return err
//	}
//	_, err = client.Send(ctx, send.Request{To: to, Message: send.Uploaded(send.TypeFile, id)})
//	if send.AttachmentGone(err) {
//		uploads.Forget(id) // the next Upload goes to Meta
//	}
//	return err
//
// Of the same content one upload at a time is under way; an upload that breaks off leaves nothing behind.
// Meta documents 8 MB for pictures and 25 MB for other files, and more is refused before the call if the size
// is known, unless Source.AnySize is set.
//
// # Batch requests
//
// [Client.Batch] makes up to 50 calls in one, of one Page or of several of the same app. Each has a result
// of its own, in the order of the calls: its receipt, or the error that it would have failed with by itself.
//
//	results, err := client.Batch(ctx,
//		send.BatchSend(send.Request{To: ada, Message: send.Text("Hi, Ada"), Type: send.TypeResponse}),
//		send.BatchAct(grace, send.TypingOn()),
//		send.BatchGraph(http.MethodGet, "me", nil, &page).By(otherPage),
//	)
//	if err != nil {
//		return err // of the batch as a whole
//	}
//	for i, result := range results {
//		if result.Err != nil {
//			log.Printf("call %d: %v; worth another try: %v", i, result.Err, send.Retryable(result.Err))
//		}
//	}
//
// Each call counts against the rate limit as if it were made alone: a batch saves connections and time, and
// no quota.
//
// # Utility templates
//
// A utility template is created once, and approved by Meta within seconds; from then on [UtilityMessage]
// fills it in, at any time and for any person. Messenger only, with the permission pages_utility_messaging:
//
//	made, err := client.CreateTemplate(ctx, send.TemplateDefinition{
//		Name: "order_update", Language: "en",
//		Parts: []send.TemplatePart{
//			send.BodyText("Order {{1}} is on its way.", send.Value("566701")),
//			send.TemplateButtons(send.PostbackButton("Track", "TRACK_{{1}}")),
//		},
//	})
//	if err == nil && made.Status == send.TemplateRejected {
//		log.Print("rejected: " + made.Rejection)
//	}
//
// [Client.FindTemplate], [Client.Templates] and [Client.DeleteTemplate] look after the Page's templates;
// [Client.TemplateLibrary] lists Meta's own, of which TemplateDefinition.Library makes a copy.
// [TemplateDefinition.Validate] knows what Meta rejects by rule.
//
// Before a message with a template goes out, the Client compares it with the Page's list, which it keeps for
// an hour: an unknown name or language, a template that is pending, rejected, paused, disabled or deleted,
// and values that do not fit are a [*FieldError] that says what the template wants. Nothing is refused by an
// old list: it is read again first. Where it cannot be read, Meta alone judges. Config.TrustTemplates turns
// the comparison off.
//
// # Conversations
//
// The Conversations API shows what a person and the Page have said to each other, in the Page's inbox too.
// [Client.Conversations] lists the conversations, [Client.ConversationMessages] the newest 20 messages of
// one; Meta shows no others, so it is no archive:
//
//	for talk, err := range client.Conversations(ctx, send.ConversationQuery{Person: psid}) {
//		if err != nil {
//			return err
//		}
//		for message, err := range client.ConversationMessages(ctx, talk.ID) {
//			if err != nil {
//				return err
//			}
//			fmt.Println(message.Time, message.Text)
//		}
//	}
//
// [Client.LastInbound] finds out when a person wrote last whose messaging window is not known any more; in a
// bot, Bot.Recall remembers it too. Meta takes two of these calls per second and Page: they wait for their
// turn, and the Page's messages do not wait for them.
//
// [Client.NotificationTokens] lists who has opted in to notification messages, each with the token that a
// [NotificationToken] is made of.
//
// # Conversation routing
//
// Where several apps share the threads of a Page, one of them owns a thread at a time; the Page's inbox is
// one of them. [Client.PassThread], [Client.ReleaseThread], [Client.TakeThread], [Client.RequestThread] and
// [Client.ExtendThread] change who does, [Client.ThreadOwner] asks, and a [ThreadControl] in a [Request]
// passes the thread on together with a message:
//
//	if err := client.PassThread(ctx, psid, send.PageInbox, "wants a refund"); err != nil {
//		return err
//	}
//	owner, err := client.ThreadOwner(ctx, psid)
//	if err == nil && owner.Idle() {
//		log.Print("nobody owns it: the default app answers")
//	}
//
// To the thread of another app Meta takes no message: 10/2018300, on Instagram 100/2534037, both of the class
// [ErrPermission]. Control ends by itself 24 hours after the person's last message.
//
// # Files, raw calls, middleware
//
// A [Source] in a [Media] goes up with the message: it is streamed, never in memory as a whole, and opened
// anew for each try. [Client.Graph] makes any other call of the Graph API, with the same tries and the same
// care. Config.Middleware wraps all of them: it can count, log, change, refuse, or answer in Meta's place.
package send
