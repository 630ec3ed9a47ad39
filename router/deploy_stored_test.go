package router_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// recorded is a person whose record a test has in its hands.
type recorded struct {
	*bottest.Chat
	store session.Store
}

func record(t *testing.T, h bot.Handler) *recorded {
	t.Helper()
	r := new(recorded)
	r.Chat = bottest.Start(t, h, func(cfg *bot.Config) {
		if r.store == nil {
			r.store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
		}
		cfg.Store = r.store
	})
	return r
}

func (r *recorded) load(t *testing.T) *session.Person {
	t.Helper()
	p, err := session.Load(t.Context(), r.store, bottest.PageID+"."+bottest.PersonID, r.Now())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// replace puts frames into the person's record.
func (r *recorded) replace(t *testing.T, frames []byte) {
	t.Helper()
	p := r.load(t)
	p.Frames = frames
	if err := p.Save(t.Context(), r.store, r.Now(), time.Hour); err != nil {
		t.Fatal(err)
	}
}

// Frames that no router has written end the conversation; the person has an answer all the same.
func TestGarbageForFrames(t *testing.T) {
	chat := record(t, depot(parcels()))
	goOn(chat.Chat, line{"start", []string{"How heavy?"}}, line{"7 kg", []string{"Which street?"}})
	good := chat.load(t).Frames
	garbage := map[string][]byte{
		"null": []byte("null"), "json": []byte(`{"stack":[{"name":"parcel","state":"weight"}]}`), "zero": {0},
		"a length beyond the end": {1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}, "all ones": bytes.Repeat([]byte{0xff}, 64),
		"no stack": {1, 0, 0}, "more behind": append(bytes.Clone(good), 0),
	}
	for name, frames := range garbage {
		chat.replace(t, frames)
		chat.Say("hello?")
		chat.Expect("Pardon?")
		chat.ExpectNothing()
		if left := chat.load(t).Frames; left != nil {
			t.Errorf("%s: the frames are still %q", name, left)
		}
	}
	for length := 1; length < len(good); length++ {
		chat.replace(t, good[:length])
		chat.Say("hello?")
		chat.Expect("Pardon?")
		chat.ExpectNothing()
	}
}

// A record that was damaged anywhere never stops the bot, nor the person: an answer or two later they are at
// an end, or in no conversation.
func TestFramesWithABitFlipped(t *testing.T) {
	failed := 0
	r := depot(parcels())
	chat := record(t, bot.HandlerFunc(func(c *bot.Context) error {
		err := r.Handle(c)
		if err != nil {
			failed++
		}
		return err
	}))
	goOn(chat.Chat, line{"start", []string{"How heavy?"}}, line{"7 kg", []string{"Which street?"}},
		line{"Main Street 1", []string{"In which city is Main Street 1?"}})
	good := chat.load(t).Frames
	for i := range good {
		for _, flip := range []byte{1, 0x80} {
			damaged := bytes.Clone(good)
			damaged[i] ^= flip
			chat.replace(t, damaged)
			for range 4 {
				chat.Say("cancel")
			}
			if places, err := router.Places(chat.load(t).Frames); err == nil && len(places) > 0 {
				t.Errorf("byte %d with %#x: the person is still in a conversation", i, flip)
			}
		}
	}
	if failed > 0 {
		t.Errorf("%d events failed", failed)
	}
}

// What was remembered of a part is not taken for the answers to another one, or to another version.
func TestPartsOfBefore(t *testing.T) {
	type numbers struct{ Street, City int }
	numbered := router.Conversation[numbers]{
		Name: "place", Start: "street",
		States: router.States[numbers]{"street": {
			Ask: func(_ *bot.Context, n numbers) (send.Message, error) {
				if n != (numbers{}) {
					return send.Text("How did you know?"), nil
				}
				return send.Text("Which number?"), nil
			},
			Answer: func(*bot.Context, *numbers) error { return nil }, Next: router.Done,
		}},
	}
	numberedPart := changed(func(c *router.Conversation[parcel]) {
		c.States["place"] = router.Sub(numbered, func(*parcel, numbers) error { return nil }, router.Done)
	})
	tests := map[string]struct {
		after *router.Router
		want  string
	}{
		"nothing changed": {depot(parcels()), "Which street? + Main Street 1"},
		"another name":    {within(func(c *router.Conversation[place]) { c.Name = "address" }), "Which street?"},
		"another version": {within(func(c *router.Conversation[place]) { c.Version = 7 }), "Which street?"},
		"other data":      {numberedPart, "Which number?"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, depot(parcels()))
			goOn(chat, line{"start", []string{"How heavy?"}}, line{"7 kg", []string{"Which street?"}},
				line{"Main Street 1", []string{"In which city is Main Street 1?"}},
				line{"back", []string{"Which street? + Main Street 1"}}, line{"back", []string{"How heavy? + 7 kg"}})
			chat.Restart(test.after)
			goOn(chat, line{"8 kg", []string{test.want}})
		})
	}
}

