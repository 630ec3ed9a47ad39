package send_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// show prints a message as it goes over the wire.
func show(message send.Message) {
	body, err := json.Marshal(message)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(body))
}

// try sends a text through graph and returns what became of it.
func try(graph *sendtest.Graph) error {
	client, err := send.New(send.Config{
		Token: "PAGE_TOKEN", HTTP: graph.Client(),
		Wait: func(context.Context, time.Duration) error { return nil }, // no pauses in an example
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Send(context.Background(), send.Request{
		To: send.Person("7100000000000001"), Message: send.Text("Hi"), Type: send.TypeResponse,
	})
	return err
}

func Example() {
	graph := new(sendtest.Graph) // stands in for Meta; leave HTTP out to talk to the real one
	client, err := send.New(send.Config{Token: "PAGE_TOKEN", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := client.Send(context.Background(), send.Request{
		To:      send.Person("7100000000000001"),
		Message: send.Text("Which size?").WithAnswers("Small", "Large"),
		Type:    send.TypeResponse,
	})
	fmt.Println(receipt.RecipientID, receipt.MessageID != "", err)
	// Output: 7100000000000001 true <nil>
}

func ExampleText() {
	show(send.Text("Hi"))
	// Output: {"text":"Hi"}
}

func ExampleMessage_WithAnswers() {
	show(send.Text("Which size?").WithAnswers("Small"))
	// Output: {"text":"Which size?","quick_replies":[{"content_type":"text","title":"Small","payload":"Small"}]}
}

func ExampleMessage_WithQuickReplies() {
	show(send.Text("Your number?").WithQuickReplies(send.AskPhone(), send.Reply("No", "PHONE:NO")))
	// Output: {"text":"Your number?","quick_replies":[{"content_type":"user_phone_number"},{"content_type":"text","title":"No","payload":"PHONE:NO"}]}
}

func ExampleImage() {
	show(send.Image("https://cdn.example/a.jpg").Reusable())
	// Output: {"attachment":{"type":"image","payload":{"url":"https://cdn.example/a.jpg","is_reusable":true}}}
}

func ExampleUploaded() {
	show(send.Uploaded(send.TypeVideo, "1600000000000001"))
	// Output: {"attachment":{"type":"video","payload":{"attachment_id":"1600000000000001"}}}
}

func ExampleButtons() {
	show(send.Buttons("What next?", send.Postback("Buy", "BUY:1"), send.Link("View", "https://shop.example/1")))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"button","text":"What next?","buttons":[{"type":"postback","title":"Buy","payload":"BUY:1"},{"type":"web_url","title":"View","url":"https://shop.example/1"}]}}}
}

func ExampleCarousel() {
	show(send.Carousel(
		send.Element{Title: "Blue mug", Subtitle: "350 ml"},
		send.Element{Title: "Red mug", ImageURL: "https://cdn.example/red.jpg"},
	))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"Blue mug","subtitle":"350 ml"},{"title":"Red mug","image_url":"https://cdn.example/red.jpg"}]}}}
}

func ExampleMediaCard() {
	show(send.MediaCard(send.MediaElement{MediaType: "image", AttachmentID: "1600000000000001"}))
	// Output: {"attachment":{"type":"template","payload":{"template_type":"media","elements":[{"media_type":"image","attachment_id":"1600000000000001"}]}}}
}

