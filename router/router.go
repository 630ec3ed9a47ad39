package router

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// Router gives each event to the handler of its route; it is a [bot.Handler]. Register everything first; then
// a Router is safe for concurrent use. What cannot be meant (a route twice, a pattern that is none, no
// handler) panics at registration, as in [net/http.ServeMux].
//
// Which route answers is decided when the event arrives, before middleware runs. It does not depend on the
// order of registration, but for regular expressions:
//
//  1. Events that are no input (all but messages and postbacks, and everything on standby) have the route
//     of their type ([On], for the bot's own events first [Router.Custom]) or none.
//  2. A tap has the route of its payload ([Router.Payload]): the equal one, else of the patterns that match
//     the one with the most text outside its places.
//  3. A typed text, or the title of a tap whose payload has no route, has the route of the equal text
//     ([Router.Text], [Router.Anytime]), else of the first regular expression that matches ([Router.Match]).
//  4. A message or postback that is left has the route of its type ([On]), else the fallback
//     ([Router.Fallback]), or none.
//
// While another app owns the thread ([bot.Context.OwnsThread]) every event but the bot's own has the route of
// its type or none.
type Router struct {
	table      *table
	parent     *Router          // around a group; nil for the router itself
	middleware []bot.Middleware // of this router or group alone, outermost first
}

var (
	_ bot.Handler   = (*Router)(nil)
	_ bot.Inspector = (*Router)(nil)
)

// New returns a router without routes.
func New() *Router {
	r := &Router{table: &table{
		texts: make(map[string]*route), payloads: make(map[string]*route),
		types: make(map[reflect.Type]*route), customs: make(map[string]*route),
		flows:  make(map[string]*flow),
		wanted: make(map[string]bool),
	}}
	r.table.none = r.newRoute(noRoute, "", func(*bot.Context) error { return nil })
	return r
}

// Use wraps routes in middleware, the first outermost: on a router all of them, those of its groups too,
// and on a group those of the group and of groups inside it. It makes no difference whether a route is
// registered before or after. The middleware of a router also sees events without a route.
//
// A middleware is called for each route that it wraps, and maybe more than once. What it shares between
// routes, such as a counter, belongs outside of it.
func (r *Router) Use(middleware ...bot.Middleware) {
	r.middleware = append(r.middleware, checked("use", middleware)...)
	for _, registered := range r.table.all {
		registered.wrap()
	}
	r.table.none.wrap()
}

// Group returns a router that registers routes in r, wrapped in middleware of their own inside that of r.
// Its Handle, Wants and Map are those of r as a whole.
func (r *Router) Group(middleware ...bot.Middleware) *Router {
	return &Router{table: r.table, parent: r, middleware: slices.Clone(checked("group", middleware))}
}

// checked returns middleware, none of which may be nil.
func checked(method string, middleware []bot.Middleware) []bot.Middleware {
	for i, m := range middleware {
		if m == nil {
			panic(fmt.Sprintf("router: %s: middleware %d is nil", method, i+1))
		}
	}
	return middleware
}

// Text routes a typed text, and the title of a tap whose payload has no route. It is compared as a whole,
// without the white space around it and without regard to case, as by [strings.EqualFold].
func (r *Router) Text(text string, h bot.HandlerFunc) { r.addText("text", text, h) }

// Anytime routes a text as [Router.Text] does, and also in the middle of a conversation. It is for words
// such as "help" that are to be answered whatever the person is asked at the moment: see [Converse].
func (r *Router) Anytime(text string, h bot.HandlerFunc) { r.addText(kindAnytime, text, h) }

func (r *Router) addText(kind, text string, h bot.HandlerFunc) {
	added := r.newRoute(kind, text, h)
	r.index(added, text)
	r.table.add(added, kindMessage, kindPostback)
}

// index makes a route that of a text.
func (r *Router) index(added *route, text string) {
	key := fold(text)
	if key == "" {
		panic("router: " + added.String() + ": the text is empty")
	}
	addTo(r.table.texts, key, added)
}

// Payload routes the taps on quick replies and postback buttons whose payload matches a [Pattern], such as
// "ADD:{sku}". What stands in its places is in [bot.Context.Param]. What a person types is never a payload.
// Of several patterns that match, the one with the most text outside its places counts, then the one with
// fewer places, then the lesser in byte order.
func (r *Router) Payload(pattern string, h bot.HandlerFunc) {
	added := r.newRoute("payload", pattern, h)
	var err error
	if added.pattern, err = ParsePattern(pattern); err != nil {
		panic(err.Error())
	}
	addTo(r.table.payloads, added.pattern.shape(), added)
	if !added.pattern.exact() {
		r.table.patterns = append(r.table.patterns, added)
		slices.SortFunc(r.table.patterns, func(a, b *route) int { return a.pattern.compare(b.pattern) })
	}
	r.table.add(added, kindMessage, kindPostback)
}

