package router

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/parleybot/parley/bot"
)

// route is one registration.
type route struct {
	kind, name string
	where      string  // file and line of the registration
	group      *Router // whose middleware is around it
	plain      bot.Handler
	handler    bot.Handler // plain in its middleware

	pattern    *Pattern       // of a payload
	expression *regexp.Regexp // of a match
}

// noRoute is the kind of the route that stands for none.
const noRoute = "none"

// newRoute returns a route of r, which is not yet in the table.
func (r *Router) newRoute(kind, name string, h bot.HandlerFunc) *route {
	added := &route{kind: kind, name: name, where: registrar(), group: r}
	if h == nil {
		panic("router: " + added.String() + ": no handler")
	}
	added.plain = bot.HandlerFunc(func(c *bot.Context) error { return visitOf(c).handle(c, h) })
	added.wrap()
	return added
}

// wrap puts the middleware of the route's group, and of what is around the group, around its handler.
func (rt *route) wrap() {
	rt.handler = rt.plain
	for around := rt.group; around != nil; around = around.parent {
		for _, m := range slices.Backward(around.middleware) {
			rt.handler = m(rt.handler)
		}
	}
}

// refuse panics because earlier answers what rt would.
func (rt *route) refuse(earlier *route) {
	panic(fmt.Sprintf("router: %s: registered already as %s at %s", rt, earlier, earlier.where))
}

// String returns the route in the words of its registration.
func (rt *route) String() string {
	switch rt.kind {
	case noRoute, "fallback":
		return rt.kind
	}
	return fmt.Sprintf("%s %q", rt.kind, rt.name)
}

// visitKey is the key of an event's visit in its context.
type visitKey struct{}

// mark returns c with the visit in it, for middleware and handlers.
func (v *visit) mark(c *bot.Context) *bot.Context {
	return c.WithContext(context.WithValue(c, visitKey{}, v))
}

// visitOf returns the visit of the event; nil if no router has seen it.
func visitOf(c *bot.Context) *visit {
	found, _ := c.Value(visitKey{}).(*visit)
	return found
}

// handle calls the handler of a route, with what the conversation has to do around it. What a step that
// failed has changed is not stored, whatever middleware makes of its error; but what the clock has done is.
func (v *visit) handle(c *bot.Context, h bot.HandlerFunc) error {
	v.failed = true // also if it panics
	err := v.run(c, h)
	v.failed = err != nil && v.verb != doClock
	return err
}

func (v *visit) run(c *bot.Context, h bot.HandlerFunc) error {
	if v.before != nil && !v.left() {
		if err := v.before(c); err != nil || v.left() {
			return err
		}
	}
	if err := h(c); err != nil {
		return err
	}
	if v.after != nil {
		return v.after(c)
	}
	return nil
}

// routeOf returns the route of the event; nil if no router has seen it.
func routeOf(c *bot.Context) *route {
	if v := visitOf(c); v != nil {
		return v.route
	}
	return nil
}

// registrar returns the file and the line where code outside this package is at.
func registrar() string {
	inside := reflect.TypeFor[Router]().PkgPath() + "."
	pcs := make([]uintptr, 8)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if !more || !strings.HasPrefix(frame.Function, inside) {
			return fmt.Sprintf("%s:%d", frame.File, frame.Line)
		}
	}
}
