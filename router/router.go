package router

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// Router gives each event to the handler of its route. Register the routes first; then a Router is safe for concurrent
// use. What cannot be meant (a route twice, a pattern that is none) panics at registration, as in [net/http.ServeMux].
//
// Which route answers does not depend on the order of registration, but for regular expressions:
//
//  1. Events that are no input (all but messages and postbacks, and everything on standby) have the route of their
//     type ([On], [Router.Custom]) or none.
//  2. A tap has the route of its payload: the equal one, else the pattern with the most literal text.
//  3. A text, or the title of a tap whose payload has no route, has the route of the equal text ([Router.Text],
//     [Router.Anytime]), else that of the first regular expression that matches ([Router.Match]).
//  4. A message or postback that is left has the route of its type ([On]), else the fallback.
type Router struct {
	*table
	grouped    bool
	middleware []bot.Middleware // of the group, outermost first
}

// table is what a router and its groups share.
type table struct {
	handler  bot.Handler // route, wrapped in what Use was given
	used     []bot.Middleware
	texts    map[string]*route
	payloads map[string]*route
	patterns []*route
	matches  []*route
	types    map[reflect.Type]*route
	customs  map[string]*route
	fallback *route
}

// route is one registration.
type route struct {
	Kind    string `json:"kind"`
	Name    string `json:"name,omitempty"`
	handler bot.Handler
	pattern *Pattern
	regexp  *regexp.Regexp
}

// New returns a router without routes.
func New() *Router {
	t := &table{
		texts: make(map[string]*route), payloads: make(map[string]*route), types: make(map[reflect.Type]*route),
		customs: make(map[string]*route),
	}
	t.handler = bot.HandlerFunc(t.route)
	return &Router{table: t}
}

// Use wraps all routes of the router, and of its groups, in middleware: the first is the outermost. It also sees events
// without a route. On a group it wraps the routes that the group registers afterwards.
func (r *Router) Use(middleware ...bot.Middleware) {
	if r.grouped {
		r.middleware = append(r.middleware, middleware...)
		return
	}
	r.used = append(r.used, middleware...)
	r.handler = wrap(bot.HandlerFunc(r.route), r.used)
}

// Group returns a router that registers routes in r, each wrapped in middleware of its own.
func (r *Router) Group(middleware ...bot.Middleware) *Router {
	return &Router{table: r.table, grouped: true, middleware: append(slices.Clone(r.middleware), middleware...)}
}

// wrap returns h in middleware, the first outermost.
func wrap(h bot.Handler, middleware []bot.Middleware) bot.Handler {
	for _, m := range slices.Backward(middleware) {
		h = m(h)
	}
	return h
}

// newRoute returns a route with the group's middleware around h.
func (r *Router) newRoute(kind, name string, h bot.Handler) *route {
	if h == nil || reflect.ValueOf(h).Kind() == reflect.Func && reflect.ValueOf(h).IsNil() {
		panic(fmt.Sprintf("router: %s %q: no handler", kind, name))
	}
	return &route{Kind: kind, Name: name, handler: wrap(h, r.middleware)}
}

// add puts a route into a table, where it must be the first of its key.
func add[K comparable](routes map[K]*route, key K, added *route) {
	if earlier := routes[key]; earlier != nil {
		panic(fmt.Sprintf("router: %s %q: registered already as %s %q",
			added.Kind, added.Name, earlier.Kind, earlier.Name))
	}
	routes[key] = added
}

// Text routes a typed text, and the title of a tap whose payload has no route. It is compared as a whole, without the
// white space around it and without regard to case.
func (r *Router) Text(text string, h bot.HandlerFunc) {
	r.text("text", text, h)
}

// Anytime routes a text like [Router.Text], in the middle of a conversation too.
func (r *Router) Anytime(text string, h bot.HandlerFunc) {
	r.text("anytime", text, h)
}

func (r *Router) text(kind, text string, h bot.HandlerFunc) {
	key := fold(text)
	if key == "" {
		panic(fmt.Sprintf("router: %s: the text is empty", kind))
	}
	add(r.texts, key, r.newRoute(kind, text, h))
}

