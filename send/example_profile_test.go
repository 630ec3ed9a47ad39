package send_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// cafe is the Messenger Profile of a café.
var cafe = send.Profile{
	GetStarted: "START",
	Greeting:   []send.Greeting{{Text: "Hi {{user_first_name}}!"}, {Locale: "de_DE", Text: "Hallo!"}},
	Menu: []send.Menu{{Items: []send.Button{
		send.Postback("Drinks", "DRINKS"), send.Link("Website", "https://cafe.example"),
	}}},
}

func ExampleClient_SyncProfile() {
	client := connected(new(sendtest.Graph), send.Config{})
	ctx := context.Background()

	changes, err := client.SyncProfile(ctx, cafe)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(changes), "changes")

	want := cafe
	want.Greeting = []send.Greeting{{Text: "Welcome!"}}
	changes, err = client.SyncProfile(ctx, want)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changes)

	changes, err = client.SyncProfile(ctx, want)
	fmt.Println(len(changes), "changes", err)
	// Output:
	// 4 changes
	// greeting (default): "Hi {{user_first_name}}!" → "Welcome!"
	// greeting (de_DE): gone, was "Hallo!"
	// 0 changes <nil>
}

func ExampleClient_ProfileChanges() {
	client := connected(new(sendtest.Graph), send.Config{})

	changes, err := client.ProfileChanges(context.Background(), send.Profile{GetStarted: "START"})
	fmt.Println(changes, err)
	standing, err := client.Profile(context.Background())
	fmt.Printf("%q %v\n", standing.GetStarted, err)
	// Output:
	// get_started: new "START" <nil>
	// "" <nil>
}

func ExampleProfile_Changes() {
	standing := send.Profile{GetStarted: "START", Domains: []string{"https://old.example"}}
	want := send.Profile{
		AccountLinkingURL: "https://cafe.example/login", Remove: []send.ProfileField{send.ProfileDomains},
	}
	for _, change := range want.Changes(standing) {
		fmt.Println(change.Method, change)
	}
	// Output:
	// POST account_linking_url: new "https://cafe.example/login"
	// DELETE whitelisted_domains: gone, was ["https://old.example/"]
}

func ExampleProfile_For() {
	onInstagram := cafe.For(send.Instagram)
	fmt.Println(cafe.Validate(send.Instagram) == nil, onInstagram.Validate(send.Instagram) == nil)
	fmt.Printf("%q %d %d\n", onInstagram.GetStarted, len(onInstagram.Greeting), len(onInstagram.Menu))
	// Output:
	// false true
	// "" 0 1
}

func ExampleProfile_Validate() {
	err := send.Profile{
		Greeting: []send.Greeting{{Locale: "de_DE", Text: "Hallo!"}},
		Domains:  []string{"http://cafe.example"},
	}.Validate(send.Messenger)
	fmt.Println(err)
	fmt.Println(errors.Is(err, send.ErrInvalid))
	// Output:
	// send: greeting: no default locale: one must have locale default
	// send: whitelisted_domains[0]: want https and a domain name, such as https://shop.example
	// true
}

func ExampleProfile_Postbacks() {
	for _, tap := range cafe.Postbacks() {
		fmt.Printf("%q %q\n", tap.Title, tap.Payload)
	}
	// Output:
	// "" "START"
	// "Drinks" "DRINKS"
}

func ExampleClient_SetPersonMenu() {
	graph := new(sendtest.Graph)
	client := connected(graph, send.Config{})

	err := client.SetPersonMenu(context.Background(), "7100000000000001",
		send.Menu{Items: []send.Button{send.Postback("My orders", "ORDERS")}})
	fmt.Println(err)
	menus, err := client.PersonMenu(context.Background(), "7100000000000001")
	fmt.Println(menus[0].Items[0].Title, err)
	// Output:
	// <nil>
	// My orders <nil>
}
