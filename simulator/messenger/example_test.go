package messenger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/parleybot/parley/simulator/messenger"
)

// A bot that runs already, in whatever language, gets what the person types.
func ExampleSimulator() {
	heard := make(chan string, 1)
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, r.FormValue("hub.challenge"))
			return
		}
		var body struct {
			Object string
			Entry  []struct {
				Messaging []struct{ Message struct{ Text string } }
			}
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		heard <- body.Object + ": " + body.Entry[0].Messaging[0].Message.Text
		w.WriteHeader(http.StatusOK)
	}))
	defer bot.Close()

	sim, err := messenger.New(messenger.Config{Webhook: bot.URL + "/webhook"})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- sim.Run(ctx) }()
	if err := sim.Say("hello"); err != nil {
		panic(err)
	}
	fmt.Println(<-heard)
	stop()
	fmt.Println(<-ended)
	// Output:
	// page: hello
	// <nil>
}
