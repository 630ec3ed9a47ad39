// Package webhook hears the Messenger Platform: it turns the signed requests that Meta posts to a webhook
// into events.
//
// A [Receiver] is an [net/http.Handler] that does all of it. It answers Meta's challenge, verifies the
// signature over the raw body, decodes the batch, tells a [Recorder] who opened their messaging window, and
// hands the events to a [Sink] before it answers 200:
//
//	package main
//
//	import (
//		"context"
//		"fmt"
//		"log"
//		"net/http"
//
//		"github.com/parleybot/parley/webhook"
//	)
//
//	type printer struct{}
//
//	func (printer) Accept(_ context.Context, events []webhook.Event) error {
//		for _, e := range events {
//			switch e := e.(type) {
//			case *webhook.Message:
//				fmt.Println(e.Person, "wrote", e.Mid)
//			default:
//				fmt.Println(e.Kind(), e.ID())
//			}
//		}
//		return nil
//	}
//
//	func main() {
//		receiver, err := webhook.NewReceiver(webhook.Config{
//			VerifyToken: "the verify token of the dashboard",
//			Apps:        []webhook.App{{Secrets: []string{"the app secret"}}},
//			Sink:        printer{},
//		})
//		if err != nil {
//			log.Fatal(err)
//		}
//		http.Handle("/webhook", receiver)
//		log.Fatal(http.ListenAndServe(":8080", nil))
//	}
//
// The parts are there on their own, as functions of bytes: [Verify] and [Sign], [Decode], [Encode] and
// [DecodeStored].
//
// # Events
//
// An [Event] is one of the types below. Each knows its [Origin], keeps its raw JSON, and has an ID: Meta
// delivers at least once and in no certain order, so a sink recognises by the ID what it has had already.
// [Encode] writes an event as bytes to keep, [DecodeStored] reads them back. One bad item never costs the
// rest of its batch: it becomes an [*Unknown].
//
// In the table, key is what Meta calls the event in the item; "opens" marks what opens the messaging window
// (see [Opens]), and "answer" what may be answered in the thread, if the window is open.
//
//	kind                  type                  key                      from       opens  answer
//	message               *Message              message                  person     yes    yes
//	postback              *Postback             postback                 person     yes    yes
//	referral              *Referral             referral                 person     yes    yes
//	optin                 *OptIn                optin                    person     yes    yes
//	reaction              *Reaction             reaction                 person     yes    yes
//	cart                  *Cart                 order                    person     yes    yes
//	feedback              *Feedback             messaging_feedback       person     yes    yes
//	customer_information  *CustomerInformation  messaging_customer_information
//	                                                                     person     yes    yes
//	lead_form             *LeadForm             form                     person     yes    yes
//	coupon                *Coupon               template                 person     yes    yes
//	edit                  *Edit                 message_edit             person     no     (1)
//	unsend                *Unsend               message.is_deleted       person     no     (1)
//	account_linking       *AccountLinking       account_linking          person     no     yes
//	game_play             *GamePlay             game_play                person     no     yes
//	response_feedback     *ResponseFeedback     response_feedback        person     no     yes
//	payment               *Payment              payment, pre_checkout, checkout_update
//	                                                                     person     no     yes
//	handover              *Handover             pass_thread_control, take_thread_control,
//	                                            request_thread_control, pass_thread_metadata
//	                                                                     an app     no     (2)
//	handover              *Handover             app_roles                Meta       no     no
//	policy_enforcement    *PolicyEnforcement    policy_enforcement       Meta       no     no
//	change                *Change               field and value          anybody    no     (3)
//	echo                  *Echo                 message.is_echo          the Page   no     no
//	delivery              *Delivery             delivery                 Meta       no     no
//	read                  *Read                 read                     person     no     no
//	standby               *Standby              any of them, in standby  as inside  (4)    no
//	custom                *Custom               none                     the bot    no     (5)
//	unknown               *Unknown              any other                –          no     –
//
// (1) It must not be answered as if it had just been written: its mid is that of an earlier message. (2) By
// the app that the thread was passed to; whoever lost it must be silent. (3) A comment by a private reply,
// to its ID. (4) As the event inside: the window belongs to person and Page. (5) Not as a reply, but as an
// update.
//
// When they come:
//
//   - A [*Message] when a person writes, sends something, or taps a quick reply; a [*Postback] when they tap
//     a button, the menu, an ice breaker or Get Started. An [*Edit] and an [*Unsend] when they change a
//     message or take it back.
//   - A [*Referral] when they come into an existing thread by a link or an ad, and when they have answered
//     the questions of a lead ad. A new thread has it inside its first message or postback.
//   - An [*OptIn] when they agree to be written to. That of a checkbox names no person yet, only a user_ref;
//     a reply goes there, and the person's PSID comes with their first message.
//   - A [*Handover] when control of a thread goes from one app to another. As long as another app has it,
//     the thread's events come in a [*Standby], and are not to be answered.
//   - An [*Echo] for whatever the Page sends, by any app or by a human in the inbox; a [*Delivery] and a
//     [*Read] when it has arrived and was read.
//   - A [*PolicyEnforcement] when Meta warns or blocks the Page. It names no person, and neither do a
//     [*Change] and the roles of a [*Handover]: their Person is empty, so they are routed by their type
//     alone.
//   - A [*Change] for everything outside of messaging that the app has subscribed to: comments, which
//     Change.Comment reads, the review of templates, integrity, marketing messages.
//
// What Meta retired is still read where a webhook may carry it: [*Payment], the roles of the Handover
// Protocol, the sources of the chat plugin.
//
// # Instagram
//
// The events of an Instagram professional account have Origin.Channel set to [send.Instagram], and the
// account's ID as their Page. They differ from Messenger's:
//
//   - Echoes come with the messages, without a subscription of their own, and name no app.
//   - A [*Read] names the mid that was read, and has no watermark. There are no deliveries.
//   - A message may be unsent, an [*Unsend], which the bot must then forget; or be of a kind that Meta does
//     not hand over, so that Message.Unsupported is true.
//   - A message may answer a story (ReplyTo.StoryID), mention the account in one ([AttachmentStoryMention]),
//     or carry what has no payload at all ([AttachmentEphemeral], [AttachmentLikeHeart]). Shared posts are
//     [AttachmentIGPost] since 27 April 2026.
//   - An [*Edit] may have the number 0 and no text.
//   - Account linking, policy enforcement, opt-ins of plugins, games, feedback and carts do not come. An app
//     may pass on metadata ([HandoverMetadata]) without the thread.
//   - Comments are those of [FieldComments] and [FieldLiveComments]; with Business Login for Instagram they
//     stand in the entry itself, which makes no difference here.
//
// Source: Meta, webhook events of Messenger and of Instagram messaging, 2026.
package webhook