// A reminder and a time-out of a conversation that cannot go on say nothing; the person is told when they say
// something.
func TestTimersOfWhatCannotGoOn(t *testing.T) {
	chat := bottest.Start(t, depot(parcels()))
	goOn(chat, line{"start", []string{"How heavy?"}}, line{"7 kg", []string{"Which street?"}})
	chat.Restart(changed(func(c *router.Conversation[parcel]) { c.Version, c.OnStale = 1, again }))
	chat.Advance(2 * time.Hour)
	chat.ExpectNothing()
	chat.Advance(12 * time.Hour)
	chat.ExpectNothing()
	goOn(chat, line{"hello?", []string{"Let us begin again.", "How heavy?"}})
	chat.Advance(time.Hour)
	hears(chat, "Still there?", "How heavy?")
	chat.Advance(11 * time.Hour)
	hears(chat, "Another time.")
	goOn(chat, line{"hello?", []string{"Pardon?"}})
}

// A program without conversations leaves the timers of the one before alone.
func TestTimersOfNoConversation(t *testing.T) {
	chat := bottest.Start(t, depot(parcels()))
	goOn(chat, line{"start", []string{"How heavy?"}})
	chat.Restart(wordless())
	chat.Advance(13 * time.Hour)
	chat.ExpectNothing()
	goOn(chat, line{"7 kg", []string{"Pardon?"}})
}

// A later program may have other times, or none.
func TestTimersOfALaterProgram(t *testing.T) {
	tests := map[string]struct {
		change func(c *router.Conversation[parcel])
		after  time.Duration
		want   []string
	}{
		"none": {func(c *router.Conversation[parcel]) { c.Timeout, c.Remind, c.OnTimeout = 0, nil, nil }, 13 * time.Hour, nil},
		"no reminder": {
			func(c *router.Conversation[parcel]) { c.Remind = nil }, 11 * time.Hour, nil,
		},
		"a time-out alone": {
			func(c *router.Conversation[parcel]) { c.Remind = nil }, 12 * time.Hour, []string{"Another time."},
		},
		"a shorter time-out": {
			func(c *router.Conversation[parcel]) { c.Remind, c.Timeout = nil, time.Hour }, time.Hour,
			[]string{"Another time."},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, depot(parcels()))
			goOn(chat, line{"start", []string{"How heavy?"}})
			chat.Restart(changed(test.change))
			chat.Advance(test.after)
			hears(chat, test.want...)
		})
	}
}

