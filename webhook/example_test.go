package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

const exampleBody = `{"object":"page","entry":[{"id":"104","time":1763715600123,"messaging":[` +
	`{"sender":{"id":"7100"},"recipient":{"id":"104"},"timestamp":1763715599987,` +
	`"message":{"mid":"m_1","text":"Gr\u00fc\u00df dich"}},` +
	`{"sender":{"id":"7100"},"recipient":{"id":"104"},"timestamp":1763715600987,` +
	`"postback":{"mid":"m_2","title":"Menu","payload":"MENU"}}]}]}`

func ExampleDecode() {
	events, err := webhook.Decode([]byte(exampleBody))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range events {
		switch e := e.(type) {
		case *webhook.Message:
			fmt.Println(e.ID(), e.Person, e.Text)
		case *webhook.Postback:
			fmt.Println(e.ID(), e.Person, e.Payload)
		default:
			fmt.Println(e.ID())
		}
	}
	// Output:
	// message:m_1 7100 Grüß dich
	// postback:m_2 7100 MENU
}

func ExampleDecode_malformed() {
	_, err := webhook.Decode([]byte(`{"entries":[]}`))
	fmt.Println(errors.Is(err, webhook.ErrMalformed), err)
	// Output: true webhook: malformed body: no entry
}

func ExampleVerify() {
	body := []byte("hello world")
	header := "sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17"
	i, err := webhook.Verify([]string{"old secret", "sesame"}, header, body)
	fmt.Println(i, err)

	_, err = webhook.Verify([]string{"sesame"}, header, []byte("hello World"))
	fmt.Println(errors.Is(err, webhook.ErrSignature), err)
	// Output:
	// 1 <nil>
	// true webhook: signature refused: no secret gives it: is the app secret that of the app that sends?
}

func ExampleSign() {
	fmt.Println(webhook.Sign("sesame", []byte("hello world")))
	// Output: sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17
}

func ExampleEncode() {
	events, err := webhook.Decode([]byte(exampleBody))
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := webhook.Encode(events[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := webhook.DecodeStored(data)
	fmt.Println(e.ID(), err)
	// Output: postback:m_2 <nil>
}

func ExampleNewCustom() {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	e := webhook.NewCustom(send.Messenger, "104", "7100", "x7", "reminder", at, json.RawMessage(`{"cart":3}`))
	fmt.Println(e.ID(), e.Name, e.Person, string(e.Data))
	// Output: custom:x7 reminder 7100 {"cart":3}
}

func ExampleOpens() {
	events, err := webhook.Decode([]byte(exampleBody))
	if err != nil {
		fmt.Println(err)
		return
	}
	window, opens := webhook.Opens(events[0])
	fmt.Println(opens, window.Closes().UTC().Format(time.DateTime))
	// Output: true 2025-11-22 08:59:59
}

// printer is a sink that prints what it gets.
type printer struct{}

func (printer) Accept(_ context.Context, events []webhook.Event) error {
	for _, e := range events {
		fmt.Println(e.ID())
	}
	return nil
}

// postExample sends the example's body, signed as Meta does, and prints the answer.
func postExample(handler http.Handler) {
	req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook",
		strings.NewReader(exampleBody))
	req.Header.Set(webhook.HeaderSignature, webhook.Sign("app secret", []byte(exampleBody)))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	fmt.Println(w.Code, w.Body)
}

func ExampleReceiver() {
	receiver, err := webhook.NewReceiver(webhook.Config{
		VerifyToken: "verify token",
		Apps:        []webhook.App{{ID: "1517", Secrets: []string{"app secret"}}},
		Sink:        printer{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/webhook", receiver)
	postExample(mux)
	// Output:
	// message:m_1
	// postback:m_2
	// 200
}

func ExampleReceiver_Mount() {
	receiver, err := webhook.NewReceiver(webhook.Config{
		VerifyToken: "verify token",
		Apps:        []webhook.App{{ID: "1517", Secrets: []string{"app secret"}}},
		Sink:        printer{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := echo.New()
	receiver.Mount(e, "/webhook")
	postExample(e)
	// Output:
	// message:m_1
	// postback:m_2
	// 200
}

func ExampleNewReceiver() {
	_, err := webhook.NewReceiver(webhook.Config{Apps: []webhook.App{{ID: "1517"}}, Sink: printer{}})
	fmt.Println(err)
	// Output:
	// webhook: config: VerifyToken is empty, so anybody could claim the webhook
	// webhook: config: Apps[0] (ID "1517") has no secret, so none of its requests could be verified
}