func ExampleClient_Act() {
	graph := new(sendtest.Graph)
	client, err := send.New(send.Config{Token: "PAGE_TOKEN", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	person := send.Person("7100000000000001")
	for _, action := range []send.Action{send.TypingOn(), send.React("m_1", "❤")} {
		if err := client.Act(context.Background(), person, action); err != nil {
			log.Fatal(err)
		}
	}
	for _, call := range graph.Calls() {
		fmt.Println(string(call.Params))
	}
	// Output:
	// {"recipient":{"id":"7100000000000001"},"sender_action":"typing_on"}
	// {"payload":{"message_id":"m_1","reaction":"❤"},"recipient":{"id":"7100000000000001"},"sender_action":"react"}
}

func ExampleComment() {
	fmt.Println(send.Comment("1_2").Kind() == send.ToComment)
	// Output: true
}

func ExampleProof() {
	fmt.Println(send.Proof("app_secret_for_tests", "PAGE_TOKEN_FOR_TESTS"))
	// Output: e9767f3870086e3eaf8f2e5c215e54ea2c445c7238ed04d063d6cf833e1a2522
}

func ExampleClassify() {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, hours := range []int{1, 25, 200} {
		kind, tag, err := send.Classify(send.Purpose{
			To: send.ToPerson, Tag: send.TagHumanAgent,
			Window: send.Window{Opened: now.Add(-time.Duration(hours) * time.Hour)}, Now: now,
		})
		fmt.Printf("%3d h: %q %q %t\n", hours, kind, tag, errors.Is(err, send.ErrOutsideWindow))
	}
	// Output:
	//   1 h: "UPDATE" "" false
	//  25 h: "MESSAGE_TAG" "HUMAN_AGENT" false
	// 200 h: "" "" true
}

func ExampleMessage_Validate() {
	fmt.Println(send.Text(strings.Repeat("a", 2001)).Validate(send.Messenger))
	fmt.Println(send.Buttons("What next?").Validate(send.Messenger))
	// Output:
	// send: message.text: 2,001 characters, at most 2,000; send.SplitText cuts it into messages
	// send: message.attachment.payload.buttons: 0, at least 1
}

func ExampleMessage_Warnings() {
	long := send.Text("Which one?").WithAnswers("The extraordinarily large one")
	fmt.Println(long.Validate(send.Messenger))
	fmt.Println(long.Warnings())
	// Output:
	// <nil>
	// send: message.quick_replies[0].title: 29 characters, at most 20
}

func ExampleRetryable() {
	for _, err := range []error{
		&send.Error{Code: 1200},  // temporary send message failure
		&send.Error{Code: 613},   // rate limit
		&send.Error{Code: 551},   // this person cannot be reached
		send.ErrUnsure,           // perhaps it has been delivered
		io.EOF, context.Canceled, // not of this package
	} {
		fmt.Print(send.Retryable(err), " ")
	}
	// Output: true true false false false false
}

func ExampleError() {
	graph := new(sendtest.Graph)
	graph.FailNext(100, 2018001)
	err := try(graph)
	if refused, ok := errors.AsType[*send.Error](err); ok {
		fmt.Println(refused.Code, refused.Subcode, refused.Type, refused.Message)
	}
	// Output: 100 2018001 OAuthException (#100) No matching user found
}

func ExampleFieldError() {
	err := send.Text("").Validate(send.Messenger)
	if field, ok := errors.AsType[*send.FieldError](err); ok {
		fmt.Println(field.Field, "-", field.Problem)
	}
	// Output: message - empty: want a text or an attachment
}

func ExampleErrOutsideWindow() {
	graph := new(sendtest.Graph)
	graph.Acted("7100000000000001", time.Now().Add(-48*time.Hour))
	fmt.Println(errors.Is(try(graph), send.ErrOutsideWindow))
	// Output: true
}

func ExampleErrTagRetired() {
	_, _, err := send.Classify(send.Purpose{To: send.ToPerson, Tag: "POST_PURCHASE_UPDATE"})
	fmt.Println(err)
	fmt.Println(errors.Is(&send.Error{Code: 100, Subcode: 1893061}, send.ErrTagRetired))
	// Output:
	// send: retired message tag: POST_PURCHASE_UPDATE since 27 April 2026; send a utility template (UTILITY) instead
	// true
}

func ExampleErrUnreachable() {
	graph := new(sendtest.Graph)
	graph.Block("7100000000000001")
	fmt.Println(errors.Is(try(graph), send.ErrUnreachable))
	// Output: true
}

func ExampleErrRateLimited() {
	graph := new(sendtest.Graph)
	for range send.DefaultTries {
		graph.FailNext(613, 0)
	}
	err := try(graph)
	fmt.Println(errors.Is(err, send.ErrRateLimited), send.Retryable(err), len(graph.Calls()))
	// Output: true true 4
}

func ExampleErrUnauthorized() {
	graph := &sendtest.Graph{Token: "ANOTHER_TOKEN"}
	fmt.Println(errors.Is(try(graph), send.ErrUnauthorized))
	// Output: true
}

func ExampleErrBlocked() {
	graph := new(sendtest.Graph)
	graph.FailNext(368, 0)
	fmt.Println(errors.Is(try(graph), send.ErrBlocked))
	// Output: true
}

func ExampleErrPermission() {
	graph := new(sendtest.Graph)
	graph.FailNext(10, 2018300) // another app controls the thread
	fmt.Println(errors.Is(try(graph), send.ErrPermission))
	// Output: true
}

func ExampleErrInvalid() {
	graph := new(sendtest.Graph)
	graph.FailNext(100, 0)
	fmt.Println(errors.Is(try(graph), send.ErrInvalid))
	fmt.Println(errors.Is(send.Text("").Validate(send.Messenger), send.ErrInvalid))
	// Output:
	// true
	// true
}

func ExampleErrUnsure() {
	graph := new(sendtest.Graph)
	graph.FailWith(sendtest.Failure{Drop: true})
	err := try(graph)
	fmt.Println(errors.Is(err, send.ErrUnsure), send.Retryable(err), len(graph.Calls()))
	// Output: true false 1
}
