package router_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// instantGraph accepts every message at once, with as little work as possible.
type instantGraph struct{}

func (instantGraph) Do(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	const answer = `{"recipient_id":"7100000000000001","message_id":"m_1"}`
	return &http.Response{
		StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewBufferString(answer)),
		ContentLength: int64(len(answer)),
	}, nil
}

// handInbox hands out nothing by itself: it keeps what is published, and tells the bot's handler.
type handInbox struct {
	*bot.Lanes // for its dead letters
	kept       []bot.Envelope
	handler    chan func(context.Context, *bot.Delivery) error
}

func (i *handInbox) Publish(_ context.Context, batch []bot.Envelope) error {
	i.kept = append(i.kept, batch...)
	return nil
}

func (i *handInbox) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	i.handler <- h
	<-ctx.Done()
	return nil
}

// form is a conversation of ten states that goes round, and of branches that do not hold.
func form() router.Conversation[map[string]string] {
	const states = 10
	conversation := router.Conversation[map[string]string]{
		Name: "form", Start: "state 0", States: make(router.States[map[string]string]),
		Finish: func(*bot.Context, map[string]string) error { return nil },
	}
	for i := range states {
		conversation.States[fmt.Sprintf("state %d", i)] = router.State[map[string]string]{
			Prompt: send.Text("What next?").WithAnswers("this", "that"),
			Answer: func(c *bot.Context, data *map[string]string) error {
				if *data == nil {
					*data = make(map[string]string)
				}
				(*data)["last"] = c.Input()
				return nil
			},
			Branch: []router.Edge[map[string]string]{{
				If: func(data map[string]string) bool { return data["last"] == "stop" }, To: router.Done,
			}},
			Next: fmt.Sprintf("state %d", (i+1)%states),
		}
	}
	return conversation
}

// BenchmarkStep measures one step of a conversation from the event in hand to the record saved. What the
// message costs is measured beside it, to be taken off: a step without its Graph call is step - call +
// nothing.
func BenchmarkStep(b *testing.B) {
	step := router.New()
	router.Converse(step, "start", form())
	step.Fallback(func(*bot.Context) error { return nil })
	question := send.Text("What next?").WithAnswers("this", "that")
	call := router.New()
	call.Fallback(func(c *bot.Context) error { return c.Send(question) })
	nothing := router.New()
	nothing.Fallback(func(*bot.Context) error { return nil })
	for name, handler := range map[string]bot.Handler{"step": step, "call": call, "nothing": nothing} {
		b.Run(name, func(b *testing.B) { benchmarkEvents(b, handler) })
	}
}

// benchmarkEvents measures the handling of messages of a thousand people, who have all said "start".
func benchmarkEvents(b *testing.B, handler bot.Handler) {
	b.Helper()
	inbox := &handInbox{
		Lanes: bot.NewLanes(bot.LanesConfig{}), handler: make(chan func(context.Context, *bot.Delivery) error),
	}
	tested, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: pageID, Rate: -1,
		HTTP: instantGraph{}, Inbox: inbox,
	}, handler)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	served := make(chan error, 1)
	go func() { served <- tested.Serve(ctx) }()
	handle := <-inbox.handler
	const people = 1000
	for i := range people + b.N {
		text := "start"
		if i >= people {
			text = "this"
		}
		accept(b, tested, strconv.Itoa(7000000+i%people), "m_"+strconv.Itoa(i), text)
	}
	for i := range inbox.kept {
		if i == people {
			b.ReportAllocs()
			b.ResetTimer()
		}
		if err := handle(ctx, &bot.Delivery{Envelope: inbox.kept[i], Attempt: 1}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	stop()
	if err := <-served; err != nil {
		b.Fatal(err)
	}
}

// accept puts a message into the inbox.
func accept(b *testing.B, tested *bot.Bot, psid, mid, text string) {
	b.Helper()
	at := time.Now().UnixMilli()
	events, err := webhook.Decode([]byte(fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":%d,"messaging":[`+
		`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,"message":{"mid":%q,"text":%q}}]}]}`,
		pageID, at, psid, pageID, at, mid, text)))
	if err != nil {
		b.Fatal(err)
	}
	if err := tested.Accept(b.Context(), events); err != nil {
		b.Fatal(err)
	}
}
