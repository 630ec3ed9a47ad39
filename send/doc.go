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
// Login, which needs no Page, Config.BaseURL is https://graph.instagram.com.
//
// Texts are at most 1,000 bytes; templates are generic, button and product, and the request to opt in to
// notification messages; buttons are links and postbacks, quick replies texts and the phone number; the only
// tag is [TagHumanAgent]; there are neither personas nor utility templates nor stickers, and private replies
// to comments only. Instagram alone has [LikeHeart] and [MediaShare]. [Request.Validate] knows all this.
// Of reactions there is "love".
//
// # Errors and retries
//
// A refusal by Meta is an [*Error] with Meta's numbers; its class, such as [ErrOutsideWindow] or
// [ErrUnreachable], is asked with errors.Is, and is the same if this package refused before a call. What each
// of Meta's numbers means, whether another try is worth it, what else it concerns, and what a developer
// should do, stands in one table: [Explain] and [Error.Explain] look it up, [Explanations] shows all of it,
// and [Advice] has a sentence for every error of this package.
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
// # Files, raw calls, middleware
//
// A [Source] in a [Media] goes up with the message: it is streamed, never in memory as a whole, and opened
// anew for each try. [Client.Graph] makes any other call of the Graph API, with the same tries and the same
// care. Config.Middleware wraps all of them: it can count, log, change, refuse, or answer in Meta's place.
package send
