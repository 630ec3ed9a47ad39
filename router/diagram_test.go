package router_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

type (
	drawnOrder struct{ Size, Delivery, To string }
	drawnPlace struct{ Street, City string }
)

func taken[T any](*bot.Context, *T) error { return nil }

func finished[T any](*bot.Context, T) error { return nil }

func (o drawnOrder) wantsDelivery() bool { return o.Delivery == "Delivery" }

func isAbroad(p drawnPlace) bool { return p.City == "Oslo" }

// whereTo is drawn as a part of another conversation.
var whereTo = router.Conversation[drawnPlace]{
	Name: "where to", Start: "street", Restart: []string{"Again"},
	Remind:  []router.Reminder[drawnPlace]{{After: time.Hour}}, // these are the outermost conversation's
	Timeout: 2 * time.Hour,
	States: router.States[drawnPlace]{
		"street": {Prompt: send.Text("Which street?"), Answer: taken[drawnPlace], Next: "city"},
		"city": {
			Prompt: send.Carousel(send.Element{Title: "Which city?", Subtitle: "of these"}),
			Answer: taken[drawnPlace],
			Branch: []router.Edge[drawnPlace]{{If: isAbroad, To: router.Cancelled}}, Next: router.Done,
		},
	},
}

// drawn has one of everything that a drawing shows.
var drawn = router.Conversation[drawnOrder]{
	Name: "pizza", Start: "size",
	Cancel: []string{"Stop", "cancel"}, Back: []string{"back"}, Restart: []string{"Start over"},
	Remind:  []router.Reminder[drawnOrder]{{After: 10 * time.Minute}, {After: 20 * time.Minute}},
	Timeout: 30 * time.Minute, Attempts: 3, OnAttempts: finished[drawnOrder],
	States: router.States[drawnOrder]{
		"size": {
			Prompt: send.Text("Which\nsize?").WithAnswers("Small", "Large"), Answer: taken[drawnOrder],
			Next: "delivery",
		},
		"delivery": {
			Prompt: send.Buttons("Delivery or pickup?", send.Postback("Delivery", "D"), send.Postback("Pickup", "P")),
			Answer: taken[drawnOrder],
			Branch: []router.Edge[drawnOrder]{
				{If: drawnOrder.wantsDelivery, To: "address"},
				{If: func(o drawnOrder) bool { return o.Size == "" }, To: router.Cancelled, Label: "never mind"},
			},
			Next: "confirm",
		},
		"address": router.Sub(whereTo, func(*drawnOrder, drawnPlace) error { return nil }, "confirm"),
		"confirm": {
			Ask: func(_ *bot.Context, o drawnOrder) (send.Message, error) {
				return send.Text("A " + o.Size + " one?"), nil
			},
			Answer: taken[drawnOrder],
			Branch: []router.Edge[drawnOrder]{{If: func(drawnOrder) bool { return false }, To: "size"}},
			Next:   router.Done,
		},
	},
	Finish: finished[drawnOrder],
}

// small returns a conversation of one question.
func small(name, state, question string) router.Conversation[drawnOrder] {
	return router.Conversation[drawnOrder]{
		Name: name, Start: state, Finish: finished[drawnOrder],
		States: router.States[drawnOrder]{
			state: {Prompt: send.Text(question), Answer: taken[drawnOrder], Next: router.Done},
		},
	}
}

// same fails the test unless a drawing is the one in testdata, which was written by hand.
func same(t *testing.T, file, got string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("not as in testdata/%s (-want +got):\n%s", file, diff)
	}
}

func TestConversationDrawings(t *testing.T) {
	same(t, "diagram.mmd", drawn.Mermaid())
	same(t, "diagram.dot", drawn.DOT())
}

func TestRouterDrawing(t *testing.T) {
	r := router.New()
	r.Payload("PAY", none)
	r.Text("hello", none)
	r.Match(regexp.MustCompile(`order #?(\d+)`), none)
	r.Match(regexp.MustCompile(`[a-z]`), none)
	r.Anytime("help", none)
	r.Custom("paid", none)
	onNone[*webhook.Read](r)
	r.Fallback(none)
	group := r.Group()
	onNone[*webhook.Reaction](group)
	group.Payload("ADD:{sku}", none)
	group.Text("bye", none)
	router.Converse(r, "Pizza, please", small("pizza", "size", "Which size?"))
	router.Converse(group, "", small("contact", "email", "Which address?"))
	same(t, "diagram_bot.mmd", r.Mermaid())
	same(t, "diagram_bot.mmd", group.Mermaid())
}

