package send

import (
	"context"
	"slices"
)

// Outgoing is one call of the Graph API on its way through [Config].Middleware.
type Outgoing struct {
	// Method and Path are those of the HTTP request, without host and version: "POST", "me/messages".
	Method, Path string
	// To is whom a message or a sender action goes to; that of Request decides for a message.
	To Recipient
	// Request is the message; nil if the call is none. Middleware may replace it before it calls next.
	Request *Request
	// Action is the sender action; the zero value if the call is none.
	Action Action
	// Params are the parameters of [Client.Graph] and of an upload, which middleware may replace; of a
	// batch, whose Path is empty, an outline; nil for messages and sender actions.
	Params map[string]any
	// Receipt is Meta's answer to a message, once next has returned without an error. Middleware that does
	// not call next may fill it.
	Receipt Receipt

	result any                                          // of Client.Graph
	past   bool                                         // of the Conversations API
	call   func(ctx context.Context, o *Outgoing) error // of other methods; nil: it is one of the above
}

// Handler makes an outgoing call, or wraps one that does. It may be called concurrently.
type Handler func(ctx context.Context, o *Outgoing) error

// wrap returns the way of a call through middleware, the first outermost; nil if there is none.
func (c *Client) wrap(middleware []func(Handler) Handler) Handler {
	if len(middleware) == 0 {
		return nil
	}
	handler := Handler(c.handle)
	for _, with := range slices.Backward(middleware) {
		handler = with(handler)
	}
	return handler
}

// handle makes the call o, past all middleware.
func (c *Client) handle(ctx context.Context, o *Outgoing) error {
	switch {
	case o.call != nil:
		return o.call(ctx, o)
	case o.Request != nil:
		receipt, err := c.send(ctx, *o.Request)
		o.Receipt = receipt
		return err
	case o.Action != Action{}:
		return c.act(ctx, o.To, o.Action)
	}
	return c.graph(ctx, o)
}

// pass makes the call o, through middleware if there is any.
func (c *Client) pass(ctx context.Context, o *Outgoing) error {
	if c.handler == nil {
		return c.handle(ctx, o)
	}
	return c.handler(ctx, o)
}

// sendThrough sends r through middleware.
func (c *Client) sendThrough(ctx context.Context, r Request) (Receipt, error) {
	o := &Outgoing{Method: c.messages.Method, Path: messagesPath, To: r.To, Request: &r}
	if err := c.handler(ctx, o); err != nil {
		return Receipt{}, err
	}
	return o.Receipt, nil
}
