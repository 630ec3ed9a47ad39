package send

import "context"

// Outgoing is one call of the Graph API on its way through [Config].Middleware.
type Outgoing struct {
	// Method and Path are those of the HTTP request, without host and version: "POST", "me/messages".
	Method, Path string
	// To is whom a message or a sender action goes to.
	To Recipient
	// Request is the message; nil if the call is none. Middleware may replace it before it calls next.
	Request *Request
	// Action is the sender action; the zero value if the call is none.
	Action Action
	// Receipt is Meta's answer to a message, once next has returned without an error.
	Receipt Receipt
}

// Handler makes an outgoing call, or wraps one that does.
type Handler func(ctx context.Context, o *Outgoing) error
