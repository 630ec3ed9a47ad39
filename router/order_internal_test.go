package router

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// nothing is a handler that does nothing.
func nothing(*bot.Context) error { return nil }

// Registered in any order, the same route answers with the same params in the same middleware.
func TestOrderOfRegistrationDoesNotCount(t *testing.T) {
	wrapped := func(trace *string, name string) bot.Middleware {
		return func(next bot.Handler) bot.Handler {
			return bot.HandlerFunc(func(c *bot.Context) error {
				*trace += name
				return next.Handle(c)
			})
		}
	}
	steps := []func(r, group *Router, trace *string){
		func(r, _ *Router, trace *string) { r.Use(wrapped(trace, "r")) },
		func(_, group *Router, trace *string) { group.Use(wrapped(trace, "g")) },
		func(r, group *Router, _ *string) {
			r.Text("hello", nothing)
			group.Payload("hello", nothing)
		},
		func(_, group *Router, _ *string) { group.Payload("A:{x}", nothing) },
		func(r, _ *Router, _ *string) { r.Payload("A:{x}:{y}", nothing) },
		func(r, group *Router, _ *string) {
			group.Payload("{x}::2", nothing)
			r.Payload("A:{x}:3", nothing)
		},
		func(r, group *Router, _ *string) {
			On(group, func(*bot.Context, *webhook.Message) error { return nil })
			r.Fallback(nothing)
		},
	}
	tests := map[string]struct {
		payload, text string
		postback      bool
		route, trace  string
		params        map[string]string
	}{
		"text":             {text: "Hello", route: `text "hello"`, trace: "r"},
		"payload":          {payload: "hello", text: "hello", route: `payload "hello"`, trace: "rg"},
		"one place":        {payload: "A:1", route: `payload "A:{x}"`, trace: "rg", params: map[string]string{"x": "1"}},
		"two places":       {payload: "A:1:2", route: `payload "A:{x}:{y}"`, trace: "r", params: map[string]string{"x": "1", "y": "2"}},
		"as much literal":  {payload: "A:1::2", route: `payload "{x}::2"`, trace: "rg", params: map[string]string{"x": "A:1"}},
		"more literal":     {payload: "A:1:3", route: `payload "A:{x}:3"`, trace: "r", params: map[string]string{"x": "1"}},
		"title":            {payload: "?", text: "hello", postback: true, route: `text "hello"`, trace: "r"},
		"type of event":    {text: "else", route: `on "*webhook.Message"`, trace: "rg"},
		"fallback":         {payload: "?", text: "else", postback: true, route: `fallback`, trace: "r"},
		"empty place":      {payload: "A:", postback: true, route: `fallback`, trace: "r"},
		"nothing to go by": {route: `on "*webhook.Message"`, trace: "rg"},
	}
	for order := range permutations(len(steps)) {
		var trace string
		r := New()
		group := r.Group()
		for _, step := range order {
			steps[step](r, group, &trace)
		}
		for name, test := range tests {
			trace = ""
			var event webhook.Event = &webhook.Message{Text: test.text}
			if test.postback {
				event = &webhook.Postback{Title: test.text}
			}
			found, params := r.table.find(event, test.payload)
			if found == nil || found.String() != test.route || !maps.Equal(params, test.params) {
				t.Fatalf("order %v, %s: %v with %q, want %s with %q", order, name, found, params, test.route, test.params)
			}
			if found.kind == "on" {
				continue // it needs an event in its context: TestMiddlewareOfRouterAndGroups has one
			}
			if err := found.handler.Handle((&visit{route: found}).mark(new(bot.Context))); err != nil || trace != test.trace {
				t.Fatalf("order %v, %s: %v in middleware %q, want %q", order, name, err, trace, test.trace)
			}
		}
	}
}

// permutations yields all orders of n things.
func permutations(n int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		var order []int
		var next func() bool
		next = func() bool {
			if len(order) == n {
				return yield(slices.Clone(order))
			}
			for i := range n {
				if slices.Contains(order, i) {
					continue
				}
				order = append(order, i)
				if !next() {
					return false
				}
				order = order[:len(order)-1]
			}
			return true
		}
		next()
	}
}

// Regular expressions are the exception.
func TestOrderOfExpressionsCounts(t *testing.T) {
	r := New()
	r.Match(regexp.MustCompile("b"), nothing)
	r.Match(regexp.MustCompile("a"), nothing)
	for text, want := range map[string]string{"ab": "b", "ba": "b", "a": "a"} {
		if found, _ := r.table.findText(text); found == nil || found.name != want {
			t.Errorf("%s: %v, want %s", text, found, want)
		}
	}
}

// A group of an expression may have a number as its name, and then has it before its place.
func TestNamedGroups(t *testing.T) {
	r := New()
	r.Match(regexp.MustCompile(`(?P<year>\d{4})-(\d\d)?(?P<1>x)`), nothing)
	_, params := r.table.findText("on 2026-x!")
	want := map[string]string{"0": "2026-x", "year": "2026", "1": "x", "2": "", "3": "x"}
	if !maps.Equal(params, want) {
		t.Errorf("got %q, want %q", params, want)
	}
}

// A router in use is shared between people.
func TestRouterIsSafeForConcurrentUse(t *testing.T) {
	r := hundred()
	var people sync.WaitGroup
	for i := range 100 {
		people.Go(func() {
			payload := fmt.Sprintf("ADD%d:sku %d:L", i, i)
			found, params := r.table.find(new(webhook.Postback), payload)
			if found == nil || found.pattern == nil || params["sku"] != fmt.Sprintf("sku %d", i) {
				t.Errorf("%s: %v with %q", payload, found, params)
			}
			if found, _ := r.table.find(&webhook.Message{Text: "order50 17"}, ""); found == nil || found.kind != "match" {
				t.Errorf("expression not found: %v", found)
			}
		})
	}
	people.Wait()
}

// hundred returns a router with 100 routes of each kind for input.
func hundred() *Router {
	r := New()
	for i := range 100 {
		r.Text(fmt.Sprintf("word %d", i), nothing)
		r.Payload(fmt.Sprintf("PAY%d", i), nothing)
		r.Payload(fmt.Sprintf("ADD%d:{sku}:{size}", i), nothing)
		r.Match(regexp.MustCompile(fmt.Sprintf(`(?i)^order%d #?(\d+)$`, i)), nothing)
	}
	r.Fallback(nothing)
	return r
}

// BenchmarkFind is the choice of a route among 100 of each kind.
func BenchmarkFind(b *testing.B) {
	table := hundred().table
	long := make([]rune, 2000) // as long as a text may be
	for i := range long {
		long[i] = 'Ж'
	}
	table.matches = table.matches[:0:0] // the cost of expressions is theirs
	tests := map[string]struct {
		event   webhook.Event
		payload string
	}{
		"text":      {&webhook.Message{Text: "Word 50"}, ""},
		"payload":   {new(webhook.Message), "PAY50"},
		"pattern":   {new(webhook.Message), "ADD50:17:L"},
		"fallback":  {&webhook.Message{Text: "Something else altogether, as people do."}, ""},
		"long text": {&webhook.Message{Text: string(long)}, ""},
		"reaction":  {new(webhook.Reaction), ""},
	}
	for name, test := range tests {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.find(test.event, test.payload)
			}
		})
	}
}

// BenchmarkPattern is one payload against one pattern.
func BenchmarkPattern(b *testing.B) {
	p, err := ParsePattern("ADD:{sku}:{size}")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Match("ADD:42:L")
	}
}
