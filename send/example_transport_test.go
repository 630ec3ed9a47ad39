package send_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// connected returns a client of graph, which stands in for Meta.
func connected(graph *sendtest.Graph, cfg send.Config) *send.Client {
	cfg.Token, cfg.HTTP = "PAGE_TOKEN", graph.Client()
	client, err := send.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

var hi = send.Request{To: send.Person("7100000000000001"), Message: send.Text("Hi"), Type: send.TypeResponse}

func ExampleExplain() {
	x, _ := send.Explain(190, 460)
	fmt.Println(x.Name)
	fmt.Println(x.Class)
	fmt.Println("retry:", x.Retry)
	fmt.Println("concerns:", x.Scope)
	fmt.Println(x.Advice)
	// Output:
	// password changed
	// send: unauthorized
	// retry: never
	// concerns: Page
	// Have the person who made the token log in again, and take the new token.
}

func ExampleExplanations() {
	for _, x := range send.Explanations() {
		if errors.Is(x.Class, send.ErrBlocked) {
			fmt.Println(x.Code, x.Subcode, x.Name)
		}
	}
	// Output:
	// 10 1404170 opt-in requests restricted
	// 10 1893063 Page restricted from sending
	// 100 2534029 business blocked on Instagram
	// 368 0 blocked for abuse
	// 2022 0 sending disabled for a violation
}

func ExampleError_Explain() {
	graph := new(sendtest.Graph)
	graph.FailNext(10, 2018300)
	_, err := connected(graph, send.Config{}).Send(context.Background(), hi)
	if refused, ok := errors.AsType[*send.Error](err); ok {
		fmt.Println(refused.Explain().Advice)
	}
	// Output: Wait until the thread is passed back, or take it if the app may.
}

// The alert comes once; what follows fails without a call.
func ExampleConfig_circuit() {
	graph := new(sendtest.Graph)
	graph.FailNext(190, 0)
	client := connected(graph, send.Config{Circuit: func(open bool, cause error) {
		fmt.Println("circuit open:", open, errors.Is(cause, send.ErrUnauthorized))
	}})
	for range 3 {
		_, err := client.Send(context.Background(), hi)
		fmt.Println(strings.HasSuffix(err.Error(), "no call was made"))
	}
	fmt.Println(len(graph.Calls()), "call")
	// Output:
	// circuit open: true true
	// false
	// true
	// true
	// 1 call
}

// Middleware that counts what became of the calls.
func ExampleConfig_metrics() {
	counts := map[string]int{} // a program with several goroutines locks it, or uses its metrics library
	count := func(next send.Handler) send.Handler {
		return func(ctx context.Context, o *send.Outgoing) error {
			err := next(ctx, o)
			result := "ok"
			if refused, ok := errors.AsType[*send.Error](err); ok {
				result = refused.Explain().Name
			} else if err != nil {
				result = "not sent"
			}
			counts[o.Path+" "+result]++
			return err
		}
	}
	graph := new(sendtest.Graph)
	client := connected(graph, send.Config{Middleware: []func(send.Handler) send.Handler{count}})
	_, _ = client.Send(context.Background(), hi)
	graph.FailNext(551, 0)
	_, _ = client.Send(context.Background(), hi)
	fmt.Println(counts)
	// Output: map[me/messages ok:1 me/messages person not available:1]
}

// Middleware that sends nothing: it answers in Meta's place.
func ExampleConfig_dryRun() {
	dryRun := func(send.Handler) send.Handler {
		return func(_ context.Context, o *send.Outgoing) error {
			if o.Request == nil {
				return nil
			}
			o.Receipt = send.Receipt{RecipientID: o.Request.To.ID, MessageID: "m_dry"}
			return o.Request.Validate(send.Messenger)
		}
	}
	graph := new(sendtest.Graph)
	client := connected(graph, send.Config{Middleware: []func(send.Handler) send.Handler{dryRun}})
	receipt, err := client.Send(context.Background(), hi)
	fmt.Println(receipt.MessageID, err, len(graph.Calls()))
	// Output: m_dry <nil> 0
}

func ExampleClient_Graph() {
	client := connected(&sendtest.Graph{PageID: "104000000000001"}, send.Config{})
	var page struct {
		ID string `json:"id"`
	}
	params := map[string]any{"fields": "id"}
	err := client.Graph(context.Background(), http.MethodGet, "me", params, &page)
	fmt.Println(page.ID, err)
	// Output: 104000000000001 <nil>
}
