package router_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send/sendtest"
)

// Whoever walks at random through conversations that were made up is always where the model says, is asked
// what it says, with the data that it says, and reaches an end from everywhere. WALKS=5000 walks more often,
// WALK_SEED=17 begins with that seed.
func TestRandomWalks(t *testing.T) {
	mix := make(map[string]int)
	seed, many := walks(t)
	for i := range many {
		newWalker(t, seed+i, mix).run()
	}
	least := map[string]int{ // in 100 walks
		"answer": 2000, "tap": 700, "refused": 300, "old tap": 150, "picture": 80, "redelivery": 100, "failure": 100,
		"back": 200, "back into a part": 6, "back out of a part": 30, "part 1 deep": 150, "part 2 deep": 60,
		"part done": 100, "part once more": 50, "part refused": 2, "branch": 200, "branch on another answer": 20,
		"restart of level 1 of 1": 30, "restart of level 1 of 2": 1, "restart of level 2 of 2": 8,
		"earlier answer offered": 400, "earlier answer taken": 50, "interrupt": 120, "interrupt that leaves": 20,
		"attempts": 50, "attempts that leave": 10, "cancelled": 30, "cancelled by a state": 10,
		"cancelled within a part": 6, "finish": 300, "time": 200, "timed out": 50, "timed out within a part": 10,
		"time-out noticed late": 1, "reminder": 80, "message outside the window": 30, "reaction": 60,
		"restart of the bot": 80, "restart of the bot and its inbox": 50, "deploy": 60,
	}
	for what, times := range least {
		if mix[what] < times*int(many/100) {
			t.Errorf("%q occurred %d times, want %d in 100 walks", what, mix[what], times)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(mix)) {
		t.Logf("%6d %s", mix[what], what)
	}
}

func FuzzWalks(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { newWalker(t, seed, make(map[string]int)).run() })
}

// did notes what the person does.
func (w *walker) did(format string, args ...any) {
	w.walk = append(w.walk, "> "+fmt.Sprintf(format, args...))
}

// act does one thing.
func (w *walker) act() {
	w.passes(time.Duration(1+w.rand.IntN(20)) * time.Second)
	acts := []struct {
		weight int
		name   string
		act    func()
	}{
		{40, "", w.answers},
		{8, "", func() { w.types(onward) }},
		{7, "", func() { w.types(w.choice("bad", "bad news", "what?")) }},
		{3, "picture", w.picture},
		{7, "", func() { w.types(w.choice("back", " BACK ", "Back")) }},
		{3, "", func() { w.types("restart") }},
		{1, "", func() { w.types("cancel") }},
		{4, "", w.interrupts},
		{5, "", w.oldTap},
		{2, "reaction", w.reacts},
		{6, "time", w.waits},
		{3, "restart of the bot", func() { w.restarts(true) }},
		{2, "restart of the bot and its inbox", func() { w.restarts(false) }},
		{2, "deploy", w.deploys},
		{3, "redelivery", w.redelivers},
		{3, "failure", w.fails},
	}
	if len(w.model.stack) == 0 && w.rand.chance(80) {
		w.types("go " + w.model.plans[w.rand.IntN(2)].name)
		return
	}
	sum := 0
	for _, a := range acts {
		sum += a.weight
	}
	chosen := w.rand.IntN(sum)
	for _, a := range acts {
		if chosen -= a.weight; chosen < 0 {
			if a.name != "" {
				w.model.mix[a.name]++
			}
			a.act()
			return
		}
	}
}

func (w *walker) choice(from ...string) string { return from[w.rand.IntN(len(from))] }

func (w *walker) mid() string { return fmt.Sprintf("m_%d", w.sent) }

func (w *walker) types(words string) {
	w.did("%s", words)
	w.model.hears(words, "", false)
	w.deliver(text(w.mid(), words))
}

func (w *walker) taps(title, payload string, button bool) {
	w.did("[%s] %s", title, payload)
	w.model.hears(title, payload, button)
	if button {
		w.deliver(postback(w.mid(), title, payload))
	} else {
		w.deliver(quickReply(w.mid(), title, payload))
	}
}

