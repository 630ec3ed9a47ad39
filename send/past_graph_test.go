package send_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// strolling is a clock that goes on by a second whenever it is looked at, so that no limit is reached.
func strolling() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

// TestConversationByGraph has a person and the Page talk, more than Meta shows.
func TestConversationByGraph(t *testing.T) {
	t.Parallel()
	graph := &sendtest.Graph{Now: strolling()}
	client := newClient(t, graph)
	at := graph.Now().Add(-time.Hour)
	first := graph.Say(string(person), "0", at)
	for i := range 24 {
		at = at.Add(time.Second)
		graph.Say(string(person), fmt.Sprint(i+1), at)
	}
	if _, err := client.Send(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Send(t.Context(), send.Request{To: send.Person(person), Message: send.Image("https://cdn.example/a.jpg")}); err != nil {
		t.Fatal(err)
	}
	talks, err := gather(client.Conversations(t.Context(), send.ConversationQuery{Person: person}))
	if err != nil || len(talks) != 1 || talks[0].Messages != 27 || len(talks[0].Participants) != 2 || !talks[0].CanReply {
		t.Fatalf("Conversations = %+v, %v; want one with 27 messages", talks, err)
	}
	talk, err := client.Conversation(t.Context(), talks[0].ID)
	if err != nil || talk.ID != talks[0].ID || !talk.Updated.Equal(talks[0].Updated) {
		t.Errorf("Conversation = %+v, %v; want %+v", talk, err, talks[0])
	}
	past, err := gather(client.ConversationMessages(t.Context(), talk.ID))
	if err != nil || len(past) != 20 {
		t.Fatalf("ConversationMessages: %d, %v; want the newest 20", len(past), err)
	}
	if past[0].Attachments[0].URL != "https://cdn.example/a.jpg" || past[1].Text != "Hi" || past[2].Text != "24" ||
		past[2].From.ID != string(person) || past[2].To[0].ID != sendtest.DefaultPage || !past[2].Time.Equal(at) {
		t.Errorf("ConversationMessages = %+v, want them newest first", past[:3])
	}
	inbound, err := client.LastInbound(t.Context(), person)
	if err != nil || !inbound.Equal(at) {
		t.Errorf("LastInbound = %v, %v; want %v", inbound, err, at)
	}
	if inbound, err = client.LastInbound(t.Context(), "7100000000000009"); err != nil || !inbound.IsZero() {
		t.Errorf("LastInbound of a stranger = %v, %v; want none", inbound, err)
	}
	_, err = client.PastMessage(t.Context(), first)
	if refused, ok := errors.AsType[*send.Error](err); !ok || refused.Code != 9000001 || lastRule(graph) != "E15" {
		t.Errorf("PastMessage of the oldest = %v by rule %s, want 9000001 by E15", err, lastRule(graph))
	}
	newest, err := client.PastMessage(t.Context(), past[2].ID)
	if err != nil || newest.Text != "24" {
		t.Errorf("PastMessage = %+v, %v; want the newest of the person", newest, err)
	}
}

// lastRule returns the rule by which the newest call was refused.
func lastRule(graph *sendtest.Graph) string {
	calls := graph.Calls()
	return calls[len(calls)-1].Rule
}

// TestConversationRateByGraph asks ten times at once: none is too often for Meta.
func TestConversationRateByGraph(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		graph := &sendtest.Graph{Now: time.Now}
		graph.Say(string(person), "Hi", time.Now())
		client, err := send.New(send.Config{Token: "token", HTTP: graph.Client(), Tries: 1})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := client.LastInbound(t.Context(), person); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := len(graph.Calls()); n != 10 {
			t.Errorf("%d calls, want 10", n)
		}
	})
}

// TestLastInboundOfTwo has a person with two conversations, as with two folders: the newer message counts.
func TestLastInboundOfTwo(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{"GET/me/conversations": `{"data":[
		{"id":"t_1","messages":{"data":[{"id":"m_1","created_time":"2022-07-12T18:00:00+0000","from":{"id":"7100000000000001"}}]}},
		{"id":"t_2","messages":{"data":[{"id":"m_2","created_time":"2022-07-12T19:11:07Z","from":{"id":"7100000000000001"}}]}}]}`})
	got, err := graph.client(t, send.Config{}).LastInbound(t.Context(), "7100000000000001")
	if want := time.Date(2022, time.July, 12, 19, 11, 7, 0, time.UTC); err != nil || !got.Equal(want) {
		t.Errorf("LastInbound = %v, %v; want %v", got, err, want)
	}
}

