package sendtest_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// A test plays the human in the inbox who takes a thread and hands it back.
func ExampleGraph_Take() {
	graph := new(sendtest.Graph)
	answer := func() { // stands for the code under test
		_ = remind(graph.Client())
		calls := graph.Calls()
		fmt.Printf("%d %q\n", calls[len(calls)-1].Status, calls[len(calls)-1].Rule)
	}
	const person, pageInbox = "7100000000000001", "263902037430900"
	graph.Take(person, pageInbox)
	fmt.Println("standby:", graph.Standby(person))
	answer()
	graph.HandBack(person)
	fmt.Println("standby:", graph.Standby(person))
	answer()
	// Output:
	// standby: true
	// 400 "W15"
	// standby: false
	// 200 ""
}

// What a person has said stands in the conversation that the Graph shows.
func ExampleGraph_Say() {
	noon := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	graph := &sendtest.Graph{Now: func() time.Time { return noon }}
	mid := graph.Say("7100000000000001", "Is my parcel here?", noon.Add(-time.Hour))

	call := read(graph, mid+"?fields=created_time,message")
	fmt.Println(call.Status, call.Recipient == "7100000000000001", len(call.Answer) > len(mid))
	// Output: 200 true true
}

// read stands for the code under test: it reads something by its ID.
func read(graph *sendtest.Graph, path string) sendtest.Call {
	const address = "https://graph.facebook.com/v25.0/"
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address+path, nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer page-token")
	response, err := graph.Client().Do(request)
	if err != nil {
		panic(err)
	}
	_ = response.Body.Close()
	calls := graph.Calls()
	return calls[len(calls)-1]
}

// The state says what Meta knows of people, and what it decides on templates.
func ExampleGraph_Change_people() {
	graph := new(sendtest.Graph)
	graph.Change(func(s *sendtest.State) {
		s.Profiles = map[string]map[string]any{"7100000000000001": {"first_name": "Ana"}}
		s.Reviews = map[string]sendtest.Review{"sale": {Status: "REJECTED", Reason: "TAG_SHOULD_BE_MARKETING"}}
		s.Comments = map[string]sendtest.Comment{"104_7": {Own: true}}
	})
	fmt.Println(string(read(graph, "7100000000000001?fields=first_name").Answer))
	// Output: {"first_name":"Ana","id":"7100000000000001"}
}
