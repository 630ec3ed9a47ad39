package router_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// What random walks come across too rarely to be relied on.

// rounds is a conversation with a part that goes round, and that is gone through again and again.
func rounds() router.Conversation[sheet] {
	read := func(name string) func(c *bot.Context, s *sheet) error {
		return func(c *bot.Context, s *sheet) error {
			if c.Input() == "bad" {
				return router.Refuse("what?")
			}
			s.take(name, c.Input())
			return nil
		}
	}
	asks := func(name, again, next string) router.State[sheet] {
		state := router.State[sheet]{Prompt: send.Text(name + "?"), Answer: read(name), Next: next}
		if again != "" {
			state.Branch = []router.Edge[sheet]{{If: func(s sheet) bool { return s.Last == "again" }, To: again}}
		}
		return state
	}
	inner := router.Conversation[sheet]{
		Name: "part", Start: "c", States: router.States[sheet]{"c": asks("c", "", "d"), "d": asks("d", "c", router.Done)},
	}
	return router.Conversation[sheet]{
		Name: "whole", Start: "a", Back: []string{"back"}, Attempts: 2,
		OnAttempts: func(c *bot.Context, _ sheet) error { return c.Text("enough") },
		States: router.States[sheet]{
			"a":    asks("a", "", "part"),
			"part": router.Sub(inner, func(*sheet, sheet) error { return nil }, "b"),
			"b":    asks("b", "part", router.Done),
		},
		Finish: func(c *bot.Context, _ sheet) error { return c.Text("done") },
	}
}

func inRounds(t *testing.T) *bottest.Chat {
	t.Helper()
	r := router.New()
	router.Converse(r, "start", rounds())
	return bottest.Start(t, r)
}

// The way through a part is forgotten when it is begun again: Back leads out of it.
func TestBackFromAPartBegunAgain(t *testing.T) {
	chat := inRounds(t)
	goOn(chat, line{"start", []string{"a?"}}, line{"1", []string{"c?"}}, line{"2", []string{"d?"}},
		line{"again", []string{"c?"}}, line{"2", []string{"d?"}}, line{"3", []string{"b?"}},
		line{"again", []string{"c?"}}, line{"back", []string{"b? + again"}}, line{"4", []string{"done"}})
}

// Answers that were refused before one was taken do not count when its question is gone back to.
func TestAttemptsBeginAnewBehindAPart(t *testing.T) {
	chat := inRounds(t)
	goOn(chat, line{"start", []string{"a?"}}, line{"1", []string{"c?"}}, line{"2", []string{"d?"}},
		line{"bad", []string{"what?", "d?"}}, line{"3", []string{"b?"}}, line{"back", []string{"d? + 3"}},
		line{"bad", []string{"what?", "d? + 3"}}, line{"bad", []string{"enough", "d? + 3"}},
		line{"bad", []string{"what?", "d? + 3"}})
}

// A text of white space alone is taken, and not offered again: nothing could be seen of it.
func TestWhiteSpaceIsNotOfferedAgain(t *testing.T) {
	chat := inRounds(t)
	goOn(chat, line{"start", []string{"a?"}}, line{" \t", []string{"c?"}}, line{"back", []string{"a?"}})
}

// What was migrated once is not migrated again.
func TestMigrateOnce(t *testing.T) {
	migrated := 0
	later := changed(func(c *router.Conversation[parcel]) {
		c.Version = 2
		c.Migrate = func(old router.Stored) (string, parcel, error) {
			migrated++
			return migrating[parcel](old.State)(old)
		}
	})
	chat := bottest.Start(t, depot(parcels()))
	goOn(chat, line{"start", []string{"How heavy?"}})
	chat.Restart(later)
	goOn(chat, line{"help", []string{"I send parcels.", "How heavy?"}}, line{"7 kg", []string{"Which street?"}},
		line{"Main Street 1", []string{"In which city is Main Street 1?"}},
		line{"Oslo", []string{"7 kg to Main Street 1, Oslo"}})
	if migrated != 1 {
		t.Errorf("migrated %d times, want once", migrated)
	}
}
