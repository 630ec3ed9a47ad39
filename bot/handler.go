package bot

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Handler answers events. Its error decides what becomes of the event: see the package's documentation. One
// Handler serves many people at the same time.
type Handler interface {
	Handle(c *Context) error
}

// HandlerFunc is a function that is a [Handler].
type HandlerFunc func(c *Context) error

// Handle calls f.
func (f HandlerFunc) Handle(c *Context) error { return f(c) }

// Middleware wraps a handler in another.
type Middleware func(next Handler) Handler

// Inspector is what a [Handler] may tell about itself; a router does.
type Inspector interface {
	// Map describes the routes as JSON.
	Map() []byte
	// Wants reports whether events of this kind, in the words of [webhook.Event], have a route. Receipts
	// (deliveries and reads) that nobody wants are not put into the inbox.
	Wants(kind string) bool
}

// Recovered calls h and turns a panic into an error of the class [ErrPanic]. The stack is logged; the value
// of the panic is not, as it may quote a person, unless it is an error of the Go runtime, such as an index
// out of range.
func Recovered(c *Context, h Handler) (err error) {
	defer func() {
		if r := recover(); r != nil {
			c.Log().Error().Bytes("stack", debug.Stack()).Msg("handler panicked")
			err = fmt.Errorf("%w with a %T", ErrPanic, r)
			if fault, ok := r.(runtime.Error); ok {
				err = fmt.Errorf("%w: %s", ErrPanic, fault.Error())
			}
		}
	}()
	return h.Handle(c)
}
