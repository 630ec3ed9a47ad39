package router_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

// What the first program of these tests gathers: a parcel and where it goes.
type (
	parcel struct {
		Weight string
		To     place
	}
	place struct{ Street, City string }
)

func readWeight(c *bot.Context, p *parcel) error { p.Weight = c.Input(); return nil }

func readStreet(c *bot.Context, p *place) error { p.Street = c.Input(); return nil }

func readCity(c *bot.Context, p *place) error { p.City = c.Input(); return nil }

func sendTo(p *parcel, to place) error { p.To = to; return nil }

// askCity asks a question that depends on the data.
func askCity(_ *bot.Context, p place) (send.Message, error) {
	return send.Text("In which city is " + p.Street + "?"), nil
}

func places() router.Conversation[place] {
	return router.Conversation[place]{
		Name: "place", Start: "street",
		States: router.States[place]{
			"street": {Prompt: send.Text("Which street?"), Answer: readStreet, Next: "city"},
			"city":   {Ask: askCity, Answer: readCity, Next: router.Done},
		},
	}
}

func sent(c *bot.Context, p parcel) error {
	return c.Text(fmt.Sprintf("%s to %s, %s", p.Weight, p.To.Street, p.To.City))
}

func parcels() router.Conversation[parcel] {
	return router.Conversation[parcel]{
		Name: "parcel", Start: "weight", Back: []string{"back"}, Cancel: []string{"cancel"}, Timeout: 12 * time.Hour,
		Remind: []router.Reminder[parcel]{{After: time.Hour, Say: send.Text("Still there?")}},
		States: router.States[parcel]{
			"weight": {Prompt: send.Text("How heavy?").WithAnswers("Light", "Heavy"), Answer: readWeight, Next: "place"},
			"place":  router.Sub(places(), sendTo, router.Done),
		},
		Finish: sent, OnTimeout: func(c *bot.Context, _ parcel) error { return c.Text("Another time.") },
	}
}

// depot returns a bot with one conversation, and others that a person may be in.
func depot[T any](conversation router.Conversation[T]) *router.Router {
	r := router.New()
	router.Converse(r, "start", conversation)
	other := places()
	other.Name, other.Finish = "other", func(c *bot.Context, p place) error { return c.Text("Other: " + p.Street) }
	router.Converse(r, "other", other)
	r.Anytime("help", func(c *bot.Context) error { return c.Text("I send parcels.") })
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
	return r
}

// changed returns the conversation of the first program as a later one has it.
func changed(change func(c *router.Conversation[parcel])) *router.Router {
	conversation := parcels()
	change(&conversation)
	return depot(conversation)
}

// within returns the first program with another conversation as its part.
func within(change func(c *router.Conversation[place])) *router.Router {
	part := places()
	change(&part)
	return changed(func(c *router.Conversation[parcel]) {
		c.States["place"] = router.Sub(part, sendTo, router.Done)
	})
}

// migrating returns a Migrate that goes on in a state with the data as they are.
func migrating[T any](state string) func(old router.Stored) (string, T, error) {
	return func(old router.Stored) (string, T, error) {
		var data T
		if old.Data == nil {
			return state, data, nil
		}
		err := json.Unmarshal(old.Data, &data)
		return state, data, err
	}
}

// again is an OnStale that begins anew.
func again(c *bot.Context) error {
	return errors.Join(c.Text("Let us begin again."), router.Enter(c, "parcel"))
}

// line is something that is said, and what the bot answers.
type line struct {
	say     string
	answers []string
}

// goOn says the lines, each of which must have the answers.
func goOn(chat *bottest.Chat, lines ...line) {
	for _, l := range lines {
		chat.Say(l.say)
		hears(chat, l.answers...)
	}
}

// hears expects texts, and nothing more. Behind a plus is the answer of before that is offered.
func hears(chat *bottest.Chat, texts ...string) {
	for _, text := range texts {
		text, before, _ := strings.Cut(text, " + ")
		var offered []string
		if text == "How heavy?" {
			offered = []string{"Light", "Heavy"}
		}
		if before != "" {
			offered = append(offered, before)
		}
		chat.Expect(text, offered...)
	}
	chat.ExpectNothing()
}

