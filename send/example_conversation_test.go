package send_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// inbox returns a client of a Page that a person wrote to at noon.
func inbox() *send.Client {
	noon := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	graph := &sendtest.Graph{Now: func() time.Time { return noon.Add(time.Hour) }} // stands in for Meta
	graph.Say("7100000000000001", "Do you have it in blue?", noon)
	graph.Change(func(s *sendtest.State) {
		s.Tokens = map[string]sendtest.Token{
			"8800000000000001": {PSID: "7100000000000001", Topic: "Weekly deals"},
		}
	})
	client, err := send.New(send.Config{Token: "PAGE_TOKEN", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

func ExampleClient_Conversations() {
	client := inbox()
	query := send.ConversationQuery{Person: "7100000000000001"}
	for talk, err := range client.Conversations(context.Background(), query) {
		if err != nil {
			log.Fatal(err)
		}
		for message, err := range client.ConversationMessages(context.Background(), talk.ID) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(message.Time.Format(time.TimeOnly), message.Text)
		}
	}
	// Output: 12:00:00 Do you have it in blue?
}

func ExampleClient_Conversation() {
	client := inbox()
	_, err := client.Conversation(context.Background(), "")
	fmt.Println(err)
	// Output: send: conversation: missing
}

func ExampleClient_PastMessage() {
	client := inbox()
	_, err := client.PastMessage(context.Background(), "")
	fmt.Println(err)
	// Output: send: mid: missing
}

func ExampleClient_LastInbound() {
	client := inbox()
	at, err := client.LastInbound(context.Background(), "7100000000000001")
	if err != nil {
		log.Fatal(err)
	}
	window := send.Window{Opened: at}
	fmt.Println(at.Format(time.TimeOnly), window.Closes().Format(time.DateTime))
	// Output: 12:00:00 2026-11-22 12:00:00
}

func ExampleClient_NotificationTokens() {
	client := inbox()
	for optIn, err := range client.NotificationTokens(context.Background(), send.NotificationQuery{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(optIn.Person, optIn.Topic)
	}
	// Output: 7100000000000001 Weekly deals
}

func ExampleClient_AllowFollowUp() {
	client := inbox()
	fmt.Println(client.AllowFollowUp(context.Background(), "8800000000000001"))
	// Output: <nil>
}
