package router_test

import (
	"fmt"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
)

func ExampleChoice() {
	type order struct{ Size string }
	r := router.New()
	router.Converse(r, "pizza", router.Conversation[order]{
		Name: "pizza", Start: "size",
		States: router.States[order]{"size": {
			Prompt: send.Text("Which size?").WithAnswers("Small", "Large"),
			Answer: func(c *bot.Context, o *order) (err error) {
				o.Size, err = router.Choice(c, "Small", "Large")
				return err
			},
			Next: router.Done,
		}},
		Finish: func(c *bot.Context, o order) error { return c.Text(o.Size + ", coming up!") },
	})
	r.Fallback(func(c *bot.Context) error { return c.Text("Say pizza.") })

	talk(r, "pizza", "huge", "LARGE!")
	// Output:
	// > pizza
	// < Which size?
	// > huge
	// < Please choose Small or Large.
	// < Which size?
	// > LARGE!
	// < Large, coming up!
}

// A bot in another language refuses in its own words.
func ExampleNumber() {
	type order struct{ Count int }
	r := router.New()
	router.Converse(r, "pizza", router.Conversation[order]{
		Name: "pizza", Start: "count",
		States: router.States[order]{"count": {
			Prompt: send.Text("Hvor mange?"),
			Answer: func(c *bot.Context, o *order) (err error) {
				if o.Count, err = router.Number(c, 1, 9); err != nil {
					return router.Refuse("Fra 1 til 9.")
				}
				return nil
			},
			Next: router.Done,
		}},
		Finish: func(c *bot.Context, o order) error { return c.Text(fmt.Sprint(o.Count, " pizzaer")) },
	})

	talk(r, "pizza", "10", "3")
	// Output:
	// > pizza
	// < Hvor mange?
	// > 10
	// < Fra 1 til 9.
	// < Hvor mange?
	// > 3
	// < 3 pizzaer
}

func ExampleDate() {
	type table struct {
		When time.Time
		Sure bool
	}
	r := router.New()
	router.Converse(r, "table", router.Conversation[table]{
		Name: "table", Start: "when",
		States: router.States[table]{
			"when": {
				Prompt: send.Text("Which day?"), Next: "sure",
				Answer: func(c *bot.Context, t *table) (err error) {
					t.When, err = router.Date(c)
					return err
				},
			},
			"sure": {
				Ask: func(_ *bot.Context, t table) (send.Message, error) {
					return send.Text(t.When.Format("Monday, 2 January?")).WithAnswers("Yes", "No"), nil
				},
				Answer: func(c *bot.Context, t *table) (err error) {
					t.Sure, err = router.YesNo(c)
					return err
				},
				Branch: []router.Edge[table]{{If: func(t table) bool { return !t.Sure }, To: "when"}},
				Next:   router.Done,
			},
		},
		Finish: func(c *bot.Context, t table) error { return c.Text("See you on the " + t.When.Format("2.")) },
	})
	r.Fallback(func(c *bot.Context) error { return c.Text("Say table.") })

	talk(r, "table", "31.11.2026", "tomorrow", "no", "24 november 2026", "yes!")
	// Output:
	// > table
	// < Which day?
	// > 31.11.2026
	// < Please send a date, such as 2026-11-03.
	// < Which day?
	// > tomorrow
	// < Tuesday, 3 November?
	// > no
	// < Which day?
	// > 24 november 2026
	// < Tuesday, 24 November?
	// > yes!
	// < See you on the 24.
}

func ExampleConversation_Mermaid() {
	type order struct{ Size, Street string }
	answered := func(*bot.Context, *order) error { return nil }
	pizza := router.Conversation[order]{
		Name: "pizza", Start: "size", Cancel: []string{"cancel"},
		States: router.States[order]{
			"size": {
				Prompt: send.Text("Which size?").WithAnswers("Small", "Large"), Answer: answered,
				Branch: []router.Edge[order]{
					{If: func(o order) bool { return o.Size == "Large" }, To: "street", Label: "large"},
				},
				Next: router.Done,
			},
			"street": {Prompt: send.Text("Which street?"), Answer: answered, Next: router.Done},
		},
		Finish: func(c *bot.Context, o order) error { return c.Text(o.Size + " it is.") },
	}

	fmt.Print(pizza.Mermaid())
	// Output:
	// flowchart TD
	//     start1(["pizza"])
	//     s1["size<br/>“Which size?”"]
	//     s2["street<br/>“Which street?”"]
	//     any1["at any time"]:::note
	//     done1(["done"])
	//     cancelled1(["cancelled"])
	//     start1 --> s1
	//     s1 -->|"large"| s2
	//     s1 -->|"else"| done1
	//     s2 --> done1
	//     any1 -.->|"cancel"| cancelled1
	//     classDef note stroke-dasharray: 4 4
}
