package send_test

import (
	"context"
	"fmt"
	"log"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// The app answers until a human has to: then it passes the thread to the Page's inbox.
func ExampleClient_PassThread() {
	graph := &sendtest.Graph{AppID: "1517770000000001"}
	client, err := send.New(send.Config{Token: "PAGE_ACCESS_TOKEN", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := client.PassThread(ctx, "7100000000000001", send.PageInbox, "wants a refund"); err != nil {
		log.Fatal(err)
	}
	owner, err := client.ThreadOwner(ctx, "7100000000000001")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(owner.Idle(), owner.App == "") // who has it is told to nobody but the owner
	// Output: false true
}
