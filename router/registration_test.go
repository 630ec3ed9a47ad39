package router_test

import (
	"fmt"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/webhook"
)

// These are events to the compiler, but none ever arrives.
type (
	foreign        struct{ webhook.Event }
	foreignPointer struct{ *webhook.Message }
	removable      interface {
		webhook.Event
		Removed() bool
	}
)

func none(*bot.Context) error { return nil }

func onNone[E webhook.Event](r *router.Router) {
	router.On(r, func(*bot.Context, E) error { return nil })
}

func TestRegistrationRefuses(t *testing.T) {
	anything := regexp.MustCompile(".")
	tests := map[string]struct {
		register func(r *router.Router)
		want     string
	}{
		"text without handler":     {func(r *router.Router) { r.Text("hello", nil) }, `text "hello": no handler`},
		"anytime without handler":  {func(r *router.Router) { r.Anytime("hello", nil) }, `anytime "hello": no handler`},
		"payload without handler":  {func(r *router.Router) { r.Payload("A", nil) }, `payload "A": no handler`},
		"match without handler":    {func(r *router.Router) { r.Match(anything, nil) }, `match ".": no handler`},
		"custom without handler":   {func(r *router.Router) { r.Custom("a", nil) }, `custom "a": no handler`},
		"fallback without handler": {func(r *router.Router) { r.Fallback(nil) }, `fallback: no handler`},
		"on without handler": {
			func(r *router.Router) { router.On[*webhook.Read](r, nil) }, `on "*webhook.Read": no handler`,
		},

		"empty text":    {func(r *router.Router) { r.Text("", none) }, `text "": the text is empty`},
		"white text":    {func(r *router.Router) { r.Anytime(" \t", none) }, `anytime " \t": the text is empty`},
		"no expression": {func(r *router.Router) { r.Match(nil, none) }, `match: no expression`},
		"empty name":    {func(r *router.Router) { r.Custom("", none) }, `custom "": the name is empty`},
		"empty payload": {func(r *router.Router) { r.Payload("", none) }, `pattern "": it is empty`},
		"no pattern":    {func(r *router.Router) { r.Payload("A:{", none) }, `pattern "A:{": { without }`},

		"interface of all events": {
			onNone[webhook.Event], `on "webhook.Event": want the type of one event, such as *webhook.Reaction, and no interface`,
		},
		"interface of some events": {
			onNone[removable],
			`on "router_test.removable": want the type of one event, such as *webhook.Reaction, and no interface`,
		},
		"type of somebody else's": {
			onNone[foreign], `on "router_test.foreign": no event is of this type: want one of package webhook`,
		},
		"pointer of somebody else's": {
			onNone[*foreign], `on "*router_test.foreign": no event is of this type: want one of package webhook`,
		},
		"embedded pointer": {
			onNone[*foreignPointer], `on "*router_test.foreignPointer": no event is of this type: want one of package webhook`,
		},

		"text twice": {func(r *router.Router) {
			r.Text("Straße ǅ", none)
			r.Text(" STRAẞE ǆ\n", none)
		}, `text " STRAẞE ǆ\n": registered already as text "Straße ǅ" at HERE`},
		"text and anytime": {func(r *router.Router) {
			r.Anytime("help", none)
			r.Text("Help", none)
		}, `text "Help": registered already as anytime "help" at HERE`},
		"payload twice": {func(r *router.Router) {
			r.Payload("PAY", none)
			r.Payload("PAY", none)
		}, `payload "PAY": registered already as payload "PAY" at HERE`},
		"pattern of one shape": {func(r *router.Router) {
			r.Payload("ADD:{sku}", none)
			r.Payload("ADD:{article}", none)
		}, `payload "ADD:{article}": registered already as payload "ADD:{sku}" at HERE`},
		"expression twice": {func(r *router.Router) {
			r.Match(regexp.MustCompile("a+"), none)
			r.Match(regexp.MustCompile("a+"), none)
		}, `match "a+": registered already as match "a+" at HERE`},
		"custom twice": {func(r *router.Router) {
			r.Custom("tick", none)
			r.Custom("tick", none)
		}, `custom "tick": registered already as custom "tick" at HERE`},
		"fallback twice": {func(r *router.Router) {
			r.Fallback(none)
			r.Fallback(none)
		}, `fallback: registered already as fallback at HERE`},
		"type twice": {func(r *router.Router) {
			router.On(r, func(*bot.Context, *webhook.Read) error { return nil })
			router.On(r, func(*bot.Context, *webhook.Read) error { return nil })
		}, `on "*webhook.Read": registered already as on "*webhook.Read" at HERE`},
		"in a group too": {func(r *router.Router) {
			r.Group().Text("hello", none)
			r.Group().Group().Text("hello", none)
		}, `text "hello": registered already as text "hello" at HERE`},

		"nil middleware": {
			func(r *router.Router) { r.Use(router.Recover, nil) }, `use: middleware 2 is nil`,
		},
		"nil middleware of a group": {
			func(r *router.Router) { r.Group(nil) }, `group: middleware 1 is nil`,
		},
		"no time": {func(*router.Router) { router.Timeout(0) }, `timeout: want a duration above zero, got 0s`},
		"less than no time": {
			func(*router.Router) { router.Timeout(-time.Second) }, `timeout: want a duration above zero, got -1s`,
		},
	}
	_, file, _, _ := runtime.Caller(0)
	here := regexp.MustCompile(regexp.QuoteMeta(file) + `:\d+`)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got, want := here.ReplaceAllString(fmt.Sprint(recover()), "HERE"), "router: "+test.want; got != want {
					t.Errorf("panic %s\n  want %s", got, want)
				}
			}()
			test.register(router.New())
		})
	}
}

func TestPanicNamesTheLineOfTheFirstRoute(t *testing.T) {
	r := router.New()
	_, file, line, _ := runtime.Caller(0)
	router.On(r, func(*bot.Context, *webhook.Read) error { return nil })
	defer func() {
		want := fmt.Sprintf(`router: on "*webhook.Read": registered already as on "*webhook.Read" at %s:%d`, file, line+1)
		if got := fmt.Sprint(recover()); got != want {
			t.Errorf("panic %s\n  want %s", got, want)
		}
	}()
	router.On(r, func(*bot.Context, *webhook.Read) error { return nil })
}

func TestRegistrationAccepts(t *testing.T) {
	tests := map[string]func(r *router.Router){
		// Not equal under strings.EqualFold: ß is no ss, the Turkish letters i are four.
		"texts": func(r *router.Router) {
			for _, text := range []string{"Straße", "Strasse", "i", "ı", "İ", "é", "e\u0301"} {
				r.Text(text, none)
			}
		},
		"payloads": func(r *router.Router) {
			for _, pattern := range []string{"ADD", "add", "ADD:{a}", "ADD:{a}:{b}", "ADD{a}", "{a}", "ADD "} {
				r.Payload(pattern, none)
			}
		},
		"text, payload and name alike": func(r *router.Router) {
			r.Text("hello", none)
			r.Payload("hello", none)
			r.Match(regexp.MustCompile("hello"), none)
			r.Custom("hello", none)
		},
		"no middleware": func(r *router.Router) { r.Use(); r.Group() },
	}
	for name, register := range tests {
		t.Run(name, func(*testing.T) { register(router.New()) })
	}
}
