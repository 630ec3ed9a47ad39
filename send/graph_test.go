package send_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// person is a PSID that the fake Graph API knows nothing against.
const person send.PSID = "7100000000000001"

// newClient returns a client of graph that never waits.
func newClient(tb testing.TB, graph *sendtest.Graph) *send.Client {
	tb.Helper()
	return clientOf(tb, graph, send.Config{})
}

func TestAcceptedByGraph(t *testing.T) {
	t.Parallel()
	for name, message := range accepted {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := &sendtest.Graph{Strict: true}
			receipt, err := newClient(t, graph).Send(t.Context(), send.Request{
				To: send.Person(person), Message: message, Type: send.TypeResponse,
			})
			if err != nil || receipt.RecipientID != person || receipt.MessageID == "" {
				t.Errorf("Send = %+v, %v; want it accepted", receipt, err)
			}
		})
	}
}

func TestLongTitlesByGraph(t *testing.T) {
	t.Parallel()
	for name, test := range longTitles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph, strict := new(sendtest.Graph), &sendtest.Graph{Strict: true}
			for _, g := range []*sendtest.Graph{graph, strict} {
				g.AddAttachment("1", "image")
			}
			request := send.Request{To: send.Person(person), Message: test.message}
			if _, err := newClient(t, graph).Send(t.Context(), request); err != nil {
				t.Errorf("Send = %v, want it accepted", err)
			}
			rule, _, _ := strings.Cut(name, " ")
			if got := post(t, strict, test.message); got.Rule != rule {
				t.Errorf("Graph.Strict judges by rule %q (%s), want %q", got.Rule, got.Answer, rule)
			}
			client, err := send.New(send.Config{Token: "token", HTTP: graph.Client(), Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			before := len(graph.Calls())
			if _, err := client.Send(t.Context(), request); !errors.Is(err, send.ErrInvalid) {
				t.Errorf("Config.Strict: Send = %v, want ErrInvalid", err)
			}
			if calls := len(graph.Calls()) - before; calls != 0 {
				t.Errorf("Config.Strict: %d calls, want 0", calls)
			}
		})
	}
}

func TestRefusedByGraph(t *testing.T) {
	t.Parallel()
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := new(sendtest.Graph)
			for _, id := range []string{"1", "2"} {
				graph.AddAttachment(id, "image")
			}
			rule, _, _ := strings.Cut(name, " ")
			call := post(t, graph, test.message)
			if call.Rule != rule {
				t.Errorf("Graph judges by rule %q (%s), want %q", call.Rule, call.Answer, rule)
			}
			if call.Conf == "L" {
				t.Logf("%s is an assumption", rule)
			}
		})
	}
}

// post gives message to graph without asking a Client, and returns what became of it.
func post(t *testing.T, graph *sendtest.Graph, message send.Message) sendtest.Call {
	t.Helper()
	body, err := json.Marshal(map[string]any{"recipient": send.Person(person), "message": message})
	if err != nil {
		t.Fatal(err)
	}
	const target = "https://graph.facebook.com/v25.0/me/messages"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer token")
	res, err := graph.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	calls := graph.Calls()
	return calls[len(calls)-1]
}

func TestActionsByGraph(t *testing.T) {
	t.Parallel()
	for _, action := range []send.Action{
		send.MarkSeen(), send.TypingOn(), send.TypingOff(), send.React("m_1", "❤"), send.Unreact("m_1"),
	} {
		t.Run(action.String(), func(t *testing.T) {
			t.Parallel()
			graph := new(sendtest.Graph)
			if err := newClient(t, graph).Act(t.Context(), send.Person(person), action); err != nil {
				t.Errorf("Act = %v, want nil", err)
			}
			if calls := graph.Calls(); len(calls) != 1 || calls[0].Action != action.String() {
				t.Errorf("calls = %+v, want one of %s", calls, action)
			}
		})
	}
}

// Instagram has no personas: an action in the name of one is refused before the call, as a message is.
func TestActionsOnInstagram(t *testing.T) {
	t.Parallel()
	graph := &sendtest.Graph{Instagram: true}
	client := clientOf(t, graph, send.Config{Channel: send.Instagram})
	for _, test := range []struct {
		to     send.Recipient
		action send.Action
	}{
		{send.Person(person), send.TypingOn().As("1600000000000002")},
		{send.UserRef("ur_9f3a"), send.TypingOn()},
	} {
		if err := client.Act(t.Context(), test.to, test.action); !errors.Is(err, send.ErrInvalid) {
			t.Errorf("Act(%+v) = %v, want ErrInvalid", test.to, err)
		}
	}
	if calls := len(graph.Calls()); calls != 0 {
		t.Errorf("%d calls, want none", calls)
	}
}

func TestFailuresByGraph(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		failure sendtest.Failure
		err     error
		calls   int
	}{
		"outside the window":   {sendtest.Failure{Code: 10, Subcode: 2018278}, send.ErrOutsideWindow, 1},
		"person unreachable":   {sendtest.Failure{Code: 551, Subcode: 1545041}, send.ErrUnreachable, 1},
		"passes by itself":     {sendtest.Failure{Code: 1200}, nil, 2},
		"rate limit":           {sendtest.Failure{Code: 613}, nil, 2},
		"error under 200":      {sendtest.Failure{Status: 200, Body: []byte(`{"error":{"code":190}}`)}, send.ErrUnauthorized, 1},
		"refused connection":   {sendtest.Failure{Refuse: true}, nil, 2},
		"dropped":              {sendtest.Failure{Drop: true}, send.ErrUnsure, 1},
		"dropped, but carried": {sendtest.Failure{Drop: true, Accept: true}, send.ErrUnsure, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := new(sendtest.Graph)
			graph.FailWith(test.failure)
			_, err := newClient(t, graph).Send(t.Context(), send.Request{
				To: send.Person(person), Message: send.Text("Hi"),
			})
			if !errors.Is(err, test.err) || len(graph.Calls()) != test.calls {
				t.Errorf("Send = %v after %d calls, want %v after %d", err, len(graph.Calls()), test.err, test.calls)
			}
		})
	}
}
