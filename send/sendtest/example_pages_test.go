package sendtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// posts makes a POST with a token in its header.
func posts(graph *sendtest.Graph, token, address, body string) {
	request, err := http.NewRequestWithContext(
		context.Background(), http.MethodPost, address, strings.NewReader(body),
	)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := graph.Client().Do(request)
	if err != nil {
		panic(err)
	}
	_ = response.Body.Close()
}

// Each token is that of one Page; people, limits and profiles belong to it alone.
func ExampleGraph_pages() {
	graph := &sendtest.Graph{Pages: []sendtest.Page{
		{ID: "104000000000001", Token: "one"},
		{ID: "104000000000002", Token: "two"},
	}}
	graph.Account("104000000000002").Block("7100000000000001")

	const edge = "https://graph.facebook.com/v25.0/me/messages"
	const hello = `{"recipient":{"id":"7100000000000001"},"message":{"text":"Hello"}}`
	posts(graph, "one", edge, hello)
	posts(graph, "two", edge, hello)
	posts(graph, "three", edge, hello)
	for _, call := range graph.Calls() {
		fmt.Printf("%d %q %q\n", call.Status, call.Page, call.Rule)
	}
	// Output:
	// 200 "104000000000001" ""
	// 400 "104000000000002" "W13"
	// 400 "" "T02"
}

// A Page's token is also that of its linked Instagram account; an account of Instagram Login has its own, which
// is good at graph.instagram.com only.
func ExampleGraph_instagram() {
	graph := &sendtest.Graph{Pages: []sendtest.Page{
		{ID: "104000000000001", Token: "page", Instagram: []string{"17841400000000001"}},
		{ID: "17841400000000002", Token: "login", InstagramLogin: true},
	}}
	graph.Account("17841400000000001").Acted("8800000000000001", time.Now())

	const hello = `{"recipient":{"id":"8800000000000001"},"message":{"text":"Hello"}}`
	posts(graph, "page", "https://graph.facebook.com/me/messages", hello)
	posts(graph, "login", "https://graph.instagram.com/me/messages", hello)
	posts(graph, "login", "https://graph.facebook.com/me/messages", hello)
	for _, call := range graph.Calls() {
		fmt.Printf("%d %s %s %q\n", call.Status, call.Host, call.Page, call.Rule)
	}
	// Output:
	// 200 graph.facebook.com 17841400000000001 ""
	// 200 graph.instagram.com 17841400000000002 ""
	// 400 graph.facebook.com 17841400000000002 "T02"
}

// What a program declares as its Messenger Profile can be read back.
func ExampleGraph_Profile() {
	graph := new(sendtest.Graph)
	const edge = "https://graph.facebook.com/v25.0/me/messenger_profile"
	posts(graph, "token", edge, `{"persistent_menu":[{"locale":"default","call_to_actions":[]}]}`)
	posts(graph, "token", edge, `{"get_started":{"payload":"START"}}`)
	for _, call := range graph.Calls() {
		fmt.Printf("%d %q\n", call.Status, call.Rule)
	}
	fmt.Println(string(graph.Profile("")))
	// Output:
	// 400 "E04"
	// 200 ""
	// {"get_started":{"payload":"START"}}
}
