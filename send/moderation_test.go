package send_test

import (
	"fmt"
	"testing"

	"github.com/parleybot/parley/send"
)

// Source: Meta, Page/moderate_conversations reference, 2026: 10 people, 2 actions, three of them on Instagram.
func TestModerate(t *testing.T) {
	t.Parallel()
	people := func(n int) []send.PSID {
		var all []send.PSID
		for i := range n {
			all = append(all, send.PSID(fmt.Sprint(7100000000000001+i)))
		}
		return all
	}
	tests := map[string]struct {
		channel send.Channel
		people  []send.PSID
		actions []send.Moderation
		fields  []string
		body    string
	}{
		"one": {
			people: people(1), actions: []send.Moderation{send.BlockPerson},
			body: `{"actions":["BLOCK_USER"],"user_ids":[{"id":"7100000000000001"}]}`,
		},
		"two actions": {
			people: people(2), actions: []send.Moderation{send.BanPerson, send.MoveToSpam},
			body: `{"actions":["BAN_USER","MOVE_TO_SPAM"],"user_ids":[{"id":"7100000000000001"},{"id":"7100000000000002"}]}`,
		},
		"on Instagram": {
			channel: send.Instagram, people: people(1), actions: []send.Moderation{send.UnblockPerson, send.MoveToSpam},
			body: `{"actions":["UNBLOCK_USER","MOVE_TO_SPAM"],"user_ids":[{"id":"7100000000000001"}]}`,
		},
		"one that is new": {
			people: people(1), actions: []send.Moderation{"MUTE_USER"},
			body: `{"actions":["MUTE_USER"],"user_ids":[{"id":"7100000000000001"}]}`,
		},
		"banned on Instagram":   {channel: send.Instagram, people: people(1), actions: []send.Moderation{send.BanPerson}, fields: []string{"actions"}},
		"unbanned on Instagram": {channel: send.Instagram, people: people(1), actions: []send.Moderation{send.UnbanPerson}, fields: []string{"actions"}},
		"nobody":                {actions: []send.Moderation{send.BlockPerson}, fields: []string{"user_ids"}},
		"eleven people":         {people: people(11), actions: []send.Moderation{send.BlockPerson}, fields: []string{"user_ids"}},
		"no ID":                 {people: []send.PSID{"1", ""}, actions: []send.Moderation{send.BlockPerson}, fields: []string{"user_ids[1].id"}},
		"no action":             {people: people(1), fields: []string{"actions"}},
		"three actions":         {people: people(1), actions: []send.Moderation{"A", "B", "C"}, fields: []string{"actions"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, graph := scripted(t, send.Config{Channel: test.channel}, `{"success":true}`)
			err := client.Moderate(t.Context(), test.people, test.actions...)
			wantField(t, err, test.fields...)
			if test.fields != nil {
				graph.want(t)
				return
			}
			if err != nil {
				t.Error(err)
			}
			graph.want(t, peopleCall{"POST", "me/moderate_conversations", test.body})
		})
	}
	client, graph := scripted(t, send.Config{}, `{"success":true}`)
	if err := client.Moderate(t.Context(), people(10), send.UnbanPerson); err != nil || len(graph.calls) != 1 {
		t.Errorf("ten people: %v", err)
	}
}