// Events that are no input see the conversation, and may end it.
func TestConversationSeenFromOtherEvents(t *testing.T) {
	r := depot(parcels())
	var seen []string
	router.On(r, func(c *bot.Context, _ *webhook.Reaction) error {
		conversation, state := router.Current(c)
		seen = append(seen, conversation+"/"+state)
		return nil
	})
	r.Custom("stop", func(c *bot.Context) error {
		conversation, state := router.Current(c)
		seen = append(seen, conversation+"/"+state)
		router.Leave(c)
		conversation, _ = router.Current(c)
		seen = append(seen, conversation)
		return nil
	})
	r.Payload("STOP", func(c *bot.Context) error {
		_, err := c.Emit("stop", c.Now(), nil)
		return err
	})
	h := serve(t, r)
	for i, words := range []string{"start", "7 kg"} {
		h.mustDeliver(t, text("m_"+string(rune('a'+i)), words))
	}
	h.mustDeliver(t, reaction)
	h.mustDeliver(t, postback("m_x", "Stop", "STOP"))
	h.mustDeliver(t, text("m_y", "hello?"))
	if got := h.sent(); got[len(got)-1] != "Pardon?" {
		t.Errorf("sent %q, want the conversation to be over at the end", got)
	}
	if want := []string{"place/street", "place/street", ""}; !slices.Equal(seen, want) {
		t.Errorf("seen %q, want %q", seen, want)
	}
}

// Only words and taps take a deployment up: its question would not be asked at a reaction, and what the person
// says next would be taken for the answer to it.
func TestAReactionTakesNoDeploymentUp(t *testing.T) {
	chat := bottest.Start(t, depot(parcels()))
	goOn(chat, line{"start", []string{"How heavy?"}}, line{"7 kg", []string{"Which street?"}})
	chat.Restart(changed(func(c *router.Conversation[parcel]) {
		c.Version, c.Migrate = 1, migrating[parcel]("weight")
	}))
	chat.React("❤")
	goOn(chat, line{"Main Street 1", []string{"How heavy? + 7 kg"}}, line{"8 kg", []string{"Which street?"}})
}

// moody is data that panic where they are not as they expect.
type moody struct{ Count int }

func (m *moody) UnmarshalJSON(stored []byte) error {
	type plain moody
	if bytes.Contains(stored, []byte("Weight")) {
		panic("a weight")
	}
	return json.Unmarshal(stored, (*plain)(m))
}

func TestDataThatPanicAreData(t *testing.T) {
	later := router.Conversation[moody]{
		Name: "parcel", Start: "weight",
		OnStale: func(c *bot.Context) error { return c.Text("Sorry, that is over.") },
		Finish:  func(*bot.Context, moody) error { return nil },
		States: router.States[moody]{"weight": {
			Prompt: send.Text("How many?"), Next: router.Done,
			Answer: func(*bot.Context, *moody) error { return nil },
		}},
	}
	chat := bottest.Start(t, depot(parcels()))
	goOn(chat, line{"start", []string{"How heavy?"}}, line{"7 kg", []string{"Which street?"}},
		line{"back", []string{"How heavy? + 7 kg"}})
	chat.Restart(depot(later))
	goOn(chat, line{"8 kg", []string{"Sorry, that is over."}}, line{"8 kg", []string{"Pardon?"}})
}

// Back leads to where the person has been, once: not to the states behind the one that Migrate led them to.
func TestBackBehindAMigration(t *testing.T) {
	asks := func(words, next string) router.State[parcel] {
		return router.State[parcel]{Prompt: send.Text(words), Answer: readWeight, Next: next}
	}
	program := func(version int) *router.Router {
		return changed(func(c *router.Conversation[parcel]) {
			c.Version, c.Start, c.Migrate = version, "a", migrating[parcel]("b")
			c.States = router.States[parcel]{
				"a": asks("A?", "b"), "b": asks("B?", "c"), "c": asks("C?", "d"), "d": asks("D?", router.Done),
			}
		})
	}
	chat := bottest.Start(t, program(0))
	goOn(chat, line{"start", []string{"A?"}}, line{"1", []string{"B?"}}, line{"2", []string{"C?"}},
		line{"3", []string{"D?"}})
	chat.Restart(program(1))
	goOn(chat, line{"4", []string{"B? + 2"}}, line{"back", []string{"A? + 1"}}, line{"back", []string{"A? + 1"}})
}
