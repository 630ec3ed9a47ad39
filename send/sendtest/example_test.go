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

// Change tells the Graph what no call shows: here that another app controls the thread.
func ExampleGraph_Change() {
	graph := new(sendtest.Graph)
	graph.Change(func(s *sendtest.State) {
		s.Owners = map[string]string{"7100000000000001": "263902037430900"} // the Page's inbox
	})

	if err := remind(graph.Client()); err != nil {
		fmt.Println(err)
		return
	}
	call := graph.Calls()[0]
	fmt.Println(call.Rule, call.Conf, call.Source)
	fmt.Println(string(call.Answer[10:100]))
	// Output:
	// W15 H pymessenger#93
	// "message":"(#10) Message failed to send because another app is controlling this thread now
}

// Read makes the webhook body that Meta sends when a person opens the conversation. Deliver it to the bot
// under test, signed by Sign.
func ExampleGraph_Read() {
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	graph := &sendtest.Graph{
		Now:     func() time.Time { return now },
		OnEvent: func(body []byte) { fmt.Println(string(body)) },
	}
	graph.Read("7100000000000001")
	// Output:
	// {"entry":[{"id":"104000000000001","messaging":[{"read":{"watermark":1795262400000},"recipient":{"id":"104000000000001"},"sender":{"id":"7100000000000001"},"timestamp":1795262400000}],"time":1795262400000}],"object":"page"}
}

func ExampleSign() {
	header := sendtest.Sign("sesame", []byte("hello world"))
	fmt.Println(header.Get("X-Hub-Signature-256"))
	// Output: sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17
}
