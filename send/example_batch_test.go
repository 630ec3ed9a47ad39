package send_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// Each call of a batch has a result of its own.
func ExampleClient_Batch() {
	graph := new(sendtest.Graph) // stands for Meta
	graph.Block("7100000000000002")
	client, err := send.New(send.Config{Token: "token", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	ada, grace := send.Person("7100000000000001"), send.Person("7100000000000002")
	var page struct{ Name string }
	results, err := client.Batch(context.Background(),
		send.BatchSend(send.Request{To: ada, Message: send.Text("Hi, Ada"), Type: send.TypeResponse}),
		send.BatchSend(send.Request{To: grace, Message: send.Text("Hi, Grace"), Type: send.TypeResponse}),
		send.BatchAct(ada, send.TypingOn()),
		send.BatchGraph(http.MethodGet, "me", map[string]any{"fields": "name"}, &page),
	)
	if err != nil {
		log.Fatal(err) // of the batch as a whole
	}
	for i, result := range results {
		switch {
		case errors.Is(result.Err, send.ErrUnreachable):
			fmt.Println(i, "unreachable")
		case result.Err != nil:
			fmt.Println(i, "failed; worth another try:", send.Retryable(result.Err))
		default:
			fmt.Println(i, "done")
		}
	}
	// Output:
	// 0 done
	// 1 unreachable
	// 2 done
	// 3 done
}
