package bot_test

import (
	"fmt"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// A file goes up once, however many people ask for it.
func ExampleContext_Upload() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		menu := send.FromBytes("menu.pdf", "", []byte("Soup of the day")) // or send.FromFile("menu.pdf")
		id, err := c.Upload(send.TypeFile, menu)
		if err != nil {
			return err
		}
		return c.Send(send.Uploaded(send.TypeFile, id))
	})

	graph := tryOn(handler, `{"object":"page","entry":[{"id":"104000000000001","time":1763715761000,"messaging":[
		{"sender":{"id":"7100000000000001"},"recipient":{"id":"104000000000001"},"timestamp":1763715761000,
		 "message":{"mid":"m_1","text":"menu?"}},
		{"sender":{"id":"7100000000000002"},"recipient":{"id":"104000000000001"},"timestamp":1763715761000,
		 "message":{"mid":"m_2","text":"menu?"}}]}]}`, func(cfg *bot.Config) { cfg.Now = func() time.Time { return time.Unix(1763715762, 0) } })
	sent := 0
	for _, call := range graph.Calls() {
		if call.MessageID != "" {
			sent++
		}
	}
	fmt.Println(len(graph.Calls())-sent, "upload,", sent, "messages")
	// Output: 1 upload, 2 messages
}
