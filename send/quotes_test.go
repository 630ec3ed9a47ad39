package send_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// TestRefusalsQuoteNobody holds messages of Meta's that quote the call to what may stand in a log. The first
// three are recorded bodies with other values in them.
func TestRefusalsQuoteNobody(t *testing.T) {
	t.Parallel()
	const who = "7100000000000001"
	message := func(m send.Message) func(*send.Client) error {
		return func(c *send.Client) error {
			_, err := c.Send(t.Context(), send.Request{To: send.Person(who), Message: m, Type: send.TypeResponse})
			return err
		}
	}
	get := func(path string, params map[string]any) func(*send.Client) error {
		return func(c *send.Client) error { return c.Graph(t.Context(), http.MethodGet, path, params, nil) }
	}
	tests := map[string]struct {
		call       func(*send.Client) error
		text, want string
	}{
		"an address": {
			message(send.Image("https://ana.example/me?a=1&b=<2>")),
			"(#100) https://ana.example/me?a=1&b=<2> should represent a valid URL",
			"(#100) … should represent a valid URL",
		},
		"an ID in the path": {
			get(who, nil),
			"Unsupported get request. Object with ID '" + who + "' does not exist",
			"Unsupported get request. Object with ID '…' does not exist",
		},
		"names of Meta's": {
			message(send.Buttons("Which?", send.Link("Shop", "https://shop.example"))),
			`(#100) Invalid keys "web_url, template" were found in param "message". RESPONSE`,
			`(#100) Invalid keys "web_url, template" were found in param "message". RESPONSE`,
		},
		"a sentence": {
			message(send.Text("my name is Ana")), `(#100) "my name is Ana" is no text`, `(#100) "…" is no text`,
		},
		"a value in another": {
			message(send.Text(who + " and Ana").WithAnswers(who)), who + " and Ana, " + who, "…, …",
		},
		"a number": {
			message(send.Raw(json.RawMessage(`{"sticker_id":369239263222822}`))),
			"Sticker 369239263222822 is gone", "Sticker … is gone",
		},
		"a list in a query": {
			get("me/conversations", map[string]any{"users": []string{who}, "name": "Ana Lee"}),
			"No " + who + " by Ana Lee", "No … by …",
		},
		"the name of a file": {
			message(send.Upload(send.TypeImage, send.FromBytes("ana lee.png", "", []byte("x")))),
			"ana lee.png is no picture", "… is no picture",
		},
		"the token": {message(send.Text("Hi")), "Malformed access token EAAsecret", "Malformed access token [token]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := new(sendtest.Graph)
			body, err := json.Marshal(map[string]any{"error": map[string]any{
				"message": test.text, "type": "OAuthException", "code": 100, "fbtrace_id": "A",
			}})
			if err != nil {
				t.Fatal(err)
			}
			graph.FailWith(sendtest.Failure{Status: http.StatusBadRequest, Body: body})
			client, err := send.New(send.Config{Token: "EAAsecret", AppSecret: "secret", HTTP: graph.Client(), Rate: -1})
			if err != nil {
				t.Fatal(err)
			}
			want := "send: graph: " + test.want + " (code 100, trace A)"
			if err := test.call(client); err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		})
	}
}

// TestShortTokensAreNoQuotes: the token of a test, as short as a letter, does not spoil Meta's words.
func TestShortTokensAreNoQuotes(t *testing.T) {
	t.Parallel()
	graph := new(sendtest.Graph)
	graph.FailNext(10, 2018278)
	client, err := send.New(send.Config{Token: "t", HTTP: graph.Client(), Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Send(t.Context(), send.Request{To: send.Person(person), Message: send.Text("Hi")})
	const want = "This message is sent outside of allowed window."
	if refused, ok := errors.AsType[*send.Error](err); !ok || !strings.Contains(refused.Message, want) {
		t.Errorf("error %v", err)
	}
}