// answers gives an answer that the current question understands.
func (w *walker) answers() {
	if len(w.model.stack) == 0 {
		w.types("hello?")
		return
	}
	s := w.model.top().spot()
	titles, taps := w.model.offered()
	switch {
	case len(titles) > 0 && w.rand.chance(70):
		title := w.choice(titles...)
		earlier := taps[title].payload == w.model.top().earlierPayload()
		w.taps(taps[title].text, taps[title].payload, s.kind == buttons && !earlier)
	case len(s.options) > 0:
		w.types(w.choice(s.options...))
	default:
		w.types(w.choice("A", "B", "reject", "a text that is longer than a title", strings.Repeat("long ", 61), " "))
	}
}

func (w *walker) picture() {
	w.did("(picture)")
	w.model.hears("", "", false)
	w.deliver(strings.Replace(picture, "m_picture", w.mid(), 1))
}

func (w *walker) interrupts() {
	switch w.rand.IntN(10) {
	case 0:
		w.taps("Leave", "LEAVE", true)
	case 1:
		w.types("switch")
	case 2, 3, 4, 5:
		w.taps("Menu", "MENU", w.rand.chance(50))
	default:
		w.types(w.choice("help", "HELP "))
	}
}

// oldTap taps something that may have been offered before.
func (w *walker) oldTap() {
	root := w.model.plans[w.rand.IntN(2)].all()
	p := root[w.choice(slices.Sorted(maps.Keys(root))...)]
	name := w.choice(p.order...)
	switch s := p.spots[name]; {
	case len(s.options) > 0:
		option := w.choice(s.options...)
		w.taps(option, p.name+"/"+name+"/"+option, s.kind == buttons)
	case w.rand.chance(50):
		w.taps("something of before", router.ReplayPayload(p.name, name), false)
	default:
		w.taps("gone", "GONE", w.rand.chance(50))
	}
}

func (w *walker) reacts() {
	w.did("(reaction)")
	if w.model.overdue() {
		return
	}
	w.model.heard = w.model.now
	if len(w.model.stack) > 0 {
		w.model.since, w.model.reminded = w.model.now, 0
	}
	w.sent++
	w.deliver(strings.Replace(reaction, "m_1", w.mid(), 1))
}

func (w *walker) waits() {
	for range 1 + w.rand.IntN(3) {
		d := []time.Duration{50 * time.Minute, 70 * time.Minute, 3 * time.Hour, 5 * time.Hour, 26 * time.Hour}[w.rand.IntN(5)]
		w.did("+ %s", d)
		w.passes(d)
		w.check()
	}
}

// passes lets time pass.
func (w *walker) passes(d time.Duration) {
	w.model.now = w.model.now.Add(d)
	w.settle()
	if w.model.lost && w.model.overdue() && len(w.said) == 0 {
		return // it is noticed when the person says something
	}
	w.model.tick()
}

// restarts stops the bot and starts it anew, with what waits in its inbox or without.
func (w *walker) restarts(inbox bool) {
	if !inbox && len(w.model.stack) > 0 && len(w.model.stack[0].remind) > 0 {
		inbox = true // nobody can tell which reminders would come all the same
	}
	w.did("(the bot is started anew, with its inbox: %t)", inbox)
	if !inbox {
		w.inbox.kept = nil
		w.model.lost = true
	}
	w.stop()
	w.start()
	w.settle()
}

// deploys starts a bot of a later version, which migrates what is stored as it is.
func (w *walker) deploys() {
	w.version++
	w.restarts(true)
}

// redelivers delivers the last request again.
func (w *walker) redelivers() {
	w.did("(redelivered)")
	if w.body != nil {
		w.post(w.body)
	}
}

// fails lets a message fail: then nothing has happened, but that the person was heard.
func (w *walker) fails() {
	if len(w.model.stack) == 0 || w.model.overdue() {
		return
	}
	w.graph.FailWith(sendtest.Failure{Code: 10, Subcode: 2018278}) // as 551 would fail all that come after it too
	w.did("(the next message fails)")
	before := *w.model
	w.deliver(text(w.mid(), w.choice("help", onward, "back", "A")))
	w.said, w.failed = nil, nil
	*w.model = before
	w.model.heard = w.model.now
}