// The program changes while a person is in a conversation. What they say next has an answer, they can reach
// an end, and nothing is ever taken for what it is not.
func TestDeploy(t *testing.T) {
	atWeight := []line{{"start", []string{"How heavy?"}}}
	atStreet := append(atWeight, line{"7 kg", []string{"Which street?"}})
	atCity := append(atStreet, line{"Main Street 1", []string{"In which city is Main Street 1?"}})
	type parcelState = router.State[parcel]
	type conversation = *router.Conversation[parcel]
	noPlace := func(c conversation) { // the state of the part is gone, and with it its question
		delete(c.States, "place")
		c.States["weight"] = parcelState{Prompt: send.Text("Weight?"), Answer: readWeight, Next: router.Done}
	}
	var got router.Stored
	tests := map[string]struct {
		before []line
		after  *router.Router
		talk   []line
	}{
		"nothing changed": {atCity, depot(parcels()), []line{{"Oslo", []string{"7 kg to Main Street 1, Oslo"}}}},
		"a question in other words": {atWeight, changed(func(c conversation) {
			c.States["weight"] = parcelState{Prompt: send.Text("Weight?"), Answer: readWeight, Next: router.Done}
			delete(c.States, "place")
		}), []line{{"7 kg", []string{"7 kg to , "}}}},

		"the state is gone": {
			atStreet, changed(noPlace), []line{{"Main Street 1", []string{"Pardon?"}}, {"start", []string{"Weight?"}}},
		},
		"the state is gone, and the person begins anew": {
			atStreet, changed(noPlace), []line{{"start", []string{"Weight?"}}, {"8 kg", []string{"8 kg to , "}}},
		},
		"the state is gone, and the person cancels": {
			atStreet, changed(noPlace), []line{{"cancel", []string{"Pardon?"}}, {"help", []string{"I send parcels."}}},
		},
		"the state is gone: OnStale": {
			atStreet, changed(func(c conversation) {
				noPlace(c)
				c.OnStale = func(c *bot.Context) error { return c.Text("Sorry, that is over.") }
			}), []line{{"help", []string{"Sorry, that is over."}}, {"help", []string{"I send parcels."}}},
		},
		"the state is gone: OnStale begins anew": {
			atStreet, changed(func(c conversation) { noPlace(c); c.OnStale = again }),
			[]line{{"hello?", []string{"Let us begin again.", "Weight?"}}, {"8 kg", []string{"8 kg to , "}}},
		},
		"the state is gone: Migrate": {
			atStreet, changed(func(c conversation) { noPlace(c); c.Migrate = migrating[parcel]("weight") }),
			[]line{{"Main Street 1", []string{"Weight? + 7 kg"}}, {"8 kg", []string{"8 kg to , "}}},
		},

		"a higher version": {
			atCity, changed(func(c conversation) { c.Version = 2 }), []line{{"Oslo", []string{"Pardon?"}}},
		},
		"a higher version: OnStale": {
			atCity, changed(func(c conversation) { c.Version, c.OnStale = 2, again }),
			[]line{{"Oslo", []string{"Let us begin again.", "How heavy?"}}, {"8 kg", []string{"Which street?"}}},
		},
		"a higher version: Migrate to the same state": {
			atCity, changed(func(c conversation) { c.Version, c.Migrate = 2, migrating[parcel]("place") }),
			[]line{{"Oslo", []string{"7 kg to Main Street 1, Oslo"}}},
		},
		"a higher version: Migrate to another state": {
			atCity, changed(func(c conversation) { c.Version, c.Migrate = 2, migrating[parcel]("weight") }),
			[]line{{"Oslo", []string{"How heavy? + 7 kg"}}, {"8 kg", []string{"Which street?"}}},
		},
		"a higher version: Migrate, then an interrupt": {
			atCity, changed(func(c conversation) { c.Version, c.Migrate = 2, migrating[parcel]("weight") }),
			[]line{{"help", []string{"I send parcels.", "How heavy? + 7 kg"}}, {"8 kg", []string{"Which street?"}}},
		},
		"a higher version: Migrate, then back": {
			atCity, changed(func(c conversation) { c.Version, c.Migrate = 2, migrating[parcel]("weight") }),
			[]line{{"back", []string{"How heavy? + 7 kg"}}, {"8 kg", []string{"Which street?"}}},
		},
		"a higher version: Migrate to no state": {
			atCity, changed(func(c conversation) { c.Version, c.Migrate, c.OnStale = 2, migrating[parcel]("city"), again }),
			[]line{{"Oslo", []string{"Let us begin again.", "How heavy?"}}},
		},
		"a higher version: Migrate to an end": {
			atCity, changed(func(c conversation) { c.Version, c.Migrate = 2, migrating[parcel](router.Done) }),
			[]line{{"Oslo", []string{"Pardon?"}}},
		},
		"a higher version: Migrate fails": {
			atCity, changed(func(c conversation) {
				c.Version = 2
				c.Migrate = func(old router.Stored) (string, parcel, error) {
					got = old
					return "weight", parcel{}, errors.New("no")
				}
			}), []line{{"Oslo", []string{"Pardon?"}}, {"start", []string{"How heavy?"}}},
		},
		"a higher version: Migrate panics": {
			atCity, changed(func(c conversation) {
				c.Version = 2
				c.Migrate = func(router.Stored) (string, parcel, error) { panic("no") }
			}), []line{{"Oslo", []string{"Pardon?"}}, {"start", []string{"How heavy?"}}},
		},
		"data that do not fit": {
			atStreet, depot(counting(nil)), []line{{"Main Street 1", []string{"Pardon?"}}, {"start", []string{"How many?"}}},
		},
		"data that do not fit: Migrate": {
			atStreet, depot(counting(func(old router.Stored) (string, counted, error) {
				got = old
				return "count", counted{Weight: 7}, nil
			})), []line{{"Main Street 1", []string{"How many?"}}, {"3", []string{"Where?"}}, {"X", []string{"7 kg, 3"}}},
		},

		"no longer registered": {
			atCity, depot(renamed()), []line{{"Oslo", []string{"Pardon?"}}, {"start", []string{"How heavy?"}}},
		},
		"none registered": {atCity, wordless(), []line{{"Oslo", []string{"Pardon?"}}, {"Oslo", []string{"Pardon?"}}}},

		"the part has another name": {
			atCity, within(func(c *router.Conversation[place]) { c.Name = "address" }),
			[]line{{"Oslo", []string{"Which street?"}}, {"B", []string{"In which city is B?"}}, {"C", []string{"7 kg to B, C"}}},
		},
		"the part is a question": {
			atCity, changed(func(c conversation) {
				c.States["place"] = parcelState{Prompt: send.Text("Fragile?"), Answer: readWeight, Next: router.Done}
			}), []line{{"Oslo", []string{"Fragile?"}}, {"yes", []string{"yes to , "}}},
		},
		"a question is a part": {
			atWeight, changed(func(c conversation) {
				c.States["weight"] = router.Sub(places(), sendTo, "place")
				c.States["place"] = parcelState{Prompt: send.Text("Fragile?"), Answer: readWeight, Next: router.Done}
			}), []line{{"7 kg", []string{"Which street?"}}, {"B", []string{"In which city is B?"}}, {"C", []string{"Fragile?"}}},
		},
		"the part has lost the state": {
			atCity, within(func(c *router.Conversation[place]) {
				delete(c.States, "city")
				c.States["street"] = router.State[place]{Prompt: send.Text("Street?"), Answer: readStreet, Next: router.Done}
			}), []line{{"Oslo", []string{"Street?"}}, {"B", []string{"7 kg to B, "}}},
		},
		"the part has a higher version": {
			atCity, within(func(c *router.Conversation[place]) { c.Version = 1 }),
			[]line{{"Oslo", []string{"Which street?"}}, {"B", []string{"In which city is B?"}}},
		},
		"the part has a higher version: Migrate to the same state": {
			atCity, within(func(c *router.Conversation[place]) { c.Version, c.Migrate = 1, migrating[place]("city") }),
			[]line{{"Oslo", []string{"7 kg to Main Street 1, Oslo"}}},
		},
		"the part has a higher version: Migrate to another state": {
			atCity, within(func(c *router.Conversation[place]) { c.Version, c.Migrate = 1, migrating[place]("street") }),
			[]line{{"Oslo", []string{"Which street? + Main Street 1"}}, {"B", []string{"In which city is B?"}}},
		},
		"the part has a higher version: Migrate to no state": {
			atCity, within(func(c *router.Conversation[place]) { c.Version, c.Migrate = 1, migrating[place]("?") }),
			[]line{{"Oslo", []string{"Which street?"}}, {"B", []string{"In which city is B?"}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chat := bottest.Start(t, depot(parcels()))
			goOn(chat, test.before...)
			chat.Restart(test.after)
			chat.ExpectNothing()
			goOn(chat, test.talk...)
		})
	}
	if got.State == "" {
		t.Error("Migrate was not asked")
	}
}

// counted is what a later program gathers: a weight in numbers.
type counted struct{ Weight, Count int }

func counting(migrate func(old router.Stored) (string, counted, error)) router.Conversation[counted] {
	return router.Conversation[counted]{
		Name: "parcel", Start: "count", Migrate: migrate,
		States: router.States[counted]{
			"count": {Prompt: send.Text("How many?"), Next: "place", Answer: func(c *bot.Context, d *counted) error {
				_, err := fmt.Sscan(c.Input(), &d.Count)
				return err
			}},
			"place": {Prompt: send.Text("Where?"), Next: router.Done, Answer: func(*bot.Context, *counted) error { return nil }},
		},
		Finish: func(c *bot.Context, d counted) error { return c.Text(fmt.Sprintf("%d kg, %d", d.Weight, d.Count)) },
	}
}

// renamed returns the conversation under another name.
func renamed() router.Conversation[parcel] {
	conversation := parcels()
	conversation.Name = "letter"
	return conversation
}

// wordless returns a bot without conversations.
func wordless() *router.Router {
	r := router.New()
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })
	return r
}