// TestTemplatesByGraph creates, finds, sends and deletes.
func TestTemplatesByGraph(t *testing.T) {
	t.Parallel()
	graph := &sendtest.Graph{Strict: true}
	graph.Change(func(s *sendtest.State) {
		s.Reviews = map[string]sendtest.Review{"sale": {Status: "REJECTED", Reason: "TAG_SHOULD_BE_MARKETING"}}
		s.Library = []map[string]any{{
			"name": "order_confirmation_1", "language": "en", "category": "UTILITY", "body": "Dear {{1}}, it has come!",
		}}
	})
	client := newClient(t, graph)
	sale := orderUpdate
	sale.Name = "sale"
	copied := send.TemplateDefinition{Name: "shop_confirmation", Language: "en", Library: "order_confirmation_1"}
	for _, test := range []struct {
		define send.TemplateDefinition
		status send.TemplateStatus
	}{
		{orderUpdate, send.TemplateApproved},
		{orderNamed, send.TemplateApproved},
		{sale, send.TemplateRejected},
		{copied, send.TemplateApproved},
	} {
		made, err := client.CreateTemplate(t.Context(), test.define)
		if err != nil || made.Status != test.status || made.ID == "" {
			t.Fatalf("CreateTemplate(%s) = %+v, %v; want %s", test.define.Name, made, err, test.status)
		}
		found, err := client.FindTemplate(t.Context(), test.define.Name, "en")
		if err != nil || found.ID != made.ID || found.Status != test.status || len(found.Parts) == 0 {
			t.Errorf("FindTemplate(%s) = %+v, %v; want what was made", test.define.Name, found, err)
		}
	}
	library, err := gather(client.TemplateLibrary(t.Context(), send.LibraryQuery{Anywhere: "order"}))
	if err != nil || len(library) != 1 || library[0].Name != "order_confirmation_1" {
		t.Errorf("TemplateLibrary = %+v, %v; want one", library, err)
	}
	if _, err := client.Send(t.Context(), goodUpdate); err != nil {
		t.Errorf("Send: %v", err)
	}
	before := len(graph.Calls())
	_, err = client.Send(t.Context(), utility("sale", "en"))
	if err == nil || !strings.Contains(err.Error(), "TAG_SHOULD_BE_MARKETING") {
		t.Errorf("Send of a rejected template = %v, want why it was rejected", err)
	}
	for _, call := range graph.Calls()[before:] {
		if call.MessageID != "" || call.Method == "POST" {
			t.Errorf("call %s %s, want the list only", call.Method, call.Path)
		}
	}
	if err := client.DeleteTemplate(t.Context(), "order_update", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := client.FindTemplate(t.Context(), "order_update", "en"); !errors.Is(err, send.ErrNoTemplate) {
		t.Errorf("FindTemplate of what was deleted = %v, want send.ErrNoTemplate", err)
	}
	if err := client.DeleteTemplate(t.Context(), "order_update", ""); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("DeleteTemplate once more = %v, want Meta's refusal", err)
	}
}

// TestUtilityByGraph has the fake judge what the Client lets pass, and the Client judge as the fake does.
func TestUtilityByGraph(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request send.Request
		rule    string // by which Meta refuses; "": it does not
	}{
		"fits":          {goodUpdate, ""},
		"unknown":       {utility("order", "en"), "W20"},
		"language":      {utility("order_update", "fr"), "W20"},
		"too few":       {utility("order_update", "en"), "W21"},
		"too many":      {utility("order_update", "en", send.Body(send.Value("a"), send.Value("b"))), "W21"},
		"names":         {utility("order_named", "en", send.Body(send.Value("a"), send.Value("b"))), "W21"},
		"without value": {utility("order_update", "en", send.Header(send.Value("a")), send.Body(send.Value("b"))), "W21"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := new(sendtest.Graph)
			client := newClient(t, graph)
			for _, d := range []send.TemplateDefinition{orderUpdate, orderNamed} {
				if _, err := client.CreateTemplate(t.Context(), d); err != nil {
					t.Fatal(err)
				}
			}
			_, err := client.Send(t.Context(), test.request)
			if field, ok := errors.AsType[*send.FieldError](err); (test.rule != "") != ok {
				t.Errorf("Send = %v (%v), want it refused before a call: %t", err, field, test.rule != "")
			}
			trusting := clientOf(t, graph, send.Config{TrustTemplates: true})
			_, err = trusting.Send(t.Context(), test.request)
			if (err != nil) != (test.rule != "") || lastRule(graph) != test.rule {
				t.Errorf("Send unchecked = %v by rule %q, want rule %q", err, lastRule(graph), test.rule)
			}
		})
	}
}

// TestNotificationTokensByGraph lists and unlocks a token.
func TestNotificationTokensByGraph(t *testing.T) {
	t.Parallel()
	graph := &sendtest.Graph{Now: strolling()}
	next := graph.Now().Add(time.Hour).Truncate(time.Second)
	graph.Change(func(s *sendtest.State) {
		s.Tokens = map[string]sendtest.Token{"88": {PSID: string(person), Topic: "Weekly deals", Next: next}}
	})
	client := newClient(t, graph)
	all, err := gather(client.NotificationTokens(t.Context(), send.NotificationQuery{Unique: true}))
	if err != nil || len(all) != 1 || all[0].Token != "88" || all[0].Person != person || !all[0].Next.Equal(next) {
		t.Fatalf("NotificationTokens = %+v, %v; want one", all, err)
	}
	message := send.Request{To: send.NotificationToken("88"), Message: send.Text("Deals")}
	if _, err := client.Send(t.Context(), message); err == nil || lastRule(graph) != "W19" {
		t.Errorf("Send = %v by rule %q, want it too early by W19", err, lastRule(graph))
	}
	if err := client.AllowFollowUp(t.Context(), "88"); err != nil {
		t.Fatal(err)
	}
	// A client that has been refused for a limit waits; another one knows nothing of it.
	if _, err := newClient(t, graph).Send(t.Context(), message); err != nil {
		t.Errorf("Send after AllowFollowUp = %v, want it to go", err)
	}
	if err := client.AllowFollowUp(t.Context(), "no"); err == nil {
		t.Error("AllowFollowUp of an unknown token, want Meta's refusal")
	}
}