func TestDrawingIsTheSameEachTime(t *testing.T) {
	mermaid, dot := drawn.Mermaid(), drawn.DOT()
	for range 20 {
		if drawn.Mermaid() != mermaid || drawn.DOT() != dot {
			t.Fatal("two drawings of one definition differ")
		}
	}
}

func TestDrawingOfAWrongDefinitionPanics(t *testing.T) {
	wrong := small("pizza", "size", "Which size?")
	wrong.Start = "sise"
	draws := map[string]func() string{"Mermaid": wrong.Mermaid, "DOT": wrong.DOT}
	for name, draw := range draws {
		t.Run(name, func(t *testing.T) {
			defer func() {
				words, _ := recover().(string)
				if want := `router: conversation "pizza": Start is "sise"`; !strings.HasPrefix(words, want) {
					t.Errorf("it panics with %q, want %q", words, want)
				}
			}()
			draw()
		})
	}
}

// Conversations within conversations: where their ends lead, and that one that is always cancelled leads on
// to nothing.
func TestDrawingOfParts(t *testing.T) {
	into := func(*drawnOrder, drawnOrder) error { return nil }
	leaf, hopeless := small("leaf", "q", "Q?"), small("hopeless", "q", "Q?")
	leaf.Cancel = []string{"quit"}
	asked := hopeless.States["q"]
	asked.Next = router.Cancelled
	hopeless.States["q"] = asked
	middle := router.Conversation[drawnOrder]{
		Name: "middle", Start: "inner",
		States: router.States[drawnOrder]{"inner": router.Sub(leaf, into, router.Done)},
	}
	outer := router.Conversation[drawnOrder]{
		Name: "outer", Start: "who", Finish: finished[drawnOrder],
		States: router.States[drawnOrder]{
			"who":   router.Sub(middle, into, "never"),
			"never": router.Sub(hopeless, into, router.Done),
		},
	}
	want := `flowchart TD
    start1(["outer"])
    subgraph box1["who: middle"]
        subgraph box2["inner: leaf"]
            s1["q<br/>“Q?”"]
            any1["at any time"]:::note
            done1(["done"])
        end
        done2(["done"])
    end
    subgraph box3["never: hopeless"]
        s2["q<br/>“Q?”"]
    end
    cancelled1(["cancelled"])
    start1 --> s1
    s1 --> done1
    any1 -.->|"quit"| cancelled1
    done1 --> done2
    s2 --> cancelled1
    done2 --> s2
    classDef note stroke-dasharray: 4 4
`
	if diff := cmp.Diff(want, outer.Mermaid()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDrawingOfTimes(t *testing.T) {
	tests := map[time.Duration]string{
		10 * time.Second: "10s", 30 * time.Minute: "30m", 90 * time.Second: "1m30s", 20 * time.Hour: "20h",
		90 * time.Minute: "1h30m", 100 * time.Hour: "100h", time.Hour + time.Second: "1h0m1s",
		1500 * time.Millisecond: "1.5s",
	}
	for timeout, want := range tests {
		conversation := small("pizza", "size", "Which size?")
		conversation.Timeout = timeout
		if got := conversation.Mermaid(); !strings.Contains(got, `any1 -.->|"after `+want+`"| late1`) {
			t.Errorf("%v: want %s in\n%s", timeout, want, got)
		}
	}
}

// What has no words, no times and no ends but one shows none.
func TestDrawingOfLittle(t *testing.T) {
	want := `flowchart TD
    start1(["pizza"])
    s1["size<br/>“Which size?”"]
    done1(["done"])
    start1 --> s1
    s1 --> done1
`
	if diff := cmp.Diff(want, small("pizza", "size", "Which size?").Mermaid()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The label of a branch is the name of its function. A function within another has none, nor has what it
// numbers: neither says anything to a reader.
func TestDrawingOfBranchesWithoutNames(t *testing.T) {
	draws := func(t *testing.T, when func(drawnOrder) bool, want string) {
		t.Helper()
		conversation := small("pizza", "size", "Which size?")
		size := conversation.States["size"]
		size.Branch = []router.Edge[drawnOrder]{{If: when, To: router.Cancelled}}
		conversation.States["size"] = size
		if got := conversation.Mermaid(); !strings.Contains(got, "    "+want+"\n") {
			t.Errorf("want %s in\n%s", want, got)
		}
	}
	draws(t, drawnOrder.wantsDelivery, `s1 -->|"wantsDelivery"| cancelled1`)
	draws(t, func(drawnOrder) bool { return true }, `s1 --> cancelled1`)
	t.Run("within a function within another", func(t *testing.T) {
		draws(t, func(drawnOrder) bool { return true }, `s1 --> cancelled1`)
	})
}
