package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// A day in the life of a bot that knows people, against the fake Graph API: S17 and E14 by their rules.
func TestPeopleByGraph(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		profile, err := c.Profile()
		if err != nil {
			return err
		}
		return errors.Join(c.Label("VIP"), c.AsNamed("Anna").Text("Hi "+profile.FirstName))
	}))
	s.graph.Change(func(state *sendtest.State) {
		state.Profiles = map[string]map[string]any{person: {"first_name": "Ana"}}
	})
	ctx := context.WithoutCancel(t.Context())
	client, err := s.Client(page)
	if err != nil {
		t.Fatal(err)
	}
	first, err := client.CreatePersona(ctx, "Anna", "https://cdn.example/anna.png")
	if err != nil {
		t.Fatal(err)
	}
	s.say("m_1")
	s.deliver(text(s.clock.Now(), "7100000000000002", "m_2", "hi")) // without a profile: E14
	s.want("Hi Ana", "Hi ")

	if err := client.DeletePersona(ctx, first); err != nil {
		t.Fatal(err)
	}
	second, err := client.CreatePersona(ctx, "Anna", "https://cdn.example/anna.png")
	if err != nil {
		t.Fatal(err)
	}
	s.say("m_3") // refused: S17
	s.say("m_4")
	s.want("Hi Ana", "Hi ", "Hi Ana")
	s.wantSpeakers(first, first, second)
	rules := map[string]int{}
	for _, call := range s.graph.Calls() {
		rules[call.Rule]++
	}
	if rules["E14"] != 1 || rules["S17"] != 1 || len(rules) != 3 {
		t.Errorf("refused by rule: %v, want E14 and S17 once each", rules)
	}
	for _, psid := range []send.PSID{person, "7100000000000002"} {
		labels := 0
		for label, err := range client.LabelsOf(ctx, psid) {
			if err != nil || label.Name != "VIP" {
				t.Errorf("label %+v, %v", label, err)
			}
			labels++
		}
		if labels != 1 {
			t.Errorf("%d labels, want 1", labels)
		}
	}
}