// Payload routes the taps on quick replies and postback buttons whose payload matches a [Pattern], such as "ADD:{sku}".
// What stands in its places is in [bot.Context.Param].
func (r *Router) Payload(pattern string, h bot.HandlerFunc) {
	parsed, err := ParsePattern(pattern)
	if err != nil {
		panic(err.Error())
	}
	added := r.newRoute("payload", pattern, h)
	added.pattern = parsed
	add(r.payloads, parsed.shape(), added)
	if !parsed.exact() {
		r.patterns = append(r.patterns, added)
		slices.SortFunc(r.patterns, func(a, b *route) int {
			if a.pattern.before(b.pattern) {
				return -1
			}
			return 1
		})
	}
}

// Match routes the texts in which expression matches. The groups of the match are in [bot.Context.Param], under their
// names, and under "1", "2" and so on. Of several expressions that match the one registered first counts.
func (r *Router) Match(expression *regexp.Regexp, h bot.HandlerFunc) {
	if expression == nil {
		panic("router: match: no expression")
	}
	added := r.newRoute("match", expression.String(), h)
	added.regexp = expression
	for _, earlier := range r.matches {
		if earlier.Name == added.Name {
			panic(fmt.Sprintf("router: match %q: registered already", added.Name))
		}
	}
	r.matches = append(r.matches, added)
}

// Custom routes the bot's own events of this name: see [bot.Bot.Emit].
func (r *Router) Custom(name string, h bot.HandlerFunc) {
	add(r.customs, name, r.newRoute("custom", name, h))
}

// Fallback routes the messages and postbacks that no other route answers.
func (r *Router) Fallback(h bot.HandlerFunc) {
	if r.fallback != nil {
		panic("router: fallback: registered already")
	}
	r.fallback = r.newRoute("fallback", "", h)
}

// On routes the events of one type, such as *webhook.Reaction. The interface webhook.Event is no such type.
func On[E webhook.Event](r *Router, h func(c *bot.Context, e E) error) {
	kind := reflect.TypeFor[E]()
	if kind.Kind() == reflect.Interface {
		panic("router: on: want a type of event, such as *webhook.Reaction, and no interface")
	}
	if h == nil {
		panic("router: on " + kind.String() + ": no handler")
	}
	add(r.types, kind, r.newRoute("on", kind.String(), bot.HandlerFunc(func(c *bot.Context) error {
		event, ok := c.Event().(E)
		if !ok {
			return fmt.Errorf("router: a %s came to the route of %s", c.Event().Kind(), kind)
		}
		return h(c, event)
	})))
}

// Handle gives the event of c to its route. An event without a route is left alone, which is no error.
func (r *Router) Handle(c *bot.Context) error { return r.handler.Handle(c) }

// Wants reports whether events of this kind have a route.
func (r *Router) Wants(kind string) bool {
	for event := range r.types {
		if value, ok := reflect.New(event.Elem()).Interface().(webhook.Event); ok && value.Kind() == kind {
			return true
		}
	}
	switch kind {
	case "message", "postback":
		return len(r.texts)+len(r.payloads)+len(r.matches) > 0 || r.fallback != nil
	case "custom":
		return len(r.customs) > 0
	}
	return false
}

// Map describes the routes as JSON: a list of objects with kind and name, in no particular order but for regular
// expressions, which come as they are asked.
func (r *Router) Map() []byte {
	all := slices.Clone(r.matches)
	for _, routes := range []map[string]*route{r.texts, r.payloads, r.customs} {
		for _, registered := range routes {
			all = append(all, registered)
		}
	}
	for _, registered := range r.types {
		all = append(all, registered)
	}
	if r.fallback != nil {
		all = append(all, r.fallback)
	}
	slices.SortStableFunc(all, func(a, b *route) int {
		if a.Kind != b.Kind || a.Kind == "match" {
			return strings.Compare(a.Kind, b.Kind)
		}
		return strings.Compare(a.Name, b.Name)
	})
	described, err := json.Marshal(all)
	if err != nil {
		return nil // two strings a route: it cannot fail
	}
	return described
}

// fold returns text without the white space around it, in a form that is equal for all that strings.EqualFold takes as
// equal.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, strings.TrimSpace(text))
}
