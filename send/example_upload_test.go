package send_test

import (
	"context"
	"fmt"
	"log"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// A medium that goes up once can be sent many times.
func ExampleClient_Upload() {
	graph := new(sendtest.Graph) // stands for Meta
	client, err := send.New(send.Config{Token: "token", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	menu := send.FromBytes("menu.pdf", "", []byte("Soup of the day"))
	menu.Progress = func(sent, total int64) { fmt.Printf("%d of %d bytes\n", sent, total) }
	id, err := client.Upload(context.Background(), send.TypeFile, menu)
	if err != nil {
		log.Fatal(err)
	}
	for _, to := range []send.PSID{"7100000000000001", "7100000000000002"} {
		_, err := client.Send(context.Background(), send.Request{
			To: send.Person(to), Message: send.Uploaded(send.TypeFile, id), Type: send.TypeResponse,
		})
		fmt.Println(to, err)
	}
	// Output:
	// 15 of 15 bytes
	// 7100000000000001 <nil>
	// 7100000000000002 <nil>
}

// Meta fetches a medium by its URL.
func ExampleClient_UploadURL() {
	graph := new(sendtest.Graph)
	client, err := send.New(send.Config{Token: "token", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	id, err := client.UploadURL(context.Background(), send.TypeImage, "https://cdn.example/shirt.png")
	fmt.Println(id != "", err)
	// Output: true <nil>
}

// The same content goes up once.
func ExampleUploads() {
	graph := new(sendtest.Graph)
	client, err := send.New(send.Config{Token: "token", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	uploads := send.NewUploads(nil)
	for _, name := range []string{"menu.pdf", "copy of menu.pdf"} {
		source := send.FromBytes(name, "", []byte("Soup of the day"))
		if _, err := uploads.Upload(context.Background(), client, "104000000000001", send.TypeFile, source); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(len(graph.Calls()), "call")
	// Output: 1 call
}
