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
// # Messaging type and window
//
// A Page may write to a person for 24 hours after the person acted: the messaging window. [Classify] is that
// rule as one pure function, from what is known of a message and its window to the messaging type and the
// message tag. It refuses only what Meta would surely refuse; a window that is not known counts as open.
//
// # Errors and retries
//
// A refusal by Meta is an [*Error] with Meta's numbers; its class, such as [ErrOutsideWindow] or
// [ErrUnreachable], is asked with errors.Is, and is the same if this package refused before a call.
// [Client.Send] tries again what passes by itself, with growing and jittered pauses; [Retryable] says whether
// a later call may succeed. It never tries again after [ErrUnsure]: the Send API has no idempotency key, and
// the message may have been delivered.
package send