// Match routes the texts in which expression matches; write ^ and $ for a whole text. A text comes as it
// is, with case and white space. The groups of the match are in [bot.Context.Param], under their names and
// under "1", "2" and so on, and the match itself under "0". Of several expressions that match the one
// registered first counts.
func (r *Router) Match(expression *regexp.Regexp, h bot.HandlerFunc) {
	if expression == nil {
		panic("router: match: no expression")
	}
	added := r.newRoute("match", expression.String(), h)
	added.expression = expression
	for _, earlier := range r.table.matches {
		if earlier.name == added.name {
			added.refuse(earlier)
		}
	}
	r.table.matches = append(r.table.matches, added)
	r.table.add(added, kindMessage, kindPostback)
}

// Custom routes the bot's own events of this name: see [bot.Bot.Emit]. Those whose name has no route have
// that of their type, if [On] was told of *webhook.Custom.
func (r *Router) Custom(name string, h bot.HandlerFunc) {
	added := r.newRoute("custom", name, h)
	switch {
	case name == "":
		panic("router: " + added.String() + ": the name is empty")
	case strings.HasPrefix(name, ownPrefix):
		panic("router: " + added.String() + ": names that begin with " + ownPrefix + " are the router's own")
	}
	addTo(r.table.customs, name, added)
	r.table.add(added, new(webhook.Custom).Kind())
}

// Fallback routes the messages and postbacks that no other route answers, those without a text too.
func (r *Router) Fallback(h bot.HandlerFunc) {
	added := r.newRoute("fallback", "", h)
	if r.table.fallback != nil {
		added.refuse(r.table.fallback)
	}
	r.table.fallback = added
	r.table.add(added, kindMessage, kindPostback)
}

// On routes the events of one type, such as *webhook.Reaction. Messages and postbacks have that route only
// if they have no other; *webhook.Standby is the only route of what came on standby. It panics for an
// interface and for a type that the package webhook does not have, as no event is of that type.
func On[E webhook.Event](r *Router, h func(c *bot.Context, e E) error) {
	kind, events := reflect.TypeFor[E](), reflect.TypeFor[webhook.Origin]().PkgPath()
	switch {
	case kind.Kind() == reflect.Interface:
		panic(fmt.Sprintf("router: on %q: want the type of one event, such as *webhook.Reaction, "+
			"and no interface", kind))
	case kind.Kind() != reflect.Pointer || kind.Elem().PkgPath() != events:
		panic(fmt.Sprintf("router: on %q: no event is of this type: want one of package webhook", kind))
	}
	var handle bot.HandlerFunc
	if h != nil {
		handle = func(c *bot.Context) error {
			event, ok := c.Event().(E)
			if !ok {
				return fmt.Errorf("router: a %s came to the route of %s", c.Event().Kind(), kind)
			}
			return h(c, event)
		}
	}
	added := r.newRoute("on", kind.String(), handle)
	addTo(r.table.types, kind, added)
	var none E
	r.table.add(added, none.Kind())
}

// Handle gives the event of c to its route. An event without a route is left alone, which is no error.
func (r *Router) Handle(c *bot.Context) error {
	v := &visit{table: r.table}
	found, params := v.choose(c)
	if found == nil {
		found = r.table.none
	}
	v.route = found
	c.SetParams(params)
	err := found.handler.Handle(v.mark(c))
	v.save(c)
	return err
}

// Wants reports whether events of this kind, in the words of [webhook.Event], may have a route. Receipts
// that nobody wants are dropped before they reach a router, so that its middleware does not see them.
func (r *Router) Wants(kind string) bool { return r.table.wanted[kind] }

// Routes reports whether a tap with this payload and title has a route of its own: of its payload, its title
// or its type, and not just the fallback. A bot asks it about the payloads of its Messenger Profile.
func (r *Router) Routes(payload, title string) bool {
	found, _ := r.table.findInput(&webhook.Postback{}, payload, title)
	return found != nil && found != r.table.fallback
}

// Map describes the routes as JSON: a list of objects with kind and name, ordered by both; regular
// expressions are in the order in which they are asked.
func (r *Router) Map() []byte {
	type entry struct {
		Kind string `json:"kind"`
		Name string `json:"name,omitempty"`
	}
	entries := make([]entry, 0, len(r.table.all))
	for _, registered := range r.table.all {
		entries = append(entries, entry{registered.kind, registered.name})
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		if a.Kind != b.Kind || a.Kind == "match" {
			return strings.Compare(a.Kind, b.Kind)
		}
		return strings.Compare(a.Name, b.Name)
	})
	described, err := json.Marshal(entries)
	if err != nil {
		return nil // strings alone: it cannot fail
	}
	return described
}
