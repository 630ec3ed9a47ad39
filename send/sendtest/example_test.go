package sendtest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// The Graph judges what any HTTP client sends, in this process.
func ExampleGraph() {
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	graph := &sendtest.Graph{Token: "page-token", Now: func() time.Time { return now }}
	graph.Acted("7100000000000001", now.Add(-25*time.Hour)) // the messaging window closed an hour ago

	client := graph.Client() // give it to the code under test
	if err := remind(client); err != nil {
		fmt.Println(err)
		return
	}
	call := graph.Calls()[0]
	fmt.Println(call.Status, call.Rule)
	fmt.Println(string(call.Params))
	// Output:
	// 400 W01
	// {"message":{"text":"Still there?"},"recipient":{"id":"7100000000000001"}}
}

// remind stands for the code under test: it sends one message, whatever becomes of it.
func remind(client *http.Client) error {
	form := url.Values{
		"recipient":    {`{"id":"7100000000000001"}`},
		"message":      {`{"text":"Still there?"}`},
		"access_token": {"page-token"},
	}
	const address = "https://graph.facebook.com/v25.0/me/messages"
	body := strings.NewReader(form.Encode())
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// FailNext is for what a fake cannot know: here a limit that Meta says the Page has reached.
func ExampleGraph_FailNext() {
	graph := new(sendtest.Graph)
	graph.FailNext(32, 0)

	if err := remind(graph.Client()); err != nil {
		fmt.Println(err)
		return
	}
	call := graph.Calls()[0]
	fmt.Println(call.Status, call.Rule, string(call.Answer[:51]))
	// Output: 400 fault {"error":{"message":"(#32) Page request limit reach
}

// FailWith answers what no API should: the error page of a gateway, for a message that was sent all the same.
func ExampleGraph_FailWith() {
	graph := new(sendtest.Graph)
	graph.FailWith(sendtest.Failure{
		Status: http.StatusBadGateway,
		Body:   []byte("<html><body>Bad Gateway</body></html>"),
		Accept: true,
	})

	if err := remind(graph.Client()); err != nil {
		fmt.Println(err)
		return
	}
	call := graph.Calls()[0]
	fmt.Println(call.Status, call.MessageID != "")
	// Output: 502 true
}
