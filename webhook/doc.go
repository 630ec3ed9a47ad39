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
// An [Event] is one of [*Message], [*Postback], [*Echo], [*Delivery], [*Read], [*Reaction], [*Referral],
// [*OptIn], around any of them [*Standby], the bot's own [*Custom], and [*Unknown] for everything else.
// Each knows its [Origin], keeps its raw JSON, and has an ID: Meta delivers at least once and in no certain
// order, so a sink recognises by the ID what it has had already. [Encode] writes an event as bytes to keep,
// [DecodeStored] reads them back.
//
// One bad item never costs the rest of its batch: it becomes an [*Unknown]. An edit is one as well, as is
// the note on Instagram that a message was unsent; a bot must not answer these as if they had just been
// written.
package webhook
