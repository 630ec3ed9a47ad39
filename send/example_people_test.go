package send_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/parleybot/parley/send"
)

// metaStandIn answers calls in place of Meta: by method and path, with JSON.
type metaStandIn map[string]string

// Do answers one call.
func (s metaStandIn) Do(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	_, err := answer.WriteString(s[r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v25.0/")])
	return answer.Result(), err
}

// clientIn returns a client that Meta would answer so.
func clientIn(answers metaStandIn) *send.Client {
	client, err := send.New(send.Config{Token: "PAGE_TOKEN", HTTP: answers})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// A persona is made when there is none of that name.
func ExampleClient_PersonaNamed() {
	client := clientIn(metaStandIn{
		"GET me/personas":  `{"data":[{"id":"2200000000000001","name":"Ben"}]}`,
		"POST me/personas": `{"id":"2200000000000002"}`,
	})
	ctx := context.Background()

	anna, err := client.PersonaNamed(ctx, "Anna")
	if errors.Is(err, send.ErrNoPersona) {
		anna.ID, err = client.CreatePersona(ctx, "Anna", "https://cdn.example/anna.png")
	}
	fmt.Println(anna.ID, err)
	// Output: 2200000000000002 <nil>
}

func ExampleClient_Personas() {
	client := clientIn(metaStandIn{
		"GET me/personas": `{"data":[{"id":"2200000000000001","name":"Ben"},{"id":"2200000000000002","name":"Anna"}]}`,
	})
	for persona, err := range client.Personas(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(persona.ID, persona.Name)
	}
	// Output:
	// 2200000000000001 Ben
	// 2200000000000002 Anna
}

// What needs a permission of its own is asked for by name.
func ExampleClient_PersonProfile() {
	client := clientIn(metaStandIn{
		"GET 7100000000000001": `{"id":"7100000000000001","first_name":"Ana","timezone":-3}`,
		"GET 7100000000000002": `{}`, // Meta tells nothing
	})
	for _, psid := range []send.PSID{"7100000000000001", "7100000000000002"} {
		profile, err := client.PersonProfile(context.Background(), psid, "first_name", "timezone")
		if err != nil {
			fmt.Println(err)
			return
		}
		if profile.Timezone != nil {
			fmt.Println(profile.FirstName, *profile.Timezone)
			continue
		}
		fmt.Printf("%q\n", profile.FirstName)
	}
	// Output:
	// Ana -3
	// ""
}

func ExampleClient_Label() {
	client := clientIn(metaStandIn{
		"POST me/custom_labels":              `{"id":"55001"}`,
		"POST 55001/label":                   `{"success":true}`,
		"GET 7100000000000001/custom_labels": `{"data":[{"id":"55001","page_label_name":"VIP"}]}`,
	})
	ctx, psid := context.Background(), send.PSID("7100000000000001")

	vip, err := client.CreateLabel(ctx, "VIP")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := client.Label(ctx, vip, psid); err != nil {
		fmt.Println(err)
		return
	}
	for label, err := range client.LabelsOf(ctx, psid) {
		fmt.Println(label.Name, err)
	}
	// Output: VIP <nil>
}

func ExampleClient_Moderate() {
	client := clientIn(metaStandIn{"POST me/moderate_conversations": `{"success":true}`})
	ctx, spammer := context.Background(), send.PSID("7100000000000009")

	fmt.Println(client.Moderate(ctx, []send.PSID{spammer}, send.BlockPerson, send.MoveToSpam))
	fmt.Println(client.Moderate(ctx, []send.PSID{spammer}, send.BlockPerson, send.BanPerson, send.MoveToSpam))
	// Output:
	// <nil>
	// send: actions: 3, at most 2
}

// A name that some of Meta's pages misspell is found before the call.
func ExampleClient_Subscribe() {
	client := clientIn(metaStandIn{
		"POST me/subscribed_apps": `{"success":"true"}`,
		"GET me/subscribed_apps":  `{"data":[{"id":"1517770000000001","name":"Shop","subscribed_fields":["messages"]}]}`,
	})
	ctx := context.Background()

	fmt.Println(client.Subscribe(ctx, "messages", "messaging_handover"))
	fmt.Println(client.Subscribe(ctx, "messages"))
	for app, err := range client.Subscriptions(ctx) {
		fmt.Println(app.Name, app.Fields, err)
	}
	// Output:
	// send: subscribed_fields[1]: no field of this name: Meta calls it messaging_handovers
	// <nil>
	// Shop [messages] <nil>
}
